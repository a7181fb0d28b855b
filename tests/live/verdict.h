/* verdict.h: a compiled filter run by the kernel on one packet at a time: the oracle of
 * the tests that all back ends agree.  Needs CAP_BPF. */
#ifndef BPFCAP_TESTS_LIVE_VERDICT_H
#define BPFCAP_TESTS_LIVE_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../filter/diag.h"
#include "../../filter/filter.h"

struct verdict;

/* The body is not needed after the call.  NULL and an error: the kernel refused it. */
struct verdict *verdict_open(const struct filter_ebpf *, struct diags *);
/* Runs it; for cooked input the metadata is that of the packet.  False: it could not be
 * run (the kernel's test run takes at most a page, less some). */
bool verdict_run(struct verdict *, const struct filter_packet *, uint32_t *out);
void verdict_close(struct verdict *);

#endif
