/* nd.c: the options of neighbour discovery (RFC 4861 §4.6, RFC 4191, RFC 6275,
 * RFC 8106).
 *
 * In: a cursor over the options.  Out: a line of its own for each. */
#include "dispatch.h"

enum {
	SOURCE = 1,
	TARGET = 2,
	PREFIX = 3,
	REDIRECTED = 4,
	MTU = 5,
	INTERVAL = 7,
	HOME_AGENT = 8,
	ROUTE = 24,
	RDNSS = 25,
	DNSSL = 31,
	UNIT = 8,
	ADDRESS = 16
};

static const struct name_row names[] = {
	/* IPv6 Neighbor Discovery Option Formats, IANA */
	{ SOURCE, "source link-address" },
	{ TARGET, "destination link-address" },
	{ PREFIX, "prefix info" },
	{ REDIRECTED, "redirected header" },
	{ MTU, "mtu" },
	{ INTERVAL, "advertisement interval" },
	{ HOME_AGENT, "homeagent information" },
	{ ROUTE, "route info" },
	{ RDNSS, "rdnss" },
	{ DNSSL, "dnssl" },
};

static void
seconds_print(struct printer *p, uint32_t s)
{
	if (s == UINT32_MAX)
		text_str(p, "infinity");
	else
		text_put(p, "%us", s);
}

static void
link_print(struct printer *p, struct cursor o)
{
	address_link(p, o, 2, o.len - 2, false);
}

static void
prefix_print(struct printer *p, struct cursor o)
{
	static const struct name_row flags[] = { { 0x80, "onlink" }, { 0x40, "auto" },
		{ 0x20, "router" } };
	address_ip6(p, "", o, 16);
	text_put(p, "/%u%s, Flags [", cursor_u8(p, o, 2), o.len != 32 ? "badlen" : "");
	text_bits(p, flags, ROWS(flags), cursor_u8(p, o, 3), ", ");
	text_str(p, "], valid time ");
	seconds_print(p, cursor_u32(p, o, 4));
	text_str(p, ", pref. time ");
	seconds_print(p, cursor_u32(p, o, 8));
}

static void
rest_print(struct printer *p, struct cursor o)
{
	hex_plain(p, cursor_limit(o, o.len), "\n\t    ");
}

static void
mtu_print(struct printer *p, struct cursor o)
{
	text_put(p, " %u%s", cursor_u32(p, o, 4), o.len != 8 ? "bad option length" : "");
}

static void
interval_print(struct printer *p, struct cursor o)
{
	text_put(p, " %ums", cursor_u32(p, o, 4));
}

static void
agent_print(struct printer *p, struct cursor o)
{
	text_put(p, " preference %u, lifetime %u", cursor_u16(p, o, 4),
		cursor_u16(p, o, 6));
}

static void
route_print(struct printer *p, struct cursor o)
{
	static const char *const prefs[] = { "medium", "high", "rsv", "low" };
	if (o.len > 24) {
		text_end(p);
		return;
	}
	struct cursor prefix = cursor_limit(cursor_skip(o, 8), ADDRESS);
	uint8_t addr[ADDRESS] = { 0 };
	for (uint32_t i = 0; i < prefix.len && text_open(p); i++)
		addr[i] = cursor_u8(p, prefix, i);
	address_ip6(p, " ", (struct cursor){ addr, ADDRESS, ADDRESS }, 0);
	text_put(p, "/%u, pref=%s, lifetime=", cursor_u8(p, o, 2),
		prefs[cursor_u8(p, o, 3) >> 3 & 3]);
	seconds_print(p, cursor_u32(p, o, 4));
}

static void
servers_print(struct printer *p, struct cursor o)
{
	text_put(p, " lifetime %us,", cursor_u32(p, o, 4));
	for (uint32_t at = 8; at + ADDRESS <= o.len && text_open(p); at += ADDRESS) {
		address_ip6(p, " addr: ", o, at);
	}
}

/* One name in labels (RFC 1035 §3.1, never compressed here); gives what follows. */
static uint32_t
domain_print(struct printer *p, struct cursor o, uint32_t at)
{
	text_chr(p, ' ');
	while (at < o.len && text_open(p)) {
		uint32_t n = cursor_u8(p, o, at++);
		if (n == 0)
			return at;
		if (n > o.len - at)
			break;
		text_escaped(p, o, at, n);
		text_chr(p, '.');
		at += n;
	}
	return o.len;
}

static void
domains_print(struct printer *p, struct cursor o)
{
	text_put(p, " lifetime %us, domain(s):", cursor_u32(p, o, 4));
	uint32_t at = 8;
	while (at < o.len && text_open(p) && cursor_u8(p, o, at) != 0)
		at = domain_print(p, o, at);
}

static const struct {
	uint8_t type;
	void (*print)(struct printer *, struct cursor);
} forms[] = {
	{ SOURCE, link_print },
	{ TARGET, link_print },
	{ PREFIX, prefix_print },
	{ REDIRECTED, rest_print },
	{ MTU, mtu_print },
	{ INTERVAL, interval_print },
	{ HOME_AGENT, agent_print },
	{ ROUTE, route_print },
	{ RDNSS, servers_print },
	{ DNSSL, domains_print },
};

static void
option_print(struct printer *p, struct cursor o, unsigned type)
{
	for (size_t i = 0; i < ROWS(forms); i++)
		if (forms[i].type == type) {
			forms[i].print(p, o);
			if (p->opts.verbose > 1)
				hex_plain(p, cursor_skip(o, 2), "\n\t    ");
			return;
		}
	hex_plain(p, cursor_skip(o, 2), p->opts.verbose > 1 ? "\n\t    " : "\n\t  ");
}

void
nd_options_print(struct printer *p, struct cursor c)
{
	uint32_t n;
	for (uint32_t at = 0; at < c.cap && text_open(p); at += n) {
		unsigned type = cursor_u8(p, c, at), units = cursor_u8(p, c, at + 1);
		n = units * UNIT;
		if (n == 0 || !cursor_has(c, at, n)) {
			text_end(p);
			return;
		}
		text_str(p, "\n\t  ");
		text_name(p, names, ROWS(names), type, "unknown");
		text_put(p, " option (%u), length %u (%u): ", type, n, units);
		option_print(p, cursor_limit(cursor_skip(c, at), n), type);
	}
}
