// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* tag_push.bpf.c: in: frames that a device sends (tc, egress); out: those with a source
 * address of 02:00:00:xx:TT:xx get a VLAN tag of id TT, unless it is 0, not in their
 * bytes but where the kernel keeps it for a device that inserts tags itself. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

SEC("tc")
int
tag_push(struct __sk_buff *skb)
{
	__u8 source[ETH_ALEN];
	if (bpf_skb_load_bytes(skb, ETH_ALEN, source, sizeof(source)) == 0 &&
		source[0] == 2 && source[4] != 0)
		bpf_skb_vlan_push(skb, bpf_htons(ETH_P_8021Q), source[4]);
	return TC_ACT_OK;
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
