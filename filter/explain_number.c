/* explain_number.c: the value of a field in, how people write it out: names of protocols,
 * addresses, hexadecimal or decimal. */
#include <inttypes.h>

#include "explain.h"

/* Names, and what header follows.  IANA "IEEE 802 Numbers", "Protocol Numbers", "PPP DLL
 * Protocol Numbers"; linux/if_packet.h; RFC 826, 792, 4443. */
static const struct name {
	enum style style;
	uint32_t number;
	const char *name;
	enum header header;
} names[] = {
	{ STYLE_ETHERTYPE, 0x0800, "IPv4", HEADER_IPV4 },
	{ STYLE_ETHERTYPE, 0x0806, "ARP", HEADER_ARP },
	{ STYLE_ETHERTYPE, 0x6001, "DEC MOP dump/load", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x6002, "DEC MOP remote console", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x6003, "DECnet", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x6004, "DEC LAT", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x6007, "DEC SCA", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x6558, "Ethernet", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x8035, "RARP", HEADER_ARP },
	{ STYLE_ETHERTYPE, 0x809b, "AppleTalk", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x80f3, "AppleTalk ARP", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x8100, "802.1Q VLAN", HEADER_VLAN },
	{ STYLE_ETHERTYPE, 0x8137, "IPX", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x86dd, "IPv6", HEADER_IPV6 },
	{ STYLE_ETHERTYPE, 0x8847, "MPLS", HEADER_MPLS },
	{ STYLE_ETHERTYPE, 0x8848, "MPLS multicast", HEADER_MPLS },
	{ STYLE_ETHERTYPE, 0x8863, "PPPoE discovery", HEADER_PPPOE },
	{ STYLE_ETHERTYPE, 0x8864, "PPPoE session", HEADER_PPPOE },
	{ STYLE_ETHERTYPE, 0x88a8, "802.1ad VLAN", HEADER_VLAN },
	{ STYLE_ETHERTYPE, 0x88cc, "LLDP", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x8809, "slow protocols", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x9000, "loopback", HEADER_NONE },
	{ STYLE_ETHERTYPE, 0x9100, "QinQ VLAN", HEADER_VLAN },
	{ STYLE_SLL_TYPE, 0x0001, "raw IPX", HEADER_NONE },
	{ STYLE_SLL_TYPE, 0x0004, "LLC", HEADER_LLC },
	{ STYLE_PPP, 0x0021, "IPv4", HEADER_IPV4 },
	{ STYLE_PPP, 0x0023, "ISO", HEADER_NONE },
	{ STYLE_PPP, 0x0025, "XNS", HEADER_NONE },
	{ STYLE_PPP, 0x0027, "DECnet", HEADER_NONE },
	{ STYLE_PPP, 0x0029, "AppleTalk", HEADER_NONE },
	{ STYLE_PPP, 0x002b, "IPX", HEADER_NONE },
	{ STYLE_PPP, 0x002d, "TCP/IP, compressed", HEADER_NONE },
	{ STYLE_PPP, 0x002f, "TCP/IP, not compressed", HEADER_NONE },
	{ STYLE_PPP, 0x0031, "bridging", HEADER_NONE },
	{ STYLE_PPP, 0x0057, "IPv6", HEADER_IPV6 },
	{ STYLE_PPP, 0x0281, "MPLS", HEADER_MPLS },
	{ STYLE_FAMILY, 2, "IPv4", HEADER_IPV4 },
	{ STYLE_FAMILY, 10, "IPv6 on Linux", HEADER_IPV6 },
	{ STYLE_FAMILY, 24, "IPv6 on NetBSD and OpenBSD", HEADER_IPV6 },
	{ STYLE_FAMILY, 28, "IPv6 on FreeBSD", HEADER_IPV6 },
	{ STYLE_FAMILY, 30, "IPv6 on macOS", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 2, "IPv4, big-endian", HEADER_IPV4 },
	{ STYLE_FAMILY_HOST, 0x02000000, "IPv4, little-endian", HEADER_IPV4 },
	{ STYLE_FAMILY_HOST, 10, "IPv6 on Linux, big-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 0x0a000000, "IPv6 on Linux, little-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 24, "IPv6 on NetBSD and OpenBSD, big-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 0x18000000, "ditto, little-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 28, "IPv6 on FreeBSD, big-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 0x1c000000, "ditto, little-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 30, "IPv6 on macOS, big-endian", HEADER_IPV6 },
	{ STYLE_FAMILY_HOST, 0x1e000000, "ditto, little-endian", HEADER_IPV6 },
	{ STYLE_IPNET, 2, "IPv4", HEADER_IPV4 },
	{ STYLE_IPNET, 26, "IPv6", HEADER_IPV6 },
	{ STYLE_ARCNET, 196, "IPv6", HEADER_IPV6 },
	{ STYLE_ARCNET, 212, "IPv4", HEADER_IPV4 },
	{ STYLE_ARCNET, 213, "ARP", HEADER_ARP },
	{ STYLE_ARCNET, 214, "RARP", HEADER_ARP },
	{ STYLE_ARCNET, 221, "AppleTalk", HEADER_NONE },
	{ STYLE_ARCNET, 240, "IPv4, RFC 1051", HEADER_IPV4 },
	{ STYLE_ARCNET, 241, "ARP, RFC 1051", HEADER_ARP },
	{ STYLE_FRELAY, 0x03cc, "IPv4", HEADER_IPV4 },
	{ STYLE_FRELAY, 0x038e, "IPv6", HEADER_IPV6 },
	{ STYLE_FRELAY, 0x0381, "CLNP", HEADER_NONE },
	{ STYLE_FRELAY, 0x0382, "ES-IS", HEADER_NONE },
	{ STYLE_FRELAY, 0x0383, "IS-IS", HEADER_NONE },
	{ STYLE_SAP, 0x06, "IP", HEADER_NONE },
	{ STYLE_SAP, 0x42, "spanning tree", HEADER_NONE },
	{ STYLE_SAP, 0xe0, "IPX", HEADER_NONE },
	{ STYLE_SAP, 0xf0, "NetBEUI", HEADER_NONE },
	{ STYLE_SAP, 0xfe, "ISO", HEADER_NONE },
	{ STYLE_WLAN_TYPE, 0, "management", HEADER_NONE },
	{ STYLE_WLAN_TYPE, 4, "control", HEADER_NONE },
	{ STYLE_WLAN_TYPE, 8, "data", HEADER_LLC },
	{ STYLE_SUNATM, 1, "LAN emulation", HEADER_NONE },
	{ STYLE_SUNATM, 2, "LLC", HEADER_LLC },
	{ STYLE_PROTOCOL, 0, "hop-by-hop options", HEADER_NONE },
	{ STYLE_PROTOCOL, 1, "ICMP", HEADER_ICMP },
	{ STYLE_PROTOCOL, 2, "IGMP", HEADER_IGMP },
	{ STYLE_PROTOCOL, 4, "IPv4 in IP", HEADER_NONE },
	{ STYLE_PROTOCOL, 6, "TCP", HEADER_TCP },
	{ STYLE_PROTOCOL, 9, "IGRP", HEADER_NONE },
	{ STYLE_PROTOCOL, 17, "UDP", HEADER_UDP },
	{ STYLE_PROTOCOL, 41, "IPv6 in IP", HEADER_NONE },
	{ STYLE_PROTOCOL, 43, "routing header", HEADER_NONE },
	{ STYLE_PROTOCOL, 44, "fragment header", HEADER_FRAGMENT },
	{ STYLE_PROTOCOL, 47, "GRE", HEADER_NONE },
	{ STYLE_PROTOCOL, 50, "ESP", HEADER_NONE },
	{ STYLE_PROTOCOL, 51, "AH", HEADER_NONE },
	{ STYLE_PROTOCOL, 58, "ICMPv6", HEADER_ICMP6 },
	{ STYLE_PROTOCOL, 60, "destination options", HEADER_NONE },
	{ STYLE_PROTOCOL, 89, "OSPF", HEADER_NONE },
	{ STYLE_PROTOCOL, 103, "PIM", HEADER_NONE },
	{ STYLE_PROTOCOL, 112, "VRRP or CARP", HEADER_NONE },
	{ STYLE_PROTOCOL, 132, "SCTP", HEADER_SCTP },
	{ STYLE_PACKET_TYPE, 0, "to this host", HEADER_NONE },
	{ STYLE_PACKET_TYPE, 1, "broadcast", HEADER_NONE },
	{ STYLE_PACKET_TYPE, 2, "multicast", HEADER_NONE },
	{ STYLE_PACKET_TYPE, 3, "to another host", HEADER_NONE },
	{ STYLE_PACKET_TYPE, 4, "sent by this host", HEADER_NONE },
	{ STYLE_ARP, 1, "request", HEADER_NONE },
	{ STYLE_ARP, 2, "reply", HEADER_NONE },
	{ STYLE_ARP, 3, "reverse request", HEADER_NONE },
	{ STYLE_ARP, 4, "reverse reply", HEADER_NONE },
	{ STYLE_ICMP, 0, "echo reply", HEADER_NONE },
	{ STYLE_ICMP, 3, "destination unreachable", HEADER_NONE },
	{ STYLE_ICMP, 5, "redirect", HEADER_NONE },
	{ STYLE_ICMP, 8, "echo request", HEADER_NONE },
	{ STYLE_ICMP, 11, "time exceeded", HEADER_NONE },
	{ STYLE_ICMP6, 1, "destination unreachable", HEADER_NONE },
	{ STYLE_ICMP6, 2, "packet too big", HEADER_NONE },
	{ STYLE_ICMP6, 3, "time exceeded", HEADER_NONE },
	{ STYLE_ICMP6, 128, "echo request", HEADER_NONE },
	{ STYLE_ICMP6, 129, "echo reply", HEADER_NONE },
	{ STYLE_ICMP6, 133, "router solicitation", HEADER_NONE },
	{ STYLE_ICMP6, 134, "router advertisement", HEADER_NONE },
	{ STYLE_ICMP6, 135, "neighbour solicitation", HEADER_NONE },
	{ STYLE_ICMP6, 136, "neighbour advertisement", HEADER_NONE },
	{ STYLE_VERSION, 0x40, "IPv4", HEADER_IPV4 },
	{ STYLE_VERSION, 0x60, "IPv6", HEADER_IPV6 },
};

static const struct name *
find(enum style style, uint32_t k)
{
	/* linux/if_ether.h: from 1536 on, they are EtherTypes */
	if ((style == STYLE_SLL_TYPE && k >= 1536) || style == STYLE_TUNNEL_TYPE)
		style = STYLE_ETHERTYPE;
	if (style == STYLE_NEXT)
		style = STYLE_PROTOCOL;
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].style == style && names[i].number == k)
			return &names[i];
	return NULL;
}

enum header
explain_leads(enum style style, uint32_t k)
{
	const struct name *n = find(style, k);
	return n != NULL ? n->header : HEADER_NONE;
}

static void
print_bytes(FILE *to, const uint8_t *b, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		fprintf(to, "%s%02x", i > 0 ? ":" : "", b[i]);
}

static void
print_text(FILE *to, const uint8_t *b, uint32_t len)
{
	for (uint32_t i = 0; i < len; i++)
		if (b[i] < ' ' || b[i] > '~') {
			print_bytes(to, b, len);
			return;
		}
	fprintf(to, "\"%.*s\"", (int)len, (const char *)b);
}

/* RFC 5952 §4: the longest run of zeros is "::". */
static void
print_ipv6(FILE *to, const uint8_t *b)
{
	unsigned best = 8, longest = 1;
	for (unsigned i = 0; i < 8; i++) {
		unsigned n = 0;
		while (i + n < 8 && b[2 * (i + n)] == 0 && b[2 * (i + n) + 1] == 0)
			n++;
		if (n > longest) {
			best = i;
			longest = n;
		}
	}
	for (unsigned i = 0; i < 8; i++) {
		if (i == best) {
			fputs("::", to);
			i += longest - 1;
			continue;
		}
		bool first = i == 0 || i == best + longest;
		fprintf(to, "%s%x", first ? "" : ":", b[2 * i] << 8 | b[2 * i + 1]);
	}
}

void
explain_bytes(FILE *to, enum style style, const uint8_t *b, uint32_t len)
{
	if (style == STYLE_IPV6 && len == 16)
		print_ipv6(to, b);
	else if (style == STYLE_IPV4 && len == 4)
		fprintf(to, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	else if (style == STYLE_TEXT)
		print_text(to, b, len);
	else
		print_bytes(to, b, len);
}

static void
print_hex(FILE *to, uint32_t k, uint32_t size)
{
	fprintf(to, "0x%0*" PRIx32, size == 0 || size > 4 ? 1 : (int)size * 2, k);
}

void
explain_number(FILE *to, enum style style, uint32_t k, uint32_t size, uint32_t mask)
{
	const uint8_t b[] = { (uint8_t)(k >> 24), (uint8_t)(k >> 16), (uint8_t)(k >> 8),
		(uint8_t)k };
	const struct name *n = find(style, k);
	bool fits = size > 0 && size <= 4 && (size == 4 || k >> 8 * size == 0);
	if (style == STYLE_IPV4 && size == 4) {
		explain_bytes(to, style, b, 4);
		if (mask != 0 && (~mask & (~mask + 1)) == 0)
			fprintf(to, "/%d", __builtin_popcount(mask));
		return;
	}
	if ((style == STYLE_BYTES || style == STYLE_TEXT || style == STYLE_IPV6) &&
		fits) {
		explain_bytes(to, style, b + 4 - size, size);
		return;
	}
	bool decimal = style == STYLE_NUMBER || style == STYLE_FAMILY ||
		       style == STYLE_IPNET || style == STYLE_ARCNET ||
		       style == STYLE_PROTOCOL || style == STYLE_NEXT ||
		       style >= STYLE_PACKET_TYPE;
	if (mask != 0 && k > 9)
		decimal = false;
	if (decimal)
		fprintf(to, "%" PRIu32, k);
	else
		print_hex(to, k, fits ? size : 0);
	if (n != NULL)
		fprintf(to, " (%s)", n->name);
}
