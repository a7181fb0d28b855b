/* sets.h: a compiled filter's large sets (filter_ebpf.data) in the kernel: one map of one
 * read-only value. */
#ifndef BPFCAP_SETS_H
#define BPFCAP_SETS_H

#include <stddef.h>

#include "../filter/filter.h"

/* A map with the body's data, frozen: its descriptor is the caller's, and is needed until
 * the program is loaded.  Negative: errno. */
int sets_open(const struct filter_ebpf *);

/* Instructions that refer to the data refer to the map. */
void sets_refer(struct bpf_insn *, size_t count, int fd);

#endif
