/* table.c: a set in, the table for it out: a bitmap where its numbers lie close together,
 * else entries in order, and where in them to look; for a set of parts, entries alone. */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#include "../broken.h"

#define BITS_ANYWAY 65536 /* numbers: 8 KiB, of which a look-up reads one byte */
#define BITS_EACH 32      /* numbers in the bitmap, an entry: as large as entries */
#define PARTS_EACH 2      /* parts an entry, at most */

/* Single numbers are scattered by one of these, odd so that each has one product, where
 * they are not scattered by themselves: 2^32 over the golden ratio, and others that
 * have no pattern either (the multipliers of MurmurHash3's finaliser). */
static const uint32_t multipliers[] = { 1, 0x9e3779b1u, 0x85ebca6bu, 0xc2b2ae35u };
#define MULTIPLIERS (sizeof(multipliers) / sizeof(multipliers[0]))
#define STEPS_GOOD 3 /* what is searched no further */

static size_t
round_up(size_t bytes)
{
	return (bytes + 7) & ~(size_t)7;
}

struct item {
	uint32_t lo, hi, gives;
};

static int
by_number(const void *x, const void *y)
{
	const struct item *a = x, *b = y;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

/* --- bitmap ---------------------------------------------------------------------- */

static bool
is_dense(const struct set *s)
{
	const uint32_t span = s->range[s->count - 1].hi - s->range[0].lo;
	return span < BITS_ANYWAY || span / BITS_EACH < s->count;
}

static void
make_bits(const struct set *s, struct arena *arena, struct table *t)
{
	t->multiplier = 1;
	t->lo = s->range[0].lo;
	t->span = s->range[s->count - 1].hi - t->lo;
	t->parts_bytes = round_up(t->span / 8 + 1);
	uint8_t *bits = arena_alloc(arena, t->parts_bytes);
	for (uint32_t i = 0; i < s->count; i++)
		for (uint64_t x = s->range[i].lo; x <= s->range[i].hi; x++)
			bits[(x - t->lo) / 8] |= (uint8_t)(1u << (x - t->lo) % 8);
	t->parts = bits;
}

/* --- entries --------------------------------------------------------------------- */

/* What is looked for, under one multiplier: ranges in any order. */
struct trial {
	const struct item *item;
	uint32_t count, lo, span;
	unsigned shift, steps;
	uint32_t *part; /* entries that end in a part; one more at the end */
	uint32_t parts;
};

/* How many entries can be passed over in that many steps is 2^steps - 1. */
static unsigned
steps_for(uint32_t entries)
{
	unsigned steps = 0;
	while (entries >> steps != 0)
		steps++;
	return steps;
}

static void
try_parts(struct trial *t)
{
	uint32_t least = UINT32_MAX, most = 0, largest = 0;
	for (uint32_t i = 0; i < t->count; i++) {
		least = t->item[i].lo < least ? t->item[i].lo : least;
		most = t->item[i].hi > most ? t->item[i].hi : most;
	}
	t->lo = least;
	t->span = most - least;
	t->shift = 0;
	while (t->span >> t->shift >= (uint64_t)PARTS_EACH * t->count)
		t->shift++;
	t->parts = (t->span >> t->shift) + 1;
	memset(t->part, 0, (t->parts + 1) * sizeof(*t->part));
	for (uint32_t i = 0; i < t->count; i++)
		t->part[(t->item[i].hi - t->lo) >> t->shift]++;
	for (uint32_t i = 0; i < t->parts; i++)
		largest = t->part[i] > largest ? t->part[i] : largest;
	t->steps = steps_for(largest);
}

static bool
are_points(const struct set *s)
{
	for (uint32_t i = 0; i < s->count; i++)
		if (s->range[i].lo != s->range[i].hi)
			return false;
	return true;
}

static void
scatter(const struct set *s, uint32_t multiplier, struct item *to)
{
	for (uint32_t i = 0; i < s->count; i++)
		to[i].lo = to[i].hi = s->range[i].lo * multiplier;
}

/* The parts under the multiplier that needs the fewest steps; `item` is in order. */
static void
choose(const struct set *s, struct item *item, struct trial *best, struct table *t)
{
	unsigned least = UINT32_MAX;
	for (size_t i = 0; i < (t->points ? MULTIPLIERS : 1); i++) {
		if (t->points)
			scatter(s, multipliers[i], item);
		try_parts(best);
		if (best->steps < least) {
			least = best->steps;
			t->multiplier = multipliers[i];
		}
		if (least <= STEPS_GOOD)
			break;
	}
	if (t->points)
		scatter(s, t->multiplier, item);
	qsort(item, s->count, sizeof(*item), by_number);
	try_parts(best);
}

/* From the numbers of entries to the first one's place. */
static void
place_parts(struct trial *c)
{
	for (uint32_t i = 0, before = 0; i <= c->parts; i++) {
		const uint32_t here = c->part[i];
		c->part[i] = before;
		before += here;
	}
}

/* In a part's row, numbers as entries have them. */
static void
put_entries(const struct item *item, uint32_t count, uint32_t lo, uint32_t *to,
	const struct table *t)
{
	const size_t words = ((size_t)1 << t->entry_bits) / sizeof(*to);
	for (uint32_t i = 0; i < count; i++, to += words) {
		to[0] = item[i].hi - lo;
		if (!t->points)
			to[1] = item[i].lo - lo;
		if (t->gives_at > 0)
			to[t->gives_at / sizeof(*to)] = item[i].gives;
	}
}

static void
make_entries(const struct set *s, struct arena *arena, struct table *t)
{
	struct item *item = ARENA_ARRAY(arena, s->count, struct item);
	struct trial best = { .item = item, .count = s->count };
	for (uint32_t i = 0; i < s->count; i++)
		item[i] = (struct item){ s->range[i].lo, s->range[i].hi,
			s->gives != NULL ? s->gives[i] : 0 };
	best.part = ARENA_ARRAY(arena, (size_t)PARTS_EACH * s->count + 2, uint32_t);
	t->points = are_points(s);
	t->multiplier = 1;
	choose(s, item, &best, t);
	place_parts(&best);
	t->lo = best.lo;
	t->span = best.span;
	t->shift = best.shift;
	t->steps = best.steps;
	t->entries = s->count;
	t->parts = best.part;
	t->parts_bytes = round_up(best.parts * sizeof(*best.part));
	t->entry_bits = (t->points ? 2 : 3) + (s->gives != NULL);
	t->gives_at = s->gives == NULL ? 0 : t->points ? 4 : 8;
	const size_t all = (size_t)s->count + ((size_t)1 << t->steps);
	t->entry_bytes = round_up(all << t->entry_bits);
	uint32_t *entry = arena_alloc(arena, t->entry_bytes);
	memset(entry, 0xff, t->entry_bytes); /* below no number */
	put_entries(item, s->count, t->lo, entry, t);
	t->entry = entry;
}

/* --- entries of a set of parts --------------------------------------------------- */

struct keyed {
	uint64_t key;
	uint32_t length, gives;
};

/* Steps that find among a part's entries the first that is not below a number, or the
 * last of them. */
static unsigned
steps_within(const struct set *s)
{
	uint32_t most = 0;
	for (uint32_t i = 0; i < s->count; i++) {
		const uint32_t at = i - s->part[i]; /* in its part */
		most = at > most ? at : most;
	}
	return steps_for(most);
}

static void
make_keyed(const struct set *s, struct arena *arena, struct table *t)
{
	t->keyed = true;
	t->points = are_points(s);
	t->multiplier = 1;
	t->span = UINT32_MAX;
	t->entries = s->count;
	t->steps = steps_within(s);
	t->gives_at = s->gives == NULL ? 0 : offsetof(struct keyed, gives);
	t->entry_bits = t->points && s->gives == NULL ? 3 : 4;
	const size_t all = (size_t)s->count + ((size_t)1 << t->steps);
	t->entry_bytes = all << t->entry_bits;
	uint8_t *entry = arena_alloc(arena, t->entry_bytes);
	for (size_t i = 0; i < all; i++) {
		struct keyed k = { .key = INT64_MAX }; /* below none, as signed numbers */
		if (i < s->count) {
			const struct range *r = &s->range[i];
			k = (struct keyed){ (uint64_t)s->part[i] << 32 | r->hi,
				r->hi - r->lo - (IS_BROKEN(LENGTH) && r->hi > r->lo),
				s->gives != NULL ? s->gives[i] : 0 };
		}
		memcpy(entry + (i << t->entry_bits), &k, (size_t)1 << t->entry_bits);
	}
	t->entry = entry;
}

void
table_make(const struct set *s, struct arena *arena, struct table *t)
{
	*t = (struct table){ 0 };
	if (s->part != NULL)
		make_keyed(s, arena, t);
	else if (s->gives == NULL && is_dense(s))
		make_bits(s, arena, t);
	else
		make_entries(s, arena, t);
}
