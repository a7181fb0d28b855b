// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* xdp.bpf.c: capture at XDP, where a frame has only just come in.
 *
 * In: frames as the driver has them, from the link header on, in one piece or more; the
 * filter reads them in place.  Out: a record in the ring for each that filter_packet()
 * accepts, and counters; the frame goes on into the stack.
 * What the filter needs may lie beyond the frame's first piece: then another program
 * looks, with a scratch.  Runs with bottom halves off, so a CPU's counters have one
 * writer at a time. */
#include <linux/bpf.h>

#include "capture.h"
#include "event.h"
#include "ring.h"

#define GO_ON go_on(EVENT_XDP)

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* Weak and global, as filter_skb() of scratch.h, and the last functions of their programs
 * too. */
__weak __attribute__((noinline)) int
filter_packet(struct xdp_md *ctx)
{
	return ctx ? ctx->rx_queue_index : 0;
}

__weak __attribute__((noinline)) int
filter_frame(struct xdp_md *ctx, struct pktbuf *buf)
{
	if (!ctx || !buf)
		return 0;
	return buf->len;
}

/* The helper takes offsets and lengths up to PART (net/core/filter.c, bpf_xdp_pointer);
 * on lo there are frames that are longer, in generic mode. */
#define PART 0xffff
#define LONGEST (2 * PART)

static __always_inline void
put_bytes(struct xdp_md *ctx, struct event *e, __u64 caplen)
{
	if (caplen > PART) {
		bpf_xdp_load_bytes(ctx, 0, e->data, PART);
		bpf_xdp_load_bytes(ctx, PART, e->data + PART, caplen - PART);
	} else if (caplen > 0) {
		bpf_xdp_load_bytes(ctx, 0, e->data, caplen);
	}
}

/* The protocol is what the stack will find out, and the direction is one. */
static __always_inline void
capture(struct xdp_md *ctx, struct counters *n, __u64 verdict)
{
	const __u64 len = bpf_xdp_get_buff_len(ctx);
	__u64 caplen = cut(len, verdict);
	if (caplen > LONGEST)
		caplen = LONGEST;
	n->matched++;
	struct event *e = record_new(n, caplen, len, EVENT_XDP);
	if (!e)
		return;
	e->ifindex = ctx->ingress_ifindex;
	e->protocol = 0;
	const __u32 queue = ctx->rx_queue_index + 1;
	e->queue = queue > config.no_queues ? queue : 0;
	e->pkttype = 0;
	e->flags |= EVENT_IN;
	put_bytes(ctx, e, caplen);
	ring_submit(e, caplen, &config);
}

static __always_inline __u64
match_far(struct xdp_md *ctx)
{
	const __u64 len = bpf_xdp_get_buff_len(ctx), reach = config.reach;
	struct pktbuf buf __attribute__((aligned(8))) = {
		/* zeroed by words of 8 */
		.len = len,
		.ifindex = ctx->ingress_ifindex,
	};
	if (reach > 0 && reach <= EVENT_SCRATCH) {
		if (len >= reach) {
			buf.filled = reach;
			bpf_xdp_load_bytes(ctx, 0, buf.data, reach);
		} else if (len > 0) {
			buf.filled = len;
			bpf_xdp_load_bytes(ctx, 0, buf.data, len);
		}
	}
	return (__u32)filter_frame(ctx, &buf);
}

SEC("bpfcap_xdp/look")
int
xdp_look(struct xdp_md *ctx)
{
	struct counters *n = own_counters();
	if (!n)
		return GO_ON;
	n->seen++;
	const __u64 verdict = (__u32)filter_packet(ctx);
	if (verdict != BEYOND) {
		if (verdict != 0)
			capture(ctx, n, verdict);
		return GO_ON;
	}
	/* All there is was in reach: what it lacks nobody has. */
	const __u64 len = bpf_xdp_get_buff_len(ctx);
	if (len > ctx->data_end - ctx->data || len > REACH_IN_PLACE)
		bpf_tail_call(ctx, &programs, 0);
	return GO_ON;
}

SEC("bpfcap_xdp_far/look")
int
xdp_look_far(struct xdp_md *ctx)
{
	struct counters *n = own_counters();
	if (!n)
		return GO_ON;
	const __u64 verdict = match_far(ctx);
	if (verdict != 0)
		capture(ctx, n, verdict);
	return GO_ON;
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
