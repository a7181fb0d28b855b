/* proto.c: the table of protocols.  Keys: IANA "IEEE 802 Numbers" and "Protocol Numbers".
 */
#include "proto.h"

#include <string.h>

static const struct proto protos[PROTOS] = {
	/* word                     name        told by     key     proto[] from    ether
	   proto */
	[PROTO_LINK] = { PROTO_LINK, "link", LEVEL_NONE, 0, BASE_LINK, false },
	[PROTO_IP] = { PROTO_IP, "ip", LEVEL_LINK, 0x0800, BASE_NET, true },
	[PROTO_IP6] = { PROTO_IP6, "ip6", LEVEL_LINK, 0x86dd, BASE_NET, true },
	[PROTO_ARP] = { PROTO_ARP, "arp", LEVEL_LINK, 0x0806, BASE_NET, true },
	[PROTO_RARP] = { PROTO_RARP, "rarp", LEVEL_LINK, 0x8035, BASE_NET, true },
	[PROTO_TCP] = { PROTO_TCP, "tcp", LEVEL_BOTH, 6, BASE_TRANSPORT, false },
	[PROTO_UDP] = { PROTO_UDP, "udp", LEVEL_BOTH, 17, BASE_TRANSPORT, false },
	[PROTO_SCTP] = { PROTO_SCTP, "sctp", LEVEL_BOTH, 132, BASE_TRANSPORT, false },
	[PROTO_ICMP] = { PROTO_ICMP, "icmp", LEVEL_IP, 1, BASE_TRANSPORT, false },
	[PROTO_ICMP6] = { PROTO_ICMP6, "icmp6", LEVEL_IP6, 58, BASE_IP6_NEXT, false },
	[PROTO_IGMP] = { PROTO_IGMP, "igmp", LEVEL_IP, 2, BASE_TRANSPORT, false },
	[PROTO_IGRP] = { PROTO_IGRP, "igrp", LEVEL_IP, 9, BASE_TRANSPORT, false },
	[PROTO_PIM] = { PROTO_PIM, "pim", LEVEL_BOTH, 103, BASE_TRANSPORT, false },
	[PROTO_VRRP] = { PROTO_VRRP, "vrrp", LEVEL_IP, 112, BASE_TRANSPORT, false },
	[PROTO_CARP] = { PROTO_CARP, "carp", LEVEL_IP, 112, BASE_TRANSPORT, false },
	[PROTO_AH] = { PROTO_AH, "ah", LEVEL_BOTH, 51, BASE_NOWHERE, false },
	[PROTO_ESP] = { PROTO_ESP, "esp", LEVEL_BOTH, 50, BASE_NOWHERE, false },
	[PROTO_ATALK] = { PROTO_ATALK, "atalk", LEVEL_LINK, 0x809b, BASE_NET, true },
	[PROTO_AARP] = { PROTO_AARP, "aarp", LEVEL_LINK, 0x80f3, BASE_NOWHERE, true },
	[PROTO_DECNET] = { PROTO_DECNET, "decnet", LEVEL_LINK, 0x6003, BASE_NET, true },
	[PROTO_LAT] = { PROTO_LAT, "lat", LEVEL_LINK, 0x6004, BASE_NET, true },
	[PROTO_SCA] = { PROTO_SCA, "sca", LEVEL_LINK, 0x6007, BASE_NET, true },
	[PROTO_MOPRC] = { PROTO_MOPRC, "moprc", LEVEL_LINK, 0x6002, BASE_NET, true },
	[PROTO_MOPDL] = { PROTO_MOPDL, "mopdl", LEVEL_LINK, 0x6001, BASE_NET, true },
	[PROTO_ISO] = { PROTO_ISO, "iso", LEVEL_LINK, 0xfe, BASE_NOWHERE, true },
	[PROTO_STP] = { PROTO_STP, "stp", LEVEL_LINK, 0x42, BASE_NOWHERE, true },
	[PROTO_IPX] = { PROTO_IPX, "ipx", LEVEL_LINK, 0xe0, BASE_NOWHERE, true },
	[PROTO_NETBEUI] = { PROTO_NETBEUI, "netbeui", LEVEL_LINK, 0xf0, BASE_NOWHERE,
		true },
	[PROTO_CLNP] = { PROTO_CLNP, "clnp", LEVEL_ISO, 0x81, BASE_NOWHERE, false },
	[PROTO_ESIS] = { PROTO_ESIS, "esis", LEVEL_ISO, 0x82, BASE_NOWHERE, false },
	[PROTO_ISIS] = { PROTO_ISIS, "isis", LEVEL_ISO, 0x83, BASE_NOWHERE, false },
	[PROTO_L1] = { PROTO_L1, "l1", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_L2] = { PROTO_L2, "l2", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_IIH] = { PROTO_IIH, "iih", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_LSP] = { PROTO_LSP, "lsp", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_SNP] = { PROTO_SNP, "snp", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_CSNP] = { PROTO_CSNP, "csnp", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_PSNP] = { PROTO_PSNP, "psnp", LEVEL_ISIS, 0, BASE_NOWHERE, false },
	[PROTO_RADIO] = { PROTO_RADIO, "radio", LEVEL_NONE, 0, BASE_PACKET, false },
};

/* Names that are no keywords. */
static const struct {
	const char *name;
	uint32_t key;
} link_names[] = { { "lldp", 0x88cc }, { "loopback", 0x9000 }, { "slow", 0x8809 } };

const struct proto *
proto_find(enum qual_proto p)
{
	return &protos[p];
}

bool
proto_link_name(const char *name, uint32_t *key)
{
	for (unsigned i = 0; i < PROTOS; i++)
		if (protos[i].link_name && strcmp(protos[i].name, name) == 0) {
			*key = protos[i].key;
			return true;
		}
	for (unsigned i = 0; i < sizeof(link_names) / sizeof(link_names[0]); i++)
		if (strcmp(link_names[i].name, name) == 0) {
			*key = link_names[i].key;
			return true;
		}
	return false;
}

bool
proto_iso_name(const char *name, uint32_t *key)
{
	for (unsigned i = 0; i < PROTOS; i++)
		if (protos[i].level == LEVEL_ISO && strcmp(protos[i].name, name) == 0) {
			*key = protos[i].key;
			return true;
		}
	return false;
}
