/* encode.c: blocks of classic BPF in, a program out.
 *
 * Blocks are put in a row, the false side last, and written from the last instruction to
 * the first: so the distance of every jump is known when it is written.  A conditional
 * jump reaches 255 instructions; one that would go further goes to a stand-in of its
 * target, a `ja` to it or a copy of its `ret`, which is written right behind the block
 * unless an earlier one is still in reach.
 *
 * The kernel's check that a cell of M[] is written before it is read takes what follows a
 * `ret` to be reached from it (net/core/filter.c, check_load_and_stores).  So with slots
 * in use all `ret` stand at the end. */
#include "cbpf.h"

#include "../broken.h"
#include "../layout.h"

#define REACH 255 /* of sock_filter.jt and jf */

struct encode {
	struct arena *arena;
	bool exits_last;
	struct cbpf_block **row; /* as placed */
	uint32_t count;
	struct sock_filter *end; /* of the room; the program grows downwards from here */
	uint32_t length;         /* instructions written */
	/* By block id, as the length when it had been written: */
	uint32_t *at;   /* the block's first instruction */
	uint32_t *near; /* the block or its latest stand-in */
};

/* `first` is the array of all blocks, by id. */
static void
place(struct encode *e, struct cbpf_block *first, uint32_t blocks)
{
	struct ways *ways = ARENA_ARRAY(e->arena, blocks, struct ways);
	uint32_t *row = ARENA_ARRAY(e->arena, blocks, uint32_t);
	for (uint32_t i = 0; i < blocks; i++) {
		ways[i].jt = first[i].jt != NULL ? first[i].jt->id : LAYOUT_NONE;
		ways[i].jf = first[i].jf != NULL ? first[i].jf->id : LAYOUT_NONE;
	}
	e->count = layout(e->arena, ways, blocks, first->id, row);
	e->row = ARENA_ARRAY(e->arena, e->count, struct cbpf_block *);
	uint32_t n = 0;
	for (uint32_t i = 0; i < e->count; i++)
		if (!e->exits_last || first[row[i]].jt != NULL)
			e->row[n++] = &first[row[i]];
	for (uint32_t i = 0; i < e->count; i++)
		if (e->exits_last && first[row[i]].jt == NULL)
			e->row[n++] = &first[row[i]];
}

static void
put(struct encode *e, struct sock_filter f)
{
	e->length++;
	e->end[-(ptrdiff_t)e->length] = f;
}

/* Where the block is entered, as the length when that had been written; or its latest
 * stand-in. */
static uint32_t
place_of(const struct encode *e, const struct cbpf_block *to, uint32_t at)
{
	return at > 0 ? e->at[to->id] - at : e->near[to->id];
}

/* `ja` to the block, or what it is where that is but a `ret`.  Returns its place. */
static uint32_t
put_stand_in(struct encode *e, const struct cbpf_block *to, uint32_t at)
{
	struct sock_filter leap = BPF_STMT(
		BPF_JMP | BPF_JA, e->length - (e->at[to->id] - at) + IS_BROKEN(ENCODE));
	put(e, to->jt == NULL && !e->exits_last ? to->last : leap);
	if (at == 0)
		e->near[to->id] = e->length;
	return e->length;
}

static void
put_branch(struct encode *e, const struct cbpf_block *b)
{
	struct sock_filter jump = b->last;
	uint32_t t = place_of(e, b->jt, b->jt_at), f = place_of(e, b->jf, b->jf_at);
	bool far_t = e->length - t > REACH;
	bool far_f = e->length + far_t - f > REACH;
	far_t = e->length + far_f - t > REACH;
	if (far_f)
		f = put_stand_in(e, b->jf, b->jf_at);
	if (far_t)
		t = put_stand_in(e, b->jt, b->jt_at);
	jump.jt = (uint8_t)(e->length - t);
	jump.jf = (uint8_t)(e->length - f);
	put(e, jump);
}

/* What comes right behind is run through from its start. */
static void
put_way(struct encode *e, const struct cbpf_block *b)
{
	uint32_t over = e->length - e->at[b->jt->id];
	if (b->jt->jt == NULL && !e->exits_last)
		put(e, b->jt->last);
	else if (over > 0)
		put(e, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, over + b->jt_at));
}

static void
put_block(struct encode *e, const struct cbpf_block *b)
{
	if (b->one_way)
		put_way(e, b);
	else if (b->jt != NULL)
		put_branch(e, b);
	else
		put(e, b->last);
	for (uint32_t i = b->count; i-- > 0;)
		put(e, b->insn[i]);
	e->at[b->id] = e->near[b->id] = e->length;
}

/* Room for all, every block with two stand-ins. */
static uint32_t
most(const struct encode *e)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < e->count; i++)
		n += e->row[i]->count + 3;
	return n;
}

void
cbpf_encode(struct cbpf_block *root, uint32_t blocks, bool slots, struct arena *arena,
	struct cbpf_prog *prog)
{
	struct encode e = { .arena = arena,
		.exits_last = slots,
		.at = ARENA_ARRAY(arena, blocks, uint32_t),
		.near = ARENA_ARRAY(arena, blocks, uint32_t) };
	place(&e, root, blocks);
	e.end = ARENA_ARRAY(arena, most(&e), struct sock_filter) + most(&e);
	for (uint32_t i = e.count; i-- > 0;)
		put_block(&e, e.row[i]);
	prog->insn = e.end - e.length;
	prog->count = e.length;
}
