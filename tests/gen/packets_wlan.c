/* packets_wlan.c: IEEE 802.11 frames of all types and directions, and the radio headers
 * before them: radiotap, Prism, AVS, PPI. */
#include "links.h"
#include "parts.h"
#include "pool.h"

/* Frame control, IEEE 802.11-2020 §9.2.4.1: first and second byte. */
enum { TYPE = 0x0c, CONTROL = 0x04, DATA = 0x08, QOS = 0x80, NO_BODY = 0x40 };
enum { TO_DS = 1, FROM_DS = 2, ORDER = 0x80 };

/* What a radio header says of the frame: whether its body begins on a multiple of 4. */
enum padding { PADDING_NONE, PADDING_BODY };

static void
put_little16(struct gen_packet *p, uint32_t value)
{
	packet_put8(p, value);
	packet_put8(p, value >> 8);
}

static void
put_little32(struct gen_packet *p, uint32_t value)
{
	put_little16(p, value);
	put_little16(p, value >> 16);
}

static uint8_t
draw_frame(struct rng *r)
{
	const uint32_t shape = rng_below(r, 100);

	if (shape < 55)
		return rng_chance(r, 60) ? DATA : DATA | QOS;
	if (shape < 90)
		return pool_wlan_frame(r);
	return (uint8_t)(rng_next(r) & 0xfc);
}

static uint8_t
draw_flags(struct rng *r)
{
	const uint32_t ds = rng_chance(r, 80) ? rng_below(r, 4) : 0;

	return (uint8_t)(ds | (rng_chance(r, 75) ? 0 : rng_next(r) & 0xfc));
}

/* Two addresses for RTS, PS-Poll, block acknowledgment and the end of contention; one
 * for CTS and ACK (§9.3.1). */
static void
put_control(struct gen_packet *p, struct rng *r, uint8_t fc)
{
	const bool short_one = (fc & 0xf0) == 0xc0 || (fc & 0xf0) == 0xd0;

	packet_put_mac(p, r);
	if (!short_one || rng_chance(r, 10))
		packet_put_mac(p, r);
	if (rng_chance(r, 60))
		packet_put_noise(p, r, rng_below(r, 24)); /* control and bitmap; or FCS */
}

/* §9.3.2.1: the body stands behind 24 bytes, 6 more with four addresses, 2 more of QoS
 * control.  Some drop the fourth address or the rest, as nothing makes them be there. */
static void
put_data(struct gen_packet *p, struct rng *r, unsigned depth, enum padding padding)
{
	const uint8_t fc = p->data[p->len - 4], flags = p->data[p->len - 3];

	for (int i = 0; i < 3; i++)
		packet_put_mac(p, r);
	put_little16(p, rng_next(r)); /* sequence control: before the fourth address */
	if ((flags & (TO_DS | FROM_DS)) == (TO_DS | FROM_DS) && rng_chance(r, 75))
		packet_put_mac(p, r);
	if (fc & QOS) {
		put_little16(p, rng_below(r, 16));
		if ((flags & ORDER) && rng_chance(r, 80))
			packet_put_noise(p, r, 4); /* HT control */
	}
	if (padding == PADDING_BODY)
		packet_put_noise(p, r, -p->len & 3);
	if (!(fc & NO_BODY) || rng_chance(r, 30))
		packet_put_llc(p, r, depth);
}

/* §9.3.3.2: three addresses, then what belongs to the subtype. */
static void
put_management(struct gen_packet *p, struct rng *r)
{
	for (int i = 0; i < 3; i++)
		packet_put_mac(p, r);
	put_little16(p, rng_next(r));
	packet_put_payload(p, r);
}

static void
put_frame(struct gen_packet *p, struct rng *r, unsigned depth, enum padding padding)
{
	const uint8_t fc = draw_frame(r);

	packet_put8(p, fc | (rng_chance(r, 96) ? 0 : 1 + rng_below(r, 3)));
	packet_put8(p, draw_flags(r));
	put_little16(p, rng_next(r) & 0x3fff); /* duration */
	if ((fc & TYPE) == CONTROL)
		put_control(p, r, fc);
	else if ((fc & TYPE) == 0)
		put_management(p, r);
	else
		put_data(p, r, depth, padding);
}

void
packet_put_wlan(struct gen_packet *p, struct rng *r, unsigned depth)
{
	put_frame(p, r, depth, PADDING_NONE);
}

/* radiotap.org: little-endian; fields in the order of the bits of the presence words:
 * 0 TSFT (8 bytes), 1 flags (1 byte), 2 rate, …, 31 another word follows. */
void
packet_put_radiotap(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint32_t presents[] = { 0, 1, 2, 3, 6, 7, 0x2f, 0x482f, 0x2e, 0xe,
		0x80000003, 0x80000002, 0x80000000, 0xa000402fu };
	const uint32_t present =
		presents[rng_below(r, sizeof presents / sizeof presents[0])];
	const uint32_t fields = (present & 1 ? 8 : 0) + (present & 2 ? 1 : 0);
	const uint32_t words = present >> 31 ? 8 : 0; /* bytes; two more of presence */
	const uint32_t more = rng_chance(r, 30) ? 0 : rng_below(r, 24);
	const bool padded = rng_chance(r, 35);
	uint32_t flags_at;

	packet_put16(p, 0); /* version, and a byte of padding */
	put_little16(p, 8 + words + fields + more);
	put_little32(p, present);
	if (words) {
		put_little32(p, 0x80000000 | (rng_next(r) & 0x3f));
		put_little32(p, 0);
	}
	flags_at = p->len + (present & 1 ? 8 : 0);
	packet_put_noise(p, r, fields + more);
	if (flags_at < p->len)
		p->data[flags_at] =
			padded ? 0x20 | (rng_next(r) & 0x12) : rng_next(r) & 0xdf;
	put_frame(p, r, depth,
		padded && (present & 2) && rng_chance(r, 90) ? PADDING_BODY
							     : PADDING_NONE);
}

/* tcpdump.org/linktypes, LINKTYPE_IEEE802_11_AVS: magic, length, 56 bytes. */
void
packet_put_avs(struct gen_packet *p, struct rng *r, unsigned depth)
{
	const uint32_t length = rng_chance(r, 70) ? 64 : 8 + rng_below(r, 80);

	packet_put32(p, 0x80211000 | (rng_chance(r, 90) ? 1 + rng_below(r, 2)
							: rng_below(r, 16)));
	packet_put32(p, length);
	packet_put_noise(p, r, length - 8);
	put_frame(p, r, depth, PADDING_NONE);
}

/* 144 bytes of Prism monitoring header; or AVS, of which the cookie tells. */
void
packet_put_prism(struct gen_packet *p, struct rng *r, unsigned depth)
{
	if (rng_chance(r, 35)) {
		packet_put_avs(p, r, depth);
		return;
	}
	if (rng_chance(r, 75))
		put_little32(p, 0x44);
	else
		packet_put32(p, rng_chance(r, 50) ? 0x80211f01 : 0x80212001);
	put_little32(p, 144);
	packet_put_noise(p, r, 136);
	put_frame(p, r, depth, PADDING_NONE);
}

/* PPI 1.0.10 §3: version, flags, length, DLT; fields of type, length and data. */
void
packet_put_ppi(struct gen_packet *p, struct rng *r, unsigned depth)
{
	static const uint32_t types[] = { 1, 127, 0x69000000, 104, 0x00690000 };
	const uint32_t count = rng_chance(r, 50) ? 0 : rng_below(r, 30);

	packet_put16(p, 0);
	put_little16(p, 8 + (count > 0 ? 4 + count : 0));
	put_little32(p, rng_chance(r, 88) ? 105 : types[rng_below(r, 5)]);
	if (count > 0) {
		put_little16(p, 2);
		put_little16(p, count);
		packet_put_noise(p, r, count);
	}
	put_frame(p, r, depth, PADDING_NONE);
}
