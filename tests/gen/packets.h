/* packets.h: packets made to order: whole ones, odd ones, broken ones.
 *
 * Deterministic: the same state of the generator gives the same packet everywhere.
 * `len` bytes are the packet as it was on the wire; tests cut it as they like. */
#ifndef BPFCAP_TESTS_PACKETS_H
#define BPFCAP_TESTS_PACKETS_H

#include <stdbool.h>
#include <stdint.h>

#include "rng.h"

#define PACKET_MAX 1600 /* bytes */

struct gen_packet {
	uint32_t len;
	uint8_t data[PACKET_MAX];
};

/* LINKTYPE_ values of the plain packets that pcaps/ is made of, 0 at the end. */
extern const uint16_t packet_linktypes[];

/* Length of the link header, of one of packet_linktypes. */
uint32_t packet_link_length(uint16_t linktype);

/* Builds the next plain packet, of one of packet_linktypes, into *out. */
void packet_build(struct rng *, uint16_t linktype, struct gen_packet *out);

/* Rich packets: all that the filter language has words for, on every link type that it
 * knows.  The values are those of packet_rich_linktype(0 .. count - 1), ascending; the
 * first is 0 (LINKTYPE_NULL), so they are counted, and have no terminator. */
unsigned packet_rich_count(void);
uint16_t packet_rich_linktype(unsigned index);
bool packet_rich_knows(uint16_t linktype);
void packet_build_rich(struct rng *, uint16_t linktype, struct gen_packet *out);

/* Parts that the builders share.  Everything is appended, in network order; a packet
 * that would grow beyond PACKET_MAX is a bug in a builder, and asserted. */
void packet_put(struct gen_packet *, const void *bytes, uint32_t count);
void packet_put8(struct gen_packet *, uint32_t value);
void packet_put16(struct gen_packet *, uint32_t value);
void packet_put32(struct gen_packet *, uint32_t value);
void packet_put_noise(struct gen_packet *, struct rng *, uint32_t count);
void packet_set16(struct gen_packet *, uint32_t at, uint32_t value);

/* The checksum of RFC 1071 over [from, len), continued from `sum`; not complemented. */
uint32_t packet_sum(const struct gen_packet *, uint32_t from, uint32_t sum);
uint16_t packet_sum_fold(uint32_t sum); /* complemented, as it is sent */

/* What a transport header needs to know of the network header below it. */
struct packet_net {
	uint32_t pseudo;  /* sum over the pseudo-header but for the length */
	uint8_t protocol; /* IP protocol number */
	bool ip6;
	unsigned depth; /* of parts.h; 0 in plain packets */
};

/* Network layer: from the network header to the end of the packet. */
void packet_put_ip4(struct gen_packet *, struct rng *);
void packet_put_ip6(struct gen_packet *, struct rng *);
/* Transport layer: from its header to the end of the packet. */
void packet_put_transport(struct gen_packet *, struct rng *, struct packet_net);

#endif
