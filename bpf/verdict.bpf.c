// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0
/* verdict.bpf.c: the filter alone, for the tests of equivalence.
 *
 * In: a packet by BPF_PROG_TEST_RUN, or on a socket pair, whose metadata the test has
 * put into `meta`.  Out: the verdict of filter_skb(). */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "event.h"
#include "scratch.h"

const volatile __u32 reach;

/* Written by the test before each run; `filled` and `data` are not read. */
struct pktbuf meta;

SEC("bpfcap/verdict")
int
verdict(struct __sk_buff *skb)
{
	struct pktbuf buf = {
		.len = meta.len,
		.ifindex = meta.ifindex,
		.protocol = meta.protocol,
		.hatype = meta.hatype,
		.pkttype = meta.pkttype,
		.vlan_present = meta.vlan_present,
		.vlan_tci = meta.vlan_tci,
	};
	scratch_fill(skb, &buf, skb->len, reach);
	return filter_skb(skb, &buf);
}

const char license_terms[] SEC("license") = "Dual BSD/GPL";
