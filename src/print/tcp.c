/* tcp.c: TCP (RFC 9293, RFC 3168; the AE flag of AccECN).
 *
 * In: the segment and its network header.  Out: ports, flags, numbers relative
 * to the first ones seen of the connection, options, length. */
#include <string.h>

#include "dispatch.h"

enum { HEADER = 20, TCP = 6 };
enum { FIN = 1, SYN = 2, RST = 4, ACK = 16, URG = 32 };

static const struct name_row flag_names[] = {
	{ 0x001, "F" },
	{ 0x002, "S" },
	{ 0x004, "R" },
	{ 0x008, "P" },
	{ 0x010, "." },
	{ 0x020, "U" },
	{ 0x040, "E" },
	{ 0x080, "W" },
	{ 0x100, "e" },
};

struct tcp {
	struct cursor c;
	const struct net *net;
	uint32_t hlen, len; /* of the header; of header and data */
	unsigned flags;
	uint32_t seq, ack;    /* as printed */
	uint32_t first_there; /* what the other direction's numbers are relative to */
};

/* Is this the direction from the higher port, or address where they are alike? */
static bool
is_reverse(const struct net *net, unsigned sport, unsigned dport)
{
	if (sport != dport)
		return sport > dport;
	return memcmp(net->src.at, net->dst.at, net->src.cap) > 0;
}

static void
relate(struct printer *p, struct tcp *t)
{
	if (p->opts.absolute_seq || !(t->flags & ACK))
		return;
	const struct net *net = t->net;
	bool reverse = is_reverse(net, cursor_u16(p, t->c, 0), cursor_u16(p, t->c, 2));
	const uint8_t *low = reverse ? net->dst.at : net->src.at;
	const uint8_t *high = reverse ? net->src.at : net->dst.at;
	size_t n = net->src.cap;
	uint8_t key[36];
	memcpy(key, low, n);
	memcpy(key + n, high, n);
	memcpy(key + 2 * n, t->c.at + (reverse ? 2 : 0), 2);
	memcpy(key + 2 * n + 2, t->c.at + (reverse ? 0 : 2), 2);
	bool found;
	struct conn *conn = conns_find(p->conns, key, 2 * n + 4, &found);
	if (!found || (t->flags & SYN)) {
		conn->seq = reverse ? t->ack - 1 : t->seq;
		conn->ack = reverse ? t->seq : t->ack - 1;
	} else {
		t->seq -= reverse ? conn->ack : conn->seq;
		t->ack -= reverse ? conn->seq : conn->ack;
	}
	t->first_there = reverse ? conn->seq : conn->ack;
}

static void
checksum_print(struct printer *p, const struct tcp *t)
{
	if (!p->opts.verbose || t->net->fragment || !cursor_has(t->c, 0, t->len))
		return;
	uint16_t field = cursor_u16(p, t->c, 16);
	uint16_t sum = checksum(t->c, t->len, checksum_pseudo(t->net, TCP, t->len));
	text_put(p, ", cksum 0x%04x", field);
	if (sum)
		text_put(p, " (incorrect -> 0x%04x)", checksum_wanted(field, sum));
	else
		text_str(p, " (correct)");
}

static void
numbers_print(struct printer *p, const struct tcp *t, uint32_t data)
{
	if (p->opts.verbose > 1 || data > 0 || (t->flags & (SYN | FIN | RST))) {
		text_put(p, ", seq %u", t->seq);
		if (data > 0)
			text_put(p, ":%u", t->seq + data);
	}
	if (t->flags & ACK)
		text_put(p, ", ack %u", t->ack);
	text_put(p, ", win %u", cursor_u16(p, t->c, 14));
	if (t->flags & URG)
		text_put(p, ", urg %u", cursor_u16(p, t->c, 18));
}

/* RFC 9293 §3.5.3: data with RST is the cause, in words; or coded, as
 * draft-boucadair-tcpm-rst-diagnostic-payload has it: magic, code, enterprise. */
static void
reset_print(struct printer *p, const struct tcp *t, uint32_t data)
{
	enum { SHOWN_MAX = 30, MAGIC = 0x33aa, CODED = 8 };
	static const struct name_row codes[] = { { 1, "Illegal option length" } };
	struct cursor c = cursor_skip(t->c, t->hlen);
	if (!p->opts.verbose) {
		cursor_need(p, c, 0, data);
		return;
	}
	text_str(p, " [RST");
	if (data >= CODED && cursor_u16(p, c, 0) == MAGIC) {
		unsigned code = cursor_u16(p, c, 2), pen = cursor_u32(p, c, 4);
		const char *name = dispatch_name(codes, ROWS(codes), code);
		if (p->opts.verbose > 1 && pen == 0 && name)
			text_put(p, ": %s]", name);
		else
			text_put(p, ": code %u, pen %u]", code, pen);
		return;
	}
	text_str(p, data > SHOWN_MAX ? "+ " : " ");
	text_escaped(p, c, 0, data > SHOWN_MAX ? SHOWN_MAX : data);
	text_chr(p, ']');
	cursor_need(p, c, 0, data);
}

static void
segment_print(struct printer *p, struct tcp *t)
{
	t->seq = cursor_u32(p, t->c, 4);
	t->ack = cursor_u32(p, t->c, 8);
	t->flags = cursor_u16(p, t->c, 12) & 0x1ff;
	text_str(p, "Flags [");
	text_bits(p, flag_names, ROWS(flag_names), t->flags, "");
	text_chr(p, ']');
	relate(p, t);
	if (t->hlen > t->len) {
		text_put(p, " [bad hdr length %u - too long, > %u]", t->hlen, t->len);
		return;
	}
	checksum_print(p, t);
	uint32_t data = t->len - t->hlen;
	numbers_print(p, t, data);
	struct cursor options = cursor_limit(cursor_skip(t->c, HEADER), t->hlen - HEADER);
	if (t->hlen > HEADER && !tcp_options_print(p, options, t->flags, t->first_there))
		return;
	text_put(p, ", length %u", data);
	if (data > 0 && t->c.cap < t->hlen) {
		text_put(p, " [remaining caplen(%u) < header length(%u)]", t->c.cap,
			t->hlen);
		text_end(p);
		return;
	}
	if (data > 0 && (t->flags & RST))
		reset_print(p, t, data);
}

void
tcp_print(struct printer *p, struct cursor c, const struct net *net)
{
	p->proto = "tcp";
	if (!cursor_has(c, 0, 4)) {
		address_pair(p, net);
		text_chr(p, ':');
		text_end(p);
		return;
	}
	address_ports(p, net, TCP, c);
	if (!cursor_need(p, c, 0, HEADER))
		return;
	struct tcp t = { .c = c, .net = net, .len = c.len };
	t.hlen = (cursor_u8(p, c, 12) >> 4) * 4u;
	if (t.hlen < HEADER)
		text_put(p, " tcp %u [bad hdr length %u - too short, < %u]",
			t.len - t.hlen, t.hlen, (unsigned)HEADER);
	else if (!p->opts.quiet)
		segment_print(p, &t);
	else {
		text_put(p, "tcp %u", t.len - t.hlen);
		if (t.hlen > t.len)
			text_put(p, " [bad hdr length %u - too long, > %u]", t.hlen,
				t.len);
	}
}
