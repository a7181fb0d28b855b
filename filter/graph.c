/* graph.c: making nodes (normal form, hash-consing), and looking over a whole graph. */
#include "graph.h"

#include "broken.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static struct node *
append(struct graph *g, const struct node *like)
{
	ARENA_MORE(g->arena, g->node, g->nodes, &g->room);
	struct node *n = arena_copy(g->arena, like, sizeof(*like));
	n->id = g->nodes;
	g->node[g->nodes++] = n;
	return n;
}

void
graph_init(struct graph *g, struct arena *arena, uint32_t snaplen)
{
	*g = (struct graph){ .arena = arena, .snaplen = snaplen, .buckets = 256 };
	values_init(&g->values, arena);
	g->bucket = ARENA_ARRAY(arena, g->buckets, struct node *);
	g->reject = append(g, &(struct node){ .kind = NODE_REJECT });
	g->accept = append(g, &(struct node){ .kind = NODE_ACCEPT });
	g->root = g->reject;
}

const struct source_span *
graph_span(struct graph *g, struct span span, const struct source_span *next)
{
	if (span.len == 0)
		return next;
	if (next != NULL &&
		(next->count >= SOURCE_SPANS_MAX ||
			(next->span.at == span.at && next->span.len == span.len)))
		return next;
	struct source_span *s = ARENA_NEW(g->arena, struct source_span);
	*s = (struct source_span){ span, next, next ? next->count + 1 : 1 };
	return s;
}

static uint32_t
hash(const struct node *n)
{
	uint32_t h = n->v->id * 0x9e3779b1u ^ n->other->id;
	if (n->kind == NODE_BIND)
		h ^= 0x85ebca6bu * (n->slot->id + 1);
	for (uint32_t i = 0; i < n->arms; i++) {
		h = (h ^ n->arm[i].lo) * 0x85ebca6bu;
		h = (h ^ n->arm[i].hi) * 0xc2b2ae35u;
		h = (h ^ n->arm[i].to->id) * 0x9e3779b1u;
		h ^= h >> 15;
	}
	return h;
}

static bool
same(const struct node *x, const struct node *y)
{
	if (x->v != y->v || x->slot != y->slot || x->other != y->other ||
		x->arms != y->arms)
		return false;
	for (uint32_t i = 0; i < x->arms; i++)
		if (x->arm[i].lo != y->arm[i].lo || x->arm[i].hi != y->arm[i].hi ||
			x->arm[i].to != y->arm[i].to)
			return false;
	return true;
}

static void
grow(struct graph *g)
{
	uint32_t n = g->buckets * 4;
	struct node **to = ARENA_ARRAY(g->arena, n, struct node *);
	for (uint32_t i = 0; i < g->buckets; i++)
		for (struct node *v = g->bucket[i], *next; v != NULL; v = next) {
			next = v->chain;
			struct node **slot = &to[v->hash & (n - 1)];
			v->chain = *slot;
			*slot = v;
		}
	g->bucket = to;
	g->buckets = n;
}

static const struct node *
intern(struct graph *g, const struct node *like)
{
	uint32_t h = hash(like);
	struct node *first = g->apart ? NULL : g->bucket[h & (g->buckets - 1)];
	for (struct node *n = first; n != NULL; n = n->chain)
		if (n->hash == h && same(n, like))
			return n;
	if (g->nodes >= g->buckets)
		grow(g);
	struct node *n = append(g, like);
	n->arm = arena_copy(g->arena, like->arm, like->arms * sizeof(*like->arm));
	n->hash = h;
	struct node **slot = &g->bucket[h & (g->buckets - 1)];
	n->chain = *slot;
	*slot = n;
	return n;
}

static int
by_lo(const void *x, const void *y)
{
	const struct arm *a = x, *b = y;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

/* Long lists come sorted more often than not. */
static void
sort(struct arm *arm, uint32_t arms)
{
	for (uint32_t i = 1; i < arms; i++)
		if (arm[i].lo < arm[i - 1].lo) {
			qsort(arm, arms, sizeof(*arm), by_lo);
			return;
		}
}

uint32_t
arms_unite(struct arm *arm, uint32_t arms)
{
	uint32_t n = 0;
	sort(arm, arms);
	for (uint32_t i = 0; i < arms; i++) {
		struct arm *last = n > 0 ? &arm[n - 1] : NULL;
		if (last == NULL || arm[i].lo > last->hi) {
			arm[n++] = arm[i];
			continue;
		}
		if (arm[i].hi > last->hi)
			last->hi = arm[i].hi;
		if (arm[i].seq < last->seq)
			last->seq = arm[i].seq;
	}
	return n;
}

/* Normal form: clipped to the value's range, none to `other`, neighbours with one
 * target joined (with the earlier one's place in the source).  Returns how many are left.
 */
static uint32_t
normalise(const struct value *v, struct arm *arm, uint32_t arms, const struct node *other)
{
	uint32_t n = 0;
	sort(arm, arms);
	for (uint32_t i = 0; i < arms; i++) {
		struct arm a = arm[i];
		if (a.to == other || a.lo > v->hi || a.hi < v->lo)
			continue;
		if (a.lo < v->lo)
			a.lo = v->lo;
		if (a.hi > v->hi)
			a.hi = v->hi;
		struct arm *last = n > 0 ? &arm[n - 1] : NULL;
		if (last != NULL && last->to == a.to && last->hi + 1 == a.lo) {
			bool points = last->lo == last->hi && a.lo == a.hi;
			last->form = points ? FORM_POINTS : FORM_GE;
			last->hi = a.hi;
			if (a.seq < last->seq)
				last->seq = a.seq;
		} else
			arm[n++] = a;
	}
	return n;
}

/* Comparisons that a range takes: one for a number or at an end of the value's range. */
static uint32_t
range_cost(const struct value *v, uint32_t lo, uint32_t hi)
{
	return lo == hi || lo == v->lo || hi == v->hi ? 1 : 2;
}

/* One arm at an end of the range that was written as `not that number`. */
static bool
is_all_but_one(const struct value *v, const struct arm *a)
{
	if (a->form != FORM_POINTS || a->lo == a->hi)
		return false;
	return (a->lo == v->lo && a->hi + 1 == v->hi) ||
	       (a->lo == v->lo + 1 && a->hi == v->hi);
}

/* Where all arms lead to one place, and the gaps between them are cheaper to test, the
 * gaps become the arms: `not in [5, 9]` and `in [5, 9]` are one form.  On a tie only
 * what was written as one test. */
static bool
gaps_are_better(const struct value *v, const struct arm *arm, uint32_t n)
{
	uint32_t cost = 0, gap_cost = 0;
	if (n == 1)
		return is_all_but_one(v, &arm[0]);
	if (n == 0 || arm[0].lo > v->lo || arm[n - 1].hi < v->hi)
		return false;
	for (uint32_t i = 0; i < n; i++) {
		if (arm[i].to != arm[0].to)
			return false;
		cost += range_cost(v, arm[i].lo, arm[i].hi);
		if (i > 0)
			gap_cost += range_cost(v, arm[i - 1].hi + 1, arm[i].lo - 1);
	}
	return gap_cost < cost ||
	       (gap_cost == cost && n == 2 && arm[0].seq == arm[1].seq);
}

static void
flip(const struct value *v, struct arm *arm, uint32_t *arms, const struct node **other)
{
	const struct node *to = arm[0].to;
	if (*arms == 1) {
		uint32_t number = arm[0].lo == v->lo ? v->hi : v->lo;
		arm[0].lo = arm[0].hi = number;
		arm[0].to = *other;
		*other = to;
		return;
	}
	for (uint32_t i = 0; i + 1 < *arms; i++) {
		arm[i].lo = arm[i].hi + 1;
		arm[i].hi = arm[i + 1].lo - 1;
		arm[i].to = *other;
		arm[i].form = arm[i + 1].form;
	}
	--*arms;
	*other = to;
}

/* One arm that the back ends would write as the same comparison as its complement: the
 * one of the two that is the normal form, so that equal tests are one node. */
static void
complement(const struct value *v, struct arm *a, const struct node **other)
{
	const struct node *to = a->to;
	bool arith = v->kind == VALUE_ARITH;
	bool masked = arith && v->op == OP_AND && v->b->kind == VALUE_CONST;
	bool power = masked && (v->b->k & (v->b->k - 1)) == 0;
	bool set =
		masked && a->hi == v->hi && (a->lo == 1 || (power && a->lo == v->b->k));
	if (set || (arith && v->op >= OP_EQ && a->hi == 0)) /* to 0, to 1 */
		a->lo = a->hi = set ? 0 : 1;
	else if (!masked && a->lo == v->lo && a->lo < a->hi && v->hi - a->hi > 1) {
		a->lo = a->hi + 1; /* the upper range */
		a->hi = v->hi;
	} else
		return;
	a->to = *other;
	*other = to;
}

const struct node *
graph_node(struct graph *g, const struct value *v, struct arm *arm, uint32_t arms,
	const struct node *other, const struct source_span *source)
{
	if (v->kind == VALUE_FAULT)
		return g->reject;
	bool one_target = true;
	for (uint32_t i = 0; i < arms; i++)
		one_target = one_target && arm[i].to == other;
	uint32_t n = normalise(v, arm, arms, other);
	if (IS_BROKEN(GRAPH) && n > 0 && arm[n - 1].hi > arm[n - 1].lo)
		arm[n - 1].hi--;
	bool decided = n == 0 || (n == 1 && arm[0].lo <= v->lo && arm[0].hi >= v->hi);
	if (decided && arms > 0 && !one_target && v->kind != VALUE_CONST)
		g->clipped = true;
	if (decided && !v->traps)
		return n == 0 ? other : arm[0].to;
	struct arm whole = { v->lo, v->hi, other, 0, FORM_GE };
	if (gaps_are_better(v, arm, n))
		flip(v, arm, &n, &other);
	if (n == 1)
		complement(v, arm, &other);
	if (n == 0) { /* only to see whether it traps */
		arm = &whole;
		n = 1;
	}
	struct node like = { .kind = NODE_TEST,
		.v = v,
		.slots = v->slots | other->slots,
		.arm = arm,
		.arms = n,
		.other = other,
		.source = source };
	for (uint32_t i = 0; i < n; i++)
		like.slots |= arm[i].to->slots;
	return intern(g, &like);
}

const struct node *
graph_shared(struct graph *g, const struct node *n)
{
	g->node[n->id]->shared = true;
	return n;
}

const struct node *
graph_bind(struct graph *g, const struct value *slot, const struct value *v,
	const struct node *next, const struct source_span *source)
{
	unsigned unread = ~slot->slots;
	if (v->kind == VALUE_FAULT)
		return g->reject;
	if (v == slot || ((next->slots & slot->slots) == 0 && !v->traps))
		return next;
	return intern(g, &(struct node){ .kind = NODE_BIND,
				 .v = v,
				 .slot = slot,
				 .slots = (uint16_t)((next->slots & unread) | v->slots),
				 .other = next,
				 .source = source });
}

const struct node *
graph_again(struct graph *g, struct arena *scratch, const struct node *n,
	const struct node *const *made)
{
	const struct node *other = made[n->other->id];
	if (n->kind == NODE_BIND)
		return graph_bind(g, n->slot, n->v, other, n->source);
	struct arm *arm = arena_copy(scratch, n->arm, n->arms * sizeof(*arm));
	for (uint32_t i = 0; i < n->arms; i++)
		arm[i].to = made[arm[i].to->id];
	return graph_node(g, n->v, arm, n->arms, other, n->source);
}

void
graph_rewind(struct graph *g, uint32_t nodes)
{
	for (uint32_t i = 0; i < g->buckets; i++) {
		struct node **at = &g->bucket[i];
		while (*at != NULL)
			if ((*at)->id >= nodes)
				*at = (*at)->chain;
			else
				at = &(*at)->chain;
	}
	g->nodes = nodes;
}

bool *
graph_reached(const struct graph *g, struct arena *arena)
{
	bool *reached = ARENA_ARRAY(arena, g->nodes, bool);
	reached[g->root->id] = true;
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!reached[id] || n->v == NULL)
			continue;
		for (uint32_t i = 0; i < n->arms; i++)
			reached[n->arm[i].to->id] = true;
		reached[n->other->id] = true;
	}
	return reached;
}

uint32_t
graph_cost(const struct graph *g, struct arena *scratch)
{
	const bool *reached = graph_reached(g, scratch);
	uint32_t cost = 0;
	for (uint32_t id = 0; id <= g->root->id; id++) {
		const struct node *n = g->node[id];
		if (!reached[id] || n->v == NULL)
			continue;
		cost += n->kind == NODE_BIND;
		cost += n->v->kind == VALUE_ARITH ? 2 : 1;
		for (uint32_t i = 0; i < n->arms; i++)
			cost += range_cost(n->v, n->arm[i].lo, n->arm[i].hi);
	}
	return cost;
}

void
graph_check(const struct graph *g)
{
	for (uint32_t id = 0; id < g->nodes; id++) {
		const struct node *n = g->node[id];
		assert(n->id == id);
		if (n->v == NULL)
			continue;
		assert(n->other->id < id && (n->arms > 0 || n->kind == NODE_BIND));
		for (uint32_t i = 0; i < n->arms; i++) {
			assert(n->arm[i].to->id < id && n->arm[i].lo <= n->arm[i].hi);
			assert(i == 0 || n->arm[i - 1].hi < n->arm[i].lo);
		}
	}
}
