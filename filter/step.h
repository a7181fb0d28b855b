/* step.h: the steps of a compile, in order of flow; each exports one function. */
#ifndef BPFCAP_FILTER_STEP_H
#define BPFCAP_FILTER_STEP_H

#include <stdio.h>

#include "ast.h"
#include "graph.h"

/* gather.c: long runs of plain ids become one leaf each. */
void gather(const struct tokens *, struct syntax *, struct arena *);

/* resolve.c: gives each leaf of the tree its test. */
bool resolve(const struct filter_opts *, struct syntax *, struct graph *, struct arena *,
	struct diags *);

/* build.c: tree → decision graph; sets graph->root. */
void build(struct graph *, const struct syntax *, struct arena *scratch);

/* explain.c: what the tree asks, in English.  `text`: what spans are places in; the
 * graph: what came of the tree. */
void explain(const struct filter_opts *, const struct syntax *, const char *text,
	struct graph *, struct arena *scratch, FILE *);

/* pass.c: graph → graph, by the passes that are on; NULL: by all. */
struct pass_opts;
void optimise(struct graph *, struct arena *scratch, const struct pass_opts *);

/* warn.c: after optimise: what is legal and seldom meant.  False, and an error, when no
 * packet can match; `text` is what spans are places in. */
bool warn(const struct filter_opts *, const char *text, const struct syntax *,
	struct graph *, struct diags *);

/* clash.c: what a tree says of packets, by a graph of its own with the values of `g`;
 * and which part of it is the reason. */
enum outcome { OUTCOME_VARIES, OUTCOME_NEVER, OUTCOME_ALWAYS };
struct clash {
	const struct ast
		*clause[2]; /* in the order of the text; the second may be NULL */
	bool between;       /* with those that stand between them */
	bool always;        /* they are always true; else never */
};
enum outcome clash_outcome(struct graph *g, const struct ast *);
struct clash clash_find(struct graph *g, const struct ast *, bool always);

#endif
