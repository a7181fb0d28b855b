/* ebpf_alu.c: arithmetic of eBPF: registers in, what they hold behind an instruction out.
 */
#include "ebpf.h"

const struct cell *
machine_read(struct machine *m, const struct state *s, unsigned reg)
{
	if (s->reg[reg].kind == KIND_UNSET)
		machine_astray(m, s, m->p->yes);
	return &s->reg[reg];
}

/* Bytes in the other order; of more than that nothing is left. */
static Z3_ast
reversed(struct prover *p, Z3_ast n, unsigned size)
{
	Z3_ast out = Z3_mk_extract(p->z, 7, 0, n);
	for (unsigned i = 1; i < size; i++)
		out = Z3_mk_concat(p->z, out, Z3_mk_extract(p->z, 8 * i + 7, 8 * i, n));
	if (size < 4)
		out = Z3_mk_zero_ext(p->z, 32 - 8 * size, out);
	return Z3_simplify(p->z, out);
}

static bool
is_little(void)
{
	return __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
}

Z3_ast
machine_number(struct machine *m, const struct cell *c)
{
	struct prover *p = m->p;
	switch (c->kind) {
	case KIND_NUMBER: return c->n;
	case KIND_RAW: return is_little() ? reversed(p, c->n, c->size) : c->n;
	case KIND_LENGTH: return p->caplen;
	case KIND_UNSET: return term_fresh(p, p->word_sort); /* it is astray */
	default: machine_stop(m, "a number is asked for, and it is none"); return NULL;
	}
}

/* dst = a op b, 32 bits; the semantics of division by zero are the kernel's. */
static bool
arith(struct machine *m, struct state *s, const struct bpf_insn *i, Z3_ast a, Z3_ast b)
{
	static const int8_t ops[16] = {
		[BPF_ADD >> 4] = 1 + OP_ADD,
		[BPF_SUB >> 4] = 1 + OP_SUB,
		[BPF_MUL >> 4] = 1 + OP_MUL,
		[BPF_DIV >> 4] = 1 + OP_DIV,
		[BPF_MOD >> 4] = 1 + OP_MOD,
		[BPF_AND >> 4] = 1 + OP_AND,
		[BPF_OR >> 4] = 1 + OP_OR,
		[BPF_XOR >> 4] = 1 + OP_XOR,
		[BPF_LSH >> 4] = 1 + OP_SHL,
		[BPF_RSH >> 4] = 1 + OP_SHR,
	};
	struct prover *p = m->p;
	if (ops[BPF_OP(i->code) >> 4] == 0 || i->off != 0)
		return machine_stop(m, "arithmetic that is not modelled");
	const enum arith_op op = (enum arith_op)(ops[BPF_OP(i->code) >> 4] - 1);
	Z3_ast ok;
	if (op == OP_SHL || op == OP_SHR)
		machine_astray(m, s, term_not(p, number_at_most(p, b, 31)));
	Z3_ast out = term_arith(p, op, a, b, &ok);
	if (op == OP_DIV || op == OP_MOD)
		out = term_if(p, ok, out, op == OP_MOD ? a : term_number(p, 0));
	s->reg[i->dst_reg] = cell_number(out);
	return true;
}

/* The order of a field of the packet. */
static bool
swap(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	const struct cell *c = machine_read(m, s, i->dst_reg);
	const unsigned size = (unsigned)i->imm / 8;
	if (BPF_CLASS(i->code) != BPF_ALU || BPF_SRC(i->code) != BPF_TO_BE || size < 2 ||
		size > 4 || size == 3)
		return machine_stop(m, "a change of byte order that is not modelled");
	Z3_ast n = c->n;
	if (c->kind != KIND_RAW || c->size != size) {
		n = machine_number(m, c);
		if (n == NULL)
			return false;
		n = is_little() ? reversed(m->p, n, size) : n;
	}
	s->reg[i->dst_reg] = cell_number(n);
	return true;
}

static bool
alu_narrow(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	struct cell *dst = &s->reg[i->dst_reg];
	const bool moves = BPF_OP(i->code) == BPF_MOV;
	const struct cell *src, k = cell_constant(m, (uint32_t)i->imm);
	if (BPF_OP(i->code) == BPF_END)
		return swap(m, s, i);
	src = BPF_SRC(i->code) == BPF_X ? machine_read(m, s, i->src_reg) : &k;
	if (!moves)
		machine_read(m, s, i->dst_reg);
	if (BPF_OP(i->code) == BPF_NEG)
		return machine_stop(m, "a negation");
	if (moves && i->off == 0 && (src->kind == KIND_RAW || src->kind == KIND_NUMBER)) {
		*dst = *src;
		return true;
	}
	if (!moves && dst->kind == KIND_STEPS)
		return table_alu(m, dst, src, i);
	Z3_ast b = machine_number(m, src);
	if (b == NULL || (moves && i->off != 0))
		return machine_stop(m, "arithmetic that is not modelled");
	if (moves) {
		*dst = cell_number(b);
		return true;
	}
	Z3_ast a = machine_number(m, dst);
	return a != NULL && arith(m, s, i, a, b);
}

static bool
is_address(const struct cell *c)
{
	return c->kind >= KIND_CONTEXT && c->kind < KIND_END;
}

/* An address and a number; 64 bits hold both. */
static bool
add_to(struct machine *m, const struct state *s, struct cell *dst, const struct cell *src)
{
	uint32_t known;
	if (dst->kind == KIND_PACKET && src->kind == KIND_LENGTH && dst->n == NULL &&
		dst->k == 0) {
		*dst = (struct cell){ .kind = KIND_END };
		return true;
	}
	if (dst->kind == KIND_DATA)
		return table_address(m, s, dst, src);
	Z3_ast n = machine_number(m, src);
	if (n == NULL)
		return false;
	if (dst->kind == KIND_CONTEXT || dst->kind == KIND_FRAME || dst->n != NULL)
		return machine_stop(m, "an address that is not modelled");
	dst->n = n;
	if (term_is_number(m->p, n, &known)) {
		dst->n = NULL;
		dst->k += known;
	}
	return true;
}

/* What the program does in 64 bits: it moves, makes addresses, and masks by signs. */
static bool
alu_wide(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	struct cell *dst = &s->reg[i->dst_reg];
	const unsigned op = BPF_OP(i->code);
	const bool by_register = BPF_SRC(i->code) == BPF_X;
	const struct cell *src = by_register ? machine_read(m, s, i->src_reg) : NULL;
	if (op != BPF_MOV)
		machine_read(m, s, i->dst_reg);
	if (op == BPF_MOV && by_register && i->off == 0) {
		*dst = *src;
		return true;
	}
	if (op == BPF_MOV && !by_register && i->imm >= 0) {
		*dst = cell_constant(m, (uint32_t)i->imm);
		return true;
	}
	if (op == BPF_ADD && is_address(dst) && by_register)
		return add_to(m, s, dst, src);
	if (op == BPF_ADD && is_address(dst)) {
		dst->k += i->imm;
		return true;
	}
	if (op == BPF_SUB && by_register && dst->kind == KIND_END &&
		src->kind == KIND_PACKET && src->n == NULL && src->k == 0 &&
		m->way->whole) {
		*dst = cell_number(m->p->len); /* it is caplen too; see `given` */
		return true;
	}
	if (op == BPF_OR && by_register && i->off == 0 && src->kind == KIND_UPPER)
		return table_key(m, dst, src);
	if (dst->kind == KIND_STEPS || dst->kind == KIND_LESS)
		return table_alu(m, dst, src, i);
	return machine_stop(m, "arithmetic that is not modelled");
}

bool
machine_alu(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	return BPF_CLASS(i->code) == BPF_ALU ? alu_narrow(m, s, i) : alu_wide(m, s, i);
}
