/* linktype.h: what is known of a link type: where its header keeps what. */
#ifndef BPFCAP_FILTER_LINKTYPE_H
#define BPFCAP_FILTER_LINKTYPE_H

#include <stdint.h>

/* How the network protocol is told from the link header. */
enum link_key {
	KEY_NONE,      /* not at all: only link[], len, less, greater, byte */
	KEY_ETHERTYPE, /* EtherType, or below 1501 the length of an LLC frame */
	KEY_SLL,       /* EtherType, 4 for LLC, 1 for raw IPX */
	KEY_PLAIN,     /* EtherType and nothing else */
	KEY_LLC,       /* always LLC, with SNAP (RFC 1042) for EtherTypes */
	KEY_SUNATM,    /* LLC when the low nibble of the first byte is 2 */
	KEY_WLAN,      /* LLC in data frames */
	KEY_PPP,       /* PPP protocol number */
	KEY_PPP_BSDOS, /* ditto, with compressed IPv4 */
	KEY_HDLC,      /* EtherType, 0xfefe for ISO */
	KEY_NIBBLE,    /* the IP version of the first byte */
	KEY_IPV4,      /* always IPv4 */
	KEY_IPV6,      /* always IPv6 */
	KEY_AF_HOST,   /* 32 bits, address family in the byte order of the writer */
	KEY_AF,        /* 32 bits, address family, big-endian */
	KEY_AF_BYTE,   /* 8 bits, address family */
	KEY_IPNET,     /* 8 bits, Solaris address family */
	KEY_ARCNET,    /* 8 bits, ARCNET protocol id */
	KEY_LTALK,     /* always AppleTalk */
	KEY_FRELAY,    /* 16 bits, NLPID behind the control byte */
	KEY_JUNIPER,   /* the magic number, whatever the protocol */
	KEY_SLOT,      /* an EtherType that was worked out before (inner) */
};

/* What comes before a link header and is of varying length. */
enum link_prefix {
	PREFIX_NONE,
	PREFIX_RADIOTAP, /* radiotap and PPI: 16 bits at 2, little-endian */
	PREFIX_AVS,      /* 32 bits at 4 */
	PREFIX_PRISM,    /* AVS when its magic is there, else 144 */
	PREFIX_PFLOG,    /* the first byte, rounded up: before the payload */
};

/* How inbound and outbound are told from the bytes; elsewhere it takes a live capture. */
enum link_direction {
	DIRECTION_NONE,
	DIRECTION_SLIP,
	DIRECTION_IPNET,
	DIRECTION_SLL,
	DIRECTION_SLL2,
	DIRECTION_PFLOG,
	DIRECTION_PPPD,
	DIRECTION_JUNIPER,
	DIRECTION_DSA_BRCM,
	DIRECTION_DSA,
};

enum link_mac {
	MAC_NONE,
	MAC_FIXED, /* six bytes each at mac_dst and mac_src */
	MAC_WLAN,  /* 802.11: it depends on the frame */
	MAC_BYTE,  /* one byte each */
};

/* What of the language makes sense on it. */
enum {
	LINK_VLAN = 1 << 0,
	LINK_MPLS = 1 << 1,
	LINK_LLC = 1 << 2,   /* `llc` */
	LINK_RADIO = 1 << 3, /* radio[] */
	LINK_PPI = 1 << 4,   /* only with 802.11 behind the PPI header */
};

#define NOWHERE (-1) /* an offset that there is not; sums with it wrap, as libpcap's */

struct linktype {
	uint16_t value; /* LINKTYPE_ in a file */
	const char *name;
	enum link_key key;
	int8_t header;  /* where the link header begins, behind the prefix */
	int8_t type_at; /* from the packet's first byte: the key */
	int8_t payload; /* ditto: what follows the link header: LLC or network */
	int8_t net;     /* network header behind that, */
	int8_t net_llc; /* ... of what is in LLC without SNAP */
	enum link_mac mac;
	int8_t mac_dst, mac_src, group; /* group: the byte with the multicast bit */
	uint8_t broadcast;              /* of one-byte addresses */
	uint8_t ss7_at;                 /* MTP2: its first byte + 1, else 0 */
	unsigned has;                   /* LINK_ */
	enum link_prefix prefix;
	enum link_direction direction;
};

/* Never NULL: an unknown link type has a row with KEY_NONE. */
const struct linktype *linktype_find(uint16_t value);

/* The row of what is inside a tunnel: Ethernet, PPP, IPv4, IPv6, one of both, anything.
 */
enum linktype_inner {
	INNER_ETHERNET,
	INNER_PPP,
	INNER_IPV4,
	INNER_IPV6,
	INNER_IP,
	INNER_ANY
};
const struct linktype *linktype_inner(enum linktype_inner);

#endif
