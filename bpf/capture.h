/* capture.h: what the programs have in common that see sk_buffs or frames whole: their
 * settings and counters, and how much of a packet is captured. */
#ifndef BPFCAP_BPF_CAPTURE_H
#define BPFCAP_BPF_CAPTURE_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "event.h"

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

#endif
