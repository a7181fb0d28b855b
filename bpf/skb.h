/* skb.h: a sk_buff that begins at its link header: a record of it in the ring. */
#ifndef BPFCAP_BPF_SKB_H
#define BPFCAP_BPF_SKB_H

#include <linux/if_packet.h>

#include <bpf/bpf_endian.h>

#include "capture.h"
#include "ring.h"
#include "scratch.h"

#define VLAN_AT 12 /* IEEE 802.1Q: the tag follows the addresses */
#define VLAN_TAG 4 /* bytes */

/* Runs the filter on a copy of the first bytes; `hatype` is 0 for raw packets.  Returns
 * the number of bytes to capture, 0 to reject. */
static __always_inline __u64
match(struct __sk_buff *skb, __u32 hatype, __u32 pkttype)
{
	const __u64 len = skb->len;
	struct pktbuf buf __attribute__((aligned(8))) = {
		/* zeroed by words of 8 */
		.len = len,
		.ifindex = skb->ifindex,
		.protocol = bpf_ntohs(skb->protocol),
		.hatype = hatype,
		.pkttype = pkttype,
		.vlan_present = skb->vlan_present != 0,
		.vlan_tci = skb->vlan_tci,
	};
	scratch_fill(skb, &buf, len, config.reach);
	return (__u32)filter_skb(skb, &buf);
}

/* Where a packet was seen, and what that tells of it. */
struct look {
	enum event_hook hook;
	__u8 pkttype;
	__u32 no_queues; /* struct sock_config */
};

/* A received packet has the number + 1, or 0 (include/linux/skbuff.h,
 * skb_record_rx_queue), a sent one the number once that is chosen, which is between tc
 * and the tap of packet sockets (net/core/dev.c, __dev_queue_xmit). */
static __always_inline __u16
queue_of(struct __sk_buff *skb, struct look at)
{
	const __u32 queue = skb->queue_mapping;
	if (at.pkttype != PACKET_OUTGOING)
		return queue > at.no_queues ? queue : 0;
	return at.hook == EVENT_SOCKET ? queue + 1 : 0;
}

static __always_inline struct event *
record(struct __sk_buff *skb, struct counters *n, __u64 caplen, __u64 len, struct look at)
{
	const _Bool sent = at.pkttype == PACKET_OUTGOING;
	struct event *e = record_new(n, caplen, len, at.hook);
	if (!e)
		return e;
	e->ifindex = skb->ifindex;
	e->protocol = bpf_ntohs(skb->protocol);
	e->queue = queue_of(skb, at);
	e->pkttype = at.pkttype;
	e->flags |= sent ? EVENT_OUT : EVENT_IN;
	return e;
}

/* The tag that the kernel took off goes back between addresses and ethertype. */
static __always_inline void
put_tagged(struct __sk_buff *skb, struct event *e, __u64 caplen)
{
	__u16 tag[2] = { skb->vlan_proto, bpf_htons(skb->vlan_tci) };
	e->flags |= EVENT_VLAN;
	e->vlan_tci = skb->vlan_tci;
	bpf_skb_load_bytes(skb, 0, e->data, VLAN_AT);
	__builtin_memcpy(e->data + VLAN_AT, tag, VLAN_TAG);
	if (caplen > VLAN_AT + VLAN_TAG)
		bpf_skb_load_bytes(skb, VLAN_AT, e->data + VLAN_AT + VLAN_TAG,
			caplen - VLAN_AT - VLAN_TAG);
}

/* Captures what the filter has accepted, from the link header on. */
static __always_inline void
capture(struct __sk_buff *skb, struct counters *n, __u64 verdict, struct look at)
{
	n->matched++;
	__u64 len = skb->len;
	const _Bool tagged = config.tags && skb->vlan_present && len >= VLAN_AT;
	if (tagged)
		len += VLAN_TAG;
	const __u64 caplen = cut(len, verdict);
	struct event *e = record(skb, n, caplen, len, at);
	if (!e)
		return;
	if (tagged)
		put_tagged(skb, e, caplen);
	else if (caplen > 0)
		bpf_skb_load_bytes(skb, 0, e->data, caplen);
	ring_submit(e, caplen, &config);
}

#endif
