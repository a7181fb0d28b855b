/* packets_odd.c: link headers that are of no fixed shape: Sun's ATM, OpenBSD's packet
 * filter log, Frame Relay, Juniper's. */
#include <string.h>

#include "links.h"
#include "parts.h"
#include "pool.h"

/* ITU-T Q.2931 §4: protocol, call reference, message type, length. */
static void
put_signal(struct gen_packet *p, struct rng *r)
{
	static const uint8_t messages[] = { 5, 2, 7, 0x0f, 0x4d, 0x5a, 3, 0x70, 0x0d };

	packet_put8(p, 9);
	packet_put8(p, 3);
	packet_put16(p, rng_next(r));
	packet_put8(p, rng_next(r));
	packet_put8(p, messages[rng_below(r, sizeof messages)]);
	packet_put_noise(p, r, 6 + rng_below(r, 30));
}

/* ATM Forum af-lane-0084 §4.1: two bytes of client number, or 0xff00 for control. */
static void
put_lane(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put16(
		p, rng_chance(r, 80) ? 1 + rng_below(r, 4) : 0xff00 | rng_below(r, 2));
	packet_put_ethernet(p, r, depth);
}

/* tcpdump.org/linktypes, LINKTYPE_SUNATM: direction and kind, VPI, VCI. */
void
packet_put_sunatm(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t kinds[] = { 2, 1, 2, 6, 2, 1, 2, 5, 2, 0, 3 };
	const uint8_t kind = kinds[rng_below(r, sizeof kinds)];
	const uint32_t contents = rng_chance(r, 92) ? kind : rng_below(r, 7);
	const uint32_t high = rng_chance(r, 90) ? rng_next(r) & 0x80 : rng_next(r) & 0xf0;

	packet_put8(p, kind | high);
	packet_put8(p, rng_chance(r, 60) ? 0 : pool_vpi(r));
	packet_put16(p, pool_vci(r));
	if (contents == 1)
		put_lane(p, r, depth);
	else if (contents == 2)
		packet_put_llc(p, r, depth);
	else if (contents == 6)
		put_signal(p, r);
	else
		packet_put_payload(p, r);
}

/* A name, cut or filled up with zeros to 16 bytes; rarely with something else. */
static void
put_name(struct gen_packet *p, struct rng *r, const char *name)
{
	char field[16] = { 0 };
	const size_t length = strlen(name);

	if (rng_chance(r, 5))
		memset(field, '1', sizeof field);
	memcpy(field, name, length < sizeof field ? length : sizeof field);
	packet_put(p, field, sizeof field);
	if (length > 0 && rng_chance(r, 10)) /* nearly this name */
		packet_flip(p, r, p->len - sizeof field, (uint32_t)length);
}

/* OpenBSD pf(4) and pflog(4): the length says where the packet begins, rounded up to a
 * multiple of 4; it is 61 without the padding, 64 with it, and other versions' differ. */
void
packet_put_pflog(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint8_t lengths[] = { 61, 64, 100, 48, 63, 65 };
	const uint8_t length =
		lengths[rng_chance(r, 70) ? rng_below(r, 2) : rng_below(r, 6)];
	const struct packet_kind k = packet_draw(r, packet_family8_kinds);

	packet_put8(p, length);
	packet_put8(p, rng_chance(r, 95) ? k.value : rng_next(r));
	packet_put8(p, pool_pf_action(r));
	packet_put8(p, pool_pf_reason(r));
	put_name(p, r, pool_pf_interface(r));
	put_name(p, r, rng_chance(r, 50) ? "" : pool_pf_ruleset(r));
	packet_put32(p, pool_rule(r));
	packet_put32(p, pool_rule(r));
	packet_put_noise(p, r, 16); /* uid, pid, and those of the rule */
	packet_put8(p, rng_below(r, 4));
	while (p->len < ((length + 3u) & ~3u))
		packet_put8(p, 0);
	if (rng_chance(r, 95))
		p->len = (length + 3u) & ~3u;
	k.put(p, r, depth);
}

/* RFC 2427 §3: address, then control and NLPID.  A filter takes the network header to be
 * at the very start, so every other packet has it there, with the type written over. */
void
packet_put_frelay(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const struct packet_kind k = packet_draw(r, packet_nlpid_kinds);

	if (rng_chance(r, 50)) {
		packet_put16(p, 0x1841 | (rng_next(r) & 0xe0f0));
		packet_put16(p, k.value);
		k.put(p, r, depth);
		return;
	}
	k.put(p, r, depth);
	if (p->len >= 4)
		packet_set16(p, 2, k.value);
}

/* "MGC" and flags, the lowest of which says outgoing when clear.  Words of ISO read past
 * the fields that there are, one byte before what is taken for the payload. */
void
packet_dress_juniper(struct gen_packet *p, struct rng *r)
{
	static const uint8_t flags[] = { 0, 1, 2, 3, 0x81, 0x82, 0x83, 0x80 };
	static const uint8_t iso_at[] = { 3, 5, 11 };
	const uint32_t at = iso_at[rng_below(r, 3)];

	if (p->len < 4)
		return;
	p->data[0] = 0x4d;
	p->data[1] = 0x47;
	p->data[2] = 0x43;
	if (rng_chance(r, 8))
		packet_flip(p, r, 0, 3);
	p->data[3] = flags[rng_below(r, sizeof flags)];
	if (rng_chance(r, 30) && at < p->len)
		p->data[at] = pool_nlpid(r);
	if (rng_chance(r, 50) && at + 4 < p->len)
		p->data[at + 4] = pool_isis_pdu(r);
}

/* A packet that begins up to two bytes before the first that was captured: where there
 * is no network header that a filter knows of, it looks there. */
static void
put_cut(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const struct packet_kind k = packet_draw(r, packet_any_kinds);

	if (rng_chance(r, 30))
		packet_put_noise(p, r, 6 + rng_below(r, 16));
	k.put(p, r, depth);
	if (p->len >= 2 && rng_chance(r, 70)) {
		memmove(p->data, p->data + 2, p->len - 2);
		p->len -= 2;
	}
}

void
packet_put_juniper_es(struct gen_packet *p, struct rng *r, unsigned depth)
{
	put_cut(p, r, depth);
	packet_dress_juniper(p, r);
}

/* ASHRAE 135 §9.3: preamble, type, destination, source, length. */
void
packet_put_bacnet(struct gen_packet *p, struct rng *r, unsigned depth)
{
	put_cut(p, r, depth);
	if (p->len < 8)
		return;
	packet_set16(p, 0, 0x55ff);
	if (rng_chance(r, 10))
		packet_flip(p, r, 0, 2);
	if (rng_chance(r, 40))
		return;
	p->data[2] = (uint8_t)rng_below(r, 8);
	p->data[3] = pool_mac8(r);
	p->data[4] = pool_mac8(r);
}

/* ISO where these types have it: behind the LLC header that they are taken to have. */
static void
put_iso_far(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put_noise(p, r, 10);
	packet_put_iso(p, r, depth);
}

static void
put_iso_near(struct gen_packet *p, struct rng *r, unsigned depth)
{
	packet_put_noise(p, r, 3);
	packet_put_iso(p, r, depth);
}

const struct packet_kind packet_juniper_atm_kinds[] = {
	{ 1, 0, put_iso_far },
	{ 0, 0, NULL },
};

const struct packet_kind packet_juniper_ether_kinds[] = {
	{ 1, 0, put_iso_near },
	{ 0, 0, NULL },
};
