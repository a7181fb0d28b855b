/* dead.c: blocks of classic BPF in, the same without stores that nothing reads and
 * without work on A and X that is overwritten before it is used.
 *
 * What can reject stays: a load from the packet rejects a truncated one, and a division
 * by X rejects when that is 0.  Whether such a test may go is decided in the graph, whose
 * meaning the program has to the letter (graph_node leaves out a test of which all ways
 * lead to one place). */
#include "effect.h"

#include "../broken.h"

/* Of one block, by instruction; the last entry is for the branch. */
struct swept {
	uint32_t *live; /* is read from here on */
	uint32_t *kept; /* instructions from here on that stay */
};

/* Where a way comes to: `at` instructions behind the start of a block, past blocks of
 * which nothing is left. */
static struct cbpf_block *
skip(struct cbpf_block *b, uint32_t *at, const struct swept *swept)
{
	if (b == NULL)
		return NULL;
	*at = b->count - swept[b->id].kept[*at]; /* what stays is at the end */
	while (b->one_way && *at == b->count) {
		*at = b->jt_at;
		b = b->jt;
	}
	return b;
}

/* Keeps what is used; `live` is read behind the block. */
static struct swept
sweep(struct cbpf_block *b, uint32_t live, struct arena *scratch)
{
	struct swept s = { ARENA_ARRAY(scratch, b->count + 1, uint32_t),
		ARENA_ARRAY(scratch, b->count + 1, uint32_t) };
	uint32_t kept = b->count; /* instructions from here on stay */
	if (!b->one_way)
		live |= effect_of(&b->last).reads;
	s.live[b->count] = live;
	for (uint32_t i = b->count; i-- > 0;) {
		const struct effect e = effect_of(&b->insn[i]);
		if (e.rejects || (e.writes & live) != 0) {
			live = (live & ~e.writes) | (IS_BROKEN(DEAD) ? 0 : e.reads);
			b->insn[--kept] = b->insn[i];
		}
		s.live[i] = live;
		s.kept[i] = b->count - kept;
	}
	if (kept > 0) {
		b->insn += kept;
		b->count -= kept;
	}
	return s;
}

void
cbpf_dead(struct cbpf_block *first, uint32_t blocks, struct arena *scratch)
{
	struct swept *swept = ARENA_ARRAY(scratch, blocks, struct swept);
	for (uint32_t i = blocks; i-- > 0;) {
		struct cbpf_block *b = &first[i];
		uint32_t behind = 0;
		if (b->jt != NULL)
			behind = swept[b->jt->id].live[b->jt_at] |
				 swept[b->jf->id].live[b->jf_at];
		b->jt = skip(b->jt, &b->jt_at, swept);
		b->jf = skip(b->jf, &b->jf_at, swept);
		if (b->one_way) /* it may come to stand right in front of it */
			behind |= swept[b->jt->id].live[0];
		swept[i] = sweep(b, behind, scratch);
	}
}
