/* step.h: the steps of a compile, in order of flow; each exports one function. */
#ifndef BPFCAP_FILTER_STEP_H
#define BPFCAP_FILTER_STEP_H

#include <stdio.h>

#include "ast.h"
#include "graph.h"

/* resolve.c: gives each leaf of the tree its test. */
bool resolve(const struct filter_opts *, struct syntax *, struct graph *, struct arena *,
	struct diags *);

/* build.c: tree → decision graph; sets graph->root. */
void build(struct graph *, const struct syntax *, struct arena *scratch);

/* explain.c: what the tree asks, in English.  `text`: what spans are places in; the
 * graph: what came of the tree. */
void explain(const struct filter_opts *, const struct syntax *, const char *text,
	struct graph *, struct arena *scratch, FILE *);

/* pass.c: graph → graph, in the order of its table. */
void optimise(struct graph *, struct arena *scratch);

#endif
