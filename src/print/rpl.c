/* rpl.c: RPL, the routing protocol of low-power networks (RFC 6550 §6).
 *
 * In: the ICMPv6 message from its type on.  Out: the object and its options. */
#include "dispatch.h"

enum { HEADER = 4, ADDRESS = 16, SECURE = 0x80, PAD1 = 0 };

static const struct name_row modes[] = {
	/* RPL Mode of Operation, IANA */
	{ 0, "nonstoring" }, { 1, "storing" }, { 2, "nonstoring-multicast" },
	{ 3, "storing-multicast" }
};

static const struct name_row options[] = {
	/* RPL Control Message Options, IANA */
	{ 0, "pad1" },
	{ 1, "padN" },
	{ 2, "metrics" },
	{ 3, "routinginfo" },
	{ 4, "config" },
	{ 5, "rpltarget" },
	{ 6, "transitinfo" },
	{ 8, "destprefix" },
	{ 9, "rpltargetdesc" },
};

static void
options_print(struct printer *p, struct cursor c)
{
	uint32_t n;
	for (uint32_t at = 0; at < c.len && text_open(p); at += n) {
		unsigned type = cursor_u8(p, c, at);
		n = 1;
		if (type == PAD1) {
			text_str(p, " opt:pad1");
			continue;
		}
		unsigned len = cursor_u8(p, c, at + 1);
		n = len + 2;
		text_str(p, " opt:");
		text_name(p, options, ROWS(options), type, "subopt:%u");
		text_put(p, " len:%u ", n);
		if (n > c.len - at) {
			text_end(p);
			return;
		}
		if (p->opts.verbose > 2 && cursor_need(p, c, at, n))
			hex_plain(p, cursor_limit(cursor_skip(c, at + 2), len), " ");
	}
}

static void
behind_print(struct printer *p, struct cursor c, uint32_t at)
{
	if (p->opts.verbose > 1)
		options_print(p, cursor_skip(c, at));
}

static void
solicit_print(struct printer *p, struct cursor c)
{
	(void)c;
	text_str(p, "DODAG Information Solicitation");
}

static void
dag_print(struct printer *p, struct cursor c, uint32_t at)
{
	if (cursor_need(p, c, at, ADDRESS) && text_open(p))
		address_ip6_plain(p, c.at + at);
}

static void
information_print(struct printer *p, struct cursor c)
{
	text_str(p, "DODAG Information Object");
	if (!p->opts.verbose)
		return;
	if (c.len < 28) {
		text_put(p, " [length %u < 24] (invalid)", c.len - HEADER);
		return;
	}
	unsigned how = cursor_u8(p, c, 8);
	if (!cursor_need(p, c, 0, 28))
		return;
	text_str(p, " [dagid:");
	dag_print(p, c, 12);
	text_put(p, ",seq:%u,instance:%u,rank:%u,%smop:", cursor_u8(p, c, 9),
		cursor_u8(p, c, 4), cursor_u16(p, c, 6), how & 0x80 ? "grounded," : "");
	text_name(p, modes, ROWS(modes), how >> 3 & 7, "mop%u");
	text_put(p, ",prf:%u]", how & 7);
	behind_print(p, c, 28);
}

static void
advertise_print(struct printer *p, struct cursor c)
{
	text_str(p, "Destination Advertisement Object");
	if (!p->opts.verbose)
		return;
	unsigned flags = cursor_u8(p, c, 5);
	if (!cursor_need(p, c, 0, HEADER + 4 + ADDRESS))
		return;
	uint32_t at = HEADER + 4;
	text_str(p, " [dagid:");
	if (flags & 0x40) {
		dag_print(p, c, at);
		at += ADDRESS;
	} else
		text_str(p, "<elided>");
	text_put(p, ",seq:%u,instance:%u%s%s,flags:%02x]", cursor_u8(p, c, 7),
		cursor_u8(p, c, 4), flags & 0x80 ? ",acK" : "",
		flags & 0x40 ? ",Dagid" : "", flags);
	behind_print(p, c, at);
}

static void
acknowledge_print(struct printer *p, struct cursor c)
{
	text_str(p, "Destination Advertisement Object Ack");
	if (!p->opts.verbose)
		return;
	unsigned flags = cursor_u8(p, c, 5);
	if (!cursor_need(p, c, 0, HEADER + 4))
		return;
	uint32_t at = HEADER + 4;
	text_str(p, " [dagid:");
	if (flags & 0x80) {
		dag_print(p, c, at);
		at += ADDRESS;
	} else
		text_str(p, "<elided>");
	text_put(p, ",seq:%u,instance:%u,status:%u]", cursor_u8(p, c, 6),
		cursor_u8(p, c, 4), cursor_u8(p, c, 7));
	behind_print(p, c, at);
}

void
rpl_print(struct printer *p, struct cursor c)
{
	static void (*const forms[])(struct printer *, struct cursor) = { solicit_print,
		information_print, advertise_print, acknowledge_print };
	unsigned code = cursor_u8(p, c, 1);
	if (code & SECURE) {
		text_str(p, ", (SEC) [worktodo]");
		return;
	}
	text_str(p, ", (CLR)");
	if (code < ROWS(forms))
		forms[code](p, c);
	else
		text_put(p, "RPL message, unknown code %u", code);
}
