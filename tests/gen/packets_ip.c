/* packets_ip.c: appends IPv4 and IPv6 packets: options, header lengths that lie,
 * fragments, extension headers, and most of the time nothing of that. */
#include "parts.h"
#include "pool.h"

enum { HOP_BY_HOP = 0, FRAGMENT = 44, DESTINATION = 60 };

/* Flags and fragment offset of RFC 791 §3.1: mostly whole packets, else the first,
 * a middle or the last part of one. */
static uint16_t
fragment_ip4(struct rng *r)
{
	const uint32_t which = rng_below(r, 20);

	if (which < 15)
		return rng_chance(r, 50) ? 0x4000 : 0;
	if (which < 17)
		return 0x2000;
	return (uint16_t)((which < 19 ? 0x2000u : 0) | (1 + rng_below(r, 0x1fff)));
}

static uint32_t
sum_words(const struct gen_packet *p, uint32_t from, uint32_t count)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < count; i += 2)
		sum += (uint32_t)(p->data[from + i] << 8 | p->data[from + i + 1]);
	return sum;
}

/* No-operation options, so that a printer has something sound to show (RFC 791 §3.1),
 * or anything. */
static void
put_options(struct gen_packet *p, struct rng *r, uint32_t count)
{
	if (rng_chance(r, 50)) {
		packet_put_noise(p, r, count);
		return;
	}
	for (uint32_t i = 0; i < count; i++)
		packet_put8(p, 1);
}

void
packet_put_ip4_with(struct gen_packet *p, struct rng *r, uint32_t words,
	const struct packet_upper *upper)
{
	const uint32_t start = p->len;

	packet_put8(p, (rng_chance(r, 97) ? 0x40 : rng_next(r) & 0xf0) | words);
	packet_put8(p, rng_chance(r, 70) ? 0 : rng_next(r));
	packet_put16(p, 0); /* total length, see below */
	packet_put16(p, rng_next(r));
	packet_put16(p, fragment_ip4(r));
	packet_put8(p, rng_chance(r, 80) ? 64 : rng_next(r));
	packet_put8(p, upper->protocol);
	packet_put16(p, 0); /* checksum, see below */
	packet_put32(p, pool_ip4(r));
	packet_put32(p, pool_ip4(r));
	if (upper->near && rng_chance(r, 8))
		packet_flip(p, r, start + 12, 8);
	put_options(p, r, 4 * (words - 5));
	if (rng_chance(r, 4)) /* the header length lies */
		p->data[start] = (uint8_t)((p->data[start] & 0xf0) | rng_below(r, 5));
	upper->put(p, r,
		(struct packet_net){
			.pseudo = sum_words(p, start + 12, 8) + upper->protocol,
			.protocol = upper->protocol,
			.depth = upper->depth });
	packet_set16(p, start + 2, rng_chance(r, 96) ? p->len - start : rng_next(r));
	packet_set16(p, start + 10, packet_sum_fold(sum_words(p, start, 4 * words)));
	if (rng_chance(r, 20) && PACKET_MAX - p->len >= 20) /* trailer of a short frame */
		packet_put_noise(p, r, rng_below(r, 20));
}

void
packet_put_ip4(struct gen_packet *p, struct rng *r)
{
	const uint32_t words = rng_chance(r, 75) ? 5 : 5 + rng_below(r, 11);
	const struct packet_upper upper = { .protocol = pool_protocol(r),
		.put = packet_put_transport };

	packet_put_ip4_with(p, r, words, &upper);
}

/* Next header and extension length at the front, RFC 8200 §4.3. */
static void
put_extension(struct gen_packet *p, struct rng *r, uint8_t next)
{
	const uint32_t more = rng_below(r, 3); /* units of eight bytes beyond the first */

	packet_put8(p, next);
	packet_put8(p, more);
	packet_put8(p, 1); /* PadN for the rest, RFC 8200 §4.2 */
	packet_put8(p, 4 + 8 * more);
	for (uint32_t i = 0; i < 4 + 8 * more; i++)
		packet_put8(p, 0);
}

static void
put_fragment_ip6(struct gen_packet *p, struct rng *r, uint8_t next)
{
	packet_put8(p, next);
	packet_put8(p, 0);
	packet_put16(
		p, (rng_chance(r, 50) ? 0 : rng_below(r, 200) << 3) | rng_below(r, 2));
	packet_put32(p, rng_next(r));
}

void
packet_put_ip6_header(struct gen_packet *p, struct rng *r, uint8_t next)
{
	const uint32_t class_high = rng_below(r, 2);

	packet_put8(p, (rng_chance(r, 97) ? 0x60 : rng_next(r) & 0xf0) | class_high);
	packet_put8(p, rng_chance(r, 70) ? 0 : rng_next(r));
	packet_put16(p, rng_chance(r, 70) ? 0 : rng_next(r));
	packet_put16(p, 0); /* payload length: packet_end_ip6 */
	packet_put8(p, next);
	packet_put8(p, rng_chance(r, 70) ? 64 : rng_next(r));
	packet_put(p, pool_ip6(r), 16);
	packet_put(p, pool_ip6(r), 16);
}

void
packet_end_ip6(struct gen_packet *p, struct rng *r, uint32_t start,
	const struct packet_upper *upper)
{
	if (upper->near && rng_chance(r, 15))
		packet_flip(p, r, start + 8, 32);
	upper->put(p, r,
		(struct packet_net){
			.pseudo = sum_words(p, start + 8, 32) + upper->protocol,
			.protocol = upper->protocol,
			.depth = upper->depth,
			.ip6 = true });
	packet_set16(p, start + 4, rng_chance(r, 96) ? p->len - start - 40 : rng_next(r));
}

void
packet_put_ip6(struct gen_packet *p, struct rng *r)
{
	const uint32_t start = p->len;
	const uint8_t drawn = pool_protocol(r);
	const uint8_t protocol = drawn == 1 ? 58 : drawn;
	const uint32_t shape = rng_below(r, 20);
	uint8_t first = protocol;

	if (shape >= 18)
		first = shape == 18 ? HOP_BY_HOP : DESTINATION;
	else if (shape >= 15)
		first = FRAGMENT;
	packet_put_ip6_header(p, r, first);
	if (shape >= 18)
		put_extension(p, r, protocol);
	else if (shape >= 15)
		put_fragment_ip6(p, r, protocol);
	packet_end_ip6(p, r, start,
		&(struct packet_upper){
			.protocol = protocol, .put = packet_put_transport });
}
