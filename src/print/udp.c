/* udp.c: UDP (RFC 768).
 *
 * In: the datagram and its network header.  Out: ports and length. */
#include "dispatch.h"

enum { HEADER = 8, UDP = 17 };

static void
checksum_print(struct printer *p, struct cursor c, uint32_t len, const struct net *net)
{
	uint16_t field = cursor_u16(p, c, 6);
	if (field == 0 && net->version == 4) {
		text_str(p, "[no cksum] ");
		return;
	}
	if (net->unsummed || !cursor_has(c, 0, len))
		return;
	uint16_t sum = checksum(c, len, checksum_pseudo(net, UDP, len));
	if (sum == 0)
		text_str(p, "[udp sum ok] ");
	else
		text_put(p, "[bad udp cksum 0x%04x -> 0x%04x!] ", field,
			checksum_wanted(field, sum));
}

void
udp_print(struct printer *p, struct cursor c, const struct net *net)
{
	p->proto = "udp";
	if (!cursor_has(c, 0, 4)) {
		if (net->proto == UDP) {
			address_pair(p, net);
			text_str(p, ": ");
		}
		text_end(p);
		return;
	}
	address_ports(p, net, UDP, c);
	uint32_t len = c.len;
	if (len < HEADER) {
		text_put(p, "truncated-udp %u", len);
		return;
	}
	uint32_t says = cursor_u16(p, c, 4);
	if (says == 0 && len > 0xffff)
		says = len;
	if (says < HEADER) {
		text_put(p, "truncated-udplength %u", says);
		return;
	}
	if (!cursor_need(p, c, 0, HEADER))
		return;
	uint32_t body = says < len ? says - HEADER : len - HEADER;
	/* IPv6 wants the checksum, so it is looked at earlier. */
	if (p->opts.verbose > (net->version == 4) && !net->fragment)
		checksum_print(p, c, body + HEADER, net);
	if (says - HEADER > body && !net->fragment)
		text_put(p, "UDP, bad length %u > %u", says - HEADER, body);
	else
		text_put(p, "UDP, length %u", says - HEADER); /* a fragment has less */
}
