/* print.h: the decision graph as text, for people and for other tools. */
#ifndef BPFCAP_FILTER_PRINT_H
#define BPFCAP_FILTER_PRINT_H

#include "explain.h"
#include "graph.h"

/* What is known besides the graph. */
struct print_source {
	const char *text; /* that spans are into */
	uint16_t linktype;
	enum filter_input input;
	/* Where the headers are at the expression's start; or NULL: nothing has a name.
	 */
	const struct layer *layer;
};

/* A node's number, 0 for the root and rising; what is known of the packet there. */
struct print_node {
	uint32_t number;
	bool seen;
	struct known known;
};

struct print {
	const struct graph *g;
	const struct print_source *source;
	struct arena *scratch;
	FILE *to;
	struct filter_opts opts; /* of `explain` */
	struct explain explain;
	const bool *reached;     /* by node id */
	struct print_node *node; /* ditto */
	uint32_t nodes;          /* reached, leaves not counted */
};

/* print_graph.c: what the forms of output have in common. */
void print_begin(struct print *, const struct graph *, const struct print_source *,
	struct arena *scratch, FILE *);
/* A node by its number, or accept, or reject. */
void print_target(const struct print *, const struct node *);
/* The tested or bound value, as in the language where that is possible. */
void print_value(const struct print *, const struct value *);
/* The name of what a node looks at, behind the given text; nothing when not known. */
void print_field(const struct print *, const char *before, const struct node *);
/* The field itself, in full or `part`; NULL: not known. */
const struct field *print_field_of(const struct print *, const struct node *, bool *part);
const char *print_meta(enum meta);
const char *print_op(enum arith_op);
/* How its numbers are written. */
struct field print_style(const struct print *, const struct node *);
/* Arms that lead to one place, in a row. */
struct print_edge {
	const struct node *to;
	const struct arm *const *arm;
	uint32_t arms;
};
struct print_edges {
	struct print_edge *edge; /* in the order of their first arms */
	uint32_t count;
};
struct print_edges print_edges_of(const struct print *, const struct node *);
/* Their numbers, at most `max` of them. */
void print_numbers(const struct print *, const struct node *, const struct print_edge *,
	uint32_t max);
/* The node's places in the source, between quotes that are `quote`. */
void print_spans(const struct print *, const struct node *, const char *quote);

/* print_ir.c, print_dot.c: one graph, under a heading. */
struct print_title {
	const char *name; /* "build", a pass, or "graph" for what came of them all */
	uint32_t cost;
	bool same; /* as the graph that was printed before: then a heading will do */
};
void print_ir(const struct graph *, const struct print_source *,
	const struct print_title *, struct arena *scratch, FILE *);
void print_dot(const struct graph *, const struct print_source *,
	const struct print_title *, struct arena *scratch, FILE *);
/* print_json.c */
void print_json(const struct graph *, const struct print_source *,
	const struct print_title *, struct arena *scratch, FILE *);
/* print_c.c: as the source of a program in C.  False, and an error, when the target does
 * not have what the graph asks for. */
bool print_c(const struct graph *, const struct print_source *,
	const struct filter_target *, struct arena *scratch, FILE *, struct diags *);

#endif
