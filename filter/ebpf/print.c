/* print.c: eBPF instructions in, a line each out: as the kernel's verifier writes them in
 * its log (kernel/bpf/disasm.c, v6.18), or as the eight bytes that they are.  Any
 * instructions: what the kernel made of a program too. */
#include <inttypes.h>
#include <linux/bpf.h>

#include "../filter.h"

#define OP(code) (BPF_OP(code) >> 4)

/* linux/bpf.h has the names in a macro, the shape of which depends on its version. */
#define HELPER(name, ...) [BPF_FUNC_##name] = #name
static const char *const helpers[] = { __BPF_FUNC_MAPPER(HELPER) };
#undef HELPER
#define HELPERS (sizeof(helpers) / sizeof(helpers[0]))

static const char *const assignments[16] = { "+=", "-=", "*=", "/=", "|=", "&=", "<<=",
	">>=", NULL, "%=", "^=", "=", "s>>=", NULL };

static const char *const comparisons[16] = { NULL, "==", ">", ">=", "&", "!=", "s>",
	"s>=", NULL, NULL, "<", "<=", "s<", "s<=" };

static const char *
size_of(unsigned code)
{
	static const char *const sizes[4] = { "u32", "u16", "u8", "u64" };
	return sizes[BPF_SIZE(code) >> 3];
}

/* Half a register, or all of it. */
static char
half(const struct bpf_insn *i)
{
	unsigned class = BPF_CLASS(i->code);
	return class == BPF_ALU || class == BPF_JMP32 ? 'w' : 'r';
}

static void
print_alu(const struct bpf_insn *i, FILE *to)
{
	const char *op = assignments[OP(i->code)], *order = "le";
	unsigned d = i->dst_reg, s = i->src_reg;
	char w = half(i);
	if (BPF_SRC(i->code) == BPF_TO_BE)
		order = "be";
	if (w == 'r')
		order = "bswap";
	if (BPF_OP(i->code) == BPF_END)
		fprintf(to, "r%u = %s%" PRId32 " r%u", d, order, i->imm, d);
	else if (BPF_OP(i->code) == BPF_NEG)
		fprintf(to, "%c%u = -%c%u", w, d, w, d);
	else if (op == NULL)
		fputs("unknown", to);
	else if (BPF_SRC(i->code) == BPF_K)
		fprintf(to, "%c%u %s %" PRId32, w, d, op, i->imm);
	else if (BPF_OP(i->code) == BPF_MOV && i->off != 0) /* since 6.6 */
		fprintf(to, "%c%u = (s%d)%c%u", w, d, i->off, w, s);
	else
		fprintf(to, "%c%u %s %c%u", w, d, op, w, s);
}

/* A number of 64 bits takes two instructions, of which `second` is the other. */
static void
print_wide(const struct bpf_insn *i, const struct bpf_insn *second, FILE *to)
{
	uint32_t low = (uint32_t)i->imm;
	uint32_t high = second != NULL ? (uint32_t)second->imm : 0;
	fprintf(to, "r%u = ", i->dst_reg);
	if (i->src_reg == BPF_PSEUDO_MAP_FD)
		fprintf(to, "map[id:%" PRIu32 "]", low);
	else if (i->src_reg == BPF_PSEUDO_MAP_VALUE)
		fprintf(to, "map[id:%" PRIu32 "][0]+%" PRIu32, low, high);
	else if (i->src_reg == BPF_PSEUDO_MAP_IDX_VALUE)
		fprintf(to, "map[idx:%" PRIu32 "][0]+%" PRIu32, low, high);
	else
		fprintf(to, "0x%" PRIx64, (uint64_t)high << 32 | low);
}

static void
print_load(const struct bpf_insn *i, const struct bpf_insn *second, FILE *to)
{
	const char *size = size_of(i->code);
	switch (BPF_MODE(i->code)) {
	case BPF_ABS: fprintf(to, "r0 = *(%s *)skb[%" PRId32 "]", size, i->imm); break;
	case BPF_IND:
		fprintf(to, "r0 = *(%s *)skb[r%u + %" PRId32 "]", size, i->src_reg,
			i->imm);
		break;
	case BPF_IMM: print_wide(i, second, to); break;
	default: fputs("unknown", to);
	}
}

static void
print_memory(const struct bpf_insn *i, FILE *to)
{
	const char *size = size_of(i->code);
	unsigned d = i->dst_reg, s = i->src_reg;
	switch (BPF_CLASS(i->code)) {
	case BPF_LDX: fprintf(to, "r%u = *(%s *)(r%u %+d)", d, size, s, i->off); break;
	case BPF_ST:
		fprintf(to, "*(%s *)(r%u %+d) = %" PRId32, size, d, i->off, i->imm);
		break;
	default:
		if (BPF_MODE(i->code) == BPF_MEM)
			fprintf(to, "*(%s *)(r%u %+d) = r%u", size, d, i->off, s);
		else
			fprintf(to, "lock *(%s *)(r%u %+d) #0x%" PRIx32 " r%u", size, d,
				i->off, (uint32_t)i->imm, s);
	}
}

/* Of a program in the kernel the number is the distance of an address. */
static void
print_call(const struct bpf_insn *i, FILE *to)
{
	uint32_t k = (uint32_t)i->imm;
	if (i->src_reg == BPF_PSEUDO_CALL)
		fprintf(to, "call pc%+" PRId32, i->imm);
	else if (i->src_reg != 0)
		fprintf(to, "call kernel-function#%" PRId32, i->imm);
	else if (k < HELPERS && helpers[k] != NULL)
		fprintf(to, "call bpf_%s#%" PRIu32, helpers[k], k);
	else
		fprintf(to, "call unknown#%" PRId32, i->imm);
}

static void
print_jump(const struct bpf_insn *i, FILE *to)
{
	const char *op = comparisons[OP(i->code)];
	bool narrow = BPF_CLASS(i->code) == BPF_JMP32;
	char w = half(i);
	if (BPF_OP(i->code) == BPF_JA && narrow) /* since 6.6 */
		fprintf(to, "gotol pc%+" PRId32, i->imm);
	else if (BPF_OP(i->code) == BPF_JA)
		fprintf(to, "goto pc%+d", i->off);
	else if (BPF_OP(i->code) == BPF_CALL && !narrow)
		print_call(i, to);
	else if (BPF_OP(i->code) == BPF_EXIT && !narrow)
		fputs("exit", to);
	else if (op == NULL)
		fputs("unknown", to);
	else if (BPF_SRC(i->code) == BPF_K)
		fprintf(to, "if %c%u %s 0x%" PRIx32 " goto pc%+d", w, i->dst_reg, op,
			(uint32_t)i->imm, i->off);
	else
		fprintf(to, "if %c%u %s %c%u goto pc%+d", w, i->dst_reg, op, w,
			i->src_reg, i->off);
}

static bool
is_wide(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

void
filter_ebpf_print(const struct bpf_insn *insn, size_t count, FILE *to)
{
	for (size_t at = 0; at < count; at++) {
		const struct bpf_insn *i = &insn[at];
		const struct bpf_insn *second = at + 1 < count ? i + 1 : NULL;
		fprintf(to, "%4zu: (%02x) ", at, i->code);
		switch (BPF_CLASS(i->code)) {
		case BPF_ALU:
		case BPF_ALU64: print_alu(i, to); break;
		case BPF_LD: print_load(i, second, to); break;
		case BPF_JMP:
		case BPF_JMP32: print_jump(i, to); break;
		default: print_memory(i, to);
		}
		fputc('\n', to);
		if (is_wide(i))
			at++;
	}
}

/* As struct bpf_insn has them on the machine that this runs on. */
void
filter_ebpf_print_bytes(const struct bpf_insn *insn, size_t count, FILE *to)
{
	for (size_t at = 0; at < count; at++) {
		const unsigned char *byte = (const unsigned char *)&insn[at];
		for (size_t i = 0; i < sizeof(insn[at]); i++)
			fprintf(to, i > 0 ? " %02x" : "%02x", byte[i]);
		fputc('\n', to);
	}
}
