/* dead.c: blocks of classic BPF in, the same without stores that nothing reads and
 * without work on A and X that is overwritten before it is used.
 *
 * What can reject stays: a load from the packet rejects a truncated one, and a division
 * by X rejects when that is 0.  Whether such a test may go is decided in the graph, whose
 * meaning the program has to the letter (graph_node leaves out a test of which all ways
 * lead to one place). */
#include "cbpf.h"

#include "../broken.h"

/* Sets of registers: bit n is M[n]. */
#define REG_A (1u << CBPF_MEMORY)
#define REG_X (2u << CBPF_MEMORY)

struct effect {
	uint32_t reads, writes;
	bool rejects; /* it may */
};

static struct effect
effect_of(const struct sock_filter *f)
{
	const unsigned mode = BPF_MODE(f->code), op = BPF_OP(f->code);
	const uint32_t cell = f->k < CBPF_MEMORY ? 1u << f->k : 0;
	const uint32_t operand = BPF_SRC(f->code) == BPF_X ? REG_X : 0;
	const uint32_t address = mode == BPF_IND ? REG_X : mode == BPF_MEM ? cell : 0;
	const bool packet = mode == BPF_ABS || mode == BPF_IND || mode == BPF_MSH;
	const bool tax = BPF_MISCOP(f->code) == BPF_TAX;
	switch (BPF_CLASS(f->code)) {
	case BPF_LD: return (struct effect){ address, REG_A, packet };
	case BPF_LDX: return (struct effect){ address, REG_X, packet };
	case BPF_ST: return (struct effect){ REG_A, cell, false };
	case BPF_STX: return (struct effect){ REG_X, cell, false };
	case BPF_ALU:
		if (op == BPF_NEG)
			return (struct effect){ REG_A, REG_A, false };
		return (struct effect){ REG_A | operand, REG_A,
			operand != 0 && (op == BPF_DIV || op == BPF_MOD) };
	case BPF_MISC:
		return (struct effect){ tax ? REG_A : REG_X, tax ? REG_X : REG_A, false };
	case BPF_JMP: return (struct effect){ REG_A | operand, 0, true };
	default: return (struct effect){ 0, 0, true }; /* ret */
	}
}

/* Past blocks of which nothing is left. */
static struct cbpf_block *
skip(struct cbpf_block *b)
{
	while (b != NULL && b->one_way && b->count == 0)
		b = b->jt;
	return b;
}

/* Keeps what is used; `live` is read behind the block.  Returns what is read from its
 * start on. */
static uint32_t
sweep(struct cbpf_block *b, uint32_t live)
{
	uint32_t kept = b->count; /* instructions from here on stay */
	if (!b->one_way)
		live |= effect_of(&b->last).reads;
	for (uint32_t i = b->count; i-- > 0;) {
		const struct effect e = effect_of(&b->insn[i]);
		if (!e.rejects && (e.writes & live) == 0)
			continue;
		live = (live & ~e.writes) | (IS_BROKEN(DEAD) ? 0 : e.reads);
		b->insn[--kept] = b->insn[i];
	}
	if (kept > 0) {
		b->insn += kept;
		b->count -= kept;
	}
	return live;
}

void
cbpf_dead(struct cbpf_block *first, uint32_t blocks, struct arena *scratch)
{
	uint32_t *live = ARENA_ARRAY(scratch, blocks, uint32_t); /* at the start, by id */
	for (uint32_t i = blocks; i-- > 0;) {
		struct cbpf_block *b = &first[i];
		b->jt = skip(b->jt);
		b->jf = skip(b->jf);
		const uint32_t behind =
			b->jt != NULL ? live[b->jt->id] | live[b->jf->id] : 0;
		live[i] = sweep(b, behind);
	}
}
