/* run.h: the loop. */
#ifndef BPFCAP_RUN_H
#define BPFCAP_RUN_H

#include "options.h"
#include "plan.h"

/* From source through match to sink, until the end, -c, a signal or a fault.  False:
 * the cause is in the diags; packets before it have been delivered.  Afterwards the
 * counters of a live capture are on standard error. */
bool run(const struct options *, struct plan *, struct diags *);

#endif
