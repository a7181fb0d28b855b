/* icmp_extension.c: what an ICMP message carries in objects (RFC 4884, RFC 4950,
 * RFC 5837, RFC 8335), for ICMP and ICMPv6.
 *
 * In: the message from its type on.  Out: lines of their own below it. */
#include "dispatch.h"

enum { QUOTE = 8, QUOTE_MIN = 128, HEADER = 4, OBJECT = 4, VERSION = 2 };

static const struct name_row classes[] = {
	/* ICMP Extension Object Classes, IANA */
	{ 1, "MPLS Stack Entry" },
	{ 2, "Interface Information" },
	{ 3, "Interface Identification" },
};

static void
labels_print(struct printer *p, struct cursor o, unsigned type)
{
	(void)type;
	if (o.len < 4)
		return;
	uint32_t label = cursor_u32(p, o, 0);
	text_put(p, "\n\t    label %u, tc %u", label >> 12, label >> 9 & 7);
	if (label & 0x100)
		text_str(p, ", [S]");
	text_put(p, ", ttl %u", label & 0xff);
}

static void
name_print(struct printer *p, struct cursor o, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && text_open(p); i++) {
		uint8_t b = cursor_u8(p, o, i);
		if (b == 0)
			return;
		text_escaped(p, o, i, 1);
	}
}

/* RFC 5837 §4.1: the bits of the type say what is there, in this order. */
static void
interface_print(struct printer *p, struct cursor o, unsigned type)
{
	static const char *const roles[] = { "Incoming IP Interface",
		"Sub-IP Component of Incoming IP Interface", "Outgoing IP Interface",
		"IP Next-Hop" };
	uint32_t at = 0;
	text_put(p, "\n\t    Interface Role: %s", roles[type >> 6 & 3]);
	if (type & 8) {
		if (o.len < at + 4)
			return;
		text_put(p, "\n\t    Interface Index: %u", cursor_u32(p, o, at));
		at += 4;
	}
	if (type & 4) {
		if (o.len < at + 8)
			return;
		bool six = cursor_u16(p, o, at) == 2;
		if (o.len < at + 4 + (six ? 16 : 4))
			return;
		text_str(p, "\n\t    IP Address sub-object: ");
		if (six)
			address_ip6(p, "", o, at + 4);
		else
			address_ip4(p, "", o, at + 4);
		at += 4 + (six ? 16 : 4);
	}
	if (type & 2) {
		if (o.len < at + 1)
			return;
		uint32_t n = cursor_u8(p, o, at);
		if (n == 0 || n > o.len - at)
			return;
		text_put(p, "\n\t    Interface Name, length %u: ", n);
		name_print(p, o, at + 1, at + n);
		at += n;
	}
	if ((type & 1) && o.len >= at + 4)
		text_put(p, "\n\t    MTU Value: %u", cursor_u32(p, o, at));
}

/* RFC 8335 §2.1 */
static void
identity_print(struct printer *p, struct cursor o, unsigned type)
{
	if (type == 1) {
		text_put(p, "\n\t    Interface Name, length %u: ", o.len);
		name_print(p, o, 0, o.len);
	} else if (type == 2 && o.len >= 4)
		text_put(p, "\n\t    Interface Index: %u", cursor_u32(p, o, 0));
	else if (type == 3 && o.len >= 8) {
		bool six = cursor_u16(p, o, 0) == 2;
		text_str(p, "\n\t    Interface Address: ");
		if (six)
			address_ip6(p, "", o, 4);
		else
			address_ip4(p, "", o, 4);
	} else
		hex_plain(p, cursor_limit(o, o.len), "\n\t    ");
}

static void
object_print(struct printer *p, struct cursor o, unsigned class, unsigned type)
{
	if (class == 1 && type == 1)
		labels_print(p, o, type);
	else if (class == 2)
		interface_print(p, o, type);
	else if (class == 3)
		identity_print(p, o, type);
	else
		hex_plain(p, cursor_limit(o, o.len), "\n\t    ");
}

/* From the extension header on: `, checksum …` and the objects. */
static void
structure_print(struct printer *p, struct cursor c)
{
	if (cursor_has(c, 0, c.len))
		text_put(p, ", checksum 0x%04x (%scorrect), length %u",
			cursor_u16(p, c, 2), checksum(c, c.len, 0) ? "in" : "", c.len);
	uint32_t n;
	for (uint32_t at = HEADER; at + OBJECT < c.len && text_open(p); at += n) {
		n = cursor_u16(p, c, at);
		unsigned class = cursor_u8(p, c, at + 2), type = cursor_u8(p, c, at + 3);
		text_str(p, "\n\t  ");
		text_name(p, classes, ROWS(classes), class, "Unknown");
		text_put(p, " Object (%u), Class-Type: %u, length %u", class, type, n);
		if (n < OBJECT || n > c.len - at)
			return;
		object_print(p, cursor_skip(cursor_limit(cursor_skip(c, at), n), OBJECT),
			class, type);
	}
}

void
icmp_extension_print(struct printer *p, struct cursor c)
{
	/* RFC 4884 §4: the quote in words; 0 of those who do not know of it. */
	uint32_t words = cursor_has(c, 5, 1) ? c.at[5] : 0;
	uint32_t quote = words * 4 > QUOTE_MIN ? words * 4 : QUOTE_MIN;
	if (c.len < QUOTE + quote + HEADER)
		return;
	struct cursor x = cursor_skip(c, QUOTE + quote);
	unsigned version = cursor_u8(p, x, 0) >> 4;
	if (version != VERSION && words == 0)
		return;
	text_put(p, "\n\tICMP Multi-Part extension v%u", version);
	if (version == VERSION)
		structure_print(p, x);
	else
		text_str(p, " packet not supported");
}

void
icmp_extended_echo_print(struct printer *p, struct cursor c)
{
	text_put(p, "\n\t%s Interface", cursor_u8(p, c, 7) & 1 ? "Local" : "Remote");
	/* RFC 8335 §2: one object; what is behind it is padding. */
	struct cursor x = cursor_skip(c, QUOTE);
	uint32_t n = HEADER + cursor_u16(p, x, HEADER);
	if (cursor_need(p, x, 0, n))
		structure_print(p, cursor_limit(x, n));
}

/* RFC 8335 §3 */
void
icmp_extended_reply_print(struct printer *p, struct cursor c)
{
	static const struct name_row codes[] = {
		{ 0, "No error" },
		{ 1, "Malformed Query" },
		{ 2, "No Such Interface" },
		{ 3, "No Such Table Entry" },
		{ 4, "Multiple Interfaces Satisfy Query" },
	};
	static const struct name_row states[] = {
		{ 0, "Reserved" },
		{ 1, "Incomplete" },
		{ 2, "Reachable" },
		{ 3, "Stale" },
		{ 4, "Delay" },
		{ 5, "Probe" },
		{ 6, "Failed" },
	};
	unsigned code = cursor_u8(p, c, 1), bits = cursor_u8(p, c, 7);
	text_put(p, "\n\tCode %u (", code);
	text_name(p, codes, ROWS(codes), code, "Unknown");
	text_put(p, "), State %u (", bits >> 5);
	text_name(p, states, ROWS(states), bits >> 5, "Unknown");
	text_put(p, "), active %u ipv4 %u ipv6 %u", bits >> 2 & 1, bits >> 1 & 1,
		bits & 1);
}
