/* resolve_proto.c: protocols: alone, by number or name, broadcast and multicast. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

enum { IP_FRAGMENT = 6, IP_PROTO = 9, IP_DST = 16 };  /* RFC 791 §3.1 */
enum { IP6_NEXT = 6, IP6_DST = 24, IP6_HEADER = 40 }; /* RFC 8200 §3 */
enum { NEXT_FRAGMENT = 44, FRAGMENT_OFFSET = 0x1fff };

struct test *
resolve_first_fragment(struct resolver *r)
{
	const struct value *v = value_arith(r->values, OP_AND,
		resolve_net(r, IP_FRAGMENT, 2), value_const(r->values, FRAGMENT_OFFSET));
	return test_equal(r->arena, v, 0);
}

struct test *
resolve_ip_proto(struct resolver *r, uint32_t number)
{
	struct test *ip = resolve_link_type(r, proto_find(PROTO_IP)->key);
	if (ip == NULL)
		return NULL;
	return test_and(
		r->arena, ip, test_equal(r->arena, resolve_net(r, IP_PROTO, 1), number));
}

struct test *
resolve_ip6_proto(struct resolver *r, uint32_t number)
{
	struct test *ip6 = resolve_link_type(r, proto_find(PROTO_IP6)->key);
	if (ip6 == NULL)
		return NULL;
	const struct value *next = resolve_net(r, IP6_NEXT, 1);
	struct test *fragment =
		test_and(r->arena, test_equal(r->arena, next, NEXT_FRAGMENT),
			test_equal(r->arena, resolve_net(r, IP6_HEADER, 1), number));
	return test_and(r->arena, ip6,
		test_or(r->arena, test_equal(r->arena, next, number), fragment));
}

static struct test *
both(struct resolver *r, struct test *(*one)(struct resolver *, uint32_t),
	struct test *(*other)(struct resolver *, uint32_t), uint32_t number)
{
	struct test *a = one(r, number);
	struct test *b = a != NULL ? other(r, number) : NULL;
	return b != NULL ? test_or(r->arena, a, b) : NULL;
}

struct test *
resolve_abbreviation(struct resolver *r, enum qual_proto word)
{
	const struct proto *p = proto_find(word);
	switch (p->level) {
	case LEVEL_LINK: return resolve_link_type(r, p->key);
	case LEVEL_IP: return resolve_ip_proto(r, p->key);
	case LEVEL_IP6: return resolve_ip6_proto(r, p->key);
	case LEVEL_BOTH: return both(r, resolve_ip_proto, resolve_ip6_proto, p->key);
	case LEVEL_NONE: break;
	}
	return NULL;
}

static bool
number_of(struct resolver *r, const struct ast *a, bool link, uint32_t *out)
{
	const struct filter_names *names = r->opts->names;
	if (a->id.kind == ID_NUMBER) {
		*out = a->id.first->number;
		return true;
	}
	const char *name = resolve_text(r, a->id.first);
	uint8_t number;
	if (link && proto_link_name(name, out))
		return true;
	if (!link && names != NULL && names->protocol != NULL &&
		names->protocol(names->ctx, name, &number)) {
		*out = number;
		return true;
	}
	return diags_error(r->diags, DIAG_NAME, a->span,
		"unknown '%s%sproto' value '%.80s'",
		a->quals.proto ? proto_find(a->quals.proto)->name : "",
		a->quals.proto ? " " : "", name);
}

static bool
in_range(struct resolver *r, const struct ast *a, const char *what, uint32_t n,
	uint32_t max)
{
	return n <= max || diags_error(r->diags, DIAG_RANGE, a->span,
				   "%s %u greater than maximum %u", what, n, max);
}

/* ID after `proto`. */
struct test *
resolve_proto_id(struct resolver *r, const struct ast *a)
{
	uint32_t n;
	bool link = a->quals.proto == PROTO_LINK;
	if (a->id.kind != ID_NUMBER && a->id.kind != ID_NAME)
		return resolve_fault(r, DIAG_QUALIFIER, a->span,
			"'proto' qualifier applied to an address");
	if (!link && a->quals.proto != PROTO_NONE && a->quals.proto != PROTO_IP &&
		a->quals.proto != PROTO_IP6)
		return resolve_bad_qualifier(r, a, "proto");
	if (!number_of(r, a, link, &n))
		return NULL;
	if (link) {
		bool sap = n <= 1500;
		if (!in_range(r, a, sap ? "LLC DSAP" : "EtherType", n, sap ? 255 : 65535))
			return NULL;
		return resolve_link_type(r, n);
	}
	if (!in_range(r, a, "protocol number", n, 255))
		return NULL;
	if (a->quals.proto == PROTO_IP)
		return resolve_ip_proto(r, n);
	if (a->quals.proto == PROTO_IP6)
		return resolve_ip6_proto(r, n);
	return both(r, resolve_ip_proto, resolve_ip6_proto, n);
}

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
	const struct value *dst = value_arith(r->values, OP_AND,
		resolve_net(r, IP_DST, 4), value_const(r->values, host));
	return test_and(r->arena, ip,
		test_or(r->arena, test_equal(r->arena, dst, 0),
			test_equal(r->arena, dst, host)));
}

static struct test *
multicast(struct resolver *r, enum qual_proto proto)
{
	struct values *vs = r->values;
	if (proto == PROTO_IP) {
		const struct value *top = value_arith(
			vs, OP_AND, resolve_net(r, IP_DST, 1), value_const(vs, 0xf0));
		struct test *ip = resolve_link_type(r, proto_find(proto)->key);
		return ip ? test_and(r->arena, ip, test_equal(r->arena, top, 0xe0))
			  : NULL;
	}
	if (proto == PROTO_IP6) {
		struct test *ip6 = resolve_link_type(r, proto_find(proto)->key);
		return ip6 ? test_and(r->arena, ip6,
				     test_equal(
					     r->arena, resolve_net(r, IP6_DST, 1), 0xff))
			   : NULL;
	}
	/* IEEE 802 §8.2.2: the group bit of the destination's first byte */
	uint32_t at = r->layer.link_at + (uint32_t)r->layer.link->mac_dst;
	return test_equal(r->arena,
		value_arith(vs, OP_AND, value_load(vs, NULL, at, 1), value_const(vs, 1)),
		1);
}

/* [PROTO] broadcast, [PROTO] multicast */
struct test *
resolve_cast(struct resolver *r, const struct ast *a)
{
	static const uint8_t all_ones[6] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	enum qual_proto p = a->quals.proto;
	bool broadcast = a->cast == CAST_BROADCAST;
	const char *word = broadcast ? "broadcast" : "multicast";
	bool link = p == PROTO_NONE || p == PROTO_LINK;
	if (!link && p != PROTO_IP && (p != PROTO_IP6 || broadcast))
		return resolve_bad_qualifier(r, a, word);
	if (link && r->layer.link->mac_dst == NO_MAC) {
		resolve_fault(r, DIAG_LINKTYPE, a->span, "'%s' not supported on %s", word,
			r->linkname);
		diags_hint(r->diags, "its header has no destination address; try 'ip %s'",
			word);
		return NULL;
	}
	if (!broadcast)
		return multicast(r, p);
	return link ? resolve_mac(r, DIR_DST, all_ones) : ip_broadcast(r, a);
}
