/* nodeinfo.c: node information queries (RFC 4620).
 *
 * In: the ICMPv6 message from its type on.  Out: what is asked or answered. */
#include "dispatch.h"

enum { HEADER = 16, REPLY = 140, NOOP = 0, QTYPES = 1, NAME = 2, ADDRESSES = 3 };

static const struct name_row flags[] = {
	/* RFC 4620 §6.3.  In the order that is printed. */
	{ 0x40, "a" },
	{ 0x20, "G" },
	{ 0x10, "S" },
	{ 0x08, "L" },
	{ 0x04, "C" },
	{ 0x02, "A" },
	{ 0x01, "T" },
};

static void
flags_print(struct printer *p, unsigned bits, unsigned mask)
{
	if (!bits)
		return;
	text_str(p, " [");
	if (bits & mask)
		text_bits(p, flags, ROWS(flags), bits & mask, "");
	text_chr(p, ']');
}

static void
qtype_print(struct printer *p, struct cursor c, unsigned mask)
{
	static const struct name_row names[] = { { NOOP, "noop" },
		{ QTYPES, "supported qtypes" }, { NAME, "DNS name" },
		{ ADDRESSES, "node addresses" } };
	unsigned qtype = cursor_u16(p, c, 4), bits = cursor_u16(p, c, 6);
	text_name(p, names, ROWS(names), qtype, "unknown");
	if (qtype == QTYPES && bits)
		text_str(p, bits & 1 ? " [C]" : " []");
	if (qtype == ADDRESSES)
		flags_print(p, bits, mask);
}

/* Labels, of which the last is empty at the end of the message: what is left out
 * there makes the name a relative one. */
static void
labels_print(struct printer *p, struct cursor c, uint32_t at)
{
	while (at < c.cap && text_open(p)) {
		uint32_t n = cursor_u8(p, c, at++);
		if (n == 0) {
			if (at == c.cap)
				text_chr(p, '.');
			else if (at + 1 != c.cap || cursor_u8(p, c, at) != 0)
				text_str(p, "???");
			return;
		}
		if (n > c.cap - at) {
			text_str(p, "???");
			return;
		}
		text_escaped(p, c, at, n);
		at += n;
		if (at < c.cap && cursor_u8(p, c, at) != 0)
			text_chr(p, '.');
	}
}

/* A counted string, as old drafts have it, or labels. */
static void
name_print(struct printer *p, struct cursor c, uint32_t at)
{
	bool old = at < c.cap && cursor_u8(p, c, at) == c.cap - at - 1;
	text_str(p, old ? ", 03 draft, \"" : ", \"");
	if (old)
		text_escaped(p, c, at + 1, c.cap - at - 1);
	else
		labels_print(p, c, at);
	text_chr(p, '"');
}

static void
query_print(struct printer *p, struct cursor c)
{
	unsigned qtype = cursor_u16(p, c, 4), code = cursor_u8(p, c, 1);
	text_str(p, " (");
	qtype_print(p, c, 0x7e);
	if (qtype == NOOP || qtype == QTYPES) {
		if (c.cap != HEADER && p->opts.verbose)
			text_str(p, ", invalid len");
	} else if (c.cap == HEADER)
		text_str(p, ", 03 draft");
	else if (code == 0 || code == 2) {
		uint32_t want = code == 0 ? 16 : 4;
		if (c.cap - HEADER != want) {
			text_str(p, p->opts.verbose && c.cap > HEADER + want
					    ? ", invalid subject len"
					    : "");
		} else {
			text_str(p, ", subject=");
			if (code == 0)
				address_ip6(p, "", c, HEADER);
			else
				address_ip4(p, "", c, HEADER);
		}
	} else if (code == 1) {
		text_str(p, ", subject=DNS name");
		name_print(p, c, HEADER);
	} else
		text_str(p, ", unknown subject");
	text_chr(p, ')');
}

static void
reply_print(struct printer *p, struct cursor c)
{
	unsigned qtype = cursor_u16(p, c, 4), code = cursor_u8(p, c, 1);
	text_str(p, " (");
	if (code == 0)
		text_str(p, p->opts.verbose ? "success" : "");
	else
		text_str(p, code == 1 ? "refused" : "unknown");
	if (code != 0) {
		text_chr(p, ')');
		return;
	}
	text_str(p, p->opts.verbose ? ", " : "");
	qtype_print(p, c, 0x7f);
	if ((qtype == NOOP || qtype == QTYPES) && c.cap != HEADER && p->opts.verbose)
		text_str(p, ", invalid length");
	if (qtype == NAME) {
		if (c.cap < HEADER + 4)
			text_str(p, p->opts.verbose ? ", invalid length" : "");
		else
			name_print(p, c, HEADER + 4);
		if (c.cap >= HEADER + 4 && cursor_u16(p, c, 6) & 1)
			text_put(p, " [TTL=%u]", cursor_u32(p, c, HEADER));
	}
	if (qtype == ADDRESSES)
		for (uint32_t at = HEADER; at + 20 <= c.cap && text_open(p); at += 20) {
			address_ip6(p, " ", c, at + 4);
			text_put(p, "(%u)", cursor_u32(p, c, at));
		}
	text_chr(p, ')');
}

void
nodeinfo_print(struct printer *p, struct cursor c)
{
	/* What is not captured is taken for not sent. */
	if (c.cap < HEADER) {
		text_cut(p);
		return;
	}
	if (cursor_u8(p, c, 0) == REPLY)
		reply_print(p, c);
	else
		query_print(p, c);
}
