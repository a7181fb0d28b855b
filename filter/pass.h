/* pass.h: the optimisations, and which of them are on.
 *
 * Passes over the graph make new nodes where they change something, and set graph->root;
 * none may raise graph_cost().  Checks and dumps are the driver's.  What a back end does
 * by itself is a row of the same table, so that it too can be turned off. */
#ifndef BPFCAP_FILTER_PASS_H
#define BPFCAP_FILTER_PASS_H

#include "graph.h"

enum pass {
#define X(symbol, name, level, run) PASS_##symbol,
#include "pass.def"
#undef X
	PASSES
};

enum pass_level {
	PASS_TREE,   /* of the syntax tree: who calls it asks pass_on() */
	PASS_ROUND,  /* of the graph: once in each round */
	PASS_JOINED, /* of the graph: once, behind the rounds; another round follows */
	PASS_TRIED,  /* of the graph: in some variants (PASS_CHOOSE), behind those */
	PASS_LAST,   /* of the graph: once, at the end */
	PASS_DRIVER, /* of the driver itself */
	PASS_CODE,   /* of a back end, which asks pass_on() */
	PASS_TUNE,   /* ditto; not with -O */
};

/* What comes of a graph: instructions in all, and on the longest way. */
struct pass_size {
	uint32_t count, worst;
};

struct pass_opts {
	uint32_t on; /* bit n: enum pass n */
	/* Of small graphs several variants are made, and the one with the smallest size
	 * is taken; NULL: one has to do. */
	struct pass_size (*size)(void *ctx, const struct graph *);
	/* Is told of the graph as it is built (name "build") and behind each pass that
	 * ran; or NULL. */
	void (*after)(void *ctx, const char *name, uint32_t cost, const struct graph *);
	void *ctx;
};

/* pass.c: `names`: between commas; "" or "none": none; NULL: all.  False (and an error)
 * when there is no such name. */
bool pass_parse(const char *names, uint32_t *on, struct diags *);
/* Those of back ends alone: what -O leaves on. */
uint32_t pass_of_code(uint32_t on);
#define PASS_ALL UINT32_MAX

static inline bool
pass_on(uint32_t on, enum pass p)
{
	return (on >> p & 1) != 0;
}

/* pass_prefix.c: tests of one field under different masks become ranges of it. */
void pass_prefix(struct graph *, struct arena *scratch);

/* pass_regroup.c: tests of one value in a chain move to the first of them. */
void pass_regroup(struct graph *, struct arena *scratch);

/* pass_switch.c: neighbouring tests of one value become one switch. */
void pass_switch(struct graph *, struct arena *scratch);

/* pass_thread.c: a test whose outcome is known on an edge is passed over. */
void pass_thread(struct graph *, struct arena *scratch);

/* pass_join.c: nodes that were kept apart, and are equal, become one. */
void pass_join(struct graph *, struct arena *scratch);

/* pass_restrict.c: a test that only chooses between two forms of one thing goes. */
void pass_restrict(struct graph *, struct arena *scratch);

/* pass_split.c: each way into a node gets a copy of it. */
void pass_split(struct graph *, struct arena *scratch);

/* pass_swap.c: two tests change places. */
void pass_swap(struct graph *, struct arena *scratch);

/* pass_merge.c: a node goes where another does as well. */
void pass_merge(struct graph *, struct arena *scratch);

/* pass_share.c: equal look-ups of different fields share one switch, through slots. */
void pass_share(struct graph *, struct arena *scratch);

#endif
