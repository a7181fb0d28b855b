/* ebpf.h: a compiled filter in the kernel, as eBPF: the capture program of
 * bpf/verdict.bpf.c with the filter in it.  ebpf.c does it; a build without eBPF has
 * ebpf_none.c in its place. */
#ifndef BPFCAP_TESTS_EBPF_H
#define BPFCAP_TESTS_EBPF_H

#include <stdbool.h>
#include <stddef.h>

#include "../../filter/filter.h"

struct ebpf;

/* Why there can be no eBPF here and now, or NULL. */
const char *ebpf_missing(void);

/* Loads; NULL when that fails, with an error in the diags. */
struct ebpf *ebpf_load(const struct filter *, enum filter_reads, struct diags *);
int ebpf_fd(const struct ebpf *); /* the program's, borrowed */
/* Sets the metadata of the packets to come, `len` among them. */
void ebpf_set_meta(struct ebpf *, const struct filter_packet *);
void ebpf_unload(struct ebpf *); /* takes NULL */

#endif
