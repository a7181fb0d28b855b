/* pass_merge.c: a node goes where another does as well.
 *
 * Two nodes that test the same value may differ only in what no packet asks of the one:
 * what is known on the ways into it decides the rest.  Then those ways lead to the other
 * node instead.  It tests what the first one does, and else only what was evaluated
 * before, so nothing is read that was not (DESIGN: truncated packets).
 *
 * Ways get longer by it, and programs shorter: pass.c compares. */
#include "pass.h"

#include "broken.h"
#include "ways.h"

#define ARMS_MAX 8    /* of a node that may go */
#define PAIRS_MAX 256 /* of nodes that are compared for one pair */
#define MERGES_MAX 16

struct merge {
	struct ways ways;
	uint32_t pairs; /* that may still be compared */
};

static bool same_under(
	struct merge *, const struct facts *, const struct node *x, const struct node *y);

/* ... for the numbers that take arm i of x and arm j of y? */
static bool
same_on(struct merge *m, const struct facts *f, const struct node *x, uint32_t i,
	const struct node *y, uint32_t j)
{
	struct arena *arena = m->ways.scratch;
	const struct ranges *a = ways_taken(arena, x, i), *b = ways_taken(arena, y, j);
	const struct ranges *both =
		a != NULL && b != NULL ? ranges_and(arena, a, b) : NULL;
	if (both == NULL)
		return false;
	f = facts_on(arena, f, x, both);
	return f == NULL || same_under(m, f, ways_target(x, i), ways_target(y, j));
}

/* With these facts, do both come to the same, y with no other loads than x?  Recursive:
 * as deep as the graph. */
static bool
same_under(struct merge *m, const struct facts *f, const struct node *x,
	const struct node *y)
{
	x = facts_walk(f, x);
	y = facts_walk(f, y);
	if (x == y)
		return true;
	if (x->kind != NODE_TEST || y->kind != NODE_TEST || x->v != y->v ||
		x->arms > ARMS_MAX || y->arms > ARMS_MAX || m->pairs == 0)
		return false;
	m->pairs--;
	for (uint32_t i = 0; i <= x->arms; i++)
		for (uint32_t j = 0; j <= y->arms; j++)
			if (!same_on(m, f, x, i, y, j))
				return false;
	return true;
}

/* Does a way lead from `n` to x?  Recursive, as all of these. */
static bool
comes_to(const struct node *n, const struct node *x, bool *seen)
{
	if (n == x)
		return true;
	if (n->v == NULL || seen[n->id])
		return false;
	seen[n->id] = true;
	for (uint32_t i = 0; i < n->arms; i++)
		if (comes_to(n->arm[i].to, x, seen))
			return true;
	return comes_to(n->other, x, seen);
}

/* May all that leads to x lead to y instead? */
static bool
replaces(struct merge *m, const struct node *y, const struct node *x)
{
	const struct ways *w = &m->ways;
	if (y == x || !w->reached[y->id] || y->v != x->v || y->kind != NODE_TEST ||
		y->slots != 0 || comes_to(y, x, ARENA_ARRAY(w->scratch, w->nodes, bool)))
		return false;
	m->pairs = PAIRS_MAX;
	for (const struct way *in = w->into[x->id]; in != NULL; in = in->next)
		if (!same_under(m, in->facts, x, y))
			return IS_BROKEN(MERGE);
	return true;
}

/* The graph from `n` on, with y in the place of x; `made`: by node id. */
static const struct node *
rebuilt(struct ways *w, const struct node *n, const struct node *x, const struct node *y,
	const struct node **made)
{
	if (n == x)
		n = y;
	if (n->v == NULL || made[n->id] != NULL)
		return n->v == NULL ? n : made[n->id];
	for (uint32_t i = 0; i <= n->arms; i++) {
		const struct node *to = ways_target(n, i);
		made[to->id] = rebuilt(w, to, x, y, made);
	}
	return made[n->id] = graph_again(w->g, w->scratch, n, made);
}

/* One node goes; false: there is none that may. */
static bool
merge_one(struct graph *g, struct arena *scratch)
{
	struct merge m;
	const struct ways *w = &m.ways;
	if (g->root->v == NULL || !ways_find(&m.ways, g, scratch))
		return false;
	for (uint32_t id = w->nodes - 1; id-- > 0;) {
		const struct node *x = g->node[id];
		if (!w->reached[id] || x->kind != NODE_TEST || x->slots != 0)
			continue;
		for (uint32_t other = 0; other < w->nodes; other++)
			if (replaces(&m, g->node[other], x)) {
				g->root = rebuilt(&m.ways, g->root, x, g->node[other],
					ARENA_ARRAY(
						scratch, w->nodes, const struct node *));
				return true;
			}
	}
	return false;
}

void
pass_merge(struct graph *g, struct arena *scratch)
{
	for (unsigned i = 0; i < MERGES_MAX && merge_one(g, scratch); i++)
		arena_free(scratch);
}
