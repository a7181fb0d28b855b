/* eval.c: a value in, instructions that work it out into a register out. */
#include <assert.h>

#include "../broken.h"
#include "../opcode.h"
#include "emit.h"

void
to_host_order(struct emit *e, unsigned reg, unsigned size)
{
	if (size > 1 && !IS_BROKEN(SWAP))
		put(e, BPF_ALU | BPF_END | BPF_TO_BE, reg, 0, 0, 8 * size);
}

void
holds(struct emit *e, unsigned reg, const struct value *v)
{
	if (reg == R_VALUE)
		e->now.value = v;
	if (reg == R_BASE)
		e->now.base = e->hook->base_is_address ? NULL : v;
}

/* Both may clobber r0-r5, so a waits on the stack. */
void
eval_both(struct emit *e, const struct value *a, const struct value *b, unsigned dst)
{
	eval(e, a, R0);
	if (e->depth == STACK_WORDS) {
		e->failed = true;
		return;
	}
	int cell = -8 * (int)++e->depth;
	put(e, BPF_STX | BPF_MEM | BPF_DW, R_STACK, R0, cell, 0);
	eval(e, b, R0);
	put(e, BPF_ALU | BPF_MOV | BPF_X, R1, R0, 0, 0);
	put(e, BPF_LDX | BPF_MEM | BPF_DW, dst, R_STACK, cell, 0);
	e->depth--;
}

static void
arith(struct emit *e, const struct value *v, unsigned dst)
{
	if (v->b->kind == VALUE_CONST) {
		eval(e, v->a, dst);
		holds(e, dst, NULL);
		put(e, BPF_ALU | opcode_alu(v->op) | BPF_K, dst, 0, 0, v->b->k);
		return;
	}
	eval_both(e, v->a, v->b, dst);
	holds(e, dst, NULL);
	if ((v->op == OP_DIV || v->op == OP_MOD) && v->b->lo == 0)
		leave(e, BPF_JMP32 | BPF_JEQ | BPF_K, R1, 0, 0, reject_target(e));
	put(e, BPF_ALU | opcode_alu(v->op) | BPF_X, dst, R1, 0, 0);
}

int
slot_cell(const struct emit *e, const struct value *slot)
{
	return -8 * (int)(e->hook->stack + slot->k + 1);
}

/* What the hook does not have is an error at the end; 0 stands for it until then. */
static void
field(struct emit *e, struct hook_field f, unsigned dst)
{
	if (f.at == 0) {
		put(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, 0);
		return;
	}
	if (f.is != 0) {
		put(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, f.is);
		return;
	}
	put(e, BPF_LDX | BPF_MEM | BPF_W, dst, e->hook->fields_in_bytes ? R_BYTES : R_CTX,
		f.at - 1, 0);
	if (f.be16)
		to_host_order(e, dst, 2);
}

static bool
in_register(struct emit *e, const struct value *v, unsigned dst)
{
	unsigned from = R_VALUE;
	if (e->now.value != v) {
		if (e->now.base != v || e->hook->base_is_address)
			return false;
		from = R_BASE;
	}
	if (from != dst)
		put(e, BPF_ALU | BPF_MOV | BPF_X, dst, from, 0, 0);
	if (!IS_BROKEN(MOVE))
		holds(e, dst, v);
	return true;
}

/* Recursive: values are of bounded depth. */
void
eval(struct emit *e, const struct value *v, unsigned dst)
{
	if (e->failed || in_register(e, v, dst))
		return;
	switch (v->kind) {
	case VALUE_CONST: put(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, v->k); break;
	case VALUE_LEN:
		if (e->hook->length != NULL)
			e->hook->length(e, dst);
		else
			field(e, e->hook->len, dst);
		break;
	case VALUE_META:
		if (e->hook->meta[v->meta].at == 0)
			e->missing = (int)v->meta;
		field(e, e->hook->meta[v->meta], dst);
		break;
	case VALUE_LOAD: e->hook->load(e, v, dst); break;
	case VALUE_ARITH: arith(e, v, dst); break;
	case VALUE_SLOT:
		put(e, BPF_LDX | BPF_MEM | BPF_W, dst, R_STACK, slot_cell(e, v), 0);
		break;
	case VALUE_FAULT: assert(!"the graph tests no such value"); break;
	}
	holds(e, dst, v);
}
