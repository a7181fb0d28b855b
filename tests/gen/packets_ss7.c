/* packets_ss7.c: MTP2 signal units of SS7, ITU-T Q.703 §2.2 and annex A (the high-speed
 * form), bare, with a pseudo-header, and within an Endace ERF record. */
#include "links.h"
#include "parts.h"
#include "pool.h"

/* Q.704 §2.2: 14 bits of destination, 14 of origin, 4 of link selection, in this order
 * from the lowest bit on; little-endian. */
static void
put_label(struct gen_packet *p, struct rng *r)
{
	const uint32_t destination = pool_point(r), origin = pool_point(r);
	const uint32_t label = destination | origin << 14 | (uint32_t)pool_sls(r) << 28;

	for (int i = 0; i < 4; i++)
		packet_put8(p, label >> 8 * i);
}

static void
put_basic(struct gen_packet *p, struct rng *r, uint32_t indicator)
{
	packet_put8(p, rng_next(r)); /* backward, then forward sequence number */
	packet_put8(p, rng_next(r));
	packet_put8(p, (indicator > 63 ? 63 : indicator) |
			       (rng_chance(r, 70) ? 0 : rng_next(r) & 0xc0));
}

/* Twelve bits of sequence number and nine of length, each in two bytes, of which the
 * second one has its high bit in one reading and its low bit in the other. */
static void
put_high_speed(struct gen_packet *p, struct rng *r, uint32_t indicator)
{
	const uint32_t high = (indicator >> 8) << (rng_chance(r, 50) ? 7 : 0);

	packet_put32(p, rng_next(r) & 0xff8fff8f);
	packet_put8(p, indicator);
	packet_put8(p, high | (rng_chance(r, 60) ? 0 : rng_next(r)));
}

void
packet_put_mtp2(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint16_t indicators[] = { 0, 1, 2, 3, 63, 20, 256, 257, 128, 127 };
	const uint32_t indicator = indicators[rng_below(r, rng_chance(r, 80) ? 6 : 10)];
	const bool high_speed = rng_chance(r, 40);

	(void)depth;
	if (high_speed)
		put_high_speed(p, r, indicator);
	else
		put_basic(p, r, indicator);
	packet_put8(p, pool_sio(r));
	if (indicator <= 2 && rng_chance(r, 30))
		return;
	put_label(p, r);
	packet_put_payload(p, r);
}

/* Sent, annex A, link number (tcpdump.org/linktypes, LINKTYPE_MTP2_WITH_PHDR). */
void
packet_put_mtp2_phdr(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put8(p, rng_below(r, 2));
	packet_put8(p, rng_below(r, 3));
	packet_put16(p, rng_below(r, 4));
	packet_put_mtp2(p, r, depth);
}

/* Endace ERF: time stamp, type, flags, two lengths, losses; for type 5 (MC_HDLC) a
 * header of 4 bytes. */
void
packet_put_erf(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put_noise(p, r, 8);
	packet_put8(p, rng_chance(r, 90) ? 5 : rng_next(r));
	packet_put8(p, 4);
	packet_put32(p, 60 << 16);
	packet_put16(p, 40);
	packet_put32(p, rng_next(r) & 0x010003ff);
	packet_put_mtp2(p, r, depth);
}
