/* emit.c: blocks of the order in, eBPF out: the body of a function that gets what its
 * hook gives it (filter.h, enum filter_reads).
 *
 * Bytes are read behind a check that is made once for all that an accepting path needs.
 * Jumps go forward only; where they would get too long, islands meet them. */
#include "emit.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../broken.h"
#include "../opcode.h"
#include "ebpf.h"

#define ISLAND_AFTER 16000 /* instructions; a jump reaches 32,767 */
#define ISLAND_MAX 8000    /* jumps that go on from one; it has to get somewhere */

/* Jumps, behind which exits are jumped to by turns.  The verifier goes on behind a
 * conditional jump first, and refuses more than 8,192 whose targets it has yet to look at
 * (kernel/bpf/verifier.c, push_stack): so a long row of tests jumps over its exits. */
#define TURN_AFTER 1000

void
put(struct emit *e, unsigned code, unsigned dst, unsigned src, int off, uint32_t imm)
{
	ARENA_MORE(e->arena, e->insn, e->count, &e->room);
	e->insn[e->count++] = (struct bpf_insn){ .code = (uint8_t)code,
		.dst_reg = dst & 15,
		.src_reg = src & 15,
		.off = (int16_t)off,
		.imm = (int32_t)imm };
}

void
jump(struct emit *e, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *to)
{
	ARENA_MORE(e->arena, e->fixup, e->fixups, &e->fixup_room);
	e->fixup[e->fixups++] = (struct fixup){ e->count, to };
	put(e, code, dst, src, 0, imm);
}

/* The opposite condition, or 0 where there is none (JSET). */
static unsigned
opposite(unsigned code)
{
	static const uint8_t inverse[16] = {
		[BPF_JEQ >> 4] = BPF_JNE,
		[BPF_JNE >> 4] = BPF_JEQ,
		[BPF_JGT >> 4] = BPF_JLE,
		[BPF_JLE >> 4] = BPF_JGT,
		[BPF_JGE >> 4] = BPF_JLT,
		[BPF_JLT >> 4] = BPF_JGE,
	};
	const unsigned to = inverse[BPF_OP(code) >> 4];
	if (IS_BROKEN(OPPOSITE) && to == BPF_JLE)
		return (code & ~0xf0u) | BPF_JLT;
	return to != 0 ? (code & ~0xf0u) | to : 0;
}

void
leave(struct emit *e, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *to)
{
	const unsigned inverse = opposite(code);
	if (e->fixups < TURN_AFTER || inverse == 0) {
		jump(e, code, dst, src, imm, to);
		return;
	}
	put(e, inverse, dst, src, 1, imm);
	jump(e, BPF_JMP | BPF_JA, 0, 0, 0, to);
	e->passed = e->count;
}

/* Exits that are no blocks of the order, or whose block is behind us: they are written at
 * the end. */
#define NOT_IN_ROW UINT32_MAX
static const struct block own_reject = { .kind = BLOCK_REJECT, .index = NOT_IN_ROW };
static const struct block own_beyond = { .kind = BLOCK_REJECT, .index = NOT_IN_ROW };

static const struct block *
find_reject(const struct order *o)
{
	for (uint32_t i = o->count; i-- > 0;)
		if (o->block[i]->kind == BLOCK_REJECT)
			return o->block[i];
	return NULL;
}

const struct block *
reject_target(const struct emit *e)
{
	return e->reject != NULL && e->at[e->reject->index] == 0 ? e->reject
								 : &own_reject;
}

const struct block *
beyond_target(const struct emit *e)
{
	return e->hook->beyond == 0 || IS_BROKEN(BEYOND) ? reject_target(e) : &own_beyond;
}

/* --- blocks ---------------------------------------------------------------------- */

/* The hoisted check: with fewer bytes no way from here accepts. */
static void
check_extent(struct emit *e, const struct block *b)
{
	uint32_t most = e->hook->extent_max;
	uint32_t need = b->extent < most ? b->extent : most;
	if (b->jt != NULL && b->extent != UINT32_MAX && e->now.checked < need)
		e->hook->check(e, need);
}

void
branch(struct emit *e, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *b, const struct block *next)
{
	unsigned inverse = opposite(code);
	if (b->jt == next && inverse != 0) {
		(b->jf->jt == NULL ? leave : jump)(e, inverse, dst, src, imm, b->jf);
		return;
	}
	(b->jt->jt == NULL ? leave : jump)(e, code, dst, src, imm, b->jt);
	if (b->jf != next)
		jump(e, BPF_JMP | BPF_JA, 0, 0, 0, b->jf);
}

static void
emit_test(struct emit *e, const struct block *b, const struct block *next)
{
	unsigned code = BPF_JMP32 | opcode_jump(b->compare);
	if (IS_BROKEN(SIGNED) && b->compare == CMP_GT)
		code = BPF_JMP32 | BPF_JSGT;
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
	branch(e, code, reg, rhs, b->k, b, next);
}

static void
emit_bind(struct emit *e, const struct block *b, const struct block *next)
{
	uint16_t bit = b->slot->slots;
	eval(e, b->v, R_VALUE);
	put(e, BPF_STX | BPF_MEM | BPF_DW, R_STACK, R_VALUE, slot_cell(e, b->slot), 0);
	e->now.value = b->slot;
	if (e->now.base != NULL && (e->now.base->slots & bit))
		e->now.base = NULL;
	if (b->jt != next)
		jump(e, BPF_JMP | BPF_JA, 0, 0, 0, b->jt);
}

static void
emit_exit(struct emit *e, const struct block *b)
{
	uint32_t verdict = b->kind == BLOCK_ACCEPT ? e->o->snaplen : 0;
	put(e, BPF_ALU | BPF_MOV | BPF_K, R0, 0, 0,
		b == &own_beyond ? e->hook->beyond : verdict);
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
		if (f->to->index == NOT_IN_ROW || e->at[f->to->index] == 0)
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
	origin_mark(e, NULL);
	unsigned last = e->insn[over - 1].code;
	bool falls = (last != (BPF_JMP | BPF_JA) && last != (BPF_JMP | BPF_EXIT)) ||
		     e->passed == over;
	if (falls)
		put(e, BPF_JMP | BPF_JA, 0, 0, 0, 0);
	for (uint32_t i = e->oldest; i < end; i++) {
		const struct block *to = e->fixup[i].to;
		if (to == NULL || (to->index != NOT_IN_ROW && e->at[to->index] != 0))
			continue;
		resolve_alike(e, i, end);
		if (to->jt != NULL)
			jump(e, BPF_JMP | BPF_JA, 0, 0, 0, to);
		else
			emit_exit(e, to);
	}
	if (falls)
		e->insn[over].off = (int16_t)(e->count - over - 1);
	e->lost = e->fixups - end > ISLAND_MAX;
}

static void
arrive(struct emit *e, struct state *at, bool *seen, const struct block *b)
{
	struct state *s = &at[b->index];
	if (!seen[b->index])
		*s = e->now;
	if (s->value != e->now.value && !IS_BROKEN(STATE))
		s->value = NULL;
	if (s->base != e->now.base)
		s->base = NULL;
	if (s->base_checked > e->now.base_checked)
		s->base_checked = e->now.base_checked;
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
	for (uint32_t i = 0; i < o->count && !e->failed && !e->lost; i++) {
		const struct block *b = o->block[i];
		if (first_open(e) < e->fixups &&
			e->count - e->fixup[e->oldest].at > ISLAND_AFTER)
			emit_island(e);
		e->at[i] = e->count;
		e->now = at[i];
		origin_mark(e, b->source);
		if (b->jt == NULL) {
			emit_exit(e, b);
			continue;
		}
		const struct block *next = i + 1 < o->count ? o->block[i + 1] : NULL;
		check_extent(e, b);
		if (b->kind == BLOCK_BIND)
			emit_bind(e, b, next);
		else if (b->kind == BLOCK_LOOKUP)
			emit_lookup(e, b, next);
		else
			emit_test(e, b, next);
		arrive(e, at, seen, b->jt);
		if (b->jf != NULL)
			arrive(e, at, seen, b->jf);
	}
}

/* The exits that have no block. */
static void
emit_own_exits(struct emit *e)
{
	const struct block *const own[] = { &own_reject, &own_beyond };
	origin_mark(e, NULL);
	for (unsigned i = 0; i < 2; i++) {
		uint32_t first = first_open(e);
		while (first < e->fixups && e->fixup[first].to != own[i])
			first++;
		if (first == e->fixups)
			continue;
		resolve_alike(e, first, e->fixups);
		emit_exit(e, own[i]);
	}
	const uint32_t open = first_open(e);
	assert(open == e->fixups);
	(void)open;
}

/* LD_ABS and LD_IND on the longest way. */
static uint32_t
count_loads(struct emit *e)
{
	const struct order *o = e->o;
	uint32_t *from = ARENA_ARRAY(e->arena, o->count, uint32_t), end = e->count;
	for (uint32_t i = o->count; i-- > 0; end = e->at[i]) {
		const struct block *b = o->block[i];
		const struct block *jf = b->jf != NULL ? b->jf : b->jt;
		for (uint32_t at = e->at[i]; at < end; at++)
			from[i] += BPF_CLASS(e->insn[at].code) == BPF_LD &&
				   BPF_MODE(e->insn[at].code) != BPF_IMM;
		if (b->jt != NULL)
			from[i] += from[b->jt->index] > from[jf->index]
					   ? from[b->jt->index]
					   : from[jf->index];
	}
	return o->count > 0 ? from[0] : 0;
}

static bool
refuse_registers(struct diags *ds)
{
	diags_error(ds, DIAG_REGISTERS, (struct span){ 0, 0 },
		"too many registers needed to evaluate expression");
	diags_hint(ds, "split the arithmetic into several relations");
	return false;
}

static bool
refuse_length(const struct emit *e, struct diags *ds)
{
	diags_error(ds, DIAG_TOO_LONG, (struct span){ 0, 0 },
		"the program has %" PRIu32 " instructions, one of loads at most %" PRIu32,
		e->count, e->hook->insns_max);
	diags_hint(ds, "read by way of a scratch");
	return false;
}

static bool
refuse_jumps(const struct emit *e, struct diags *ds)
{
	diags_error(ds, DIAG_TOO_LONG, (struct span){ 0, 0 },
		"the program has more than %" PRIu32 " instructions, and jumps in it "
		"that are too long",
		e->count);
	diags_hint(ds, "have fewer entries in its lists");
	return false;
}

static bool
refuse_meta(const struct emit *e, struct diags *ds)
{
	static const char *const word[METAS] = { "protocol", "interface", "hardware type",
		"direction", "VLAN tag", "VLAN tag" };
	char others[64];
	enum meta meta = (enum meta)e->missing;
	hook_names_with(meta, others, sizeof(others));
	diags_error(ds, DIAG_HOOK, (struct span){ 0, 0 },
		"a packet's %s is not known at the %s hook", word[meta], e->hook->name);
	diags_hint(ds, "hooks that know it: %s", others);
	return false;
}

/* Measured, ns a look-up of a random number that is not in the list (kernel 6.18; trees
 * with 4 and 16 comparisons at a leaf, tables of lookup.c):
 *
 *     numbers      8    16    32    64   250   1,000   10,000   100,000
 *     tree, 4    4.1   6.5  10.1  11.8  17.9
 *     tree, 16   1.9   3.2   5.4   7.6  13.3
 *     table      4.2   3.7   3.3   3.2   5.8     6.0      4.7       8.0
 *
 * Nothing foretells the way through a tree, but that a row will not match. */
#define ROW_MAX 16

struct order_opts
ebpf_order(enum filter_reads reads)
{
	return (struct order_opts){ .row = ROW_MAX,
		.leaf_min = ROW_MAX,
		.leaf_max = ROW_MAX,
		.lookup = hook_of(reads)->no_tables ? 0 : ROW_MAX + 1 };
}

bool
ebpf_emit(const struct order *o, enum filter_reads reads, struct arena *scratch,
	struct filter_ebpf *out, struct diags *ds)
{
	const struct hook *hook = hook_of(reads);
	struct emit e = { .arena = scratch,
		.o = o,
		.hook = hook,
		.at = ARENA_ARRAY(scratch, o->count, uint32_t),
		.placed = ARENA_ARRAY(scratch, o->sets, struct placed),
		.reject = find_reject(o),
		.depth = hook->stack + o->slots,
		.missing = -1 };
	hook->begin(&e);
	emit_blocks(&e);
	if (e.failed)
		return refuse_registers(ds);
	if (e.missing >= 0)
		return refuse_meta(&e, ds);
	if (e.lost)
		return refuse_jumps(&e, ds);
	emit_own_exits(&e);
	if (hook->insns_max > 0 && e.count > hook->insns_max)
		return refuse_length(&e, ds);
	out->insns = malloc(e.count * sizeof(*out->insns));
	if (out->insns == NULL)
		abort();
	memcpy(out->insns, e.insn, e.count * sizeof(*out->insns));
	out->count = e.count;
	out->reach = e.reach;
	out->loads = count_loads(&e);
	lookup_keep(&e, out);
	origin_keep(&e, out);
	return true;
}
