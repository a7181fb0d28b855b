/* skb.h: a sk_buff that begins at its link header: a record of it in the ring. */
#ifndef BPFCAP_BPF_SKB_H
#define BPFCAP_BPF_SKB_H

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

static __always_inline struct event *
record(struct __sk_buff *skb, struct counters *n, __u64 caplen, __u64 len)
{
	struct event *e = record_new(n, caplen, len);
	if (!e)
		return e;
	e->ifindex = skb->ifindex;
	e->protocol = bpf_ntohs(skb->protocol);
	e->queue = skb->queue_mapping;
	e->pkttype = skb->pkt_type;
	return e;
}

/* The tag that the kernel took off goes back between addresses and ethertype. */
static __always_inline void
put_tagged(struct __sk_buff *skb, struct event *e, __u64 caplen)
{
	__u16 tag[2] = { skb->vlan_proto, bpf_htons(skb->vlan_tci) };
	e->flags = EVENT_VLAN;
	e->vlan_tci = skb->vlan_tci;
	bpf_skb_load_bytes(skb, 0, e->data, VLAN_AT);
	__builtin_memcpy(e->data + VLAN_AT, tag, VLAN_TAG);
	if (caplen > VLAN_AT + VLAN_TAG)
		bpf_skb_load_bytes(skb, VLAN_AT, e->data + VLAN_AT + VLAN_TAG,
			caplen - VLAN_AT - VLAN_TAG);
}

/* Captures what the filter has accepted, from the link header on. */
static __always_inline void
capture(struct __sk_buff *skb, struct counters *n, __u64 verdict, __u8 pkttype)
{
	n->matched++;
	__u64 len = skb->len;
	const _Bool tagged = config.tags && skb->vlan_present && len >= VLAN_AT;
	if (tagged)
		len += VLAN_TAG;
	const __u64 caplen = cut(len, verdict);
	struct event *e = record(skb, n, caplen, len);
	if (!e)
		return;
	e->pkttype = pkttype;
	if (tagged)
		put_tagged(skb, e, caplen);
	else if (caplen > 0)
		bpf_skb_load_bytes(skb, 0, e->data, caplen);
	ring_submit(e, caplen, &config);
}

#endif
