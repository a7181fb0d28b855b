/* pass_restrict.c: tests that make no difference.
 *
 * Threading leaves copies of a part of the graph that know more than the original.  Where
 * one way out of a test leads to a copy, and the other to the original, the test may only
 * choose between two forms of one thing: if the original, *restricted* by what the first
 * way knows of the tested value, is that very copy, then both ways may go to the
 * original, and the test goes.  (As BDDs are minimised with don't cares: Coudert and
 * Madre, ICCAD 1990.)
 *
 * On the way that changes, the original loads what the copy loads, and at most the tested
 * value besides, which was loaded before: nothing is read that was not (DESIGN: truncated
 * packets). */
#include "pass.h"

#include "broken.h"
#include "ranges.h"

#define NODES_MAX 24  /* of a part that is restricted; larger ones are left */
#define ARMS_MAX 4    /* of a test that may go */
#define KNOWN_DEPTH 3 /* of values that are worked out */

struct done {
	const struct node *from, *to;
};

struct restriction {
	struct graph *g;
	struct arena *scratch;
	const struct value *v; /* is within */
	const struct ranges *within;
	struct done done[NODES_MAX];
	uint32_t count;
};

/* Where the numbers within lead, when it is one place. */
static const struct node *
decided(const struct node *n, const struct ranges *within)
{
	const struct node *to = NULL;
	for (uint32_t i = 0; i < within->count; i++) {
		const struct range *r = &within->range[i];
		const struct node *first = node_next(n, r->lo);
		for (uint32_t j = 0; j < n->arms; j++) {
			const struct arm *a = &n->arm[j];
			if (a->hi >= r->lo && a->lo <= r->hi && a->to != first)
				return NULL;
			if (first == n->other || a->hi < r->lo || a->lo > r->hi)
				continue;
			if (a->lo > r->lo || a->hi < r->hi) /* a part of it */
				return NULL;
		}
		if (to != NULL && to != first)
			return NULL;
		to = first;
	}
	return to;
}

/* The value when the restricted one is x; false: it takes more to know. */
static bool
worked_out(const struct value *v, const struct value *known, uint32_t x, unsigned depth,
	uint32_t *out)
{
	uint32_t a, b;
	if (v == known || v->kind == VALUE_CONST) {
		*out = v == known ? x : v->k;
		return true;
	}
	return v->kind == VALUE_ARITH && depth > 0 &&
	       worked_out(v->a, known, x, depth - 1, &a) &&
	       worked_out(v->b, known, x, depth - 1, &b) && arith_apply(v->op, a, b, out);
}

static const struct node *
next_when(const struct restriction *r, const struct node *n)
{
	const struct range *one = &r->within->range[0];
	uint32_t x;
	if (n->v == r->v)
		return decided(n, r->within);
	if (r->within->count != 1 || one->lo != one->hi || n->v->kind != VALUE_ARITH ||
		!worked_out(n->v, r->v, one->lo, KNOWN_DEPTH, &x))
		return NULL;
	return node_next(n, x);
}

static const struct node *restricted(struct restriction *, const struct node *);

/* The node with restricted targets; NULL as well where that leaves nothing to test: the
 * copy would not load the value. */
static const struct node *
rebuild(struct restriction *r, const struct node *n)
{
	const struct node *other = restricted(r, n->other);
	struct arm *arm = ARENA_ARRAY(r->scratch, n->arms, struct arm);
	bool changed = other != n->other;
	for (uint32_t i = 0; i < n->arms && other != NULL; i++) {
		arm[i] = n->arm[i];
		arm[i].to = restricted(r, n->arm[i].to);
		changed = changed || arm[i].to != n->arm[i].to;
		if (arm[i].to == NULL)
			return NULL;
	}
	if (other == NULL || !changed)
		return other == NULL ? NULL : n;
	const struct node *to = graph_node(r->g, n->v, arm, n->arms, other, n->source);
	return to->kind == NODE_TEST && to->v == n->v ? to : NULL;
}

/* The part of the graph from n on, when v is within; NULL: too large, or with bindings.
 * Recursive: as deep as NODES_MAX. */
static const struct node *
restricted(struct restriction *r, const struct node *n)
{
	if (n->v == NULL)
		return n;
	for (uint32_t i = 0; i < r->count; i++)
		if (r->done[i].from == n)
			return r->done[i].to;
	if (r->count == NODES_MAX || n->kind != NODE_TEST || n->arms > ARMS_MAX)
		return NULL;
	uint32_t place = r->count++;
	r->done[place] = (struct done){ n, NULL }; /* there is no cycle: not asked for */
	const struct node *to = next_when(r, n);
	r->done[place].to = to != NULL ? restricted(r, to) : rebuild(r, n);
	return r->done[place].to;
}

/* Does every way on from `n` end in a reject, when v is within?  What is loaded on it
 * does not matter then, for a fault is a reject too.  Recursive, as above. */
static bool
rejects(struct restriction *r, const struct node *n)
{
	if (n->v == NULL)
		return n->kind == NODE_REJECT;
	for (uint32_t i = 0; i < r->count; i++)
		if (r->done[i].from == n)
			return true; /* or it would have ended before */
	if (r->count == NODES_MAX || n->arms > ARMS_MAX ||
		(n->kind == NODE_BIND && (r->v->slots & n->slot->slots) != 0))
		return false;
	r->done[r->count++] = (struct done){ n, NULL };
	const struct node *to = n->kind == NODE_TEST ? next_when(r, n) : NULL;
	if (to != NULL)
		return rejects(r, to);
	for (uint32_t i = 0; i < n->arms; i++)
		if (!rejects(r, n->arm[i].to))
			return false;
	return rejects(r, n->other);
}

/* May what leads to `to` lead to `from` instead, with v within?  Its slots have to be
 * bound there: those that only `from` reads would not be, on ways that no packet takes,
 * but which the kernel's checks take for possible. */
static bool
becomes(struct graph *g, struct arena *scratch, const struct node *from,
	const struct node *to, const struct value *v, const struct ranges *within)
{
	struct restriction r = { .g = g, .scratch = scratch, .v = v, .within = within };
	if (from == to)
		return true;
	if (to == g->reject && within != NULL)
		return rejects(&r, from);
	return within != NULL && from->kind == NODE_TEST &&
	       (from->slots & ~to->slots) == 0 &&
	       (restricted(&r, from) == to || IS_BROKEN(RESTRICT));
}

/* The numbers that no arm has. */
static const struct ranges *
gaps(struct arena *scratch, const struct node *n)
{
	struct range gap[ARMS_MAX + 1];
	const struct ranges *all = ranges_one(scratch, 1, 0);
	uint32_t count = 0, at = n->v->lo;
	for (uint32_t i = 0; i < n->arms; i++) {
		if (n->arm[i].lo > at)
			gap[count++] = (struct range){ at, n->arm[i].lo - 1 };
		at = n->arm[i].hi + 1;
		if (n->arm[i].hi >= n->v->hi)
			break;
		if (i + 1 == n->arms)
			gap[count++] = (struct range){ at, n->v->hi };
	}
	for (uint32_t i = 0; i < count && all != NULL; i++)
		all = ranges_or(scratch, all, ranges_one(scratch, gap[i].lo, gap[i].hi));
	return all;
}

/* What may stand for the test: one of its targets, or the test itself. */
static const struct node *
without(struct graph *g, struct arena *scratch, const struct node *n)
{
	bool to_other = n->arms <= ARMS_MAX && !n->v->traps, to_arm = to_other;
	for (uint32_t i = 0; i < n->arms && to_other; i++)
		to_other = becomes(g, scratch, n->other, n->arm[i].to, n->v,
			ranges_one(scratch, n->arm[i].lo, n->arm[i].hi));
	if (to_other)
		return n->other;
	for (uint32_t i = 1; i < n->arms && to_arm; i++)
		to_arm = n->arm[i].to == n->arm[0].to;
	if (to_arm && becomes(g, scratch, n->arm[0].to, n->other, n->v, gaps(scratch, n)))
		return n->arm[0].to;
	return n;
}

void
pass_restrict(struct graph *g, struct arena *scratch)
{
	uint32_t nodes = g->root->id + 1;
	const bool *reached = graph_reached(g, scratch);
	const struct node **made = ARENA_ARRAY(scratch, nodes, const struct node *);
	for (uint32_t id = 0; id < nodes; id++) {
		const struct node *n = made[id] = g->node[id];
		if (n->v == NULL || !reached[id])
			continue;
		made[id] = graph_again(g, scratch, n, made);
		if (made[id]->kind == NODE_TEST)
			made[id] = without(g, scratch, made[id]);
	}
	g->root = made[g->root->id];
}
