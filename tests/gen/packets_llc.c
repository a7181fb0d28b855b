/* packets_llc.c: IEEE 802.2 frames and what has its place only there or in its
 * neighbourhood: SNAP, spanning tree, ISO's network protocols, IPX. */
#include "parts.h"

#include <stddef.h>

#include "pool.h"

/* ISO 10589 §9.5: the common header of IS-IS from its second byte on. */
void
packet_put_isis_tail(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t reserved = rng_chance(r, 20) ? rng_next(r) & 0xe0 : 0;
	const uint32_t pdu = reserved | pool_isis_pdu(r);

	(void)depth;
	if (rng_chance(r, 20)) /* as short as Frame Relay's filters take it to be */
		packet_put8(p, pdu);
	packet_put8(p, 27); /* length of the header */
	packet_put8(p, 1);
	packet_put8(p, 0);
	packet_put8(p, pdu);
	packet_put8(p, 1);
	packet_put16(p, 0);
	packet_put_noise(p, r, 20 + rng_below(r, 40));
}

/* ISO/TR 9577: the first byte says which protocol. */
void
packet_put_iso(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint8_t nlpid = rng_chance(r, 55) ? 0x83 : pool_nlpid(r);

	packet_put8(p, nlpid);
	if (nlpid == 0x83 || rng_chance(r, 20))
		packet_put_isis_tail(p, r, depth);
	else
		packet_put_noise(p, r, rng_below(r, 60));
}

void
packet_put_iso_padded(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t start = p->len;

	if (rng_chance(r, 92))
		packet_put8(p, rng_chance(r, 80) ? 3 : 0x83);
	packet_put_iso(p, r, depth);
	if (p->len - start > 4 && rng_chance(r, 25)) /* where old filters look for it */
		p->data[start + 4] = pool_isis_pdu(r);
}

/* IEEE 802.1D §9.3: configuration and topology change. */
void
packet_put_stp(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put16(p, 0);
	packet_put16(p, rng_chance(r, 80) ? 0 : 0x0080);
	packet_put_noise(p, r, 31);
}

/* Novell's IPX: the checksum is unused, 0xffff. */
void
packet_put_ipx(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put16(p, 0xffff);
	packet_put16(p, 30);
	packet_put_noise(p, r, 26 + rng_below(r, 40));
}

void
packet_put_raw_ipx(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t start = p->len;

	packet_put_ipx(p, r, depth);
	if (rng_chance(r, 15)) /* nearly */
		p->data[start + rng_below(r, 2)] ^= 1;
}

/* IEEE 802.2 §5.4: one byte of unnumbered control, else two. */
static void
put_control(struct gen_packet *p, struct rng *r)
{
	const uint8_t control = pool_llc_control(r);

	packet_put8(p, control);
	if ((control & 3) != 3)
		packet_put8(p, rng_next(r));
}

/* IEEE 802 §9.2: organisation and protocol behind AA AA 03; mostly an EtherType. */
static void
put_snap(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t headers[][6] = {
		{ 0xaa, 0xaa, 3, 0, 0, 0 },
		{ 0xaa, 0xaa, 3, 8, 0, 7 },
		{ 0xaa, 0xaa, 3, 0, 0, 0x0c },
		{ 0xaa, 0xaa, 3, 0, 0, 0xf8 },
		{ 0xab, 0xaa, 3, 0, 0, 0 },
		{ 0xaa, 0xaa, 0x13, 8, 0, 7 },
	};
	const uint32_t which = rng_chance(r, 85) ? 0 : rng_below(r, 6);

	packet_put(p, headers[which], 6);
	if (rng_chance(r, 35)) {
		const bool six = rng_chance(r, 35);

		packet_put16(p, six ? 0x86dd : 0x0800);
		six ? packet_put_ip6_rich(p, r, depth) : packet_put_ip4_rich(p, r, depth);
	} else {
		packet_put_typed(p, r,
			rng_chance(r, 30) ? packet_number_kinds : packet_ethernet_kinds,
			depth > 0 ? depth - 1 : 0);
	}
}

static void
put_apple(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t headers[][8] = {
		{ 0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b },
		{ 0xaa, 0xaa, 3, 0, 0, 0, 0x80, 0xf3 },
		{ 0xaa, 0xaa, 3, 0, 0, 0, 0x81, 0x37 },
		{ 0xaa, 0xaa, 3, 0, 0, 0, 0x80, 0x9b },
		{ 0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0xf3 },
		{ 0xaa, 0xaa, 3, 8, 0, 6, 0x80, 0x9b },
		{ 0xaa, 0xab, 3, 0, 0, 0, 0x81, 0x37 },
	};

	packet_put(p, headers[rng_below(r, 7)], 8);
	if (rng_chance(r, 20))
		packet_flip(p, r, p->len - 8, 8);
	packet_put_atalk(p, r, depth);
}

/* Service access points that a word stands for, with the other one equal or not. */
static void
put_points(struct gen_packet *p, struct rng *r, uint8_t dsap)
{
	packet_put8(p, dsap);
	packet_put8(p, rng_chance(r, 85) ? dsap : dsap ^ (rng_chance(r, 50) ? 1u : 0x4u));
	packet_put8(p, rng_chance(r, 85) ? 3 : pool_llc_control(r));
}

static void
put_any(struct gen_packet *p, struct rng *r)
{
	const uint8_t sap = pool_sap(r);

	packet_put8(p, sap);
	packet_put8(p, rng_chance(r, 80) ? sap : pool_sap(r));
	put_control(p, r);
	packet_put_noise(p, r, rng_below(r, 60));
}

void
packet_put_llc(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const struct {
		uint8_t sap;
		packet_part *put;
	} users[] = {
		{ 0xfe, packet_put_iso },
		{ 0x42, packet_put_stp },
		{ 0xe0, packet_put_ipx },
		{ 0x06, packet_put_ip4_rich },
		{ 0xf0, packet_put_dregs },
		{ 0xfe, packet_put_iso },
		{ 0xfe, packet_put_iso },
	};
	const uint32_t shape = rng_below(r, 100);
	const uint32_t user = rng_below(r, 7);

	if (shape < 50) {
		put_snap(p, r, depth);
	} else if (shape < 60) {
		put_apple(p, r, depth);
	} else if (shape < 70) {
		put_any(p, r);
	} else {
		put_points(p, r, users[user].sap);
		users[user].put(p, r, depth > 0 ? depth - 1 : 0);
	}
}
