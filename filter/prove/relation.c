/* relation.c: a relation's arithmetic, from the tree of the text: so the resolver's
 * folding, its guards for shifts and addresses, and its sums of offsets are proved as
 * well.  The tests in front of it (is it of the protocol whose bytes are read?) are the
 * resolver's.
 *
 * Arithmetic is 32-bit and unsigned; a shift by 32 or more gives 0; division by 0, and
 * an address from 2^31 on, reject. */
#include "meaning.h"

enum header { HEADER_UNKNOWN, HEADER_LINK, HEADER_NET, HEADER_IP6_NEXT, HEADER_IP_NEXT };

/* Where headers begin whose place does not depend on the packet. */
static const struct link {
	uint16_t linktype;
	uint8_t link, net;
} links[] = {
	{ 0, 0, 4 },                       /* LINKTYPE_NULL */
	{ FILTER_LINK_EN10MB, 0, 14 },     /* IEEE 802.3 */
	{ 50, 0, 4 },                      /* LINKTYPE_PPP_HDLC, RFC 1662 */
	{ FILTER_LINK_RAW, 0, 0 },         /* tcpdump.org/linktypes, as all of these */
	{ 104, 0, 4 },                     /* LINKTYPE_C_HDLC */
	{ 108, 0, 4 },                     /* LINKTYPE_LOOP */
	{ FILTER_LINK_LINUX_SLL, 0, 16 },  /* LINKTYPE_LINUX_SLL */
	{ FILTER_LINK_IPV4, 0, 0 },        /* LINKTYPE_IPV4 */
	{ FILTER_LINK_IPV6, 0, 0 },        /* LINKTYPE_IPV6 */
	{ FILTER_LINK_LINUX_SLL2, 0, 20 }, /* LINKTYPE_LINUX_SLL2 */
};

static const uint8_t headers[PROTOS] = {
	[PROTO_LINK] = HEADER_LINK,
	[PROTO_IP] = HEADER_NET,
	[PROTO_IP6] = HEADER_NET,
	[PROTO_ARP] = HEADER_NET,
	[PROTO_RARP] = HEADER_NET,
	[PROTO_TCP] = HEADER_IP_NEXT,
	[PROTO_UDP] = HEADER_IP_NEXT,
	[PROTO_SCTP] = HEADER_IP_NEXT,
	[PROTO_ICMP] = HEADER_IP_NEXT,
	[PROTO_IGMP] = HEADER_IP_NEXT,
	[PROTO_ICMP6] = HEADER_IP6_NEXT,
};

static const struct link *
find(const struct filter_opts *opts)
{
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == opts->linktype &&
			opts->input != FILTER_INPUT_COOKED)
			return &links[i];
	return NULL;
}

/* Is every base of it in the tables? */
static bool
is_known(const struct arith *a)
{
	bool known = a->kind != ARITH_INDEX ||
		     (!a->any && headers[a->proto] != HEADER_UNKNOWN);
	return known && (a->a == NULL || is_known(a->a)) &&
	       (a->b == NULL || is_known(a->b));
}

static struct term
apply(struct reader *r, enum arith_op op, struct term a, struct term b)
{
	Z3_ast ok;
	struct term t;
	t.is = term_arith(r->p, op, a.is, b.is, &ok);
	t.ok = term_and(r->p, term_and(r->p, a.ok, b.ok), ok);
	return t;
}

static struct term
number(struct reader *r, uint32_t k)
{
	return (struct term){ r->p->yes, term_number(r->p, k) };
}

static struct term
load(struct reader *r, struct term at, unsigned size)
{
	Z3_ast ok;
	struct term t;
	t.is = packet_load(r->p, r->ending, at.is, 0, size, &ok);
	t.ok = term_and(r->p, at.ok, ok);
	return t;
}

static struct term
begins(struct reader *r, enum header header, const struct link *link)
{
	if (header == HEADER_LINK)
		return number(r, link->link);
	if (header == HEADER_NET)
		return number(r, link->net);
	if (header == HEADER_IP6_NEXT)
		return number(r, link->net + 40u); /* RFC 8200 §3 */
	struct term words = apply(r, OP_AND, load(r, number(r, link->net), 1),
		number(r, 15)); /* RFC 791 §3.1, IHL */
	struct term length = apply(r, OP_SHL, words, number(r, 2));
	return apply(r, OP_ADD, length, number(r, link->net));
}

/* Recursive: the resolver has refused what is deeper than VALUE_DEPTH_MAX. */
static struct term
operand(struct reader *r, const struct arith *a, const struct link *link)
{
	switch (a->kind) {
	case ARITH_NUMBER: return number(r, a->number);
	case ARITH_LEN: return (struct term){ r->p->yes, r->p->len };
	case ARITH_NEGATE: return apply(r, OP_SUB, number(r, 0), operand(r, a->a, link));
	case ARITH_OP:
		return apply(r, a->op, operand(r, a->a, link), operand(r, a->b, link));
	case ARITH_INDEX: break;
	}
	struct term at = apply(r, OP_ADD, operand(r, a->a, link),
		begins(r, (enum header)headers[a->proto], link));
	return load(r, at, a->number);
}

static Z3_ast
compared(struct prover *p, enum relop op, Z3_ast a, Z3_ast b)
{
	switch (op) {
	case REL_EQ: return term_same(p, a, b);
	case REL_NE: return term_not(p, term_same(p, a, b));
	case REL_LE: return term_at_most(p, a, b);
	case REL_GE: return term_at_most(p, b, a);
	case REL_GT: return term_not(p, term_at_most(p, a, b));
	case REL_LT: return term_not(p, term_at_most(p, b, a));
	}
	return p->no;
}

bool
relation_read(
	struct reader *r, const struct ast *a, const struct env *env, struct thought *out)
{
	const struct link *link = find(r->opts);
	const struct test *t = a->test;
	bool plain = t->kind == TEST_AND || t->kind == TEST_LEAF || t->kind == TEST_NOT;
	if (link == NULL || r->shifts || !plain || !is_known(a->left) ||
		!is_known(a->right))
		return false;
	struct term x = operand(r, a->left, link), y = operand(r, a->right, link);
	struct thought own = { term_and(r->p, x.ok, y.ok),
		compared(r->p, a->relop, x.is, y.is), env, env };
	if (t->kind == TEST_AND) { /* tests, and the resolver's relation, which is last */
		struct list l = list_begin(r, true, env);
		for (const struct test *o = t->first; o != t->last; o = o->next)
			list_add(&l, meaning_test(r, o, list_env(&l)));
		list_add(&l, own);
		own = list_end(&l);
	}
	*out = own;
	return true;
}
