/* packets.c: a generator and a link type come in, a packet goes out: the link header,
 * and below it one of the kinds in the table.  The odd kinds (runts, noise, lengths
 * that lie) are as wanted as the sound ones. */
#include "packets.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "pool.h"

enum { ETHERNET = 1, RAW = 101, SLL = 113, SLL2 = 276 };

const uint16_t packet_linktypes[] = { ETHERNET, RAW, SLL, SLL2, 0 };

void
packet_put(struct gen_packet *p, const void *bytes, uint32_t count)
{
	assert(count <= PACKET_MAX - p->len && "builders stay below PACKET_MAX");
	memcpy(p->data + p->len, bytes, count);
	p->len += count;
}

void
packet_put8(struct gen_packet *p, uint32_t value)
{
	const uint8_t b = (uint8_t)value;

	packet_put(p, &b, 1);
}

void
packet_put16(struct gen_packet *p, uint32_t value)
{
	packet_put8(p, value >> 8);
	packet_put8(p, value);
}

void
packet_put32(struct gen_packet *p, uint32_t value)
{
	packet_put16(p, value >> 16);
	packet_put16(p, value);
}

void
packet_put_noise(struct gen_packet *p, struct rng *r, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		packet_put8(p, rng_next(r));
}

void
packet_set16(struct gen_packet *p, uint32_t at, uint32_t value)
{
	assert(at + 2 <= p->len && "only what has been put can be set");
	p->data[at] = (uint8_t)(value >> 8);
	p->data[at + 1] = (uint8_t)value;
}

uint32_t
packet_sum(const struct gen_packet *p, uint32_t from, uint32_t sum)
{
	for (uint32_t i = from; i < p->len; i++)
		sum += (uint32_t)p->data[i] << ((i - from) % 2 ? 0 : 8);
	return sum;
}

uint16_t
packet_sum_fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* RFC 826 §Packet format, RFC 903 for the reverse kind: the same layout. */
static void
put_arp(struct gen_packet *p, struct rng *r)
{
	packet_put16(p, 1); /* Ethernet */
	packet_put16(p, 0x0800);
	packet_put8(p, 6);
	packet_put8(p, 4);
	packet_put16(p, 1 + rng_below(r, 4));
	packet_put(p, pool_mac_unicast(r), 6);
	packet_put32(p, pool_ip4(r));
	packet_put(p, pool_mac(r), 6);
	packet_put32(p, pool_ip4(r));
	if (rng_chance(r, 60)) /* a frame has 46 bytes of payload at least */
		packet_put_noise(p, r, 18);
}

/* IEEE 802.2: DSAP, SSAP, control; IEEE 802 §9.2 for SNAP. */
static void
put_llc(struct gen_packet *p, struct rng *r)
{
	static const uint8_t snap[][8] = {
		{ 0xaa, 0xaa, 3, 8, 0, 7, 0x80, 0x9b },    /* AppleTalk */
		{ 0xaa, 0xaa, 3, 0, 0, 0, 0x80, 0xf3 },    /* AARP */
		{ 0xaa, 0xaa, 3, 0, 0, 0, 0x81, 0x37 },    /* IPX */
		{ 0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0x00 }, /* CDP */
	};
	const uint8_t sap = pool_sap(r);

	if (rng_chance(r, 30)) {
		packet_put(p, snap[rng_below(r, 4)], 8);
	} else {
		packet_put8(p, sap);
		packet_put8(p, rng_chance(r, 85) ? sap : sap ^ 1u);
		packet_put8(p, rng_chance(r, 70) ? 3 : rng_next(r));
	}
	packet_put_noise(p, r, 10 + rng_below(r, 60));
}

static void
put_noise(struct gen_packet *p, struct rng *r)
{
	packet_put_noise(p, r, rng_below(r, 130));
}

/* IEEE 802.1Q §9.6: tag control, then the type of what follows; up to two tags. */
static void
put_vlan(struct gen_packet *p, struct rng *r)
{
	const uint32_t id = rng_below(r, 8); /* calls in one expression have no order */

	packet_put16(p, id | rng_below(r, 8) << 13);
	if (rng_chance(r, 20)) {
		packet_put16(p, 0x8100);
		packet_put16(p, rng_below(r, 8));
	}
	if (rng_chance(r, 70)) {
		packet_put16(p, 0x0800);
		packet_put_ip4(p, r);
	} else {
		packet_put16(p, 0x86dd);
		packet_put_ip6(p, r);
	}
}

enum { TYPE_POOL = 0, TYPE_LENGTH = 1 }; /* instead of an EtherType, see below */

struct kind {
	unsigned weight;
	uint16_t type; /* EtherType; or one from the pool; or the length, as in IEEE 802.3
			*/
	void (*put)(struct gen_packet *, struct rng *);
};

static const struct kind kinds[] = {
	{ 46, 0x0800, packet_put_ip4 },
	{ 20, 0x86dd, packet_put_ip6 },
	{ 9, 0x0806, put_arp },
	{ 4, 0x8035, put_arp },
	{ 7, TYPE_LENGTH, put_llc },
	{ 3, 0x8100, put_vlan },
	{ 2, 0x88a8, put_vlan },
	{ 2, TYPE_POOL, packet_put_ip4 },
	{ 4, TYPE_POOL, put_noise },
	{ 3, TYPE_POOL, put_arp },
};

/* Of the kinds, those that can stand without a link header. */
static const struct kind raw_kinds[] = {
	{ 62, 0x0800, packet_put_ip4 },
	{ 33, 0x86dd, packet_put_ip6 },
	{ 5, 0, put_noise },
};

static const struct kind *
pick(struct rng *r, const struct kind *table)
{
	unsigned at = rng_below(r, 100); /* each table's weights add up to 100 */

	while (at >= table->weight)
		at -= table++->weight;
	return table;
}

static void
put_ethernet(struct gen_packet *p, struct rng *r, uint16_t type)
{
	packet_put(p, pool_mac(r), 6);
	packet_put(p, pool_mac_unicast(r), 6);
	packet_put16(p, type);
}

/* Where the link type has a field for the type, an LLC frame says 4 in it, and raw IPX
 * says 1 (tcpdump.org/linktypes, LINKTYPE_LINUX_SLL). */
static uint16_t
cooked_type(struct rng *r, uint16_t type)
{
	if (type != TYPE_LENGTH)
		return type;
	return rng_chance(r, 85) ? 4 : 1;
}

static void
put_sll(struct gen_packet *p, struct rng *r, uint16_t type)
{
	packet_put16(p, rng_below(r, 5)); /* packet type; 4 is outgoing */
	packet_put16(p, rng_chance(r, 80) ? 1 : 772 /* loopback */);
	packet_put16(p, 6);
	packet_put(p, pool_mac_unicast(r), 6);
	packet_put16(p, 0);
	packet_put16(p, cooked_type(r, type));
}

static void
put_sll2(struct gen_packet *p, struct rng *r, uint16_t type)
{
	packet_put16(p, cooked_type(r, type));
	packet_put16(p, 0);
	packet_put32(p, 1 + rng_below(r, 4)); /* interface index */
	packet_put16(p, rng_chance(r, 80) ? 1 : 772);
	packet_put8(p, rng_below(r, 5));
	packet_put8(p, 6);
	packet_put(p, pool_mac_unicast(r), 6);
	packet_put16(p, 0);
}

static void
put_raw(struct gen_packet *p, struct rng *r, uint16_t type)
{
	(void)p;
	(void)r;
	(void)type;
}

static const struct link {
	uint16_t linktype;
	uint16_t length; /* of the header, bytes */
	void (*put)(struct gen_packet *, struct rng *, uint16_t type);
	const struct kind *kinds;
} links[] = {
	{ ETHERNET, 14, put_ethernet, kinds },
	{ RAW, 0, put_raw, raw_kinds },
	{ SLL, 16, put_sll, kinds },
	{ SLL2, 20, put_sll2, kinds },
};

static const struct link *
find_link(uint16_t linktype)
{
	const struct link *l = links;

	while (l->linktype != linktype)
		l++;
	return l;
}

uint32_t
packet_link_length(uint16_t linktype)
{
	return find_link(linktype)->length;
}

void
packet_build(struct rng *r, uint16_t linktype, struct gen_packet *p)
{
	const struct link *l = find_link(linktype);
	const struct kind *k = pick(r, l->kinds);

	p->len = 0;
	l->put(p, r, k->type == TYPE_POOL ? pool_ethertype(r) : k->type);
	k->put(p, r);
	if (k->type == TYPE_LENGTH && linktype == ETHERNET)
		packet_set16(p, 12, p->len - l->length);
	if (rng_chance(r, 3)) /* a runt on the wire */
		p->len = rng_below(r, p->len + 1);
}
