// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* tc.bpf.c: capture at tc, where an interface's packets come in and go out.
 *
 * In: packets that tc's hook sees, from the link header on; the filter reads them in
 * place.  Out: a record in the ring for each that filter_packet() accepts, and counters;
 * the packet goes on to whatever else is there, as if this had not been.
 * What the filter needs may lie beyond the packet's first piece: then another program
 * looks, with a scratch as on a socket.  Runs with bottom halves off, so a CPU's counters
 * have one writer at a time. */
#include <linux/bpf.h>
#include <linux/if_packet.h>

#include "capture.h"
#include "event.h"
#include "skb.h"

#define GO_ON go_on(EVENT_TC)
#define SEEN(pkttype) ((struct look){ EVENT_TC, pkttype, config.no_queues })

enum { FAR_IN, FAR_OUT };

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* Weak and global, as filter_skb() of scratch.h, and the last function too. */
__weak __attribute__((noinline)) int
filter_packet(struct __sk_buff *ctx)
{
	return ctx ? ctx->len : 0;
}

static __always_inline int
look(struct __sk_buff *skb, __u8 pkttype, __u32 far)
{
	struct counters *n = own_counters();
	if (!n)
		return GO_ON;
	n->seen++;
	const __u64 verdict = (__u32)filter_packet(skb);
	if (verdict != BEYOND) {
		if (verdict != 0)
			capture(skb, n, verdict, SEEN(pkttype));
		return GO_ON;
	}
	/* All there is was in reach: what it lacks nobody has. */
	if (skb->len > skb->data_end - skb->data || skb->len > REACH_IN_PLACE)
		bpf_tail_call(skb, &programs, far);
	return GO_ON;
}

static __always_inline int
look_far(struct __sk_buff *skb, __u8 pkttype)
{
	struct counters *n = own_counters();
	if (!n)
		return GO_ON;
	const __u64 verdict = match(skb, 0, pkttype);
	if (verdict != 0)
		capture(skb, n, verdict, SEEN(pkttype));
	return GO_ON;
}

SEC("bpfcap_tc/in")
int
tc_in(struct __sk_buff *skb)
{
	return look(skb, skb->pkt_type, FAR_IN);
}

/* A packet that is sent has no type of its own here, or that with which it came in. */
SEC("bpfcap_tc/out")
int
tc_out(struct __sk_buff *skb)
{
	return look(skb, PACKET_OUTGOING, FAR_OUT);
}

SEC("bpfcap_tc_far/in")
int
tc_far_in(struct __sk_buff *skb)
{
	return look_far(skb, skb->pkt_type);
}

SEC("bpfcap_tc_far/out")
int
tc_far_out(struct __sk_buff *skb)
{
	return look_far(skb, PACKET_OUTGOING);
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
