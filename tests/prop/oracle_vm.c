/* oracle_vm.c: packets come in, verdicts of libpcap's program go out.  The instructions
 * are those of McCanne and Jacobson, "The BSD Packet Filter" (USENIX 1993), with the
 * later modulus and exclusive or. */
#include <stddef.h>

#include "../gen/rng.h"
#include "adapt.h"
#include "oracle.h"

#define ADDRESS_END (1u << 31)
#define HEADERS_MAX 16 /* that protochain looks at; the program itself has no limit */

static bool
is_captured(const struct oracle *o, const struct view *v, uint32_t at)
{
	return (o->instead && o->instead->place ? o->instead->place(at) : at) < v->caplen;
}

static uint8_t
filled_byte(const struct oracle *o, const struct view *v, uint32_t at)
{
	if (o->instead && o->instead->place)
		at = o->instead->place(at);
	if (at < v->caplen)
		return o->instead && o->instead->value
			       ? o->instead->value(at, v->data[at])
			       : v->data[at];
	if (v->fill == FILL_NOISE)
		return (uint8_t)rng_mix(v->seed + at);
	return v->fill == FILL_ONES ? 0xff : 0;
}

/* OUTCOME_ACCEPT: *out is loaded; else what the packet's verdict is now. */
static enum outcome
load(const struct oracle *o, const struct view *v, uint32_t at, uint32_t size,
	uint32_t *out)
{
	uint32_t value = 0;

	/* Inside, it may be a byte of the outer packet.  A length of a radio header that
	 * no packet has makes libpcap reject before it has tested anything. */
	if (at > ADDRESS_END - size)
		return v->inside || o->radio ? OUTCOME_NONE : OUTCOME_REJECT;
	for (uint32_t i = 0; i < size; i++) {
		if (v->fill == FILL_NONE && !is_captured(o, v, at + i))
			return OUTCOME_BEYOND;
		value = value << 8 | filled_byte(o, v, at + i);
	}
	*out = value;
	return OUTCOME_ACCEPT;
}

struct machine {
	const struct oracle *oracle;
	uint32_t a, x, mem[BPF_MEMWORDS];
	uint32_t written[BPF_MEMWORDS]; /* by which instruction, from 1 on; 0: none */
	bool wrapped;                   /* the sum of an address did not fit 32 bits */
	const struct bpf_insn *loop;    /* where the last jump back went, */
	unsigned rounds;                /* and how often */
};

static uint32_t
index_of(const struct machine *m, const struct bpf_insn *i)
{
	return (uint32_t)(i - m->oracle->program.bf_insns);
}

/* A cell that was never written is read where an encapsulation that the text has passed
 * is not in the packet (`geneve or ip`): what libpcap then says is chance. */
static enum outcome
recall(const struct machine *m, const struct bpf_insn *i, uint32_t *out)
{
	const uint32_t by = m->written[i->k];
	const uint32_t *since = m->oracle->since;

	*out = m->mem[i->k];
	return by && (!since || by > since[index_of(m, i)]) ? OUTCOME_ACCEPT
							    : OUTCOME_NONE;
}

static void
store(struct machine *m, const struct bpf_insn *i, uint32_t value)
{
	m->mem[i->k] = value;
	m->written[i->k] = index_of(m, i) + 1;
}

/* False: division by zero. */
static bool
alu(struct machine *m, const struct bpf_insn *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_ADD: m->a += b; break;
	case BPF_SUB: m->a -= b; break;
	case BPF_MUL: m->a *= b; break;
	case BPF_DIV:
	case BPF_MOD:
		if (b == 0)
			return false;
		m->a = BPF_OP(i->code) == BPF_DIV ? m->a / b : m->a % b;
		break;
	case BPF_AND: m->a &= b; break;
	case BPF_OR: m->a |= b; break;
	case BPF_XOR: m->a ^= b; break;
	case BPF_LSH: m->a = b < 32 ? m->a << b : 0; break;
	case BPF_RSH: m->a = b < 32 ? m->a >> b : 0; break;
	case BPF_NEG: m->a = -m->a; break;
	}
	return true;
}

static bool
holds(const struct machine *m, const struct bpf_insn *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_JEQ: return m->a == b;
	case BPF_JGT: return m->a > b;
	case BPF_JGE: return m->a >= b;
	case BPF_JSET: return (m->a & b) != 0;
	}
	return true;
}

/* The family of a BSD loopback packet is in the byte order of the machine that wrote it;
 * all families are below 256.  libpcap 1.10.3 looks for this machine's order only. */
static uint32_t
in_our_order(uint32_t family)
{
	const bool swapped =
		BYTE_ORDER == BIG_ENDIAN ? (family & 0xffffff) == 0 : family < 256;

	return swapped ? __builtin_bswap32(family) : family;
}

static enum outcome
load_abs(struct machine *m, const struct bpf_insn *i, uint32_t size, const struct view *v)
{
	const enum outcome got = load(m->oracle, v, i->k, size, &m->a);

	if (m->oracle->both_orders && i->k == 0 && size == 4)
		m->a = in_our_order(m->a);
	return got;
}

/* Loads into A; result as of load(). */
static enum outcome
load_a(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	const uint32_t size = BPF_SIZE(i->code) == BPF_W   ? 4
			      : BPF_SIZE(i->code) == BPF_H ? 2
							   : 1;

	enum outcome got = OUTCOME_ACCEPT;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM: m->a = i->k; break;
	case BPF_LEN: m->a = v->len; break;
	case BPF_MEM: return recall(m, i, &m->a);
	case BPF_ABS: got = load_abs(m, i, size, v); break;
	case BPF_IND:
		m->wrapped |= m->x + i->k < m->x;
		got = load(m->oracle, v, m->x + i->k, size, &m->a);
		break;
	}
	if (i->jt == ADAPT_LOW5)
		m->a &= 31;
	return got;
}

static enum outcome
load_x(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	uint32_t byte;
	enum outcome got;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM: m->x = i->k; break;
	case BPF_LEN: m->x = v->len; break;
	case BPF_MEM: return recall(m, i, &m->x);
	case BPF_MSH:
		got = load(m->oracle, v, i->k, 1, &byte);
		if (got != OUTCOME_ACCEPT)
			return got;
		m->x = (byte & 15) << 2;
		break;
	}
	return OUTCOME_ACCEPT;
}

/* The distance of a jump.  One that goes back is a round of protochain: past one header.
 */
static int32_t
jump(struct machine *m, const struct bpf_insn *i)
{
	const int32_t by = BPF_OP(i->code) == BPF_JA ? (int32_t)i->k
			   : holds(m, i)             ? i->jt
						     : i->jf;

	if (by < 0) {
		m->rounds = m->loop == i + by ? m->rounds + 1 : 1;
		m->loop = i + by;
	}
	return by;
}

/* libpcap has validated the program: jumps stay inside, scratch cells exist. */
static enum outcome
run(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	for (;; i++) {
		enum outcome got = OUTCOME_ACCEPT;

		switch (BPF_CLASS(i->code)) {
		case BPF_LD: got = load_a(m, i, v); break;
		case BPF_LDX: got = load_x(m, i, v); break;
		case BPF_ST: store(m, i, m->a); break;
		case BPF_STX: store(m, i, m->x); break;
		case BPF_ALU: got = alu(m, i) ? OUTCOME_ACCEPT : OUTCOME_REJECT; break;
		case BPF_JMP: i += jump(m, i); break;
		case BPF_RET: return i->k ? OUTCOME_ACCEPT : OUTCOME_REJECT;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m->x = m->a;
			else
				m->a = m->x;
			break;
		}
		if (got != OUTCOME_ACCEPT)
			return got;
		if (m->rounds > HEADERS_MAX)
			return OUTCOME_NONE;
	}
}

enum outcome
oracle_run(const struct oracle *o, const struct view *v)
{
	struct machine m = { .oracle = o };

	if (o->silent)
		return OUTCOME_NONE;
	if (o->instead && o->instead->magic) {
		uint32_t word;
		const enum outcome got = load(o, v, o->instead->magic_at, 4, &word);

		if (got != OUTCOME_ACCEPT || word != o->instead->magic)
			return got != OUTCOME_ACCEPT ? got : OUTCOME_REJECT;
	}
	return run(&m, o->program.bf_insns, v);
}

bool
oracle_confirmed(const struct oracle *o, const struct view *v)
{
	struct machine m = { .oracle = o };
	const enum outcome ours = run(&m, o->program.bf_insns, v);
	unsigned theirs;

	/* Other bytes, other instructions; an endless loop. */
	if (o->instead || o->foreign || o->both_orders || ours == OUTCOME_NONE)
		return true;
	theirs = bpf_filter(o->program.bf_insns, v->data, v->len, v->caplen);
	return m.wrapped ? theirs == 0 || ours == OUTCOME_ACCEPT
			 : (theirs != 0) == (ours == OUTCOME_ACCEPT);
}
