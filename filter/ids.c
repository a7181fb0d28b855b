/* ids.c: ids of a list in; sorted, without those inside others, and as a test, out. */
#include "ids.h"

#include <stdlib.h>
#include <string.h>

/* One mask for all: addresses are points of the masked field.  Else ranges of the field.
 */
static void
settle_masks(struct ids *ids)
{
	bool same = true;
	for (uint32_t i = 1; i < ids->ip4s; i++)
		same = same && ids->ip4[i].hi == ids->ip4[0].hi;
	ids->ip4_mask = same && ids->ip4s > 0 ? ids->ip4[0].hi : UINT32_MAX;
	for (uint32_t i = 0; i < ids->ip4s; i++) {
		struct arm *a = &ids->ip4[i];
		a->hi = same ? a->lo : a->lo | ~a->hi;
	}
}

static int
by_word(const void *x, const void *y)
{
	const struct address *a = x, *b = y;
	for (unsigned i = 0; i < ADDRESS_WORDS; i++)
		if (a->word[i] != b->word[i])
			return a->word[i] < b->word[i] ? -1 : 1;
	return a->bits < b->bits ? -1 : a->bits > b->bits;
}

/* Of the word at `i`. */
static uint32_t
word_mask(const struct address *n, unsigned i)
{
	uint32_t bits = n->bits > 32 * i ? n->bits - 32 * i : 0;
	return bits >= 32 ? UINT32_MAX : bits == 0 ? 0 : UINT32_MAX << (32 - bits);
}

static bool
is_inside(const struct address *n, const struct address *outer)
{
	for (unsigned i = 0; i < ADDRESS_WORDS; i++)
		if (((n->word[i] ^ outer->word[i]) & word_mask(outer, i)) != 0)
			return false;
	return n->bits >= outer->bits;
}

/* Returns how many are left. */
static uint32_t
sort_addresses(struct address *a, uint32_t count)
{
	uint32_t n = 0;
	if (count > 1)
		qsort(a, count, sizeof(*a), by_word);
	for (uint32_t i = 0; i < count; i++)
		if (n == 0 || !is_inside(&a[i], &a[n - 1]))
			a[n++] = a[i];
	return n;
}

void
ids_sort(struct ids *ids)
{
	settle_masks(ids);
	ids->ip4s = arms_unite(ids->ip4, ids->ip4s);
	ids->ports = arms_unite(ids->port, ids->ports);
	ids->ip6s = sort_addresses(ids->ip6, ids->ip6s);
	ids->macs = sort_addresses(ids->mac, ids->macs);
}

/* --- words: a switch over the first, and over the next one behind its arms ---------- */

struct words {
	struct arena *arena;
	struct values *values;
	const struct value *const *v;
};

/* The mask that all of them have in the word, or all ones. */
static uint32_t
common_mask(const struct address *net, uint32_t n, unsigned word)
{
	for (uint32_t i = 1; i < n; i++)
		if (word_mask(&net[i], word) != word_mask(&net[0], word))
			return UINT32_MAX;
	return word_mask(&net[0], word);
}

/* How many nets, the first of n, have its number in the word. */
static uint32_t
alike(const struct address *net, uint32_t n, unsigned word)
{
	uint32_t i = 1;
	while (i < n && net[i].word[word] == net[0].word[word] &&
		word_mask(&net[i], word) == UINT32_MAX)
		i++;
	return word_mask(&net[0], word) == UINT32_MAX ? i : 1;
}

/* Recursive: a few words.  All of the n nets agree in the words before this one. */
static struct test *
test_word(const struct words *w, const struct address *net, uint32_t n, unsigned word)
{
	uint32_t arms = 0, mask = common_mask(net, n, word);
	for (uint32_t i = 0; i < n; i += alike(net + i, n - i, word))
		arms++;
	struct arm *arm = ARENA_ARRAY(w->arena, arms, struct arm);
	struct test **then = ARENA_ARRAY(w->arena, arms, struct test *);
	arms = 0;
	for (uint32_t i = 0, same; i < n; i += same, arms++) {
		uint32_t rest = ~word_mask(&net[i], word) & mask;
		same = alike(net + i, n - i, word);
		arm[arms] = (struct arm){ .lo = net[i].word[word],
			.hi = net[i].word[word] | rest,
			.seq = net[i].seq,
			.form = FORM_POINTS };
		for (uint32_t j = 1; j < same; j++)
			if (net[i + j].seq < arm[arms].seq)
				arm[arms].seq = net[i + j].seq;
		if (net[i].bits > 32 * (word + 1))
			then[arms] = test_word(w, net + i, same, word + 1);
	}
	const struct value *v =
		value_arith(w->values, OP_AND, w->v[word], value_const(w->values, mask));
	return test_arms(w->arena, v, arm, arms, then);
}

struct test *
ids_test_words(struct arena *arena, struct values *values, const struct address *address,
	uint32_t n, const struct value *const *word)
{
	const struct words w = { arena, values, word };
	return test_word(&w, address, n, 0);
}
