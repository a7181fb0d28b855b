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

enum form { ADDRESS, PREFIX, NUMBER, ADDRESS6 };

static const struct row {
	const char *head;
	uint32_t count;
	unsigned at, size; /* of the field in the frame */
	enum shape shape;
	enum form form;
	unsigned bits; /* of an entry: it has 1 << bits numbers */
	bool mixed;    /* every other entry has twice as many: they become ranges */
} rows[] = {
	{ "src host", 15, 26, 4, SCATTERED, ADDRESS, 0, false },
	{ "src host", 16, 26, 4, SCATTERED, ADDRESS, 0, false },
	{ "src host", 17, 26, 4, SCATTERED, ADDRESS, 0, false },
	{ "host", 500, 30, 4, SCATTERED, ADDRESS, 0, false },
	{ "dst host", 20000, 30, 4, SCATTERED, ADDRESS, 0, false },
	{ "dst host", 3000, 30, 4, CLOSE, ADDRESS, 0, false },
	{ "dst host", 3000, 30, 4, SKEWED, ADDRESS, 0, false },
	{ "src net", 40, 26, 4, SCATTERED, PREFIX, 8, false },
	{ "dst net", 20000, 30, 4, SCATTERED, PREFIX, 2, false },
	{ "src net", 3000, 26, 4, CLOSE, PREFIX, 1, false },
	{ "src net", 20000, 26, 4, SKEWED, PREFIX, 1, false },
	{ "net", 64, 30, 4, EDGES, PREFIX, 1, false },
	{ "ip[4:4] in", 300, 18, 4, EDGES, NUMBER, 0, false },
	{ "ip[4:4] in", 30, 18, 4, SKEWED, NUMBER, 0, false },
	{ "ip[4:2] in", 40, 18, 2, EDGES, NUMBER, 0, false },
	{ "tcp dst port in", 200, 36, 2, SCATTERED, NUMBER, 0, false },
	{ "port in", 60, 34, 2, CLOSE, NUMBER, 0, false },
	{ "not src port in", 2000, 34, 2, SCATTERED, NUMBER, 0, false },
	{ "ip6 src host", 300, 34, 4, SCATTERED, ADDRESS6, 0, false },
	{ "src net", 40, 26, 4, SCATTERED, PREFIX, 4, true },
	{ "dst net", 20000, 30, 4, SCATTERED, PREFIX, 2, true },
	{ "dst net", 20000, 30, 4, SKEWED, PREFIX, 0, true },
	{ "net", 64, 30, 4, EDGES, PREFIX, 3, true },
	{ "dst net", 40, 30, 4, SCATTERED, PREFIX, 24, true },
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

/* An Ethernet frame with TCP in it, and the number in its field. */
static void
add_packet(struct list *l, const struct row *r, uint32_t x)
{
	static const uint8_t ip4[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0, 0x45, 0,
		0, 46, 0, 1, 0, 0, 64, 6, 0, 0, 192, 0, 2, 1, 192, 0, 2, 2, 0, 80 };
	static const uint8_t ip6[] = { 2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd,
		0x60, 0, 0, 0, 0, 6, 6, 64, 0x20, 1, 0x0d, 0xb8 };
	uint8_t *frame;

	if (l->packets == LIST_PACKETS)
		return;
	frame = l->packet[l->packets++];
	memset(frame, 0, LIST_FRAME);
	if (r->form == ADDRESS6)
		memcpy(frame, ip6, sizeof ip6);
	else
		memcpy(frame, ip4, sizeof ip4);
	for (unsigned i = 0; i < r->size; i++)
		frame[r->at + i] = (uint8_t)(x >> 8 * (r->size - 1 - i));
}

static void
add_about(struct list *l, const struct row *r, uint32_t i)
{
	const uint32_t x = entry(r, i), last = x + ((1u << bits_of(r, i)) - 1);

	add_packet(l, r, x);
	add_packet(l, r, x - 1);
	add_packet(l, r, last);
	add_packet(l, r, last + 1);
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
	add_packet(l, r, 0);
	add_packet(l, r, field_max(r));
	while (l->packets < LIST_PACKETS)
		add_packet(l, r, rng_next(&rng));
}
