/* vm.c: an interpreter of what eBPF filters need, to hold the prover against: a body, its
 * way of reading, and a packet in; what it returns out.
 *
 * Addresses are made up: the upper bits name a piece of memory, the lower ones a place in
 * it.  What is outside of the piece is not read, but told. */
#include "vm.h"

#include <arpa/inet.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <string.h>

#define REGION(n) ((uint64_t)(n) << 40)
#define STACK 512

enum { CONTEXT = 1, SCRATCH, PACKET, MEMORY, FRAME, DATA, REGIONS };

struct vm {
	const struct filter_ebpf *body;
	const struct filter_witness *w;
	bool xdp, stray;
	uint64_t r[11];
	uint8_t stack[STACK];
	bool written[STACK];
	struct filter_pktbuf buf;
	struct __sk_buff skb;
	struct xdp_md md;
	struct {
		const void *at;
		uint64_t size;
	} region[REGIONS];
};

static uint64_t
astray(struct vm *v)
{
	v->stray = true;
	return 0;
}

/* The packet's addresses do not fit into a field of the context. */
static uint64_t
from_context(const struct vm *v, uint64_t at, uint64_t otherwise)
{
	const size_t data =
		v->xdp ? offsetof(struct xdp_md, data) : offsetof(struct __sk_buff, data);
	const size_t end = v->xdp ? offsetof(struct xdp_md, data_end)
				  : offsetof(struct __sk_buff, data_end);
	if (at == data)
		return REGION(PACKET);
	return at == end ? REGION(PACKET) + v->w->piece : otherwise;
}

static uint64_t
load(struct vm *v, uint64_t address, unsigned size)
{
	const uint64_t which = address >> 40, at = address & (REGION(1) - 1);
	uint64_t n = 0;
	if (which == 0 || which >= REGIONS || at + size > v->region[which].size)
		return astray(v);
	if (which == SCRATCH &&
		at + size > offsetof(struct filter_pktbuf, data) + v->buf.filled)
		return astray(v);
	for (unsigned i = 0; which == FRAME && i < size; i++)
		v->stray |= !v->written[at + i];
	memcpy(&n, (const uint8_t *)v->region[which].at + at, size);
	return which == CONTEXT ? from_context(v, at, n) : n;
}

static void
store(struct vm *v, uint64_t address, uint64_t n, unsigned size)
{
	const uint64_t at = address & (REGION(1) - 1);
	if (address >> 40 != FRAME || at + size > STACK) {
		astray(v);
		return;
	}
	memcpy(v->stack + at, &n, size);
	memset(v->written + at, true, size);
}

/* Bytes of the packet, in network order; false: it ends before. */
static bool
packet(const struct vm *v, uint64_t at, unsigned size, uint64_t *out)
{
	const struct filter_packet *p = &v->w->packet;
	if (at > p->caplen || p->caplen - at < size)
		return false;
	*out = 0;
	for (unsigned i = 0; i < size; i++)
		*out = *out << 8 | p->data[at + i];
	return true;
}

static unsigned
size_of(unsigned code)
{
	static const unsigned sizes[4] = { 4, 2, 1, 8 };
	return sizes[BPF_SIZE(code) >> 3];
}

static uint64_t
alu(struct vm *v, const struct bpf_insn *i, uint64_t a, uint64_t b)
{
	const bool wide = BPF_CLASS(i->code) == BPF_ALU64;
	if (!wide) {
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	v->stray |= (BPF_OP(i->code) == BPF_LSH || BPF_OP(i->code) == BPF_RSH) &&
		    b >= (wide ? 64 : 32);
	switch (BPF_OP(i->code)) {
	case BPF_ADD: a += b; break;
	case BPF_SUB: a -= b; break;
	case BPF_MUL: a *= b; break;
	case BPF_DIV: a = b != 0 ? a / b : 0; break;
	case BPF_MOD: a = b != 0 ? a % b : a; break;
	case BPF_OR: a |= b; break;
	case BPF_AND: a &= b; break;
	case BPF_XOR: a ^= b; break;
	case BPF_LSH: a <<= b & 63; break;
	case BPF_RSH: a >>= b & 63; break;
	case BPF_ARSH: a = (uint64_t)((int64_t)a >> (b & 63)); break;
	case BPF_MOV: a = b; break;
	case BPF_END: a = i->imm == 16 ? ntohs((uint16_t)a) : ntohl((uint32_t)a); break;
	default: return astray(v);
	}
	return wide ? a : (uint32_t)a;
}

static bool
jumps(struct vm *v, const struct bpf_insn *i, uint64_t a, uint64_t b)
{
	int64_t x = (int64_t)a, y = (int64_t)b;
	if (BPF_CLASS(i->code) == BPF_JMP32) {
		x = (int32_t)a;
		y = (int32_t)b;
		a = (uint32_t)a;
		b = (uint32_t)b;
	}
	switch (BPF_OP(i->code)) {
	case BPF_JA: return true;
	case BPF_JEQ: return a == b;
	case BPF_JNE: return a != b;
	case BPF_JGT: return a > b;
	case BPF_JGE: return a >= b;
	case BPF_JLT: return a < b;
	case BPF_JLE: return a <= b;
	case BPF_JSET: return (a & b) != 0;
	case BPF_JSGT: return x > y;
	case BPF_JSGE: return x >= y;
	}
	return astray(v) != 0;
}

static void
call(struct vm *v, int32_t helper)
{
	uint64_t n = 0, *r = v->r;
	const bool probe = helper == 113;
	const uint64_t to = probe ? r[1] : r[3], size = probe ? r[2] : r[4];
	const uint64_t at = probe ? r[3] - REGION(MEMORY) : r[2];
	r[0] = v->w->packet.len; /* 188: bpf_xdp_get_buff_len */
	if (helper == 188)
		return;
	if ((!probe && helper != 189) || size > 4) {
		astray(v);
		return;
	}
	r[0] = packet(v, at, (unsigned)size, &n) ? 0 : (uint64_t)-14;
	v->stray |= probe && r[0] != 0;
	n = size == 4 ? htonl((uint32_t)n) : size == 2 ? htons((uint16_t)n) : n;
	store(v, to, n, (unsigned)size);
}

/* How much further it goes on; 0: no further, r0 is returned. */
static int
step(struct vm *v, const struct bpf_insn *i)
{
	uint64_t *dst = &v->r[i->dst_reg], *r = v->r;
	const uint64_t src =
		BPF_SRC(i->code) == BPF_X ? r[i->src_reg] : (uint64_t)(int64_t)i->imm;
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64: *dst = alu(v, i, *dst, src); return 1;
	case BPF_LDX:
		*dst = load(
			v, r[i->src_reg] + (uint64_t)(int64_t)i->off, size_of(i->code));
		return 1;
	case BPF_STX:
		store(v, *dst + (uint64_t)(int64_t)i->off, r[i->src_reg],
			size_of(i->code));
		return 1;
	case BPF_LD:
		if (BPF_MODE(i->code) == BPF_IMM) {
			*dst = REGION(DATA) + (uint32_t)i[1].imm;
			return 2;
		}
		if (packet(v,
			    (uint32_t)i->imm +
				    (BPF_MODE(i->code) == BPF_IND ? r[i->src_reg] : 0),
			    size_of(i->code), &r[0]))
			return 1;
		r[0] = 0;
		return 0;
	default:
		if (i->code == (BPF_JMP | BPF_EXIT))
			return 0;
		if (i->code == (BPF_JMP | BPF_CALL))
			call(v, i->imm);
		else if (jumps(v, i, *dst, src))
			return 1 + i->off;
		return 1;
	}
}

static void
fill(struct vm *v)
{
	const struct filter_packet *p = &v->w->packet;
	const uint32_t filled = p->caplen < v->body->reach ? p->caplen : v->body->reach;
	v->buf = (struct filter_pktbuf){ .len = p->len,
		.filled = filled,
		.ifindex = p->ifindex,
		.protocol = p->protocol,
		.hatype = p->hatype,
		.pkttype = p->pkttype,
		.vlan_present = p->vlan_present,
		.vlan_tci = p->vlan_tci,
		.address = REGION(MEMORY),
		.linear = p->caplen };
	memcpy(v->buf.data, p->data, filled);
	v->skb = (struct __sk_buff){ .len = p->len,
		.pkt_type = p->pkttype,
		.protocol = htons(p->protocol),
		.vlan_present = p->vlan_present,
		.vlan_tci = p->vlan_tci,
		.ifindex = p->ifindex };
	v->md = (struct xdp_md){ .ingress_ifindex = p->ifindex };
}

static void
begin(struct vm *v, enum filter_reads reads)
{
	v->r[1] = REGION(CONTEXT);
	v->r[2] = REGION(SCRATCH);
	if (reads == FILTER_READS_MEMORY)
		v->r[1] = REGION(SCRATCH);
	if (reads == FILTER_READS_BUFFER) {
		v->r[1] = REGION(PACKET);
		v->r[2] = v->w->packet.caplen;
	}
	v->r[10] = REGION(FRAME) + STACK;
}

uint32_t
vm_run(const struct filter_ebpf *body, enum filter_reads reads,
	const struct filter_witness *w, bool *stray)
{
	struct vm v = { .body = body, .w = w };
	v.xdp = reads == FILTER_READS_XDP || reads == FILTER_READS_XDP_FRAGS ||
		reads == FILTER_READS_XDP_SCRATCH;
	fill(&v);
	begin(&v, reads);
	v.region[CONTEXT].at = v.xdp ? (const void *)&v.md : &v.skb;
	v.region[CONTEXT].size = v.xdp ? sizeof(v.md) : sizeof(v.skb);
	v.region[SCRATCH].at = &v.buf;
	v.region[SCRATCH].size = sizeof(v.buf);
	v.region[PACKET].at = w->packet.data;
	v.region[PACKET].size = w->piece;
	v.region[FRAME].at = v.stack;
	v.region[FRAME].size = STACK;
	v.region[DATA].at = body->data;
	v.region[DATA].size = body->data_size;
	int on = 1;
	for (size_t at = 0; on != 0 && at < body->count; at += (size_t)on)
		on = step(&v, &body->insns[at]);
	*stray = v.stray;
	return (uint32_t)v.r[0];
}
