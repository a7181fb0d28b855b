/* packet.h: one packet on its way from a source to a sink.
 *
 * Borrowed: `data` is valid until the next source_next() on the same source. */
#ifndef BPFCAP_PACKET_H
#define BPFCAP_PACKET_H

#include <stdint.h>

struct packet {
	int64_t ts_ns;       /* nanoseconds since 1970-01-01 UTC */
	const uint8_t *data; /* from the link header on */
	uint32_t caplen;     /* bytes at data */
	uint32_t len;        /* bytes on the wire */
	uint16_t linktype;   /* LINKTYPE_ value */
	const char *note;    /* what else the source knows of it, for -v; or NULL */
};

#endif
