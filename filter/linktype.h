/* linktype.h: what is known of a link type: where its header keeps what. */
#ifndef BPFCAP_FILTER_LINKTYPE_H
#define BPFCAP_FILTER_LINKTYPE_H

#include <stdint.h>

/* How the network protocol is told from the link header. */
enum link_key {
	KEY_NONE,      /* not at all: only link[], len, less, greater */
	KEY_ETHERTYPE, /* EtherType, or below 1501 the length of an LLC frame */
	KEY_SLL,       /* EtherType, 4 for LLC, 1 for raw IPX */
	KEY_SLL2,      /* EtherType and nothing else */
	KEY_NIBBLE,    /* the IP version of the first byte */
	KEY_IPV4,      /* always IPv4 */
	KEY_IPV6,      /* always IPv6 */
};

#define NO_MAC (-1)

struct linktype {
	uint16_t value; /* LINKTYPE_ in a file */
	const char *name;
	uint8_t header;          /* bytes of the link header */
	uint8_t type_at;         /* of the two bytes of the key */
	int8_t mac_dst, mac_src; /* offsets of the addresses, or NO_MAC */
	enum link_key key;
};

/* Never NULL: an unknown link type has a row with KEY_NONE. */
const struct linktype *linktype_find(uint16_t value);

#endif
