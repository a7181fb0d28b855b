/* graph.h: the decision graph, the IR between the language and the back ends.
 *
 * A DAG of tests, and of bindings of slots, with two leaves.  A test looks at one value
 * and goes where the arm with the value in it says, or to `other`.  Nodes are immutable
 * and hash-consed, and made from the leaves up: an arm's target is older than its node,
 * so descending `id` is a topological order.  Control passes a node only when its value
 * did not fault; a fault is a reject, whatever the polarity around it (DESIGN: truncated
 * packets).
 *
 * A bind node puts a value into a slot and goes to `other`.  It stands where ways are
 * about to meet that differ in that value, so that what follows need not be copied for
 * each.  No way reads a slot before it is bound, and a slot may be bound again. */
#ifndef BPFCAP_FILTER_GRAPH_H
#define BPFCAP_FILTER_GRAPH_H

#include "arena.h"
#include "value.h"

enum node_kind { NODE_REJECT, NODE_ACCEPT, NODE_TEST, NODE_BIND };

/* How a bound is best written; no meaning, only the look of listings. */
enum bound_form {
	FORM_GE,     /* jge lo */
	FORM_GT,     /* jgt lo - 1 */
	FORM_POINTS, /* single numbers, or all but one: jeq */
};

struct arm {
	uint32_t lo, hi; /* both included */
	const struct node *to;
	uint32_t seq; /* order in the source: first written, first tested */
	enum bound_form form;
};

struct source_span {
	struct span span;
	const struct source_span *next;
	uint32_t count; /* entries from here on */
};
#define SOURCE_SPANS_MAX 64 /* kept a node; beyond it the rest is dropped */

struct node {
	enum node_kind kind;
	uint32_t id; /* index in graph->node */
	uint32_t hash;
	uint32_t arms;
	const struct value *v;    /* tested, or bound; NULL for the leaves */
	const struct value *slot; /* BIND: which */
	uint16_t slots; /* bit n: slot n is read from here on before it is bound */
	bool shared;    /* by pass_share: it stands for two; no meaning, only its form */
	const struct arm *arm; /* ascending, disjoint */
	const struct node *other;
	const struct source_span *source;
	struct node *chain; /* of the hash table */
};

struct graph {
	struct arena *arena;
	struct values values;
	uint32_t snaplen; /* what accept returns */
	const struct node *root, *accept, *reject;
	bool apart;   /* equal nodes stay apart: each goes its own way, until joined */
	bool clipped; /* a test was decided by its field's width alone */
	bool chosen;  /* of several variants: not what the usual passes make of it */
	struct node **node; /* all ever made, by id */
	uint32_t nodes, room;
	struct node **bucket;
	uint32_t buckets;
};

void graph_init(struct graph *, struct arena *, uint32_t snaplen);

/* The node for this test, or a target where the outcome needs no test.  `arm` is
 * sorted here and need not outlive the call; arms must be disjoint. */
const struct node *graph_node(struct graph *, const struct value *, struct arm *arm,
	uint32_t arms, const struct node *other, const struct source_span *);

/* Says that the node stands for two. */
const struct node *graph_shared(struct graph *, const struct node *);

/* The node that binds `v` to `slot` on the way to `next`; `next` itself where nothing
 * reads the slot. */
const struct node *graph_bind(struct graph *, const struct value *slot,
	const struct value *v, const struct node *next, const struct source_span *);

/* Prepends a span; returns the longer list. */
const struct source_span *graph_span(
	struct graph *, struct span, const struct source_span *);

/* Sorts arms of one target by `lo` and makes them disjoint; returns how many are left. */
uint32_t arms_unite(struct arm *, uint32_t arms);

/* The arm's target, or other. */
const struct node *node_next(const struct node *, uint32_t x);

/* The node once more, with its targets as `made` says, by node id. */
const struct node *graph_again(struct graph *, struct arena *scratch, const struct node *,
	const struct node *const *made);

/* Forgets all nodes but the first `nodes`. */
void graph_rewind(struct graph *, uint32_t nodes);

/* Marks what the root reaches: an array of `nodes` flags in `arena`. */
bool *graph_reached(const struct graph *, struct arena *);

/* Loads, masks and comparisons of the reachable tests: the size to be expected. */
uint32_t graph_cost(const struct graph *, struct arena *scratch);

/* Asserts the invariants above; for debug builds and tests. */
void graph_check(const struct graph *);

/* The verdict: snaplen or 0. */
uint32_t graph_eval(const struct graph *, const struct filter_packet *);

#endif
