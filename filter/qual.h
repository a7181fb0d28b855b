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
	PROTO_CLNP,
	PROTO_ESIS,
	PROTO_ISIS,
	PROTO_L1,
	PROTO_L2,
	PROTO_IIH,
	PROTO_LSP,
	PROTO_SNP,
	PROTO_CSNP,
	PROTO_PSNP,
	PROTO_RADIO,
	PROTOS
};

enum qual_dir {
	DIR_NONE,
	DIR_SRC,
	DIR_DST,
	DIR_SRC_OR_DST,
	DIR_SRC_AND_DST,
	/* 802.11 */
	DIR_ADDR1,
	DIR_ADDR2,
	DIR_ADDR3,
	DIR_ADDR4,
	DIR_RA,
	DIR_TA
};

enum qual_type {
	TYPE_NONE,
	TYPE_HOST,
	TYPE_NET,
	TYPE_PORT,
	TYPE_PORTRANGE,
	/* these take no direction */
	TYPE_PROTO,
	TYPE_PROTOCHAIN,
	TYPE_GATEWAY
};

enum qual_cast { CAST_BROADCAST, CAST_MULTICAST };

/* Words that are a primitive of their own, with or without arguments. */
enum qual_prim {
	PRIM_BYTE,
	PRIM_INBOUND,
	PRIM_OUTBOUND,
	PRIM_IFINDEX,
	/* encapsulations */
	PRIM_VLAN,
	PRIM_MPLS,
	PRIM_PPPOED,
	PRIM_PPPOES,
	PRIM_GENEVE,
	PRIM_VXLAN,
	PRIM_LANE,
	/* ... that are words only before '(' */
	PRIM_GRE,
	PRIM_IPIP,
	PRIM_6IN4,
	PRIM_GTP,
	PRIM_INNER,
	PRIM_LLC,
	/* 802.11 */
	PRIM_TYPE,
	PRIM_SUBTYPE,
	PRIM_DIR,
	/* OpenBSD's packet filter */
	PRIM_IFNAME,
	PRIM_RSET,
	PRIM_RNR,
	PRIM_SRNR,
	PRIM_REASON,
	PRIM_ACTION,
	/* ATM */
	PRIM_METAC,
	PRIM_BCC,
	PRIM_OAM,
	PRIM_OAMF4SC,
	PRIM_OAMF4EC,
	PRIM_SC,
	PRIM_ILMIC,
	PRIM_VPI,
	PRIM_VCI,
	PRIM_CONNECTMSG,
	PRIM_METACONNECT,
	/* SS7: MTP2, MTP3 */
	PRIM_FISU,
	PRIM_LSSU,
	PRIM_MSU,
	PRIM_HFISU,
	PRIM_HLSSU,
	PRIM_HMSU,
	PRIM_SIO,
	PRIM_OPC,
	PRIM_DPC,
	PRIM_SLS,
	PRIM_HSIO,
	PRIM_HOPC,
	PRIM_HDPC,
	PRIM_HSLS,
	PRIMS
};

struct quals {
	enum qual_proto proto;
	enum qual_dir dir;
	enum qual_type type;
	bool set;         /* are any in force? */
	struct span span; /* of the words, where they were written */
};

#endif
