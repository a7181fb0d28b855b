/* packets_tunnel.c: tunnels over UDP: a UDP header, one of Geneve, VXLAN and GTP-U that
 * is right or nearly so, and the packet within. */
#include <stddef.h>

#include "parts.h"
#include "pool.h"

static void
put24(struct gen_packet *p, uint32_t value)
{
	packet_put8(p, value >> 16);
	packet_put16(p, value);
}

/* RFC 8926 §3.4: version and option length, flags, protocol, network identifier. */
static void
put_geneve(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const struct packet_kind kinds[] = {
		{ 50, 0x6558, packet_put_ethernet },
		{ 25, 0x0800, packet_put_ip4_rich },
		{ 15, 0x86dd, packet_put_ip6_rich },
		{ 5, 0x8847, packet_put_mpls },
		{ 5, VALUE_POOL, packet_put_ip_any },
		{ 0, 0, NULL },
	};
	const struct packet_kind k = packet_draw(r, kinds);
	const uint32_t words = rng_chance(r, 60) ? 0 : 1 + rng_below(r, 6);
	const uint32_t version = rng_chance(r, 90) ? 0 : 1 + rng_below(r, 3);

	packet_put8(p, version << 6 | words);
	packet_put8(p, rng_chance(r, 80) ? 0 : rng_next(r) & 0xc0);
	packet_put16(p, k.value);
	put24(p, pool_vni(r));
	packet_put8(p, rng_chance(r, 80) ? 0 : rng_next(r));
	packet_put_noise(p, r, 4 * words);
	k.put(p, r, depth);
}

/* RFC 7348 §5: the I flag alone, network identifier. */
static void
put_vxlan(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t wrong[] = { 0x00, 0x0c, 0x88, 0x09, 0x18 };

	packet_put8(p, rng_chance(r, 85) ? 0x08 : wrong[rng_below(r, sizeof wrong)]);
	packet_put8(p, 0);
	packet_put16(p, rng_chance(r, 90) ? 0 : rng_next(r));
	put24(p, pool_vni(r));
	packet_put8(p, rng_chance(r, 90) ? 0 : rng_next(r));
	packet_put_ethernet(p, r, depth);
}

/* 3GPP TS 29.281 §5.1 and §5.2: with any of E, S and PN set, four bytes more, and the
 * extension headers that the last of them begins; lengths are in units of four. */
static void
put_gtp_options(struct gen_packet *p, struct rng *r, bool extended)
{
	const uint32_t count = extended ? rng_below(r, 3) : 0;

	packet_put16(p, rng_next(r));
	packet_put8(p, 0);
	packet_put8(p, count > 0 ? 0x85 : 0);
	for (uint32_t i = 0; i < count; i++) {
		const uint32_t units = 1 + rng_below(r, 2);

		packet_put8(p, units);
		packet_put_noise(p, r, 4 * units - 2);
		packet_put8(p, i + 1 < count ? 0x85 : 0);
	}
}

static void
put_gtp(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t types[] = { 1, 2, 26, 254, 31 };
	const uint32_t flags = rng_chance(r, 50) ? 0 : rng_below(r, 8);
	const uint32_t version = rng_chance(r, 92) ? 0x30 : rng_next(r) & 0xf0;
	const bool user = rng_chance(r, 88);
	uint32_t from;

	packet_put8(p, version | flags);
	packet_put8(p, user ? 255 : types[rng_below(r, sizeof types)]);
	packet_put16(p, 0);
	packet_put32(p, pool_teid(r));
	from = p->len;
	if (flags != 0)
		put_gtp_options(p, r, flags & 4);
	packet_put_ip_any(p, r, depth);
	packet_set16(p, from - 6, p->len - from);
}

static const struct tunnel {
	uint16_t port;
	packet_part *put;
} tunnels[] = {
	{ 6081, put_geneve },
	{ 4789, put_vxlan },
	{ 2152, put_gtp },
};

void
packet_put_udp_tunnel(struct gen_packet *p, struct rng *r, struct packet_net net)
{
	const struct tunnel *t = &tunnels[rng_chance(r, 40) ? 0 : rng_below(r, 3)];
	const uint32_t start = p->len;
	const uint32_t shape = rng_below(r, 100);
	const uint32_t other = 49152 + rng_below(r, 4);

	packet_put16(p, shape < 92 ? other : shape < 96 ? t->port : pool_port(r));
	packet_put16(p, shape < 88 ? t->port : shape < 96 ? other : pool_tunnel_port(r));
	packet_put32(p, 0); /* length and checksum */
	t->put(p, r, net.depth);
	packet_set16(p, start + 4, p->len - start);
	if (rng_chance(r, 50))
		packet_set16(p, start + 6,
			packet_sum_fold(
				packet_sum(p, start, net.pseudo + p->len - start)));
}
