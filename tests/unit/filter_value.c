/* filter_value.c: values against an oracle that computes each operation as it stands:
 * folding, rewriting, bounds, and the guards of addresses and of shift counts. */
#include "filter_try.h"

#include "../../filter/value.h"
#include "../gen/rng.h"

enum { BYTES = 400, LEAVES_MAX = 24 };

static uint8_t bytes[BYTES];
static const struct filter_packet packet = { .data = bytes,
	.caplen = BYTES,
	.len = 0x80000123,
	.ifindex = 0xfffffffe,
	.protocol = 0x86dd,
	.hatype = 772,
	.pkttype = 4 };

/* What the oracle knows of a value: beyond: a load that only a longer packet has, of
 * which it is not said whether folding keeps it; fault: one that no packet has. */
struct known {
	const struct value *v;
	uint32_t x;
	bool fault, beyond;
};

static const uint32_t no_slots[SLOTS];

static const uint32_t edges[] = { 0, 1, 2, 3, 4, 15, 16, 31, 32, 33, 63, 64, 127, 255,
	256, 0xffff, 0x10000, 0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xfffffff0,
	0xfffffffe, 0xffffffff };

static uint32_t
operand(struct rng *r)
{
	return rng_chance(r, 70) ? edges[rng_below(r, sizeof(edges) / sizeof(edges[0]))]
				 : rng_next(r);
}

static struct known
apply(struct values *vs, enum arith_op op, struct known a, struct known b)
{
	struct known k = { .v = value_arith(vs, op, a.v, b.v),
		.fault = a.fault || b.fault,
		.beyond = a.beyond || b.beyond };
	const uint64_t x = a.x, y = b.x;
	switch (op) {
	case OP_ADD: k.x = (uint32_t)(x + y); break;
	case OP_SUB: k.x = (uint32_t)(x - y); break;
	case OP_MUL: k.x = (uint32_t)(x * y); break;
	case OP_DIV: k.x = y ? (uint32_t)(x / y) : (k.fault = true, 0); break;
	case OP_MOD: k.x = y ? (uint32_t)(x % y) : (k.fault = true, 0); break;
	case OP_AND: k.x = a.x & b.x; break;
	case OP_OR: k.x = a.x | b.x; break;
	case OP_XOR: k.x = a.x ^ b.x; break;
	case OP_SHL: k.x = y > 31 ? 0 : (uint32_t)(x << y); break;
	case OP_SHR: k.x = y > 31 ? 0 : (uint32_t)(x >> y); break;
	case OP_EQ: k.x = x == y; break;
	case OP_GT: k.x = x > y; break;
	case OP_GE: k.x = x >= y; break;
	}
	return k;
}

static struct known
load(struct values *vs, const struct known *base, uint32_t off, unsigned size)
{
	struct known k = { .v = value_load(vs, base ? base->v : NULL, off, size) };
	const uint32_t at = (base != NULL ? base->x : 0) + off;
	if (base != NULL) {
		k.fault = base->fault;
		k.beyond = base->beyond;
	}
	if (at > 0x7fffffff)
		k.fault = true;
	else if (at > BYTES - size)
		k.beyond = true;
	else
		for (unsigned i = 0; i < size; i++)
			k.x = k.x << 8 | bytes[at + i];
	return k;
}

static struct known
leaf(struct values *vs, struct rng *r)
{
	const uint32_t k = operand(r);
	switch (rng_below(r, 5)) {
	case 0: return (struct known){ value_const(vs, k), k, false, false };
	case 1: return (struct known){ value_len(vs), packet.len, false, false };
	case 2: {
		const uint32_t x[METAS] = { packet.protocol, packet.ifindex,
			packet.hatype, packet.pkttype };
		const enum meta m = rng_below(r, METAS);
		return (struct known){ value_meta(vs, m), x[m], false, false };
	}
	default: return load(vs, NULL, rng_below(r, BYTES - 4), 1u << rng_below(r, 3));
	}
}

static void
check(const struct known *k)
{
	uint32_t x;
	const bool ok = value_eval(k->v, &packet, no_slots, &x);
	if (k->beyond)
		return; /* a fault, or what it is on every longer packet */
	assert_int_equal(ok, !k->fault);
	if (!ok)
		return;
	assert_int_equal(x, k->x);
	assert_true(k->v->lo <= x && x <= k->v->hi);
}

static void
random_trees(void **state)
{
	(void)state;
	struct rng r = { 7 };
	unsigned faults = 0;
	for (unsigned i = 0; i < BYTES; i++)
		bytes[i] =
			(uint8_t)(rng_chance(&r, 40) ? rng_below(&r, 6) : rng_next(&r));
	for (unsigned round = 0; round < 20000; round++) {
		struct arena arena = { 0 };
		struct values vs;
		struct known pool[LEAVES_MAX];
		unsigned n = 0;
		values_init(&vs, &arena);
		while (n < 6)
			pool[n++] = leaf(&vs, &r);
		while (n < LEAVES_MAX) {
			const struct known *a = &pool[rng_below(&r, n)];
			const struct known *b = &pool[rng_below(&r, n)];
			pool[n] = rng_chance(&r, 25)
					  ? load(&vs, a, operand(&r),
						    1u << rng_below(&r, 3))
					  : apply(&vs, rng_below(&r, OP_SHR + 1), *a, *b);
			check(&pool[n]);
			faults += pool[n].fault;
			n++;
		}
		const struct known top = apply(&vs, OP_EQ + rng_below(&r, 3),
			pool[rng_below(&r, n)], pool[rng_below(&r, n)]);
		check(&top);
		arena_free(&arena);
	}
	assert_true(faults > 1000);
}

/* Each operation on each pair of edges: constants; a constant on either side; neither. */
static void
operations_at_the_edges(void **state)
{
	(void)state;
	const unsigned n = sizeof(edges) / sizeof(edges[0]);
	struct arena arena = { 0 };
	struct values vs;
	values_init(&vs, &arena);
	for (unsigned i = 0; i < n * n * (OP_SHR + 1); i++) {
		const uint32_t a = edges[i % n], b = edges[i / n % n];
		const enum arith_op op = i / n / n;
		for (unsigned byte = 0; byte < 4; byte++) {
			bytes[byte] = (uint8_t)(a >> (24 - 8 * byte));
			bytes[4 + byte] = (uint8_t)(b >> (24 - 8 * byte));
		}
		const struct known x[] = { { value_const(&vs, a), a, false, false },
			load(&vs, NULL, 0, 4) };
		const struct known y[] = { { value_const(&vs, b), b, false, false },
			load(&vs, NULL, 4, 4) };
		for (unsigned form = 0; form < 4; form++) {
			const struct known k = apply(&vs, op, x[form & 1], y[form >> 1]);
			check(&k);
			assert_true(form != 0 || k.v->kind == VALUE_CONST ||
				    k.v->kind == VALUE_FAULT);
		}
	}
	arena_free(&arena);
}

static void
addresses_never_wrap_unseen(void **state)
{
	(void)state;
	static const uint32_t offs[] = { 0, 1, 13, 0x7ffffff0, 0x7fffffff, 0x80000000,
		0xfffffff0, 0xffffffff };
	struct arena arena = { 0 };
	struct values vs;
	values_init(&vs, &arena);
	for (unsigned e = 0; e < sizeof(edges) / sizeof(edges[0]); e++)
		for (unsigned o = 0; o < sizeof(offs) / sizeof(offs[0]); o++) {
			for (unsigned i = 0; i < 4; i++)
				bytes[i] = (uint8_t)(edges[e] >> (24 - 8 * i));
			const struct known base = load(&vs, NULL, 0, 4);
			struct known k = load(&vs, &base, offs[o], 2);
			uint32_t x;
			const bool ok = value_eval(k.v, &packet, no_slots, &x);
			assert_int_equal(ok, !k.fault && !k.beyond);
			assert_true(!ok || x == k.x);
			/* the invariant that back ends rely on */
			for (const struct value *v = k.v; v->kind == VALUE_LOAD;
				v = v->a) {
				const uint64_t top =
					(uint64_t)v->k + (v->a ? v->a->hi : 0);
				assert_true(top <= 0x7fffffff);
				if (v->a == NULL)
					break;
			}
		}
	assert_int_equal(value_load(&vs, NULL, 0x80000000, 1)->kind, VALUE_FAULT);
	assert_int_equal(value_load(&vs, NULL, 0x7ffffffe, 1)->kind, VALUE_LOAD);
	arena_free(&arena);
}

static void
equal_values_are_one(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct values vs;
	values_init(&vs, &arena);
	const struct value *l = value_load(&vs, NULL, 14, 1),
			   *m = value_load(&vs, NULL, 15, 1);
	const struct value *c = value_const(&vs, 15), *d = value_const(&vs, 3);
	assert_ptr_equal(l, value_load(&vs, NULL, 14, 1));
	assert_ptr_equal(l, value_load(&vs, value_const(&vs, 10), 4, 1));
	assert_ptr_not_equal(l, value_load(&vs, NULL, 14, 2));
	assert_ptr_equal(value_arith(&vs, OP_AND, l, c), value_arith(&vs, OP_AND, c, l));
	assert_ptr_equal(value_arith(&vs, OP_ADD, l, c), value_arith(&vs, OP_ADD, c, l));
	assert_ptr_not_equal(
		value_arith(&vs, OP_SUB, l, m), value_arith(&vs, OP_SUB, m, l));
	/* (x + 15) + 3 is x + 18; a header length has one form; x + 0, x / 1 are x */
	assert_ptr_equal(value_arith(&vs, OP_ADD, value_arith(&vs, OP_ADD, l, c), d),
		value_arith(&vs, OP_ADD, l, value_const(&vs, 18)));
	const struct value *words = value_arith(&vs, OP_AND, l, c);
	assert_ptr_equal(value_arith(&vs, OP_MUL, words, value_const(&vs, 4)),
		value_arith(&vs, OP_SHL, words, value_const(&vs, 2)));
	assert_ptr_equal(value_arith(&vs, OP_ADD, l, value_const(&vs, 0)), l);
	assert_ptr_equal(value_arith(&vs, OP_DIV, l, value_const(&vs, 1)), l);
	assert_ptr_equal(value_arith(&vs, OP_AND, l, value_const(&vs, 255)), l);
	assert_int_equal(
		value_arith(&vs, OP_DIV, l, value_const(&vs, 0))->kind, VALUE_FAULT);
	/* a division that may fault is not folded away */
	const struct value *q = value_arith(&vs, OP_DIV, l, m);
	assert_true(q->traps);
	assert_int_not_equal(
		value_arith(&vs, OP_AND, q, value_const(&vs, 0))->kind, VALUE_CONST);
	uint32_t off;
	const struct value *ihl = value_arith(
		&vs, OP_SHL, value_arith(&vs, OP_AND, l, c), value_const(&vs, 2));
	assert_true(value_is_header_length(ihl, &off));
	assert_int_equal(off, 14);
	assert_false(value_is_header_length(l, &off));
	/* a thousand of them, so that the table grows */
	const struct value *first[3000];
	for (uint32_t i = 0; i < 3000; i++)
		first[i] = value_load(&vs, l, i, 4);
	for (uint32_t i = 0; i < 3000; i++)
		assert_ptr_equal(first[i], value_load(&vs, l, i, 4));
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_trees),
		cmocka_unit_test(operations_at_the_edges),
		cmocka_unit_test(addresses_never_wrap_unseen),
		cmocka_unit_test(equal_values_are_one),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
