/* encode.c: blocks of classic BPF in, a program out.
 *
 * Equal blocks become one, from the last to the first; then blocks are put in a row, the
 * false side last.  A conditional jump reaches 255 instructions: beyond, it goes to a
 * `ja` right behind the block (or to a `ret`, where that is all that the target is). */
#include "cbpf.h"

#include "../layout.h"

#include <assert.h>
#include <string.h>

#define REACH 255 /* of sock_filter.jt and jf */

struct encode {
	struct arena *arena;
	struct cbpf_block **row; /* as placed */
	uint32_t count;
	uint32_t *at; /* by block id: address of the first instruction */
	uint8_t *far; /* by block id: FAR_T, FAR_F */
};
enum { FAR_T = 1, FAR_F = 2 };

static bool
same(const struct cbpf_block *x, const struct cbpf_block *y)
{
	return x->jt == y->jt && x->jf == y->jf && x->count == y->count &&
	       memcmp(&x->last, &y->last, sizeof(x->last)) == 0 &&
	       (x->count == 0 ||
		       memcmp(x->insn, y->insn, x->count * sizeof(*x->insn)) == 0);
}

static uint32_t
hash(const struct cbpf_block *b)
{
	uint32_t h = b->last.k * 0x9e3779b1u ^ b->last.code;
	h = (h ^ (b->jt ? b->jt->id : 0)) * 0x85ebca6bu;
	h = (h ^ (b->jf ? b->jf->id : 0)) * 0xc2b2ae35u;
	for (uint32_t i = 0; i < b->count; i++)
		h = (h ^ b->insn[i].k ^ (uint32_t)b->insn[i].code << 16) * 0x9e3779b1u;
	return h ^ h >> 15;
}

/* `first` is the array of all blocks, each behind those that lead to it. */
static void
share(struct arena *arena, struct cbpf_block *first, uint32_t blocks)
{
	uint32_t buckets = 64;
	while (buckets < blocks)
		buckets *= 2;
	struct cbpf_block **bucket = ARENA_ARRAY(arena, buckets, struct cbpf_block *);
	struct cbpf_block **chain = ARENA_ARRAY(arena, blocks, struct cbpf_block *);
	struct cbpf_block **as = ARENA_ARRAY(arena, blocks, struct cbpf_block *);
	for (uint32_t i = blocks; i-- > 0;) {
		struct cbpf_block *b = &first[i];
		if (b->jt != NULL) {
			b->jt = as[b->jt->id];
			b->jf = as[b->jf->id];
		}
		struct cbpf_block **slot = &bucket[hash(b) & (buckets - 1)],
				  *like = *slot;
		while (like != NULL && !same(like, b))
			like = chain[like->id];
		as[i] = like != NULL ? like : b;
		if (like == NULL) {
			chain[i] = *slot;
			*slot = b;
		}
	}
}

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
	for (uint32_t i = 0; i < e->count; i++)
		e->row[i] = &first[row[i]];
}

static uint32_t
length(const struct encode *e, const struct cbpf_block *b)
{
	uint8_t far = e->far[b->id];
	return b->count + 1 + !!(far & FAR_T) + !!(far & FAR_F);
}

/* Gives addresses; true when a jump was found to be far that was not known to be. */
static bool
assign(struct encode *e, uint32_t *total)
{
	uint32_t at = 0;
	bool changed = false;
	for (uint32_t i = 0; i < e->count; i++) {
		e->at[e->row[i]->id] = at;
		at += length(e, e->row[i]);
	}
	*total = at;
	for (uint32_t i = 0; i < e->count; i++) {
		struct cbpf_block *b = e->row[i];
		if (b->jt == NULL)
			continue;
		uint32_t next = e->at[b->id] + b->count + 1;
		uint8_t far = e->far[b->id];
		if (e->at[b->jt->id] - next > REACH)
			far |= FAR_T;
		if (e->at[b->jf->id] - next > REACH)
			far |= FAR_F;
		changed = changed || far != e->far[b->id];
		e->far[b->id] = far;
	}
	return changed;
}

/* `ja` to the block, or the block itself where it is but a `ret`. */
static struct sock_filter
leap(const struct encode *e, const struct cbpf_block *to, uint32_t from)
{
	if (to->jt == NULL)
		return to->last;
	return (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, e->at[to->id] - from - 1);
}

static void
write_block(const struct encode *e, const struct cbpf_block *b, struct sock_filter *out)
{
	uint32_t at = e->at[b->id];
	for (uint32_t i = 0; i < b->count; i++)
		out[at++] = b->insn[i];
	struct sock_filter *jump = &out[at];
	*jump = b->last;
	if (b->jt == NULL)
		return;
	uint32_t next = ++at;
	uint8_t far = e->far[b->id];
	jump->jt = (uint8_t)(far & FAR_T ? 0 : e->at[b->jt->id] - next);
	jump->jf = (uint8_t)(far & FAR_F ? !!(far & FAR_T) : e->at[b->jf->id] - next);
	if (far & FAR_T) {
		out[at] = leap(e, b->jt, at);
		at++;
	}
	if (far & FAR_F)
		out[at] = leap(e, b->jf, at);
}

void
cbpf_encode(struct cbpf_block *root, uint32_t blocks, struct arena *arena,
	struct cbpf_prog *prog)
{
	struct encode e = { .arena = arena,
		.at = ARENA_ARRAY(arena, blocks, uint32_t),
		.far = ARENA_ARRAY(arena, blocks, uint8_t) };
	share(arena, root, blocks);
	place(&e, root, blocks);
	while (assign(&e, &prog->count)) /* ends: jumps only ever become far */
		;
	prog->insn = ARENA_ARRAY(arena, prog->count, struct sock_filter);
	for (uint32_t i = 0; i < e.count; i++)
		write_block(&e, e.row[i], prog->insn);
}
