/* pass.h: the passes over the graph.  Each makes new nodes where it changes something,
 * and sets graph->root; none may raise graph_cost(). */
#ifndef BPFCAP_FILTER_PASS_H
#define BPFCAP_FILTER_PASS_H

#include "graph.h"

/* pass_merge.c: tests of one value that stand in a row become one switch. */
void pass_merge(struct graph *, struct arena *scratch);

/* pass_thread.c: a test whose outcome is known on an edge is passed over. */
void pass_thread(struct graph *, struct arena *scratch);

/* pass_share.c: equal look-ups of different fields share one switch, through slots. */
void pass_share(struct graph *, struct arena *scratch);

#endif
