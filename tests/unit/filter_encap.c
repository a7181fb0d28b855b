/* filter_encap.c: tunnels and scopes: hand-made frames in, the letters of those that
 * match out.  What stands inside `word (…)` is read behind the tunnel, what stands after
 * it is read as before it. */
#include "filter_frames.h"

#define INNER_UDP IP4_9("11") UDP("00 35", "00 50") /* 10.9.0.1.53 > 10.9.0.2.80 */
#define INNER_ARP ETHER("08 06") ARP

static const struct frame vlan_frames[] = {
	{ 'a', ETHER("08 00") IP4("11") UDP("00 35", "00 50") },
	{ 'b', ETHER("81 00") TAG("00 07", "08 00") IP4("11") UDP("00 35", "00 50") },
	/* priority 7 and the drop bit: not of the number */
	{ 'c', ETHER("81 00") TAG("f0 07", "86 dd") IP6("06")
			TCP("01 bb", "d0 00", "12") },
	{ 'd', ETHER("88 a8") TAG("00 08", "81 00") TAG("00 07", "08 00") IP4("06")
			TCP("00 50", "d0 00", "02") },
	{ 'e', ETHER("91 00") TAG("00 07", "08 06") ARP },
	{ 'f', ETHER("08 06") ARP },
};

static const struct verdicts vlan_rows[] = {
	{ .text = "vlan", .match = "bcde" },
	{ .text = "vlan (ip)", .match = "b" },
	{ .text = "vlan (7)", .match = "bce" }, /* the number: libpcap's */
	{ .text = "vlan ((7))", .match = "bce" },
	{ .text = "vlan 7 (ip)", .match = "b" },
	{ .text = "vlan (7) (ip or ip6)", .match = "bc" },
	{ .text = "vlan 8 (vlan 7 (ip))", .match = "d" },
	{ .text = "vlan 7 (vlan 8 (ip))", .match = "" },
	{ .text = "vlan 8 (vlan 7 and ip)", .match = "d" },
	{ .text = "vlan (vlan)", .match = "d" },
	{ .text = "vlan (not ip)", .match = "cde" },
	{ .text = "not vlan (ip)", .match = "acdef" },
	{ .text = "vlan 7 (tcp port 443)", .match = "c" },
	{ .text = "vlan (udp port 53 and host 10.0.0.1)", .match = "b" },
	{ .text = "vlan (arp)", .match = "e" },
	{ .text = "vlan 7 (len > 0)", .match = "bce" },
	/* after the scope, as before the word */
	{ .text = "vlan 7 (ip) or ip", .match = "ab" },
	{ .text = "vlan 7 (ip) or vlan 8 (vlan)", .match = "bd" },
	{ .text = "vlan (ip) or arp", .match = "bf" },
	{ .text = "(vlan (ip) or ip) and udp port 53", .match = "a" },
	{ .text = "ip or vlan (ip) or vlan (vlan (ip))", .match = "abd" },
	{ .text = "vlan (ip) and ether[12:2] = 0x8100", .match = "b" },
	{ .text = "port 53 and 80 or vlan (port 53) or port 67", .match = "ab" },
	/* which has the qualifiers of before, too */
	{ .text = "host 10.0.0.1 or vlan (arp) or 10.7.7.7", .match = "aef" },
	/* MAC addresses do not move */
	{ .text = "vlan (ether src 02:00:00:00:00:01)", .match = "bcde" },
	/* unscoped: all that stands to the right moves */
	{ .text = "vlan 7 and ip", .match = "b" },
	{ .text = "vlan and vlan and ip", .match = "d" },
	{ .text = "vlan 7 (ip) and vlan and ip", .match = "b" },
	{ .text = "(vlan 7) and ip", .match = "b" },
};

static void
vlan(void **state)
{
	(void)state;
	FRAMES_CHECK(vlan_frames, vlan_rows);
}

static const struct frame mpls_and_pppoes_frames[] = {
	{ 'a', ETHER("88 47") "00 06 41 40 " INNER_UDP }, /* label 100, bottom */
	/* labels 1024, 200 */
	{ 'b', ETHER("88 47") "00 40 00 40 00 0c 81 40 " INNER_UDP },
	{ 'c', ETHER("88 47") "00 06 41 40 " IP6("11") UDP("00 35", "00 50") },
	{ 'd', ETHER("88 48") "00 06 41 40 " INNER_UDP }, /* multicast: is not */
	{ 'e', ETHER("88 64") "11 00 00 2a 00 3e 00 21 " INNER_UDP },
	{ 'f', ETHER("88 64") "11 00 00 2b 00 3e 00 57 " IP6("06")
			TCP("00 50", "d0 00", "02") },
	{ 'g', ETHER("88 63") "11 09 00 2a 00 00 " },
	{ 'h', ETHER("81 00")
			TAG("00 07", "88 64") "11 00 00 2a 00 3e 00 21 " INNER_UDP },
	{ 'i', ETHER("88 64") "11 00 00 2a 00 3e c0 21 01 01 00 04 " }, /* LCP */
	/* label 100 in PPP */
	{ 'j', ETHER("88 64") "11 00 00 2a 00 3e 02 81 00 06 41 40 " INNER_UDP },
	{ 'k', ETHER("08 00") INNER_UDP },
};

static const struct verdicts mpls_and_pppoes_rows[] = {
	{ .text = "mpls", .match = "abc" },
	{ .text = "mpls (ip)", .match = "a" },
	{ .text = "mpls 100 (ip)", .match = "a" },
	{ .text = "mpls 100 (ip6)", .match = "c" },
	{ .text = "mpls 100 (host 10.9.0.1 and port 80)", .match = "a" },
	{ .text = "mpls 1024 (mpls 200 (ip))", .match = "b" },
	{ .text = "mpls 1024 and mpls 200 and host 10.9.0.2", .match = "b" },
	{ .text = "mpls (mpls)", .match = "b" },
	{ .text = "mpls 100 (udp) or udp", .match = "ack" },
	{ .text = "pppoed", .match = "g" },
	{ .text = "pppoes", .match = "efij" },
	{ .text = "pppoes 42", .match = "eij" },
	{ .text = "pppoes (ip)", .match = "e" },
	{ .text = "pppoes 42 (ip)", .match = "e" },
	{ .text = "pppoes 43 (ip6)", .match = "f" },
	{ .text = "pppoes (tcp src port 80)", .match = "f" },
	{ .text = "pppoes (tcp dst port 80)", .match = "" },
	{ .text = "pppoes (port 80)", .match = "ef" },
	{ .text = "pppoes (ether proto 0xc021)", .match = "i" },
	{ .text = "pppoes (mpls 100 (host 10.9.0.1))", .match = "j" },
	{ .text = "pppoes 42 (ip) or ip", .match = "ek" },
	{ .text = "vlan 7 (pppoes 42 (ip))", .match = "h" },
	{ .text = "vlan (pppoes (ip)) or pppoes (ip) or ip", .match = "ehk" },
	{ .text = "pppoes (not ip)", .match = "fij" },
	{ .text = "not pppoes (not ip)", .match = "abcdeghk" },
};

static void
mpls_and_pppoes(void **state)
{
	(void)state;
	FRAMES_CHECK(mpls_and_pppoes_frames, mpls_and_pppoes_rows);
}

/* Ethernet in UDP: RFC 7348, RFC 8926 */
#define VXLAN(vni) UDP("c0 00", "12 b5") "08 00 00 00 " vni " 00 "
#define GENEVE(type, vni) UDP("c0 00", "17 c1") "00 00 " type " " vni " 00 "
#define GENEVE_OPTIONS(type, vni) \
	UDP("c0 00", "17 c1") "02 00 " type " " vni " 00 01 08 00 01 aa bb cc dd "

static const struct frame ethernet_in_udp_frames[] = {
	{ 'a', ETHER("08 00") IP4("11") VXLAN("00 00 2a") ETHER("08 00") INNER_UDP },
	{ 'b', ETHER("08 00") IP4("11") VXLAN("00 00 2b") INNER_ARP },
	{ 'c', ETHER("86 dd") IP6("11") VXLAN("00 00 2a") ETHER("81 00")
			TAG("00 07", "08 00") INNER_UDP },
	{ 'd', ETHER("08 00") IP4("11") GENEVE("65 58", "00 00 2a") ETHER("08 00")
			INNER_UDP },
	{ 'e', ETHER("08 00") IP4("11") GENEVE_OPTIONS("65 58", "00 00 2a") ETHER("08 00")
			INNER_UDP },
	/* no Ethernet header inside */
	{ 'f', ETHER("08 00") IP4("11") GENEVE_OPTIONS("86 dd", "00 00 2b") IP6("06")
			TCP("00 50", "d0 00", "02") },
	{ 'g', ETHER("08 00") INNER_UDP },
	/* IPv4 options in the outer header; the I flag not set */
	{ 'h', ETHER("08 00") "46 00 00 54 12 34 00 00 40 11 00 00 0a 00 00 01 "
			      "0a 00 00 02 "
			      "01 01 01 00 " VXLAN("00 00 2a") ETHER("08 00") INNER_UDP },
	{ 'i', ETHER("08 00") IP4("11") UDP("c0 00",
		       "12 b5") "00 00 00 00 00 00 2a 00 " ETHER("08 00") INNER_UDP },
	/* a later fragment */
	{ 'j', ETHER("08 00") "45 00 00 54 12 34 00 10 40 11 00 00 0a 00 00 01 "
			      "0a 00 00 02 " VXLAN("00 00 2a") ETHER("08 00") INNER_UDP },
	/* IPv4 in Geneve, which is no frame to a multicast address, though 0x45 is odd */
	{ 'l', ETHER("08 00") IP4("11") GENEVE("08 00", "00 00 2c") INNER_UDP },
	/* VXLAN in VXLAN */
	{ 'k', ETHER("08 00") IP4("11") VXLAN("00 00 01") ETHER("08 00") IP4("11")
			VXLAN("00 00 2a") ETHER("08 00") INNER_UDP },
};

static const struct verdicts ethernet_in_udp_rows[] = {
	{ .text = "vxlan", .match = "abchk" },
	{ .text = "vxlan 42", .match = "ach" },
	{ .text = "vxlan and ip", .match = "ahk" },
	{ .text = "vxlan 42 and ip", .match = "ah" },
	{ .text = "vxlan (ip)", .match = "ahk" },
	{ .text = "vxlan 42 (host 10.9.0.1 and port 80)", .match = "ah" },
	{ .text = "vxlan 42 (host 10.0.0.1 and port 80)", .match = "" },
	{ .text = "vxlan 43 (arp host 10.0.0.1)", .match = "b" },
	{ .text = "vxlan (vlan 7 (ip))", .match = "c" },
	{ .text = "vxlan (vlan 7 and port 53)", .match = "c" },
	{ .text = "vxlan (not ip)", .match = "bc" },
	{ .text = "not vxlan (ip)", .match = "bcdefgijl" },
	{ .text = "vxlan (vxlan 42 (host 10.9.0.1))", .match = "k" },
	{ .text = "vxlan 1 (vxlan 42 (ip) and host 10.0.0.1)", .match = "k" },
	{ .text = "vxlan 1 (vxlan 42 (ip) and host 10.9.0.1)", .match = "" },
	{ .text = "vxlan (ip) and host 10.0.0.1", .match = "ahk" },
	{ .text = "vxlan (ip) and host 10.9.0.1", .match = "" },
	{ .text = "vxlan (arp) or udp dst port 80", .match = "bg" },
	{ .text = "vxlan (ether src 02:00:00:00:00:01 and udp port 53)", .match = "ah" },
	{ .text = "geneve", .match = "defl" },
	{ .text = "geneve 42", .match = "de" },
	{ .text = "geneve (ip)", .match = "del" },
	{ .text = "geneve (ip6)", .match = "f" },
	{ .text = "geneve 43 (tcp src port 80)", .match = "f" },
	{ .text = "geneve (port 80)", .match = "defl" },
	{ .text = "geneve (ether src 02:00:00:00:00:01)", .match = "de" },
	{ .text = "geneve (not ether src 02:00:00:00:00:01)", .match = "fl" },
	{ .text = "geneve (multicast)", .match = "" },
	{ .text = "geneve 44 (not multicast)", .match = "l" },
	{ .text = "geneve 42 (udp) and net 10.0.0.0/16", .match = "de" },
	{ .text = "vxlan (net 10.9.0.0/16) or geneve (net 10.9.0.0/16) or net "
		  "10.9.0.0/16",
		.match = "adeghl" },
};

static void
ethernet_in_udp(void **state)
{
	(void)state;
	FRAMES_CHECK(ethernet_in_udp_frames, ethernet_in_udp_rows);
}

/* IP in IP, with or without a header between: RFC 2003, 2473, 4213, 2784, 2890 */
#define GRE(flags, type) flags " " type " "

static const struct frame ip_in_ip_frames[] = {
	{ 'a', ETHER("08 00") IP4("2f") GRE("00 00", "08 00") INNER_UDP },
	/* key 42; checksum and key; checksum, key and sequence number */
	{ 'b', ETHER("08 00") IP4("2f") GRE("20 00", "08 00") "00 00 00 2a " INNER_UDP },
	{ 'c', ETHER("08 00") IP4("2f")
			GRE("a0 00", "08 00") "12 34 00 00 00 00 00 2a " INNER_UDP },
	{ 'd', ETHER("08 00") IP4("2f") GRE(
		       "b0 00", "86 dd") "12 34 00 00 00 00 00 2b 00 00 00 09 " IP6("06")
			TCP("00 50", "d0 00", "02") },
	/* sequence number alone, Ethernet inside */
	{ 'e', ETHER("86 dd") IP6("2f")
			GRE("10 00", "65 58") "00 00 00 2a " ETHER("08 00") INNER_UDP },
	/* version 1 (PPTP) and source routing: are not */
	{ 'f', ETHER("08 00") IP4("2f") GRE("20 01", "88 0b") "00 00 00 2a " INNER_UDP },
	{ 'g', ETHER("08 00") IP4("2f") GRE("40 00", "08 00") "00 00 00 2a " INNER_UDP },
	{ 'h', ETHER("08 00") IP4("04") INNER_UDP },
	{ 'i', ETHER("86 dd") IP6("04") INNER_UDP },
	{ 'j', ETHER("08 00") IP4("29") IP6("06") TCP("00 50", "d0 00", "02") },
	{ 'k', ETHER("86 dd") IP6("29") IP6("11") UDP("00 35", "00 50") },
	{ 'l', ETHER("08 00") INNER_UDP },
	/* three of them: 10.0.0.1 > IPv6 > 10.0.0.1 > 10.9.0.1 */
	{ 'm', ETHER("08 00") IP4("29") IP6("04") IP4("04") INNER_UDP },
	/* 6in4 with 4 bytes of IPv4 options */
	{ 'n', ETHER("08 00") "46 00 00 54 12 34 00 00 40 29 00 00 0a 00 00 01 "
			      "0a 00 00 02 "
			      "01 01 01 00 " IP6("11") UDP("00 35", "00 50") },
};

static const struct verdicts ip_in_ip_rows[] = {
	{ .text = "gre (ip)", .match = "abce" },
	{ .text = "gre (ip6)", .match = "d" },
	{ .text = "gre (len > 0)", .match = "abcde" },
	{ .text = "gre 42 (ip)", .match = "bc" },
	{ .text = "gre 43 (tcp src port 80)", .match = "d" },
	{ .text = "gre 43 (ip)", .match = "" },
	{ .text = "gre (host 10.9.0.1 and port 53)", .match = "abce" },
	{ .text = "gre (host 10.0.0.1)", .match = "" },
	{ .text = "gre (ip) and host 10.0.0.1", .match = "abc" },
	{ .text = "gre (ether dst 02:00:00:00:00:02)", .match = "e" },
	{ .text = "gre (ip) or tcp or udp", .match = "abcel" },
	{ .text = "not gre (not ip)", .match = "abcefghijklmn" },
	{ .text = "ipip (ip)", .match = "hi" },
	{ .text = "ipip (udp port 53 and net 10.9.0.0/16)", .match = "hi" },
	{ .text = "ipip (not tcp)", .match = "hi" },
	{ .text = "ipip (ip) and ip6", .match = "i" },
	{ .text = "6in4 (ip6)", .match = "jkmn" },
	{ .text = "6in4 (tcp port 80)", .match = "j" },
	{ .text = "6in4 (udp port 80)", .match = "kn" },
	{ .text = "6in4 (ip6 host 2001:db8::1) and ip", .match = "jmn" },
	{ .text = "6in4 (ipip (ip))", .match = "m" },
	{ .text = "6in4 (ipip (ipip (host 10.9.0.1)))", .match = "m" },
	{ .text = "6in4 (ipip (ipip (host 10.9.0.1) and host 10.0.0.1) and ip6) "
		  "and ip",
		.match = "m" },
	{ .text = "gre (ip) or ipip (ip) or 6in4 (ip6) or ip host 10.9.0.1",
		.match = "abcehijklmn" },
};

static void
ip_in_ip(void **state)
{
	(void)state;
	FRAMES_CHECK(ip_in_ip_frames, ip_in_ip_rows);
}

/* 3GPP TS 29.281: GTP-U, version 1 */
#define GTP(flags, teid) UDP("08 68", "08 68") flags " ff 00 40 " teid " "

static const struct frame gtp_frames[] = {
	{ 'a', ETHER("08 00") IP4("11") GTP("30", "00 00 00 2a") INNER_UDP },
	/* S: sequence number 7, and then N-PDU and next type, unused */
	{ 'b', ETHER("08 00") IP4("11")
			GTP("32", "00 00 00 2a") "00 07 ff ff " INNER_UDP },
	/* PN */
	{ 'c', ETHER("86 dd") IP6("11")
			GTP("31", "00 00 00 2b") "ff ff 07 ff " INNER_UDP },
	/* E: none follows after all */
	{ 'd', ETHER("08 00") IP4("11")
			GTP("34", "00 00 00 2a") "ff ff ff 00 " INNER_UDP },
	/* one of 4 bytes (PDU session container), one of 8, and one of 4 */
	{ 'e', ETHER("08 00") IP4("11") GTP("34",
		       "00 00 00 2a") "00 00 00 85 "
				      "01 10 09 00 " IP6("11") UDP("00 35", "00 50") },
	{ 'f', ETHER("08 00") IP4("11")
			GTP("36", "00 00 00 2a") "00 07 00 85 "
						 "02 10 09 00 00 00 00 c0 01 12 "
						 "34 00 " INNER_UDP },
	/* four, and five: one too many */
	{ 'g', ETHER("08 00") IP4("11")
			GTP("34", "00 00 00 2a") "00 00 00 85 "
						 "01 00 00 85 01 00 00 85 01 00 "
						 "00 85 01 00 00 00 " INNER_UDP },
	{ 'h', ETHER("08 00") IP4("11") GTP(
		       "34", "00 00 00 2a") "00 00 00 85 "
					    "01 00 00 85 01 00 00 85 01 00 00 85 01 00 "
					    "00 85 01 00 00 00 " INNER_UDP },
	/* length 0: no header */
	{ 'i', ETHER("08 00") IP4("11")
			GTP("34", "00 00 00 2a") "00 00 00 85 "
						 "00 00 00 00 " INNER_UDP },
	/* echo request; GTP' (no PT bit); version 2 */
	{ 'j', ETHER("08 00") IP4("11")
			UDP("08 68", "08 68") "30 01 00 40 00 00 00 2a " INNER_UDP },
	{ 'k', ETHER("08 00") IP4("11") GTP("20", "00 00 00 2a") INNER_UDP },
	{ 'l', ETHER("08 00") IP4("11") GTP("50", "00 00 00 2a") INNER_UDP },
	/* GTP-C */
	{ 'm', ETHER("08 00") IP4("11")
			UDP("08 68", "08 4b") "30 ff 00 40 00 00 00 2a " INNER_UDP },
};

static const struct verdicts gtp_rows[] = {
	{ .text = "gtp (ip)", .match = "abcdfg" },
	{ .text = "gtp (ip6)", .match = "e" },
	{ .text = "gtp (len > 0)", .match = "abcdefg" },
	{ .text = "gtp 42 (udp dst port 80)", .match = "abdefg" },
	{ .text = "gtp 43 (net 10.9.0.0/16)", .match = "c" },
	{ .text = "gtp 0 (ip)", .match = "" },
	{ .text = "gtp (net 10.0.0.0/16)", .match = "" },
	{ .text = "gtp (ip) and net 10.0.0.0/16", .match = "abdfg" },
	{ .text = "not gtp (ip)", .match = "ehijklm" },
	{ .text = "gtp 42 (ip) or gtp 43 (ip)", .match = "abcdfg" },
};

static void
gtp(void **state)
{
	(void)state;
	FRAMES_CHECK(gtp_frames, gtp_rows);
}

/* In the packet itself, in a tunnel, in a tunnel in a tunnel; not in three. */
static const struct frame inner_frames[] = {
	{ 'a', ETHER("08 00") INNER_UDP },
	{ 'b', ETHER("08 00") IP4("04") INNER_UDP },
	{ 'c', ETHER("08 00") IP4("29") IP6("04") INNER_UDP },
	{ 'd', ETHER("08 00") IP4("29") IP6("04") IP4("04") INNER_UDP },
	{ 'e', ETHER("81 00") TAG("00 07", "08 00") INNER_UDP },
	{ 'f', ETHER("81 00") TAG("00 07", "81 00") TAG("00 08", "08 00") INNER_UDP },
	{ 'g', ETHER("81 00") TAG("00 07", "81 00") TAG("00 08", "81 00")
			TAG("00 09", "08 00") INNER_UDP },
	{ 'h', ETHER("08 00") IP4("11") VXLAN("00 00 2a") ETHER("81 00")
			TAG("00 07", "08 00") INNER_UDP },
	{ 'i', ETHER("88 47") "00 06 40 40 00 06 40 40 00 06 41 40 " INNER_UDP },
	{ 'j', ETHER("88 64") "11 00 00 2a 00 3e 00 21 " IP4("2f")
			GRE("a0 00", "08 00") "12 34 00 00 00 00 00 2a " INNER_UDP },
	{ 'k', ETHER("86 dd") IP6("11") GENEVE_OPTIONS("08 00", "00 00 2b") IP4("11")
			GTP("34", "00 00 00 2a") "00 00 00 85 01 00 00 00 " INNER_UDP },
	{ 'l', ETHER("08 06") ARP },
	{ 'm', ETHER("08 00") IP4("2f") GRE("00 00", "65 58") INNER_ARP },
	{ 'n', ETHER("08 00") IP4("11") UDP("00 35", "00 50") },
};

static const struct verdicts inner_rows[] = {
	{ .text = "inner (host 10.9.0.1)", .match = "abcefhijk" },
	{ .text = "inner (net 10.9.0.0/16 and udp port 53)", .match = "abcefhijk" },
	{ .text = "inner (port 80)", .match = "abcefhijkn" },
	{ .text = "inner (arp)", .match = "lm" },
	{ .text = "inner (arp host 10.0.0.1)", .match = "lm" },
	{ .text = "inner (ip6)", .match = "cdk" },
	{ .text = "inner (ip6) and ip", .match = "cd" },
	{ .text = "inner (ip6) and not ip", .match = "k" },
	{ .text = "not inner (host 10.9.0.1)", .match = "dglmn" },
	/* all of it in one place */
	{ .text = "inner (host 10.0.0.1 and host 10.9.0.1)", .match = "" },
	{ .text = "inner (host 10.0.0.1) and inner (host 10.9.0.1)", .match = "bchjk" },
	{ .text = "inner (tcp)", .match = "" },
	{ .text = "inner (not ip)", .match = "cdefghijklm" },
	{ .text = "host 10.9.0.1 or inner (arp)", .match = "alm" },
	{ .text = "inner (arp) or host 10.9.0.1", .match = "alm" },
	{ .text = "vlan (inner (host 10.9.0.1))", .match = "efg" },
	{ .text = "vlan 7 (inner (udp))", .match = "efg" },
	{ .text = "inner (vxlan 42 (vlan 7 (ip)))", .match = "h" },
	{ .text = "inner (gre 42 (ip))", .match = "j" },
	{ .text = "inner (vlan 8 (ip))", .match = "f" },
	{ .text = "inner (vlan 9 (ip))", .match = "g" },
	{ .text = "inner (ether src 02:00:00:00:00:01)", .match = "abcdefghijklmn" },
};

static void
inner(void **state)
{
	(void)state;
	FRAMES_CHECK(inner_frames, inner_rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vlan),
		cmocka_unit_test(mpls_and_pppoes),
		cmocka_unit_test(ethernet_in_udp),
		cmocka_unit_test(ip_in_ip),
		cmocka_unit_test(gtp),
		cmocka_unit_test(inner),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
