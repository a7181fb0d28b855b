/* ways.c: a graph in, what is known on the ways into its nodes out. */
#include "ways.h"

#define INTO_MAX 8 /* ways into a node */

static void
arrive(struct ways *w, const struct facts *f, const struct node *to)
{
	struct way **at = &w->into[to->id];
	uint32_t count = 0;
	if (f == NULL)
		return;
	for (; *at != NULL; at = &(*at)->next) {
		if (facts_imply(f, (*at)->facts))
			return;
		if (++count == INTO_MAX) {
			(*at)->facts = facts_meet(w->scratch, (*at)->facts, f);
			return;
		}
	}
	*at = ARENA_NEW(w->scratch, struct way);
	(*at)->facts = f;
}

const struct ranges *
ways_taken(struct arena *arena, const struct node *n, uint32_t arm)
{
	return arm < n->arms ? ranges_one(arena, n->arm[arm].lo, n->arm[arm].hi)
			     : facts_gaps(arena, n);
}

const struct node *
ways_target(const struct node *n, uint32_t arm)
{
	return arm < n->arms ? n->arm[arm].to : n->other;
}

static void
leave(struct ways *w, const struct node *n, const struct facts *f)
{
	if (n->kind == NODE_BIND) {
		arrive(w, facts_bound(w->scratch, f, n), n->other);
		return;
	}
	for (uint32_t i = 0; i <= n->arms; i++)
		arrive(w, facts_on(w->scratch, f, n, ways_taken(w->scratch, n, i)),
			ways_target(n, i));
}

bool
ways_find(struct ways *w, struct graph *g, struct arena *scratch)
{
	const uint32_t nodes = g->root->id + 1;
	uint32_t count = 0;
	*w = (struct ways){ .g = g,
		.scratch = scratch,
		.nodes = nodes,
		.reached = graph_reached(g, scratch),
		.into = ARENA_ARRAY(scratch, nodes, struct way *) };
	for (uint32_t id = 0; id < nodes; id++)
		count += w->reached[id];
	if (count > WAYS_NODES_MAX)
		return false;
	w->into[g->root->id] = ARENA_NEW(scratch, struct way);
	w->into[g->root->id]->facts = facts_none(scratch);
	for (uint32_t id = nodes; id-- > 0;)
		if (w->reached[id] && g->node[id]->v != NULL)
			for (struct way *in = w->into[id]; in != NULL; in = in->next)
				leave(w, g->node[id], in->facts);
	return true;
}
