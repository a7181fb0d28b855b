/* opcode.c: operations of the graph as BPF has them. */
#include "opcode.h"

#include <assert.h>
#include <linux/bpf_common.h>

unsigned
opcode_alu(enum arith_op op)
{
	static const unsigned code[] = { [OP_ADD] = BPF_ADD,
		[OP_SUB] = BPF_SUB,
		[OP_MUL] = BPF_MUL,
		[OP_DIV] = BPF_DIV,
		[OP_MOD] = BPF_MOD,
		[OP_AND] = BPF_AND,
		[OP_OR] = BPF_OR,
		[OP_XOR] = BPF_XOR,
		[OP_SHL] = BPF_LSH,
		[OP_SHR] = BPF_RSH };
	assert(op < OP_EQ); /* comparisons stand at the top of a test only */
	return code[op];
}

unsigned
opcode_jump(enum compare c)
{
	static const unsigned code[] = { [CMP_EQ] = BPF_JEQ,
		[CMP_GT] = BPF_JGT,
		[CMP_GE] = BPF_JGE,
		[CMP_SET] = BPF_JSET };
	return code[c];
}

unsigned
opcode_size(unsigned bytes)
{
	return bytes == 1 ? BPF_B : bytes == 2 ? BPF_H : BPF_W;
}
