/* pass_join.c: equal nodes become one.
 *
 * Until here they were apart (graph.h): what is known on the way to the one need not hold
 * for the other, and each was threaded by itself. */
#include "pass.h"

static bool
has_place(const struct source_span *all, const struct source_span *place)
{
	while (all != NULL &&
		(all->span.at != place->span.at || all->span.len != place->span.len))
		all = all->next;
	return all != NULL;
}

/* The node stands for what is written in these places too. */
static void
add_places(struct graph *g, const struct node *n, const struct source_span *more)
{
	struct node *to = g->node[n->id];
	for (; n->source != more && more != NULL; more = more->next)
		if (!has_place(to->source, more))
			to->source = graph_span(g, more->span, to->source);
}

void
pass_join(struct graph *g, struct arena *scratch)
{
	uint32_t nodes = g->root->id + 1;
	const bool *reached = graph_reached(g, scratch);
	const struct node **made = ARENA_ARRAY(scratch, nodes, const struct node *);
	g->apart = false;
	for (uint32_t id = 0; id < nodes; id++) {
		const struct node *n = made[id] = g->node[id];
		if (n->v == NULL || !reached[id])
			continue;
		made[id] = graph_again(g, scratch, n, made);
		if (made[id]->kind == NODE_TEST && made[id]->v == n->v)
			add_places(g, made[id], n->source);
	}
	g->root = made[g->root->id];
}
