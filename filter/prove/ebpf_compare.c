/* ebpf_compare.c: conditional jumps of eBPF: registers in, where they jump out. */
#include "ebpf.h"

/* x = (y * multiplier) - less: how a look-up begins. */
static Z3_ast
operand(struct prover *p, Z3_ast x, Z3_decl_kind kind, uint32_t *k)
{
	Z3_app app = Z3_to_app(p->z, x);
	if (Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, app)) != kind ||
		Z3_get_app_num_args(p->z, app) < 2 ||
		!term_is_number(p, Z3_get_app_arg(p->z, app, 1), k))
		return NULL;
	return Z3_get_app_arg(p->z, app, 0);
}

static Z3_ast
choice(struct prover *p, Z3_ast x, Z3_ast *then, Z3_ast *otherwise)
{
	Z3_app app = Z3_to_app(p->z, x);
	if (Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, app)) != Z3_OP_ITE)
		return NULL;
	*then = Z3_get_app_arg(p->z, app, 1);
	*otherwise = Z3_get_app_arg(p->z, app, 2);
	return Z3_get_app_arg(p->z, app, 0);
}

Z3_ast
number_at_most(struct prover *p, Z3_ast x, uint32_t k)
{
	uint32_t less;
	Z3_ast then, otherwise, when = choice(p, x, &then, &otherwise);
	if (when != NULL)
		return term_if(p, when, number_at_most(p, then, k),
			number_at_most(p, otherwise, k));
	Z3_ast y = operand(p, x, Z3_OP_BSUB, &less);
	if (y == NULL || less == 0 || k == UINT32_MAX)
		return scale_at_most(p, x, k);
	Z3_ast low = term_not(p, number_at_most(p, y, less - 1)); /* y >= less */
	Z3_ast high = number_at_most(p, y, less + k);             /* which may wrap */
	return less + k < less ? term_or(p, low, high) : term_and(p, low, high);
}

/* Of an odd number, so that x * k * inverse = x (mod 2^32): Newton's iteration. */
static uint32_t
inverse_of(uint32_t k)
{
	uint32_t x = k;
	for (unsigned i = 0; i < 5; i++)
		x *= 2 - k * x;
	return x;
}

Z3_ast
number_equal(struct prover *p, Z3_ast x, uint32_t k)
{
	uint32_t by;
	Z3_ast then, otherwise, when = choice(p, x, &then, &otherwise), y;
	if (when != NULL)
		return term_if(
			p, when, number_equal(p, then, k), number_equal(p, otherwise, k));
	if ((y = operand(p, x, Z3_OP_BSUB, &by)) != NULL)
		return number_equal(p, y, k + by);
	if ((y = operand(p, x, Z3_OP_BMUL, &by)) != NULL && (by & 1) != 0)
		return number_equal(p, y, k * inverse_of(by));
	return scale_equal(p, x, k);
}

static Z3_ast
at_most(struct prover *p, Z3_ast a, Z3_ast b)
{
	uint32_t k;
	if (term_is_number(p, b, &k))
		return number_at_most(p, a, k);
	if (term_is_number(p, a, &k))
		return k == 0 ? p->yes : term_not(p, number_at_most(p, b, k - 1));
	return term_at_most(p, a, b);
}

static Z3_ast
same(struct prover *p, Z3_ast a, Z3_ast b)
{
	uint32_t k;
	if (term_is_number(p, b, &k))
		return number_equal(p, a, k);
	return term_same(p, a, b);
}

/* --- bytes that are in place ----------------------------------------------------- */

/* What is there as far as so many bytes is there as far as fewer: told to the solver,
 * who would have to find it out from sums of 32 bits. */
static void
tell_order(struct machine *m, const struct reach *new)
{
	struct prover *p = m->p;
	const struct reach *below = NULL, *above = NULL;
	for (uint32_t i = 0; i < m->reaches; i++) {
		const struct reach *r = &m->reach[i];
		if (r->base != new->base)
			continue;
		if (r->bytes < new->bytes && (below == NULL || below->bytes < r->bytes))
			below = r;
		if (r->bytes > new->bytes && (above == NULL || above->bytes > r->bytes))
			above = r;
	}
	if (below != NULL)
		Z3_solver_assert(
			p->z, p->solver, Z3_mk_implies(p->z, new->is, below->is));
	if (above != NULL)
		Z3_solver_assert(
			p->z, p->solver, Z3_mk_implies(p->z, above->is, new->is));
}

static Z3_ast
computed_within(struct machine *m, Z3_ast base, uint32_t bytes)
{
	struct prover *p = m->p;
	Z3_ast then, otherwise, when;
	for (uint32_t i = 0; i < m->reaches; i++)
		if (m->reach[i].base == base && m->reach[i].bytes == bytes)
			return m->reach[i].is;
	when = choice(p, base, &then, &otherwise);
	if (when != NULL)
		return term_if(p, when, machine_within(m, then, bytes),
			machine_within(m, otherwise, bytes));
	struct reach r = { base, p->no, bytes };
	r.is = term_at_most(p, base, term_number(p, PROVE_CAPLEN_MAX - bytes));
	if (m->ending == CUT || m->end != m->captured)
		r.is = term_and(
			p, r.is, at_most(p, packet_address(p, base, bytes), m->end));
	tell_order(m, &r);
	ARENA_MORE(&p->arena, m->reach, m->reaches, &m->reach_room);
	m->reach[m->reaches++] = r;
	return r.is;
}

/* In numbers without end: neither may the sum wrap, nor is a packet that long. */
Z3_ast
machine_within(struct machine *m, Z3_ast base, int64_t bytes)
{
	struct prover *p = m->p;
	uint32_t known;
	if (base != NULL && term_is_number(p, base, &known)) {
		base = NULL;
		bytes += known;
	}
	if (bytes < 0 || bytes > PROVE_CAPLEN_MAX)
		return p->no;
	if (base == NULL)
		return at_most(p, term_number(p, (uint32_t)bytes), m->end);
	return computed_within(m, term_named(p, base, CHOICES_MAX), (uint32_t)bytes);
}

/* --- jumps ----------------------------------------------------------------------- */

/* An address in the packet against its end. */
static Z3_ast
past_end(struct machine *m, const struct cell *a, unsigned op)
{
	switch (op) {
	case BPF_JGT: return term_not(m->p, machine_within(m, a->n, a->k));
	case BPF_JLE: return machine_within(m, a->n, a->k);
	case BPF_JGE: return term_not(m->p, machine_within(m, a->n, a->k + 1));
	case BPF_JLT: return machine_within(m, a->n, a->k + 1);
	}
	machine_stop(m, "addresses are compared");
	return NULL;
}

static bool
is_signed(unsigned op)
{
	return op == BPF_JSGT || op == BPF_JSGE || op == BPF_JSLT || op == BPF_JSLE;
}

static Z3_ast
numbers(struct machine *m, Z3_ast a, Z3_ast b, unsigned op)
{
	struct prover *p = m->p;
	Z3_ast unused, top = term_number(p, 1u << 31);
	if (is_signed(op)) {
		a = term_arith(p, OP_XOR, a, top, &unused);
		b = term_arith(p, OP_XOR, b, top, &unused);
	}
	switch (op) {
	case BPF_JEQ: return same(p, a, b);
	case BPF_JNE: return term_not(p, same(p, a, b));
	case BPF_JSGT:
	case BPF_JGT: return term_not(p, at_most(p, a, b));
	case BPF_JSLE:
	case BPF_JLE: return at_most(p, a, b);
	case BPF_JSGE:
	case BPF_JGE: return at_most(p, b, a);
	case BPF_JSLT:
	case BPF_JLT: return term_not(p, at_most(p, b, a));
	case BPF_JSET:
		a = term_arith(p, OP_AND, a, b, &unused);
		return term_not(p, same(p, a, term_number(p, 0)));
	}
	machine_stop(m, "a comparison that is not modelled");
	return NULL;
}

Z3_ast
machine_jumps(struct machine *m, const struct state *s, const struct bpf_insn *i)
{
	const unsigned op = BPF_OP(i->code);
	const bool wide = BPF_CLASS(i->code) == BPF_JMP;
	const bool by_register = BPF_SRC(i->code) == BPF_X;
	const struct cell *a = machine_read(m, s, i->dst_reg);
	const struct cell k = cell_constant(m, (uint32_t)i->imm);
	const struct cell *b = by_register ? machine_read(m, s, i->src_reg) : &k;
	if (wide && a->kind == KIND_PACKET && b->kind == KIND_END)
		return past_end(m, a, op);
	if (wide && a->kind == KIND_STATUS && !by_register && i->imm == 0 &&
		(op == BPF_JEQ || op == BPF_JNE))
		return op == BPF_JEQ ? a->n : term_not(m->p, a->n);
	if (a->kind == KIND_STEPS || a->kind == KIND_LESS || b->kind == KIND_STEPS)
		return table_jumps(m, a, b, i);
	if (wide && !by_register && i->imm < 0) {
		machine_stop(m, "a comparison with a negative number");
		return NULL;
	}
	/* unsigned, it is the same in 64 bits: the upper halves are 0 */
	Z3_ast x = machine_number(m, a), y = machine_number(m, b);
	if (x == NULL || y == NULL)
		return NULL;
	if (wide && is_signed(op)) {
		machine_stop(m, "a comparison that is not modelled");
		return NULL;
	}
	return numbers(m, x, y, op);
}
