/* print.c: a program as text, in the three forms of tcpdump -d, -dd and -ddd, and
 * for iptables. */
#include "cbpf.h"

#include <inttypes.h>

enum operand {
	NO_OPERAND,
	IMMEDIATE,
	DECIMAL,
	X_REGISTER,
	LENGTH,
	ABSOLUTE,
	INDIRECT,
	MEMORY,
	HEADER_LENGTH,
	TARGET
};

static const struct {
	uint16_t code;
	const char *name;
	enum operand operand;
} ops[] = {
	/* linux/bpf_common.h; names as in McCanne and Jacobson */
	{ BPF_LD | BPF_W | BPF_ABS, "ld", ABSOLUTE },
	{ BPF_LD | BPF_H | BPF_ABS, "ldh", ABSOLUTE },
	{ BPF_LD | BPF_B | BPF_ABS, "ldb", ABSOLUTE },
	{ BPF_LD | BPF_W | BPF_IND, "ld", INDIRECT },
	{ BPF_LD | BPF_H | BPF_IND, "ldh", INDIRECT },
	{ BPF_LD | BPF_B | BPF_IND, "ldb", INDIRECT },
	{ BPF_LD | BPF_W | BPF_LEN, "ld", LENGTH },
	{ BPF_LD | BPF_W | BPF_IMM, "ld", IMMEDIATE },
	{ BPF_LD | BPF_W | BPF_MEM, "ld", MEMORY },
	{ BPF_LDX | BPF_W | BPF_LEN, "ldx", LENGTH },
	{ BPF_LDX | BPF_W | BPF_IMM, "ldx", IMMEDIATE },
	{ BPF_LDX | BPF_W | BPF_MEM, "ldx", MEMORY },
	{ BPF_LDX | BPF_B | BPF_MSH, "ldxb", HEADER_LENGTH },
	{ BPF_ST, "st", MEMORY },
	{ BPF_STX, "stx", MEMORY },
	{ BPF_JMP | BPF_JA, "ja", TARGET },
	{ BPF_JMP | BPF_JEQ | BPF_K, "jeq", IMMEDIATE },
	{ BPF_JMP | BPF_JGT | BPF_K, "jgt", IMMEDIATE },
	{ BPF_JMP | BPF_JGE | BPF_K, "jge", IMMEDIATE },
	{ BPF_JMP | BPF_JSET | BPF_K, "jset", IMMEDIATE },
	{ BPF_JMP | BPF_JEQ | BPF_X, "jeq", X_REGISTER },
	{ BPF_JMP | BPF_JGT | BPF_X, "jgt", X_REGISTER },
	{ BPF_JMP | BPF_JGE | BPF_X, "jge", X_REGISTER },
	{ BPF_JMP | BPF_JSET | BPF_X, "jset", X_REGISTER },
	{ BPF_ALU | BPF_ADD | BPF_K, "add", DECIMAL },
	{ BPF_ALU | BPF_SUB | BPF_K, "sub", DECIMAL },
	{ BPF_ALU | BPF_MUL | BPF_K, "mul", DECIMAL },
	{ BPF_ALU | BPF_DIV | BPF_K, "div", DECIMAL },
	{ BPF_ALU | BPF_MOD | BPF_K, "mod", DECIMAL },
	{ BPF_ALU | BPF_AND | BPF_K, "and", IMMEDIATE },
	{ BPF_ALU | BPF_OR | BPF_K, "or", IMMEDIATE },
	{ BPF_ALU | BPF_XOR | BPF_K, "xor", IMMEDIATE },
	{ BPF_ALU | BPF_LSH | BPF_K, "lsh", DECIMAL },
	{ BPF_ALU | BPF_RSH | BPF_K, "rsh", DECIMAL },
	{ BPF_ALU | BPF_ADD | BPF_X, "add", X_REGISTER },
	{ BPF_ALU | BPF_SUB | BPF_X, "sub", X_REGISTER },
	{ BPF_ALU | BPF_MUL | BPF_X, "mul", X_REGISTER },
	{ BPF_ALU | BPF_DIV | BPF_X, "div", X_REGISTER },
	{ BPF_ALU | BPF_MOD | BPF_X, "mod", X_REGISTER },
	{ BPF_ALU | BPF_AND | BPF_X, "and", X_REGISTER },
	{ BPF_ALU | BPF_OR | BPF_X, "or", X_REGISTER },
	{ BPF_ALU | BPF_XOR | BPF_X, "xor", X_REGISTER },
	{ BPF_ALU | BPF_LSH | BPF_X, "lsh", X_REGISTER },
	{ BPF_ALU | BPF_RSH | BPF_X, "rsh", X_REGISTER },
	{ BPF_ALU | BPF_NEG, "neg", NO_OPERAND },
	{ BPF_MISC | BPF_TAX, "tax", NO_OPERAND },
	{ BPF_MISC | BPF_TXA, "txa", NO_OPERAND },
	{ BPF_RET | BPF_K, "ret", DECIMAL },
};
#define OPS (sizeof(ops) / sizeof(ops[0]))

/* What is no byte of the packet has a name, as in tcpdump's listings. */
static void
print_absolute(char *to, size_t size, uint32_t k)
{
	static const struct {
		int off;
		const char *name;
	} names[] = { { SKF_AD_PROTOCOL, "proto" }, { SKF_AD_PKTTYPE, "type" },
		{ SKF_AD_IFINDEX, "ifidx" }, { SKF_AD_HATYPE, "hatype" },
		{ SKF_AD_VLAN_TAG, "vlan_tci" }, { SKF_AD_VLAN_TAG_PRESENT, "vlanp" } };
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (k == (uint32_t)(SKF_AD_OFF + names[i].off)) {
			snprintf(to, size, "[%s]", names[i].name);
			return;
		}
	snprintf(to, size, "[%" PRId32 "]", (int32_t)k);
}

static void
operand_text(enum operand kind, uint32_t at, uint32_t k, char *to, size_t size)
{
	switch (kind) {
	case NO_OPERAND: snprintf(to, size, "%s", ""); break;
	case IMMEDIATE: snprintf(to, size, "#0x%" PRIx32, k); break;
	case DECIMAL: snprintf(to, size, "#%" PRId32, (int32_t)k); break;
	case X_REGISTER: snprintf(to, size, "x"); break;
	case LENGTH: snprintf(to, size, "#pktlen"); break;
	case ABSOLUTE: print_absolute(to, size, k); break;
	case INDIRECT: snprintf(to, size, "[x + %" PRId32 "]", (int32_t)k); break;
	case MEMORY: snprintf(to, size, "M[%" PRIu32 "]", k); break;
	case HEADER_LENGTH: snprintf(to, size, "4*([%" PRIu32 "]&0xf)", k); break;
	case TARGET: snprintf(to, size, "%" PRIu32, at + 1 + k); break;
	}
}

void
cbpf_print(const struct cbpf_prog *p, FILE *to)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct sock_filter *f = &p->insn[i];
		const char *name = "unimp";
		char operand[32] = "";
		for (unsigned j = 0; j < OPS; j++)
			if (ops[j].code == f->code) {
				name = ops[j].name;
				operand_text(ops[j].operand, i, f->k, operand,
					sizeof(operand));
				break;
			}
		if (BPF_CLASS(f->code) == BPF_JMP && BPF_OP(f->code) != BPF_JA)
			fprintf(to,
				"(%03" PRIu32 ") %-8s %-16s jt %" PRIu32 "\tjf %" PRIu32
				"\n",
				i, name, operand, i + 1 + f->jt, i + 1 + f->jf);
		else
			fprintf(to, "(%03" PRIu32 ") %-8s %s\n", i, name, operand);
	}
}

void
cbpf_print_c(const struct cbpf_prog *p, FILE *to)
{
	for (uint32_t i = 0; i < p->count; i++)
		fprintf(to, "{ 0x%x, %u, %u, 0x%08" PRIx32 " },\n", p->insn[i].code,
			p->insn[i].jt, p->insn[i].jf, p->insn[i].k);
}

void
cbpf_print_decimal(const struct cbpf_prog *p, FILE *to)
{
	fprintf(to, "%" PRIu32 "\n", p->count);
	for (uint32_t i = 0; i < p->count; i++)
		fprintf(to, "%u %u %u %" PRIu32 "\n", p->insn[i].code, p->insn[i].jt,
			p->insn[i].jf, p->insn[i].k);
}

void
cbpf_print_iptables(const struct cbpf_prog *p, FILE *to)
{
	fprintf(to, "%" PRIu32, p->count);
	for (uint32_t i = 0; i < p->count; i++)
		fprintf(to, ",%u %u %u %" PRIu32, p->insn[i].code, p->insn[i].jt,
			p->insn[i].jf, p->insn[i].k);
	fputc('\n', to);
}
