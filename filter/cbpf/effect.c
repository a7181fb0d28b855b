/* effect.c: an instruction in, the registers that it reads and writes out. */
#include "effect.h"

struct effect
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
