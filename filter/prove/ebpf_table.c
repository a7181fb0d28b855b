/* ebpf_table.c: look-ups in filter_ebpf.data.  What is read there, and all that is made
 * of it, is a function of what is looked for, constant over ranges (ebpf_steps.h): so it
 * is worked out for each range, from the very bytes of the data.  In the end a comparison
 * is the question in which ranges it is. */
#include "ebpf_steps.h"

#include <string.h>

#define STEPS_MAX (1u << 20)

/* --- from numbers ---------------------------------------------------------------- */

/* ((x >> right) << left) & mask */
struct shape {
	Z3_ast x;
	uint32_t right, left, mask;
};

static Z3_ast
peel(struct prover *p, Z3_ast n, Z3_decl_kind kind, uint32_t *k)
{
	Z3_app app = Z3_to_app(p->z, n);
	if (Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, app)) != kind ||
		!term_is_number(p, Z3_get_app_arg(p->z, app, 1), k))
		return n;
	return Z3_get_app_arg(p->z, app, 0);
}

/* Of a choice, if both sides have one shape. */
static struct shape
shape_of(struct prover *p, Z3_ast n)
{
	Z3_app app = Z3_to_app(p->z, n);
	struct shape s = { .mask = UINT32_MAX };
	if (Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, app)) == Z3_OP_ITE) {
		const struct shape a = shape_of(p, Z3_get_app_arg(p->z, app, 1));
		const struct shape b = shape_of(p, Z3_get_app_arg(p->z, app, 2));
		s.x = n;
		if (a.right != b.right || a.left != b.left || a.mask != b.mask)
			return s;
		s = a;
		s.x = term_if(p, Z3_get_app_arg(p->z, app, 0), a.x, b.x);
		return s;
	}
	s.x = peel(p, n, Z3_OP_BAND, &s.mask);
	s.x = peel(p, s.x, Z3_OP_BSHL, &s.left);
	s.x = peel(p, s.x, Z3_OP_BLSHR, &s.right);
	return s;
}

static uint32_t
shaped(const struct shape *s, uint32_t x)
{
	return s->right > 31 || s->left > 31 ? 0 : ((x >> s->right) << s->left) & s->mask;
}

/* For x up to `most`; NULL, and given up. */
static const struct steps *
from_shape(struct machine *m, const struct shape *shape, uint32_t most)
{
	const uint32_t each = shape->right < 32 ? 1u << shape->right : 0;
	if (each == 0 || most / each >= STEPS_MAX) {
		machine_stop(m, "a table that is too large");
		return NULL;
	}
	struct steps *s = steps_make(m, shape->x, NULL, most / each + 1);
	for (uint32_t i = 0; i <= most / each; i++) {
		const uint32_t lo = i * each;
		steps_append(
			s, most - lo < each ? most : lo + each - 1, shaped(shape, lo));
	}
	return s;
}

bool
table_address(struct machine *m, const struct state *s, struct cell *to,
	const struct cell *added)
{
	if (to->steps != NULL)
		return table_alu(m, to, added, &m->body->insns[m->at]);
	if (added->kind == KIND_STEPS) {
		to->steps = added->steps;
		return true;
	}
	Z3_ast n = machine_number(m, added);
	if (n == NULL)
		return false;
	const struct shape shape = shape_of(m->p, n);
	const bool bounded = s->bound.x == shape.x;
	to->steps = from_shape(m, &shape, bounded ? s->bound.most : UINT32_MAX);
	return to->steps != NULL;
}

/* --- of two, or of one and a constant -------------------------------------------- */

#define PIECES 3 /* parts that a both_fn may add */

/* Up to `hi` they are a and b; adds to `out` what becomes of them. */
typedef void both_fn(
	struct steps *out, const struct bpf_insn *, uint64_t hi, uint64_t a, uint64_t b);

static const struct steps *
both(struct machine *m, const struct steps *a, const struct steps *b, both_fn *add,
	const struct bpf_insn *insn)
{
	const uint32_t room = PIECES * (a->parts + b->parts);
	struct steps *out = steps_make(m, a->x, a->within, room);
	for (uint32_t i = 0, j = 0; i < a->parts && j < b->parts;) {
		const uint64_t x = a->part[i].hi, y = b->part[j].hi;
		const uint64_t hi = x < y ? x : y;
		add(out, insn, hi, a->part[i].k, b->part[j].k);
		i += x == hi;
		j += y == hi;
	}
	return out;
}

/* All bits, of what 32-bit instructions leave the lower half of. */
static void
apply(struct steps *out, const struct bpf_insn *insn, uint64_t hi, uint64_t a, uint64_t b)
{
	const bool wide = BPF_CLASS(insn->code) == BPF_ALU64;
	uint64_t k = 0;
	switch (BPF_OP(insn->code)) {
	case BPF_ADD: k = a + b; break;
	case BPF_AND: k = a & b; break;
	case BPF_LSH: k = a << (b & 31); break;
	case BPF_RSH: k = (uint32_t)a >> (b & 31); break;
	}
	steps_append(out, hi, wide ? k : (uint32_t)k);
}

static const struct steps *
constant(struct machine *m, const struct steps *like, uint64_t k)
{
	struct steps *s = steps_make(m, like->x, like->within, 1);
	steps_append(s, steps_last(like), k);
	return s;
}

/* Of what `like` is a function of; NULL, and given up. */
static const struct steps *
as_steps(struct machine *m, const struct cell *c, const struct steps *like)
{
	uint32_t k;
	if (c->kind == KIND_STEPS && steps_alike(c->steps, like))
		return c->steps;
	if (c->kind == KIND_STEPS && like->within != NULL)
		return steps_of_key(m, c->steps, like->x, like->within);
	if (c->kind != KIND_NUMBER) {
		machine_stop(m, "arithmetic of a look-up that is not modelled");
		return NULL;
	}
	if (term_is_number(m->p, c->n, &k))
		return constant(m, like, k);
	const struct shape shape = shape_of(m->p, c->n);
	if (shape.x != like->x || like->within != NULL) {
		machine_stop(m, "a look-up of two numbers");
		return NULL;
	}
	return from_shape(m, &shape, (uint32_t)steps_last(like));
}

/* What it is a function of, itself: a number, or a key. */
static bool
is_looked_for(const struct cell *c, const struct steps *s)
{
	if (c->kind == KIND_NUMBER)
		return c->n == s->x && s->within == NULL;
	return c->kind == KIND_KEY && c->n == s->x && c->steps == s->within;
}

/* Of that, when the key is `key`. */
static const struct steps *
as_function_of(struct machine *m, const struct steps *s, const struct cell *key)
{
	return key->kind == KIND_KEY ? steps_of_key(m, s, key->n, key->steps) : s;
}

/* s less what is looked for: negative, where that is above. */
static const struct steps *
sign_of(struct machine *m, const struct steps *s)
{
	struct steps *out = steps_make(m, s->x, s->within, 2 * s->parts);
	for (uint32_t i = 0; i < s->parts; i++) {
		const struct part *q = &s->part[i];
		if (q->k > INT64_MAX) {
			machine_stop(m, "a look-up of more than 63 bits");
			return NULL;
		}
		if (q->k >= steps_low(s, i))
			steps_append(out, q->k < q->hi ? q->k : q->hi, 0);
		if (q->k < q->hi)
			steps_append(out, q->hi, UINT64_MAX);
	}
	return out;
}

static bool
subtract(struct machine *m, struct cell *dst, const struct cell *key)
{
	const struct steps *s = as_function_of(m, dst->steps, key);
	if (s == NULL || !is_looked_for(key, s))
		return machine_stop(m, "a difference that is not modelled");
	dst->steps = s;
	dst->kind = KIND_LESS;
	return true;
}

bool
table_alu(struct machine *m, struct cell *dst, const struct cell *src,
	const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	const bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	const bool by_register = BPF_SRC(i->code) == BPF_X;
	if (i->code == (BPF_ALU64 | BPF_SUB | BPF_X) && dst->kind == KIND_STEPS)
		return subtract(m, dst, src);
	if (dst->kind == KIND_LESS) {
		if (i->code != (BPF_ALU64 | BPF_ARSH | BPF_K) || i->imm != 63)
			return machine_stop(m, "arithmetic of a difference");
		dst->kind = KIND_STEPS;
		dst->steps = sign_of(m, dst->steps);
		return dst->steps != NULL;
	}
	if (i->code == (BPF_ALU64 | BPF_LSH | BPF_K) && i->imm == 32) {
		dst->kind = KIND_UPPER;
		return true;
	}
	if (i->off != 0 || !(op == BPF_ADD || op == BPF_AND ||
				   (!wide && (op == BPF_LSH || op == BPF_RSH))))
		return machine_stop(m, "arithmetic of a look-up that is not modelled");
	if (by_register && src->kind == KIND_STEPS && src->steps->within != NULL)
		dst->steps =
			steps_of_key(m, dst->steps, src->steps->x, src->steps->within);
	if (dst->steps == NULL)
		return false;
	const uint64_t k = wide ? (uint64_t)(int64_t)i->imm : (uint32_t)i->imm;
	const struct steps *b =
		by_register ? as_steps(m, src, dst->steps) : constant(m, dst->steps, k);
	if (b == NULL)
		return false;
	if (op == BPF_LSH || op == BPF_RSH)
		for (uint32_t j = 0; j < b->parts; j++)
			if (b->part[j].k > 31)
				return machine_stop(m, "a shift by 32 or more");
	dst->steps = both(m, dst->steps, b, apply, i);
	return true;
}

/* The part, shifted up, and the number. */
bool
table_key(struct machine *m, struct cell *dst, const struct cell *upper)
{
	Z3_ast n = machine_number(m, dst);
	if (n == NULL)
		return false;
	*dst = (struct cell){ .kind = KIND_KEY, .n = n, .steps = upper->steps };
	return true;
}

void
table_below(struct machine *m, struct cell *c, uint32_t k)
{
	c->steps = steps_below(m, c->steps, k);
}

/* --- loads ----------------------------------------------------------------------- */

static uint64_t
number_at(const uint8_t *at, unsigned size)
{
	uint16_t half;
	uint32_t word;
	uint64_t both;
	switch (size) {
	case 1: return *at;
	case 2: memcpy(&half, at, sizeof(half)); return half;
	case 4: memcpy(&word, at, sizeof(word)); return word;
	default: memcpy(&both, at, sizeof(both)); return both;
	}
}

/* From an address that is the data's for all x; else given up. */
bool
table_load(struct machine *m, const struct cell *at, int off, unsigned size,
	struct cell *out)
{
	const struct filter_ebpf *body = m->body;
	if (at->steps == NULL)
		return machine_stop(m, "a load that is not modelled");
	struct steps *read =
		steps_make(m, at->steps->x, at->steps->within, at->steps->parts);
	for (uint32_t i = 0; i < at->steps->parts; i++) {
		const uint64_t k =
			at->steps->part[i].k + (uint64_t)at->k + (uint64_t)(int64_t)off;
		if (k > body->data_size || body->data_size - k < size)
			return machine_stop(m, "a load beyond the program's data");
		steps_append(
			read, at->steps->part[i].hi, number_at(body->data + k, size));
	}
	*out = (struct cell){ .kind = KIND_STEPS, .steps = read };
	return true;
}

/* --- comparisons ----------------------------------------------------------------- */

static bool
compare(unsigned op, uint64_t a, uint64_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	default: return a <= b;
	}
}

static void
apply_jump(struct steps *out, const struct bpf_insn *insn, uint64_t hi, uint64_t a,
	uint64_t b)
{
	steps_append(out, hi, compare(BPF_OP(insn->code), (uint32_t)a, (uint32_t)b));
}

/* What is looked for against k, within each part: below, at, and above k. */
static const struct steps *
against(struct machine *m, const struct steps *s, unsigned op)
{
	struct steps *out = steps_make(m, s->x, s->within, 3 * s->parts);
	for (uint32_t i = 0; i < s->parts; i++) {
		const uint64_t lo = steps_low(s, i), hi = s->part[i].hi, k = s->part[i].k;
		if (k > lo)
			steps_append(out, k > hi ? hi : k - 1, compare(op, 0, 1));
		if (k >= lo && k <= hi)
			steps_append(out, k, compare(op, 1, 1));
		if (k < hi)
			steps_append(out, hi, compare(op, 1, 0));
	}
	return out;
}

/* A difference, k less what is looked for, against another function, all of 64 bits: as
 * numbers without a sign it is largest where that is just above k. */
static void
apply_difference(struct steps *out, const struct bpf_insn *insn, uint64_t hi, uint64_t k,
	uint64_t most)
{
	const uint64_t lo = out->parts > 0 ? steps_last(out) + 1 : 0;
	const unsigned op = BPF_OP(insn->code);
	const uint64_t from =
		k < most ? 0 : k - most; /* from here to k it is at most that */
	if (from > lo)
		steps_append(out, from - 1 < hi ? from - 1 : hi, compare(op, 1, 0));
	if (from <= hi && k >= lo)
		steps_append(out, k < hi ? k : hi, compare(op, 0, 1));
	if (k < hi)
		steps_append(out, hi, compare(op, 1, 0));
}

static const struct steps *
difference(struct machine *m, const struct cell *a, const struct cell *b,
	const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	if (op != BPF_JGT && op != BPF_JLE) {
		machine_stop(m, "a difference that is compared otherwise");
		return NULL;
	}
	const struct steps *s = as_steps(m, b, a->steps);
	for (uint32_t j = 0; s != NULL && j < s->parts; j++)
		if (s->part[j].k > UINT32_MAX) {
			machine_stop(m, "a difference that is not modelled");
			return NULL;
		}
	if (s == NULL)
		return NULL;
	return both(m, a->steps, s, apply_difference, i);
}

Z3_ast
table_jumps(struct machine *m, const struct cell *a, const struct cell *b,
	const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	const bool wide = BPF_CLASS(i->code) == BPF_JMP;
	const bool known = op == BPF_JEQ || op == BPF_JNE || op == BPF_JGT ||
			   op == BPF_JGE || op == BPF_JLT || op == BPF_JLE;
	const struct steps *out = NULL, *other;
	if (known && wide && a->kind == KIND_LESS) {
		out = difference(m, a, b, i);
	} else if (known && b->kind == KIND_STEPS && wide == (a->kind == KIND_KEY)) {
		other = as_function_of(m, b->steps, a);
		if (other != NULL && is_looked_for(a, other))
			out = against(m, other, op);
	}
	if (out == NULL && known && !wide && a->kind == KIND_STEPS) {
		other = as_steps(m, b, a->steps);
		if (other != NULL)
			out = both(m, a->steps, other, apply_jump, i);
	}
	if (out == NULL)
		machine_stop(m, "a look-up that is compared otherwise");
	return out != NULL ? steps_hold(m, out) : NULL;
}
