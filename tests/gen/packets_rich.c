/* packets_rich.c: a generator and any link type come in, a rich packet goes out, as the
 * row of the link type in links.c says. */
#include <assert.h>
#include <stddef.h>
#include <string.h>

#include "links.h"
#include "parts.h"
#include "pool.h"

unsigned
packet_rich_count(void)
{
	return packet_links_count;
}

uint16_t
packet_rich_linktype(unsigned index)
{
	assert(index < packet_links_count && "below packet_rich_count()");
	return packet_links[index].linktype;
}

static const struct packet_link *
find(uint16_t linktype)
{
	for (unsigned i = 0; i < packet_links_count; i++)
		if (packet_links[i].linktype == linktype)
			return &packet_links[i];
	return NULL;
}

bool
packet_rich_knows(uint16_t linktype)
{
	return find(linktype) != NULL;
}

static void
set_mac(struct gen_packet *p, struct rng *r, uint32_t at)
{
	memcpy(p->data + at, rng_chance(r, 60) ? pool_mac(r) : pool_mac_unicast(r), 6);
	if (rng_chance(r, 8))
		packet_flip(p, r, at, 6);
}

static void
put_header(struct gen_packet *p, struct rng *r, const struct packet_link *l)
{
	if (rng_chance(r, 70))
		for (uint32_t i = 0; i < l->length; i++)
			packet_put8(p, 0);
	else
		packet_put_noise(p, r, l->length);
	if (l->destination != LINK_NONE) {
		set_mac(p, r, l->destination);
		set_mac(p, r, l->source);
	}
}

/* The type as the link type writes it: a length or one of the numbers of Linux where
 * there is no EtherType (tcpdump.org/linktypes, LINKTYPE_LINUX_SLL). */
static uint32_t
type_value(struct rng *r, const struct packet_link *l, uint32_t value, uint32_t payload)
{
	if (value <= 0xffff || l->type_width > 2)
		return value;
	if (l->cooked)
		return (value == VALUE_RAW) != rng_chance(r, 8) ? 1 : 4;
	return packet_length_field(r, payload);
}

static void
put_regular(struct gen_packet *p, struct rng *r, const struct packet_link *l)
{
	const bool more = l->more && rng_chance(r, 18);
	const struct packet_kind k = packet_draw(r, more ? l->more : l->kinds);

	put_header(p, r, l);
	k.put(p, r, PACKET_DEPTH);
	if (l->dress)
		l->dress(p, r);
	const uint32_t type = type_value(r, l, k.value, p->len - l->length);
	for (uint32_t i = 0; i < l->type_width; i++)
		p->data[l->type_at + i] = (uint8_t)(type >> 8 * (l->type_width - 1 - i));
	if (l->type_width > 0 && rng_chance(r, 4)) /* nearly this type */
		packet_flip(p, r, l->type_at, l->type_width);
}

void
packet_build_rich(struct rng *r, uint16_t linktype, struct gen_packet *p)
{
	const struct packet_link *l = find(linktype);

	assert(l && "a link type of packet_rich_linktype");
	p->len = 0;
	if (l->build)
		l->build(p, r, PACKET_DEPTH);
	else
		put_regular(p, r, l);
	if (rng_chance(r, 3)) /* a runt on the wire */
		p->len = rng_below(r, p->len + 1);
}
