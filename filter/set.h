/* set.h: sets of 32-bit numbers that a program looks a value up in, each set once. */
#ifndef BPFCAP_FILTER_SET_H
#define BPFCAP_FILTER_SET_H

#include <stdint.h>

#include "arena.h"
#include "ranges.h"

struct set {
	uint32_t id;    /* 0, 1, 2 … in order of making */
	uint32_t count; /* of ranges; at least one */
	uint32_t hash;
	struct range *range; /* ascending, with gaps between them */
	struct set *chain;   /* of the hash table */
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

#endif
