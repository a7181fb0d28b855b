/* packet.h: one packet on its way from a source to a sink.
 *
 * Borrowed: `data` is valid until the next source_next() on the same source. */
#ifndef BPFCAP_PACKET_H
#define BPFCAP_PACKET_H

#include <stdint.h>

enum packet_way { PACKET_WAY_UNKNOWN, PACKET_WAY_IN, PACKET_WAY_OUT };

struct packet {
	int64_t ts_ns;       /* nanoseconds since 1970-01-01 UTC */
	const uint8_t *data; /* from the link header on */
	uint32_t caplen;     /* bytes at data */
	uint32_t len;        /* bytes on the wire */
	uint16_t linktype;   /* LINKTYPE_ value */
	/* Of a capture, for -v with --hook. */
	enum packet_way way;
	uint32_t queue;   /* of those that receive or send, + 1; 0: not known */
	const char *note; /* what else is known: what became of it; or NULL */
};

#endif
