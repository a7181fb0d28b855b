/* resolve_chain.c: chains of headers behind the IP header: IPv6 extension headers (RFC
 * 8200 §4) and the authentication header (RFC 4302).
 *
 * A walk keeps two slots, the protocol of the header that is next and where that begins,
 * and is a ladder of at most HEADERS steps: both back ends go forward only, and the
 * kernel takes no loops.  Its last step rejects. */
#include "resolve.h"

#define HEADERS 16
/* No packet is longer; so sums of a position and a step do not wrap. */
#define POSITION_MAX 0x00ffffff

enum { IP_PROTO = 9, IP6_NEXT = 6, IP6_HEADER = 40 };
enum {
	NEXT_HOP = 0,
	NEXT_ROUTING = 43,
	NEXT_FRAGMENT = 44,
	NEXT_AH = 51,
	NEXT_DEST = 60
};
enum { FRAGMENT_OFFSET = 0xfff8 };

struct walk {
	struct resolver *r;
	const struct value *proto, *at; /* the slots */
	uint32_t wanted;
	bool ip6;             /* with IPv6's extension headers, not only AH */
	bool first_fragments; /* what is behind a later fragment is not the protocol */
	struct test *found;   /* further to hold where it is; may be NULL */
};

static struct test *
is(struct walk *w, uint32_t proto)
{
	return test_equal(w->r->arena, w->proto, proto);
}

/* To the next header, whose position is `step` bytes on. */
static struct test *
advance(struct walk *w, const struct value *step)
{
	struct resolver *r = w->r;
	const struct value *at = value_arith(r->values, OP_AND,
		value_arith(r->values, OP_ADD, step, w->at),
		value_const(r->values, POSITION_MAX));
	struct test *next =
		test_bind(r->arena, w->proto, value_load(r->values, w->at, 0, 1));
	return test_and(r->arena, next, test_bind(r->arena, w->at, at));
}

/* (byte at position + 1, + units) * size */
static const struct value *
length(struct walk *w, uint32_t units, uint32_t shift)
{
	struct values *vs = w->r->values;
	const struct value *n = value_arith(
		vs, OP_ADD, value_load(vs, w->at, 1, 1), value_const(vs, units));
	return value_arith(vs, OP_SHL, n, value_const(vs, shift));
}

static struct test *
first_fragment(struct walk *w)
{
	const struct value *v = value_load(w->r->values, w->at, 2, 2);
	return resolve_masked(w->r, v, FRAGMENT_OFFSET, 0);
}

/* Is the header one that is stepped over?  Then over it. */
static struct test *
step(struct walk *w)
{
	struct arena *m = w->r->arena;
	struct test *ah = test_and(m, is(w, NEXT_AH), advance(w, length(w, 2, 2)));
	if (!w->ip6)
		return ah;
	struct test *options = test_or(m, is(w, NEXT_HOP), is(w, NEXT_DEST));
	options = test_or(m, options, is(w, NEXT_ROUTING));
	struct test *fragment = is(w, NEXT_FRAGMENT);
	if (w->first_fragments)
		fragment = test_and(m, fragment, first_fragment(w));
	options = test_or(m, options, fragment);
	return test_or(m, test_and(m, options, advance(w, length(w, 1, 3))), ah);
}

/* From the last rung to the first. */
static struct test *
ladder(struct walk *w)
{
	struct arena *m = w->r->arena;
	struct test *rest = NULL;
	for (unsigned i = 0; i <= HEADERS; i++) {
		struct test *here = is(w, w->wanted);
		if (w->found != NULL)
			here = test_and(m, here, test_again(m, w->found));
		rest = rest == NULL ? here : test_or(m, here, test_and(m, step(w), rest));
	}
	return rest;
}

static struct test *
walk_from(struct walk *w, const struct value *proto, const struct value *at)
{
	struct arena *m = w->r->arena;
	struct test *begin =
		test_and(m, test_bind(m, w->proto, proto), test_bind(m, w->at, at));
	return test_and(m, begin, ladder(w));
}

/* base + off, as a value */
static const struct value *
position(struct resolver *r, struct place p, uint32_t off)
{
	r->used |= p.needs;
	const struct value *k = value_const(r->values, p.off + off);
	return p.base != NULL ? value_arith(r->values, OP_ADD, p.base, k) : k;
}

static struct test *
over_ip6(struct walk *w)
{
	struct resolver *r = w->r;
	struct test *ip6 = resolve_link_type(r, proto_find(PROTO_IP6)->key);
	w->ip6 = true;
	return ip6 == NULL
		       ? NULL
		       : test_and(r->arena, ip6,
				 walk_from(w, resolve_net(r, IP6_NEXT, 1),
					 position(r, place_net(&r->layer), IP6_HEADER)));
}

static struct test *
over_ip4(struct walk *w)
{
	struct resolver *r = w->r;
	struct test *ip = resolve_link_type(r, proto_find(PROTO_IP)->key);
	w->ip6 = false;
	if (ip == NULL)
		return NULL;
	const struct value *at = value_arith(r->values, OP_ADD, resolve_header_length(r),
		position(r, place_net(&r->layer), 0));
	return test_and(r->arena, ip, walk_from(w, resolve_net(r, IP_PROTO, 1), at));
}

struct test *
resolve_protochain(struct resolver *r, enum qual_proto p, uint32_t number)
{
	struct walk w = { .r = r, .wanted = number };
	if (r->layer.payload.base != NULL) {
		resolve_fault(r, DIAG_UNSUPPORTED, r->span,
			"'protochain' not supported with variable length headers");
		return NULL;
	}
	unsigned slots = r->slots;
	w.proto = resolve_slot(r, 0xff);
	w.at = w.proto != NULL ? resolve_slot(r, POSITION_MAX) : NULL;
	if (w.at == NULL)
		return NULL;
	struct test *ip = p != PROTO_IP6 ? over_ip4(&w) : NULL;
	struct test *ip6 =
		p != PROTO_IP && (p == PROTO_IP6 || ip != NULL) ? over_ip6(&w) : NULL;
	r->slots = slots; /* read by nothing else */
	bool failed = (p != PROTO_IP6 && ip == NULL) || (p != PROTO_IP && ip6 == NULL);
	return failed ? NULL : test_or(r->arena, ip, ip6);
}

struct test *
resolve_upper(struct resolver *r, uint32_t protocol, const struct value *slot)
{
	struct walk w = {
		.r = r, .wanted = protocol, .at = slot, .first_fragments = true
	};
	unsigned slots = r->slots;
	w.proto = resolve_slot(r, 0xff);
	if (w.proto == NULL)
		return NULL;
	struct test *ip6 = over_ip6(&w);
	r->slots = slots;
	if (ip6 == NULL || protocol == proto_find(PROTO_ICMP6)->key)
		return ip6;
	struct test *ip = resolve_ip_proto(r, protocol);
	if (ip == NULL)
		return NULL;
	const struct value *at = value_arith(r->values, OP_ADD, resolve_header_length(r),
		position(r, place_net(&r->layer), 0));
	ip = test_and(r->arena, ip, resolve_first_fragment(r));
	return test_or(
		r->arena, test_and(r->arena, ip, test_bind(r->arena, slot, at)), ip6);
}
