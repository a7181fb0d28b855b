/* address.c: addresses and ports as text.
 *
 * In: bytes of the packet.  Out: numbers; without -n the names that names.c
 * finds. */
#include "printer.h"

#include <string.h>

enum { IP4 = 4, IP6 = 16, MAC = 6, WORDS = 8 };

static bool
named(struct printer *p, const uint8_t *addr, unsigned bytes)
{
	const char *name = p->opts.numeric ? NULL : names_host(p->names, addr, bytes);
	if (name)
		text_str(p, name);
	return name != NULL;
}

static void
dotted(struct printer *p, const uint8_t *b)
{
	char s[16];
	size_t n = 0;
	for (unsigned i = 0; i < IP4; i++) {
		if (i)
			s[n++] = '.';
		if (b[i] >= 100)
			s[n++] = (char)('0' + b[i] / 100);
		if (b[i] >= 10)
			s[n++] = (char)('0' + b[i] / 10 % 10);
		s[n++] = (char)('0' + b[i] % 10);
	}
	text_bytes(p, s, n);
}

void
address_ip4(struct printer *p, const char *lead, struct cursor c, uint32_t off)
{
	if (!cursor_need(p, c, off, IP4) || !text_open(p))
		return;
	text_str(p, lead);
	if (!named(p, c.at + off, IP4))
		dotted(p, c.at + off);
}

/* The first of the longest runs of zero words, if of two or more (RFC 5952). */
static void
zeros(const uint16_t w[WORDS], unsigned *at, unsigned *len)
{
	*at = WORDS;
	*len = 1;
	for (unsigned i = 0; i < WORDS; i++) {
		unsigned n = 0;
		while (i + n < WORDS && w[i + n] == 0)
			n++;
		if (n > *len) {
			*at = i;
			*len = n;
		}
		i += n;
	}
}

void
address_ip6_plain(struct printer *p, const uint8_t *b)
{
	uint16_t w[WORDS];
	for (unsigned i = 0; i < WORDS; i++)
		w[i] = (uint16_t)(b[2 * i] << 8 | b[2 * i + 1]);
	unsigned at, len;
	zeros(w, &at, &len);
	/* IPv4-compatible and IPv4-mapped: the last four bytes are shown as such. */
	bool tail = at == 0 && (len == 6 || (len == 5 && w[5] == 0xffff));
	for (unsigned i = 0; i < (tail ? 6 : WORDS); i++) {
		if (i == at) {
			text_str(p, "::");
			i += len - 1;
			continue;
		}
		if (i && i != at + len)
			text_chr(p, ':');
		text_put(p, "%x", w[i]);
	}
	if (tail) {
		if (len == 5)
			text_chr(p, ':');
		dotted(p, b + 12);
	}
}

void
address_ip6(struct printer *p, const char *lead, struct cursor c, uint32_t off)
{
	if (!cursor_need(p, c, off, IP6) || !text_open(p))
		return;
	text_str(p, lead);
	if (!named(p, c.at + off, IP6))
		address_ip6_plain(p, c.at + off);
}

/* Makers by the first three bytes: those that tcpdump names. */
static const struct name_row makers[] = {
	{ 0x000000, "Ethernet" },
	{ 0x00000c, "Cisco" },
	{ 0x00005e, "IANA" },
	{ 0x000081, "Nortel Networks SONMP" },
	{ 0x0000f8, "Cisco bridged" },
	{ 0x00049f, "Freescale" },
	{ 0x0004ea, "HP-Labs" },
	{ 0x001018, "Broadcom" },
	{ 0x00120f, "IEEE 802.3 Private" },
	{ 0x0012bb, "ANSI/TIA" },
	{ 0x0015ad, "Netronome" },
	{ 0x001b21, "DCBX" },
	{ 0x002320, "Nicira Networks" },
	{ 0x002481, "HP" },
	{ 0x0080c2, "Ethernet bridged" },
	{ 0x009069, "Juniper" },
	{ 0x00a03e, "ATM Forum" },
	{ 0x00e004, "PMC-Sierra" },
	{ 0x00e02f, "DOCSIS Spanning Tree" },
	{ 0x080007, "Appletalk" },
	{ 0x080009, "Hewlett-Packard" },
};

/* Bytes in hex with colons between; `ether`: six of them may have a name. */
void
address_link(struct printer *p, struct cursor c, uint32_t off, uint32_t n, bool ether)
{
	static const char digits[] = "0123456789abcdef";
	static const uint8_t all[MAC] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	if (n == 0) {
		text_str(p, "<empty>");
		return;
	}
	if (!cursor_need(p, c, off, n))
		return;
	const uint8_t *b = c.at + off;
	ether = ether && n == MAC && !p->opts.numeric;
	if (ether && memcmp(b, all, MAC) == 0) {
		text_str(p, "Broadcast");
		return;
	}
	for (uint32_t i = 0; i < n; i++) {
		char s[3] = { ':', digits[b[i] >> 4], digits[b[i] & 15] };
		text_bytes(p, s + (i == 0), i == 0 ? 2 : 3);
	}
	if (ether) {
		text_str(p, " (oui ");
		text_name(p, makers, ROWS(makers),
			(uint32_t)(b[0] << 16 | b[1] << 8 | b[2]), "Unknown");
		text_chr(p, ')');
	}
}

void
address_mac(struct printer *p, const char *lead, struct cursor c, uint32_t off)
{
	if (!cursor_need(p, c, off, MAC))
		return;
	text_str(p, lead);
	address_link(p, c, off, MAC, true);
}

void
address_net(struct printer *p, const struct net *net, struct cursor addr)
{
	if (net->version == 6)
		address_ip6(p, "", addr, 0);
	else
		address_ip4(p, "", addr, 0);
}

void
address_pair(struct printer *p, const struct net *net)
{
	address_net(p, net, net->src);
	text_str(p, " > ");
	address_net(p, net, net->dst);
}

void
address_port(struct printer *p, unsigned proto, unsigned port)
{
	const char *name = p->opts.numeric ? NULL : names_port(p->names, proto, port);
	if (name)
		text_str(p, name);
	else
		text_put(p, "%u", port);
}

void
address_ports(struct printer *p, const struct net *net, unsigned proto, struct cursor c)
{
	bool addresses = net->proto == proto;
	if (addresses) {
		address_net(p, net, net->src);
		text_chr(p, '.');
	}
	address_port(p, proto, cursor_u16(p, c, 0));
	text_str(p, " > ");
	if (addresses) {
		address_net(p, net, net->dst);
		text_chr(p, '.');
	}
	address_port(p, proto, cursor_u16(p, c, 2));
	text_str(p, ": ");
}
