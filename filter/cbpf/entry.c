/* entry.c: blocks of classic BPF in; out: for each way into a block, how much of its
 * start it may pass over, since A and X hold already what is loaded there.
 *
 * A block begins with what not all ways into it have.  A way that has it all goes to the
 * comparison; so the longest way through the program gets shorter, and the program no
 * longer. */
#include "effect.h"

#include "../broken.h"

/* Which of A and X matter from instruction `at` on: they are read before they are
 * written, or it is known behind the block what they hold. */
static uint32_t
wanted(const struct cbpf_block *b, uint32_t at)
{
	uint32_t want = 0, open = REG_A | REG_X;
	for (uint32_t i = at; i < b->count && open != 0; i++) {
		const struct effect e = effect_of(&b->insn[i]);
		want |= e.reads & open;
		open &= ~e.writes;
	}
	return want | open;
}

static bool
stores(const struct sock_filter *f)
{
	return BPF_CLASS(f->code) == BPF_ST || BPF_CLASS(f->code) == BPF_STX;
}

/* The furthest place at which the block may be entered with these registers. */
static uint32_t
entry(const struct cbpf_block *to, const struct registers *have)
{
	uint32_t best = 0;
	for (uint32_t at = 1; at <= to->count && !stores(&to->insn[at - 1]); at++) {
		const struct registers *at_hand = &to->before[at];
		const uint32_t want = wanted(to, at);
		const bool a = at_hand->a == NULL || at_hand->a == have->a;
		const bool x = at_hand->x == NULL || at_hand->x == have->x;
		if ((a || (want & REG_A) == 0) &&
			(x || (want & REG_X) == 0 || IS_BROKEN(ENTRY)))
			best = at;
	}
	return best;
}

void
cbpf_entries(struct cbpf_block *first, uint32_t blocks)
{
	for (uint32_t i = 0; i < blocks; i++) {
		struct cbpf_block *b = &first[i];
		if (b->jt == NULL)
			continue;
		b->jt_at = entry(b->jt, &b->end);
		b->jf_at = entry(b->jf, &b->end);
	}
}
