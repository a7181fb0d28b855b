/* ip_options.c: the options of an IPv4 header (RFC 791 §3.1, RFC 2113).
 *
 * In: a cursor over the options.  Out: their names and values, commas between. */
#include "dispatch.h"

enum {
	EOL = 0,
	NOP = 1,
	RR = 7,
	TIMESTAMP = 68,
	LSRR = 131,
	SSRR = 137,
	ALERT = 148,
	HOP = 4 /* bytes of an address or a time */
};

static const struct name_row names[] = {
	/* IP Option Numbers, IANA */
	{ EOL, "EOL" },
	{ NOP, "NOP" },
	{ RR, "RR" },
	{ TIMESTAMP, "timestamp" },
	{ 82, "traceroute" },
	{ 130, "security" },
	{ LSRR, "LSRR" },
	{ SSRR, "SSRR" },
	{ ALERT, "RA" },
};

/* `o` from the type on, n bytes by its length.  What is wrong is said, and then
 * printed as far as it goes, beyond the option too.  Type, length, pointer (from 1, to
 * the next free place), addresses. */
static void
route_print(struct printer *p, struct cursor o, uint32_t n)
{
	if (n < 3) {
		text_put(p, " [bad length %u]", n);
		return;
	}
	if ((n + 1) & 3)
		text_put(p, " [bad length %u]", n);
	unsigned ptr = cursor_u8(p, o, 2) - 1u;
	if (ptr < 3 || ptr > n || ((ptr + 1) & 3))
		text_put(p, " [bad ptr %u]", cursor_u8(p, o, 2));
	for (uint32_t at = 3; at < n && text_open(p); at += HOP) {
		address_ip4(p, " ", o, at);
		if (ptr > at)
			text_chr(p, ',');
	}
}

static void
times_print(struct printer *p, struct cursor o, uint32_t n)
{
	static const char *const kinds[] = { "TSONLY", "TS+ADDR", NULL, "PRESPEC" };
	if (n < 4) {
		text_put(p, "[bad length %u]", n);
		return;
	}
	text_str(p, " TS{");
	unsigned how = cursor_u8(p, o, 3), kind = how & 15;
	uint32_t hop = kind != 0 ? 8 : 4;
	if ((n - 4) & (hop - 1))
		text_put(p, "[bad length %u]", n);
	unsigned next = cursor_u8(p, o, 2) - 1u;
	if (next < 4 || next > n || (next - 4) % hop)
		text_put(p, "[bad ptr %u]", cursor_u8(p, o, 2));
	if (kind < ROWS(kinds) && kinds[kind])
		text_str(p, kinds[kind]);
	else {
		text_put(p, "[bad ts type %u]", kind);
		goto done;
	}
	const char *mark = " ";
	for (uint32_t at = 4; at < n && text_open(p); at += hop) {
		if (next == at)
			mark = " ^ ";
		text_put(p, "%s%u@", mark, cursor_u32(p, o, at + hop - 4));
		if (hop == 8)
			address_ip4(p, "", o, at);
		mark = " ";
	}
done:
	text_str(p, next == n ? " ^ " : "");
	if (how >> 4)
		text_put(p, " [%u hops not recorded]} ", how >> 4);
	else
		text_chr(p, '}');
}

static void
alert_print(struct printer *p, struct cursor o, uint32_t n)
{
	if (n < 4)
		text_put(p, " [bad length %u]", n);
	else if (cursor_u16(p, o, 2) != 0)
		text_put(p, " value %u", cursor_u16(p, o, 2));
}

static void
value_print(struct printer *p, struct cursor o, uint32_t n, unsigned type)
{
	switch (type) {
	case RR:
	case LSRR:
	case SSRR: route_print(p, o, n); break;
	case TIMESTAMP: times_print(p, o, n); break;
	case ALERT: alert_print(p, o, n); break;
	}
}

void
ip_options_print(struct printer *p, struct cursor c)
{
	const char *sep = "";
	uint32_t n;
	for (uint32_t at = 0; at < c.len && text_open(p); at += n) {
		unsigned type = cursor_u8(p, c, at);
		text_str(p, sep);
		sep = ",";
		text_name(p, names, ROWS(names), type, "unknown %u");
		n = 1;
		if (type == EOL)
			return;
		if (type == NOP)
			continue;
		n = cursor_u8(p, c, at + 1);
		if (n < 2 || n > c.len - at) {
			text_put(p, " [bad length %u]", n);
			return;
		}
		value_print(p, cursor_skip(c, at), n, type);
	}
}
