/* resolve_wlan.c: IEEE 802.11 frames (§9.2 frame formats), and the headers of varying
 * length that capture programs put before them: radiotap, AVS, Prism, PPI; and pflog's.
 * Where the frame and its payload begin is worked out once, and kept in slots. */
#include "resolve.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { FC_TYPE = 0x0c, FC_MANAGEMENT = 0, FC_CONTROL = 4, FC_DATA = 8 };
enum { FC_SUBTYPE = 0xf0, FC_CTS = 0xc0, FC_ACK = 0xd0 };
enum { FC1_TO_DS = 1, FC1_FROM_DS = 2 };
enum { ADDR1 = 4, ADDR2 = 10, ADDR3 = 16, ADDR4 = 24 };
#define HEADER 24 /* bytes; two more with QoS */

/* --- where the frame and its payload begin ------------------------------------------ */

static const struct value *
op(struct resolver *r, enum arith_op o, const struct value *a, uint32_t k)
{
	return value_arith(r->values, o, a, value_const(r->values, k));
}

static const struct value *
at(struct resolver *r, uint32_t off, unsigned size)
{
	return value_load(r->values, NULL, off, size);
}

/* A length of 2^24 or more, which no packet has, rejects at once, by a division by zero:
 * so sums with it do not wrap, and no pass may drop it. */
static const struct value *
bounded(struct resolver *r, const struct value *v)
{
	const struct value *high = op(r, OP_SHR, v, 24);
	const struct value *small = op(r, OP_SHR, op(r, OP_SUB, high, 1), 31);
	return op(r, OP_AND, value_arith(r->values, OP_DIV, v, small), 0xffffff);
}

/* radiotap.org and the PPI specification: header length, little-endian, at 2. */
static const struct value *
radiotap_length(struct resolver *r)
{
	return value_arith(r->values, OP_OR, op(r, OP_SHL, at(r, 3, 1), 8), at(r, 2, 1));
}

/* A Prism header is 144 bytes; what some drivers call one begins with AVS's magic. */
static struct test *
prism_length(struct resolver *r, const struct value *slot)
{
	struct test *avs = resolve_masked(r, at(r, 0, 4), 0xfffff000, 0x80211000);
	return test_choose(r->arena, avs,
		test_bind(r->arena, slot, bounded(r, at(r, 4, 4))),
		test_bind(r->arena, slot, value_const(r->values, 144)));
}

static struct test *
masked_at(struct resolver *r, uint32_t off, uint32_t mask, uint32_t k)
{
	return resolve_masked(r, at(r, off, 1), mask, k);
}

/* Do the radiotap flags say that the payload is padded to 4 bytes (Atheros)?  The first
 * presence word has flags (bit 1) and no further word (bit 31); flags come behind the
 * time stamp (bit 0) if there is one; it is 0x20 in them. */
static struct test *
radiotap_pads(struct resolver *r)
{
	struct arena *m = r->arena;
	struct test *has =
		test_and(m, test_not(m, masked_at(r, 4, 2, 0)), masked_at(r, 7, 0x80, 0));
	return test_and(m, has,
		test_choose(m, test_not(m, masked_at(r, 4, 1, 0)),
			test_not(m, masked_at(r, 16, 0x20, 0)),
			test_not(m, masked_at(r, 8, 0x20, 0))));
}

/* Binds where the payload begins: 24 bytes on, 26 in QoS data frames. */
static struct test *
wlan_payload(struct resolver *r, struct place frame, const struct value *slot)
{
	struct arena *m = r->arena;
	const struct value *fc = value_load(r->values, frame.base, frame.off, 1);
	const struct value *from = frame.base, *end = value_const(r->values, HEADER);
	const struct value *qos = value_const(r->values, HEADER + 2);
	if (from != NULL) {
		end = value_arith(r->values, OP_ADD, from, end);
		qos = value_arith(r->values, OP_ADD, from, qos);
	}
	struct test *begin = test_choose(m, resolve_masked(r, fc, 0x8c, 0x88),
		test_bind(m, slot, qos), test_bind(m, slot, end));
	if (r->layer.link->prefix != PREFIX_RADIOTAP || (r->layer.link->has & LINK_PPI))
		return begin;
	const struct value *padded = op(r, OP_AND, op(r, OP_ADD, slot, 3), 0x03fffffc);
	struct test *pads =
		test_and(m, resolve_masked(r, fc, FC_TYPE, FC_DATA), radiotap_pads(r));
	return test_and(m, begin,
		test_choose(
			m, pads, test_bind(m, slot, padded), test_bind(m, slot, slot)));
}

static bool
enter(struct resolver *r, struct test *t, uint64_t needs, uint64_t *bit)
{
	unsigned n;
	if (!resolve_entry(
		    r, (struct entry){ .test = t, .always = true, .needs = needs }, &n))
		return false;
	*bit = 1ull << n;
	return true;
}

static bool
frame_start(struct resolver *r, struct place *frame)
{
	const struct value *slot = resolve_slot(r, 0x01ffffff);
	struct test *t = NULL;
	switch (r->layer.link->prefix) {
	case PREFIX_NONE:
	case PREFIX_PFLOG: break;
	case PREFIX_RADIOTAP: t = test_bind(r->arena, slot, radiotap_length(r)); break;
	case PREFIX_AVS: t = test_bind(r->arena, slot, bounded(r, at(r, 4, 4))); break;
	case PREFIX_PRISM: t = prism_length(r, slot); break;
	}
	frame->base = slot;
	return enter(r, t, 0, &frame->needs);
}

/* Sets up the layer where headers are of varying length. */
bool
resolve_prefix(struct resolver *r)
{
	const struct linktype *l = r->layer.link;
	struct place frame = { 0 }, payload = { 0 };
	struct test *t;
	if (l->prefix == PREFIX_NONE && l->mac != MAC_WLAN)
		return true;
	if (l->mac == MAC_WLAN && l->prefix != PREFIX_NONE && !frame_start(r, &frame))
		return false;
	payload.base = resolve_slot(r, 0x02ffffff);
	if (l->prefix == PREFIX_PFLOG) {
		const struct value *length = op(r, OP_ADD, at(r, 0, 1), 3);
		t = test_bind(r->arena, payload.base, op(r, OP_AND, length, 0x1fc));
	} else
		t = wlan_payload(r, frame, payload.base);
	if (!enter(r, t, frame.needs, &payload.needs))
		return false;
	payload.needs |= frame.needs;
	r->layer.header = frame;
	r->layer.type = r->layer.payload = payload;
	return true;
}

/* --- addresses ------------------------------------------------------------------- */

static const struct value *
frame_control(struct resolver *r, uint32_t byte)
{
	return resolve_load(r, r->layer.header, byte, 1);
}

/* (frame control byte & mask) == k */
static struct test *
is(struct resolver *r, uint32_t byte, uint32_t mask, uint32_t k)
{
	return resolve_masked(r, frame_control(r, byte), mask, k);
}

static struct test *
is_set(struct resolver *r, uint32_t byte, uint32_t bit)
{
	return test_not(r->arena, is(r, byte, bit, 0));
}

/* What is asked of an address: to be one of these, or a group's when there are none. */
static struct test *
address(struct resolver *r, uint32_t off, struct macs mac)
{
	if (mac.one != NULL || mac.many != NULL)
		return resolve_mac_at(r, off, mac);
	const struct value *first = resolve_load(r, r->layer.header, off, 1);
	return test_not(r->arena, resolve_masked(r, first, 1, 0));
}

static struct test *
source(struct resolver *r, struct macs mac)
{
	struct arena *m = r->arena;
	struct test *from_ds = test_choose(m, is_set(r, 1, FC1_TO_DS),
		address(r, ADDR4, mac), address(r, ADDR3, mac));
	struct test *data = test_choose(
		m, is_set(r, 1, FC1_FROM_DS), from_ds, address(r, ADDR2, mac));
	return test_and(r->arena, is(r, 0, FC_CONTROL, 0),
		test_choose(m, is_set(r, 0, FC_DATA), data, address(r, ADDR2, mac)));
}

static struct test *
destination(struct resolver *r, struct macs mac)
{
	struct arena *m = r->arena;
	struct test *data = test_choose(m, is_set(r, 1, FC1_TO_DS),
		address(r, ADDR3, mac), address(r, ADDR1, mac));
	return test_and(r->arena, is(r, 0, FC_CONTROL, 0),
		test_choose(m, is_set(r, 0, FC_DATA), data, address(r, ADDR1, mac)));
}

/* Clear-to-send and acknowledgement frames end before the second address. */
static struct test *
has_addr2(struct resolver *r)
{
	struct test *none = test_or(
		r->arena, is(r, 0, FC_SUBTYPE, FC_CTS), is(r, 0, FC_SUBTYPE, FC_ACK));
	return test_not(
		r->arena, test_and(r->arena, is(r, 0, FC_TYPE, FC_CONTROL), none));
}

struct test *
resolve_wlan_mac(struct resolver *r, enum qual_dir dir, struct macs mac)
{
	struct arena *m = r->arena;
	switch (dir) {
	case DIR_SRC: return source(r, mac);
	case DIR_DST: return destination(r, mac);
	case DIR_SRC_AND_DST: return test_and(m, source(r, mac), destination(r, mac));
	case DIR_NONE:
	case DIR_SRC_OR_DST: return test_or(m, source(r, mac), destination(r, mac));
	case DIR_ADDR1: return address(r, ADDR1, mac);
	case DIR_ADDR2: return test_and(m, has_addr2(r), address(r, ADDR2, mac));
	case DIR_ADDR3:
		return test_and(m, test_not(m, is(r, 0, FC_TYPE, FC_CONTROL)),
			address(r, ADDR3, mac));
	case DIR_ADDR4:
		return test_and(
			m, is(r, 1, FC1_TO_DS | FC1_FROM_DS, 3), address(r, ADDR4, mac));
	case DIR_RA: return test_and(m, is_set(r, 0, FC_DATA), address(r, ADDR1, mac));
	case DIR_TA:
		return test_and(m, is_set(r, 0, FC_DATA),
			test_and(m, has_addr2(r), address(r, ADDR2, mac)));
	}
	return NULL;
}

struct test *
resolve_wlan_multicast(struct resolver *r)
{
	return destination(r, (struct macs){ 0 });
}

/* --- type, subtype, dir ------------------------------------------------------------ */

struct name {
	const char *name;
	uint8_t value;
};

static const struct name types[] = { { "data", FC_DATA }, { "mgt", FC_MANAGEMENT },
	{ "management", FC_MANAGEMENT }, { "ctl", FC_CONTROL }, { "control", FC_CONTROL },
	{ NULL, 0 } };

static const struct name management[] = { { "assoc-req", 0 }, { "assocreq", 0 },
	{ "assoc-resp", 0x10 }, { "assocresp", 0x10 }, { "reassoc-req", 0x20 },
	{ "reassocreq", 0x20 }, { "reassoc-resp", 0x30 }, { "reassocresp", 0x30 },
	{ "probe-req", 0x40 }, { "probereq", 0x40 }, { "probe-resp", 0x50 },
	{ "proberesp", 0x50 }, { "beacon", 0x80 }, { "atim", 0x90 }, { "disassoc", 0xa0 },
	{ "disassociation", 0xa0 }, { "auth", 0xb0 }, { "authentication", 0xb0 },
	{ "deauth", 0xc0 }, { "deauthentication", 0xc0 }, { NULL, 0 } };

static const struct name control[] = { { "bar", 0x80 }, { "ba", 0x90 },
	{ "ps-poll", 0xa0 }, { "rts", 0xb0 }, { "cts", 0xc0 }, { "ack", 0xd0 },
	{ "cf-end", 0xe0 }, { "cf-end-ack", 0xf0 }, { NULL, 0 } };

static const struct name data[] = { { "data", 0 }, { "data-cf-ack", 0x10 },
	{ "data-cf-poll", 0x20 }, { "data-cf-ack-poll", 0x30 }, { "null", 0x40 },
	{ "cf-ack", 0x50 }, { "cf-poll", 0x60 }, { "cf-ack-poll", 0x70 },
	{ "qos-data", 0x80 }, { "qos-data-cf-ack", 0x90 }, { "qos-data-cf-poll", 0xa0 },
	{ "qos-data-cf-ack-poll", 0xb0 }, { "qos", 0xc0 }, { "qos-cf-poll", 0xe0 },
	{ "qos-cf-ack-poll", 0xf0 }, { NULL, 0 } };

static const struct {
	uint8_t type;
	const struct name *names;
} subtypes[] = { { FC_MANAGEMENT, management }, { FC_CONTROL, control },
	{ FC_DATA, data } };

static const struct name dirs[] = { { "nods", 0 }, { "tods", 1 }, { "fromds", 2 },
	{ "dstods", 3 }, { NULL, 0 } };

static bool
find(struct resolver *r, const struct token *t, const struct name *names, uint32_t *out)
{
	const char *text = resolve_text(r, t);
	for (; names->name != NULL; names++)
		if (strcasecmp(names->name, text) == 0) {
			*out = names->value;
			return true;
		}
	return false;
}

static bool
unknown(struct resolver *r, const struct token *t, const char *what)
{
	return diags_error(r->diags, DIAG_NAME, t->span, "unknown 802.11 %s \"%.80s\"",
		what, resolve_text(r, t));
}

static bool
bad_value(struct resolver *r, const struct token *t, const char *what)
{
	return diags_error(r->diags, DIAG_RANGE, t->span,
		"invalid 802.11 %s value 0x%02x", what, t->number);
}

static bool
type_of(struct resolver *r, const struct token *t, uint32_t *out)
{
	*out = t->number;
	if (t->kind != TOK_NUMBER)
		return find(r, t, types, out) || unknown(r, t, "type name");
	return (*out & ~(uint32_t)FC_TYPE) == 0 || bad_value(r, t, "type");
}

static bool
subtype_of(struct resolver *r, const struct token *t, uint32_t type, uint32_t *out)
{
	*out = t->number;
	if (t->kind == TOK_NUMBER)
		return (*out & ~(uint32_t)FC_SUBTYPE) == 0 || bad_value(r, t, "subtype");
	for (unsigned i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++)
		if (subtypes[i].type == type && find(r, t, subtypes[i].names, out))
			return true;
	return unknown(r, t, "subtype name");
}

static struct test *
type_test(struct resolver *r, const struct ast *a)
{
	uint32_t type, subtype;
	if (!type_of(r, a->arg, &type))
		return NULL;
	if (a->arg2 == NULL)
		return is(r, 0, FC_TYPE, type);
	if (!subtype_of(r, a->arg2, type, &subtype))
		return NULL;
	return is(r, 0, FC_TYPE | FC_SUBTYPE, type | subtype);
}

/* The type is that of the first table that knows the name. */
static struct test *
subtype_test(struct resolver *r, const struct ast *a)
{
	uint32_t subtype;
	for (unsigned i = 0; i < sizeof(subtypes) / sizeof(subtypes[0]); i++)
		if (find(r, a->arg, subtypes[i].names, &subtype))
			return is(r, 0, FC_TYPE | FC_SUBTYPE, subtypes[i].type | subtype);
	unknown(r, a->arg, "type name");
	return NULL;
}

static struct test *
dir_test(struct resolver *r, const struct ast *a)
{
	uint32_t dir = a->arg->number;
	if (a->arg->kind != TOK_NUMBER && !find(r, a->arg, dirs, &dir)) {
		unknown(r, a->arg, "direction");
		return NULL;
	}
	if (dir > 3)
		return resolve_fault(r, DIAG_RANGE, a->arg->span,
			"invalid 802.11 direction value 0x%x", dir);
	return is(r, 1, FC1_TO_DS | FC1_FROM_DS, dir);
}

struct test *
resolve_wlan(struct resolver *r, const struct ast *a)
{
	bool dir = a->prim == PRIM_DIR;
	if (r->layer.link->mac != MAC_WLAN) {
		resolve_no_link(r, dir ? "dir" : "type/subtype");
		diags_hint(
			r->diags, "it is for 802.11 frames: compile with -y IEEE802_11");
		return NULL;
	}
	if (dir)
		return dir_test(r, a);
	return a->prim == PRIM_TYPE ? type_test(r, a) : subtype_test(r, a);
}
