/* lists.c: rows of a table in, expressions and packets out.
 *
 * A list has numbers of one field, or ranges of them.  Its packets have in that field the
 * bounds of some entries, what lies beside them, and numbers that lie anywhere. */
#include "lists.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen/rng.h"

enum { ENTRY_TEXT = 48 };

/* How entries lie. */
enum shape {
	SCATTERED, /* anywhere */
	CLOSE,     /* a few numbers from each other */
	SKEWED,    /* close, but for the last */
	EDGES,     /* anywhere, and the least and the greatest number there are */
};

enum form { ADDRESS, PREFIX, NUMBER, ADDRESS6, HOST6, NET6, MAC };

static const struct row {
	const char *head;
	uint32_t count;
	unsigned at, size; /* of the field in the frame */
	enum shape shape;
	enum form form;
	unsigned bits;    /* of an entry: it has 1 << bits numbers */
	bool mixed;       /* every other entry has twice as many: they become ranges */
	unsigned tail_at; /* of a second field, which an entry with one number has too */
} rows[] = {
	{ "src host", 15, 26, 4, SCATTERED, ADDRESS, 0, false, 0 },
	{ "src host", 16, 26, 4, SCATTERED, ADDRESS, 0, false, 0 },
	{ "src host", 17, 26, 4, SCATTERED, ADDRESS, 0, false, 0 },
	{ "host", 500, 30, 4, SCATTERED, ADDRESS, 0, false, 0 },
	{ "dst host", 20000, 30, 4, SCATTERED, ADDRESS, 0, false, 0 },
	{ "dst host", 3000, 30, 4, CLOSE, ADDRESS, 0, false, 0 },
	{ "dst host", 3000, 30, 4, SKEWED, ADDRESS, 0, false, 0 },
	{ "src net", 40, 26, 4, SCATTERED, PREFIX, 8, false, 0 },
	{ "dst net", 20000, 30, 4, SCATTERED, PREFIX, 2, false, 0 },
	{ "src net", 3000, 26, 4, CLOSE, PREFIX, 1, false, 0 },
	{ "src net", 20000, 26, 4, SKEWED, PREFIX, 1, false, 0 },
	{ "net", 64, 30, 4, EDGES, PREFIX, 1, false, 0 },
	{ "ip[4:4] in", 300, 18, 4, EDGES, NUMBER, 0, false, 0 },
	{ "ip[4:4] in", 30, 18, 4, SKEWED, NUMBER, 0, false, 0 },
	{ "ip[4:2] in", 40, 18, 2, EDGES, NUMBER, 0, false, 0 },
	{ "tcp dst port in", 200, 36, 2, SCATTERED, NUMBER, 0, false, 0 },
	{ "port in", 60, 34, 2, CLOSE, NUMBER, 0, false, 0 },
	{ "not src port in", 2000, 34, 2, SCATTERED, NUMBER, 0, false, 0 },
	{ "ip6 src host", 300, 34, 4, SCATTERED, ADDRESS6, 0, false, 0 },
	{ "src net", 40, 26, 4, SCATTERED, PREFIX, 4, true, 0 },
	{ "dst net", 20000, 30, 4, SCATTERED, PREFIX, 2, true, 0 },
	{ "dst net", 20000, 30, 4, SKEWED, PREFIX, 0, true, 0 },
	{ "net", 64, 30, 4, EDGES, PREFIX, 3, true, 0 },
	{ "dst net", 40, 30, 4, SCATTERED, PREFIX, 24, true, 0 },
	{ "ip6 src host", 17, 26, 4, SCATTERED, HOST6, 0, false, 36 },
	{ "ip6 host", 5000, 42, 4, CLOSE, HOST6, 0, false, 52 },
	{ "dst host", 300, 42, 4, EDGES, HOST6, 0, false, 52 },
	{ "not ip6 src host", 3000, 26, 4, SKEWED, HOST6, 0, false, 36 },
	{ "ip6 src net", 2000, 26, 4, SCATTERED, NET6, 0, true, 36 },
	{ "ip6 net", 400, 42, 4, CLOSE, NET6, 2, true, 52 },
	{ "tcp and ip6 dst net", 300, 42, 4, EDGES, NET6, 0, true, 52 },
	{ "ether src", 17, 8, 4, SCATTERED, MAC, 0, false, 6 },
	{ "ether host", 5000, 2, 4, SCATTERED, MAC, 0, false, 0 },
	{ "ip and not ether dst", 600, 2, 4, CLOSE, MAC, 0, false, 0 },
};
const unsigned lists = sizeof rows / sizeof rows[0];

static uint32_t
field_max(const struct row *r)
{
	return UINT32_MAX >> (32 - 8 * r->size);
}

static unsigned
bits_of(const struct row *r, uint32_t i)
{
	return r->bits + (r->mixed && i % 2);
}

/* The first number of entry i. */
static uint32_t
entry(const struct row *r, uint32_t i)
{
	const uint32_t most = field_max(r);
	const uint32_t scattered = (i + 1) * 2654435761u >> (32 - 8 * r->size);
	const uint32_t close = 0xc0a80000u + i * (4u << r->bits) + i % 3;
	uint32_t x = scattered;

	if (r->shape == CLOSE || r->shape == SKEWED)
		x = close & most;
	if (r->shape == SKEWED && i == r->count - 1)
		x = 7;
	if (r->shape == EDGES && (i == 0 || i == r->count - 1))
		x = i == 0 ? 0 : most;
	return x >> bits_of(r, i) << bits_of(r, i);
}

/* A few numbers, so that entries are alike in it. */
static uint32_t
tail(uint32_t i)
{
	return 0x200 + i % 5;
}

static char *
put_entry(const struct row *r, uint32_t i, char *to)
{
	const uint32_t x = entry(r, i);

	switch (r->form) {
	case ADDRESS:
	case PREFIX:
		to += sprintf(
			to, "%u.%u.%u.%u", x >> 24, x >> 16 & 255, x >> 8 & 255, x & 255);
		if (r->form == PREFIX)
			to += sprintf(to, "/%u", 32 - bits_of(r, i));
		break;
	case NUMBER: to += sprintf(to, "%u", x); break;
	case ADDRESS6: to += sprintf(to, "2001:db8::%x:%x", x >> 16, x & 0xffff); break;
	case HOST6:
	case NET6:
		to += sprintf(to, "2001:db8:%x:%x::", x >> 16, x & 0xffff);
		if (bits_of(r, i) > 0)
			to += sprintf(to, "/%u", 64 - bits_of(r, i));
		else
			to += sprintf(to, "%x", tail(i));
		break;
	case MAC:
		to += sprintf(to, "%02x:%02x:%02x:%02x:%02x:%02x", tail(i) >> 8,
			tail(i) & 255, x >> 24, x >> 16 & 255, x >> 8 & 255, x & 255);
		break;
	}
	return to;
}

static char *
text_of(const struct row *r)
{
	char *text = malloc(64 + (size_t)r->count * ENTRY_TEXT);
	const bool braces = r->form == NUMBER;
	char *to = text;

	if (!text)
		abort();
	to += sprintf(to, "%s %s", r->head, braces ? "{" : "");
	for (uint32_t i = 0; i < r->count; i++) {
		to += sprintf(to, "%s", i == 0 ? "" : braces ? ", " : " or ");
		to = put_entry(r, i, to);
	}
	strcpy(to, braces ? "}" : "");
	return text;
}

static void
put_field(uint8_t *to, unsigned size, uint32_t x)
{
	for (unsigned i = 0; i < size; i++)
		to[i] = (uint8_t)(x >> 8 * (size - 1 - i));
}

/* An Ethernet frame with TCP in it, and the numbers in their fields. */
static void
add_packet(struct list *l, const struct row *r, uint32_t x, uint32_t second)
{
	static const uint8_t ip4[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0,
		0, 46, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0, 80 };
	static const uint8_t ip6[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 6, 6, 64, 0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
		0, 0, 0, 0, 0x20, 1, 0x0d, 0xb8 };
	const bool six = r->form == ADDRESS6 || r->form == HOST6 || r->form == NET6;
	uint8_t *frame;

	if (l->packets == LIST_PACKETS)
		return;
	frame = l->packet[l->packets++];
	memset(frame, 0, LIST_FRAME);
	if (six)
		memcpy(frame, ip6, sizeof ip6);
	else
		memcpy(frame, ip4, sizeof ip4);
	if (r->form >= HOST6)
		put_field(frame + r->tail_at, 2, second);
	put_field(frame + r->at, r->size, x);
}

static void
add_about(struct list *l, const struct row *r, uint32_t i)
{
	const uint32_t x = entry(r, i), last = x + ((1u << bits_of(r, i)) - 1);

	add_packet(l, r, x, tail(i));
	add_packet(l, r, x - 1, tail(i));
	add_packet(l, r, last, tail(i));
	add_packet(l, r, last + 1, tail(i));
	if (r->form >= HOST6)
		add_packet(l, r, x, tail(i + 1));
}

void
list_make(unsigned which, struct list *l)
{
	const struct row *r = &rows[which];
	struct rng rng = { which + 1 };

	l->packets = 0;
	l->text = text_of(r);
	add_about(l, r, 0);
	add_about(l, r, 1);
	add_about(l, r, r->count / 2);
	add_about(l, r, r->count - 2);
	add_about(l, r, r->count - 1);
	for (unsigned i = 0; i < 4; i++)
		add_about(l, r, rng_below(&rng, r->count));
	add_packet(l, r, 0, tail(0));
	add_packet(l, r, field_max(r), tail(0));
	while (l->packets < LIST_PACKETS) {
		const uint32_t x = rng_next(&rng);

		add_packet(l, r, x, tail(x));
	}
}
