/* chain.h: rows of tests, for the passes that move and join them.
 *
 * A *chain* is a row of tests of which each leaves either to the same exit or to the next
 * test, which nothing else leads to, and none can trap.  Its tests may change places as
 * far as the verdict on complete packets goes. */
#ifndef BPFCAP_FILTER_CHAIN_H
#define BPFCAP_FILTER_CHAIN_H

#include "graph.h"

struct chain {
	const struct node *exit; /* NULL: none begins here */
	const struct node *end;  /* where its last test goes on */
};

struct chains {
	struct graph *g;
	struct arena *scratch;
	/* By node id, of the graph as it was: */
	uint32_t nodes; /* ids are below */
	const bool *reached;
	uint32_t *into;            /* edges that lead to it */
	const struct value **from; /* what all nodes that lead to it test, or NULL */
	bool *inside;              /* a link of a chain that begins above it */
	struct chain *at;          /* the one that begins here */
	const struct node **made;  /* what it has become */
};

struct links {
	const struct node **link;
	uint32_t count;
};

void chains_find(struct chains *, struct graph *, struct arena *scratch);

/* Makes the graph anew, from the leaves up: what begins a chain by `chain`, other nodes
 * by `node`. */
void chains_rebuild(struct chains *, void *ctx,
	const struct node *(*chain)(struct chains *, void *ctx, const struct node *),
	const struct node *(*node)(struct chains *, const struct node *));

/* The links of the chain that begins at a node. */
struct links chain_links(const struct chains *, const struct node *first);

/* Does the link leave by its arms?  Else by all numbers but those of its one arm. */
bool chain_by_arms(const struct node *link, const struct node *exit);

/* The link once more, with new ways on. */
const struct node *chain_link(struct chains *, const struct node *link,
	const struct chain *, const struct node *next);

/* The node with its targets as they have become. */
const struct node *chain_node(struct chains *, const struct node *);

#endif
