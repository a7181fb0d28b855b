/* cbpf.h: classic BPF programs (linux/filter.h; McCanne and Jacobson, USENIX 1993). */
#ifndef BPFCAP_FILTER_CBPF_H
#define BPFCAP_FILTER_CBPF_H

#include <linux/filter.h>
#include <stdio.h>

#include "../order.h"
#include "registers.h"

#define CBPF_MEMORY 16 /* cells of M[], BPF_MEMWORDS */

struct cbpf_prog {
	struct sock_filter *insn;
	uint32_t count;
};

/* One block of instructions before it has a place: straight code, then a branch. */
struct cbpf_block {
	struct sock_filter *insn; /* all but the branch */
	uint32_t count;
	struct sock_filter last;    /* a comparison, or ret */
	bool one_way;               /* no comparison: it goes on to jt, which is jf */
	struct cbpf_block *jt, *jf; /* NULL for ret */
	uint32_t jt_at, jf_at;      /* instructions of theirs that are passed over */
	uint32_t id;
	/* What A and X hold before each instruction and the branch; behind it all. */
	const struct registers *before;
	struct registers end;
};

/* make.c: how switches are ordered for cbpf_make. */
extern const struct order_opts cbpf_order;
/* order → program, in `arena`; `on`: the passes that are.  False (and an error)
 * when the 16 cells of memory do not suffice. */
bool cbpf_make(const struct order *, uint32_t on, struct arena *, struct cbpf_prog *,
	struct diags *);

/* size.c: instructions on the longest way through it, whatever a packet would take. */
uint32_t cbpf_worst(const struct cbpf_prog *, struct arena *scratch);

/* Its steps.  Blocks are in an array, each behind those that lead to it, the root first;
 * their ids are their places. */

/* emit.c: the code of each block.  NULL: see above. */
struct cbpf_block *cbpf_emit(const struct order *, uint32_t on, struct arena *,
	uint32_t *blocks, struct diags *);
/* entry.c: who has in A and X what the start of a block loads enters behind it. */
void cbpf_entries(struct cbpf_block *first, uint32_t blocks);
/* dead.c: code without effect goes. */
void cbpf_dead(struct cbpf_block *first, uint32_t blocks, struct arena *scratch);
/* tails.c: equal blocks become one. */
void cbpf_tails(struct cbpf_block *first, uint32_t blocks, struct arena *scratch);
/* encode.c: blocks get their places, and jumps their distances.  `slots`: memory cells
 * are read in other blocks than they are written in. */
void cbpf_encode(struct cbpf_block *first, uint32_t blocks, bool slots, struct arena *,
	struct cbpf_prog *);

/* print.c: as tcpdump -d, -dd and -ddd. */
void cbpf_print(const struct cbpf_prog *, FILE *);
void cbpf_print_c(const struct cbpf_prog *, FILE *);
void cbpf_print_decimal(const struct cbpf_prog *, FILE *);
/* As iptables -m bpf --bytecode takes it; the kernel runs no longer ones
 * (linux/netfilter/xt_bpf.h, XT_BPF_MAX_NUM_INSTR). */
#define CBPF_IPTABLES_MAX 64
void cbpf_print_iptables(const struct cbpf_prog *, FILE *);

/* vm.c: runs a program of cbpf_make (which is known to be well formed). */
uint32_t cbpf_run(const struct cbpf_prog *, const struct filter_packet *);

#endif
