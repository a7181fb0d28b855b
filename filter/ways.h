/* ways.h: what is known on the ways into each node of a small graph. */
#ifndef BPFCAP_FILTER_WAYS_H
#define BPFCAP_FILTER_WAYS_H

#include "facts.h"

#define WAYS_NODES_MAX 64 /* reached; larger graphs are left alone */

struct way {
	const struct facts *facts;
	struct way *next;
};

struct ways {
	struct graph *g;
	struct arena *scratch;
	uint32_t nodes;      /* ids are below */
	const bool *reached; /* by node id, as are these: */
	struct way **into;   /* of many, the last knows only what they agree on */
};

/* False: the graph is too large. */
bool ways_find(struct ways *, struct graph *, struct arena *scratch);

/* The numbers of an arm, or of `other` behind the last one; NULL: too many to know. */
const struct ranges *ways_taken(struct arena *, const struct node *, uint32_t arm);
/* ... and where they lead. */
const struct node *ways_target(const struct node *, uint32_t arm);

#endif
