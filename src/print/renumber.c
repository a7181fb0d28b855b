/* renumber.c: router renumbering (RFC 2894).
 *
 * In: the ICMPv6 message from its type on.  Out: prefixes to match and to use. */
#include "dispatch.h"

enum { HEADER = 16, MATCH = 24, USE = 32, ADDRESS = 16 };

static void
prefix_print(struct printer *p, struct cursor c, uint32_t at)
{
	if (cursor_need(p, c, at, ADDRESS) && text_open(p))
		address_ip6_plain(p, c.at + at);
}

static void
header_print(struct printer *p, struct cursor c, unsigned code)
{
	static const struct name_row codes[] = { { 0, ", command" }, { 1, ", result" },
		{ 255, ", sequence number reset" } };
	static const struct name_row flags[] = { { 0x80, "T" }, { 0x40, "R" },
		{ 0x20, "A" }, { 0x10, "S" }, { 0x08, "P" } };
	text_name(p, codes, ROWS(codes), code, ", code-#%u");
	text_put(p, ", seq=%u", cursor_u32(p, c, 4));
	if (!p->opts.verbose)
		return;
	unsigned bits = cursor_u8(p, c, 9);
	uint32_t reserved = cursor_u32(p, c, 12);
	text_chr(p, '[');
	if (bits) {
		if (bits & 0xf8)
			text_bits(p, flags, ROWS(flags), bits, "");
		text_chr(p, ',');
	}
	text_put(p, "seg=%u,maxdelay=%u", cursor_u8(p, c, 8), cursor_u16(p, c, 10));
	if (reserved)
		text_put(p, "rsvd=0x%x", reserved);
	text_chr(p, ']');
}

static void
match_print(struct printer *p, struct cursor c, uint32_t at)
{
	static const struct name_row operations[] = { { 1, "add" }, { 2, "change" },
		{ 3, "setglobal" } };
	text_str(p, p->opts.verbose > 1 ? "\n\tmatch(" : " match(");
	text_name(p, operations, ROWS(operations), cursor_u8(p, c, at), "#%u");
	if (p->opts.verbose)
		text_put(p, ",ord=%u,min=%u,max=%u", cursor_u8(p, c, at + 2),
			cursor_u8(p, c, at + 4), cursor_u8(p, c, at + 5));
	text_chr(p, ',');
	prefix_print(p, c, at + 8);
	text_put(p, "/%u)", cursor_u8(p, c, at + 3));
}

static void
lifetime_print(struct printer *p, const char *name, uint32_t s)
{
	if (s == UINT32_MAX)
		text_put(p, "%s=infty,", name);
	else
		text_put(p, "%s=%u,", name, s);
}

static void
use_print(struct printer *p, struct cursor c, uint32_t at)
{
	unsigned reserved = cursor_u8(p, c, at + 12);
	text_str(p, p->opts.verbose > 1 ? "\n\tuse(" : " use(");
	if (reserved & 0x80)
		text_str(p, "V,");
	if (reserved & 0x40)
		text_str(p, "P,");
	if (p->opts.verbose) {
		unsigned mask = cursor_u8(p, c, at + 2);
		text_put(p, "mask=0x%x,raflags=0x%x,", mask, cursor_u8(p, c, at + 3));
		lifetime_print(p, "vltime", cursor_u32(p, c, at + 4));
		lifetime_print(p, "pltime", cursor_u32(p, c, at + 8));
	}
	prefix_print(p, c, at + 16);
	text_put(p, "/%u/%u)", cursor_u8(p, c, at), cursor_u8(p, c, at + 1));
}

/* Three units of eight bytes for what to match, four for each to use.  Gives the
 * offset behind, or 0 when it is cut short. */
static uint32_t
operation_print(struct printer *p, struct cursor c, uint32_t at)
{
	if (!cursor_has(c, at, MATCH))
		return 0;
	match_print(p, c, at);
	unsigned units = c.at[at + 1];
	if (units < 3 || (units - 3) % 4)
		return 0;
	for (uint32_t use = at + MATCH; use < at + units * 8; use += USE) {
		if (!cursor_has(c, use, USE))
			return 0;
		use_print(p, c, use);
	}
	return at + units * 8;
}

static void
prefixes_print(struct printer *p, struct cursor c)
{
	uint32_t at = HEADER;
	while (at != 0 && at < c.cap && text_open(p))
		at = operation_print(p, c, at);
	if (at == 0)
		text_cut(p);
}

void
renumber_print(struct printer *p, struct cursor c)
{
	unsigned code = cursor_u8(p, c, 1);
	if (!cursor_has(c, 0, HEADER)) {
		text_cut(p);
		return;
	}
	header_print(p, c, code);
	if (code == 0)
		prefixes_print(p, c);
}
