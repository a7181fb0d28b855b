/* resolve_link.c: tests of the link header but for its protocol: addresses, raw fields,
 * LLC frames, the direction of travel. */
#include "resolve.h"

#include <strings.h>

#include "ids.h"

struct test *
resolve_mac_at(struct resolver *r, uint32_t off, struct macs m)
{
	const struct place header = r->layer.header;
	const struct value *const word[2] = { resolve_load(r, header, off + 2, 4),
		resolve_load(r, header, off, 2) };
	const uint8_t *b = m.one;
	if (m.many != NULL)
		return ids_test_words(
			r->arena, r->values, m.many->mac, m.many->macs, word);
	return test_and(r->arena,
		test_equal(r->arena, word[0],
			(uint32_t)b[2] << 24 | b[3] << 16 | b[4] << 8 | b[5]),
		test_equal(r->arena, word[1], (uint32_t)b[0] << 8 | b[1]));
}

/* Behind geneve there need be no Ethernet header, and in ATM LAN emulation not every
 * frame has one: what has to hold before addresses are looked at, or NULL. */
static struct test *
has_header(struct resolver *r)
{
	const struct place lane = { .off = 4 };
	if (r->layer.lane)
		return test_not(r->arena,
			test_equal(r->arena, resolve_load(r, lane, 0, 2), 0xff00));
	if (!r->layer.perhaps_bare)
		return NULL;
	r->used |= r->layer.header.needs | r->layer.payload.needs;
	const struct value *bytes = value_arith(
		r->values, OP_SUB, r->layer.payload.base, r->layer.header.base);
	return test_not(r->arena, test_equal(r->arena, bytes, 0));
}

struct test *
resolve_mac(struct resolver *r, enum qual_dir dir, struct macs m)
{
	const struct linktype *l = r->layer.link;
	if (l->mac == MAC_WLAN)
		return resolve_wlan_mac(r, dir, m);
	if (l->mac != MAC_FIXED || r->layer.cooked) {
		resolve_no_link(r, "link host XX:XX:XX:XX:XX:XX");
		diags_hint(r->diags, "its header has no such addresses");
		return NULL;
	}
	struct test *ends =
		resolve_ends(r, dir, resolve_mac_at(r, (uint32_t)l->mac_src, m),
			resolve_mac_at(r, (uint32_t)l->mac_dst, m));
	return ends != NULL ? test_and(r->arena, has_header(r), ends) : NULL;
}

/* ARCNET and MS/TP: addresses of one byte. */
struct test *
resolve_mac8(struct resolver *r, const struct ast *a, uint8_t mac)
{
	const struct linktype *l = r->layer.link;
	if (l->mac != MAC_BYTE)
		return resolve_no_link(r, "link host $XX");
	struct place h = r->layer.header;
	struct test *src =
		test_equal(r->arena, resolve_load(r, h, (uint32_t)l->mac_src, 1), mac);
	struct test *dst =
		test_equal(r->arena, resolve_load(r, h, (uint32_t)l->mac_dst, 1), mac);
	return resolve_ends(r, a->quals.dir, src, dst);
}

static struct test *
link_broadcast(struct resolver *r, const struct ast *a)
{
	static const uint8_t all_ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	struct ast to = *a;
	if (r->layer.link->mac != MAC_BYTE)
		return resolve_mac(r, DIR_DST, (struct macs){ .one = all_ones });
	to.quals.dir = DIR_DST;
	return resolve_mac8(r, &to, r->layer.link->broadcast);
}

/* IEEE 802 §8.2.2: the group bit of the destination's first byte. */
static struct test *
link_multicast(struct resolver *r, const struct ast *a)
{
	const struct linktype *l = r->layer.link;
	if (l->mac == MAC_BYTE)
		return link_broadcast(r, a);
	if (l->mac == MAC_WLAN)
		return resolve_wlan_multicast(r);
	struct test *group = test_not(r->arena,
		resolve_masked(r, resolve_load(r, r->layer.header, (uint32_t)l->group, 1),
			1, 0));
	return test_and(r->arena, has_header(r), group);
}

enum { IP_DST = 16, IP6_DST = 24 }; /* RFC 791 §3.1, RFC 8200 §3 */

static struct test *
ip_broadcast(struct resolver *r, const struct ast *a)
{
	uint32_t host = ~r->opts->netmask;
	struct test *ip = resolve_link_type(r, proto_find(PROTO_IP)->key);
	if (ip == NULL)
		return NULL;
	if (r->opts->netmask == UINT32_MAX) {
		resolve_fault(r, DIAG_UNSUPPORTED, a->span,
			"netmask not known, so 'ip broadcast' not supported");
		diags_hint(r->diags, "write the address: 'dst host 192.0.2.255'");
		return NULL;
	}
	const struct value *dst = resolve_net(r, IP_DST, 4);
	return test_and(r->arena, ip,
		test_or(r->arena, resolve_masked(r, dst, host, 0),
			resolve_masked(r, dst, host, host)));
}

/* RFC 1112 §4: 224.0.0.0/4; RFC 4291 §2.7: ff00::/8. */
static struct test *
ip_multicast(struct resolver *r, enum qual_proto proto)
{
	bool ip4 = proto == PROTO_IP;
	struct test *type = resolve_link_type(r, proto_find(proto)->key);
	if (type == NULL)
		return NULL;
	const struct value *top = resolve_net(r, ip4 ? IP_DST : IP6_DST, 1);
	return test_and(r->arena, type,
		ip4 ? resolve_masked(r, top, 0xf0, 0xe0)
		    : test_equal(r->arena, top, 0xff));
}

/* [PROTO] broadcast, [PROTO] multicast */
struct test *
resolve_cast(struct resolver *r, const struct ast *a)
{
	enum qual_proto p = a->quals.proto;
	bool broadcast = a->cast == CAST_BROADCAST;
	const char *word = broadcast ? "broadcast" : "multicast";
	bool link = p == PROTO_NONE || p == PROTO_LINK;
	if (!link && p != PROTO_IP && (p != PROTO_IP6 || broadcast))
		return resolve_bad_qualifier(r, a, word);
	if (!link)
		return broadcast ? ip_broadcast(r, a) : ip_multicast(r, p);
	if (r->layer.link->mac == MAC_NONE || r->layer.cooked) {
		resolve_no_link(r, word);
		diags_hint(r->diags, "its header has no destination address; try 'ip %s'",
			word);
		return NULL;
	}
	return broadcast ? link_broadcast(r, a) : link_multicast(r, a);
}

/* --- fields of the header -------------------------------------------------------- */

/* tcpdump.org LINKTYPE_LINUX_SLL2: what of the header is metadata. */
static const struct {
	uint8_t at, size;
	enum meta meta;
} cooked_fields[] = { { 0, 2, META_PROTOCOL }, { 4, 4, META_IFINDEX },
	{ 8, 2, META_HATYPE }, { 10, 1, META_PKTTYPE } };

#define SLL2_HEADER 20

static const struct value *
cooked_field(struct resolver *r, uint32_t off, unsigned size)
{
	struct values *vs = r->values;
	if (off >= 2 && off + size <= 4) /* reserved, always zero */
		return value_const(vs, 0);
	for (unsigned i = 0; i < sizeof(cooked_fields) / sizeof(cooked_fields[0]); i++) {
		unsigned at = cooked_fields[i].at, n = cooked_fields[i].size;
		if (off < at || off + size > at + n)
			continue;
		const struct value *v = value_meta(vs, cooked_fields[i].meta);
		unsigned below =
			at + n - (off + size); /* bytes to the right of the field */
		v = value_arith(vs, OP_SHR, v, value_const(vs, 8 * below));
		return value_arith(vs, OP_AND, v,
			value_const(vs, size == 4 ? UINT32_MAX : (1u << 8 * size) - 1));
	}
	return NULL;
}

const struct value *
resolve_link_field(struct resolver *r, const struct value *base, uint32_t off,
	unsigned size, struct span span)
{
	const struct layer *l = &r->layer;
	if (!l->cooked) {
		r->used |= l->header.needs;
		r->shifted |= l->header.shifted;
		if (base != NULL && l->header.base != NULL)
			base = value_arith(r->values, OP_ADD, base, l->header.base);
		else if (base == NULL)
			base = l->header.base;
		return value_load(r->values, base, l->header.off + off, size);
	}
	if (base == NULL && off >= SLL2_HEADER && off <= INT32_MAX)
		return resolve_net(r, off - SLL2_HEADER, size);
	const struct value *v =
		base == NULL && off < SLL2_HEADER ? cooked_field(r, off, size) : NULL;
	if (v == NULL) {
		resolve_fault(r, DIAG_UNSUPPORTED, span,
			"this part of the cooked link header cannot be tested while "
			"capturing");
		diags_hint(r->diags, "in reach: link[0:2] protocol, [4:4] interface, "
				     "[8:2] type, [10] direction");
	}
	return v;
}

/* --- llc ------------------------------------------------------------------------- */

/* IEEE 802.2 §5.4: formats and commands by the control byte. */
static const struct {
	const char *name;
	uint8_t mask, bits;
} llc_names[] = {
	{ "s", 0x03, 0x01 },
	{ "u", 0x03, 0x03 },
	{ "rr", 0x0f, 0x01 },
	{ "rnr", 0x0f, 0x05 },
	{ "rej", 0x0f, 0x09 },
	{ "ui", 0xef, 0x03 },
	{ "ua", 0xef, 0x63 },
	{ "disc", 0xef, 0x43 },
	{ "dm", 0xef, 0x0f },
	{ "sabme", 0xef, 0x6f },
	{ "test", 0xef, 0xe3 },
	{ "xid", 0xef, 0xaf },
	{ "frmr", 0xef, 0x87 },
};

static struct test *
llc_control(struct resolver *r, const struct token *t)
{
	const char *name = resolve_text(r, t);
	const struct value *control = resolve_load(r, r->layer.payload, 2, 1);
	if (strcasecmp(name, "i") == 0)
		return resolve_masked(r, control, 1, 0);
	for (unsigned i = 0; i < sizeof(llc_names) / sizeof(llc_names[0]); i++)
		if (strcasecmp(name, llc_names[i].name) == 0)
			return resolve_masked(
				r, control, llc_names[i].mask, llc_names[i].bits);
	resolve_fault(r, DIAG_NAME, t->span, "unknown LLC type name \"%.80s\"", name);
	diags_hint(r->diags, "known: i s u rr rnr rej ui ua disc dm sabme test xid frmr");
	return NULL;
}

struct test *
resolve_llc(struct resolver *r, const struct ast *a)
{
	if ((r->layer.link->has & LINK_LLC) == 0)
		return resolve_no_link(r, "llc");
	struct test *is = resolve_is_llc(r);
	if (is == NULL)
		is = test_bool(r->arena, true);
	if (a->arg == NULL)
		return is;
	struct test *control = llc_control(r, a->arg);
	return control != NULL ? test_and(r->arena, is, control) : NULL;
}

/* --- direction ------------------------------------------------------------------- */

/* Where each kind of header says it: (field & mask) is `in`, or `out`; not one of them:
 * NOT. */
#define NOT UINT32_MAX
static const struct {
	uint8_t at, size;
	uint32_t mask, in, out;
} directions[] = {
	[DIRECTION_SLIP] = { 0, 1, 0xff, 0, 1 },
	[DIRECTION_IPNET] = { 2, 2, 0xffff, 2, 1 },
	[DIRECTION_SLL] = { 0, 2, 0xffff, NOT, 4 },
	[DIRECTION_SLL2] = { 10, 1, 0xff, NOT, 4 },
	[DIRECTION_PFLOG] = { 60, 1, 0xff, 1, 2 },
	[DIRECTION_PPPD] = { 0, 1, 0xff, 0, 1 },
	[DIRECTION_JUNIPER] = { 3, 1, 1, 1, 0 },
	[DIRECTION_DSA_BRCM] = { 12, 1, 0xe0, 0, 0x20 },
};
enum { PACKET_OUT = 4 }; /* linux/if_packet.h PACKET_OUTGOING */

static struct test *
live_only(struct resolver *r, const char *word)
{
	if (r->opts->input == FILTER_INPUT_XDP) {
		resolve_fault(r, DIAG_UNSUPPORTED, r->span,
			"'%s' cannot be tested at the XDP hook", word);
		diags_hint(r->diags, "the socket and tc hooks know it");
		return NULL;
	}
	resolve_fault(r, DIAG_LINKTYPE, r->span,
		"not a live capture, '%s' not supported on %s", word,
		r->layer.link->name != NULL ? r->layer.link->name : r->linkname);
	diags_hint(r->diags, "the bytes of this link type do not say it");
	return NULL;
}

static struct test *
dsa_direction(struct resolver *r, bool in)
{
	const struct place tag = { .off = 12 };
	const struct value *v = resolve_load(r, tag, 0, 1);
	return in ? resolve_masked(r, v, 0x40, 0) : resolve_masked(r, v, 0xc0, 0x40);
}

struct test *
resolve_direction(struct resolver *r, const struct ast *a)
{
	bool in = a->prim == PRIM_INBOUND;
	enum link_direction d = r->layer.link->direction;
	bool live = r->opts->input == FILTER_INPUT_SKB;
	if (d == DIRECTION_DSA)
		return dsa_direction(r, in);
	if (r->opts->input == FILTER_INPUT_COOKED || (d == DIRECTION_NONE && live)) {
		struct test *out = test_equal(
			r->arena, value_meta(r->values, META_PKTTYPE), PACKET_OUT);
		return in ? test_not(r->arena, out) : out;
	}
	if (d == DIRECTION_NONE)
		return live_only(r, in ? "inbound" : "outbound");
	const struct place at = { .off = directions[d].at };
	const struct value *v = resolve_load(r, at, 0, directions[d].size);
	uint32_t k = in ? directions[d].in : directions[d].out;
	return k == NOT ? test_not(r->arena, resolve_masked(r, v, directions[d].mask,
						     directions[d].out))
			: resolve_masked(r, v, directions[d].mask, k);
}

struct test *
resolve_ifindex(struct resolver *r, const struct ast *a)
{
	const struct place field = { .off = 4 };
	if (r->opts->input == FILTER_INPUT_FILE) {
		if (r->layer.link->direction != DIRECTION_SLL2)
			return live_only(r, "ifindex");
		return test_equal(r->arena, resolve_load(r, field, 0, 4), a->arg->number);
	}
	return test_equal(r->arena, value_meta(r->values, META_IFINDEX), a->arg->number);
}
