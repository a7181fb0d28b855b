/* ebpf.h: the body of `int filter(struct __sk_buff *ctx, struct filter_pktbuf *buf)`. */
#ifndef BPFCAP_FILTER_EBPF_H
#define BPFCAP_FILTER_EBPF_H

#include "../order.h"

/* emit.c: how switches are ordered for it. */
struct order_opts ebpf_order(enum filter_reads);
/* order → instructions, straight from the graph's blocks. */
bool ebpf_emit(const struct order *, enum filter_reads, struct arena *scratch,
	struct filter_ebpf *out, struct diags *);

#endif
