/* packets_shim.c: what stands between link and network layer on Ethernet and its like:
 * frames, VLAN tags, MPLS labels, PPPoE; and ARP, which stands beside IP. */
#include "parts.h"
#include "pool.h"

/* Payload has its place in this much, so that a trailer fits behind it. */
#define PAYLOAD_END (PACKET_MAX - 64)

void
packet_put_payload(struct gen_packet *p, struct rng *r)
{
	const uint32_t shape = rng_below(r, 50);
	const uint32_t count =
		shape == 0 ? rng_below(r, 1000) : rng_below(r, 8 + 2 * shape);
	const uint32_t room = p->len < PAYLOAD_END ? PAYLOAD_END - p->len : 0;

	packet_put_noise(p, r, count < room ? count : room);
}

void
packet_flip(struct gen_packet *p, struct rng *r, uint32_t at, uint32_t count)
{
	const uint32_t bit = rng_below(r, 8 * count);

	p->data[at + bit / 8] ^= (uint8_t)(1 << bit % 8);
}

void
packet_put_mac(struct gen_packet *p, struct rng *r)
{
	packet_put(p, rng_chance(r, 60) ? pool_mac(r) : pool_mac_unicast(r), 6);
	if (rng_chance(r, 8))
		packet_flip(p, r, p->len - 6, 6);
}

void
packet_put_ip4_address(struct gen_packet *p, struct rng *r)
{
	packet_put32(p, pool_ip4(r));
	if (rng_chance(r, 8))
		packet_flip(p, r, p->len - 4, 4);
}

void
packet_put_dregs(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put_payload(p, r);
}

/* IEEE 802.3 §3.2.6: what is not above 1500 is the length; sometimes it lies. */
uint32_t
packet_length_field(struct rng *r, uint32_t length)
{
	static const uint16_t lies[] = { 0, 1500, 1501, 1518, 1535, 3 };

	if (length <= 1500 && rng_chance(r, 92))
		return length;
	return lies[rng_below(r, sizeof lies / sizeof lies[0])];
}

void
packet_put_typed(struct gen_packet *p, struct rng *r, const struct packet_kind *table,
	unsigned depth)
{
	const struct packet_kind k = packet_draw(r, table);
	const uint32_t at = p->len;

	packet_put16(p, k.value);
	k.put(p, r, depth);
	if (k.value > 0xffff)
		packet_set16(p, at, packet_length_field(r, p->len - at - 2));
}

void
packet_put_ethernet(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put_mac(p, r);
	packet_put_mac(p, r);
	packet_put_typed(p, r,
		rng_chance(r, 40) ? packet_shim_kinds : packet_ethernet_kinds, depth);
}

/* RFC 826 §Packet format, RFC 903 for the reverse kind; mostly Ethernet and IPv4. */
void
packet_put_arp(struct gen_packet *p, struct rng *r, unsigned depth)
{
	(void)depth;
	packet_put16(p, rng_chance(r, 92) ? 1 : rng_below(r, 33));
	packet_put16(p, rng_chance(r, 94) ? 0x0800 : pool_ethertype_rich(r));
	packet_put8(p, rng_chance(r, 94) ? 6 : rng_below(r, 21));
	packet_put8(p, rng_chance(r, 94) ? 4 : rng_below(r, 17));
	packet_put16(p, 1 + rng_below(r, 4));
	packet_put_mac(p, r);
	packet_put_ip4_address(p, r);
	packet_put_mac(p, r);
	packet_put_ip4_address(p, r);
	if (rng_chance(r, 60)) /* a frame has 46 bytes of payload at least */
		packet_put_noise(p, r, 18);
}

/* IEEE 802.1Q §9.6: tag control, then the type of what follows, maybe another tag. */
void
packet_put_vlan(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t priority = rng_chance(r, 50) ? 0 : rng_below(r, 16);

	packet_put16(p, priority << 12 | pool_vlan(r));
	if (depth > 0 && rng_chance(r, 25)) {
		packet_put16(p, pool_vlan_ethertype(r));
		packet_put_vlan(p, r, depth - 1);
	} else if (depth > 0) {
		packet_put_typed(p, r, packet_ethernet_kinds, depth - 1);
	} else {
		packet_put16(p, rng_chance(r, 60) ? 0x0800 : 0x86dd);
		packet_put_ip_any(p, r, 0);
	}
}

/* RFC 3032 §2.1: label, class, bottom of the stack, time to live. */
void
packet_put_mpls(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t labels = 1 + (rng_chance(r, 40) ? rng_below(r, 4) : 0);

	for (uint32_t i = 0; i < labels; i++) {
		const bool bottom = (i + 1 == labels) != rng_chance(r, 6);
		const uint32_t low = rng_below(r, 8) << 9 | (uint32_t)bottom << 8 | 64;

		packet_put32(p, pool_label(r) << 12 | low);
	}
	if (rng_chance(r, 88))
		packet_put_ip_any(p, r, depth);
	else if (depth > 0 && rng_chance(r, 40))
		packet_put_ethernet(p, r, depth - 1); /* RFC 4448 without control word */
	else
		packet_put_payload(p, r);
}

/* RFC 2516 §4: version and type, code, session, length of what follows. */
static uint32_t
put_pppoe(struct gen_packet *p, struct rng *r, uint8_t code)
{
	packet_put8(p, rng_chance(r, 95) ? 0x11 : rng_next(r));
	packet_put8(p, code);
	packet_put16(p, pool_session(r));
	packet_put16(p, 0);
	return p->len;
}

void
packet_put_pppoed(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t codes[] = { 0x09, 0x07, 0x19, 0x65, 0xa7, 0 };
	const uint32_t from = put_pppoe(p, r, codes[rng_below(r, sizeof codes)]);

	(void)depth;
	packet_put32(p, 0x01010000); /* tag: any service */
	packet_put_noise(p, r, rng_below(r, 20));
	packet_set16(p, from - 2, p->len - from);
}

void
packet_put_pppoes(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t from =
		put_pppoe(p, r, rng_chance(r, 90) ? 0 : (uint8_t)rng_next(r));

	if (depth > 0)
		packet_put_typed(p, r, packet_ppp_kinds, depth - 1);
	else
		packet_put_noise(p, r, rng_below(r, 50));
	packet_set16(p, from - 2, p->len - from);
}
