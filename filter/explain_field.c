/* explain_field.c: a load in; the field that it reads out, with the header that the field
 * is in.  A header is looked for where the layer has it, and only when the tests passed
 * so far have told that it is there. */
#include "explain.h"

#include "linktype.h"

#define WHOLE 0

/* IEEE 802.3, 802.1Q, 802.2, 802.11; RFC 791, 8200, 826, 9293, 768, 9260, 792, 4443,
 * 3032, 2516, 8926, 7348, 2784; 3GPP TS 29.281; tcpdump.org/linktypes. */
static const struct field fields[] = {
	{ HEADER_ETHERNET, 0, 6, WHOLE, "Ethernet destination", STYLE_BYTES },
	{ HEADER_ETHERNET, 6, 6, WHOLE, "Ethernet source", STYLE_BYTES },
	{ HEADER_ETHERNET, 0, 1, 1, "Ethernet group bit (multicast)", STYLE_HEX },
	{ HEADER_IEEE802, 2, 6, WHOLE, "Token Ring destination", STYLE_BYTES },
	{ HEADER_IEEE802, 8, 6, WHOLE, "Token Ring source", STYLE_BYTES },
	{ HEADER_IEEE802, 2, 1, 1, "group bit (multicast)", STYLE_HEX },
	{ HEADER_FDDI, 1, 6, WHOLE, "FDDI destination", STYLE_BYTES },
	{ HEADER_FDDI, 7, 6, WHOLE, "FDDI source", STYLE_BYTES },
	{ HEADER_FDDI, 1, 1, 1, "group bit (multicast)", STYLE_HEX },
	{ HEADER_FC, 2, 6, WHOLE, "destination MAC", STYLE_BYTES },
	{ HEADER_FC, 10, 6, WHOLE, "source MAC", STYLE_BYTES },
	{ HEADER_FC, 2, 1, 1, "group bit (multicast)", STYLE_HEX },
	{ HEADER_ARCNET, 0, 1, WHOLE, "ARCNET source", STYLE_HEX },
	{ HEADER_ARCNET, 1, 1, WHOLE, "ARCNET destination", STYLE_HEX },
	{ HEADER_PPP, 0, 1, WHOLE, "PPP address", STYLE_HEX },
	{ HEADER_PPP, 1, 1, WHOLE, "PPP control", STYLE_HEX },
	{ HEADER_HDLC, 0, 1, WHOLE, "HDLC address", STYLE_HEX },
	{ HEADER_HDLC, 1, 1, WHOLE, "HDLC control", STYLE_HEX },
	{ HEADER_SLIP, 0, 1, WHOLE, "SLIP direction", STYLE_NUMBER },
	{ HEADER_SLL, 0, 2, WHOLE, "packet type", STYLE_PACKET_TYPE },
	{ HEADER_SLL, 2, 2, WHOLE, "device type (ARPHRD)", STYLE_NUMBER },
	{ HEADER_SLL, 4, 2, WHOLE, "address length", STYLE_NUMBER },
	{ HEADER_SLL, 6, 8, WHOLE, "sender's link-layer address", STYLE_BYTES },
	{ HEADER_SLL2, 4, 4, WHOLE, "interface index", STYLE_NUMBER },
	{ HEADER_SLL2, 8, 2, WHOLE, "device type (ARPHRD)", STYLE_NUMBER },
	{ HEADER_SLL2, 10, 1, WHOLE, "packet type", STYLE_PACKET_TYPE },
	{ HEADER_SLL2, 11, 1, WHOLE, "address length", STYLE_NUMBER },
	{ HEADER_SLL2, 12, 8, WHOLE, "sender's link-layer address", STYLE_BYTES },
	{ HEADER_IPNET, 2, 2, WHOLE, "hook type", STYLE_NUMBER },
	{ HEADER_FRELAY, 2, 2, WHOLE, "Frame Relay control and NLPID", STYLE_FRELAY },
	{ HEADER_SUNATM, 0, 1, 0x0f, "traffic type", STYLE_SUNATM },
	{ HEADER_SUNATM, 1, 1, WHOLE, "ATM VPI", STYLE_NUMBER },
	{ HEADER_SUNATM, 2, 2, WHOLE, "ATM VCI", STYLE_NUMBER },
	{ HEADER_JUNIPER, 0, 4, 0xffffff00, "Juniper magic number", STYLE_HEX },
	{ HEADER_JUNIPER, 3, 1, 1, "Juniper direction bit", STYLE_HEX },
	{ HEADER_PFLOG, 0, 1, WHOLE, "pflog header length", STYLE_NUMBER },
	{ HEADER_PFLOG, 1, 1, WHOLE, "address family", STYLE_FAMILY },
	{ HEADER_PFLOG, 2, 1, WHOLE, "PF action", STYLE_NUMBER },
	{ HEADER_PFLOG, 3, 1, WHOLE, "PF reason", STYLE_NUMBER },
	{ HEADER_PFLOG, 4, 16, WHOLE, "interface name", STYLE_TEXT },
	{ HEADER_PFLOG, 20, 16, WHOLE, "rule set", STYLE_TEXT },
	{ HEADER_PFLOG, 36, 4, WHOLE, "rule number", STYLE_NUMBER },
	{ HEADER_PFLOG, 40, 4, WHOLE, "subrule number", STYLE_NUMBER },
	{ HEADER_PFLOG, 60, 1, WHOLE, "direction", STYLE_NUMBER },
	{ HEADER_RADIOTAP, 2, 2, WHOLE, "header length, little-endian", STYLE_HEX },
	{ HEADER_AVS, 0, 4, WHOLE, "AVS magic number and version", STYLE_HEX },
	{ HEADER_AVS, 4, 4, WHOLE, "header length", STYLE_NUMBER },
	{ HEADER_WLAN, 0, 1, 0x0c, "802.11 frame type", STYLE_WLAN_TYPE },
	{ HEADER_WLAN, 0, 1, 0xf0, "802.11 frame subtype", STYLE_HEX },
	{ HEADER_WLAN, 0, 1, 0xfc, "802.11 frame type and subtype", STYLE_HEX },
	{ HEADER_WLAN, 0, 1, WHOLE, "802.11 frame control", STYLE_HEX },
	{ HEADER_WLAN, 1, 1, 1, "802.11 'to DS' bit", STYLE_HEX },
	{ HEADER_WLAN, 1, 1, 2, "802.11 'from DS' bit", STYLE_HEX },
	{ HEADER_WLAN, 1, 1, 3, "802.11 'to DS' and 'from DS' bits", STYLE_HEX },
	{ HEADER_WLAN, 1, 1, 0x40, "802.11 'protected' bit", STYLE_HEX },
	{ HEADER_WLAN, 1, 1, WHOLE, "802.11 flags", STYLE_HEX },
	{ HEADER_WLAN, 2, 2, WHOLE, "802.11 duration", STYLE_HEX },
	{ HEADER_WLAN, 4, 6, WHOLE, "802.11 address 1", STYLE_BYTES },
	{ HEADER_WLAN, 10, 6, WHOLE, "802.11 address 2", STYLE_BYTES },
	{ HEADER_WLAN, 16, 6, WHOLE, "802.11 address 3", STYLE_BYTES },
	{ HEADER_WLAN, 4, 1, 1, "802.11 group bit of address 1", STYLE_HEX },
	{ HEADER_WLAN, 16, 1, 1, "802.11 group bit of address 3", STYLE_HEX },
	{ HEADER_LLC, 0, 1, WHOLE, "LLC DSAP", STYLE_SAP },
	{ HEADER_LLC, 1, 1, WHOLE, "LLC SSAP", STYLE_SAP },
	{ HEADER_LLC, 0, 2, WHOLE, "LLC DSAP and SSAP", STYLE_HEX },
	{ HEADER_LLC, 2, 1, WHOLE, "LLC control", STYLE_HEX },
	{ HEADER_LLC, 6, 2, WHOLE, "SNAP EtherType", STYLE_ETHERTYPE },
	{ HEADER_LLC, 0, 8, WHOLE, "LLC and SNAP header", STYLE_BYTES },
	{ HEADER_VLAN, 0, 2, 0x0fff, "VLAN id", STYLE_NUMBER },
	{ HEADER_VLAN, 0, 2, 0xe000, "VLAN priority", STYLE_HEX },
	{ HEADER_VLAN, 0, 2, WHOLE, "VLAN tag", STYLE_HEX },
	{ HEADER_VLAN, 2, 2, WHOLE, "EtherType behind the tag", STYLE_HEX },
	{ HEADER_MPLS, 0, 4, 0xfffff000, "MPLS label, times 4096", STYLE_HEX },
	{ HEADER_MPLS, 2, 1, 1, "MPLS bottom-of-stack bit", STYLE_HEX },
	{ HEADER_PPPOE, 0, 1, WHOLE, "PPPoE version and type", STYLE_HEX },
	{ HEADER_PPPOE, 1, 1, WHOLE, "PPPoE code", STYLE_HEX },
	{ HEADER_PPPOE, 2, 2, WHOLE, "PPPoE session", STYLE_NUMBER },
	{ HEADER_PPPOE, 4, 2, WHOLE, "PPPoE length", STYLE_NUMBER },
	{ HEADER_IPV4, 0, 1, 0x0f, "IPv4 header length in words", STYLE_NUMBER },
	{ HEADER_IPV4, 0, 1, 0xf0, "IPv4 version", STYLE_HEX },
	{ HEADER_IPV4, 0, 1, WHOLE, "IPv4 version and header length", STYLE_HEX },
	{ HEADER_IPV4, 1, 1, WHOLE, "IPv4 DSCP and ECN", STYLE_HEX },
	{ HEADER_IPV4, 2, 2, WHOLE, "IPv4 total length", STYLE_NUMBER },
	{ HEADER_IPV4, 4, 2, WHOLE, "IPv4 identification", STYLE_NUMBER },
	{ HEADER_IPV4, 6, 2, 0x1fff, "IPv4 fragment offset", STYLE_NUMBER },
	{ HEADER_IPV4, 6, 2, 0x2000, "IPv4 more-fragments bit", STYLE_HEX },
	{ HEADER_IPV4, 6, 1, 0x40, "IPv4 don't-fragment bit", STYLE_HEX },
	{ HEADER_IPV4, 6, 1, 0x20, "IPv4 more-fragments bit", STYLE_HEX },
	{ HEADER_IPV4, 6, 2, WHOLE, "IPv4 flags and fragment offset", STYLE_HEX },
	{ HEADER_IPV4, 8, 1, WHOLE, "IPv4 time to live", STYLE_NUMBER },
	{ HEADER_IPV4, 9, 1, WHOLE, "IPv4 protocol", STYLE_PROTOCOL },
	{ HEADER_IPV4, 10, 2, WHOLE, "IPv4 checksum", STYLE_HEX },
	{ HEADER_IPV4, 12, 4, WHOLE, "IPv4 source", STYLE_IPV4 },
	{ HEADER_IPV4, 16, 4, WHOLE, "IPv4 destination", STYLE_IPV4 },
	{ HEADER_IPV6, 0, 1, 0xf0, "IPv6 version", STYLE_HEX },
	{ HEADER_IPV6, 4, 2, WHOLE, "IPv6 payload length", STYLE_NUMBER },
	{ HEADER_IPV6, 6, 1, WHOLE, "IPv6 next header", STYLE_PROTOCOL },
	{ HEADER_IPV6, 7, 1, WHOLE, "IPv6 hop limit", STYLE_NUMBER },
	{ HEADER_IPV6, 8, 16, WHOLE, "IPv6 source", STYLE_IPV6 },
	{ HEADER_IPV6, 24, 16, WHOLE, "IPv6 destination", STYLE_IPV6 },
	{ HEADER_FRAGMENT, 0, 1, WHOLE, "next header of the fragment header",
		STYLE_NEXT },
	{ HEADER_ARP, 0, 2, WHOLE, "ARP hardware type", STYLE_NUMBER },
	{ HEADER_ARP, 2, 2, WHOLE, "ARP protocol type", STYLE_HEX },
	{ HEADER_ARP, 4, 1, WHOLE, "ARP hardware address length", STYLE_NUMBER },
	{ HEADER_ARP, 5, 1, WHOLE, "ARP protocol address length", STYLE_NUMBER },
	{ HEADER_ARP, 6, 2, WHOLE, "ARP operation", STYLE_ARP },
	/* of Ethernet and IPv4, which is what the filter takes it for */
	{ HEADER_ARP, 14, 4, WHOLE, "ARP sender address", STYLE_IPV4 },
	{ HEADER_ARP, 24, 4, WHOLE, "ARP target address", STYLE_IPV4 },
	{ HEADER_PORTS, 0, 2, WHOLE, "source port", STYLE_NUMBER },
	{ HEADER_PORTS, 2, 2, WHOLE, "destination port", STYLE_NUMBER },
	{ HEADER_TCP, 0, 2, WHOLE, "TCP source port", STYLE_NUMBER },
	{ HEADER_TCP, 2, 2, WHOLE, "TCP destination port", STYLE_NUMBER },
	{ HEADER_TCP, 4, 4, WHOLE, "TCP sequence number", STYLE_NUMBER },
	{ HEADER_TCP, 8, 4, WHOLE, "TCP acknowledgement number", STYLE_NUMBER },
	{ HEADER_TCP, 12, 1, WHOLE, "TCP data offset", STYLE_HEX },
	{ HEADER_TCP, 12, 1, 0xf0, "TCP data offset", STYLE_HEX },
	{ HEADER_TCP, 13, 1, WHOLE, "TCP flags", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 1, "TCP flag FIN", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 2, "TCP flag SYN", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 4, "TCP flag RST", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 8, "TCP flag PSH", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 0x10, "TCP flag ACK", STYLE_HEX },
	{ HEADER_TCP, 13, 1, 0x20, "TCP flag URG", STYLE_HEX },
	{ HEADER_TCP, 14, 2, WHOLE, "TCP window", STYLE_NUMBER },
	{ HEADER_TCP, 16, 2, WHOLE, "TCP checksum", STYLE_HEX },
	{ HEADER_TCP, 18, 2, WHOLE, "TCP urgent pointer", STYLE_NUMBER },
	{ HEADER_UDP, 0, 2, WHOLE, "UDP source port", STYLE_NUMBER },
	{ HEADER_UDP, 2, 2, WHOLE, "UDP destination port", STYLE_NUMBER },
	{ HEADER_UDP, 4, 2, WHOLE, "UDP length", STYLE_NUMBER },
	{ HEADER_UDP, 6, 2, WHOLE, "UDP checksum", STYLE_HEX },
	{ HEADER_SCTP, 0, 2, WHOLE, "SCTP source port", STYLE_NUMBER },
	{ HEADER_SCTP, 2, 2, WHOLE, "SCTP destination port", STYLE_NUMBER },
	{ HEADER_SCTP, 4, 4, WHOLE, "SCTP verification tag", STYLE_HEX },
	{ HEADER_SCTP, 12, 1, WHOLE, "type of the first SCTP chunk", STYLE_NUMBER },
	{ HEADER_ICMP, 0, 1, WHOLE, "ICMP type", STYLE_ICMP },
	{ HEADER_ICMP, 1, 1, WHOLE, "ICMP code", STYLE_NUMBER },
	{ HEADER_ICMP, 2, 2, WHOLE, "ICMP checksum", STYLE_HEX },
	{ HEADER_ICMP6, 0, 1, WHOLE, "ICMPv6 type", STYLE_ICMP6 },
	{ HEADER_ICMP6, 1, 1, WHOLE, "ICMPv6 code", STYLE_NUMBER },
	{ HEADER_IGMP, 0, 1, WHOLE, "IGMP type", STYLE_HEX },
	{ HEADER_GENEVE, 0, 1, 0xc0, "Geneve version", STYLE_HEX },
	{ HEADER_GENEVE, 0, 1, WHOLE, "Geneve version and options' length", STYLE_HEX },
	{ HEADER_GENEVE, 2, 2, WHOLE, "Geneve protocol type", STYLE_TUNNEL_TYPE },
	{ HEADER_GENEVE, 4, 4, 0xffffff00, "Geneve VNI, times 256", STYLE_HEX },
	{ HEADER_VXLAN, 0, 1, WHOLE, "VXLAN flags", STYLE_HEX },
	{ HEADER_VXLAN, 4, 4, 0xffffff00, "VXLAN VNI, times 256", STYLE_HEX },
	{ HEADER_GRE, 0, 2, WHOLE, "GRE flags and version", STYLE_HEX },
	{ HEADER_GRE, 2, 2, WHOLE, "GRE protocol type", STYLE_TUNNEL_TYPE },
	{ HEADER_GTP, 0, 1, WHOLE, "GTP version and flags", STYLE_HEX },
	{ HEADER_GTP, 1, 1, WHOLE, "GTP message type", STYLE_NUMBER },
	{ HEADER_GTP, 4, 4, WHOLE, "GTP tunnel id", STYLE_NUMBER },
	{ HEADER_GTP, 11, 1, WHOLE, "GTP type of the first extension header", STYLE_HEX },
};

/* What tells the protocol, by the kind of link header. */
static const struct field type_fields[] = {
	[KEY_ETHERTYPE] = { 0, 0, 2, WHOLE, "EtherType", STYLE_ETHERTYPE },
	[KEY_SLL] = { 0, 0, 2, WHOLE, "protocol", STYLE_SLL_TYPE },
	[KEY_PLAIN] = { 0, 0, 2, WHOLE, "protocol (EtherType)", STYLE_ETHERTYPE },
	[KEY_PPP] = { 0, 0, 2, WHOLE, "PPP protocol", STYLE_PPP },
	[KEY_PPP_BSDOS] = { 0, 0, 2, WHOLE, "PPP protocol", STYLE_PPP },
	[KEY_HDLC] = { 0, 0, 2, WHOLE, "HDLC protocol", STYLE_ETHERTYPE },
	[KEY_AF_HOST] = { 0, 0, 4, WHOLE, "address family", STYLE_FAMILY_HOST },
	[KEY_AF] = { 0, 0, 4, WHOLE, "address family", STYLE_FAMILY },
	[KEY_IPNET] = { 0, 0, 1, WHOLE, "address family", STYLE_IPNET },
	[KEY_ARCNET] = { 0, 0, 1, WHOLE, "ARCNET protocol", STYLE_ARCNET },
	[KEY_SLOT] = { 0, 0, 0, WHOLE, "EtherType", STYLE_ETHERTYPE },
};

/* The link headers that have a table above, by LINKTYPE_. */
static const struct {
	uint16_t linktype;
	enum header header;
} links[] = { { 1, HEADER_ETHERNET }, { 6, HEADER_IEEE802 }, { 8, HEADER_SLIP },
	{ 9, HEADER_PPP }, { 10, HEADER_FDDI }, { 104, HEADER_HDLC },
	{ 105, HEADER_WLAN }, { 7, HEADER_ARCNET }, { 107, HEADER_FRELAY },
	{ 113, HEADER_SLL }, { 119, HEADER_WLAN }, { 122, HEADER_FC },
	{ 123, HEADER_SUNATM }, { 127, HEADER_WLAN }, { 129, HEADER_ARCNET },
	{ 163, HEADER_WLAN }, { 192, HEADER_WLAN }, { 226, HEADER_IPNET },
	{ 240, HEADER_ETHERNET }, { 241, HEADER_ETHERNET }, { 276, HEADER_SLL2 },
	{ 281, HEADER_ETHERNET }, { 284, HEADER_ETHERNET } };

static const enum header prefixes[] = {
	[PREFIX_RADIOTAP] = HEADER_RADIOTAP,
	[PREFIX_AVS] = HEADER_AVS,
	[PREFIX_PRISM] = HEADER_AVS, /* where its magic number is */
	[PREFIX_PFLOG] = HEADER_PFLOG,
};

static const struct field nibble = { HEADER_NONE, 0, 1, 0xf0, "IP version",
	STYLE_VERSION };

/* The field read, or (in part) the one that the bytes are in. */
static const struct field *
find(enum header h, uint32_t at, uint32_t size, uint32_t mask, bool *part)
{
	const struct field *whole = NULL, *around = NULL;
	for (unsigned i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		const struct field *f = &fields[i];
		if (f->header != h || at < f->at || at + size > f->at + f->size)
			continue;
		bool same = at == f->at && size == f->size;
		if (same && f->mask == mask) {
			*part = false;
			return f;
		}
		if (same && f->mask == WHOLE)
			whole = f;
		/* SNAP need not be there: only as a whole, which takes two loads */
		bool snap = h == HEADER_LLC && size != 4;
		if (!same && f->mask == WHOLE && around == NULL && !snap)
			around = f;
	}
	*part = whole == NULL;
	return whole != NULL ? whole : around;
}

/* How far base + off is behind the place; false: not at all, or not known. */
static bool
behind(const struct place *p, const struct value *base, uint32_t off, int32_t *rel)
{
	*rel = (int32_t)(off - p->off);
	return p->base == base && *rel >= -4 && *rel < 256;
}

static const struct field *
in_net(const struct explain *e, const struct known *k, const struct value *base,
	uint32_t off, uint32_t size, uint32_t mask, bool *part)
{
	struct place net = place_net(e->layer);
	int32_t rel;
	if (e->ihl != NULL && base == e->ihl) {
		rel = (int32_t)(off - net.off);
		return k->net == HEADER_IPV4 && rel >= 0 && rel < 256
			       ? find(k->upper, (uint32_t)rel, size, mask, part)
			       : NULL;
	}
	if (!behind(&net, base, off, &rel))
		return NULL;
	if (rel < 0)
		return e->layer->mpls > 0
			       ? find(HEADER_MPLS, (uint32_t)(rel + 4), size, mask, part)
			       : NULL;
	bool told = e->layer->mpls > 0 || e->layer->link->key == KEY_NIBBLE;
	if (k->net == HEADER_NONE && told && rel == 0 && size == 1 && mask == 0xf0)
		return &nibble;
	if (k->net == HEADER_IPV6 && rel >= 40)
		return find(k->upper, (uint32_t)rel - 40, size, mask, part);
	return find(k->net, (uint32_t)rel, size, mask, part);
}

/* Only where the link header is as the table has it: inside PPPoE, say, PPP's is not. */
static enum header
link_header(const struct explain *e)
{
	const struct layer *l = e->layer;
	const struct linktype *top = linktype_find(e->opts->linktype);
	bool inside = l->link != top || l->tunnelled;
	if (l->cooked || l->perhaps_bare || l->lane || (inside && l->link->value != 1))
		return HEADER_NONE;
	if (l->link->key == KEY_JUNIPER)
		return HEADER_JUNIPER;
	for (unsigned i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == l->link->value && l->link->key != KEY_SLOT)
			return links[i].header;
	return HEADER_NONE;
}

static const struct field *
in_link(const struct explain *e, const struct known *k, const struct value *base,
	uint32_t off, uint32_t size, uint32_t mask, bool *part)
{
	const struct layer *l = e->layer;
	const struct linktype *top = linktype_find(e->opts->linktype);
	const struct field *type = &type_fields[l->link->key], *f = NULL;
	int32_t rel;
	if (l->link->key < sizeof(type_fields) / sizeof(type_fields[0]) &&
		type->name != NULL && !l->cooked && behind(&l->type, base, off, &rel) &&
		rel == 0 && size == type->size && l->mpls == 0) {
		*part = mask != WHOLE;
		return mask == WHOLE ? type : NULL;
	}
	if (k->llc && behind(&l->payload, base, off, &rel) && rel >= 0)
		f = find(HEADER_LLC, (uint32_t)rel, size, mask, part);
	if (f == NULL && behind(&l->header, base, off, &rel) && rel >= 0)
		f = find(link_header(e), (uint32_t)rel, size, mask, part);
	if (f == NULL && base == NULL && !l->cooked && off < 256)
		f = find(prefixes[top->prefix], off, size, mask, part);
	return f;
}

const struct field *
explain_field(const struct explain *e, const struct known *k, const struct value *base,
	uint32_t off, uint32_t size, uint32_t mask, bool *part)
{
	*part = false;
	if (e->layer == NULL)
		return NULL;
	const struct field *f = in_net(e, k, base, off, size, mask, part);
	if (f == NULL)
		f = in_link(e, k, base, off, size, mask, part);
	if (f == NULL && base != NULL && base->kind == VALUE_SLOT && off < 256)
		f = find(k->slot[base->k], off, size, mask, part);
	return f;
}

const struct field *
explain_field_of(const struct explain *e, const struct value *v)
{
	static const struct field protocol = { HEADER_NONE, 0, 2, WHOLE, "protocol",
		STYLE_ETHERTYPE };
	static const struct field direction = { HEADER_NONE, 0, 1, WHOLE, "packet type",
		STYLE_PACKET_TYPE };
	if (v->kind == VALUE_META)
		return v->meta == META_PROTOCOL  ? &protocol
		       : v->meta == META_PKTTYPE ? &direction
						 : NULL;
	bool type = v->kind == VALUE_SLOT && e->layer != NULL &&
		    e->layer->link->key == KEY_SLOT && v == e->layer->type.base;
	return type ? &type_fields[KEY_SLOT] : NULL;
}

struct known
explain_known(const struct explain *e)
{
	struct known k = { 0 };
	if (e->layer == NULL || e->layer->mpls > 0)
		return k;
	k.llc = e->layer->link->key == KEY_LLC;
	if (e->layer->link->key == KEY_IPV4)
		k.net = HEADER_IPV4;
	if (e->layer->link->key == KEY_IPV6)
		k.net = HEADER_IPV6;
	return k;
}

static enum header
both(enum header a, enum header b)
{
	bool ports = (a >= HEADER_TCP && a <= HEADER_PORTS) &&
		     (b >= HEADER_TCP && b <= HEADER_PORTS);
	return a == b ? a : ports ? HEADER_PORTS : HEADER_NONE;
}

struct known
explain_either(struct known a, const struct known *b)
{
	a.net = both(a.net, b->net);
	a.upper = a.net != HEADER_NONE ? both(a.upper, b->upper) : HEADER_NONE;
	a.llc = a.llc && b->llc;
	a.tunnel = a.tunnel == b->tunnel ? a.tunnel : HEADER_NONE;
	for (unsigned i = 0; i < SLOTS; i++)
		a.slot[i] = a.slot[i] == b->slot[i] ? a.slot[i] : HEADER_NONE;
	return a;
}

void
explain_tell(const struct field *f, uint32_t number, struct known *k)
{
	enum header h = explain_leads(f->style, number);
	bool net = f->style >= STYLE_ETHERTYPE && f->style <= STYLE_VERSION;
	if (f->style == STYLE_PROTOCOL)
		k->upper = h;
	if (net && h == HEADER_LLC)
		k->llc = true;
	else if (net && h != HEADER_NONE) {
		k->net = h;
		k->upper = HEADER_NONE;
	}
}
