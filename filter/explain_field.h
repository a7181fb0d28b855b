/* explain_field.h: what the bytes are that a test reads: headers, fields, how the numbers
 * in them are written.
 *
 * Names of fields say what the filter takes bytes for: they follow from the tests that
 * have been passed (`struct known`), and where these do not tell there is no name. */
#ifndef BPFCAP_FILTER_EXPLAIN_FIELD_H
#define BPFCAP_FILTER_EXPLAIN_FIELD_H

#include <stdio.h>

#include "value.h"

struct explain;

enum header {
	HEADER_NONE,
	/* before the network header */
	HEADER_ETHERNET,
	HEADER_IEEE802,
	HEADER_FDDI,
	HEADER_FC,
	HEADER_ARCNET,
	HEADER_PPP,
	HEADER_HDLC,
	HEADER_SLIP,
	HEADER_SLL,
	HEADER_SLL2,
	HEADER_IPNET,
	HEADER_FRELAY,
	HEADER_SUNATM,
	HEADER_JUNIPER,
	HEADER_PFLOG,
	HEADER_RADIOTAP,
	HEADER_AVS,
	HEADER_WLAN,
	HEADER_LLC,
	/* behind an EtherType or the like */
	HEADER_VLAN,
	HEADER_MPLS,
	HEADER_PPPOE,
	HEADER_IPV4,
	HEADER_IPV6,
	HEADER_ARP,
	/* behind the network header */
	HEADER_FRAGMENT,
	HEADER_TCP,
	HEADER_UDP,
	HEADER_SCTP,
	HEADER_PORTS, /* one of these three */
	HEADER_ICMP,
	HEADER_ICMP6,
	HEADER_IGMP,
	/* behind a slot */
	HEADER_GENEVE,
	HEADER_VXLAN,
	HEADER_GRE,
	HEADER_GTP,
};

/* How a number in a field is written. */
enum style {
	STYLE_NUMBER,
	STYLE_HEX,
	STYLE_BYTES, /* 02:00:… */
	STYLE_TEXT,
	STYLE_IPV4,
	STYLE_IPV6,
	/* by name, where there is one; these tell the network header, or LLC */
	STYLE_ETHERTYPE,
	STYLE_SLL_TYPE,
	STYLE_PPP,
	STYLE_FAMILY,
	STYLE_FAMILY_HOST, /* 32 bits in either byte order */
	STYLE_IPNET,
	STYLE_ARCNET,
	STYLE_FRELAY,
	STYLE_WLAN_TYPE,
	STYLE_SUNATM,
	STYLE_VERSION,
	STYLE_PROTOCOL, /* tells what is behind the network header */
	/* these tell nothing */
	STYLE_TUNNEL_TYPE, /* an EtherType */
	STYLE_NEXT,        /* a protocol */
	STYLE_SAP,
	STYLE_PACKET_TYPE,
	STYLE_ARP,
	STYLE_ICMP,
	STYLE_ICMP6,
};

struct field {
	enum header header;
	uint8_t at, size; /* bytes from the header's start */
	uint32_t mask;    /* 0: the whole */
	const char *name;
	enum style style;
};

/* What the tests passed so far say. */
struct known {
	enum header net, upper; /* HEADER_NONE: not told */
	bool llc;
	enum header tunnel;  /* that the next bind of a slot leads to */
	uint8_t slot[SLOTS]; /* enum header that begins where the slot says */
};

/* explain_field.c: what the load of `size` bytes at base + off is, in full or `part` of a
 * field; NULL: not known. */
const struct field *explain_field(const struct explain *, const struct known *,
	const struct value *base, uint32_t off, uint32_t size, uint32_t mask, bool *part);
/* Ditto of a value that is no load: metadata, an EtherType in a slot. */
const struct field *explain_field_of(const struct explain *, const struct value *);
/* What is known before any test. */
struct known explain_known(const struct explain *);
/* What is known where two ways meet. */
struct known explain_either(struct known, const struct known *);
/* A field was found to be `number`: *known says what follows. */
void explain_tell(const struct field *, uint32_t number, struct known *);

/* explain_number.c: a field's value; the header that a number leads to. */
void explain_number(FILE *, enum style, uint32_t k, uint32_t size, uint32_t mask);
void explain_bytes(FILE *, enum style, const uint8_t *, uint32_t len);
enum header explain_leads(enum style, uint32_t k);

#endif
