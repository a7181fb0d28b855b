/* emit.c: blocks of the order in, blocks of classic BPF out.
 *
 * A and X keep their values from block to block: what both hold at a block's start is
 * what all ways into it agree on, so a value is loaded again only where that is not
 * known.  Slots are the memory cells from the last one down; those from the first one up
 * are used within one block only. */
#include "cbpf.h"

#include <assert.h>
#include <string.h>

#include "../broken.h"
#include "../opcode.h"
#include "../pass.h"
#include "registers.h"

struct emit {
	struct arena *arena;
	struct sock_filter *insn; /* of the block being made */
	struct registers *before; /* each of them */
	uint32_t count, room, before_room;
	struct registers now;
	unsigned cells, cells_max; /* of M[], in use; not needed for slots */
	bool out_of_cells;
};

static void
put(struct emit *e, unsigned code, uint32_t k)
{
	ARENA_MORE(e->arena, e->insn, e->count, &e->room);
	ARENA_MORE(e->arena, e->before, e->count, &e->before_room);
	e->before[e->count] = e->now;
	e->insn[e->count++] = (struct sock_filter){ .code = (uint16_t)code, .k = k };
}

static uint32_t
meta_offset(enum meta meta)
{
	static const int offset[METAS] = { [META_PROTOCOL] = SKF_AD_PROTOCOL,
		[META_IFINDEX] = SKF_AD_IFINDEX,
		[META_HATYPE] = SKF_AD_HATYPE,
		[META_PKTTYPE] = SKF_AD_PKTTYPE,
		[META_VLAN_PRESENT] = SKF_AD_VLAN_TAG_PRESENT,
		[META_VLAN_TCI] = SKF_AD_VLAN_TAG };
	return (uint32_t)(SKF_AD_OFF + offset[meta]);
}

/* Can X be loaded with it while A keeps its value? */
static bool
direct_x(const struct emit *e, const struct value *v)
{
	uint32_t off;
	return v->kind == VALUE_CONST || v->kind == VALUE_LEN || v->kind == VALUE_SLOT ||
	       e->now.x == v || value_is_header_length(v, &off);
}

/* Does loading A with `v` leave X alone, or at least X == x as it is? */
static bool
keeps_x(const struct value *v, const struct value *x)
{
	if (v->kind == VALUE_LOAD)
		return v->a == NULL || v->a == x;
	if (v->kind != VALUE_ARITH)
		return true;
	if (v->b->kind == VALUE_CONST)
		return keeps_x(v->a, x);
	if (v->op == OP_SUB && v->a->kind == VALUE_CONST && v->a->k == 0)
		return keeps_x(v->b, x);
	return v->b == x && keeps_x(v->a, x);
}

static unsigned
slot_cell(const struct value *slot)
{
	return CBPF_MEMORY - 1 - slot->k;
}

static void load_a(struct emit *, const struct value *);

static void
load_x(struct emit *e, const struct value *v)
{
	uint32_t off;
	if (e->now.x == v)
		return;
	if (v->kind == VALUE_CONST)
		put(e, BPF_LDX | BPF_W | BPF_IMM, v->k);
	else if (v->kind == VALUE_LEN)
		put(e, BPF_LDX | BPF_W | BPF_LEN, 0);
	else if (v->kind == VALUE_SLOT && e->now.a != v)
		put(e, BPF_LDX | BPF_W | BPF_MEM, slot_cell(v));
	else if (value_is_header_length(v, &off))
		put(e, BPF_LDX | BPF_B | BPF_MSH, off);
	else {
		load_a(e, v);
		put(e, BPF_MISC | BPF_TAX, 0);
	}
	e->now.x = v;
}

/* A = a, X = b. */
static void
load_both(struct emit *e, const struct value *a, const struct value *b)
{
	if (direct_x(e, b) && !keeps_x(a, b) && e->now.x != b) {
		load_a(e, a);
		load_x(e, b);
	} else if (keeps_x(a, b)) {
		load_x(e, b);
		load_a(e, a);
	} else {
		unsigned cell = e->cells++;
		if (cell >= e->cells_max) {
			e->out_of_cells = true;
			e->cells--;
			return;
		}
		load_a(e, b);
		put(e, BPF_ST, cell);
		load_a(e, a);
		put(e, BPF_LDX | BPF_W | BPF_MEM, cell);
		e->now.x = b;
		e->cells--;
	}
}

static void
load_arith(struct emit *e, const struct value *v)
{
	const struct value *a = v->a, *b = v->b;
	if (b->kind == VALUE_CONST) {
		load_a(e, a);
		put(e, BPF_ALU | opcode_alu(v->op) | BPF_K, b->k);
	} else if (v->op == OP_SUB && a->kind == VALUE_CONST && a->k == 0) {
		load_a(e, b);
		put(e, BPF_ALU | BPF_NEG, 0);
	} else {
		bool swap = arith_commutes(v->op) && !keeps_x(a, b) && keeps_x(b, a) &&
			    !direct_x(e, b);
		load_both(e, swap ? b : a, swap ? a : b);
		put(e, BPF_ALU | opcode_alu(v->op) | BPF_X, 0);
	}
}

/* Recursive: values are of bounded depth. */
static void
load_a(struct emit *e, const struct value *v)
{
	if (e->now.a == v || e->out_of_cells)
		return;
	if (e->now.x == v) {
		put(e, BPF_MISC | BPF_TXA, 0);
		e->now.a = v;
		return;
	}
	switch (v->kind) {
	case VALUE_CONST: put(e, BPF_LD | BPF_W | BPF_IMM, v->k); break;
	case VALUE_LEN: put(e, BPF_LD | BPF_W | BPF_LEN, 0); break;
	case VALUE_META: put(e, BPF_LD | BPF_W | BPF_ABS, meta_offset(v->meta)); break;
	case VALUE_LOAD:
		if (v->a != NULL)
			load_x(e, v->a);
		put(e, BPF_LD | opcode_size(v->size) | (v->a != NULL ? BPF_IND : BPF_ABS),
			v->k);
		break;
	case VALUE_ARITH: load_arith(e, v); break;
	case VALUE_SLOT: put(e, BPF_LD | BPF_W | BPF_MEM, slot_cell(v)); break;
	case VALUE_FAULT: assert(!"the graph tests no such value"); break;
	}
	e->now.a = v;
}

/* Is X the better place for what is bound?  It is mostly an address, and A may be what
 * was bound just before. */
static bool
binds_in_x(const struct emit *e, const struct value *v)
{
	bool x_only = e->now.x != NULL && e->now.x->kind == VALUE_SLOT &&
		      (e->now.a == NULL || e->now.a->kind != VALUE_SLOT);
	return e->now.a != v && direct_x(e, v) && !x_only;
}

/* What was worked out from the slot's old content is not known any more. */
static void
emit_bind(struct emit *e, const struct block *b)
{
	const struct value *slot = b->slot;
	bool in_x = binds_in_x(e, b->v);
	if (in_x)
		load_x(e, b->v);
	else
		load_a(e, b->v);
	put(e, in_x ? BPF_STX : BPF_ST, slot_cell(slot));
	if (e->now.a == b->v)
		e->now.a = slot;
	else if (e->now.a != NULL && (e->now.a->slots & slot->slots))
		e->now.a = NULL;
	if (e->now.x == b->v)
		e->now.x = slot;
	else if (e->now.x != NULL && (e->now.x->slots & slot->slots) && !IS_BROKEN(EMIT))
		e->now.x = NULL;
}

static void
finish(struct emit *e, struct cbpf_block *to)
{
	if (e->count > 0) {
		ARENA_MORE(e->arena, e->before, e->count, &e->before_room);
		e->before[e->count] = e->now;
	}
	to->insn = e->insn;
	to->before = e->before;
	to->count = e->count;
	to->end = e->now;
}

static void
emit_block(struct emit *e, const struct block *b, struct cbpf_block *to, uint32_t snaplen)
{
	e->insn = NULL;
	e->before = NULL;
	e->count = e->room = e->before_room = e->cells = 0;
	if (b->kind == BLOCK_BIND) {
		emit_bind(e, b);
		to->one_way = true;
		finish(e, to);
		return;
	}
	if (b->kind != BLOCK_TEST) {
		to->last = (struct sock_filter)BPF_STMT(
			BPF_RET | BPF_K, b->kind == BLOCK_ACCEPT ? snaplen : 0);
		return;
	}
	if (b->rhs != NULL)
		load_both(e, b->v, b->rhs);
	else
		load_a(e, b->v);
	to->last = (struct sock_filter){ .k = b->k,
		.code = (uint16_t)(BPF_JMP | opcode_jump(b->compare) |
				   (b->rhs != NULL ? BPF_X : BPF_K)) };
	finish(e, to);
}

struct cbpf_block *
cbpf_emit(const struct order *o, uint32_t on, struct arena *arena, uint32_t *blocks,
	struct diags *ds)
{
	struct emit e = { .arena = arena, .cells_max = CBPF_MEMORY - o->slots };
	struct cbpf_block *to = ARENA_ARRAY(arena, o->count, struct cbpf_block);
	struct numbering n = { 0 };
	if (pass_on(on, PASS_VALUES))
		numbering_init(&n, arena, o->count);
	for (uint32_t i = 0; i < o->count; i++) {
		const struct block *b = o->block[i];
		e.now = numbering_at(&n, i);
		to[i].id = i;
		emit_block(&e, b, &to[i], o->snaplen);
		if (b->jt == NULL)
			continue;
		const struct block *jf = b->jf != NULL ? b->jf : b->jt;
		numbering_arrive(&n, b->jt->index, &e.now);
		numbering_arrive(&n, jf->index, &e.now);
		to[i].jt = &to[b->jt->index];
		to[i].jf = &to[jf->index];
	}
	*blocks = o->count;
	if (!e.out_of_cells)
		return &to[0];
	diags_error(ds, DIAG_REGISTERS, (struct span){ 0, 0 },
		"too many registers needed to evaluate expression");
	diags_hint(
		ds, "classic BPF has %d memory cells: split the arithmetic", CBPF_MEMORY);
	return NULL;
}
