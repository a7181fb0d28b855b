/* capture.h: what the programs have in common that see sk_buffs or frames whole: their
 * settings and counters, and how much of a packet is captured. */
#ifndef BPFCAP_BPF_CAPTURE_H
#define BPFCAP_BPF_CAPTURE_H

#include <linux/bpf.h>
#include <linux/pkt_cls.h>

#include <bpf/bpf_helpers.h>

#include "event.h"
#include "ring.h"

#define BEYOND 0xffffffff     /* filter/filter.h, FILTER_BEYOND */
#define REACH_IN_PLACE 0x7fff /* bytes; further on the verifier knows no bounds */

const volatile struct sock_config config = { .snap = EVENT_SNAP_MAX };

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags,
		BPF_F_MMAPABLE); /* the reader may have no right to bpf(2) left */
	__uint(max_entries, 1);  /* CPUs; set by the tool */
	__type(key, __u32);
	__type(value, struct counters);
} counters SEC(".maps");

static __always_inline struct counters *
own_counters(void)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	return bpf_map_lookup_elem(&counters, &cpu);
}

/* A length is at most the verdict, the snap length (a constant) and what there is. */
static __always_inline __u64
cut(__u64 len, __u64 verdict)
{
	if (len > verdict)
		len = verdict;
	if (len > config.snap)
		len = config.snap;
	return len;
}

/* What the kernel is told there: to go on as if the program had not been.  At tc, with
 * the next program (TC_ACT_UNSPEC = TCX_NEXT), or what is behind it. */
static __always_inline __s16
go_on(enum event_hook hook)
{
	return hook == EVENT_TC ? TC_ACT_UNSPEC : hook == EVENT_XDP ? XDP_PASS : 0;
}

/* A record for a packet that matched, its bytes and what else is known of it still to be
 * filled in; or NULL, and it is counted as lost. */
static __always_inline struct event *
record_new(struct counters *n, __u64 caplen, __u64 len, enum event_hook hook)
{
	const __u64 now_ns = bpf_ktime_get_boot_ns();
	struct event *e = ring_reserve(caplen, config.snap);
	if (!e) {
		n->lost++;
		return e;
	}
	n->captured++;
	if (caplen < len)
		n->truncated++;
	e->ts_ns = now_ns;
	e->caplen = caplen;
	e->len = len;
	e->vlan_tci = 0;
	e->hatype = 0;
	e->flags = hook << EVENT_HOOK_SHIFT;
	e->verdict = go_on(hook);
	return e;
}

#endif
