/* mld.c: version 2 of multicast listener discovery (RFC 3810).
 *
 * In: the ICMPv6 message from its type on.  Out: groups and their sources. */
#include "dispatch.h"

enum { ADDRESS = 16, QUERY = 28, REPORT = 8, RECORD = 20 };

static void
sources_print(struct printer *p, struct cursor c, uint32_t at, unsigned count)
{
	text_str(p, " {");
	for (; count-- > 0 && text_open(p); at += ADDRESS) {
		address_ip6(p, " ", c, at);
	}
	text_str(p, " }");
}

/* RFC 3810 §5.1.3 and §5.1.9: a small floating point number. */
static uint32_t
expand(unsigned v, unsigned bits)
{
	unsigned top = 1u << (bits + 3);
	if (v < top)
		return v;
	unsigned exponent = v >> bits & 7;
	return ((v & ((1u << bits) - 1)) | 1u << bits) << (exponent + 3);
}

void
mld2_query_print(struct printer *p, struct cursor c)
{
	bool v = p->opts.verbose != 0;
	text_str(p, " v2");
	if (v)
		text_put(p, " [max resp delay=%u]", expand(cursor_u16(p, c, 4), 12));
	address_ip6(p, " [gaddr ", c, 8);
	if (v) {
		unsigned bits = cursor_u8(p, c, 24);
		if (bits & 8)
			text_str(p, " sflag");
		if (bits & 7)
			text_put(p, " robustness=%u", bits & 7);
		text_put(p, " qqi=%u", expand(cursor_u8(p, c, 25), 4));
	}
	unsigned count = cursor_u16(p, c, 26);
	if (count > 0) {
		if (c.len < QUERY + count * ADDRESS)
			text_str(p, " [invalid number of sources]");
		else if (p->opts.verbose > 1)
			sources_print(p, c, QUERY, count);
		else
			text_put(p, ", %u source(s)", count);
	}
	text_chr(p, ']');
}

/* Gives the offset behind the record; c.len or more: no more of them. */
static uint32_t
record_print(struct printer *p, struct cursor c, uint32_t at)
{
	static const struct name_row types[] = { /* RFC 3810 §5.2.12 */
		{ 1, "is_in" }, { 2, "is_ex" }, { 3, "to_in" }, { 4, "to_ex" },
		{ 5, "allow" }, { 6, "block" }
	};
	unsigned type = cursor_u8(p, c, at), count = cursor_u16(p, c, at + 2);
	address_ip6(p, " [gaddr ", c, at + 4);
	text_chr(p, ' ');
	text_name(p, types, ROWS(types), type, " [v2-report-#%u]");
	uint32_t next = at + RECORD + count * ADDRESS;
	if (c.len < next) {
		text_put(p, " [invalid number of sources %u]", count);
		return c.len;
	}
	if (p->opts.verbose > 1)
		sources_print(p, c, at + RECORD, count);
	else
		text_put(p, ", %u source(s)", count);
	text_chr(p, ']');
	return next;
}

void
mld2_report_print(struct printer *p, struct cursor c)
{
	unsigned count = cursor_u16(p, c, 6);
	text_put(p, ", %u group record(s)", count);
	if (!p->opts.verbose)
		return;
	uint32_t at = REPORT;
	for (; count-- > 0 && text_open(p);) {
		if (c.len < at + RECORD) {
			text_str(p, " [invalid number of groups]");
			return;
		}
		at = record_print(p, c, at);
	}
}
