/* vm.c: classic BPF in user space, for files and for sources without a kernel filter.
 * Programs come from cbpf_encode: jumps stay inside and go forward, cells exist. */
#include "cbpf.h"

struct vm {
	const uint8_t *data;
	uint32_t caplen;
	uint32_t a, x;
	uint32_t m[CBPF_MEMORY];
};

/* Big-endian load; false beyond the captured bytes. */
static inline bool
load(struct vm *vm, uint64_t at, unsigned size)
{
	if (at + size > vm->caplen)
		return false;
	const uint8_t *p = vm->data + at;
	if (size == 1)
		vm->a = p[0];
	else if (size == 2)
		vm->a = (uint32_t)p[0] << 8 | p[1];
	else
		vm->a = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
			(uint32_t)p[2] << 8 | p[3];
	return true;
}

/* Absolute loads: also of what is no byte of the packet (linux/filter.h, SKF_AD_OFF). */
static inline bool
load_absolute(struct vm *vm, const struct filter_packet *p, uint32_t k, unsigned size)
{
	if (k < (uint32_t)SKF_AD_OFF)
		return load(vm, k, size);
	switch (k - (uint32_t)SKF_AD_OFF) {
	case SKF_AD_PROTOCOL: vm->a = p->protocol; return true;
	case SKF_AD_IFINDEX: vm->a = p->ifindex; return true;
	case SKF_AD_HATYPE: vm->a = p->hatype; return true;
	case SKF_AD_PKTTYPE: vm->a = p->pkttype; return true;
	case SKF_AD_VLAN_TAG_PRESENT: vm->a = p->vlan_present; return true;
	case SKF_AD_VLAN_TAG: vm->a = p->vlan_tci; return true;
	default: return false;
	}
}

/* A = A op b; false for division by zero. */
static inline bool
alu(struct vm *vm, unsigned op, uint32_t b)
{
	switch (op) {
	case BPF_ADD: vm->a += b; return true;
	case BPF_SUB: vm->a -= b; return true;
	case BPF_MUL: vm->a *= b; return true;
	case BPF_DIV: return b != 0 && (vm->a /= b, true);
	case BPF_MOD: return b != 0 && (vm->a %= b, true);
	case BPF_AND: vm->a &= b; return true;
	case BPF_OR: vm->a |= b; return true;
	case BPF_XOR: vm->a ^= b; return true;
	case BPF_LSH: vm->a = b < 32 ? vm->a << b : 0; return true;
	case BPF_RSH: vm->a = b < 32 ? vm->a >> b : 0; return true;
	case BPF_NEG: vm->a = 0 - vm->a; return true;
	default: return false;
	}
}

static inline bool
taken(unsigned op, uint32_t a, uint32_t b)
{
	switch (op) {
	case BPF_JEQ: return a == b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	default: return (a & b) != 0;
	}
}

/* One instruction a case: long, and flat. */
uint32_t
cbpf_run(const struct cbpf_prog *prog, const struct filter_packet *p)
{
	struct vm vm = { .data = p->data, .caplen = p->caplen };
	for (const struct sock_filter *f = prog->insn;; f++) {
		switch (f->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (!load_absolute(&vm, p, f->k, 4))
				return 0;
			break;
		case BPF_LD | BPF_H | BPF_ABS:
			if (!load(&vm, f->k, 2))
				return 0;
			break;
		case BPF_LD | BPF_B | BPF_ABS:
			if (!load(&vm, f->k, 1))
				return 0;
			break;
		case BPF_LD | BPF_W | BPF_IND:
			if (!load(&vm, (uint64_t)vm.x + f->k, 4))
				return 0;
			break;
		case BPF_LD | BPF_H | BPF_IND:
			if (!load(&vm, (uint64_t)vm.x + f->k, 2))
				return 0;
			break;
		case BPF_LD | BPF_B | BPF_IND:
			if (!load(&vm, (uint64_t)vm.x + f->k, 1))
				return 0;
			break;
		case BPF_LDX | BPF_B | BPF_MSH:
			if (f->k >= vm.caplen)
				return 0;
			vm.x = (vm.data[f->k] & 0xfu) << 2;
			break;
		case BPF_LD | BPF_W | BPF_LEN: vm.a = p->len; break;
		case BPF_LDX | BPF_W | BPF_LEN: vm.x = p->len; break;
		case BPF_LD | BPF_W | BPF_IMM: vm.a = f->k; break;
		case BPF_LDX | BPF_W | BPF_IMM: vm.x = f->k; break;
		case BPF_LD | BPF_W | BPF_MEM: vm.a = vm.m[f->k]; break;
		case BPF_LDX | BPF_W | BPF_MEM: vm.x = vm.m[f->k]; break;
		case BPF_ST: vm.m[f->k] = vm.a; break;
		case BPF_STX: vm.m[f->k] = vm.x; break;
		case BPF_MISC | BPF_TAX: vm.x = vm.a; break;
		case BPF_MISC | BPF_TXA: vm.a = vm.x; break;
		case BPF_RET | BPF_K: return f->k;
		case BPF_JMP | BPF_JA: f += f->k; break;
		default:
			if (BPF_CLASS(f->code) == BPF_ALU) {
				if (!alu(&vm, BPF_OP(f->code),
					    BPF_SRC(f->code) == BPF_X ? vm.x : f->k))
					return 0;
			} else {
				uint32_t b = BPF_SRC(f->code) == BPF_X ? vm.x : f->k;
				f += taken(BPF_OP(f->code), vm.a, b) ? f->jt : f->jf;
			}
			break;
		}
	}
}
