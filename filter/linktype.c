/* linktype.c: the table of link types (tcpdump.org/linktypes; headers as the
 * specifications named there have them). */
#include "linktype.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"

#define NO_MAC .mac = MAC_NONE
#define MACS(dst, src, group_at) \
	.mac = MAC_FIXED, .mac_dst = dst, .mac_src = src, .group = group_at
#define WLAN .mac = MAC_WLAN, .mac_dst = NOWHERE, .mac_src = NOWHERE
#define JUNIPER .direction = DIRECTION_JUNIPER
#define X NOWHERE

/* value, name, key, header, type, payload, network, ... in plain LLC; the rest by name */
static const struct linktype linktypes[] = {
	{ 0, "NULL", KEY_AF_HOST, 0, 0, 4, 0, 0, NO_MAC },
	{ 1, "EN10MB", KEY_ETHERTYPE, 0, 12, 14, 0, 3, MACS(0, 6, 0),
		.has = LINK_VLAN | LINK_MPLS | LINK_LLC },
	{ 6, "IEEE802", KEY_LLC, 0, 14, 14, 8, 3, MACS(2, 8, 2), .has = LINK_LLC },
	{ 7, "ARCNET", KEY_ARCNET, 0, 2, 6, 0, 0, .mac = MAC_BYTE, .mac_dst = 1 },
	{ 8, "SLIP", KEY_NIBBLE, 0, X, 16, 0, 0, .direction = DIRECTION_SLIP },
	{ 9, "PPP", KEY_PPP, 0, 2, 4, 0, 0, .has = LINK_MPLS },
	{ 10, "FDDI", KEY_LLC, 0, 13, 13, 8, 3, MACS(1, 7, 1), .has = LINK_LLC },
	{ 50, "PPP_SERIAL", KEY_PPP, 0, 2, 4, 0, 0, NO_MAC },
	{ 51, "PPP_ETHER", KEY_PPP, 0, 6, 8, 0, 0, NO_MAC },
	{ 99, "SYMANTEC_FIREWALL", KEY_PLAIN, 0, 6, 44, 0, 0, NO_MAC },
	{ 100, "ATM_RFC1483", KEY_LLC, 0, 0, 0, 8, 3, .has = LINK_LLC },
	{ 101, "RAW", KEY_NIBBLE, 0, X, 0, 0, 0, NO_MAC },
	{ 102, "SLIP_BSDOS", KEY_NIBBLE, 0, X, 24, 0, 0, NO_MAC },
	{ 103, "PPP_BSDOS", KEY_PPP_BSDOS, 0, 5, 24, 0, 0, NO_MAC },
	{ 104, "C_HDLC", KEY_HDLC, 0, 2, 4, 0, 0, .has = LINK_MPLS },
	{ 105, "IEEE802_11", KEY_WLAN, 0, 0, 24, 8, 3, WLAN,
		.has = LINK_VLAN | LINK_LLC },
	{ 106, "ATM_CLIP", KEY_LLC, 0, 0, 0, 8, 3, NO_MAC },
	{ 107, "FRELAY", KEY_FRELAY, 0, X, 0, 0, 0, NO_MAC },
	{ 108, "LOOP", KEY_AF, 0, 0, 4, 0, 0, NO_MAC },
	{ 109, "ENC", KEY_AF_HOST, 0, 0, 12, 0, 0, NO_MAC },
	{ 113, "LINUX_SLL", KEY_SLL, 0, 14, 16, 0, 0, .direction = DIRECTION_SLL },
	{ 114, "LTALK", KEY_LTALK, 0, X, 0, 0, 0, NO_MAC },
	{ 117, "PFLOG", KEY_AF_BYTE, 0, 0, 0, 0, 0, .prefix = PREFIX_PFLOG,
		.direction = DIRECTION_PFLOG },
	{ 119, "PRISM_HEADER", KEY_WLAN, 0, 0, 24, 8, 3, WLAN,
		.has = LINK_VLAN | LINK_LLC | LINK_RADIO, .prefix = PREFIX_PRISM },
	{ 122, "IP_OVER_FC", KEY_LLC, 0, 16, 16, 8, 3, MACS(2, 10, 2) },
	{ 123, "SUNATM", KEY_SUNATM, 0, 4, 4, 8, 3, .has = LINK_LLC },
	{ 127, "IEEE802_11_RADIO", KEY_WLAN, 0, 0, 24, 8, 3, WLAN,
		.has = LINK_VLAN | LINK_LLC | LINK_RADIO, .prefix = PREFIX_RADIOTAP },
	{ 129, "ARCNET_LINUX", KEY_ARCNET, 0, 4, 8, 0, 0, .mac = MAC_BYTE, .mac_dst = 1 },
	{ 130, "JUNIPER_MLPPP", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 131, "JUNIPER_MLFR", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 132, "JUNIPER_ES", KEY_JUNIPER, 0, 6, X, X, X, JUNIPER },
	{ 133, "JUNIPER_GGSN", KEY_JUNIPER, 0, 6, 12, 0, X, JUNIPER },
	{ 134, "JUNIPER_MFR", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 135, "JUNIPER_ATM2", KEY_JUNIPER, 0, 8, 8, 0, 10, JUNIPER },
	{ 136, "JUNIPER_SERVICES", KEY_JUNIPER, 0, 12, X, X, X, JUNIPER },
	{ 137, "JUNIPER_ATM1", KEY_JUNIPER, 0, 4, 4, 0, 10, JUNIPER },
	{ 138, "APPLE_IP_OVER_IEEE1394", KEY_PLAIN, 0, 16, 18, 0, 0, NO_MAC },
	{ 139, "MTP2_WITH_PHDR", KEY_NONE, 0, X, X, X, X, .ss7_at = 4 + 1 },
	{ 140, "MTP2", KEY_NONE, 0, X, X, X, X, .ss7_at = 0 + 1 },
	{ 163, "IEEE802_11_RADIO_AVS", KEY_WLAN, 0, 0, 24, 8, 3, WLAN,
		.has = LINK_VLAN | LINK_LLC | LINK_RADIO, .prefix = PREFIX_AVS },
	{ 164, "JUNIPER_MONITOR", KEY_JUNIPER, 0, 12, 12, 0, X, JUNIPER },
	{ 165, "BACNET_MS_TP", KEY_NONE, 0, X, X, X, X, .mac = MAC_BYTE, .mac_dst = 3,
		.mac_src = 4, .broadcast = 0xff },
	{ 166, "PPP_PPPD", KEY_PPP, 0, 2, 4, 0, 0, .direction = DIRECTION_PPPD },
	{ 167, "JUNIPER_PPPOE", KEY_JUNIPER, 0, 16, 14, 18, 21, JUNIPER },
	{ 168, "JUNIPER_PPPOE_ATM", KEY_JUNIPER, 0, 4, 6, 0, X, JUNIPER },
	{ 178, "JUNIPER_ETHER", KEY_JUNIPER, 0, 16, 14, 18, 21, JUNIPER },
	{ 179, "JUNIPER_PPP", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 180, "JUNIPER_FRELAY", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 181, "JUNIPER_CHDLC", KEY_JUNIPER, 0, 4, 4, 0, X, JUNIPER },
	{ 182, "MFR", KEY_NONE, 0, X, 0, 4, 0, NO_MAC },
	{ 183, "JUNIPER_VP", KEY_JUNIPER, 0, 18, X, X, X, JUNIPER },
	{ 192, "PPI", KEY_WLAN, 0, 0, 24, 8, 3, WLAN, .has = LINK_LLC | LINK_PPI,
		.prefix = PREFIX_RADIOTAP },
	{ 194, "JUNIPER_ISM", KEY_JUNIPER, 0, 8, X, X, X, JUNIPER },
	{ 197, "ERF", KEY_NONE, 0, X, X, X, X, .ss7_at = 20 + 1 },
	{ 200, "JUNIPER_ST", KEY_JUNIPER, 0, 18, X, X, X, JUNIPER },
	{ 226, "IPNET", KEY_IPNET, 0, 1, 24, 0, X, .direction = DIRECTION_IPNET },
	{ 228, "IPV4", KEY_IPV4, 0, X, 0, 0, 0, NO_MAC },
	{ 229, "IPV6", KEY_IPV6, 0, X, 0, 0, 0, NO_MAC },
	{ 232, "JUNIPER_VS", KEY_JUNIPER, 0, 8, X, X, X, JUNIPER },
	{ 233, "JUNIPER_SRX_E2E", KEY_JUNIPER, 0, 8, X, X, X, JUNIPER },
	{ 234, "JUNIPER_FIBRECHANNEL", KEY_JUNIPER, 0, 8, X, X, X, JUNIPER },
	{ 238, "JUNIPER_ATM_CEMIC", KEY_JUNIPER, 0, 8, X, X, X, JUNIPER },
	{ 240, "NETANALYZER", KEY_ETHERTYPE, 4, 16, 18, 0, 3, MACS(0, 6, 0),
		.has = LINK_VLAN | LINK_MPLS },
	{ 241, "NETANALYZER_TRANSPARENT", KEY_ETHERTYPE, 12, 24, 26, 0, 3, MACS(0, 6, 0),
		.has = LINK_VLAN | LINK_MPLS },
	{ 246, "PFSYNC", KEY_NONE, 0, X, 4, 0, 0, NO_MAC },
	{ 276, "LINUX_SLL2", KEY_PLAIN, 0, 0, 20, 0, 0, .direction = DIRECTION_SLL2 },
	{ 281, "DSA_TAG_BRCM", KEY_ETHERTYPE, 0, 16, 18, 0, 3, MACS(0, 6, 0),
		.has = LINK_VLAN | LINK_MPLS | LINK_LLC,
		.direction = DIRECTION_DSA_BRCM },
	{ 284, "DSA_TAG_DSA", KEY_ETHERTYPE, 0, 16, 18, 0, 3, MACS(0, 6, 0),
		.has = LINK_VLAN | LINK_MPLS | LINK_LLC, .direction = DIRECTION_DSA },
};
#define LINKTYPES (sizeof(linktypes) / sizeof(linktypes[0]))

#undef X

/* The rest: bytes, lengths, and nothing more. */
static const struct linktype others[] = {
#define X(value, name) \
	{ value, name, KEY_NONE, 0, NOWHERE, NOWHERE, NOWHERE, NOWHERE, NO_MAC },
#include "linkname.def"
#undef X
};
#define OTHERS (sizeof(others) / sizeof(others[0]))

static const struct linktype unknown = { 0, NULL, KEY_NONE, 0, NOWHERE, NOWHERE, NOWHERE,
	NOWHERE, NO_MAC };

static int
by_value(const void *key, const void *row)
{
	return (int)*(const uint16_t *)key - (int)((const struct linktype *)row)->value;
}

const struct linktype *
linktype_find(uint16_t value)
{
	const struct linktype *l =
		bsearch(&value, linktypes, LINKTYPES, sizeof(linktypes[0]), by_value);
	if (l == NULL)
		l = bsearch(&value, others, OTHERS, sizeof(others[0]), by_value);
	return l != NULL ? l : &unknown;
}

const struct linktype *
linktype_inner(enum linktype_inner inner)
{
	static const struct linktype any = { 0, "tunnel", KEY_SLOT, 0, NOWHERE, 0, 0, 3,
		MACS(0, 6, 0), .has = LINK_VLAN | LINK_MPLS };
	static const uint16_t values[] = { [INNER_ETHERNET] = 1,
		[INNER_PPP] = 9,
		[INNER_IPV4] = 228,
		[INNER_IPV6] = 229,
		[INNER_IP] = 101 };
	return inner == INNER_ANY ? &any : linktype_find(values[inner]);
}

const char *
filter_linktype_name(uint16_t value)
{
	return linktype_find(value)->name;
}

bool
filter_linktype_by_name(const char *name, uint16_t *out)
{
	const struct linktype *l = NULL;
	for (unsigned i = 0; i < LINKTYPES; i++)
		if (strcasecmp(linktypes[i].name, name) == 0)
			l = &linktypes[i];
	for (unsigned i = 0; i < OTHERS; i++)
		if (strcasecmp(others[i].name, name) == 0)
			l = &others[i];
	if (l != NULL)
		*out = l->value;
	return l != NULL;
}
