/* ebpf_table.c: look-ups in filter_ebpf.data.  What is read there, and all that is made
 * of it, depends on one number, x, and is constant over ranges of x: so it is worked out
 * for each range, from the very bytes of the data.  In the end a comparison is the
 * question in which ranges x is. */
#include <string.h>

#include "ebpf.h"

#define STEPS_MAX (1u << 20)

/* Up to `hi` it is k; ascending.  Of x beyond the last nothing is known, and the run has
 * gone astray for it. */
struct part {
	uint32_t hi;
	uint64_t k;
};

struct steps {
	Z3_ast x;
	uint32_t parts;
	struct part *part;
};

static struct steps *
make(struct machine *m, Z3_ast x, uint32_t room)
{
	struct steps *s = ARENA_NEW(&m->p->arena, struct steps);
	s->x = x;
	s->part = ARENA_ARRAY(&m->p->arena, room, struct part);
	return s;
}

static void
append(struct steps *s, uint32_t hi, uint64_t k)
{
	if (s->parts > 0 && s->part[s->parts - 1].k == k)
		s->part[s->parts - 1].hi = hi;
	else
		s->part[s->parts++] = (struct part){ hi, k };
}

static uint32_t
low_end(const struct steps *s, uint32_t i)
{
	return i == 0 ? 0 : s->part[i - 1].hi + 1;
}

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
	struct steps *s = make(m, shape->x, most / each + 1);
	for (uint32_t i = 0; i <= most / each; i++) {
		const uint32_t lo = i * each;
		append(s, most - lo < each ? most : lo + each - 1, shaped(shape, lo));
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

/* Where x is in [lo, hi], and they are a and b; adds to `out` what becomes of them. */
typedef void both_fn(
	struct steps *out, const struct bpf_insn *, uint32_t hi, uint64_t a, uint64_t b);

static const struct steps *
both(struct machine *m, const struct steps *a, const struct steps *b, both_fn *add,
	const struct bpf_insn *insn)
{
	struct steps *out = make(m, a->x, a->parts + b->parts);
	for (uint32_t i = 0, j = 0; i < a->parts && j < b->parts;) {
		const uint32_t x = a->part[i].hi, y = b->part[j].hi;
		const uint32_t hi = x < y ? x : y;
		add(out, insn, hi, a->part[i].k, b->part[j].k);
		i += x == hi;
		j += y == hi;
	}
	return out;
}

/* All bits, of what 32-bit instructions leave the lower half of. */
static void
apply(struct steps *out, const struct bpf_insn *insn, uint32_t hi, uint64_t a, uint64_t b)
{
	const bool wide = BPF_CLASS(insn->code) == BPF_ALU64;
	uint64_t k = 0;
	switch (BPF_OP(insn->code)) {
	case BPF_ADD: k = a + b; break;
	case BPF_AND: k = a & b; break;
	case BPF_LSH: k = a << (b & 31); break;
	case BPF_RSH: k = (uint32_t)a >> (b & 31); break;
	case BPF_ARSH: k = a; break; /* of a sign, by 63: see table_alu */
	}
	append(out, hi, wide ? k : (uint32_t)k);
}

static const struct steps *
constant(struct machine *m, const struct steps *like, uint64_t k)
{
	struct steps *s = make(m, like->x, 1);
	append(s, like->part[like->parts - 1].hi, k);
	return s;
}

/* Of x, as many as `like`; NULL, and given up. */
static const struct steps *
as_steps(struct machine *m, const struct cell *c, const struct steps *like)
{
	if (c->kind == KIND_STEPS && c->steps->x == like->x)
		return c->steps;
	if (c->kind != KIND_NUMBER) {
		machine_stop(m, "arithmetic of a look-up that is not modelled");
		return NULL;
	}
	uint32_t k;
	if (term_is_number(m->p, c->n, &k))
		return constant(m, like, k);
	const struct shape shape = shape_of(m->p, c->n);
	if (shape.x != like->x) {
		machine_stop(m, "a look-up of two numbers");
		return NULL;
	}
	return from_shape(m, &shape, like->part[like->parts - 1].hi);
}

/* k - x, of which the sign is known; NULL, and given up. */
static const struct steps *
sign_of(struct machine *m, const struct steps *s)
{
	struct steps *out = make(m, s->x, 2 * s->parts);
	for (uint32_t i = 0; i < s->parts; i++) {
		const struct part *q = &s->part[i];
		if (q->k > UINT32_MAX) {
			machine_stop(m, "a look-up of more than 32 bits");
			return NULL;
		}
		if (q->k >= low_end(s, i)) /* up to k it is not negative */
			append(out, q->k < q->hi ? (uint32_t)q->k : q->hi, 0);
		if (q->k < q->hi)
			append(out, q->hi, UINT64_MAX);
	}
	return out;
}

static bool
is_x(const struct cell *c, const struct steps *s)
{
	return c->kind == KIND_NUMBER && c->n == s->x;
}

bool
table_alu(struct machine *m, struct cell *dst, const struct cell *src,
	const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	const bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	const bool by_register = BPF_SRC(i->code) == BPF_X;
	if (i->code == (BPF_ALU64 | BPF_SUB | BPF_X) && dst->kind == KIND_STEPS &&
		is_x(src, dst->steps)) {
		dst->steps = sign_of(m, dst->steps);
		dst->kind = KIND_SIGN;
		return dst->steps != NULL;
	}
	if (dst->kind == KIND_SIGN) {
		if (i->code != (BPF_ALU64 | BPF_ARSH | BPF_K) || i->imm != 63)
			return machine_stop(m, "arithmetic of a sign");
		dst->kind = KIND_STEPS;
		return true;
	}
	if (i->off != 0 || !(op == BPF_ADD || op == BPF_AND ||
				   (!wide && (op == BPF_LSH || op == BPF_RSH))))
		return machine_stop(m, "arithmetic of a look-up that is not modelled");
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

/* --- loads ----------------------------------------------------------------------- */

static uint32_t
number_at(const uint8_t *at, unsigned size)
{
	uint16_t half;
	uint32_t word;
	if (size == 1)
		return *at;
	if (size == 2) {
		memcpy(&half, at, sizeof(half));
		return half;
	}
	memcpy(&word, at, sizeof(word));
	return word;
}

/* From an address that is the data's for all x; else given up. */
bool
table_load(struct machine *m, const struct cell *at, int off, unsigned size,
	struct cell *out)
{
	const struct filter_ebpf *body = m->body;
	if (at->steps == NULL || size > 4)
		return machine_stop(m, "a load that is not modelled");
	struct steps *read = make(m, at->steps->x, at->steps->parts);
	for (uint32_t i = 0; i < at->steps->parts; i++) {
		const uint64_t k =
			at->steps->part[i].k + (uint64_t)at->k + (uint64_t)(int64_t)off;
		if (k > body->data_size || body->data_size - k < size)
			return machine_stop(m, "a load beyond the program's data");
		append(read, at->steps->part[i].hi, number_at(body->data + k, size));
	}
	*out = (struct cell){ .kind = KIND_STEPS, .steps = read };
	return true;
}

/* --- comparisons ----------------------------------------------------------------- */

/* x is in one of the parts with k = 1, of those from `from` on, up to `to`. */
static Z3_ast
among(struct machine *m, const struct steps *s, uint32_t from, uint32_t to)
{
	struct prover *p = m->p;
	if (to - from > 1) {
		const uint32_t middle = from + (to - from) / 2;
		return term_or(p, among(m, s, from, middle), among(m, s, middle, to));
	}
	if (to == from || s->part[from].k == 0)
		return p->no;
	const uint32_t lo = low_end(s, from), hi = s->part[from].hi;
	if (lo == hi)
		return number_equal(p, s->x, lo);
	Z3_ast above = lo == 0 ? p->yes : term_not(p, number_at_most(p, s->x, lo - 1));
	return term_and(p, above, number_at_most(p, s->x, hi));
}

/* It is at most the greatest of them: told to the solver, who would have to find it out
 * for numbers that are scattered by a product. */
static Z3_ast
is_among(struct machine *m, const struct steps *s)
{
	struct prover *p = m->p;
	uint32_t last = s->parts;
	while (last > 0 && s->part[last - 1].k == 0)
		last--;
	Z3_ast is = among(m, s, 0, last);
	if (last > 0 && is != p->yes)
		Z3_solver_assert(p->z, p->solver,
			Z3_mk_implies(
				p->z, is, number_at_most(p, s->x, s->part[last - 1].hi)));
	return is;
}

static bool
compare(unsigned op, uint32_t a, uint32_t b)
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
apply_jump(struct steps *out, const struct bpf_insn *insn, uint32_t hi, uint64_t a,
	uint64_t b)
{
	append(out, hi, compare(BPF_OP(insn->code), (uint32_t)a, (uint32_t)b));
}

/* x against k, within each part: below, at, and above k. */
static const struct steps *
x_against(struct machine *m, const struct steps *s, unsigned op)
{
	struct steps *out = make(m, s->x, 3 * s->parts);
	for (uint32_t i = 0; i < s->parts; i++) {
		const uint32_t lo = low_end(s, i), hi = s->part[i].hi;
		const uint32_t k = (uint32_t)s->part[i].k;
		if (k > lo)
			append(out, k > hi ? hi : k - 1, compare(op, 0, 1));
		if (k >= lo && k <= hi)
			append(out, k, compare(op, 1, 1));
		if (k < hi)
			append(out, hi, compare(op, 1, 0));
	}
	return out;
}

Z3_ast
table_jumps(struct machine *m, const struct cell *a, const struct cell *b,
	const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	const bool known = op == BPF_JEQ || op == BPF_JNE || op == BPF_JGT ||
			   op == BPF_JGE || op == BPF_JLT || op == BPF_JLE;
	const struct steps *out = NULL;
	if (known && b->kind == KIND_STEPS && is_x(a, b->steps)) {
		out = x_against(m, b->steps, op);
	} else if (known && a->kind == KIND_STEPS) {
		const struct steps *other = as_steps(m, b, a->steps);
		if (other != NULL)
			out = both(m, a->steps, other, apply_jump, i);
	} else {
		machine_stop(m, "a look-up that is compared otherwise");
	}
	return out != NULL ? is_among(m, out) : NULL;
}
