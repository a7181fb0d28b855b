/* pass.c: runs the passes in the order of the table, a fixed number of rounds. */
#include "pass.h"

#include <assert.h>

#include "step.h"

static const struct {
	const char *name;
	void (*run)(struct graph *, struct arena *scratch);
} passes[] = {
	/* order matters: threading makes chains, and switches make facts stronger */
	{ "thread", pass_thread },
	{ "merge", pass_merge },
	{ "thread", pass_thread },
	{ "merge", pass_merge },
	{ "share", pass_share },
};

void
optimise(struct graph *g, struct arena *scratch)
{
	for (unsigned i = 0; i < sizeof(passes) / sizeof(passes[0]); i++) {
		const struct node *before = g->root;
		uint32_t cost = graph_cost(g, scratch);
		passes[i].run(g, scratch);
		if (graph_cost(g, scratch) > cost)
			g->root = before;
#ifndef NDEBUG
		graph_check(g);
#endif
		arena_free(scratch);
	}
}
