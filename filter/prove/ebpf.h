/* ebpf.h: what is known of an eBPF program's registers and stack while it is run on an
 * unknown packet.  Between the files ebpf*.c. */
#ifndef BPFCAP_FILTER_PROVE_EBPF_H
#define BPFCAP_FILTER_PROVE_EBPF_H

#include <linux/bpf.h>

#include "prove.h"

#define REGISTERS 11 /* MAX_BPF_REG */
#define CELLS 32     /* words of stack, from the frame pointer down; of 64 */

enum kind {
	KIND_UNSET,   /* on some way nothing was put there */
	KIND_MIXED,   /* on one way this, on another that */
	KIND_NUMBER,  /* n; the upper half is 0 */
	KIND_RAW,     /* n, of `size` bytes, as it stands in memory: big-endian */
	KIND_STEPS,   /* of a look-up: a function of one number (ebpf_steps.h) */
	KIND_LESS,    /* ditto, less what it is a function of */
	KIND_UPPER,   /* ditto, in the upper half */
	KIND_KEY,     /* ditto, and in the lower half n */
	KIND_STATUS,  /* of a call: 0 where n, a truth, holds, else negative */
	KIND_LENGTH,  /* bytes captured, in 64 bits */
	KIND_CONTEXT, /* from here on addresses: + k, + n where it is not NULL */
	KIND_SCRATCH, /* struct filter_pktbuf */
	KIND_PACKET,
	KIND_MEMORY, /* the packet too, by bpf_probe_read_kernel alone */
	KIND_FRAME,
	KIND_DATA, /* filter_ebpf.data; + steps where they are not NULL */
	KIND_END,  /* of the packet, as far as it lies in one piece */
};

struct cell {
	enum kind kind;
	unsigned size;
	Z3_ast n;
	int64_t k;
	const struct steps *steps;
	Z3_ast set; /* where it has been written at all; NULL: where it is read */
};

/* What is known of a number besides: x <= most, since a comparison. */
struct bound {
	Z3_ast x;
	uint32_t most;
};

struct state {
	Z3_ast way; /* packets that come here */
	struct cell reg[REGISTERS], stack[CELLS];
	struct bound bound;
};

/* ebpf_way.c: of each way of reading, what the program is given. */
enum field_is {
	FIELD_LEN,
	FIELD_META,
	FIELD_META_BE16,
	FIELD_FILLED,
	FIELD_LINEAR,
	FIELD_ADDRESS,
	FIELD_DATA,
	FIELD_DATA_END
};

struct field {
	size_t at;
	unsigned size;
	enum field_is is;
	enum meta meta;
};

struct way {
	const struct field *context; /* of the context */
	enum kind argument[2];       /* in r1 and r2 */
	bool skb, xdp;               /* what the context is */
	bool beyond;                 /* it may leave the verdict to another program */
	bool pieces;                 /* the packet may lie in more than one */
	bool whole;                  /* `len` is how many bytes were captured */
	bool sent;                   /* all packets are outbound */
	unsigned inputs;             /* 1 << enum filter_input of what may run there */
};

const struct way *way_of(enum filter_reads);
const struct field *way_field(const struct field *, size_t at, unsigned size);
extern const struct field way_pktbuf[]; /* ends with a row of size 0 */

struct reach { /* base + bytes <= end, which is asked for again and again */
	Z3_ast base, is;
	uint32_t bytes;
};

struct machine {
	struct prover *p;
	enum ending ending;
	const struct way *way;
	const struct filter_ebpf *body;
	size_t at;           /* the instruction that is run */
	Z3_ast captured;     /* bytes that any load may reach */
	Z3_ast end;          /* ... that are in place, or in the scratch */
	struct state **line; /* by instruction; NULL: nothing leads there */
	struct branch *branch;
	struct reach *reach;
	uint32_t reaches, reach_room;
	Z3_ast stray;
};

/* ebpf.c: gives up on the instruction: false.  Goes astray where `when` holds. */
bool machine_stop(struct machine *, const char *why);
void machine_astray(struct machine *, const struct state *, Z3_ast when);
struct cell cell_number(Z3_ast);
struct cell cell_constant(struct machine *, uint32_t k);

/* ebpf_alu.c: an instruction of the classes ALU and ALU64. */
bool machine_alu(struct machine *, struct state *, const struct bpf_insn *);
/* The lower half of what is no address; NULL, and given up. */
Z3_ast machine_number(struct machine *, const struct cell *);
/* A register that is read. */
const struct cell *machine_read(struct machine *, const struct state *, unsigned reg);

/* ebpf_compare.c: does it jump?  NULL: given up. */
Z3_ast machine_jumps(struct machine *, const struct state *, const struct bpf_insn *);
/* Are `bytes` bytes from base on, which may be NULL, in place? */
Z3_ast machine_within(struct machine *, Z3_ast base, int64_t bytes);
/* x <= k, x == k; of x = (y * constant) - constant too. */
Z3_ast number_at_most(struct prover *, Z3_ast x, uint32_t k);
Z3_ast number_equal(struct prover *, Z3_ast x, uint32_t k);

/* ebpf_memory.c: loads and stores, by registers; *ok: where the program goes on. */
bool machine_load(struct machine *, struct state *, const struct bpf_insn *);
bool machine_store(struct machine *, struct state *, const struct bpf_insn *);
/* ebpf_call.c: LD_ABS and LD_IND; helpers. */
bool machine_load_skb(
	struct machine *, struct state *, const struct bpf_insn *, Z3_ast *ok);
bool machine_call(struct machine *, struct state *, const struct bpf_insn *);
/* The word of stack at k; NULL, and given up. */
struct cell *machine_cell(struct machine *, struct state *, int64_t k);

/* ebpf_table.c: what is read from filter_ebpf.data at computed places is a function of
 * what is looked for, constant over ranges of it. */
bool table_address(struct machine *, const struct state *, struct cell *to,
	const struct cell *added);
bool table_load(struct machine *, const struct cell *at, int off, unsigned size,
	struct cell *out);
bool table_alu(struct machine *, struct cell *dst, const struct cell *src,
	const struct bpf_insn *);
bool table_key(struct machine *, struct cell *dst, const struct cell *upper);
/* The function is below k, where a comparison has not jumped. */
void table_below(struct machine *, struct cell *, uint32_t k);
Z3_ast table_jumps(struct machine *, const struct cell *a, const struct cell *b,
	const struct bpf_insn *);

#endif
