/* emit.c: blocks of the order in, eBPF out: the body of a function that gets the context
 * and a scratch with the packet's first bytes (filter.h, struct filter_pktbuf).
 *
 * r6 context, r7 scratch, r8 the value tested last, r9 the base of the load made last;
 * r0-r2 are for working.  r8 and r9 keep their values from block to block, as far as all
 * ways into a block agree.  Bytes within the scratch are read from it, behind a check of
 * `filled` that is made once for all that an accepting path needs; bytes beyond are read
 * with LD_ABS and LD_IND, whose exit on a packet that is too short means reject. */
#include "ebpf.h"

#include <assert.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "../opcode.h"

#define ISLAND_AFTER 16000 /* instructions; a jump reaches 32,767 */
#define STACK_MAX 30       /* words for slots and for values being worked out */

enum { R0, R1, R2, R_CTX = 6, R_BUF, R_VALUE, R_BASE, R_STACK };

struct state {                            /* at a block's start */
	const struct value *value, *base; /* in R_VALUE, R_BASE; NULL: not known */
	uint32_t checked;                 /* bytes known to be filled */
};

struct fixup { /* a jump whose target has no address yet */
	uint32_t at;
	const struct block *to;
};

struct emit {
	struct arena *arena;
	const struct order *o;
	enum filter_reads reads;
	struct bpf_insn *insn;
	uint32_t count, room;
	struct state now;
	struct fixup *fixup;
	uint32_t fixups, fixup_room;
	uint32_t oldest;            /* first fixup that may be open */
	uint32_t *at;               /* by block index: address */
	unsigned depth;             /* words of stack in use, slots first */
	uint32_t reach;             /* of the scratch */
	const struct block *reject; /* NULL: the graph has none */
	struct diags *diags;
	bool failed;
};

static void
put(struct emit *e, unsigned code, unsigned dst, unsigned src, int off, uint32_t imm)
{
	ARENA_MORE(e->arena, e->insn, e->count, &e->room);
	e->insn[e->count++] = (struct bpf_insn){ .code = (uint8_t)code,
		.dst_reg = dst & 15,
		.src_reg = src & 15,
		.off = (int16_t)off,
		.imm = (int32_t)imm };
}

/* A jump to be filled in when the target's address is known. */
static void
jump(struct emit *e, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *to)
{
	ARENA_MORE(e->arena, e->fixup, e->fixups, &e->fixup_room);
	e->fixup[e->fixups++] = (struct fixup){ e->count, to };
	put(e, code, dst, src, 0, imm);
}

/* Where failed checks go when the graph's own reject is behind us, or there is none:
 * jumps go forward only.  It is written at the end. */
static const struct block own_reject = { .kind = BLOCK_REJECT, .index = UINT32_MAX };

static const struct block *
find_reject(const struct order *o)
{
	for (uint32_t i = o->count; i-- > 0;)
		if (o->block[i]->kind == BLOCK_REJECT)
			return o->block[i];
	return NULL;
}

static const struct block *
reject_target(const struct emit *e)
{
	return e->reject != NULL && e->at[e->reject->index] == 0 ? e->reject
								 : &own_reject;
}

/* --- values ---------------------------------------------------------------------- */

/* Rejects unless `bytes` are filled. */
static void
check(struct emit *e, uint32_t bytes)
{
	if (e->now.checked >= bytes)
		return;
	put(e, BPF_LDX | BPF_MEM | BPF_W, R1, R_BUF,
		offsetof(struct filter_pktbuf, filled), 0);
	jump(e, BPF_JMP32 | BPF_JLT | BPF_K, R1, 0, bytes, reject_target(e));
	e->now.checked = bytes;
	if (bytes > e->reach)
		e->reach = bytes;
}

static void
to_host_order(struct emit *e, unsigned reg, unsigned size)
{
	if (size > 1)
		put(e, BPF_ALU | BPF_END | BPF_TO_BE, reg, 0, 0, 8 * size);
}

static void eval(struct emit *, const struct value *, unsigned dst);

/* What a kept register has from here on; NULL: nothing that is known. */
static void
holds(struct emit *e, unsigned reg, const struct value *v)
{
	if (reg == R_VALUE)
		e->now.value = v;
	if (reg == R_BASE)
		e->now.base = v;
}

/* Bytes that are read from the context: clobbers r0-r5. */
static void
load_far(struct emit *e, const struct value *v, unsigned dst)
{
	unsigned mode = v->a != NULL ? BPF_IND : BPF_ABS;
	if (v->a != NULL)
		eval(e, v->a, R_BASE);
	put(e, BPF_LD | mode | opcode_size(v->size), 0, v->a != NULL ? R_BASE : 0, 0,
		v->k);
	if (dst != R0)
		put(e, BPF_ALU | BPF_MOV | BPF_X, dst, R0, 0, 0);
}

static void
load(struct emit *e, const struct value *v, unsigned dst)
{
	uint32_t off;
	uint64_t end = (uint64_t)(v->a != NULL ? v->a->hi : 0) + v->k + v->size;
	bool header = v->a != NULL && e->reads == FILTER_READS_SCRATCH &&
		      value_is_header_length(v->a, &off);
	if (end > FILTER_SCRATCH || (v->a != NULL && !header)) {
		load_far(e, v, dst);
		return;
	}
	int field = (int)(offsetof(struct filter_pktbuf, data) + v->k);
	if (v->a == NULL) {
		check(e, (uint32_t)end);
		put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst, R_BUF, field, 0);
		to_host_order(e, dst, v->size);
		return;
	}
	if (e->now.base != v->a)
		eval(e, v->a, R_BASE);
	if (end > e->reach)
		e->reach = (uint32_t)end;
	if (e->now.checked < end) {
		put(e, BPF_ALU | BPF_MOV | BPF_X, R1, R_BASE, 0, 0);
		put(e, BPF_ALU | BPF_ADD | BPF_K, R1, 0, 0, v->k + v->size);
		put(e, BPF_LDX | BPF_MEM | BPF_W, R2, R_BUF,
			offsetof(struct filter_pktbuf, filled), 0);
		jump(e, BPF_JMP32 | BPF_JLT | BPF_X, R2, R1, 0, reject_target(e));
	}
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R1, R_BUF, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R1, R_BASE, 0, 0);
	put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst, R1, field, 0);
	to_host_order(e, dst, v->size);
}

/* dst = a, and b in r1.  Both may clobber r0-r5, so a waits on the stack. */
static void
eval_both(struct emit *e, const struct value *a, const struct value *b, unsigned dst)
{
	eval(e, a, R0);
	if (e->depth == STACK_MAX) {
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
		jump(e, BPF_JMP32 | BPF_JEQ | BPF_K, R1, 0, 0, reject_target(e));
	put(e, BPF_ALU | opcode_alu(v->op) | BPF_X, dst, R1, 0, 0);
}

static int
slot_cell(const struct value *slot)
{
	return -8 * (int)(slot->k + 1);
}

static int
meta_field(enum meta meta)
{
	static const size_t field[METAS] = {
		[META_PROTOCOL] = offsetof(struct filter_pktbuf, protocol),
		[META_IFINDEX] = offsetof(struct filter_pktbuf, ifindex),
		[META_HATYPE] = offsetof(struct filter_pktbuf, hatype),
		[META_PKTTYPE] = offsetof(struct filter_pktbuf, pkttype),
		[META_VLAN_PRESENT] = offsetof(struct filter_pktbuf, vlan_present),
		[META_VLAN_TCI] = offsetof(struct filter_pktbuf, vlan_tci),
	};
	return (int)field[meta];
}

/* dst = v, 32 bits, upper half zero.  dst is r0, r1, r8 or r9; r0-r5 are clobbered.
 * Recursive: values are of bounded depth. */
static void
eval(struct emit *e, const struct value *v, unsigned dst)
{
	if (e->failed)
		return;
	if (e->now.value == v || e->now.base == v) {
		unsigned from = e->now.value == v ? R_VALUE : R_BASE;
		if (from != dst)
			put(e, BPF_ALU | BPF_MOV | BPF_X, dst, from, 0, 0);
		return;
	}
	switch (v->kind) {
	case VALUE_CONST: put(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, v->k); break;
	case VALUE_LEN:
		put(e, BPF_LDX | BPF_MEM | BPF_W, dst, R_BUF,
			offsetof(struct filter_pktbuf, len), 0);
		break;
	case VALUE_META:
		put(e, BPF_LDX | BPF_MEM | BPF_W, dst, R_BUF, meta_field(v->meta), 0);
		break;
	case VALUE_LOAD: load(e, v, dst); break;
	case VALUE_ARITH: arith(e, v, dst); break;
	case VALUE_SLOT:
		put(e, BPF_LDX | BPF_MEM | BPF_W, dst, R_STACK, slot_cell(v), 0);
		break;
	case VALUE_FAULT: assert(!"the graph tests no such value"); break;
	}
	holds(e, dst, v);
}

/* --- blocks ---------------------------------------------------------------------- */

/* The opposite condition, or 0 where there is none (JSET). */
static unsigned
opposite(unsigned code)
{
	switch (BPF_OP(code)) {
	case BPF_JEQ: return (code & ~0xf0u) | BPF_JNE;
	case BPF_JGT: return (code & ~0xf0u) | BPF_JLE;
	case BPF_JGE: return (code & ~0xf0u) | BPF_JLT;
	default: return 0;
	}
}

/* The hoisted check: with fewer bytes no way from here accepts. */
static void
check_extent(struct emit *e, const struct block *b)
{
	uint32_t need = b->extent < FILTER_SCRATCH ? b->extent : FILTER_SCRATCH;
	if (b->jt != NULL && b->extent != UINT32_MAX)
		check(e, need);
}

static void
emit_test(struct emit *e, const struct block *b, const struct block *next)
{
	unsigned code = BPF_JMP32 | opcode_jump(b->compare);
	unsigned reg = R_VALUE, rhs = 0;
	if (b->rhs != NULL) {
		eval_both(e, b->v, b->rhs, R0);
		code |= BPF_X;
		reg = R0;
		rhs = R1;
	} else {
		eval(e, b->v, R_VALUE);
		code |= BPF_K;
	}
	unsigned inverse = opposite(code);
	if (b->jt == next && inverse != 0) {
		jump(e, inverse, reg, rhs, b->k, b->jf);
		return;
	}
	jump(e, code, reg, rhs, b->k, b->jt);
	if (b->jf != next)
		jump(e, BPF_JMP | BPF_JA, 0, 0, 0, b->jf);
}

static void
emit_bind(struct emit *e, const struct block *b, const struct block *next)
{
	uint16_t bit = b->slot->slots;
	eval(e, b->v, R_VALUE);
	put(e, BPF_STX | BPF_MEM | BPF_DW, R_STACK, R_VALUE, slot_cell(b->slot), 0);
	e->now.value = b->slot;
	if (e->now.base != NULL && (e->now.base->slots & bit))
		e->now.base = NULL;
	if (b->jt != next)
		jump(e, BPF_JMP | BPF_JA, 0, 0, 0, b->jt);
}

static void
emit_exit(struct emit *e, const struct block *b)
{
	put(e, BPF_ALU | BPF_MOV | BPF_K, R0, 0, 0,
		b->kind == BLOCK_ACCEPT ? e->o->snaplen : 0);
	put(e, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

static void
resolve_fixup(struct emit *e, struct fixup *f, uint32_t target)
{
	assert(target > f->at && target - f->at - 1 <= INT16_MAX); /* islands see to it */
	e->insn[f->at].off = (int16_t)(target - f->at - 1);
	f->to = NULL;
}

/* Index of the first jump whose target has no place yet. */
static uint32_t
first_open(struct emit *e)
{
	for (; e->oldest < e->fixups; e->oldest++) {
		struct fixup *f = &e->fixup[e->oldest];
		if (f->to == NULL)
			continue;
		if (f->to->index == UINT32_MAX || e->at[f->to->index] == 0)
			break;
		resolve_fixup(e, f, e->at[f->to->index]);
	}
	return e->oldest;
}

/* All open jumps to what fixup `i` leads to, up to fixup `end`, lead to here. */
static void
resolve_alike(struct emit *e, uint32_t i, uint32_t end)
{
	const struct block *to = e->fixup[i].to;
	for (; i < end; i++)
		if (e->fixup[i].to == to)
			resolve_fixup(e, &e->fixup[i], e->count);
}

/* Jumps that have come far without meeting their target are met here: by a copy of the
 * exit, or by a jump that goes on. */
static void
emit_island(struct emit *e)
{
	uint32_t over = e->count, end = e->fixups;
	unsigned last = e->insn[over - 1].code;
	bool falls = last != (BPF_JMP | BPF_JA) && last != (BPF_JMP | BPF_EXIT);
	if (falls)
		put(e, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	for (uint32_t i = e->oldest; i < end; i++) {
		const struct block *to = e->fixup[i].to;
		if (to == NULL || (to->index != UINT32_MAX && e->at[to->index] != 0))
			continue;
		resolve_alike(e, i, end);
		if (to->jt != NULL)
			jump(e, BPF_JMP | BPF_JA, 0, 0, 0, to);
		else
			emit_exit(e, to);
	}
	if (falls)
		e->insn[over].off = (int16_t)(e->count - over - 1);
}

static void
arrive(struct emit *e, struct state *at, bool *seen, const struct block *b)
{
	struct state *s = &at[b->index];
	if (!seen[b->index])
		*s = e->now;
	if (s->value != e->now.value)
		s->value = NULL;
	if (s->base != e->now.base)
		s->base = NULL;
	if (s->checked > e->now.checked)
		s->checked = e->now.checked;
	seen[b->index] = true;
}

static void
emit_blocks(struct emit *e)
{
	const struct order *o = e->o;
	struct state *at = ARENA_ARRAY(e->arena, o->count, struct state);
	bool *seen = ARENA_ARRAY(e->arena, o->count, bool);
	for (uint32_t i = 0; i < o->count && !e->failed; i++) {
		const struct block *b = o->block[i];
		if (first_open(e) < e->fixups &&
			e->count - e->fixup[e->oldest].at > ISLAND_AFTER)
			emit_island(e);
		e->at[i] = e->count;
		e->now = at[i];
		if (b->jt == NULL) {
			emit_exit(e, b);
			continue;
		}
		const struct block *next = i + 1 < o->count ? o->block[i + 1] : NULL;
		check_extent(e, b);
		if (b->kind == BLOCK_BIND)
			emit_bind(e, b, next);
		else
			emit_test(e, b, next);
		arrive(e, at, seen, b->jt);
		if (b->jf != NULL)
			arrive(e, at, seen, b->jf);
	}
}

bool
ebpf_emit(const struct order *o, enum filter_reads reads, struct arena *scratch,
	struct filter_ebpf *out, struct diags *ds)
{
	struct emit e = { .arena = scratch,
		.o = o,
		.reads = reads,
		.at = ARENA_ARRAY(scratch, o->count, uint32_t),
		.reject = find_reject(o),
		.depth = o->slots,
		.diags = ds };
	put(&e, BPF_ALU64 | BPF_MOV | BPF_X, R_CTX, R1, 0, 0);
	put(&e, BPF_ALU64 | BPF_MOV | BPF_X, R_BUF, R2, 0, 0);
	emit_blocks(&e);
	if (e.failed) {
		diags_error(ds, DIAG_REGISTERS, (struct span){ 0, 0 },
			"too many registers needed to evaluate expression");
		diags_hint(ds, "split the arithmetic into several relations");
		return false;
	}
	uint32_t reject_at = e.count;
	if (first_open(&e) < e.fixups) /* only of a reject that has no block */
		emit_exit(&e, &own_reject);
	while (first_open(&e) < e.fixups)
		resolve_fixup(&e, &e.fixup[e.oldest], reject_at);
	out->insns = malloc(e.count * sizeof(*out->insns));
	if (out->insns == NULL)
		abort();
	memcpy(out->insns, e.insn, e.count * sizeof(*out->insns));
	out->count = e.count;
	out->reach = e.reach;
	return true;
}
