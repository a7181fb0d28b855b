// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* sock.bpf.c: capture on a packet socket.
 *
 * In: packets that the socket's hook sees; data begins at the link header (raw) or at
 * the network header (cooked: SOCK_DGRAM).  Out: a record in the ring for each that
 * filter_skb() accepts, and counters; nothing is ever queued on the socket itself.
 * Runs with bottom halves off, so a CPU's counters have one writer at a time. */
#include <linux/bpf.h>
#include <linux/if_packet.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "capture.h"
#include "event.h"
#include "ring.h"
#include "scratch.h"
#include "skb.h"

#define TAGS 3 /* in the bytes of a packet; more are not looked behind */
#define SEEN(skb, link) \
	((struct look){ EVENT_SOCKET, (skb)->pkt_type, (link)->no_queues })
#define HATYPE_VOID \
	0xffff /* ARPHRD_VOID: the tool has not told us of the interface yet */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, 65536);
	__type(key, __u32); /* ifindex */
	__type(value, struct link);
} links SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} programs SEC(".maps");

/* What is attached.  The kernel charges an attached program, but not one that is
 * reached by a tail call, to net.core.optmem_max. */
SEC("socket")
int
dispatch(struct __sk_buff *skb)
{
	bpf_tail_call(skb, &programs, 0);
	return 0;
}

static __always_inline struct counters *
begin(struct __sk_buff *skb)
{
	if (skb->pkt_type == PACKET_OUTGOING) {
		if (config.skip_out || skb->ifindex == config.lo_ifindex)
			return 0;
	} else if (config.skip_in) {
		return 0;
	}
	struct counters *n = own_counters();
	if (n)
		n->seen++;
	return n;
}

SEC("bpfcap/raw")
int
capture_raw(struct __sk_buff *skb)
{
	struct counters *n = begin(skb);
	if (!n)
		return 0;
	const __u64 verdict = match(skb, 0, skb->pkt_type);
	if (verdict != 0)
		capture(skb, n, verdict, SEEN(skb, &config));
	return 0;
}

/* Weak and global, as filter_skb() of scratch.h, and the last function too. */
__weak __attribute__((noinline)) int
filter_loads(struct __sk_buff *ctx)
{
	return ctx ? ctx->len : 0;
}

/* The same with a filter of few loads, each of which it makes by itself. */
SEC("bpfcap_loads/raw")
int
capture_loads(struct __sk_buff *skb)
{
	struct counters *n = begin(skb);
	if (!n)
		return 0;
	const __u64 verdict = (__u32)filter_loads(skb);
	if (verdict != 0)
		capture(skb, n, verdict, SEEN(skb, &config));
	return 0;
}

static __always_inline _Bool
is_tag(__u16 type_be)
{
	return type_be == bpf_htons(0x8100) || type_be == bpf_htons(0x88a8);
}

/* The protocol of what the data begins with.  A packet that is sent with tags in its
 * bytes has theirs in skb->protocol, while its network header is behind them
 * (net/packet/af_packet.c, packet_parse_headers; a device that does not insert tags
 * itself).  How many they are no field tells, so the data is looked for. */
static __always_inline __u16
data_protocol(struct __sk_buff *skb)
{
	__u64 net[2] = { 0 }, mac[2] = { 0 };
	__u16 type = skb->protocol;
	if (skb->pkt_type != PACKET_OUTGOING || !is_tag(type) ||
		bpf_skb_load_bytes(skb, 0, net, sizeof(net)) != 0)
		return type;
#pragma unroll
	for (__u32 at = VLAN_AT; at <= VLAN_AT + TAGS * VLAN_TAG; at += VLAN_TAG) {
		if (bpf_skb_load_bytes_relative(
			    skb, at + 2, mac, sizeof(mac), BPF_HDR_START_MAC) != 0)
			break;
		if (net[0] != mac[0] || net[1] != mac[1])
			continue;
		bpf_skb_load_bytes_relative(
			skb, at, &type, sizeof(type), BPF_HDR_START_MAC);
		break;
	}
	return type;
}

static __always_inline void
put_cooked(struct __sk_buff *skb, struct event *e, const struct link *link)
{
	struct sll2 h = {
		.protocol_be = data_protocol(skb),
		.ifindex_be = bpf_htonl(skb->ifindex),
		.hatype_be = bpf_htons(link->hatype),
		.pkttype = skb->pkt_type,
	};
	__u8 *to = h.addr;
	long err = -1;
	if (link->addr_len == 6)
		err = bpf_skb_load_bytes_relative(
			skb, link->addr_at, to, 6, BPF_HDR_START_MAC);
	else if (link->addr_len == 4)
		err = bpf_skb_load_bytes_relative(
			skb, link->addr_at, to, 4, BPF_HDR_START_MAC);
	else if (link->addr_len == 8)
		err = bpf_skb_load_bytes_relative(
			skb, link->addr_at, to, 8, BPF_HDR_START_MAC);
	if (err == 0)
		h.addr_len = link->addr_len;
	__builtin_memcpy(e->data, &h, sizeof(h));
	e->hatype = link->hatype;
	e->flags |= EVENT_COOKED;
}

SEC("bpfcap/cooked")
int
capture_cooked(struct __sk_buff *skb)
{
	struct counters *n = begin(skb);
	if (!n)
		return 0;
	const __u32 ifindex = skb->ifindex;
	const struct link *known = bpf_map_lookup_elem(&links, &ifindex);
	struct link link = { .hatype = HATYPE_VOID,
		.addr_at = 6,
		.addr_len = 6,
		.no_queues = EVENT_NO_QUEUES };
	if (known)
		link = *known;
	const __u64 verdict = match(skb, link.hatype, skb->pkt_type);
	if (verdict == 0)
		return 0;
	n->matched++;
	const __u64 len = (__u64)skb->len + sizeof(struct sll2);
	const __u64 caplen = cut(len, verdict);
	struct event *e = record(skb, n, caplen, len, SEEN(skb, &link));
	if (!e)
		return 0;
	put_cooked(skb, e, &link);
	if (caplen > sizeof(struct sll2))
		bpf_skb_load_bytes(skb, 0, e->data + sizeof(struct sll2),
			caplen - sizeof(struct sll2));
	ring_submit(e, caplen, &config);
	return 0;
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
