/* resolve_link.c: tests of the link header: network protocol, addresses, raw fields. */
#include "resolve.h"

#define ETHERMTU 1500 /* IEEE 802.3 §3.2.6: up to here the field is a length */

enum {
	TYPE_ATALK = 0x809b,
	TYPE_AARP = 0x80f3,
	TYPE_IPX = 0x8137,
	TYPE_IP = 0x0800,
	TYPE_IP6 = 0x86dd
};
enum { SAP_IP = 0x06, SAP_ISO = 0xfe, SAP_IPX = 0xe0, SAP_NETBEUI = 0xf0 };
enum { SLL_RAW_IPX = 1, SLL_LLC = 4 }; /* linux/if_ether.h ETH_P_802_3, ETH_P_802_2 */

static const struct value *
payload(struct resolver *r, uint32_t off, unsigned size)
{
	return value_load(
		r->values, NULL, r->layer.link_at + r->layer.link->header + off, size);
}

/* A SNAP header (RFC 1042): aa aa 03, organisation, EtherType. */
static struct test *
snap(struct resolver *r, uint32_t organisation, uint32_t type)
{
	return test_and(r->arena,
		test_equal(
			r->arena, payload(r, 4, 4), (organisation & 0xffff) << 16 | type),
		test_equal(r->arena, payload(r, 0, 4), 0xaaaa0300 | organisation >> 16));
}

/* What follows the test that the frame is an LLC one. */
static struct test *
llc_sap(struct resolver *r, uint32_t sap)
{
	if (sap == SAP_IP || sap == SAP_ISO || sap == SAP_NETBEUI)
		return test_equal(r->arena, payload(r, 0, 2), sap << 8 | sap);
	return test_equal(r->arena, payload(r, 0, 1), sap);
}

static const struct value *
type_field(struct resolver *r)
{
	return value_load(r->values, NULL, r->layer.link_at + r->layer.link->type_at, 2);
}

/* What both kinds of header share; `llc`: the test that the frame is an LLC one, `forms`:
 * how IPX is told in such a frame, `plain`: that the field itself says IPX. */
static struct test *
by_type_or_llc(struct resolver *r, uint32_t key, struct test *llc, struct test *plain,
	struct test *forms)
{
	const struct value *type = type_field(r);
	if (key == TYPE_ATALK || key == TYPE_AARP)
		return test_or(r->arena, test_equal(r->arena, type, key),
			test_and(r->arena, llc,
				snap(r, key == TYPE_ATALK ? 0x080007 : 0, key)));
	if (key > ETHERMTU)
		return test_equal(r->arena, type, key);
	if (key != SAP_IPX)
		return test_and(r->arena, llc, llc_sap(r, key));
	return test_or(r->arena, plain, test_and(r->arena, llc, forms));
}

static struct test *
by_ethertype(struct resolver *r, uint32_t key)
{
	const struct value *type = type_field(r);
	struct test *long_type = test_leaf(r->arena, type, ETHERMTU + 1, UINT32_MAX);
	long_type->form = FORM_GT;
	struct test *forms = test_or(r->arena, snap(r, 0, TYPE_IPX), llc_sap(r, SAP_IPX));
	forms = test_or(r->arena, forms, test_equal(r->arena, payload(r, 0, 2), 0xffff));
	return by_type_or_llc(r, key, test_not(r->arena, long_type),
		test_equal(r->arena, type, TYPE_IPX), forms);
}

static struct test *
by_sll(struct resolver *r, uint32_t key)
{
	const struct value *type = type_field(r);
	struct test *plain = test_or(r->arena, test_equal(r->arena, type, TYPE_IPX),
		test_equal(r->arena, type, SLL_RAW_IPX));
	return by_type_or_llc(r, key, test_equal(r->arena, type, SLL_LLC), plain,
		test_or(r->arena, llc_sap(r, SAP_IPX), snap(r, 0, TYPE_IPX)));
}

static struct test *
by_sll2(struct resolver *r, uint32_t key)
{
	return test_equal(r->arena,
		r->layer.cooked ? value_meta(r->values, META_PROTOCOL) : type_field(r),
		key);
}

static struct test *
by_nibble(struct resolver *r, uint32_t key)
{
	uint32_t version = key == TYPE_IP ? 0x40 : key == TYPE_IP6 ? 0x60 : 0;
	if (version == 0)
		return test_bool(r->arena, false);
	return test_equal(r->arena,
		value_arith(r->values, OP_AND, resolve_net(r, 0, 1),
			value_const(r->values, 0xf0)),
		version);
}

struct test *
resolve_link_type(struct resolver *r, uint32_t key)
{
	switch (r->layer.link->key) {
	case KEY_ETHERTYPE: return by_ethertype(r, key);
	case KEY_SLL: return by_sll(r, key);
	case KEY_SLL2: return by_sll2(r, key);
	case KEY_NIBBLE: return by_nibble(r, key);
	case KEY_IPV4: return test_bool(r->arena, key == TYPE_IP);
	case KEY_IPV6: return test_bool(r->arena, key == TYPE_IP6);
	case KEY_NONE: break;
	}
	resolve_fault(r, DIAG_LINKTYPE, r->span,
		"link-layer type filtering not implemented for %s", r->linkname);
	diags_hint(r->diags, "only link[], len, less and greater work on it");
	return NULL;
}

static struct test *
mac_at(struct resolver *r, int at, const uint8_t mac[6])
{
	uint32_t off = r->layer.link_at + (uint32_t)at;
	uint32_t low = (uint32_t)mac[2] << 24 | mac[3] << 16 | mac[4] << 8 | mac[5];
	return test_and(r->arena,
		test_equal(r->arena, value_load(r->values, NULL, off + 2, 4), low),
		test_equal(r->arena, value_load(r->values, NULL, off, 2),
			(uint32_t)mac[0] << 8 | mac[1]));
}

struct test *
resolve_mac(struct resolver *r, enum qual_dir dir, const uint8_t mac[6])
{
	const struct linktype *l = r->layer.link;
	if (l->mac_dst == NO_MAC) {
		resolve_fault(r, DIAG_LINKTYPE, r->span,
			"link-layer addresses are not supported on %s", r->linkname);
		diags_hint(r->diags, "its header has none");
		return NULL;
	}
	switch (dir) {
	case DIR_SRC: return mac_at(r, l->mac_src, mac);
	case DIR_DST: return mac_at(r, l->mac_dst, mac);
	case DIR_SRC_AND_DST:
		return test_and(
			r->arena, mac_at(r, l->mac_src, mac), mac_at(r, l->mac_dst, mac));
	case DIR_NONE:
	case DIR_SRC_OR_DST: break;
	}
	return test_or(r->arena, mac_at(r, l->mac_src, mac), mac_at(r, l->mac_dst, mac));
}

/* tcpdump.org LINKTYPE_LINUX_SLL2: what of the header is metadata. */
static const struct {
	uint8_t at, size;
	enum meta meta;
} cooked_fields[] = { { 0, 2, META_PROTOCOL }, { 4, 4, META_IFINDEX },
	{ 8, 2, META_HATYPE }, { 10, 1, META_PKTTYPE } };

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
	if (!l->cooked)
		return value_load(r->values, base, l->link_at + off, size);
	if (base == NULL && off >= l->link->header && off <= INT32_MAX)
		return value_load(
			r->values, NULL, l->net_at + off - l->link->header, size);
	const struct value *v =
		base == NULL && off < l->link->header ? cooked_field(r, off, size) : NULL;
	if (v == NULL) {
		resolve_fault(r, DIAG_UNSUPPORTED, span,
			"this part of the cooked link header cannot be tested while "
			"capturing");
		diags_hint(r->diags, "in reach: link[0:2] protocol, [4:4] interface, "
				     "[8:2] type, [10] direction");
	}
	return v;
}
