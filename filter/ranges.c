/* ranges.c: sets of numbers. */
#include "ranges.h"

static struct ranges *
make(struct arena *arena, const struct range *r, uint32_t n)
{
	struct ranges *to =
		arena_alloc(arena, sizeof(struct ranges) + n * sizeof(struct range));
	to->count = n;
	for (uint32_t i = 0; i < n; i++)
		to->range[i] = r[i];
	return to;
}

const struct ranges *
ranges_one(struct arena *arena, uint32_t lo, uint32_t hi)
{
	return make(arena, &(struct range){ lo, hi }, lo <= hi);
}

const struct ranges *
ranges_and(struct arena *arena, const struct ranges *a, const struct ranges *b)
{
	struct range out[RANGES_MAX];
	uint32_t n = 0;
	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		uint32_t lo =
			a->range[i].lo > b->range[j].lo ? a->range[i].lo : b->range[j].lo;
		uint32_t hi =
			a->range[i].hi < b->range[j].hi ? a->range[i].hi : b->range[j].hi;
		if (lo <= hi) {
			if (n == RANGES_MAX)
				return NULL;
			out[n++] = (struct range){ lo, hi };
		}
		if (a->range[i].hi < b->range[j].hi)
			i++;
		else
			j++;
	}
	return make(arena, out, n);
}

const struct ranges *
ranges_or(struct arena *arena, const struct ranges *a, const struct ranges *b)
{
	struct range out[RANGES_MAX];
	uint32_t n = 0;
	for (uint32_t i = 0, j = 0; i < a->count || j < b->count;) {
		bool from_a = j == b->count ||
			      (i < a->count && a->range[i].lo <= b->range[j].lo);
		struct range r = from_a ? a->range[i++] : b->range[j++];
		if (n > 0 && (out[n - 1].hi == UINT32_MAX || r.lo <= out[n - 1].hi + 1)) {
			if (r.hi > out[n - 1].hi)
				out[n - 1].hi = r.hi;
			continue;
		}
		if (n == RANGES_MAX)
			return NULL;
		out[n++] = r;
	}
	return make(arena, out, n);
}

bool
ranges_within(const struct ranges *a, const struct ranges *b)
{
	uint32_t j = 0;
	for (uint32_t i = 0; a != b && i < a->count; i++) {
		while (j < b->count && b->range[j].hi < a->range[i].lo)
			j++;
		if (j == b->count || b->range[j].lo > a->range[i].lo ||
			b->range[j].hi < a->range[i].hi)
			return false;
	}
	return true;
}
