/* value.c: making values: hash-consing, folding of constants, ranges, and the
 * rewriting that keeps value.h's invariants. */
#include "value.h"

#include <assert.h>
#include <string.h>

#define ADDRESS_MAX                                                        \
	0x7fffffffu /* beyond every packet; addresses above are never made \
		     */

void
values_init(struct values *vs, struct arena *arena)
{
	*vs = (struct values){ .arena = arena, .buckets = 256 };
	vs->bucket = ARENA_ARRAY(arena, vs->buckets, struct value *);
}

static uint32_t
hash(const struct value *v)
{
	uint32_t h = 2166136261u;
	const uint32_t word[] = { v->kind, v->op, v->meta, v->size, v->k,
		v->a ? v->a->id + 1 : 0, v->b ? v->b->id + 1 : 0 };
	for (unsigned i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		h = (h ^ word[i]) * 0x9e3779b1u, h ^= h >> 15;
	return h;
}

static bool
same(const struct value *x, const struct value *y)
{
	return x->kind == y->kind && x->op == y->op && x->meta == y->meta &&
	       x->size == y->size && x->k == y->k && x->a == y->a && x->b == y->b &&
	       (x->kind != VALUE_SLOT || x->hi == y->hi);
}

static void
grow(struct values *vs)
{
	uint32_t n = vs->buckets * 4;
	struct value **to = ARENA_ARRAY(vs->arena, n, struct value *);
	for (uint32_t i = 0; i < vs->buckets; i++)
		for (struct value *v = vs->bucket[i], *next; v != NULL; v = next) {
			next = v->chain;
			struct value **slot = &to[hash(v) & (n - 1)];
			v->chain = *slot;
			*slot = v;
		}
	vs->bucket = to;
	vs->buckets = n;
}

static const struct value *
intern(struct values *vs, const struct value *like)
{
	uint32_t h = hash(like);
	for (struct value *v = vs->bucket[h & (vs->buckets - 1)]; v != NULL; v = v->chain)
		if (same(v, like))
			return v;
	if (vs->count >= vs->buckets)
		grow(vs);
	struct value *v = arena_copy(vs->arena, like, sizeof(*like));
	struct value **slot = &vs->bucket[h & (vs->buckets - 1)];
	v->id = vs->count++;
	v->chain = *slot;
	*slot = v;
	return v;
}

const struct value *
value_const(struct values *vs, uint32_t k)
{
	return intern(vs, &(struct value){ .kind = VALUE_CONST,
				  .k = k,
				  .lo = k,
				  .hi = k,
				  .depth = 1,
				  .weight = 1 });
}

const struct value *
value_len(struct values *vs)
{
	return intern(vs,
		&(struct value){
			.kind = VALUE_LEN, .hi = UINT32_MAX, .depth = 1, .weight = 1 });
}

const struct value *
value_meta(struct values *vs, enum meta meta)
{
	static const uint32_t max[METAS] = { [META_PROTOCOL] = 0xffff,
		[META_IFINDEX] = UINT32_MAX,
		[META_HATYPE] = 0xffff,
		[META_PKTTYPE] = 0xff,
		[META_VLAN_PRESENT] = 1,
		[META_VLAN_TCI] = 0xffff };
	return intern(vs, &(struct value){ .kind = VALUE_META,
				  .meta = meta,
				  .hi = max[meta],
				  .depth = 1,
				  .weight = 1 });
}

const struct value *
value_slot(struct values *vs, unsigned slot, uint32_t hi)
{
	return intern(vs, &(struct value){ .kind = VALUE_SLOT,
				  .k = slot,
				  .hi = hi,
				  .slots = (uint16_t)(1u << slot),
				  .depth = 1,
				  .weight = 1 });
}

static const struct value *
fault(struct values *vs)
{
	return intern(
		vs, &(struct value){ .kind = VALUE_FAULT, .depth = 1, .weight = 1 });
}

bool
arith_apply(enum arith_op op, uint32_t a, uint32_t b, uint32_t *out)
{
	switch (op) {
	case OP_ADD: *out = a + b; return true;
	case OP_SUB: *out = a - b; return true;
	case OP_MUL: *out = a * b; return true;
	case OP_DIV: return b != 0 && (*out = a / b, true);
	case OP_MOD: return b != 0 && (*out = a % b, true);
	case OP_AND: *out = a & b; return true;
	case OP_OR: *out = a | b; return true;
	case OP_XOR: *out = a ^ b; return true;
	case OP_SHL: *out = b < 32 ? a << b : 0; return true;
	case OP_SHR: *out = b < 32 ? a >> b : 0; return true;
	case OP_EQ: *out = a == b; return true;
	case OP_GT: *out = a > b; return true;
	case OP_GE: *out = a >= b; return true;
	}
	assert(!"closed enum");
	return false;
}

/* The smallest 2^n - 1 that is not below x. */
static uint32_t
ones(uint32_t x)
{
	for (unsigned s = 1; s < 32; s *= 2)
		x |= x >> s;
	return x;
}

/* Bounds of a op b; the whole range where it may wrap. */
static void
range(enum arith_op op, const struct value *a, const struct value *b, uint32_t *lo,
	uint32_t *hi)
{
	uint64_t l = 0, h = UINT32_MAX;
	switch (op) {
	case OP_ADD: l = (uint64_t)a->lo + b->lo, h = (uint64_t)a->hi + b->hi; break;
	case OP_SUB:
		if (a->lo >= b->hi)
			l = a->lo - b->hi, h = a->hi - b->lo;
		break;
	case OP_MUL: l = (uint64_t)a->lo * b->lo, h = (uint64_t)a->hi * b->hi; break;
	case OP_DIV:
		l = b->hi ? a->lo / b->hi : 0, h = b->lo ? a->hi / b->lo : a->hi;
		break;
	case OP_MOD: h = b->hi && b->hi - 1 < a->hi ? b->hi - 1 : a->hi; break;
	case OP_AND: h = a->hi < b->hi ? a->hi : b->hi; break;
	case OP_OR:
		l = a->lo > b->lo ? a->lo : b->lo, h = ones(a->hi) | ones(b->hi);
		break;
	case OP_XOR: h = ones(a->hi) | ones(b->hi); break;
	case OP_SHL:
		if (b->hi < 32)
			l = (uint64_t)a->lo << b->lo, h = (uint64_t)a->hi << b->hi;
		break;
	case OP_SHR:
		if (b->hi < 32)
			l = a->lo >> b->hi, h = a->hi >> b->lo;
		break;
	case OP_EQ:
	case OP_GT:
	case OP_GE: h = 1; break;
	}
	if (h > UINT32_MAX)
		l = 0, h = UINT32_MAX;
	*lo = (uint32_t)l;
	*hi = (uint32_t)h;
}

static bool
is_const(const struct value *v, uint32_t k)
{
	return v->kind == VALUE_CONST && v->k == k;
}

/* x op k that is x itself. */
static bool
is_identity(enum arith_op op, const struct value *a, const struct value *b)
{
	switch (op) {
	case OP_ADD:
	case OP_SUB:
	case OP_OR:
	case OP_XOR:
	case OP_SHL:
	case OP_SHR: return is_const(b, 0);
	case OP_MUL:
	case OP_DIV: return is_const(b, 1);
	case OP_AND: return b->kind == VALUE_CONST && b->k == ones(b->k) && a->hi <= b->k;
	case OP_MOD: return b->kind == VALUE_CONST && a->hi < b->k;
	case OP_EQ:
	case OP_GT:
	case OP_GE: return false;
	}
	return false;
}

bool
arith_commutes(enum arith_op op)
{
	return op == OP_ADD || op == OP_MUL || op == OP_AND || op == OP_OR ||
	       op == OP_XOR;
}

/* (x op c) op d with constants c and d: x op (c op d), for + & | ^, and x - d as
 * x + -d, so that header offsets meet their constants. */
static const struct value *
reassociate(struct values *vs, enum arith_op op, const struct value *a, uint32_t d)
{
	uint32_t k;
	if (op != OP_ADD && op != OP_AND && op != OP_OR && op != OP_XOR)
		return NULL;
	if (a->kind != VALUE_ARITH || a->op != op || a->b->kind != VALUE_CONST)
		return NULL;
	arith_apply(op, a->b->k, d, &k);
	return value_arith(vs, op, a->a, value_const(vs, k));
}

static uint32_t
weight(const struct value *a, const struct value *b)
{
	uint64_t w = 1 + (uint64_t)(a ? a->weight : 0) + (b ? b->weight : 0);
	return w > UINT32_MAX ? UINT32_MAX : (uint32_t)w;
}

/* A count that may pass 31: (a op (b & 31)) & mask, where mask is all ones when
 * b >> 5 is 0 and 0 else.  No branch, so that every back end can write it. */
static const struct value *
shift_guarded(
	struct values *vs, enum arith_op op, const struct value *a, const struct value *b)
{
	const struct value *one = value_const(vs, 1);
	const struct value *high = value_arith(vs, OP_SHR, b, value_const(vs, 5));
	const struct value *is_low = value_arith(
		vs, OP_SHR, value_arith(vs, OP_SUB, high, one), value_const(vs, 31));
	const struct value *mask = value_arith(vs, OP_SUB, value_const(vs, 0), is_low);
	const struct value *count = value_arith(vs, OP_AND, b, value_const(vs, 31));
	return value_arith(vs, OP_AND, value_arith(vs, op, a, count), mask);
}

const struct value *
value_arith(
	struct values *vs, enum arith_op op, const struct value *a, const struct value *b)
{
	if (a->kind == VALUE_FAULT || b->kind == VALUE_FAULT)
		return fault(vs);
	uint32_t k;
	if (a->kind == VALUE_CONST && b->kind == VALUE_CONST)
		return arith_apply(op, a->k, b->k, &k) ? value_const(vs, k) : fault(vs);
	if (a->kind == VALUE_CONST && arith_commutes(op)) {
		const struct value *t = a;
		a = b;
		b = t;
	}
	if ((op == OP_DIV || op == OP_MOD) && is_const(b, 0))
		return fault(vs);
	if (is_identity(op, a, b))
		return a;
	bool settled =
		op == OP_SUB || op == OP_XOR || op >= OP_EQ; /* x op x, for all x */
	if (a == b && settled && !a->traps && arith_apply(op, 0, 0, &k))
		return value_const(vs, k);
	if ((op == OP_AND || op == OP_MUL) && is_const(b, 0) && !a->traps)
		return b;
	bool shifts = op == OP_SHL || op == OP_SHR;
	if (shifts && b->kind == VALUE_CONST &&
		b->k > 31) /* keep a's faults by division */
		return value_arith(vs, OP_AND, a, value_const(vs, 0));
	if (shifts && b->hi > 31)
		return shift_guarded(vs, op, a, b);
	bool nibble = a->kind == VALUE_ARITH && a->op == OP_AND && is_const(a->b, 15);
	if (op == OP_MUL && is_const(b, 4) && nibble) /* one form of a header length */
		return value_arith(vs, OP_SHL, a, value_const(vs, 2));
	if (b->kind == VALUE_CONST) {
		const struct value *v = reassociate(vs, op, a, b->k);
		if (v != NULL)
			return v;
	}
	struct value v = { .kind = VALUE_ARITH, .op = op, .a = a, .b = b };
	v.traps = a->traps || b->traps || ((op == OP_DIV || op == OP_MOD) && b->lo == 0);
	v.depth = (uint16_t)((a->depth > b->depth ? a->depth : b->depth) + 1);
	v.weight = weight(a, b);
	v.slots = a->slots | b->slots;
	range(op, a, b, &v.lo, &v.hi);
	return intern(vs, &v);
}

/* An address that may wrap or pass 2^31: (x & 0x7fffffff) | (0 - (x >> 31)) >> 1, which
 * is x below 2^31 and 0x7fffffff else. */
static const struct value *
address_guarded(struct values *vs, const struct value *x)
{
	const struct value *top = value_arith(vs, OP_SHR, x, value_const(vs, 31));
	const struct value *minus = value_arith(vs, OP_SUB, value_const(vs, 0), top);
	return value_arith(vs, OP_OR,
		value_arith(vs, OP_AND, x, value_const(vs, ADDRESS_MAX)),
		value_arith(vs, OP_SHR, minus, value_const(vs, 1)));
}

const struct value *
value_load(struct values *vs, const struct value *base, uint32_t off, unsigned size)
{
	if (base != NULL && base->kind == VALUE_ARITH && base->op == OP_ADD &&
		base->b->kind == VALUE_CONST) {
		off += base->b->k;
		base = base->a;
	}
	if (base != NULL && base->kind == VALUE_CONST) {
		off += base->k;
		base = NULL;
	}
	if (base != NULL && base->kind == VALUE_FAULT)
		return base;
	if (base == NULL && off > ADDRESS_MAX)
		return fault(vs);
	bool guarded = base != NULL && (uint64_t)base->hi + off > ADDRESS_MAX;
	if (guarded) {
		base = address_guarded(
			vs, value_arith(vs, OP_ADD, base, value_const(vs, off)));
		off = 0;
	}
	struct value v = {
		.kind = VALUE_LOAD, .a = base, .k = off, .size = (uint8_t)size
	};
	v.hi = size == 1 ? 0xff : size == 2 ? 0xffff : UINT32_MAX;
	v.depth = base != NULL ? (uint16_t)(base->depth + 1) : 1;
	v.weight = weight(base, NULL);
	v.slots = base != NULL ? base->slots : 0;
	v.traps = guarded || (base != NULL && base->traps);
	return intern(vs, &v);
}

bool
value_is_header_length(const struct value *v, uint32_t *off)
{
	if (v->kind != VALUE_ARITH || v->op != OP_SHL || !is_const(v->b, 2))
		return false;
	const struct value *low = v->a;
	if (low->kind != VALUE_ARITH || low->op != OP_AND || !is_const(low->b, 15))
		return false;
	const struct value *load = low->a;
	if (load->kind != VALUE_LOAD || load->a != NULL || load->size != 1)
		return false;
	*off = load->k;
	return true;
}
