/* ranges.h: small immutable sets of 32-bit numbers, as ascending disjoint ranges. */
#ifndef BPFCAP_FILTER_RANGES_H
#define BPFCAP_FILTER_RANGES_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"

#define RANGES_MAX 24 /* a set that would need more is not known */

struct range {
	uint32_t lo, hi;
};

struct ranges {
	uint32_t count;
	struct range range[];
};

/* All give NULL when the result needs more than RANGES_MAX ranges. */
const struct ranges *ranges_one(struct arena *, uint32_t lo, uint32_t hi);
const struct ranges *ranges_and(
	struct arena *, const struct ranges *, const struct ranges *);
const struct ranges *ranges_or(
	struct arena *, const struct ranges *, const struct ranges *);

/* Is every number of `a` in `b`? */
bool ranges_within(const struct ranges *a, const struct ranges *b);

#endif
