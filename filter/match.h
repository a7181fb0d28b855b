/* match.h: a graph made ready for matching packets: steps in a row, large switches as
 * tables.  What filter_match runs but where much has to be computed; the verdict is that
 * of graph_eval(), bit for bit. */
#ifndef BPFCAP_FILTER_MATCH_H
#define BPFCAP_FILTER_MATCH_H

#include "graph.h"

struct match;

/* Is it faster than the cBPF program of this graph? */
bool match_pays(const struct graph *, struct arena *scratch);

/* In `arena`, where the graph's values are too: they are still read. */
const struct match *match_make(
	const struct graph *, struct arena *arena, struct arena *scratch);

/* The verdict: snaplen or 0. */
uint32_t match_run(const struct match *, const struct filter_packet *);

#endif
