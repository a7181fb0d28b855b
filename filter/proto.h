/* proto.h: what each protocol word means. */
#ifndef BPFCAP_FILTER_PROTO_H
#define BPFCAP_FILTER_PROTO_H

#include "qual.h"

/* What tells the protocol from others. */
enum proto_level {
	LEVEL_NONE, /* the word is only a qualifier */
	LEVEL_LINK, /* key: EtherType, or LLC SAP when at most 1500 */
	LEVEL_IP,   /* key: protocol over IPv4 */
	LEVEL_IP6,  /* key: next header over IPv6 */
	LEVEL_BOTH, /* key: over either */
	LEVEL_ISO,  /* key: first byte behind LLC */
	LEVEL_ISIS, /* a set of IS-IS PDUs, see resolve_iso.c */
};

/* Where proto[offset] counts from. */
enum proto_base {
	BASE_NOWHERE,   /* proto[] is an error */
	BASE_LINK,      /* the link header */
	BASE_PACKET,    /* the packet; a radio header begins there */
	BASE_NET,       /* the network header, when it is this protocol's */
	BASE_TRANSPORT, /* behind the IPv4 header, first fragments only */
	BASE_IP6_NEXT,  /* behind the IPv6 header, no extension headers */
};

struct proto {
	enum qual_proto proto;
	const char *name; /* as printed in messages */
	enum proto_level level;
	uint32_t key;
	enum proto_base base;
	bool link_name; /* `ether proto \name` knows it */
};

const struct proto *proto_find(enum qual_proto);

/* The key of a name after `ether proto`; false when there is none. */
bool proto_link_name(const char *name, uint32_t *key);
/* Ditto after `iso proto`. */
bool proto_iso_name(const char *name, uint32_t *key);

#endif
