/* hex.c: bytes in blocks of sixteen: -x, -X, -A, and data that no printer knows.
 *
 * In: a cursor.  Out: lines of text, each begun by a line break. */
#include "printer.h"

enum { PER_LINE = 16, GROUPS_WIDTH = 40 /* of eight groups of two bytes */ };

static const char digits[] = "0123456789abcdef";

/* Groups of two bytes, a space before each; gives the columns used. */
static size_t
groups(char *to, const uint8_t *b, uint32_t n)
{
	char *at = to;
	for (uint32_t i = 0; i < n; i++) {
		if (i % 2 == 0)
			*at++ = ' ';
		*at++ = digits[b[i] >> 4];
		*at++ = digits[b[i] & 15];
	}
	return (size_t)(at - to);
}

static bool
graphic(uint8_t b)
{
	return b > 0x20 && b < 0x7f;
}

static void
lines(struct printer *p, struct cursor c, const char *prefix, bool ascii)
{
	for (uint32_t off = 0; off < c.cap && text_open(p); off += PER_LINE) {
		const struct cursor row = cursor_limit(cursor_skip(c, off), PER_LINE);
		char line[GROUPS_WIDTH + 2 + PER_LINE];
		size_t at = groups(line, row.at, row.cap);
		text_put(p, "%s0x%04x: ", prefix, off);
		while (ascii && at < GROUPS_WIDTH + 2)
			line[at++] = ' ';
		for (uint32_t i = 0; ascii && i < row.cap; i++)
			line[at++] = graphic(row.at[i]) ? (char)row.at[i] : '.';
		text_bytes(p, line, at);
	}
}

void
hex_ascii(struct printer *p, struct cursor c, const char *prefix)
{
	lines(p, c, prefix, true);
}

void
hex_plain(struct printer *p, struct cursor c, const char *prefix)
{
	lines(p, c, prefix, false);
}

void
hex_unknown(struct printer *p, struct cursor c, uint32_t len)
{
	if (!p->hex_follows)
		hex_ascii(p, cursor_limit(c, len), "\n\t");
}

/* As it is, but what does not print is a dot, and the CR of a line end goes. */
static void
ascii(struct printer *p, struct cursor c)
{
	text_chr(p, '\n');
	for (uint32_t i = 0; i < c.cap; i++) {
		uint8_t b = c.at[i];
		if (b == '\r' && i + 1 < c.cap && c.at[i + 1] == '\n')
			continue;
		bool kept = graphic(b) || b == '\t' || b == ' ' || b == '\n';
		text_chr(p, kept ? (char)b : '.');
	}
}

void
hex_packet(struct printer *p, struct cursor packet)
{
	const struct print_opts *o = &p->opts;
	unsigned twice = o->hex | o->hex_ascii | o->ascii;
	struct cursor c = twice > 1 ? packet : cursor_skip(packet, p->link_len);
	if (c.cap == 0)
		return;
	if (o->hex_ascii)
		hex_ascii(p, c, "\n\t");
	else if (o->hex)
		hex_plain(p, c, "\n\t");
	else if (o->ascii)
		ascii(p, c);
}
