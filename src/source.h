/* source.h: where packets come from: a file, a socket with an eBPF filter, an
 * AF_PACKET ring, a libpcap device.  One struct embeds `struct source` first. */
#ifndef BPFCAP_SOURCE_H
#define BPFCAP_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "../filter/diag.h"
#include "packet.h"

enum source_status {
	SOURCE_PACKET, /* *packet is filled */
	SOURCE_IDLE, /* live only: nothing came within the poll time-out (≤ 250 ms) or a
		      * signal arrived: the caller looks at its flags, flushes, calls
		      * again */
	SOURCE_END,  /* end of the file; for a live source: drained after source_stop() */
	SOURCE_FAILED, /* an error was added to diags; all packets before it were
			  delivered */
};

/* Exact when the source has been drained.  received = captured + dropped. */
struct source_stats {
	uint64_t seen;     /* packets that the hook looked at */
	uint64_t received; /* packets that matched: tcpdump's "received by filter" */
	uint64_t dropped;  /* matched, but the ring was full: "dropped by kernel" */
};

struct source {
	const struct source_ops *ops;
	const char *name;  /* file or interface, borrowed from the options */
	uint16_t linktype; /* LINKTYPE_ of the packets */
	uint32_t snaplen;  /* of the file header, or as asked for */
	bool nano;         /* time stamps are finer than microseconds */
	bool matched;      /* packets come filtered already: do not match again */
	bool user;         /* live: the source has done it, not the kernel */
};

struct source_ops {
	enum source_status (*next)(struct source *, struct packet *, struct diags *);
	void (*stop)(
		struct source *); /* live: no new packets; what is queued still comes */
	bool (*stats)(struct source *, struct source_stats *);
	void (*close)(struct source *); /* frees */
};

static inline enum source_status
source_next(struct source *s, struct packet *p, struct diags *ds)
{
	return s->ops->next(s, p, ds);
}

#endif
