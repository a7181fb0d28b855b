/* ip6_routing.c: the routing header (RFC 5095, RFC 6275 §6.4, RFC 8754) and the
 * fragment header (RFC 8200 §4.5) of IPv6.
 *
 * In: the extension header.  Out: its fields and addresses. */
#include "dispatch.h"

enum { SOURCE = 0, MOBILE = 2, SEGMENTS = 4, ADDRESS = 16, UNIT = 8 };

static void
addresses_print(struct printer *p, struct cursor c, unsigned count)
{
	for (unsigned i = 0; i < count && text_open(p); i++) {
		if (!cursor_need(p, c, UNIT + i * ADDRESS, ADDRESS))
			return;
		text_put(p, ", [%u]", i);
		address_ip6(p, "", c, UNIT + i * ADDRESS);
	}
}

/* false: a length that is wrong; nothing is printed behind it. */
static bool
source_print(struct printer *p, struct cursor c, unsigned units)
{
	uint32_t reserved = cursor_u32(p, c, 4);
	if (reserved || p->opts.verbose)
		text_put(p, ", rsv=0x%x", reserved);
	if (units % 2) {
		text_put(p, " (invalid length %u) (invalid)", units);
		return false;
	}
	addresses_print(p, c, units / 2);
	text_str(p, ") ");
	return true;
}

/* What follows the segment list: type, length, value (RFC 8754 §2.1). */
static void
tlvs_print(struct printer *p, struct cursor c, uint32_t at, uint32_t end)
{
	static const struct name_row names[] = { { 0, "Pad1" }, { 1, "Reserved" },
		{ 2, "Reserved" }, { 3, "Reserved" }, { 4, "PadN" }, { 5, "HMAC" } };
	while (at < end && text_open(p)) {
		unsigned type = cursor_u8(p, c, at);
		text_str(p, ", TLV-type=");
		text_name(p, names, ROWS(names), type, "Unknown");
		text_put(p, "(%u)", type);
		if (type == 0) {
			at++;
			continue;
		}
		unsigned len = cursor_u8(p, c, at + 1);
		text_put(p, ", TLV-len=%u", len);
		at += len + 2;
	}
}

static void
segments_print(struct printer *p, struct cursor c, unsigned units)
{
	unsigned last = cursor_u8(p, c, 4), flags = cursor_u8(p, c, 5);
	text_put(p, ", last-entry=%u", last);
	if (flags || p->opts.verbose)
		text_put(p, ", flags=0x%0x", flags);
	text_put(p, ", tag=%x", cursor_u16(p, c, 6));
	unsigned count = last + 1 < units / 2 ? last + 1 : units / 2;
	addresses_print(p, c, count);
	tlvs_print(p, c, UNIT + count * ADDRESS, (units + 1) * UNIT);
	text_str(p, ") ");
}

uint32_t
ip6_routing_print(struct printer *p, struct cursor c, struct cursor *dst)
{
	p->proto = "rt6";
	text_str(p, "RT6");
	unsigned units = cursor_u8(p, c, 1);
	text_put(p, " (len=%u", units);
	unsigned type = cursor_u8(p, c, 2);
	text_put(p, ", type=%u", type);
	if (type == SOURCE)
		text_str(p, " [Deprecated]");
	text_put(p, ", segleft=%u", cursor_u8(p, c, 3));
	if (type == SEGMENTS)
		segments_print(p, c, units);
	else if (type != SOURCE && type != MOBILE) {
		text_str(p, " (unknown type) (invalid)");
		return 0;
	} else if (!source_print(p, c, units))
		return 0;
	uint32_t last = type == SEGMENTS ? UNIT : (units - 1) * UNIT;
	if (units && cursor_u8(p, c, 3) && cursor_has(c, last, ADDRESS))
		*dst = cursor_limit(cursor_skip(c, last), ADDRESS);
	return (units + 1) * UNIT;
}

bool
ip6_fragment_print(struct printer *p, struct cursor c, bool *fragment)
{
	p->proto = "frag6";
	text_str(p, "frag (");
	if (!cursor_need(p, c, 0, UNIT))
		return false;
	unsigned word = cursor_u16(p, c, 2);
	if (p->opts.verbose)
		text_put(p, "0x%08x:", cursor_u32(p, c, 4));
	text_put(p, "%u|%u)", word & 0xfff8, c.len - UNIT);
	*fragment = true;
	if (word & 0xfff8)
		return false;
	text_chr(p, ' ');
	return true;
}
