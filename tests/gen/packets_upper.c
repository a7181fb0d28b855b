/* packets_upper.c: what stands above IP in rich packets: the transports, the tunnels
 * of IP protocols, authentication headers and chains of extension headers. */
#include <stddef.h>

#include "parts.h"
#include "pool.h"

enum {
	HOP_BY_HOP = 0,
	ROUTING = 43,
	FRAGMENT = 44,
	AH = 51,
	NO_NEXT = 59,
	DESTINATION = 60
};

#define CHAIN_MAX 20 /* headers */

typedef void upper_part(struct gen_packet *, struct rng *, struct packet_net);

static void
put_payload(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	(void)net;
	packet_put_payload(p, r);
}

static void
put_ip4(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	packet_put_ip4_rich(p, r, net.depth);
}

static void
put_ip6(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	packet_put_ip6_rich(p, r, net.depth);
}

static void
put_mpls(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	packet_put_mpls(p, r, net.depth);
}

/* RFC 2784 §2, RFC 2890 §2; the routing of RFC 1701 is not written, only announced. */
static void
put_gre(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	static const struct packet_kind kinds[] = {
		{ 40, 0x0800, packet_put_ip4_rich },
		{ 25, 0x86dd, packet_put_ip6_rich },
		{ 20, 0x6558, packet_put_ethernet },
		{ 5, 0x8847, packet_put_mpls },
		{ 4, 0x880b, packet_put_dregs },
		{ 6, VALUE_POOL, packet_put_ip_any },
		{ 0, 0, NULL },
	};
	const struct packet_kind k = packet_draw(r, kinds);
	const uint32_t flags = rng_chance(r, 40)   ? 0
			       : rng_chance(r, 30) ? 0xb000
						   : rng_next(r) & 0xb000;
	const uint32_t odd = rng_chance(r, 92) ? 0 : 1u << rng_below(r, 15);

	packet_put16(p, flags | odd);
	packet_put16(p, k.value);
	if (flags & 0x8000) /* checksum, and two bytes that are reserved */
		packet_put32(p, rng_next(r) & 0xffff0000);
	if (flags & 0x2000)
		packet_put32(p, pool_vni(r));
	if (flags & 0x1000)
		packet_put32(p, rng_next(r));
	k.put(p, r, net.depth);
}

/* RFC 4302 §2: the length is in words of four bytes, less two. */
static void
put_ah_header(struct gen_packet *p, struct rng *r, uint8_t next, uint32_t icv)
{
	packet_put8(p, next);
	packet_put8(p, rng_chance(r, 97) ? 1 + icv : rng_below(r, 8));
	packet_put16(p, 0);
	packet_put32(p, 1 + rng_below(r, 4));
	packet_put32(p, rng_next(r));
	packet_put_noise(p, r, 4 * icv);
}

static void
put_ah(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	const struct packet_upper inner = packet_draw_upper(r, net.depth, net.ip6);

	put_ah_header(p, r, inner.protocol, rng_below(r, 4));
	inner.put(p, r,
		(struct packet_net){ .pseudo = net.pseudo - net.protocol + inner.protocol,
			.protocol = inner.protocol,
			.depth = inner.depth,
			.ip6 = net.ip6 });
}

/* RFC 4303 §2. */
static void
put_esp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	(void)net;
	packet_put32(p, 1 + rng_below(r, 4));
	packet_put32(p, rng_next(r));
	packet_put_payload(p, r);
}

/* Bytes behind a first one that says version and type: PIM (RFC 7761 §4.9), VRRP
 * (RFC 9568 §5.1), CARP, IGRP. */
static void
put_versioned(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	(void)net;
	packet_put8(p, 0x20 | rng_below(r, 10));
	packet_put8(p, 1 + rng_below(r, 4));
	packet_put_noise(p, r, 6 + rng_below(r, 40));
}

static const struct upper {
	unsigned weight;
	uint8_t protocol; /* 255: any of the pool */
	uint8_t nests;    /* needs this much of depth */
	upper_part *put;
} uppers[] = {
	{ 20, 6, 0, packet_put_transport },
	{ 12, 17, 0, packet_put_transport },
	{ 20, 17, 1, packet_put_udp_tunnel },
	{ 9, 132, 0, packet_put_transport },
	{ 6, 1, 0, packet_put_transport },
	{ 6, 58, 0, packet_put_transport },
	{ 3, 2, 0, packet_put_transport },
	{ 4, 4, 1, put_ip4 },
	{ 4, 41, 1, put_ip6 },
	{ 8, 47, 1, put_gre },
	{ 4, AH, 1, put_ah },
	{ 3, 50, 0, put_esp },
	{ 3, 9, 0, put_versioned },
	{ 2, 89, 0, put_versioned },
	{ 3, 103, 0, put_versioned },
	{ 3, 112, 0, put_versioned },
	{ 1, NO_NEXT, 0, put_payload },
	{ 1, 137, 1, put_mpls },
	{ 3, 255, 0, put_payload },
};
#define UPPERS (sizeof uppers / sizeof uppers[0])

static const struct upper *
draw_upper(struct rng *r, unsigned depth)
{
	uint32_t total = 0, at;
	size_t i = 0;

	for (size_t n = 0; n < UPPERS; n++)
		total += uppers[n].nests <= depth ? uppers[n].weight : 0;
	at = rng_below(r, total);
	for (;; i++) {
		const uint32_t weight = uppers[i].nests <= depth ? uppers[i].weight : 0;

		if (at < weight)
			return &uppers[i];
		at -= weight;
	}
}

struct packet_upper
packet_draw_upper(struct rng *r, unsigned depth, bool ip6)
{
	const struct upper *u = draw_upper(r, depth);
	uint8_t protocol = u->protocol;

	if (protocol == 255 || rng_chance(r, 2))
		protocol = pool_protocol_rich(r);
	else if (protocol == 1 && ip6 && rng_chance(r, 80))
		protocol = 58;
	else if (protocol == 58 && !ip6 && rng_chance(r, 80))
		protocol = 1;
	return (struct packet_upper){ protocol, depth - u->nests, u->put, true };
}

void
packet_put_ip4_rich(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t words = rng_chance(r, 75) ? 5 : 5 + rng_below(r, 11);
	const struct packet_upper upper = packet_draw_upper(r, depth, false);

	packet_put_ip4_with(p, r, words, &upper);
}

/* How many headers stand between IPv6 and the upper one: mostly none, sometimes about
 * as many as a walk has steps.  Only packets that are not nested have long chains. */
static uint32_t
chain_length(struct rng *r, unsigned depth)
{
	const uint32_t shape = rng_below(r, 100);

	if (shape < 58)
		return 0;
	if (shape < 80)
		return 1;
	if (shape < 93 || depth < PACKET_DEPTH)
		return 2 + rng_below(r, 3);
	return shape < 97 ? 5 + rng_below(r, CHAIN_MAX - 4) : 14 + rng_below(r, 5);
}

/* RFC 8200 §4: one header of the chain; `more` is its length beyond the first 8 bytes. */
static void
put_link(struct gen_packet *p, struct rng *r, uint8_t kind, uint8_t next, uint32_t more)
{
	if (kind == AH) {
		put_ah_header(p, r, next, more * 2);
		return;
	}
	packet_put8(p, next);
	if (kind == FRAGMENT) {
		const uint32_t offset = rng_chance(r, 60) ? 0 : rng_below(r, 200) << 3;

		packet_put8(p, 0);
		packet_put16(p, offset | rng_below(r, 2));
		packet_put32(p, rng_next(r));
		return;
	}
	packet_put8(p, rng_chance(r, 98) ? more : rng_below(r, 4));
	packet_put8(p, kind == ROUTING ? 4 : 1); /* segment routing, or PadN */
	packet_put8(p, kind == ROUTING ? 0 : 4 + 8 * more);
	for (uint32_t i = 0; i < 4 + 8 * more; i++)
		packet_put8(p, 0);
}

void
packet_put_ip6_rich(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t start = p->len;
	const uint32_t count = chain_length(r, depth);
	const struct packet_upper upper = packet_draw_upper(r, depth, true);
	uint8_t kinds[CHAIN_MAX + 1];

	for (uint32_t i = 0; i < count; i++)
		kinds[i] = pool_chain(r);
	if (count > 0 && rng_chance(r, 30))
		kinds[0] = HOP_BY_HOP;
	kinds[count] = upper.protocol;
	packet_put_ip6_header(p, r, kinds[0]);
	for (uint32_t i = 0; i < count; i++)
		put_link(p, r, kinds[i], kinds[i + 1],
			rng_chance(r, 70) ? 0 : rng_below(r, 3));
	packet_end_ip6(p, r, start, &upper);
}

void
packet_put_ip_any(struct gen_packet *p, struct rng *r, unsigned depth)
{
	if (rng_chance(r, 60))
		packet_put_ip4_rich(p, r, depth);
	else
		packet_put_ip6_rich(p, r, depth);
}
