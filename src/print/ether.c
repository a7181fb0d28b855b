/* ether.c: Ethernet II with VLAN tags (IEEE 802.3 §3.2, IEEE 802.1Q §9.3).
 *
 * In: the frame.  Out: with -e the header; then the payload by its ethertype. */
#include "dispatch.h"

enum { MAC = 6, HEADER = 14, TAG = 4, MAX_LENGTH = 1500 /* above: an ethertype */ };

static const uint16_t tags[] = { 0x8100, 0x88a8, 0x9100, 0x9200 };

static bool
is_tag(unsigned type)
{
	for (size_t i = 0; i < ROWS(tags); i++)
		if (tags[i] == type)
			return true;
	return false;
}

void
ether_type_print(struct printer *p, unsigned type)
{
	const struct ether_row *row = dispatch_ether(type);
	if (!p->opts.quiet)
		text_put(p, "ethertype %s (0x%04x)", row ? row->name : "Unknown", type);
	else if (row)
		text_str(p, row->name);
	else
		text_put(p, "Unknown Ethertype (0x%04x)", type);
}

static void
header_print(struct printer *p, struct cursor c, unsigned type, uint32_t len)
{
	address_mac(p, "", c, MAC);
	address_mac(p, " > ", c, 0);
	text_str(p, ", ");
	if (type <= MAX_LENGTH)
		text_str(p, "802.3");
	else
		ether_type_print(p, type);
	text_put(p, ", length %u: ", len);
}

/* Prints the tags; gives the ethertype behind them. */
static unsigned
tags_print(struct printer *p, struct cursor *c, unsigned type)
{
	const bool e = p->opts.link_header;
	bool some = false;
	for (;; some = true) {
		bool tag = is_tag(type);
		if (tag) {
			p->proto = "vlan";
			if (!cursor_need(p, *c, 0, TAG))
				return type;
		}
		if (e && some && type > MAX_LENGTH) {
			ether_type_print(p, type);
			text_str(p, ", ");
		}
		if (!tag || !text_open(p))
			return type;
		unsigned tci = cursor_u16(p, *c, 0);
		if (e)
			text_put(p, "vlan %u, p %u%s, ", tci & 0xfff, tci >> 13,
				tci & 0x1000 ? ", DEI" : "");
		type = cursor_u16(p, *c, 2);
		*c = cursor_skip(*c, TAG);
		p->link_len += TAG;
	}
}

void
ether_print(struct printer *p, struct cursor frame)
{
	p->proto = "ether";
	if (!cursor_need(p, frame, 0, HEADER))
		return;
	unsigned type = cursor_u16(p, frame, 2 * MAC);
	struct cursor c = cursor_skip(frame, HEADER);
	p->link_len = HEADER;
	if (p->opts.link_header)
		header_print(p, frame, type, frame.len);
	type = tags_print(p, &c, type);
	const struct ether_row *row = type > MAX_LENGTH ? dispatch_ether(type) : NULL;
	if (row && row->print) {
		row->print(p, c);
		return;
	}
	if (!p->opts.link_header)
		header_print(p, frame, type, frame.len);
	hex_unknown(p, c, c.cap);
}
