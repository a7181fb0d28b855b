/* set.h: sets of 32-bit numbers that a program looks a value up in, each set once.
 *
 * A set may have several *parts*, each a set of its own, of which a look-up is told one:
 * by the index of the part's first range.  And a look-up may give a number for the range
 * that it has found. */
#ifndef BPFCAP_FILTER_SET_H
#define BPFCAP_FILTER_SET_H

#include <stdint.h>

#include "arena.h"
#include "ranges.h"

struct set {
	uint32_t id;    /* 0, 1, 2 … in order of making */
	uint32_t count; /* of ranges; at least one */
	uint32_t hash;
	struct range *range; /* of a part: ascending, disjoint */
	/* By range; NULL: there is one part, nothing is given. */
	const uint32_t *part;  /* the index of its part's first range */
	const uint32_t *gives; /* what a look-up gives */
	struct set *chain;     /* of the hash table */
};

#define SETS_BUCKETS 256

struct sets {
	struct arena *arena;
	uint32_t count;
	struct set *bucket[SETS_BUCKETS];
};

/* The set of these ranges, which are ascending and disjoint, and are joined here where
 * they touch.  `range` is taken over. */
const struct set *sets_add(struct sets *, struct range *range, uint32_t count);

/* The set with these ranges as they are; `part` and `gives`, if not NULL, are as long.
 * All are taken over. */
const struct set *sets_add_parts(struct sets *, struct range *range, const uint32_t *part,
	const uint32_t *gives, uint32_t count);

#endif
