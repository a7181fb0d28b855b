/* tails.c: tail sharing: blocks of classic BPF in; of those with equal code and equal
 * ways on one is left, to which all lead, from the last to the first. */
#include "cbpf.h"

#include "../broken.h"

#include <string.h>

static bool
same(const struct cbpf_block *x, const struct cbpf_block *y)
{
	return x->jt == y->jt && (x->jf == y->jf || IS_BROKEN(TAILS)) &&
	       x->count == y->count && x->jt_at == y->jt_at && x->jf_at == y->jf_at &&
	       x->one_way == y->one_way &&
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

void
cbpf_tails(struct cbpf_block *first, uint32_t blocks, struct arena *scratch)
{
	uint32_t buckets = 64;
	while (buckets < blocks)
		buckets *= 2;
	struct cbpf_block **bucket = ARENA_ARRAY(scratch, buckets, struct cbpf_block *);
	struct cbpf_block **chain = ARENA_ARRAY(scratch, blocks, struct cbpf_block *);
	struct cbpf_block **as = ARENA_ARRAY(scratch, blocks, struct cbpf_block *);
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
