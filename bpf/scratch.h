/* scratch.h: the packet's first bytes, bulk-copied for the filter, and the filter's
 * place, which src/splice.c fills with the compiled expression before the load. */
#ifndef BPFCAP_BPF_SCRATCH_H
#define BPFCAP_BPF_SCRATCH_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "event.h"

/* Weak and global: its body is replaced, and clang may conclude nothing from this
 * one.  It has to be the last function that libbpf appends: call no other that is
 * not inlined. */
__weak __attribute__((noinline)) int
filter_skb(struct __sk_buff *ctx, struct pktbuf *buf)
{
	if (!ctx || !buf)
		return 0;
	return buf->len;
}

/* Copies min(len, reach) bytes of the skb into `buf`, which the caller has zeroed:
 * the verifier wants all of it written.  `len` is the skb's; `reach` is a constant. */
static __always_inline void
scratch_fill(struct __sk_buff *skb, struct pktbuf *buf, __u64 len, __u64 reach)
{
	if (reach == 0 || reach > EVENT_SCRATCH)
		return;
	if (len >= reach) {
		buf->filled = reach;
		bpf_skb_load_bytes(skb, 0, buf->data, reach);
	} else if (len > 0) {
		buf->filled = len;
		bpf_skb_load_bytes(skb, 0, buf->data, len);
	}
}

#endif
