/* sink_pcap.h: a classic capture file as a sink. */
#ifndef BPFCAP_SINK_PCAP_H
#define BPFCAP_SINK_PCAP_H

#include <stdint.h>

#include "sink.h"

struct sink_pcap_opts {
	uint16_t linktype;    /* LINKTYPE_ value; packets of another one are refused */
	uint32_t snaplen;     /* bytes kept of a packet; 0: FILTER_SNAPLEN_MAX */
	bool nano;            /* nanosecond format */
	bool packet_buffered; /* -U: each packet goes to the file as it comes */
};

/* Creates or empties `path`, "-" being standard output, and writes the file header.
 * `path` is borrowed until close.  NULL with an error in the diags.
 *
 * The process must ignore SIGPIPE and SIGXFSZ, else a closed pipe or a file size limit
 * ends it before the error can be told.  After a failed write the file is cut back to
 * the last whole packet, and write, flush and close return false, with one message. */
struct sink *sink_pcap_open(
	const char *path, const struct sink_pcap_opts *, struct diags *);

#endif
