/* registers.h: which values A and X hold, from block to block. */
#ifndef BPFCAP_FILTER_CBPF_REGISTERS_H
#define BPFCAP_FILTER_CBPF_REGISTERS_H

#include "../value.h"

struct registers {
	const struct value *a, *x; /* NULL: not known */
};

/* By block index: what all ways into it, as far as they have been seen, agree on. */
struct numbering {
	struct registers *at; /* NULL: each block begins with nothing known */
	bool *seen;
};

/* number.c */
void numbering_init(struct numbering *, struct arena *, uint32_t blocks);
/* One way into a block, with what the registers hold on it. */
void numbering_arrive(struct numbering *, uint32_t block, const struct registers *);
/* What the block may rely on, once all that lead to it have arrived. */
struct registers numbering_at(const struct numbering *, uint32_t block);

#endif
