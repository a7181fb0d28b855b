/* ring.h: room for a record in the ring buffer, and handing it to the reader.
 *
 * The verifier wants constant sizes, so room is reserved by size class.  Measured per
 * packet (kernel 6.18, 64 / 1,500 bytes): these classes 120 / 165 ns, a scratch with
 * bpf_ringbuf_output 144 / 212, a dynptr 231 / 381. */
#ifndef BPFCAP_BPF_RING_H
#define BPFCAP_BPF_RING_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#include "event.h"

#define RING_SMALL 256 /* bytes: snap lengths up to here need no classes */
#define RING_FRONT 24  /* bytes that a writer may fill whatever `caplen` is */

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 23); /* bytes; set by the tool */
} ring SEC(".maps");

/* Room for `caplen` bytes, 1 <= caplen <= snap, and never for less than RING_FRONT.
 * On each path of the verifier the size is a constant and bounds `caplen`.  65,600:
 * packets on lo have up to 65,549 bytes. */
static __always_inline struct event *
ring_reserve(__u64 caplen, __u64 snap)
{
	__u64 size = EVENT_SNAP_MAX;
	if (snap <= RING_SMALL)
		size = snap < RING_FRONT ? RING_FRONT : snap;
	else if (caplen <= 96)
		size = 96;
	else if (caplen <= 224)
		size = 224;
	else if (caplen <= 480)
		size = 480;
	else if (caplen <= 992)
		size = 992;
	else if (caplen <= 1568)
		size = 1568;
	else if (caplen <= 4064)
		size = 4064;
	else if (caplen <= 16352)
		size = 16352;
	else if (caplen <= 65600)
		size = 65600;
	return bpf_ringbuf_reserve(&ring, sizeof(struct event) + size, 0);
}

#define RING_SLACK 65536 /* bytes that other CPUs may reserve before this one looks */

/* Waking the reader costs 1 to 10 us, so it is woken only when the ring's fill passes
 * `wake_at`: it sleeps with an empty ring only, so it is awake when there is more, and
 * what is less is found by its time-out.  Passed means: by this record, the room of
 * which is at most 4 times `caplen`, or within the slack of others.  Measured (1,500
 * bytes, ns in the program): woken from 256 to 768 KiB 660, once past 1 MiB 380. */
static __always_inline void
ring_submit(struct event *e, __u64 caplen, const volatile struct sock_config *c)
{
	__u64 flags = 0;
	if (!c->immediate) {
		const __u64 past =
			bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) - c->wake_at;
		flags = past < RING_SLACK + 4 * caplen ? BPF_RB_FORCE_WAKEUP
						       : BPF_RB_NO_WAKEUP;
	}
	bpf_ringbuf_submit(e, flags);
}

#endif
