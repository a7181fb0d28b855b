/* dispatch.c: from a number to its printer.
 *
 * In: a link type, an ethertype, an IP protocol number.  Out: a row.  All tables
 * are sorted by their first column. */
#include "dispatch.h"

static void
none_print(struct printer *p, struct cursor c, const struct net *net)
{
	(void)c;
	(void)net;
	text_str(p, "no next header");
}

static void
nd_print(struct printer *p, struct cursor c, const struct net *net)
{
	(void)net;
	text_put(p, " nd %u", c.len);
}

const struct link_row dispatch_links[] = {
	/* tcpdump.org/linktypes */
	{ 0, null_print }, { 1, ether_print },   /* ETHERNET */
	{ 101, raw_print },                      /* RAW */
	{ 108, loop_print }, { 113, sll_print }, /* LINUX_SLL */
	{ 228, raw4_print },                     /* IPV4 */
	{ 229, raw6_print },                     /* IPV6 */
	{ 276, sll2_print },                     /* LINUX_SLL2 */
};
const size_t dispatch_link_rows = ROWS(dispatch_links);

const struct ether_row dispatch_ethers[] = {
	/* IEEE 802 Numbers, IANA; some by use only */
	{ 0x0600, "NS", NULL },
	{ 0x0707, "GeoNet (old)", NULL },
	{ 0x0800, "IPv4", ip_print },
	{ 0x0806, "ARP", arp_print },
	{ 0x1000, "Trail", NULL },
	{ 0x1111, "CALM FAST", NULL },
	{ 0x6001, "MOP DL", NULL },
	{ 0x6002, "MOP RC", NULL },
	{ 0x6003, "DN", NULL },
	{ 0x6004, "LAT", NULL },
	{ 0x6007, "SCA", NULL },
	{ 0x6558, "TEB", NULL },
	{ 0x8035, "Reverse ARP", arp_print },
	{ 0x8038, "Lanbridge", NULL },
	{ 0x803c, "DEC DNS", NULL },
	{ 0x803e, "DEC DTS", NULL },
	{ 0x805b, "VEXP", NULL },
	{ 0x805c, "VPROD", NULL },
	{ 0x809b, "Appletalk", NULL },
	{ 0x80f3, "Appletalk ARP", NULL },
	{ 0x8100, "802.1Q", NULL },
	{ 0x8137, "IPX", NULL },
	{ 0x86dd, "IPv6", ip6_print },
	{ 0x8808, "MPCP", NULL },
	{ 0x8809, "Slow Protocols", NULL },
	{ 0x880b, "PPP", NULL },
	{ 0x8847, "MPLS unicast", NULL },
	{ 0x8848, "MPLS multicast", NULL },
	{ 0x8863, "PPPoE D", NULL },
	{ 0x8864, "PPPoE S", NULL },
	{ 0x886f, "MS NLB heartbeat", NULL },
	{ 0x888e, "EAPOL", NULL },
	{ 0x8899, "Realtek protocols", NULL },
	{ 0x88a2, "AoE", NULL },
	{ 0x88a8, "802.1Q-QinQ", NULL },
	{ 0x88ca, "TIPC", NULL },
	{ 0x88cc, "LLDP", NULL },
	{ 0x88e5, "802.1AE MACsec", NULL },
	{ 0x88f7, "PTP", NULL },
	{ 0x8902, "CFM", NULL },
	{ 0x893a, "IEEE1905.1", NULL },
	{ 0x8947, "GeoNet", NULL },
	{ 0x894f, "NSH", NULL },
	{ 0x9000, "Loopback", NULL },
	{ 0x9100, "802.1Q-9100", NULL },
	{ 0x9200, "802.1Q-9200", NULL },
	{ 0xabcd, "CFM (old)", NULL },
	{ 0xfefe, "OSI", NULL },
};
const size_t dispatch_ether_rows = ROWS(dispatch_ethers);

const struct proto_row dispatch_protos[] = {
	/* Assigned Internet Protocol Numbers, IANA */
	{ 0, "HBH", NULL, false },
	{ 1, "ICMP", icmp_print, false },
	{ 2, "IGMP", NULL, false },
	{ 4, "IPIP", ipip_print, false },
	{ 6, "TCP", tcp_print, true },
	{ 8, "EGP", NULL, false },
	{ 9, "IGRP", NULL, false },
	{ 17, "UDP", udp_print, true },
	{ 33, "DCCP", NULL, false },
	{ 41, "IPv6", ip6ip_print, false },
	{ 43, "Routing", NULL, false },
	{ 44, "Fragment", NULL, false },
	{ 46, "RSVP", NULL, false },
	{ 47, "GRE", NULL, false },
	{ 50, "ESP", NULL, false },
	{ 51, "AH", NULL, false },
	{ 55, "Mobile IP", NULL, false },
	{ 58, "ICMPv6", icmp6_print, false },
	{ 59, NULL, none_print, false },
	{ 60, "DSTOPT", NULL, false },
	{ 62, "Mobile IP (old)", NULL, false },
	{ 77, NULL, nd_print, false },
	{ 88, "EIGRP", NULL, false },
	{ 89, "OSPF", NULL, false },
	{ 103, "PIM", NULL, false },
	{ 108, "Compressed IP", NULL, false },
	{ 112, "VRRP", NULL, false },
	{ 113, "PGM", NULL, false },
	{ 132, "SCTP", sctp_print, true },
	{ 135, "Mobility", NULL, false },
	{ 143, "Ethernet", NULL, false },
};
const size_t dispatch_proto_rows = ROWS(dispatch_protos);

/* Binary search over rows whose first member is `member`. */
#define FIND(table, rows, member, value)                            \
	do {                                                        \
		size_t low = 0, high = (rows);                      \
		while (low < high) {                                \
			size_t mid = low + (high - low) / 2;        \
			if ((table)[mid].member < (value))          \
				low = mid + 1;                      \
			else                                        \
				high = mid;                         \
		}                                                   \
		if (low < (rows) && (table)[low].member == (value)) \
			return (table) + low;                       \
		return NULL;                                        \
	} while (0)

const struct link_row *
dispatch_link(unsigned type)
{
	FIND(dispatch_links, dispatch_link_rows, type, type);
}

const struct ether_row *
dispatch_ether(unsigned type)
{
	FIND(dispatch_ethers, dispatch_ether_rows, type, type);
}

const struct proto_row *
dispatch_proto(unsigned proto)
{
	FIND(dispatch_protos, dispatch_proto_rows, proto, proto);
}

static const struct name_row *
find_name(const struct name_row *rows, size_t n, uint32_t value)
{
	FIND(rows, n, value, value);
}

const char *
dispatch_name(const struct name_row *rows, size_t n, uint32_t value)
{
	const struct name_row *row = find_name(rows, n, value);
	return row ? row->name : NULL;
}

void
dispatch_payload(struct printer *p, struct cursor c, const struct net *net)
{
	const struct proto_row *row = dispatch_proto(net->sum_proto);
	if (row && row->print) {
		row->print(p, c, net);
		return;
	}
	const char *name = p->opts.numeric ? NULL : names_proto(p->names, net->sum_proto);
	if (name)
		text_put(p, " %s", name);
	else
		text_put(p, " ip-proto-%u", net->sum_proto);
	text_put(p, " %u", c.len);
}
