/* set.c: ranges in; the one set that has them out. */
#include "set.h"

#include <stdbool.h>
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

static uint32_t
mix(uint32_t h, const uint32_t *x, uint32_t count)
{
	for (uint32_t i = 0; x != NULL && i < count; i++) {
		h = (h ^ x[i]) * 0x85ebca6bu;
		h ^= h >> 15;
	}
	return h;
}

static bool
same(const uint32_t *x, const uint32_t *y, uint32_t count)
{
	if (x == NULL || y == NULL)
		return x == y;
	return memcmp(x, y, count * sizeof(*x)) == 0;
}

const struct set *
sets_add_parts(struct sets *sets, struct range *range, const uint32_t *part,
	const uint32_t *gives, uint32_t count)
{
	uint32_t h = count;
	for (uint32_t i = 0; i < count; i++) {
		h = (h ^ range[i].lo) * 0x85ebca6bu;
		h = (h ^ range[i].hi) * 0xc2b2ae35u;
		h ^= h >> 15;
	}
	h = mix(mix(h, part, count), gives, count);
	struct set **slot = &sets->bucket[h % SETS_BUCKETS];
	for (struct set *s = *slot; s != NULL; s = s->chain)
		if (s->hash == h && s->count == count &&
			memcmp(s->range, range, count * sizeof(*range)) == 0 &&
			same(s->part, part, count) && same(s->gives, gives, count))
			return s;
	struct set *s = ARENA_NEW(sets->arena, struct set);
	*s = (struct set){ .id = sets->count++,
		.count = count,
		.hash = h,
		.range = range,
		.part = part,
		.gives = gives,
		.chain = *slot };
	return *slot = s;
}

const struct set *
sets_add(struct sets *sets, struct range *range, uint32_t count)
{
	return sets_add_parts(sets, range, NULL, NULL, join(range, count));
}
