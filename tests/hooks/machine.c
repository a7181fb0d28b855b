/* machine.c: eBPF instructions and bytes in, r0 out. */
#include "machine.h"

#include <linux/bpf.h>
#include <string.h>

#define STACK 512 /* bytes below r10 */

struct machine {
	uint64_t r[11];
	uint8_t stack[STACK];
	const uint8_t *data;
	uint32_t length;
	const struct filter_ebpf *body;
};

/* Where `size` bytes at an address are; NULL: neither packet, stack nor sets. */
static uint8_t *
place(struct machine *m, uint64_t at, unsigned size, bool write)
{
	const uint64_t stack = (uintptr_t)m->stack, data = (uintptr_t)m->data;
	const uint64_t sets = (uintptr_t)m->body->data;

	if (at >= stack && at - stack <= STACK - size)
		return m->stack + (at - stack);
	if (!write && m->length >= size && at >= data && at - data <= m->length - size)
		return (uint8_t *)m->data + (at - data);
	if (!write && m->body->data_size >= size && at >= sets &&
		at - sets <= m->body->data_size - size)
		return m->body->data + (at - sets);
	return NULL;
}

static unsigned
size_of(unsigned code)
{
	switch (BPF_SIZE(code)) {
	case BPF_B: return 1;
	case BPF_H: return 2;
	case BPF_W: return 4;
	default: return 8;
	}
}

static bool
access_memory(struct machine *m, const struct bpf_insn *i)
{
	const unsigned size = size_of(i->code);
	const bool write = BPF_CLASS(i->code) == BPF_STX;
	const uint64_t base = m->r[write ? i->dst_reg : i->src_reg];
	uint8_t *at = place(m, base + (uint64_t)(int64_t)i->off, size, write);
	uint64_t x = 0;

	if (!at || BPF_MODE(i->code) != BPF_MEM)
		return false;
	if (write) {
		memcpy(at, &m->r[i->src_reg], size); /* little endian */
	} else {
		memcpy(&x, at, size);
		m->r[i->dst_reg] = x;
	}
	return true;
}

static bool
compute(struct machine *m, const struct bpf_insn *i)
{
	const bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	uint64_t a = m->r[i->dst_reg];
	uint64_t b =
		BPF_SRC(i->code) == BPF_X ? m->r[i->src_reg] : (uint64_t)(int64_t)i->imm;

	if (!wide) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (BPF_OP(i->code)) {
	case BPF_MOV: a = b; break;
	case BPF_ADD: a += b; break;
	case BPF_SUB: a -= b; break;
	case BPF_MUL: a *= b; break;
	case BPF_DIV: a = b ? a / b : 0; break;
	case BPF_MOD: a = b ? a % b : a; break;
	case BPF_AND: a &= b; break;
	case BPF_OR: a |= b; break;
	case BPF_XOR: a ^= b; break;
	case BPF_LSH: a <<= b & (wide ? 63 : 31); break;
	case BPF_RSH: a >>= b & (wide ? 63 : 31); break;
	case BPF_ARSH:
		if (!wide)
			return false;
		a = (uint64_t)((int64_t)a >> (b & 63));
		break;
	case BPF_NEG: a = -a; break;
	case BPF_END:
		if (BPF_SRC(i->code) != BPF_TO_BE || (i->imm != 16 && i->imm != 32))
			return false;
		a = i->imm == 16 ? __builtin_bswap16((uint16_t)a)
				 : __builtin_bswap32((uint32_t)a);
		break;
	default: return false;
	}
	m->r[i->dst_reg] = wide ? a : (uint32_t)a;
	return true;
}

static bool
holds(const struct machine *m, const struct bpf_insn *i, bool *known)
{
	uint64_t a = m->r[i->dst_reg];
	uint64_t b =
		BPF_SRC(i->code) == BPF_X ? m->r[i->src_reg] : (uint64_t)(int64_t)i->imm;

	if (BPF_CLASS(i->code) == BPF_JMP32) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	*known = true;
	switch (BPF_OP(i->code)) {
	case BPF_JA: return true;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSET: return (a & b) != 0;
	default: *known = false; return false;
	}
}

/* The address of a byte of the body's sets: two instructions. */
static bool
refer(struct machine *m, const struct bpf_insn *i, bool has_next)
{
	if (i->code != (BPF_LD | BPF_IMM | BPF_DW) || !has_next ||
		i->src_reg != BPF_PSEUDO_MAP_IDX_VALUE || i->imm != 0)
		return false;
	m->r[i->dst_reg] = (uintptr_t)m->body->data + (uint32_t)i[1].imm;
	return true;
}

bool
machine_run(const struct filter_ebpf *e, const uint8_t *data, uint32_t length,
	uint32_t *verdict)
{
	struct machine m = { .data = data, .length = length, .body = e };

	m.r[1] = (uintptr_t)data;
	m.r[2] = length;
	m.r[10] = (uintptr_t)m.stack + STACK;
	for (size_t pc = 0; pc < e->count; pc++) {
		const struct bpf_insn *i = &e->insns[pc];
		bool ok = true;
		switch (BPF_CLASS(i->code)) {
		case BPF_LD: ok = refer(&m, i, ++pc < e->count); break;
		case BPF_LDX:
		case BPF_STX: ok = access_memory(&m, i); break;
		case BPF_ALU:
		case BPF_ALU64: ok = compute(&m, i); break;
		case BPF_JMP:
			if (BPF_OP(i->code) == BPF_EXIT) {
				*verdict = (uint32_t)m.r[0];
				return true;
			}
			__attribute__((fallthrough));
		case BPF_JMP32:
			if (holds(&m, i, &ok))
				pc += (size_t)i->off; /* forward only */
			ok = ok && i->off >= 0;
			break;
		default: ok = false;
		}
		if (!ok)
			return false;
	}
	return false;
}
