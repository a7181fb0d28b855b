// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* drop.bpf.c: capture where the kernel drops packets, the tracepoint kfree_skb.
 *
 * In: sk_buffs that are freed before they reached what they were for, and why.  Out: a
 * record in the ring for each that filter_memory() accepts, cooked, as far as it lies in
 * one piece; and counters.  The packet may be in any state: all that is read of it is
 * read as memory that may not be there.
 * A program that interrupts itself on one CPU is not run (kernel/trace/bpf_trace.c,
 * __bpf_trace_run), so a CPU's counters have one writer at a time. */
#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "capture.h"
#include "event.h"
#include "kernel.h"
#include "ring.h"

#define NOT_DROPPED_YET 0 /* enum skb_drop_reason: the ones that are no drops */
#define CONSUMED 1
#define SUBSYS_SHIFT 16 /* include/net/dropreason.h, SKB_DROP_REASON_SUBSYS_SHIFT */
#define HATYPE_ETHER 1  /* linux/if_arp.h */
#define HATYPE_LOOPBACK 772
#define HATYPE_VOID 0xffff /* not known */
#define ETHER_HEADER 14    /* bytes */
#define ETHER_SOURCE 6     /* offset */

const volatile struct drop_config only;

/* On the stack, the filter's function would have too little of it. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct pktbuf);
} scratch SEC(".maps");

/* Where the packet was. */
struct place {
	__u32 ifindex; /* 0: it is none of an interface's */
	__u32 netns;   /* inode; 0: not known */
	__u32 hatype;
};

/* The packet itself, from its network header on.  In 64 bits, in which the verifier
 * keeps its bounds. */
struct bytes {
	__u64 address;
	__u64 len;    /* on the wire */
	__u64 linear; /* of them in one piece */
	__u64 net_at; /* offset from head */
};

/* Weak and global, as filter_skb() of scratch.h, and the last function too. */
__weak __attribute__((noinline)) int
filter_memory(struct pktbuf *buf)
{
	if (!buf)
		return 0;
	return buf->len;
}

/* A queue of TCP or UDP keeps a node of a tree or a size in the place of `dev`, so of a
 * packet that came in, and that a socket may have, `dev` counts if skb_iif agrees. */
static __always_inline _Bool
find_by_dev(const struct sk_buff *skb, struct place *at)
{
	const struct net_device *dev = skb->dev;
	if (!dev)
		return 0;
	const int ifindex = dev->ifindex, came_in = skb->skb_iif;
	if (ifindex <= 0 || (skb->sk && came_in != 0 && came_in != ifindex))
		return 0;
	at->ifindex = ifindex;
	at->hatype = dev->type;
	at->netns = dev->nd_net.net->ns.inum;
	return 1;
}

/* Of the process that reads a socket, or closes it.  0 where it is the kernel itself that
 * drops the packet, for whom it may. */
static __always_inline __u32
process_netns(void)
{
	const struct task_struct *task = (void *)bpf_get_current_task();
	if (BPF_CORE_READ(task, flags) & KERNEL_KTHREAD)
		return 0;
	return BPF_CORE_READ(task, nsproxy, net_ns, ns.inum);
}

/* What a socket has, and what has no interface yet: by the one it came in by, else its
 * route's.  Of which type the former is, the tool knows where there is but one. */
static __always_inline void
find_by_rest(const struct sk_buff *skb, struct place *at)
{
	const struct net_device *dev = 0;
	const struct dst_entry *dst = (void *)(skb->_skb_refdst & ~KERNEL_DST_NOREF);
	if (dst && skb->protocol != 0)
		dev = BPF_CORE_READ(dst, dev);
	const struct sock *sk = skb->sk;
	if (sk)
		at->netns = sk->__sk_common.skc_net.net->ns.inum;
	else if (dev)
		at->netns = BPF_CORE_READ(dev, nd_net.net, ns.inum);
	if (at->netns == 0)
		at->netns = process_netns();
	at->ifindex = skb->skb_iif;
	at->hatype = only.ifindex != 0 ? only.hatype : HATYPE_VOID;
	if (at->ifindex == 0 && dev) {
		at->ifindex = BPF_CORE_READ(dev, ifindex);
		at->hatype = BPF_CORE_READ(dev, type);
	}
}

/* A network header at 0 is one that nobody has looked for: then it is where the data
 * begins, behind a link header that is still before it. */
static __always_inline void
find_bytes(const struct sk_buff *skb, struct bytes *b)
{
	const __u64 head = (__u64)skb->head, tail = skb->tail;
	const __u64 data_at = (__u64)skb->data - head, mac_at = skb->mac_header;
	__u64 net_at = skb->network_header;
	if (net_at == 0 || net_at == KERNEL_NO_HEADER || net_at > tail) {
		net_at = data_at;
		if (mac_at == data_at && tail - data_at >= ETHER_HEADER)
			net_at += ETHER_HEADER;
	}
	__s64 len = skb->len + data_at - net_at; /* data may be on either side of it */
	if (len < 0)                             /* cut to less than its headers */
		len = 0;
	__s64 linear = tail - net_at;
	if (linear > len)
		linear = len;
	if (linear < 0)
		linear = 0;
	b->address = head + net_at;
	b->net_at = net_at;
	b->len = len;
	b->linear = linear;
}

/* The first `reach` bytes, a constant, or what there is. */
static __always_inline __u32
fill(struct pktbuf *buf, const struct bytes *b, __u64 reach)
{
	const void *from = (const void *)b->address;
	const __u64 linear = b->linear;
	if (reach == 0 || reach > EVENT_SCRATCH)
		return 0;
	if (linear >= reach)
		return bpf_probe_read_kernel(buf->data, reach, from) == 0 ? reach : 0;
	return bpf_probe_read_kernel(buf->data, linear, from) == 0 ? linear : 0;
}

/* Runs the filter.  Returns the number of bytes to capture, 0 to reject. */
static __always_inline __u64
match(const struct sk_buff *skb, const struct place *at, const struct bytes *b)
{
	const __u32 zero = 0;
	struct pktbuf *buf = bpf_map_lookup_elem(&scratch, &zero);
	if (!buf)
		return 0;
	buf->len = b->len;
	buf->ifindex = at->ifindex;
	buf->protocol = bpf_ntohs(skb->protocol);
	buf->hatype = at->hatype;
	buf->pkttype = BPF_CORE_READ_BITFIELD(skb, pkt_type);
	buf->address = b->address;
	buf->linear = b->linear;
	buf->filled = fill(buf, b, config.reach);
	return (__u32)filter_memory(buf);
}

static __always_inline void
put_header(const struct sk_buff *skb, struct event *e, const struct place *at,
	const struct bytes *b)
{
	struct sll2 h = {
		.protocol_be = skb->protocol,
		.ifindex_be = bpf_htonl(at->ifindex),
		.hatype_be = bpf_htons(at->hatype),
		.pkttype = BPF_CORE_READ_BITFIELD(skb, pkt_type),
	};
	const __u32 mac_at = skb->mac_header;
	if ((at->hatype == HATYPE_ETHER || at->hatype == HATYPE_LOOPBACK) &&
		mac_at != KERNEL_NO_HEADER && mac_at + ETHER_HEADER <= b->net_at &&
		bpf_probe_read_kernel(h.addr, 6, skb->head + mac_at + ETHER_SOURCE) == 0)
		h.addr_len = 6;
	__builtin_memcpy(e->data, &h, sizeof(h));
}

static __always_inline _Bool
wanted(const struct place *at)
{
	if (at->ifindex == 0) /* of AF_UNIX, netlink and the like */
		return 0;
	return only.ifindex == 0 ||
	       (at->ifindex == only.ifindex && at->netns == only.netns);
}

SEC("bpfcap_tp/drop")
int
capture_drop(__u64 *ctx)
{
	const struct sk_buff *skb = (const void *)ctx[0];
	const __u32 reason = ctx[2];
	struct place at = { 0 };
	struct bytes b;
	if (reason == NOT_DROPPED_YET || reason == CONSUMED)
		return 0;
	if (!find_by_dev(skb, &at))
		find_by_rest(skb, &at);
	struct counters *n = own_counters();
	if (!n || !wanted(&at))
		return 0;
	n->seen++;
	find_bytes(skb, &b);
	const __u64 verdict = match(skb, &at, &b);
	if (verdict == 0)
		return 0;
	n->matched++;
	const __u64 caplen = cut(b.linear + sizeof(struct sll2), verdict);
	struct event *e = record_new(n, caplen, b.len + sizeof(struct sll2), EVENT_DROP);
	if (!e)
		return 0;
	e->ifindex = at.ifindex; /* hatype stays 0: nothing for the tool to complete */
	e->protocol = bpf_ntohs(skb->protocol);
	e->queue = 0; /* nor the direction: what the packet has is of either */
	e->pkttype = BPF_CORE_READ_BITFIELD(skb, pkt_type);
	e->flags |= EVENT_COOKED;
	e->reason = reason >> SUBSYS_SHIFT << EVENT_SUBSYS_SHIFT | (reason & 0xfff);
	put_header(skb, e, &at, &b);
	if (caplen > sizeof(struct sll2))
		bpf_probe_read_kernel(e->data + sizeof(struct sll2),
			caplen - sizeof(struct sll2), (void *)b.address);
	ring_submit(e, caplen, &config);
	return 0;
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
