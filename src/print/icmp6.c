/* icmp6.c: ICMPv6 (RFC 4443), neighbour discovery (RFC 4861), multicast listener
 * discovery (RFC 2710), mobility (RFC 6275).
 *
 * In: the message and its network header.  Out: what it says; under -v its
 * checksum and options, below it. */
#include "dispatch.h"

enum { HEADER = 8, ADDRESS = 16, INNER = 40, ICMP6 = 58 };
enum {
	UNREACHABLE = 1,
	QUERY = 130,
	SOLICIT = 133,
	EXTENDED_ECHO = 160,
	EXTENDED_REPLY = 161
};

struct icmp6 {
	struct cursor c;
	unsigned type, code;
	bool done; /* nothing is to follow, not even the length */
};

static void
dump(struct printer *p, const struct icmp6 *m)
{
	hex_plain(p, cursor_limit(m->c, m->c.len), "\n\t");
}

/* Offset of the UDP or TCP header in the quoted packet `q`, behind extension
 * headers; 0: not captured, or of another protocol. */
static uint32_t
quoted_transport(struct cursor q, unsigned *proto)
{
	if (!cursor_has(q, 0, INNER))
		return 0;
	unsigned next = q.at[6];
	uint32_t at = INNER;
	while (cursor_has(q, at, 4)) {
		const uint8_t *h = q.at + at;
		*proto = next;
		if (next == 6 || next == 17)
			return at;
		next = h[0];
		if (*proto == 0 || *proto == 43 || *proto == 60)
			at += (h[1] + 1u) * 8;
		else if (*proto == 51)
			at += (h[1] + 2u) * 4;
		else if (*proto == 44 && ((h[2] << 8 | h[3]) & 0xfff8) == 0)
			at += 8;
		else
			return 0;
	}
	return 0;
}

static void
port_print(struct printer *p, const struct icmp6 *m)
{
	struct cursor q = cursor_skip(m->c, HEADER);
	unsigned proto = 0;
	uint32_t at = quoted_transport(q, &proto);
	if (!at) {
		text_end(p);
		return;
	}
	address_ip6(p, ", ", q, 24);
	text_put(p, " %s port ", proto == 6 ? "tcp" : "udp");
	address_port(p, proto, cursor_u16(p, q, at + 2));
}

static void
unreachable_print(struct printer *p, struct icmp6 *m)
{
	static const struct name_row codes[] = {
		/* ICMPv6 Codes, IANA */
		{ 0, "unreachable route" },
		{ 1, " unreachable prohibited" },
		{ 2, "beyond scope" },
		{ 3, "unreachable address" },
		{ 4, "unreachable port" },
	};
	struct cursor q = cursor_skip(m->c, HEADER);
	text_str(p, ", ");
	text_name(p, codes, ROWS(codes), m->code, "unknown unreach code (%u)");
	if (m->code > 4) {
		if (p->opts.verbose <= 1)
			dump(p, m);
		m->done = true;
		return;
	}
	if (!cursor_need(p, q, 0, INNER))
		return;
	if (m->code == 4)
		port_print(p, m);
	else {
		address_ip6(p, " ", q, 24);
		if (m->code == 2) {
			address_ip6(p, ", source address ", q, 8);
		}
	}
}

static void
too_big_print(struct printer *p, struct icmp6 *m)
{
	text_put(p, ", mtu %u", cursor_u32(p, m->c, 4));
}

static void
exceeded_print(struct printer *p, struct icmp6 *m)
{
	if (m->code == 0) {
		address_ip6(p, " for ", cursor_skip(m->c, HEADER), 24);
	} else if (m->code == 1)
		text_str(p, " (reassembly)");
	else
		text_put(p, ", unknown code (%u)", m->code);
}

static void
parameter_print(struct printer *p, struct icmp6 *m)
{
	static const char *const kinds[] = { "erroneous", "next header", "option",
		"incomplete header chain" };
	if (!cursor_need(p, m->c, HEADER, INNER))
		return;
	if (m->code < ROWS(kinds))
		text_put(p, ", %s - octet %u", kinds[m->code], cursor_u32(p, m->c, 4));
	else
		text_put(p, ", code-#%u", m->code);
}

static void
echo_print(struct printer *p, struct icmp6 *m)
{
	text_put(p, ", id %u, seq %u", cursor_u16(p, m->c, 4), cursor_u16(p, m->c, 6));
}

static void
extended_print(struct printer *p, struct icmp6 *m)
{
	text_put(p, ", id %u, seq %u", cursor_u16(p, m->c, 4), cursor_u8(p, m->c, 6));
	if (!p->opts.verbose)
		return;
	if (m->type == EXTENDED_ECHO)
		icmp_extended_echo_print(p, m->c);
	else
		icmp_extended_reply_print(p, m->c);
}

static void
listener_print(struct printer *p, struct icmp6 *m)
{
	if (!cursor_has(m->c, 0, HEADER + ADDRESS))
		return;
	text_put(p, "max resp delay: %u ", cursor_u16(p, m->c, 4));
	address_ip6(p, "addr: ", m->c, HEADER);
}

static void
query_print(struct printer *p, struct icmp6 *m)
{
	if (m->c.len == HEADER + ADDRESS)
		listener_print(p, m);
	else if (m->c.len >= HEADER + ADDRESS + 4)
		mld2_query_print(p, m->c);
	else
		text_put(p, " unknown-version (len %u) ", m->c.len);
}

static void
report2_print(struct printer *p, struct icmp6 *m)
{
	mld2_report_print(p, m->c);
}

static void
solicit_print(struct printer *p, struct icmp6 *m)
{
	if (p->opts.verbose)
		nd_options_print(p, cursor_skip(m->c, HEADER));
}

static void
advert_print(struct printer *p, struct icmp6 *m)
{
	static const struct name_row flags[] = { { 0x80, "managed" },
		{ 0x40, "other stateful" }, { 0x20, "home agent" },
		{ 0x02, "ipv6 only" } };
	static const char *const prefs[] = { "medium", "high", "rsv", "low" };
	if (!p->opts.verbose)
		return;
	if (!cursor_need(p, m->c, 0, 16))
		return;
	unsigned bits = cursor_u8(p, m->c, 5);
	text_put(p, "\n\thop limit %u, Flags [", cursor_u8(p, m->c, 4));
	text_bits(p, flags, ROWS(flags), bits, ", ");
	text_put(p,
		"], pref %s, router lifetime %us, reachable time %ums, retrans timer "
		"%ums",
		prefs[bits >> 3 & 3], cursor_u16(p, m->c, 6), cursor_u32(p, m->c, 8),
		cursor_u32(p, m->c, 12));
	nd_options_print(p, cursor_skip(m->c, 16));
}

static void
neighbor_solicit_print(struct printer *p, struct icmp6 *m)
{
	address_ip6(p, ", who has ", m->c, HEADER);
	if (p->opts.verbose)
		nd_options_print(p, cursor_skip(m->c, HEADER + ADDRESS));
}

static void
neighbor_advert_print(struct printer *p, struct icmp6 *m)
{
	static const struct name_row flags[] = { { 0x80, "router" },
		{ 0x40, "solicited" }, { 0x20, "override" } };
	address_ip6(p, ", tgt is ", m->c, HEADER);
	if (!p->opts.verbose)
		return;
	text_str(p, ", Flags [");
	text_bits(p, flags, ROWS(flags), cursor_u8(p, m->c, 4), ", ");
	text_chr(p, ']');
	nd_options_print(p, cursor_skip(m->c, HEADER + ADDRESS));
}

static void
redirect_print(struct printer *p, struct icmp6 *m)
{
	address_ip6(p, ", ", m->c, HEADER + ADDRESS);
	address_ip6(p, " to ", m->c, HEADER);
	if (p->opts.verbose)
		nd_options_print(p, cursor_skip(m->c, HEADER + 2 * ADDRESS));
}

static void
renumbering_print(struct printer *p, struct icmp6 *m)
{
	renumber_print(p, m->c);
}

static void
node_print(struct printer *p, struct icmp6 *m)
{
	nodeinfo_print(p, m->c);
}

static void
agents_request_print(struct printer *p, struct icmp6 *m)
{
	text_put(p, ", id 0x%04x", cursor_u16(p, m->c, 4));
}

static void
agents_reply_print(struct printer *p, struct icmp6 *m)
{
	if (!p->opts.verbose)
		return;
	agents_request_print(p, m);
	for (uint32_t at = HEADER; at < m->c.len && text_open(p); at += ADDRESS) {
		address_ip6(p, ", ", m->c, at);
	}
}

static void
mobile_advert_print(struct printer *p, struct icmp6 *m)
{
	if (!p->opts.verbose)
		return;
	agents_request_print(p, m);
	if (!cursor_need(p, m->c, 0, HEADER))
		return;
	unsigned flags = cursor_u8(p, m->c, 6);
	if (flags & 0xc0)
		text_chr(p, ' ');
	if (flags & 0x80)
		text_chr(p, 'M');
	if (flags & 0x40)
		text_chr(p, 'O');
	nd_options_print(p, cursor_skip(m->c, HEADER));
}

static void
routing_print(struct printer *p, struct icmp6 *m)
{
	rpl_print(p, m->c);
}

static void
nothing_print(struct printer *p, struct icmp6 *m)
{
	(void)p;
	(void)m;
}

/* Sorted.  `first`: under -v the length stands before what the message says. */
static const struct {
	uint8_t type;
	bool first;
	const char *name;
	void (*print)(struct printer *, struct icmp6 *);
} forms[] = {
	/* ICMPv6 type Numbers, IANA */
	{ UNREACHABLE, false, "destination unreachable", unreachable_print },
	{ 2, false, "packet too big", too_big_print },
	{ 3, false, "time exceeded in-transit", exceeded_print },
	{ 4, false, "parameter problem", parameter_print },
	{ 128, false, "echo request", echo_print },
	{ 129, false, "echo reply", echo_print },
	{ QUERY, false, "multicast listener query", query_print },
	{ 131, false, "multicast listener report", listener_print },
	{ 132, false, "multicast listener done", listener_print },
	{ SOLICIT, true, "router solicitation", solicit_print },
	{ 134, true, "router advertisement", advert_print },
	{ 135, true, "neighbor solicitation", neighbor_solicit_print },
	{ 136, true, "neighbor advertisement", neighbor_advert_print },
	{ 137, true, "redirect", redirect_print },
	{ 138, false, "router renumbering", renumbering_print },
	{ 139, false, "node information query", node_print },
	{ 140, false, "node information reply", node_print },
	{ 141, false, "inverse neighbor solicitation", nothing_print },
	{ 142, false, "inverse neighbor advertisement", nothing_print },
	{ 143, false, "multicast listener report v2", report2_print },
	{ 144, false, "ha discovery request", agents_request_print },
	{ 145, true, "ha discovery reply", agents_reply_print },
	{ 146, false, "mobile router solicitation", agents_request_print },
	{ 147, true, "mobile router advertisement", mobile_advert_print },
	{ 155, false, "RPL", routing_print },
	{ EXTENDED_ECHO, false, "extended echo request", extended_print },
	{ EXTENDED_REPLY, false, "extended echo reply", extended_print },
	{ 200, false, "mtrace response", NULL },
	{ 201, false, "mtrace message", NULL },
};

static void
checksum_print(struct printer *p, struct cursor c, const struct net *net)
{
	if (!p->opts.verbose || net->fragment || !cursor_has(c, 0, c.len))
		return;
	uint16_t sum = checksum(c, c.len, checksum_pseudo(net, ICMP6, c.len));
	uint16_t field = cursor_u16(p, c, 2);
	if (sum)
		text_put(p, "[bad icmp6 cksum 0x%04x -> 0x%04x!] ", field,
			checksum_wanted(field, sum));
	else
		text_str(p, "[icmp6 sum ok] ");
}

void
icmp6_print(struct printer *p, struct cursor c, const struct net *net)
{
	p->proto = "icmp6";
	if (c.len == 0) {
		text_str(p, "ICMP6, length 0");
		return;
	}
	if (net->version != 6) {
		text_str(p, "[ICMP6 requires IPv6] (invalid)");
		return;
	}
	struct icmp6 m = { .c = c, .type = cursor_u8(p, c, 0) };
	checksum_print(p, c, net);
	size_t i = 0;
	while (i < ROWS(forms) && forms[i].type != m.type)
		i++;
	bool known = i < ROWS(forms);
	text_str(p, "ICMP6, ");
	if (known)
		text_str(p, forms[i].name);
	else
		text_put(p, "unknown icmp6 type (%u)", m.type);
	if (known && forms[i].first && p->opts.verbose)
		text_put(p, ", length %u", c.len);
	m.code = cursor_u8(p, c, 1);
	if (!known || !forms[i].print) {
		text_put(p, ", length %u", c.len);
		if (p->opts.verbose <= 1)
			dump(p, &m);
		return;
	}
	forms[i].print(p, &m);
	if (!p->opts.verbose && !m.done)
		text_put(p, ", length %u", c.len);
}
