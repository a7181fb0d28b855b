/* event.h: what the kernel programs and the tool exchange, in fixed widths.
 *
 * Read by bpf/ (clang -target bpf) and by src/.  Integers are the machine's order
 * unless the name ends in _be. */
#ifndef BPFCAP_BPF_EVENT_H
#define BPFCAP_BPF_EVENT_H

#include <linux/types.h>

#define EVENT_SNAP_MAX 262144 /* bytes: the longest capture, FILTER_SNAPLEN_MAX */
#define EVENT_SCRATCH 160     /* bytes: FILTER_SCRATCH */

/* One record of the ring; `caplen` bytes follow.  Records are longer than what they
 * hold: bpf/ring.h reserves by size class. */
struct event {
	__u64 ts_ns;  /* CLOCK_BOOTTIME */
	__u32 caplen; /* bytes of `data` that are the packet's */
	__u32 len;    /* bytes on the wire, re-inserted tag or cooked header included */
	__u32 ifindex;
	__u16 protocol; /* ethertype, as the kernel classed the packet */
	__u16 vlan_tci; /* the tag that was put back, valid with EVENT_VLAN */
	__u16 hatype;   /* ARPHRD_, cooked only */
	__u16 queue;  /* + 1: of those that receive, or, EVENT_OUT, send; 0: not known */
	__u8 pkttype; /* PACKET_HOST … PACKET_OUTGOING; EVENT_XDP: not known yet, 0 */
	__u8 flags;   /* EVENT_, and the hook */
	union {
		__s16 verdict; /* what the program told the kernel: EVENT_TC: TC_ACT_,
				* EVENT_XDP: XDP_, EVENT_SOCKET: nothing, 0 */
		__u16 reason;  /* EVENT_DROP: number | subsystem << EVENT_SUBSYS_SHIFT */
	};
	__u8 data[];
};

#define EVENT_VLAN 1   /* a stripped VLAN tag was put back into the bytes */
#define EVENT_COOKED 2 /* data begins with a LINUX_SLL2 header */
#define EVENT_IN 4     /* it was received ... */
#define EVENT_OUT 8    /* ... or sent; neither: not known */

enum event_hook { EVENT_SOCKET, EVENT_TC, EVENT_XDP, EVENT_DROP };
#define EVENT_NO_QUEUES 0xffffffff /* no receive queue is known */
#define EVENT_HOOK_SHIFT 4         /* bits of `flags` */
#define EVENT_HOOK(flags) ((enum event_hook)((flags) >> EVENT_HOOK_SHIFT & 3))

#define EVENT_SUBSYS_SHIFT 12 /* the kernel's own enum skb_drop_reason is subsystem 0 */

/* The packet as filter_skb() sees it: struct filter_pktbuf of filter/filter.h. */
struct pktbuf {
	__u32 len; /* bytes on the wire from data[0] on */
	__u32 filled;
	__u32 ifindex;
	__u32 protocol;
	__u32 hatype;
	__u32 pkttype;
	__u32 vlan_present; /* 0 or 1 */
	__u32 vlan_tci;
	__u64 address; /* of the packet, where the context is no skb */
	__u32 linear;  /* bytes there */
	__u32 unused;
	__u8 data[EVENT_SCRATCH];
};

/* Settings of the socket programs, constants to the verifier (.rodata). */
struct sock_config {
	__u32 snap;       /* bytes kept of a packet, 1..EVENT_SNAP_MAX */
	__u32 reach;      /* bytes of scratch that the filter reads, 0..EVENT_SCRATCH */
	__u32 wake_at;    /* bytes in the ring at which the reader is woken */
	__u32 lo_ifindex; /* its outgoing packets come in again: not looked at */
	__u32 no_queues;  /* received: a queue number + 1 up to that says nothing */
	__u8 immediate;   /* 1: wake the reader whenever it sleeps */
	__u8 skip_in;     /* 1: outgoing packets only */
	__u8 skip_out;    /* 1: incoming packets only */
	__u8 tags;        /* 1: the link header has a place for a VLAN tag */
};

/* Which drops: of one interface, by the inode of its network namespace too. */
struct drop_config {
	__u32 ifindex; /* 0: all there are, in all namespaces */
	__u32 netns;
	__u32 hatype; /* the interface's ARPHRD_ */
};

/* One per CPU, written by that CPU only, on a cache line of its own. */
struct counters {
	__u64 seen;      /* packets that the filter looked at */
	__u64 matched;   /* ... that it accepted: captured + lost */
	__u64 captured;  /* ... that are in the ring */
	__u64 lost;      /* ... that found no room there */
	__u64 truncated; /* captured with fewer bytes than on the wire */
	__u64 unused[3];
};

/* What an interface adds to the cooked header, by ifindex. */
struct link {
	__u16 hatype;    /* ARPHRD_ */
	__u8 addr_at;    /* the sender's address: offset from the MAC header, bytes */
	__u8 addr_len;   /* 0: no such address, else 4, 6 or 8 */
	__u32 no_queues; /* as in struct sock_config */
};

/* tcpdump.org/linktypes, LINKTYPE_LINUX_SLL2. */
struct sll2 {
	__u16 protocol_be;
	__u16 reserved;
	__u32 ifindex_be;
	__u16 hatype_be;
	__u8 pkttype;
	__u8 addr_len;
	__u8 addr[8];
};

_Static_assert(sizeof(struct event) == 32, "records keep 8-byte alignment");
_Static_assert(sizeof(struct pktbuf) == 48 + EVENT_SCRATCH, "no padding");
_Static_assert(sizeof(struct sock_config) == 24, "no padding");
_Static_assert(sizeof(struct drop_config) == 12, "no padding");
_Static_assert(sizeof(struct counters) == 64, "one cache line");
_Static_assert(sizeof(struct link) == 8, "a map value without padding");
_Static_assert(sizeof(struct sll2) == 20, "LINKTYPE_LINUX_SLL2");

#endif
