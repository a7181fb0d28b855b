/* clash.c: why no packet can match, or why all do.  In: a tree that the optimiser has
 * found to have one outcome; out: the smallest part of it that has the same one alone,
 * a clause or two of one list.
 *
 * Each guess is built into a graph of its own and optimised; only what that proves is
 * said.  A clause that reads a slot may stand there without what binds it: then nothing
 * is known of the slot, so what is proved holds for all its contents.
 *
 * The work is bounded by the text that guesses may be about; when it is used up, the
 * part that was found so far is the answer. */
#include "step.h"

#include <string.h>

#define GUESSES_MAX (1u << 18) /* bytes of text, over all guesses */
#define GUESS_COST 64          /* of one besides its text */
#define PAIRS_MAX 64           /* operands that are tried with the last one */

struct search {
	struct graph *g; /* its values are shared */
	bool always;     /* looked for: accepts all; else rejects all */
	uint32_t left;   /* of GUESSES_MAX */
	struct arena *arena;
};

enum outcome
clash_outcome(struct graph *values_of, const struct ast *a)
{
	struct arena memory = { 0 }, scratch = { 0 };
	struct ast root = *a;
	const struct syntax syntax = { .root = &root };
	struct graph g;
	root.next = NULL;
	graph_init(&g, &memory, 1);
	g.values = values_of->values;
	build(&g, &syntax, &scratch);
	arena_free(&scratch);
	optimise(&g, &scratch, NULL);
	arena_free(&scratch);
	values_of->values = g.values;
	const enum outcome o = g.root == g.reject   ? OUTCOME_NEVER
			       : g.root == g.accept ? OUTCOME_ALWAYS
						    : OUTCOME_VARIES;
	arena_free(&memory);
	return o;
}

/* Does the list of these operands have the outcome, alone? */
static bool
holds(struct search *s, enum ast_kind kind, const struct ast *const *operand, uint32_t n)
{
	uint64_t cost = GUESS_COST;
	for (uint32_t i = 0; i < n; i++)
		cost += operand[i]->span.len;
	if (cost > s->left) {
		s->left = 0;
		return false;
	}
	s->left -= (uint32_t)cost;
	const enum outcome wanted = s->always ? OUTCOME_ALWAYS : OUTCOME_NEVER;
	if (n == 1)
		return clash_outcome(s->g, operand[0]) == wanted;
	struct arena memory = { 0 };
	struct ast *copy = ARENA_ARRAY(&memory, n, struct ast);
	for (uint32_t i = 0; i < n; i++) {
		copy[i] = *operand[i];
		copy[i].next = i + 1 < n ? &copy[i + 1] : NULL;
	}
	const struct ast list = { .kind = kind, .first = copy, .last = &copy[n - 1] };
	const bool yes = clash_outcome(s->g, &list) == wanted;
	arena_free(&memory);
	return yes;
}

static bool
holds_alone(struct search *s, const struct ast *a)
{
	return holds(s, a->kind, &a, 1);
}

static bool
holds_as_pair(
	struct search *s, enum ast_kind kind, const struct ast *a, const struct ast *b)
{
	const struct ast *const both[] = { a, b };
	return holds(s, kind, both, 2);
}

struct operands {
	const struct ast **at;
	uint32_t n, room;
};

static void
append(struct search *s, struct operands *to, const struct ast *a)
{
	if (to->n == to->room) {
		const uint32_t room = to->room ? to->room * 2 : 64;
		const struct ast **at = ARENA_ARRAY(s->arena, room, const struct ast *);
		if (to->n > 0)
			memcpy(at, to->at, to->n * sizeof(*at));
		to->at = at;
		to->room = room;
	}
	to->at[to->n++] = a;
}

/* Those of the list and of the lists of its kind in it, but for a scope: in there slots
 * are bound that others bind too. */
static struct operands
operands(struct search *s, const struct ast *list)
{
	struct operands all = { 0 }, open = { 0 };
	append(s, &open, list->first);
	while (open.n > 0) {
		const struct ast *o = open.at[--open.n];
		const bool inner = o->kind == list->kind && !o->first->scope;
		if (o->next != NULL)
			append(s, &open, o->next);
		append(s, inner ? &open : &all, inner ? o->first : o);
	}
	return all;
}

/* The fewest operands, the first ones (or with `from_end` the last ones) of n, that do.
 * All n are known to. */
static uint32_t
fewest(struct search *s, enum ast_kind kind, const struct ast *const *operand, uint32_t n,
	bool from_end)
{
	uint32_t too_few = 0, enough = 1;
	while (enough < n &&
		!holds(s, kind, operand + (from_end ? n - enough : 0), enough)) {
		too_few = enough;
		enough = enough < n / 2 ? enough * 2 : n;
	}
	if (enough > n)
		enough = n;
	while (enough - too_few > 1) {
		uint32_t half = too_few + (enough - too_few) / 2;
		if (holds(s, kind, operand + (from_end ? n - half : 0), half))
			enough = half;
		else
			too_few = half;
	}
	return enough;
}

/* A list that has the outcome because of what its operands are together.  *one: an
 * operand that has it alone. */
static struct clash
clash_of_list(struct search *s, const struct ast *list, const struct ast **one)
{
	const struct operands all = operands(s, list);
	const uint32_t upto = fewest(s, list->kind, all.at, all.n, false);
	const uint32_t last = upto - 1;
	const uint32_t first = upto - fewest(s, list->kind, all.at, upto, true);
	struct clash c = { .clause = { all.at[first], all.at[last] } };
	*one = first == last ? all.at[last] : NULL;
	c.between = last - first > 1;
	for (uint32_t i = first; i < last && i - first < PAIRS_MAX && c.between; i++)
		if (holds_as_pair(s, list->kind, all.at[i], all.at[last])) {
			c.clause[0] = all.at[i];
			c.between = false;
		}
	return c;
}

struct clash
clash_find(struct graph *g, const struct ast *a, bool always)
{
	struct arena arena = { 0 };
	struct search s = { g, always, GUESSES_MAX, &arena };
	struct clash c = { .clause = { a } };
	const struct ast *next = a;
	while (next != NULL) {
		c = (struct clash){ .clause = { next }, .always = s.always };
		a = next;
		next = NULL;
		if (a->kind == AST_NOT) {
			s.always = !s.always;
			if (holds_alone(&s, a->first))
				next = a->first;
		} else if (a->kind == (s.always ? AST_OR : AST_AND)) {
			c = clash_of_list(&s, a, &next);
			c.always = s.always;
		} else if (a->kind == AST_OR || a->kind == AST_AND) {
			/* each operand has the outcome */
			if (holds_alone(&s, a->first))
				next = a->first;
		}
	}
	arena_free(&arena);
	return c;
}
