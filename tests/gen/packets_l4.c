/* packets_l4.c: appends what stands above IP: a header of the protocol asked for, and
 * payload.  Checksums are right as long as the packet is not a fragment. */
#include <stddef.h>

#include "parts.h"
#include "pool.h"

/* Fills in the checksum of the bytes from `start` on, over the pseudo-header of
 * RFC 793 §3.1 and RFC 8200 §8.1 too when `pseudo` is given. */
static void
seal(struct gen_packet *p, uint32_t start, uint32_t at, uint32_t pseudo)
{
	packet_set16(p, start + at, packet_sum_fold(packet_sum(p, start, pseudo)));
}

static void
put_tcp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	static const uint8_t flags[] = { 0x10, 0x02, 0x12, 0x18, 0x11, 0x04, 0x14, 0xc2 };
	const uint32_t start = p->len;
	const uint32_t words = rng_chance(r, 70) ? 5 : 5 + rng_below(r, 11);

	packet_put16(p, pool_port(r));
	packet_put16(p, pool_port(r));
	packet_put32(p, rng_next(r));
	packet_put32(p, rng_next(r));
	packet_put8(p, (rng_chance(r, 97) ? words : rng_below(r, 5)) << 4);
	packet_put8(p, rng_chance(r, 85) ? flags[rng_below(r, 8)] : rng_next(r));
	packet_put16(p, rng_next(r));
	packet_put16(p, 0); /* checksum */
	packet_put16(p, 0);
	for (uint32_t i = 0; i < 4 * (words - 5); i++)
		packet_put8(p, 1); /* no operation, RFC 9293 §3.2 */
	packet_put_payload(p, r);
	seal(p, start, 16, net.pseudo + p->len - start);
}

static void
put_udp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	const uint32_t start = p->len;

	packet_put16(p, pool_port(r));
	packet_put16(p, pool_port(r));
	packet_put32(p, 0); /* length and checksum */
	packet_put_payload(p, r);
	packet_set16(p, start + 4, p->len - start);
	seal(p, start, 6, net.pseudo + p->len - start);
}

/* RFC 9260 §3: common header and one DATA chunk; the CRC32c is left zero. */
static void
put_sctp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	const uint32_t count = rng_below(r, 40);

	(void)net;
	packet_put16(p, pool_port(r));
	packet_put16(p, pool_port(r));
	packet_put32(p, rng_next(r));
	packet_put32(p, 0);
	packet_put16(p, 0x0003);
	packet_put16(p, 16 + count);
	packet_put32(p, rng_next(r));
	packet_put32(p, rng_below(r, 3));
	packet_put32(p, 0);
	packet_put_noise(p, r, count);
}

static void
put_icmp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	static const uint8_t types[] = { 8, 0, 3, 11, 5, 13 };
	const uint32_t start = p->len;

	(void)net;
	packet_put8(p, rng_chance(r, 90) ? types[rng_below(r, 6)] : rng_next(r));
	packet_put8(p, rng_chance(r, 70) ? 0 : rng_below(r, 16));
	packet_put16(p, 0);
	packet_put32(p, rng_next(r));
	packet_put_payload(p, r);
	seal(p, start, 2, 0);
}

static void
put_icmp6(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	static const uint8_t types[] = { 128, 129, 135, 136, 133, 1, 3, 143 };
	const uint32_t start = p->len;

	packet_put8(p, rng_chance(r, 90) ? types[rng_below(r, 8)] : rng_next(r));
	packet_put8(p, rng_chance(r, 80) ? 0 : rng_below(r, 8));
	packet_put16(p, 0);
	packet_put32(p, 0);
	packet_put(p, pool_ip6(r), 16);
	packet_put_payload(p, r);
	seal(p, start, 2, net.pseudo + p->len - start);
}

/* RFC 2236 §2. */
static void
put_igmp(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	static const uint8_t types[] = { 0x11, 0x12, 0x16, 0x17 };
	const uint32_t start = p->len;

	(void)net;
	packet_put8(p, types[rng_below(r, 4)]);
	packet_put8(p, rng_below(r, 100));
	packet_put16(p, 0);
	packet_put32(p, pool_ip4(r));
	seal(p, start, 2, 0);
}

static const struct transport {
	uint8_t protocol;
	void (*put)(struct gen_packet *, struct rng *, struct packet_net);
} transports[] = {
	{ 1, put_icmp },
	{ 2, put_igmp },
	{ 6, put_tcp },
	{ 17, put_udp },
	{ 58, put_icmp6 },
	{ 132, put_sctp },
};

void
packet_put_transport(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	for (size_t i = 0; i < sizeof transports / sizeof transports[0]; i++)
		if (transports[i].protocol == net.protocol) {
			transports[i].put(p, r, net);
			return;
		}
	packet_put_payload(p, r);
}
