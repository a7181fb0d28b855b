/* ip.c: IPv4 (RFC 791), and IP within IP (RFC 2003, RFC 4213).
 *
 * In: the header and what follows.  Out: under -v the header on a line of its
 * own, then addresses and payload. */
#include "dispatch.h"

enum { HEADER = 20, MF = 0x2000, OFFSET = 0x1fff /* of 8 bytes */ };

static const struct name_row flags[] = { { 0x2000, "+" }, { 0x4000, "DF" },
	{ 0x8000, "rsvd" } };

struct ip {
	struct cursor c;
	uint32_t hlen, total; /* bytes; total as the header says, or as guessed */
	bool guessed;
	unsigned fragment, ttl, proto;
};

static void
checksum_print(struct printer *p, const struct ip *ip)
{
	if (!cursor_has(ip->c, 0, ip->hlen))
		return;
	uint16_t sum = checksum(ip->c, ip->hlen, 0);
	if (sum == 0)
		return;
	uint16_t field = cursor_u16(p, ip->c, 10);
	text_put(p, ", bad cksum %x (->%x)!", field, checksum_wanted(field, sum));
}

static void
verbose_print(struct printer *p, const struct ip *ip)
{
	static const char *const ecn[] = { "", ",ECT(1)", ",ECT(0)", ",CE" };
	unsigned tos = cursor_u8(p, ip->c, 1);
	text_put(p, "(tos 0x%x%s", tos, ecn[tos & 3]);
	if (ip->ttl)
		text_put(p, ", ttl %u", ip->ttl);
	text_put(p, ", id %u, offset %u, flags [", cursor_u16(p, ip->c, 4),
		(ip->fragment & OFFSET) * 8);
	text_bits(p, flags, ROWS(flags), ip->fragment & 0xe000, ", ");
	const struct proto_row *row = dispatch_proto(ip->proto);
	text_put(p, "], proto %s (%u), length %u",
		row && row->name ? row->name : "unknown", ip->proto, ip->total);
	if (ip->guessed)
		text_put(p, " [was 0, presumed %s]",
			ip->total > 0xffff ? "BIG TCP" : "TSO");
	if (ip->hlen > HEADER) {
		text_str(p, ", options (");
		struct cursor options = cursor_skip(ip->c, HEADER);
		options.len = ip->hlen - HEADER;
		ip_options_print(p, options);
		text_chr(p, ')');
	}
	checksum_print(p, ip);
	text_str(p, ")\n    ");
}

static void
payload_print(struct printer *p, const struct ip *ip)
{
	const struct proto_row *row = dispatch_proto(ip->proto);
	struct net net = {
		.src = cursor_limit(cursor_skip(ip->c, 12), 4),
		.dst = cursor_limit(cursor_skip(ip->c, 16), 4),
		.sum_dst = cursor_limit(cursor_skip(ip->c, 16), 4),
		.version = 4,
		.proto = ip->proto,
		.sum_proto = ip->proto,
		.ttl = ip->ttl,
		.fragment = (ip->fragment & (MF | OFFSET)) != 0,
	};
	if (ip->fragment & OFFSET) {
		address_pair(p, &net);
		text_chr(p, ':');
		const char *name =
			p->opts.numeric ? NULL : names_proto(p->names, ip->proto);
		if (name)
			text_put(p, " %s", name);
		else
			text_put(p, " ip-proto-%u", ip->proto);
		return;
	}
	if (!row || !row->addresses) {
		address_pair(p, &net);
		text_str(p, ": ");
	}
	dispatch_payload(p, cursor_skip(ip->c, ip->hlen), &net);
}

/* false: the lengths contradict each other, and that is printed. */
static bool
lengths(struct printer *p, struct ip *ip)
{
	uint32_t len = ip->c.len;
	ip->total = cursor_u16(p, ip->c, 2);
	if (ip->total > len)
		text_put(p, "[total length %u > length %u] (invalid) ", ip->total, len);
	if (ip->total >= ip->hlen)
		return true;
	/* Segmentation offload leaves 0 for packets that the hardware is to cut. */
	ip->guessed = ip->total == 0 && len >= ip->hlen && ip->proto == 6;
	if (!ip->guessed) {
		text_put(p, "[total length %u < header length %u] (invalid)", ip->total,
			ip->hlen);
		return false;
	}
	ip->total = len;
	return true;
}

void
ip_print(struct printer *p, struct cursor c)
{
	p->proto = "ip";
	unsigned first = cursor_u8(p, c, 0);
	if (!p->opts.link_header)
		text_str(p, "IP ");
	if (c.len < HEADER) {
		text_put(p, "truncated-ip %u", c.len);
		return;
	}
	if (text_open(p) && first >> 4 != 4) {
		text_put(p, " [version %u != 4] (invalid)", first >> 4);
		return;
	}
	struct ip ip = { .c = c, .hlen = (first & 15) * 4 };
	if (ip.hlen < HEADER) {
		text_put(p, "bad-hlen %u", ip.hlen);
		return;
	}
	if (!cursor_need(p, c, 0, HEADER))
		return;
	ip.fragment = cursor_u16(p, c, 6);
	ip.ttl = cursor_u8(p, c, 8);
	ip.proto = cursor_u8(p, c, 9);
	if (!lengths(p, &ip))
		return;
	ip.c = cursor_limit(c, ip.total);
	if (p->opts.verbose)
		verbose_print(p, &ip);
	if (ip.c.cap < ip.hlen) {
		text_put(p, " [remaining caplen(%u) < header length(%u)]", ip.c.cap,
			ip.hlen);
		text_end(p);
		return;
	}
	payload_print(p, &ip);
}

void
ipip_print(struct printer *p, struct cursor c, const struct net *net)
{
	(void)net;
	if (p->depth++ < PRINT_DEPTH)
		ip_print(p, c);
	p->depth--;
}

void
ip6ip_print(struct printer *p, struct cursor c, const struct net *net)
{
	(void)net;
	if (p->depth++ < PRINT_DEPTH)
		ip6_print(p, c);
	p->depth--;
}
