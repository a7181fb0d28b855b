/* set.c: ranges in; the one set that has them out. */
#include "set.h"

#include <string.h>

/* Joins what touches; returns how many are left. */
static uint32_t
join(struct range *range, uint32_t count)
{
	uint32_t last = 0;
	for (uint32_t i = 1; i < count; i++)
		if (range[i].lo - 1 == range[last].hi)
			range[last].hi = range[i].hi;
		else
			range[++last] = range[i];
	return last + 1;
}

const struct set *
sets_add(struct sets *sets, struct range *range, uint32_t count)
{
	uint32_t h = count = join(range, count);
	for (uint32_t i = 0; i < count; i++) {
		h = (h ^ range[i].lo) * 0x85ebca6bu;
		h = (h ^ range[i].hi) * 0xc2b2ae35u;
		h ^= h >> 15;
	}
	struct set **slot = &sets->bucket[h % SETS_BUCKETS];
	for (struct set *s = *slot; s != NULL; s = s->chain)
		if (s->hash == h && s->count == count &&
			memcmp(s->range, range, count * sizeof(*range)) == 0)
			return s;
	struct set *s = ARENA_NEW(sets->arena, struct set);
	*s = (struct set){ sets->count++, count, h, range, *slot };
	return *slot = s;
}
