/* packets_dec.c: DECnet, LAT and MOP; AppleTalk and its address resolution. */
#include "parts.h"
#include "pool.h"

/* DECnet addresses and its length are little-endian. */
static void
put_little16(struct gen_packet *p, uint32_t value)
{
	packet_put8(p, value);
	packet_put8(p, value >> 8);
}

/* DECnet phase IV routing §7: a short header has node numbers, a long one has the
 * Ethernet addresses AA-00-04-00 and node number. */
static void
put_short(struct gen_packet *p, struct rng *r)
{
	packet_put8(p, 0x02 | (rng_chance(r, 30) ? rng_next(r) & 0x38 : 0));
	put_little16(p, pool_decnet(r));
	put_little16(p, pool_decnet(r));
	packet_put8(p, rng_below(r, 64)); /* visits */
}

static void
put_long(struct gen_packet *p, struct rng *r)
{
	packet_put8(p, 0x06 | (rng_chance(r, 30) ? rng_next(r) & 0x38 : 0));
	for (int i = 0; i < 2; i++) { /* destination, source */
		packet_put16(p, 0);   /* area and subarea: reserved */
		packet_put32(p, 0xaa000400);
		put_little16(p, pool_decnet(r));
	}
	packet_put32(p, rng_below(r, 64) << 16);
}

void
packet_put_decnet(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t start = p->len;
	const uint32_t shape = rng_below(r, 20);

	(void)depth;
	packet_put16(p, 0);
	if (rng_chance(r, 35)) /* padding: its length with the high bit set */
		packet_put8(p, rng_chance(r, 85) ? 0x81 : 0x80 | rng_below(r, 5));
	if (shape < 9)
		put_short(p, r);
	else if (shape < 18)
		put_long(p, r);
	else
		packet_put8(p, 0x05); /* hello: control, no addresses there */
	packet_put_noise(p, r, 4 + rng_below(r, 30));
	p->data[start] = (uint8_t)(p->len - start - 2);
	p->data[start + 1] = (uint8_t)((p->len - start - 2) >> 8);
}

/* LAT and SCA: for filters, nothing but bytes. */
void
packet_put_lat(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put16(p, rng_next(r) & 0x0303);
	packet_put_noise(p, r, 8 + rng_below(r, 40));
}

/* MOP: length, little-endian, and code. */
void
packet_put_mop(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t count = 1 + rng_below(r, 40);

	(void)depth;
	put_little16(p, count);
	packet_put8(p, rng_below(r, 16));
	packet_put_noise(p, r, count - 1);
}

/* Inside AppleTalk ch. 4: long DDP header. */
void
packet_put_atalk(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t count = rng_below(r, 40);

	(void)depth;
	packet_put16(p, 13 + count);
	packet_put16(p, 0);                   /* no checksum */
	packet_put16(p, 1 + rng_below(r, 3)); /* networks, nodes, sockets */
	packet_put16(p, 1 + rng_below(r, 3));
	packet_put8(p, rng_below(r, 4));
	packet_put8(p, rng_below(r, 4));
	packet_put16(p, 0x0202);
	packet_put8(p, 1 + rng_below(r, 6));
	packet_put_noise(p, r, count);
}

/* Inside AppleTalk ch. 2: as ARP, with addresses of one network number and node. */
void
packet_put_aarp(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put16(p, 1);
	packet_put16(p, 0x809b);
	packet_put16(p, 0x0604);
	packet_put16(p, 1 + rng_below(r, 3));
	for (int i = 0; i < 2; i++) {
		packet_put(p, pool_mac_unicast(r), 6);
		packet_put32(p, 0x00000100 | rng_below(r, 4));
	}
}
