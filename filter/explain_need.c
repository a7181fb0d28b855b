/* explain_need.c: tests, or the decision graph, in; how many captured bytes they read
 * out.  A lower bound is one for every packet, so that "fewer are rejected" is never
 * false. */
#include "explain.h"

static uint64_t
more(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

static uint64_t
fewer(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The bytes that the value reads whatever they hold.  Recursive: depth is bounded. */
static uint64_t
least_of(const struct value *v)
{
	if (v->kind == VALUE_FAULT)
		return NEED_NEVER;
	uint64_t n = 0;
	if (v->kind == VALUE_LOAD)
		n = (uint64_t)(v->a != NULL ? v->a->lo : 0) + v->k + v->size;
	if (v->a != NULL)
		n = more(n, least_of(v->a));
	return v->b != NULL ? more(n, least_of(v->b)) : n;
}

static void
add_loads(struct need *n, const struct value *v)
{
	uint64_t end = (uint64_t)v->k + v->size;
	if (v->kind == VALUE_LOAD && v->a == NULL)
		n->fixed = more(n->fixed, end);
	else if (v->kind == VALUE_LOAD && v->a->slots == 0 && !v->traps &&
		 v->a->hi <= UINT16_MAX)
		n->moving = more(n->moving, v->a->hi + end);
	else if (v->kind == VALUE_LOAD)
		n->open = true;
	if (v->a != NULL)
		add_loads(n, v->a);
	if (v->b != NULL)
		add_loads(n, v->b);
}

/* To be found true, false. */
struct ways {
	uint64_t yes, no;
};

static struct ways ways_of(const struct test *, struct need *);

/* A chain: `all`: it is left at the first false one. */
static struct ways
ways_of_list(const struct test *t, bool all, struct need *n)
{
	uint64_t on = 0, left = NEED_NEVER;
	for (; t != NULL; t = t->next) {
		struct ways w = ways_of(t, n);
		left = fewer(left, more(on, all ? w.no : w.yes));
		on = more(on, all ? w.yes : w.no);
	}
	return all ? (struct ways){ on, left } : (struct ways){ left, on };
}

/* Recursive: test trees are shallow. */
static struct ways
ways_of(const struct test *t, struct need *n)
{
	switch (t->kind) {
	case TEST_FALSE: return (struct ways){ NEED_NEVER, 0 };
	case TEST_TRUE: return (struct ways){ 0, NEED_NEVER };
	case TEST_AND: return ways_of_list(t->first, true, n);
	case TEST_OR: return ways_of_list(t->first, false, n);
	case TEST_NOT: {
		struct ways w = ways_of(t->first, n);
		return (struct ways){ w.no, w.yes };
	}
	case TEST_CHOOSE: {
		struct ways when = ways_of(t->first, n);
		struct ways then = ways_of(t->first->next, n);
		struct ways other = ways_of(t->first->next->next, n);
		return (struct ways){
			fewer(more(when.yes, then.yes), more(when.no, other.yes)),
			fewer(more(when.yes, then.no), more(when.no, other.no)),
		};
	}
	case TEST_BIND:
	case TEST_LEAF: break;
	}
	uint64_t least = least_of(t->v);
	add_loads(n, t->v);
	return (struct ways){ least, t->kind == TEST_BIND ? NEED_NEVER : least };
}

struct need
explain_need_test(const struct test *t)
{
	struct need n = { 0 };
	struct ways w = ways_of(t, &n);
	n.least = fewer(w.yes, w.no);
	return n;
}

struct need
explain_need_graph(const struct graph *g, struct arena *scratch)
{
	struct need n = { 0 };
	bool *reached = graph_reached(g, scratch);
	uint64_t *least = ARENA_ARRAY(scratch, (size_t)g->nodes + 1, uint64_t);
	for (uint32_t i = 0; i < g->nodes; i++) {
		const struct node *node = g->node[i];
		if (!reached[i])
			continue;
		if (node->v == NULL) {
			least[i] = node->kind == NODE_ACCEPT ? 0 : NEED_NEVER;
			continue;
		}
		uint64_t on = least[node->other->id];
		for (uint32_t a = 0; a < node->arms; a++)
			on = fewer(on, least[node->arm[a].to->id]);
		least[i] = more(on, least_of(node->v));
		add_loads(&n, node->v);
	}
	n.least = least[g->root->id];
	return n;
}
