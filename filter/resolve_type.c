/* resolve_type.c: is the network protocol, or the LLC service access point, this one?
 * In: an EtherType (above 1500) or an SAP; out: the tests of the link header that say so,
 * one function for each kind of link header. */
#include "resolve.h"

#define ETHERMTU 1500 /* IEEE 802.3 §3.2.6: up to here the field is a length */

enum {
	TYPE_ATALK = 0x809b,
	TYPE_AARP = 0x80f3,
	TYPE_IPX = 0x8137,
	TYPE_IP = 0x0800,
	TYPE_ARP = 0x0806,
	TYPE_RARP = 0x8035,
	TYPE_IP6 = 0x86dd
};
enum {
	SAP_IP = 0x06,
	SAP_STP = 0x42,
	SAP_ISO = 0xfe,
	SAP_IPX = 0xe0,
	SAP_NETBEUI = 0xf0
};
enum { SLL_RAW_IPX = 1, SLL_LLC = 4 }; /* linux/if_ether.h ETH_P_802_3, ETH_P_802_2 */
enum { RFC1042_TYPE = 6 };             /* the EtherType's place in LLC with SNAP */

static struct test *
equal(struct resolver *r, const struct value *v, uint32_t k)
{
	return test_equal(r->arena, v, k);
}

static struct test *
never(struct resolver *r)
{
	return test_bool(r->arena, false);
}

static const struct value *
payload(struct resolver *r, uint32_t off, unsigned size)
{
	return resolve_load(r, r->layer.payload, off, size);
}

static const struct value *
type_field(struct resolver *r, unsigned size)
{
	if (r->layer.link->key == KEY_SLOT) {
		r->used |= r->layer.type.needs;
		return r->layer.type.base;
	}
	return resolve_load(r, r->layer.type, 0, size);
}

/* A SNAP header (RFC 1042): aa aa 03, organisation, EtherType. */
static struct test *
snap(struct resolver *r, uint32_t organisation, uint32_t type)
{
	return test_and(r->arena,
		equal(r, payload(r, 4, 4), (organisation & 0xffff) << 16 | type),
		equal(r, payload(r, 0, 4), 0xaaaa0300 | organisation >> 16));
}

/* What follows the test that the frame is an LLC one. */
static struct test *
llc_sap(struct resolver *r, uint32_t sap)
{
	if (sap == SAP_IP || sap == SAP_ISO || sap == SAP_NETBEUI)
		return equal(r, payload(r, 0, 2), sap << 8 | sap);
	return equal(r, payload(r, 0, 1), sap);
}

/* What both kinds of header share; `llc`: the test that the frame is an LLC one, `forms`:
 * how IPX is told in such a frame, `plain`: that the field itself says IPX. */
static struct test *
by_type_or_llc(struct resolver *r, uint32_t key, struct test *llc, struct test *plain,
	struct test *forms)
{
	const struct value *type = type_field(r, 2);
	if (key == TYPE_ATALK || key == TYPE_AARP)
		return test_or(r->arena, equal(r, type, key),
			test_and(r->arena, llc,
				snap(r, key == TYPE_ATALK ? 0x080007 : 0, key)));
	if (key > ETHERMTU)
		return equal(r, type, key);
	if (key != SAP_IPX)
		return test_and(r->arena, llc, llc_sap(r, key));
	return test_or(r->arena, plain, test_and(r->arena, llc, forms));
}

static struct test *
is_length(struct resolver *r)
{
	struct test *t = test_leaf(r->arena, type_field(r, 2), ETHERMTU + 1, UINT32_MAX);
	t->form = FORM_GT;
	return test_not(r->arena, t);
}

/* ATM LAN emulation: a control frame has ff 00 there (ATM Forum, LANE 1.0 §4). */
static struct test *
not_lane_control(struct resolver *r)
{
	const struct place start = { .off = 4 };
	return test_not(r->arena, equal(r, resolve_load(r, start, 0, 2), 0xff00));
}

static struct test *
by_ethertype(struct resolver *r, uint32_t key)
{
	struct test *forms = test_or(r->arena, snap(r, 0, TYPE_IPX), llc_sap(r, SAP_IPX));
	forms = test_or(r->arena, forms, equal(r, payload(r, 0, 2), 0xffff));
	struct test *t = by_type_or_llc(
		r, key, is_length(r), equal(r, type_field(r, 2), TYPE_IPX), forms);
	return r->layer.lane ? test_and(r->arena, not_lane_control(r), t) : t;
}

static struct test *
by_sll(struct resolver *r, uint32_t key)
{
	const struct value *type = type_field(r, 2);
	struct test *plain =
		test_or(r->arena, equal(r, type, TYPE_IPX), equal(r, type, SLL_RAW_IPX));
	return by_type_or_llc(r, key, equal(r, type, SLL_LLC), plain,
		test_or(r->arena, llc_sap(r, SAP_IPX), snap(r, 0, TYPE_IPX)));
}

static struct test *
by_plain(struct resolver *r, uint32_t key)
{
	return equal(r,
		r->layer.cooked ? value_meta(r->values, META_PROTOCOL) : type_field(r, 2),
		key);
}

/* The whole frame is LLC. */
static struct test *
by_llc(struct resolver *r, uint32_t key)
{
	if (key == TYPE_ATALK)
		return snap(r, 0x080007, key);
	if (key > ETHERMTU)
		return equal(r, payload(r, RFC1042_TYPE, 2), key);
	return llc_sap(r, key);
}

static struct test *
by_sunatm(struct resolver *r, uint32_t key)
{
	return test_and(r->arena, resolve_is_llc(r), by_llc(r, key));
}

/* IEEE 802.11 §9.2.4.1: type in bits 2 and 3, 2 is data. */
static struct test *
by_wlan(struct resolver *r, uint32_t key)
{
	return test_and(r->arena, resolve_is_llc(r), by_llc(r, key));
}

/* RFC 1661 and IANA "PPP DLL Protocol Numbers". */
static struct test *
by_ppp(struct resolver *r, uint32_t key)
{
	static const struct {
		uint16_t key, ppp;
	} map[] = { { TYPE_IP, 0x21 }, { TYPE_IP6, 0x57 }, { 0x6003, 0x27 },
		{ TYPE_ATALK, 0x29 }, { 0x0600, 0x25 }, { SAP_ISO, 0x23 },
		{ SAP_STP, 0x31 }, { SAP_IPX, 0x2b } };
	const struct value *type = type_field(r, 2);
	if (key == TYPE_IP && r->layer.link->key == KEY_PPP_BSDOS)
		return test_or(r->arena,
			test_or(r->arena, equal(r, type, 0x21), equal(r, type, 0x2d)),
			equal(r, type, 0x2f)); /* RFC 1144: compressed TCP/IP */
	for (unsigned i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].key == key)
			return equal(r, type, map[i].ppp);
	return equal(r, type, key);
}

static struct test *
by_hdlc(struct resolver *r, uint32_t key)
{
	return equal(r, type_field(r, 2), key == SAP_ISO ? 0xfefe : key);
}

/* The version of the first byte; a slip header's is not IP's, but that is what libpcap
 * looks at. */
static struct test *
by_nibble(struct resolver *r, uint32_t key)
{
	uint32_t version = key == TYPE_IP ? 0x40 : key == TYPE_IP6 ? 0x60 : 0;
	if (version == 0)
		return never(r);
	return resolve_masked(r, resolve_load(r, r->layer.header, 0, 1), 0xf0, version);
}

static struct test *
by_ip4_only(struct resolver *r, uint32_t key)
{
	return test_bool(r->arena, key == TYPE_IP);
}

static struct test *
by_ip6_only(struct resolver *r, uint32_t key)
{
	return test_bool(r->arena, key == TYPE_IP6);
}

static uint32_t
swapped(uint32_t x)
{
	return x >> 24 | (x >> 8 & 0xff00) | (x << 8 & 0xff0000) | x << 24;
}

/* Address families: AF_INET is 2 everywhere; AF_INET6 is 24 (NetBSD, OpenBSD), 28
 * (FreeBSD), 30 (macOS) in files, and Linux's 10 in what Linux captures now. */
static struct test *
by_family(struct resolver *r, uint32_t key, unsigned size, bool both_orders)
{
	static const uint32_t ip4[] = { 2 }, ip6[] = { 24, 28, 30 }, own[] = { 10 };
	bool live = r->opts->input != FILTER_INPUT_FILE;
	const uint32_t *family = key == TYPE_IP ? ip4 : live ? own : ip6;
	unsigned n = key == TYPE_IP6 && !live ? 3 : 1;
	struct test *t = NULL;
	if (key != TYPE_IP && key != TYPE_IP6)
		return never(r);
	const struct value *v = type_field(r, size);
	for (unsigned i = 0; i < n; i++) {
		t = test_or(r->arena, t, equal(r, v, family[i]));
		if (both_orders)
			t = test_or(r->arena, t, equal(r, v, swapped(family[i])));
	}
	return t;
}

static struct test *
by_af_host(struct resolver *r, uint32_t key)
{
	return by_family(r, key, 4, true);
}

static struct test *
by_af(struct resolver *r, uint32_t key)
{
	return by_family(r, key, 4, false);
}

static struct test *
by_af_byte(struct resolver *r, uint32_t key)
{
	const struct place family = { .off = 1 };
	struct layer keep = r->layer;
	r->layer.type = family;
	struct test *t = by_family(r, key, 1, false);
	r->layer = keep;
	return t;
}

static struct test *
by_ipnet(struct resolver *r, uint32_t key)
{
	if (key != TYPE_IP && key != TYPE_IP6)
		return never(r);
	return equal(r, type_field(r, 1), key == TYPE_IP ? 2 : 26);
}

/* RFC 1201 and, for IP and ARP, the older RFC 1051. */
static struct test *
by_arcnet(struct resolver *r, uint32_t key)
{
	static const struct {
		uint16_t key;
		uint8_t arcnet;
	} map[] = { { TYPE_IP, 212 }, { TYPE_IP, 240 }, { TYPE_ARP, 213 },
		{ TYPE_ARP, 241 }, { TYPE_RARP, 214 }, { TYPE_IP6, 0xc4 },
		{ TYPE_ATALK, 221 } };
	struct test *any = NULL;
	for (unsigned i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (map[i].key == key)
			any = test_or(
				r->arena, any, equal(r, type_field(r, 1), map[i].arcnet));
	return any != NULL ? any : never(r);
}

static struct test *
by_ltalk(struct resolver *r, uint32_t key)
{
	return test_bool(r->arena, key == TYPE_ATALK);
}

/* RFC 2427: control 03, then the NLPID. */
static struct test *
by_frelay(struct resolver *r, uint32_t key)
{
	const struct place nlpid = { .off = 2 };
	const struct value *v = resolve_load(r, nlpid, 0, 2);
	if (key == TYPE_IP || key == TYPE_IP6)
		return equal(r, v, key == TYPE_IP ? 0x03cc : 0x038e);
	if (key != SAP_ISO)
		return never(r);
	return test_leaf(r->arena, v, 0x0381, 0x0383);
}

static struct test *
by_juniper(struct resolver *r, uint32_t key)
{
	const struct place magic = { .off = 0 };
	(void)key;
	return resolve_masked(r, resolve_load(r, magic, 0, 4), 0xffffff00, 0x4d474300);
}

static struct test *(*const by_key[])(struct resolver *, uint32_t) = {
	[KEY_ETHERTYPE] = by_ethertype,
	[KEY_SLL] = by_sll,
	[KEY_PLAIN] = by_plain,
	[KEY_LLC] = by_llc,
	[KEY_SUNATM] = by_sunatm,
	[KEY_WLAN] = by_wlan,
	[KEY_PPP] = by_ppp,
	[KEY_PPP_BSDOS] = by_ppp,
	[KEY_HDLC] = by_hdlc,
	[KEY_NIBBLE] = by_nibble,
	[KEY_IPV4] = by_ip4_only,
	[KEY_IPV6] = by_ip6_only,
	[KEY_AF_HOST] = by_af_host,
	[KEY_AF] = by_af,
	[KEY_AF_BYTE] = by_af_byte,
	[KEY_IPNET] = by_ipnet,
	[KEY_ARCNET] = by_arcnet,
	[KEY_LTALK] = by_ltalk,
	[KEY_FRELAY] = by_frelay,
	[KEY_JUNIPER] = by_juniper,
	[KEY_SLOT] = by_ethertype,
};

/* RFC 3032: IP follows the label with the bottom-of-stack bit; its version says which. */
static struct test *
by_label(struct resolver *r, uint32_t key)
{
	if (key != TYPE_IP && key != TYPE_IP6) {
		resolve_fault(
			r, DIAG_UNSUPPORTED, r->span, "unsupported protocol over mpls");
		diags_hint(r->diags, "behind labels, ip and ip6 can be told");
		return NULL;
	}
	return test_and(r->arena,
		test_not(r->arena,
			resolve_masked(r, resolve_net(r, (uint32_t)-2, 1), 1, 0)),
		resolve_masked(
			r, resolve_net(r, 0, 1), 0xf0, key == TYPE_IP ? 0x40 : 0x60));
}

struct test *
resolve_link_type(struct resolver *r, uint32_t key)
{
	if (r->layer.mpls > 0)
		return by_label(r, key);
	if (r->layer.link->key != KEY_NONE)
		return by_key[r->layer.link->key](r, key);
	resolve_fault(r, DIAG_LINKTYPE, r->span,
		"link-layer type filtering not implemented for %s", r->linkname);
	diags_hint(r->diags, "only link[], len, less, greater and byte work on it");
	return NULL;
}

struct test *
resolve_is_llc(struct resolver *r)
{
	const struct place first = { .off = 0 };
	switch (r->layer.link->key) {
	case KEY_SUNATM: return resolve_masked(r, resolve_load(r, first, 0, 1), 0x0f, 2);
	case KEY_WLAN:
		return resolve_masked(
			r, resolve_load(r, r->layer.header, 0, 1), 0x0c, 0x08);
	case KEY_SLOT:
	case KEY_ETHERTYPE:
		return test_and(r->arena, is_length(r),
			test_not(r->arena, equal(r, payload(r, 0, 2), 0xffff)));
	case KEY_LLC:
	case KEY_SLL:
	case KEY_PLAIN:
	case KEY_PPP:
	case KEY_PPP_BSDOS:
	case KEY_HDLC:
	case KEY_NIBBLE:
	case KEY_IPV4:
	case KEY_IPV6:
	case KEY_AF_HOST:
	case KEY_AF:
	case KEY_AF_BYTE:
	case KEY_IPNET:
	case KEY_ARCNET:
	case KEY_LTALK:
	case KEY_FRELAY:
	case KEY_JUNIPER:
	case KEY_NONE: break;
	}
	return NULL;
}
