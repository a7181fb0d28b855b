/* parts.h: the parts of rich packets.  Each appends to a packet what stands in one place
 * and all that it carries, down to the payload; `depth` is how many tunnels, tags or
 * headers of a chain may still nest. */
#ifndef BPFCAP_TESTS_PARTS_H
#define BPFCAP_TESTS_PARTS_H

#include "packets.h"

typedef void packet_part(struct gen_packet *, struct rng *, unsigned depth);

#define PACKET_DEPTH 3 /* to begin with */

/* One of the things that a type field can announce. */
struct packet_kind {
	unsigned weight; /* 0 ends a table */
	uint32_t value;  /* of the type field, or one of enum packet_value */
	packet_part *put;
};

/* Values that no field holds; they stand for what the link type says instead. */
enum packet_value {
	VALUE_LLC = 0x10000, /* Ethernet: the length; cooked: 4 */
	VALUE_RAW = 0x10001, /* IPX without LLC.  Ethernet: the length; cooked: 1 */
	VALUE_POOL = 0x10002 /* any EtherType of the pool */
};

/* Draws from a table; now and then the type of one row with the contents of another. */
struct packet_kind packet_draw(struct rng *, const struct packet_kind *table);

/* The tables of packets_kinds.c. */
extern const struct packet_kind packet_ethernet_kinds[];
extern const struct packet_kind packet_shim_kinds[];
extern const struct packet_kind packet_ppp_kinds[];
extern const struct packet_kind packet_hdlc_kinds[];
extern const struct packet_kind packet_family_kinds[]; /* address families, 4 bytes */
extern const struct packet_kind packet_family8_kinds[];
extern const struct packet_kind packet_ipnet_kinds[];
extern const struct packet_kind packet_arcnet_kinds[];
extern const struct packet_kind packet_nlpid_kinds[];
extern const struct packet_kind packet_bare_kinds[]; /* no type field */
extern const struct packet_kind packet_ip4_kinds[];
extern const struct packet_kind packet_ip6_kinds[];
extern const struct packet_kind packet_llc_kinds[]; /* no type field */
extern const struct packet_kind packet_opaque_kinds[];
extern const struct packet_kind packet_ltalk_kinds[]; /* no type field */
extern const struct packet_kind packet_any_kinds[];   /* no type field */
extern const struct packet_kind packet_number_kinds[];

/* Appends a type field of two bytes and what it announces.  `VALUE_LLC` and `VALUE_RAW`
 * are the length. */
void packet_put_typed(
	struct gen_packet *, struct rng *, const struct packet_kind *, unsigned depth);

/* A length field of IEEE 802.3, mostly right. */
uint32_t packet_length_field(struct rng *, uint32_t length);

/* Inverts one bit of `count` bytes at `at`. */
void packet_flip(struct gen_packet *, struct rng *, uint32_t at, uint32_t count);
/* Addresses of the pool, sometimes with a bit inverted. */
void packet_put_mac(struct gen_packet *, struct rng *);
void packet_put_ip4_address(struct gen_packet *, struct rng *);

/* Payload: few bytes mostly, never more than fit. */
void packet_put_payload(struct gen_packet *, struct rng *);
packet_part packet_put_dregs; /* the same as a part */

/* What an IP packet carries, and how it is put. */
struct packet_upper {
	uint8_t protocol; /* that the header announces */
	unsigned depth;
	void (*put)(struct gen_packet *, struct rng *, struct packet_net);
	bool near; /* addresses are sometimes only nearly of the pool */
};

/* An IPv4 packet with a header of `words` times 4 bytes. */
void packet_put_ip4_with(
	struct gen_packet *, struct rng *, uint32_t words, const struct packet_upper *);
/* An IPv6 header; then, with `start` its place, what it carries and its length. */
void packet_put_ip6_header(struct gen_packet *, struct rng *, uint8_t next);
void packet_end_ip6(
	struct gen_packet *, struct rng *, uint32_t start, const struct packet_upper *);

/* What stands above IP, drawn from all that there is. */
struct packet_upper packet_draw_upper(struct rng *, unsigned depth, bool ip6);
/* UDP with a tunnel above it. */
void packet_put_udp_tunnel(struct gen_packet *, struct rng *, struct packet_net);

/* Network layer, with tunnels above it. */
packet_part packet_put_ip4_rich, packet_put_ip6_rich, packet_put_ip_any;
packet_part packet_put_arp, packet_put_mpls, packet_put_vlan;
packet_part packet_put_pppoed, packet_put_pppoes;
packet_part packet_put_ethernet; /* a frame from its destination address on */
packet_part packet_put_llc, packet_put_raw_ipx, packet_put_iso, packet_put_iso_padded;
packet_part packet_put_isis_tail; /* IS-IS from its second byte on */
packet_part packet_put_stp, packet_put_ipx, packet_put_atalk, packet_put_aarp;
packet_part packet_put_decnet, packet_put_lat, packet_put_mop;

#endif
