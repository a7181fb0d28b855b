/* pass_swap.c: two tests change places, so that what was loaded last is tested first.
 *
 * Both leave to the same exit, the first one else to the second, so the verdict on
 * complete packets stays.  The second one's value was evaluated on all ways to the first,
 * so nothing is read earlier than before (DESIGN: truncated packets).  pass_regroup.c
 * does so where all ways come from a test of that value; here one does, and the others
 * may lose by it: pass.c compares. */
#include "pass.h"

#include "broken.h"
#include "ways.h"

static bool
leaves_to(const struct node *n, const struct node *exit)
{
	for (uint32_t i = 0; i < n->arms; i++)
		if (n->arm[i].to != exit)
			return false;
	return n->kind == NODE_TEST && !n->v->traps;
}

static bool
is_known(const struct ways *w, const struct node *at, const struct value *v)
{
	for (const struct way *in = w->into[at->id]; in != NULL; in = in->next)
		if (fact_of(in->facts, v) == NULL)
			return false;
	return true;
}

/* Does what tests `v` lead to the node? */
static bool
follows(const struct ways *w, const struct node *to, const struct value *v)
{
	for (uint32_t id = to->id + 1; id < w->nodes; id++) {
		const struct node *n = w->g->node[id];
		if (!w->reached[id] || n->v != v)
			continue;
		for (uint32_t i = 0; i <= n->arms; i++)
			if (ways_target(n, i) == to)
				return true;
	}
	return false;
}

static bool
gains(const struct ways *w, const struct node *first)
{
	const struct node *second = first->other;
	return first->kind == NODE_TEST && second->kind == NODE_TEST &&
	       first->v != second->v && leaves_to(first, first->arm[0].to) &&
	       leaves_to(second, first->arm[0].to) && is_known(w, first, second->v) &&
	       follows(w, first, second->v);
}

static const struct node *
swapped(const struct ways *w, const struct node *first, const struct node *const *made)
{
	struct graph *g = w->g;
	const struct node *second = first->other, *exit = made[first->arm[0].to->id];
	struct arm *x = arena_copy(w->scratch, first->arm, first->arms * sizeof(*x));
	struct arm *y = arena_copy(w->scratch, second->arm, second->arms * sizeof(*y));
	for (uint32_t i = 0; i < first->arms; i++)
		x[i].to = exit;
	for (uint32_t i = 0; i < second->arms; i++)
		y[i].to = exit;
	const struct node *to = graph_node(g, first->v, x,
		first->arms - IS_BROKEN(PLACES), made[second->other->id], first->source);
	return graph_node(g, second->v, y, second->arms, to, second->source);
}

void
pass_swap(struct graph *g, struct arena *scratch)
{
	struct ways w;
	if (!ways_find(&w, g, scratch))
		return;
	const struct node **made = ARENA_ARRAY(scratch, w.nodes, const struct node *);
	for (uint32_t id = 0; id < w.nodes; id++) {
		const struct node *n = made[id] = g->node[id];
		if (n->v == NULL || !w.reached[id])
			continue;
		made[id] = gains(&w, n) ? swapped(&w, n, made)
					: graph_again(g, scratch, n, made);
	}
	g->root = made[g->root->id];
}
