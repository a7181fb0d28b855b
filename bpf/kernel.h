/* kernel.h: what the tracing programs read of the kernel's own structs: only the fields
 * used.  Offsets are those of the running kernel: libbpf takes them from its BTF. */
#ifndef BPFCAP_BPF_KERNEL_H
#define BPFCAP_BPF_KERNEL_H

#include <linux/types.h>

#define KERNEL_STRUCT __attribute__((preserve_access_index))

struct ns_common {
	unsigned int inum; /* the inode of /proc/PID/ns/net */
} KERNEL_STRUCT;

struct net {
	struct ns_common ns;
} KERNEL_STRUCT;

typedef struct {
	struct net *net;
} KERNEL_STRUCT possible_net_t;

struct net_device {
	int ifindex;
	unsigned short type; /* ARPHRD_ */
	possible_net_t nd_net;
} KERNEL_STRUCT;

struct dst_entry {
	struct net_device *dev;
} KERNEL_STRUCT;

struct sock_common {
	possible_net_t skc_net;
} KERNEL_STRUCT;

struct sock {
	struct sock_common __sk_common;
} KERNEL_STRUCT;

struct nsproxy {
	struct net *net_ns;
} KERNEL_STRUCT;

struct task_struct {
	unsigned int flags;
	struct nsproxy *nsproxy;
} KERNEL_STRUCT;

/* include/linux/skbuff.h.  The places of headers, and `tail`, count from `head`. */
struct sk_buff {
	struct net_device *dev; /* a queue keeps other things here: see drop.bpf.c */
	struct sock *sk;
	unsigned long _skb_refdst; /* struct dst_entry *, its low bit is a flag */
	unsigned int len;
	__u8 pkt_type : 3;
	int skb_iif; /* ifindex it came in by; 0: made here */
	__be16 protocol;
	__u16 network_header;
	__u16 mac_header;
	unsigned int tail;
	unsigned char *head;
	unsigned char *data;
} KERNEL_STRUCT;

#define KERNEL_KTHREAD 0x200000 /* include/linux/sched.h, PF_KTHREAD */
#define KERNEL_DST_NOREF 1UL    /* include/linux/skbuff.h, SKB_DST_NOREF */
#define KERNEL_NO_HEADER 0xffff /* ... skb_mac_header_was_set() */

#endif
