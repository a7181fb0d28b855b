/* emit.h: what the files of this room share while a body is being written.
 *
 * r6 context, r7 where the bytes are (the scratch, or the packet itself), r8 the value
 * tested last, r9 the base of the load made last (its number, or in the packet itself the
 * address); r0-r5 are for working.  r8 and r9 keep their values from block to block, as
 * far as all ways into a block agree. */
#ifndef BPFCAP_FILTER_EBPF_EMIT_H
#define BPFCAP_FILTER_EBPF_EMIT_H

#include <linux/bpf.h>

#include "../order.h"
#include "hook.h"
#include "table.h"

#define STACK_WORDS 30 /* for the hook, slots, and values being worked out */

enum { R0, R1, R2, R3, R_CTX = 6, R_BYTES, R_VALUE, R_BASE, R_STACK };

struct state {                            /* at a block's start */
	const struct value *value, *base; /* in R_VALUE, R_BASE; NULL: not known */
	uint32_t checked;      /* bytes known to be there, from the first on, */
	uint32_t base_checked; /* ... from the base on */
};

struct fixup { /* a jump whose target has no address yet */
	uint32_t at;
	const struct block *to;
};

struct placed { /* a set's table, in filter_ebpf.data */
	struct table table;
	size_t at;
	bool made;
};

struct emit {
	struct arena *arena;
	const struct order *o;
	const struct hook *hook;
	struct bpf_insn *insn;
	uint32_t count, room;
	struct state now;
	struct fixup *fixup;
	uint32_t fixups, fixup_room;
	uint32_t oldest;            /* first fixup that may be open */
	uint32_t passed;            /* instruction behind the last exit jumped over */
	uint32_t *at;               /* by block index: address */
	unsigned depth;             /* words of stack in use */
	uint32_t reach;             /* bytes of the scratch that are read */
	const struct block *reject; /* NULL: the graph has none */
	bool failed;                /* out of stack */
	bool lost;                  /* too many jumps are open at once */
	struct placed *placed;      /* by set id */
	size_t data_bytes;
	struct filter_origin *origin;
	uint32_t origins, origin_room;
	const struct source_span *source; /* of the last of them */
	int missing; /* enum meta that the hook does not have, or -1 */
};

/* emit.c */
void put(struct emit *, unsigned code, unsigned dst, unsigned src, int off, uint32_t imm);
/* A jump to be filled in when the target's address is known. */
void jump(struct emit *, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *to);
/* The end of a block: to jt when the condition holds, else to jf. */
void branch(struct emit *, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *, const struct block *next);
/* ... to where nothing goes on, in a form that long programs may have many of. */
void leave(struct emit *, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *to);
/* Where a packet goes that is rejected, or whose bytes the hook cannot reach. */
const struct block *reject_target(const struct emit *);
const struct block *beyond_target(const struct emit *);

/* lookup.c: clobbers r0-r3. */
void emit_lookup(struct emit *, const struct block *, const struct block *next);
void lookup_keep(const struct emit *, struct filter_ebpf *out);

/* origin.c: what is written from here on is for these places in the expression. */
void origin_mark(struct emit *, const struct source_span *);
void origin_keep(const struct emit *, struct filter_ebpf *out);

/* eval.c: dst = v, 32 bits, upper half zero.  dst is r0, r1, r8 or r9; r0-r5 are
 * clobbered. */
void eval(struct emit *, const struct value *, unsigned dst);
/* dst = a, and b in r1. */
void eval_both(struct emit *, const struct value *a, const struct value *b, unsigned dst);
int slot_cell(const struct emit *, const struct value *slot);
/* What a kept register has from here on; NULL: nothing that is known. */
void holds(struct emit *, unsigned reg, const struct value *);
void to_host_order(struct emit *, unsigned reg, unsigned size);

#endif
