/* links.h: the link types that the language knows something of, in families, each with
 * the kinds of primitive that it suits.  From the DLT tables of pcap-filter(7) and
 * tcpdump.org/linktypes. */
#ifndef BPFCAP_TESTS_LINKS_H
#define BPFCAP_TESTS_LINKS_H

#include <stdint.h>

enum family {
	FAMILY_ETHERNET,
	FAMILY_LLC,
	FAMILY_WLAN,
	FAMILY_PPP,
	FAMILY_RAW,
	FAMILY_COOKED,
	FAMILY_JUNIPER,
	FAMILY_SS7,
	FAMILY_PF,
	FAMILY_ATM,
	FAMILY_LAN,   /* ARCNET, MS/TP and others with a header of their own */
	FAMILY_BYTES, /* nothing but link[] and lengths */
	FAMILIES
};

/* Kinds of primitive, of enum suit. */
enum suit {
	SUIT_TYPE = 1 << 0, /* the network protocol can be told */
	SUIT_MAC = 1 << 1,
	SUIT_MAC8 = 1 << 2,
	SUIT_VLAN = 1 << 3,
	SUIT_MPLS = 1 << 4,
	SUIT_LLC = 1 << 5,
	SUIT_DIR = 1 << 6, /* inbound, outbound */
	SUIT_IFINDEX = 1 << 7,
	SUIT_WLAN = 1 << 8,
	SUIT_RADIO = 1 << 9,
	SUIT_PF = 1 << 10,
	SUIT_ATM = 1 << 11,
	SUIT_SS7 = 1 << 12,
	SUIT_CHAIN = 1 << 13, /* protochain */
};

struct link {
	uint16_t linktype; /* LINKTYPE_ in a file */
	const char *name;  /* as libpcap's, without DLT_ */
	enum family family;
	unsigned suits; /* of enum suit */
};

extern const struct link links[]; /* ascending; ends with a NULL name */

const struct link *links_find(uint16_t linktype); /* NULL: not in the table */
const struct link *links_by_name(const char *name, unsigned len);

const char *family_name(enum family);

#endif
