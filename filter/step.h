/* step.h: the steps of a compile, in order of flow; each exports one function. */
#ifndef BPFCAP_FILTER_STEP_H
#define BPFCAP_FILTER_STEP_H

#include "ast.h"
#include "graph.h"

/* resolve.c: gives each leaf of the tree its test. */
bool resolve(const struct filter_opts *, struct syntax *, struct graph *, struct arena *,
	struct diags *);

/* build.c: tree → decision graph; sets graph->root. */
void build(struct graph *, const struct syntax *, struct arena *scratch);

/* pass.c: graph → graph, in the order of its table. */
void optimise(struct graph *, struct arena *scratch);

#endif
