/* ip6.c: IPv6 (RFC 8200): the header, and the walk along extension headers.
 *
 * In: the header and what follows.  Out: under -v the fields, then addresses,
 * extension headers and payload. */
#include "dispatch.h"

enum { HEADER = 40 };
enum { HOP = 0, ROUTING = 43, FRAGMENT = 44, DSTOPT = 60 };

struct ip6 {
	struct cursor c;  /* from the fixed header on, not beyond its payload */
	uint32_t payload; /* bytes; 0: a jumbogram is to come, or a guess was made */
	uint32_t done;    /* bytes printed: the fixed header and extension headers */
	unsigned next;
	bool hop_seen, other_seen;
	struct net net;
};

static void
verbose_print(struct printer *p, struct cursor c)
{
	uint32_t flow = cursor_u32(p, c, 0);
	unsigned next = cursor_u8(p, c, 6);
	text_chr(p, '(');
	if (flow & 0x0ff00000)
		text_put(p, "class 0x%02x, ", flow >> 20 & 0xff);
	if (flow & 0x000fffff)
		text_put(p, "flowlabel 0x%05x, ", flow & 0xfffff);
	const struct proto_row *row = dispatch_proto(next);
	text_put(p, "hlim %u, next-header %s (%u), payload length %u) ",
		cursor_u8(p, c, 7), row && row->name ? row->name : "unknown", next,
		cursor_u16(p, c, 4));
}

/* Sets the cursor to what the payload length says; more than there is is said,
 * and kept: what follows prints the length that was meant. */
static void
fit(struct printer *p, struct ip6 *ip, struct cursor whole)
{
	uint32_t total =
		ip->payload > UINT32_MAX - HEADER ? UINT32_MAX : ip->payload + HEADER;
	if (total > whole.len)
		text_put(p, "[header+payload length %u > length %u] (invalid) ", total,
			whole.len);
	ip->c = cursor_limit(whole, total);
	ip->c.len = total;
}

/* false: print no further. */
static bool
hop_print(struct printer *p, struct ip6 *ip, struct cursor at, struct cursor whole)
{
	if (ip->hop_seen || ip->other_seen) {
		text_str(p,
			ip->hop_seen
				? "[The Hop-by-Hop Options header was already found]"
				: "[The Hop-by-Hop Options header don't follow the IPv6 "
				  "header]");
		text_str(p, " (invalid)");
		return false;
	}
	ip->hop_seen = true;
	uint32_t jumbo = 0;
	uint32_t n = ip6_options_print(p, at, true, ip->payload, &jumbo);
	if (n == 0)
		return false;
	ip->done += n;
	if (ip->payload == 0 && jumbo == 0) {
		text_str(p, "[No valid Jumbo Payload Hop-by-Hop option found] (invalid)");
		return false;
	}
	if (ip->payload == 0) {
		ip->payload = jumbo;
		fit(p, ip, whole);
	}
	return true;
}

/* One extension header at `at`; false: there is nothing to print behind it. */
static bool
extension_print(struct printer *p, struct ip6 *ip, struct cursor at, struct cursor whole)
{
	unsigned kind = ip->next;
	p->proto = "ip6";
	if (kind == HOP) {
		bool go_on = hop_print(p, ip, at, whole);
		ip->next = cursor_u8(p, at, 0);
		return go_on;
	}
	ip->other_seen = true;
	uint32_t n = 8, none = 0;
	bool more = true;
	if (kind == FRAGMENT)
		more = ip6_fragment_print(p, at, &ip->net.fragment);
	else if (kind == DSTOPT)
		n = ip6_options_print(p, at, false, ip->payload, &none);
	else if (cursor_need(p, at, 0, 1))
		n = ip6_routing_print(p, at, &ip->net.sum_dst);
	ip->next = cursor_u8(p, at, 0);
	ip->done += n;
	return more && n != 0;
}

static bool
is_extension(unsigned next)
{
	return next == HOP || next == ROUTING || next == FRAGMENT || next == DSTOPT;
}

static void
walk(struct printer *p, struct ip6 *ip, struct cursor whole)
{
	while (text_open(p)) {
		struct cursor at = cursor_skip(ip->c, ip->done);
		if (!is_extension(ip->next)) {
			p->proto = "ip6";
			ip->net.sum_proto = ip->next;
			dispatch_payload(p, at, &ip->net);
			return;
		}
		if (!extension_print(p, ip, at, whole))
			return;
	}
}

void
ip6_print(struct printer *p, struct cursor c)
{
	p->proto = "ip6";
	if (!p->opts.link_header)
		text_str(p, "IP6 ");
	if (c.len < HEADER) {
		text_put(p, " [length %u < %u] (invalid)", c.len, (unsigned)HEADER);
		return;
	}
	if (!cursor_need(p, c, 0, HEADER))
		return;
	unsigned version = cursor_u8(p, c, 0) >> 4;
	if (version != 6) {
		text_put(p, " [version %u != 6] (invalid)", version);
		return;
	}
	struct ip6 ip = { .c = c, .done = HEADER };
	ip.payload = cursor_u16(p, c, 4);
	ip.next = cursor_u8(p, c, 6);
	if (ip.payload)
		fit(p, &ip, c);
	if (p->opts.verbose)
		verbose_print(p, c);
	if (!cursor_need(p, ip.c, 0, HEADER))
		return;
	ip.net = (struct net){
		.src = cursor_limit(cursor_skip(c, 8), 16),
		.dst = cursor_limit(cursor_skip(c, 24), 16),
		.sum_dst = cursor_limit(cursor_skip(c, 24), 16),
		.version = 6,
		.proto = ip.next,
		.ttl = cursor_u8(p, c, 7),
		.unsummed = ip.payload == 0,
	};
	if (ip.payload == 0 && p->opts.verbose && ip.next != HOP && c.len > HEADER)
		text_put(p, "[real length %u, presumed BIG TCP] ", c.len - HEADER);
	const struct proto_row *row = dispatch_proto(ip.next);
	if (!row || !row->addresses) {
		address_pair(p, &ip.net);
		text_str(p, ": ");
	}
	walk(p, &ip, c);
}
