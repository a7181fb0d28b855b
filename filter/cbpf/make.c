/* make.c: blocks of the order in, a program of classic BPF out, step by step. */
#include "cbpf.h"

#include "../pass.h"

/* Up to 240 arms a row has as many comparisons as libpcap makes, and a tree more; beyond,
 * its long jumps cost more than a tree's inner nodes.  Leaves of 16: fewer inner nodes,
 * longer rows; of 5 where there is room for inner nodes, and fewer arms. */
const struct order_opts cbpf_order = { .row = 240, .leaf_min = 5, .leaf_max = 16 };

bool
cbpf_make(const struct order *o, uint32_t on, struct arena *arena, struct cbpf_prog *out,
	struct diags *ds)
{
	struct arena scratch = { 0 };
	uint32_t blocks;
	struct cbpf_block *first = cbpf_emit(o, on, &scratch, &blocks, ds);
	if (first != NULL) {
		if (pass_on(on, PASS_ENTRY))
			cbpf_entries(first, blocks);
		if (pass_on(on, PASS_DEAD))
			cbpf_dead(first, blocks, &scratch);
		if (pass_on(on, PASS_TAILS))
			cbpf_tails(first, blocks, &scratch);
		cbpf_encode(first, blocks, o->slots > 0, arena, out);
	}
	arena_free(&scratch);
	return first != NULL;
}
