/* qual.h: qualifiers, the words that say what an id is (`ip src host`). */
#ifndef BPFCAP_FILTER_QUAL_H
#define BPFCAP_FILTER_QUAL_H

#include "diag.h"

enum qual_proto {
	PROTO_NONE,
	PROTO_LINK,
	PROTO_IP,
	PROTO_IP6,
	PROTO_ARP,
	PROTO_RARP,
	PROTO_TCP,
	PROTO_UDP,
	PROTO_SCTP,
	PROTO_ICMP,
	PROTO_ICMP6,
	PROTO_IGMP,
	PROTO_IGRP,
	PROTO_PIM,
	PROTO_VRRP,
	PROTO_CARP,
	PROTO_AH,
	PROTO_ESP,
	PROTO_ATALK,
	PROTO_AARP,
	PROTO_DECNET,
	PROTO_LAT,
	PROTO_SCA,
	PROTO_MOPRC,
	PROTO_MOPDL,
	PROTO_ISO,
	PROTO_STP,
	PROTO_IPX,
	PROTO_NETBEUI,
	PROTOS
};

enum qual_dir { DIR_NONE, DIR_SRC, DIR_DST, DIR_SRC_OR_DST, DIR_SRC_AND_DST };

enum qual_type { TYPE_NONE, TYPE_HOST, TYPE_NET, TYPE_PORT, TYPE_PORTRANGE, TYPE_PROTO };

enum qual_cast { CAST_BROADCAST, CAST_MULTICAST };

struct quals {
	enum qual_proto proto;
	enum qual_dir dir;
	enum qual_type type;
	bool set;         /* are any in force? */
	struct span span; /* of the words, where they were written */
};

#endif
