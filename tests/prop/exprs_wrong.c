/* exprs_wrong.c: appends what must be refused, by every link type or by most: wrong
 * qualifiers, numbers out of range, words that are none. */
#include "exprs_parts.h"

static void
add_qualifier(struct draw *d)
{
	static const char *const texts[] = { "arp port 80", "ether port 80",
		"icmp port 80", "ip6 host 10.0.0.1", "tcp host 10.0.0.1",
		"ether host 10.0.0.1", "ip host fe80::1", "host 02:00:00:00:00:01",
		"ip host 02:00:00:00:00:01", "tcp net 10.0.0.0/8", "ip6 net 10.0.0.0/8",
		"ip net fe80::/16", "tcp proto 6", "arp proto 6", "ether protochain 6",
		"tcp protochain 6", "port 10.0.0.1", "portrange 10.0.0.1",
		"proto 10.0.0.1", "protochain 10.0.0.1", "port 10.0.0.0/8",
		"port fe80::1", "port fe80::/16", "port 10.0.0.0 mask 255.0.0.0",
		"gateway 10.0.0.1", "gateway 5", "tcp gateway localhost",
		"gateway fe80::1", "host $5", "ip host $5", "decnet port 5",
		"decnet net 1.2", "decnet host fe80::1", "tcp broadcast", "arp multicast",
		"ip6 broadcast", "iso host 10.0.0.1", "addr1 host 10.0.0.1", "ra port 80",
		"ta portrange 1-2", "src 10.0.0.0/8", "host fe80::/16", "src fe80::/16",
		"addr4 10.0.0.1", "src proto 6", "dst gateway localhost",
		"host 10.0.0.1/32", NULL };

	expr_add_one(d, texts);
}

static void
add_range(struct draw *d)
{
	static const char *const texts[] = { "port 65536", "portrange 1-65536",
		"net 10.0.0.0/33", "net fe80::/129", "vlan 4096", "mpls 1048576",
		"pppoes 65536", "geneve 16777216", "host 1.2.3.256", "net 10.0.0.1/8",
		"net fe80::1/64", "net 10.1.0.0 mask 255.0.0.0", "ip[0:3] = 1",
		"ip[0:0] = 1", "ip[0] / 0 = 1", "ip[0] % 0 = 1", "ip[0] << 32 = 1",
		"ip[0] >> 33 = 1", "len > 4294967296", "len > 0x100000000", "len > 08",
		"len > 0777777777777777", "vpi 256", "vci 65536", "sio 256", "opc 16384",
		"dpc 16384", "sls 16", "hsio 256", "hopc 16384", "hdpc 16384", "hsls 16",
		"type 3", "type 12 ", "type mgt subtype 8", "dir 4", "port 80-90",
		"portrange 1-2-3", "portrange -5", "portrange domain",
		"icmp[0:4 + 0] = 1", "decnet host 64.1", "decnet host 1.1024", NULL };

	expr_add_one(d, texts);
}

static void
add_word(struct draw *d)
{
	static const char *const texts[] = { "link", "radio", "llc foo", "type foo",
		"subtype foo", "type mgt subtype foo", "dir foo", "reason foo",
		"action foo", "action 1", "ip proto nosuchproto",
		"ether proto nosuchproto", "iso proto nosuchproto",
		"isis proto nosuchproto", "port nosuchport", "portrange nosuch-ports",
		"ifname", "rnr foo", "ifindex foo", "ah[0] = 1", "esp[0] = 1",
		"stp[0] = 1", "iso[0] = 1", "isis[0] = 1", "aarp[0] = 1", "1:2:3:4:5",
		"host 1:2:3", "host 1::2::3", "host :::", "tcp 5", "ip 1.2.3.4", "lat 5",
		"subtype 8", "ifname abcdefghijklmnop", "rset abcdefghijklmnop",
		"lane lane", "gateway localhost", "proto \\nosuch", NULL };

	expr_add_one(d, texts);
}

static void
add_syntax(struct draw *d)
{
	static const char *const texts[] = { "and ip", "ip and", "( ip", "ip )", "( )",
		"not", "ip ip", "host", "port", "80", "10.0.0.1", "fe80::1", "tcp or 80",
		"len > 10-2", "len", "1 + 1", "1 = 1 = 1", "tcp[0] 5", "tcp[0", "tcp[]",
		"tcp[0:] = 1", "( tcp or udp ) port 53", "host 10.0.0.1 10.0.0.2",
		"ip = arp", "IP", "Host 1.2.3.4", "~ ip", "ip & arp", "ip | arp",
		"ip ; arp", "src and port 80", "src or or dst port 80", "src dst port 80",
		"less tcp", "greater", "byte 0 = tcp", "byte 0 != 1", "less 5 + 5",
		"host 10.0.0.1 and ( 10.0.0.2 or port 80 )", "port 80 mask 255.0.0.0",
		"net 10/8", "net fe80:: mask ffff::", "vlan foo", "vlan -1",
		"mpls ( 1 or 2 )", "{ ip }", "ip,arp", "proto", "port ( )", "$5", "\\ip",
		NULL };

	expr_add_one(d, texts);
}

void
expr_add_wrong(struct draw *d)
{
	static const struct part parts[] = {
		{ 40, 0, add_qualifier },
		{ 30, 0, add_range },
		{ 25, 0, add_word },
		{ 20, 0, add_syntax },
	};

	expr_add_part(d, parts, COUNT(parts));
}
