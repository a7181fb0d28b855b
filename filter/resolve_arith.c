/* resolve_arith.c: arithmetic relations.  Guards (is this packet of the protocol whose
 * bytes are read?) belong to the whole relation and are tested before it. */
#include "resolve.h"

enum { IP6_HEADER = 40, SLL2_HEADER = 20 };

/* Recursive over the tree, whose depth resolve_relation has bounded. */
static const struct value *operand(
	struct resolver *, const struct arith *, struct test **guard);

const struct value *
resolve_header_length(struct resolver *r)
{
	struct values *vs = r->values;
	const struct value *ihl =
		value_arith(vs, OP_AND, resolve_net(r, 0, 1), value_const(vs, 15));
	return value_arith(vs, OP_SHL, ihl, value_const(vs, 2));
}

/* A load at `index` bytes behind the place, of which `index` may be NULL. */
static const struct value *
load_behind(struct resolver *r, struct place p, const struct value *index, uint32_t off,
	unsigned size)
{
	r->used |= p.needs;
	if (index != NULL && p.base != NULL)
		index = value_arith(r->values, OP_ADD, index, p.base);
	else if (index == NULL)
		index = p.base;
	return value_load(r->values, index, p.off + off, size);
}

const struct value *
resolve_transport(
	struct resolver *r, const struct value *index, uint32_t off, unsigned size)
{
	struct values *vs = r->values;
	struct place net = place_net(&r->layer);
	const struct value *base = resolve_header_length(r);
	if (net.base != NULL)
		base = value_arith(vs, OP_ADD, base, net.base);
	if (index != NULL && index->kind == VALUE_CONST)
		off += index->k;
	else if (index != NULL && index->kind == VALUE_ARITH && index->op == OP_ADD &&
		 index->b->kind == VALUE_CONST) {
		off += index->b->k;
		base = value_arith(vs, OP_ADD, index->a, base);
	} else if (index != NULL)
		base = value_arith(vs, OP_ADD, index, base);
	return value_load(vs, base, net.off + off, size);
}

/* The guard of one index goes behind those of the indexes inside it. */
static bool
add_guards(struct resolver *r, const struct proto *p, struct test **guard)
{
	struct test *first, *last = NULL;
	switch (p->base) {
	case BASE_LINK:
	case BASE_PACKET: return true;
	case BASE_NET: first = resolve_link_type(r, p->key); break;
	case BASE_IP6_NEXT:
		first = resolve_link_type(r, proto_find(PROTO_IP6)->key);
		last = test_equal(r->arena, resolve_net(r, 6, 1), p->key);
		break;
	case BASE_TRANSPORT:
		first = resolve_link_type(r, proto_find(PROTO_IP)->key);
		last = first == NULL ? NULL : resolve_ip_proto(r, p->key);
		last = last == NULL ? NULL
				    : test_and(r->arena, last, resolve_first_fragment(r));
		break;
	case BASE_NOWHERE:
	default: return false;
	}
	if (first == NULL)
		return false;
	if (last == NULL)
		*guard = test_and(r->arena, *guard, first);
	else
		*guard = test_and(r->arena, test_and(r->arena, first, *guard), last);
	return true;
}

/* any.tcp[…]: behind IPv4's header, or behind IPv6's and its extension headers. */
static const struct value *
indexed_any(struct resolver *r, const struct arith *a, struct test **guard)
{
	struct test *inner = NULL;
	const struct value *index = operand(r, a->a, &inner);
	if (index == NULL)
		return NULL;
	if (r->any == NULL || r->any_proto != a->proto) {
		r->any = resolve_slot(r, 0x00ffffff);
		r->any_proto = a->proto;
		struct test *found =
			r->any == NULL
				? NULL
				: resolve_upper(r, proto_find(a->proto)->key, r->any);
		if (found == NULL)
			return NULL;
		*guard = test_and(r->arena, *guard, found);
	}
	const struct value *slot = r->any;
	*guard = test_and(r->arena, *guard, inner);
	if (index->kind == VALUE_CONST)
		return value_load(r->values, slot, index->k, a->number);
	const struct value *at = value_arith(r->values, OP_ADD, index, slot);
	return value_load(r->values, at, 0, a->number);
}

static const struct value *
indexed(struct resolver *r, const struct arith *a, struct test **guard)
{
	const struct proto *p = proto_find(a->proto);
	struct test *inner = NULL;
	if (p->base == BASE_NOWHERE) {
		resolve_fault(r, DIAG_UNSUPPORTED, a->span,
			"'%s' does not support the index operation", p->name);
		return NULL;
	}
	if (p->base == BASE_PACKET && (r->layer.link->has & LINK_RADIO) == 0) {
		resolve_fault(r, DIAG_LINKTYPE, a->span,
			"radio information not present in capture");
		return NULL;
	}
	const struct value *index = operand(r, a->a, &inner);
	if (index == NULL || !add_guards(r, p, &inner))
		return NULL;
	*guard = test_and(r->arena, *guard, inner);
	bool constant = index->kind == VALUE_CONST;
	const struct value *base = constant ? NULL : index;
	uint32_t off = constant ? index->k : 0;
	switch (p->base) {
	case BASE_LINK: return resolve_link_field(r, base, off, a->number, a->span);
	case BASE_NET: return load_behind(r, place_net(&r->layer), base, off, a->number);
	case BASE_IP6_NEXT:
		return load_behind(
			r, place_net(&r->layer), base, IP6_HEADER + off, a->number);
	case BASE_PACKET: return value_load(r->values, base, off, a->number);
	case BASE_TRANSPORT: return resolve_transport(r, index, 0, a->number);
	case BASE_NOWHERE: break;
	}
	return NULL;
}

/* Of the record: a cooked one has its header in front of what the kernel counts. */
static const struct value *
length(struct resolver *r)
{
	const struct value *len = value_len(r->values);
	const struct value *more = value_const(
		r->values, r->opts->input == FILTER_INPUT_COOKED ? SLL2_HEADER : 0);
	return value_arith(r->values, OP_ADD, len, more);
}

static bool
check_constant(struct resolver *r, const struct arith *a)
{
	const struct arith *b = a->b;
	const char *fault = NULL;
	if (b->kind != ARITH_NUMBER)
		return true;
	if (a->op == OP_DIV && b->number == 0)
		fault = "division by zero";
	if (a->op == OP_MOD && b->number == 0)
		fault = "modulus by zero";
	if ((a->op == OP_SHL || a->op == OP_SHR) && b->number > 31)
		fault = "shift by more than 31 bits";
	return fault == NULL || diags_error(r->diags, DIAG_RANGE, b->span, "%s", fault);
}

static const struct value *
operand(struct resolver *r, const struct arith *a, struct test **guard)
{
	const struct value *x = NULL, *y = NULL;
	switch (a->kind) {
	case ARITH_NUMBER: return value_const(r->values, a->number);
	case ARITH_LEN: return length(r);
	case ARITH_INDEX: return a->any ? indexed_any(r, a, guard) : indexed(r, a, guard);
	case ARITH_NEGATE:
		y = operand(r, a->a, guard);
		x = value_const(r->values, 0);
		return y != NULL ? value_arith(r->values, OP_SUB, x, y) : NULL;
	case ARITH_OP:
		if (!check_constant(r, a))
			return NULL;
		x = operand(r, a->a, guard);
		y = x != NULL ? operand(r, a->b, guard) : NULL;
		return y != NULL ? value_arith(r->values, a->op, x, y) : NULL;
	}
	return NULL;
}

/* x + c = k is x = k - c, and so for - and ^: the test is of a field. */
static const struct value *
without_constant(const struct value *v, uint32_t *k)
{
	while (v->kind == VALUE_ARITH && v->b->kind == VALUE_CONST) {
		if (v->op == OP_ADD)
			*k -= v->b->k;
		else if (v->op == OP_SUB)
			*k += v->b->k;
		else if (v->op == OP_XOR)
			*k ^= v->b->k;
		else
			break;
		v = v->a;
	}
	return v;
}

/* `a > 4` looks as written in a listing: jgt 4, not jge 5. */
struct test *
resolve_against(struct resolver *r, const struct value *v, enum relop op, uint32_t k)
{
	struct test *t;
	if (op == REL_EQ || op == REL_NE)
		v = without_constant(v, &k);
	switch (op) {
	case REL_EQ: return test_equal(r->arena, v, k);
	case REL_NE: return test_not(r->arena, test_equal(r->arena, v, k));
	case REL_GE: return test_leaf(r->arena, v, k, UINT32_MAX);
	case REL_LT: return test_not(r->arena, test_leaf(r->arena, v, k, UINT32_MAX));
	case REL_GT:
	case REL_LE: break;
	}
	bool never = k == UINT32_MAX;
	t = test_leaf(r->arena, v, never ? 1 : k + 1, never ? 0 : UINT32_MAX);
	t->form = FORM_GT;
	return op == REL_GT ? t : test_not(r->arena, t);
}

static struct test *
compare(struct resolver *r, const struct value *a, enum relop op, const struct value *b)
{
	static const enum relop mirrored[] = { [REL_EQ] = REL_EQ,
		[REL_NE] = REL_NE,
		[REL_GT] = REL_LT,
		[REL_GE] = REL_LE,
		[REL_LT] = REL_GT,
		[REL_LE] = REL_GE };
	if (b->kind == VALUE_CONST)
		return resolve_against(r, a, op, b->k);
	if (a->kind == VALUE_CONST)
		return resolve_against(r, b, mirrored[op], a->k);
	static const enum arith_op base[] = { [REL_EQ] = OP_EQ,
		[REL_NE] = OP_EQ,
		[REL_GT] = OP_GT,
		[REL_LE] = OP_GT,
		[REL_GE] = OP_GE,
		[REL_LT] = OP_GE };
	bool negate = op == REL_NE || op == REL_LE || op == REL_LT;
	struct test *t = test_equal(r->arena, value_arith(r->values, base[op], a, b), 1);
	return negate ? test_not(r->arena, t) : t;
}

struct test *
resolve_relation(struct resolver *r, const struct ast *a)
{
	struct test *guard = NULL;
	bool deep = a->left->depth > VALUE_DEPTH_MAX || a->right->depth > VALUE_DEPTH_MAX;
	const struct value *x = deep ? NULL : operand(r, a->left, &guard);
	const struct value *y = x != NULL ? operand(r, a->right, &guard) : NULL;
	if (!deep && y == NULL)
		return NULL;
	if (deep || x->weight > VALUE_WEIGHT_MAX || y->weight > VALUE_WEIGHT_MAX) {
		resolve_fault(r, DIAG_REGISTERS, a->span, "this arithmetic is too large");
		diags_hint(r->diags, "split it into several relations");
		return NULL;
	}
	return test_and(r->arena, guard, compare(r, x, a->relop, y));
}

/* less N: len <= N; greater N: len >= N. */
struct test *
resolve_less(struct resolver *r, const struct ast *a)
{
	return resolve_against(
		r, length(r), a->kind == AST_LESS ? REL_LE : REL_GE, a->number);
}

/* byte I op V, of the link header. */
struct test *
resolve_byte(struct resolver *r, const struct ast *a)
{
	uint32_t k = a->arg2->number;
	const struct value *v =
		resolve_link_field(r, NULL, a->arg->number, 1, a->arg->span);
	if (v == NULL || !resolve_in_range(r, a->arg2->span, "byte argument", k, 255))
		return NULL;
	if (a->op == '=')
		return test_equal(r->arena, v, k);
	if (a->op == '<' || a->op == '>')
		return resolve_against(r, v, a->op == '<' ? REL_LT : REL_GT, k);
	v = value_arith(
		r->values, a->op == '&' ? OP_AND : OP_OR, v, value_const(r->values, k));
	return test_not(r->arena, test_equal(r->arena, v, 0));
}
