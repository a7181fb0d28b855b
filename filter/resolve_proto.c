/* resolve_proto.c: protocols, alone, or by number or name. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

enum { IP_FRAGMENT = 6, IP_PROTO = 9 }; /* RFC 791 §3.1 */
enum { IP6_NEXT = 6, IP6_HEADER = 40 }; /* RFC 8200 §3 */
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
	case LEVEL_ISO: return resolve_iso_proto(r, p->key);
	case LEVEL_ISIS: return resolve_isis_word(r, word);
	case LEVEL_NONE: break;
	}
	return resolve_fault(r, DIAG_QUALIFIER, r->span,
		"'%s' cannot be used as an abbreviation", p->name);
}

/* Names after `proto`, by what stands before it. */
static bool
name_of(struct resolver *r, enum qual_proto of, const char *name, uint32_t *out)
{
	const struct filter_names *names = r->opts->names;
	uint8_t number;
	if (of == PROTO_LINK)
		return proto_link_name(name, out);
	if (of == PROTO_ISO)
		return proto_iso_name(name, out);
	if (of == PROTO_ISIS || names == NULL || names->protocol == NULL ||
		!names->protocol(names->ctx, name, &number))
		return false;
	*out = number;
	return true;
}

static bool
number_of(struct resolver *r, const struct ast *a, uint32_t *out)
{
	if (a->id.kind == ID_NUMBER) {
		*out = a->id.first->number;
		return true;
	}
	const char *name = resolve_text(r, a->id.first);
	enum qual_proto of = a->quals.proto;
	const char *type = a->quals.type == TYPE_PROTO ? "proto" : "protochain";
	if (name_of(r, of, name, out))
		return true;
	diags_error(r->diags, DIAG_NAME, a->span, "unknown '%s%s%s' value '%.80s'",
		of ? proto_find(of)->name : "", of ? " " : "", type, name);
	diags_hint(r->diags, "write its number");
	return false;
}

/* What a number after `ether proto` may be: it depends on the link type. */
static bool
link_range(struct resolver *r, const struct ast *a, uint32_t n)
{
	enum link_key key = r->layer.link->key;
	bool ppp = key == KEY_PPP || key == KEY_PPP_BSDOS, hdlc = key == KEY_HDLC;
	if (ppp || hdlc)
		return resolve_in_range(
			r, a->span, ppp ? "PPP protocol" : "HDLC protocol", n, 65535);
	return n <= 1500 ? resolve_in_range(r, a->span, "LLC DSAP", n, 255)
			 : resolve_in_range(r, a->span, "EtherType", n, 65535);
}

static bool
takes(enum qual_type type, enum qual_proto p)
{
	bool ip = p == PROTO_NONE || p == PROTO_IP || p == PROTO_IP6;
	return ip || (type == TYPE_PROTO &&
			     (p == PROTO_LINK || p == PROTO_ISO || p == PROTO_ISIS));
}

/* ID after `proto` or `protochain`. */
struct test *
resolve_proto_id(struct resolver *r, const struct ast *a)
{
	uint32_t n;
	bool chain = a->quals.type == TYPE_PROTOCHAIN;
	const char *type = chain ? "protochain" : "proto";
	enum qual_proto p = a->quals.proto;
	if (a->id.kind != ID_NUMBER && a->id.kind != ID_NAME)
		return resolve_fault(r, DIAG_QUALIFIER, a->span,
			"'%s' qualifier applied to an address", type);
	if (!takes(a->quals.type, p))
		return resolve_bad_qualifier(r, a, type);
	if (!number_of(r, a, &n))
		return NULL;
	if (p == PROTO_LINK)
		return link_range(r, a, n) ? resolve_link_type(r, n) : NULL;
	if (p == PROTO_ISO)
		return resolve_in_range(r, a->span, "ISO protocol", n, 255)
			       ? resolve_iso_proto(r, n)
			       : NULL;
	if (p == PROTO_ISIS)
		return resolve_in_range(r, a->span, "IS-IS PDU type", n, 31)
			       ? resolve_isis_pdu(r, n)
			       : NULL;
	if (!resolve_in_range(r, a->span, "protocol number", n, 255))
		return NULL;
	if (chain)
		return resolve_protochain(r, p, n);
	if (p == PROTO_IP)
		return resolve_ip_proto(r, n);
	if (p == PROTO_IP6)
		return resolve_ip6_proto(r, n);
	return both(r, resolve_ip_proto, resolve_ip6_proto, n);
}
