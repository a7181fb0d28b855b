/* sink.h: where packets go: a pcap file or the printer. */
#ifndef BPFCAP_SINK_H
#define BPFCAP_SINK_H

#include <stdbool.h>

#include "../filter/diag.h"
#include "packet.h"

struct sink {
	const struct sink_ops *ops;
};

struct sink_ops {
	bool (*write)(struct sink *, const struct packet *, struct diags *);
	bool (*flush)(struct sink *, struct diags *);
	/* Flushes, closes and frees, also after an error; false when data was lost. */
	bool (*close)(struct sink *, struct diags *);
};

#endif
