/* explain_words.c: a leaf in; what it asks out, in a sentence, with the defaults that
 * surprise. */
#include <inttypes.h>

#include "explain.h"

static const char *const protos[PROTOS] = {
	[PROTO_LINK] = "Link layer",
	[PROTO_IP] = "IPv4",
	[PROTO_IP6] = "IPv6",
	[PROTO_ARP] = "ARP",
	[PROTO_RARP] = "Reverse ARP",
	[PROTO_TCP] = "TCP",
	[PROTO_UDP] = "UDP",
	[PROTO_SCTP] = "SCTP",
	[PROTO_ICMP] = "ICMP (of IPv4)",
	[PROTO_ICMP6] = "ICMPv6",
	[PROTO_IGMP] = "IGMP",
	[PROTO_IGRP] = "IGRP",
	[PROTO_PIM] = "PIM",
	[PROTO_VRRP] = "VRRP",
	[PROTO_CARP] = "CARP (the protocol number is VRRP's)",
	[PROTO_AH] = "AH, the authentication header",
	[PROTO_ESP] = "ESP",
	[PROTO_ATALK] = "AppleTalk",
	[PROTO_AARP] = "AppleTalk ARP",
	[PROTO_DECNET] = "DECnet",
	[PROTO_LAT] = "DEC LAT",
	[PROTO_SCA] = "DEC SCA",
	[PROTO_MOPRC] = "DEC MOP remote console",
	[PROTO_MOPDL] = "DEC MOP dump and load",
	[PROTO_ISO] = "ISO network protocols",
	[PROTO_STP] = "Spanning tree",
	[PROTO_IPX] = "IPX",
	[PROTO_NETBEUI] = "NetBEUI",
	[PROTO_CLNP] = "CLNP",
	[PROTO_ESIS] = "ES-IS",
	[PROTO_ISIS] = "IS-IS",
	[PROTO_L1] = "IS-IS level 1",
	[PROTO_L2] = "IS-IS level 2",
	[PROTO_IIH] = "IS-IS hello",
	[PROTO_LSP] = "IS-IS link state",
	[PROTO_SNP] = "IS-IS sequence numbers",
	[PROTO_CSNP] = "IS-IS complete sequence numbers",
	[PROTO_PSNP] = "IS-IS partial sequence numbers",
	[PROTO_RADIO] = "Radio header",
};

static const char *const prims[PRIMS] = {
	[PRIM_BYTE] = "one byte, counted from the link header",
	[PRIM_INBOUND] = "a packet that comes in",
	[PRIM_OUTBOUND] = "a packet that goes out",
	[PRIM_IFINDEX] = "captured on the interface with this index",
	[PRIM_VLAN] = "an 802.1Q (VLAN) tag",
	[PRIM_MPLS] = "an MPLS label",
	[PRIM_PPPOED] = "PPPoE discovery",
	[PRIM_PPPOES] = "a PPPoE session",
	[PRIM_GENEVE] = "Geneve: UDP to port 6081",
	[PRIM_VXLAN] = "VXLAN: UDP to port 4789",
	[PRIM_LANE] = "ATM LAN emulation",
	[PRIM_GRE] = "GRE over IPv4 or IPv6",
	[PRIM_IPIP] = "IPv4 in IPv4, or in IPv6",
	[PRIM_6IN4] = "IPv6 in IPv4, or in IPv6",
	[PRIM_GTP] = "a user's packet in GTP-U: UDP to port 2152",
	[PRIM_INNER] =
		"what follows is asked of the packet itself, then of what is inside "
		"its tunnel, then of what is inside a tunnel in that",
	[PRIM_LLC] = "an LLC frame (IEEE 802.2)",
	[PRIM_TYPE] = "the type (and subtype) of an 802.11 frame",
	[PRIM_SUBTYPE] = "the type and subtype of an 802.11 frame",
	[PRIM_DIR] = "the direction bits of an 802.11 frame",
	[PRIM_IFNAME] =
		"the interface that OpenBSD's pf logged; a longer name that begins "
		"so matches too",
	[PRIM_RSET] =
		"the rule set that pf logged; a longer name that begins so matches too",
	[PRIM_RNR] = "the rule number that pf logged",
	[PRIM_SRNR] = "the subrule number that pf logged",
	[PRIM_REASON] = "the reason that pf logged",
	[PRIM_ACTION] = "the action that pf logged",
	[PRIM_METAC] = "the ATM meta-signalling circuit",
	[PRIM_BCC] = "the ATM broadcast signalling circuit",
	[PRIM_OAM] = "ATM OAM cells, segment or end to end",
	[PRIM_OAMF4SC] = "ATM OAM F4 segment cells",
	[PRIM_OAMF4EC] = "ATM OAM F4 end-to-end cells",
	[PRIM_SC] = "the ATM signalling circuit",
	[PRIM_ILMIC] = "the ATM ILMI circuit",
	[PRIM_VPI] = "the ATM virtual path",
	[PRIM_VCI] = "the ATM virtual channel",
	[PRIM_CONNECTMSG] = "ATM signalling that sets up or ends a connection",
	[PRIM_METACONNECT] = "ATM meta-signalling that sets up or ends a connection",
	[PRIM_FISU] = "an SS7 fill-in signal unit",
	[PRIM_LSSU] = "an SS7 link status signal unit",
	[PRIM_MSU] = "an SS7 message signal unit",
	[PRIM_HFISU] = "an SS7 fill-in signal unit, high-speed form",
	[PRIM_HLSSU] = "an SS7 link status signal unit, high-speed form",
	[PRIM_HMSU] = "an SS7 message signal unit, high-speed form",
	[PRIM_SIO] = "the SS7 service information octet",
	[PRIM_OPC] = "the SS7 originating point code (packed, little-endian)",
	[PRIM_DPC] = "the SS7 destination point code (packed, little-endian)",
	[PRIM_SLS] = "the SS7 signalling link selection (upper four bits)",
	[PRIM_HSIO] = "the SS7 service information octet, high-speed form",
	[PRIM_HOPC] = "the SS7 originating point code, high-speed form",
	[PRIM_HDPC] = "the SS7 destination point code, high-speed form",
	[PRIM_HSLS] = "the SS7 signalling link selection, high-speed form",
};

static void
sentence(const struct explain *e, const char *text)
{
	explain_indent(e);
	fprintf(e->to, "%s.\n", text);
}

static const char *
over(enum proto_level level)
{
	if (level == LEVEL_BOTH)
		return " over IPv4 or IPv6";
	return level == LEVEL_IP ? " over IPv4" : "";
}

static void
extension_headers(const struct explain *e)
{
	sentence(e, "Over IPv6 it has to stand right behind the IPv6 header, or behind a "
		    "fragment header there; other extension headers hide it");
}

static void
proto_word(const struct explain *e, const struct ast *a)
{
	const struct proto *p = proto_find(a->quals.proto);
	explain_indent(e);
	if (a->quals.proto == PROTO_NONE || protos[a->quals.proto] == NULL) {
		fputs("The header before it says that 802.11 follows.\n", e->to);
		return;
	}
	fprintf(e->to, "%s%s.\n", protos[a->quals.proto], over(p->level));
	if (p->level == LEVEL_BOTH || p->level == LEVEL_IP6)
		extension_headers(e);
}

/* What was asked for, as it was written. */
static void
id(const struct explain *e, const struct ast *a)
{
	fprintf(e->to, "%.*s", (int)(a->span.len < 200 ? a->span.len : 200),
		e->text + a->span.at);
}

/* src, dst, src or dst, src and dst: of two words. */
static void
ends(const struct explain *e, enum qual_dir dir, const char *src, const char *dst)
{
	if (dir == DIR_SRC || dir == DIR_DST)
		fputs(dir == DIR_SRC ? src : dst, e->to);
	else
		fprintf(e->to, "%s %s %s", src, dir == DIR_SRC_AND_DST ? "and" : "or",
			dst);
}

static void
address(const struct explain *e, const struct ast *a)
{
	if (a->quals.type == TYPE_NET)
		fputs("the network ", e->to);
	else if (a->id.kind == ID_NAME)
		fputs("an address of ", e->to);
	id(e, a);
}

static void
mac(const struct explain *e, const struct ast *a)
{
	static const char *const wlan[] = { "Address 1", "Address 2", "Address 3",
		"Address 4", "The receiver", "The transmitter" };
	if (a->quals.dir >= DIR_ADDR1)
		fprintf(e->to, "%s in the frame is ", wlan[a->quals.dir - DIR_ADDR1]);
	else {
		fputs("The frame is ", e->to);
		ends(e, a->quals.dir, "from", "to");
		fputs(" the hardware address ", e->to);
	}
	id(e, a);
}

/* Addresses of networks: IPv4's are in ARP and RARP too. */
static void
host(const struct explain *e, const struct ast *a)
{
	enum qual_proto p = a->quals.proto;
	bool ip6_id = a->id.kind == ID_IPV6 || a->id.kind == ID_IPV6_LEN;
	bool name = a->id.kind == ID_NAME, none = p == PROTO_NONE;
	bool labels = e->layer != NULL && e->layer->mpls > 0;
	bool by_arp = !ip6_id && !labels && (none || p == PROTO_ARP || p == PROTO_RARP);
	explain_indent(e);
	if (p == PROTO_LINK) {
		mac(e, a);
		fputs(".\n", e->to);
		return;
	}
	if (!by_arp || none) {
		bool both = name && none && a->quals.type != TYPE_NET;
		fputs(!none      ? protos[p]
			: both   ? "IPv4 or IPv6"
			: ip6_id ? "IPv6"
				 : "IPv4",
			e->to);
		fputc(' ', e->to);
		ends(e, a->quals.dir, "from", "to");
		fputc(' ', e->to);
		address(e, a);
		fputs(by_arp ? "; or " : "", e->to);
	}
	if (by_arp) {
		fprintf(e->to, "%s with ", none ? "ARP or RARP" : protos[p]);
		address(e, a);
		fputs(" as ", e->to);
		ends(e, a->quals.dir, "sender", "target");
	}
	fputs(".\n", e->to);
}

static void
port(const struct explain *e, const struct ast *a)
{
	explain_indent(e);
	fprintf(e->to, "%s ",
		a->quals.proto != PROTO_NONE ? protos[a->quals.proto]
					     : "TCP, UDP or SCTP");
	ends(e, a->quals.dir, "from", "to");
	fprintf(e->to, " port%s ", a->quals.type == TYPE_PORTRANGE ? "s" : "");
	id(e, a);
	fputs(".\n", e->to);
	sentence(e, "Over IPv4 in first fragments only: later ones have no ports; over "
		    "IPv6 only without extension headers");
}

static void
protocol(const struct explain *e, const struct ast *a)
{
	enum qual_proto p = a->quals.proto;
	bool chain = a->quals.type == TYPE_PROTOCHAIN;
	explain_indent(e);
	fputs(p == PROTO_LINK     ? "The protocol that the link header tells is "
		: p == PROTO_ISO  ? "ISO network protocol "
		: p == PROTO_ISIS ? "IS-IS PDU type "
				  : "Protocol ",
		e->to);
	id(e, a);
	if (p == PROTO_NONE || p == PROTO_IP || p == PROTO_IP6)
		fprintf(e->to, " over %s", p == PROTO_NONE ? "IPv4 or IPv6" : protos[p]);
	fputs(".\n", e->to);
	if (chain)
		sentence(e, "Headers on the way to it are stepped over, at most 16: AH, "
			    "and IPv6's extension headers");
	else if (p == PROTO_NONE || p == PROTO_IP6)
		extension_headers(e);
}

static void
id_words(const struct explain *e, const struct ast *a)
{
	switch (a->quals.type) {
	case TYPE_PORT:
	case TYPE_PORTRANGE: port(e, a); return;
	case TYPE_PROTO:
	case TYPE_PROTOCHAIN: protocol(e, a); return;
	case TYPE_GATEWAY:
		sentence(e, "Forwarded by this host: the frame has its hardware address, "
			    "and the packet is neither from nor to it");
		return;
	case TYPE_NONE:
	case TYPE_HOST:
	case TYPE_NET: host(e, a); return;
	}
}

/* Whose bytes a relation reads, a bit a word: tcp[…], or any.tcp[…].  Recursive: resolve
 * has bounded it. */
static uint64_t
indexes(const struct arith *a, bool any)
{
	uint64_t bits = a->kind == ARITH_INDEX && a->any == any ? 1ull << a->proto : 0;
	if (a->a != NULL)
		bits |= indexes(a->a, any);
	return a->b != NULL ? bits | indexes(a->b, any) : bits;
}

_Static_assert(PROTOS <= 64, "a bit each");

static void
index_words(const struct explain *e, enum qual_proto p)
{
	static const char *const from[] = {
		[BASE_LINK] = "counts from the link header's first byte",
		[BASE_PACKET] = "counts from the packet's first byte",
		[BASE_NET] =
			"counts from that protocol's header, and is false without it",
		[BASE_TRANSPORT] = "counts from behind the IPv4 header; it is false over "
				   "IPv6 and in fragments but the first",
		[BASE_IP6_NEXT] =
			"counts from behind the IPv6 header; it is false behind "
			"extension headers",
	};
	const struct proto *row = proto_find(p);
	if (row->base == BASE_NOWHERE)
		return;
	explain_indent(e);
	fprintf(e->to, "%s[...] %s.\n", row->name, from[row->base]);
}

static void
relation(const struct explain *e, const struct ast *a)
{
	uint64_t one = indexes(a->left, false) | indexes(a->right, false);
	uint64_t any = indexes(a->left, true) | indexes(a->right, true);
	sentence(e, "A comparison of 32-bit unsigned numbers");
	for (unsigned p = 0; p < PROTOS; p++) {
		if (one >> p & 1)
			index_words(e, (enum qual_proto)p);
		if ((any >> p & 1) == 0)
			continue;
		explain_indent(e);
		fprintf(e->to,
			"any.%s[...] counts from its header: behind IPv4's, in first "
			"fragments, or behind IPv6's and its extension headers.\n",
			proto_find((enum qual_proto)p)->name);
	}
}

static void
cast(const struct explain *e, const struct ast *a)
{
	bool link = a->quals.proto == PROTO_NONE || a->quals.proto == PROTO_LINK;
	bool broadcast = a->cast == CAST_BROADCAST;
	if (link)
		sentence(e, broadcast
				    ? "The frame is to the broadcast address"
				    : "The frame is to a group: multicast or broadcast");
	else if (broadcast)
		sentence(e,
			"IPv4 to the network's broadcast address: host bits all zeros "
			"or all ones, by the netmask");
	else
		sentence(e, a->quals.proto == PROTO_IP
				    ? "IPv4 to a multicast group, 224.0.0.0/4"
				    : "IPv6 to a multicast group, ff00::/8");
}

void
explain_words(const struct explain *e, const struct ast *a)
{
	if (a->kind == AST_ID)
		id_words(e, a);
	else if (a->kind == AST_PROTO)
		proto_word(e, a);
	else if (a->kind == AST_RELATION)
		relation(e, a);
	else if (a->kind == AST_CAST)
		cast(e, a);
	else if (a->kind == AST_LESS || a->kind == AST_GREATER)
		sentence(e, a->kind == AST_LESS
				    ? "At most that many bytes on the wire (<=)"
				    : "At least that many bytes on the wire (>=)");
	else if (a->kind == AST_PRIM && prims[a->prim] != NULL) {
		explain_indent(e);
		fprintf(e->to, "%c%s.\n", prims[a->prim][0] & ~0x20,
			prims[a->prim] + 1); /* all begin with a letter */
	}
	if (e->layer != NULL && e->layer->link->key == KEY_JUNIPER &&
		(a->kind == AST_ID || a->kind == AST_PROTO) && e->layer->mpls == 0)
		sentence(e,
			"On this link type the header does not tell the protocol: only "
			"Juniper's magic number is tested for it");
}
