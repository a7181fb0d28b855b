/* prove.h: what a proof is made of: Z3 terms over one unknown packet.
 *
 * Terms are Z3's own, which are unique: equal terms are one pointer, and all die with the
 * context.  Numbers are 32 bits wide, bytes 8.  The packet is not an array but a byte for
 * each address that is asked for: a fresh unknown for each.  That two addresses which are
 * equal hold the same byte is told to the solver only when it has assumed otherwise
 * (solve.c). */
#ifndef BPFCAP_FILTER_PROVE_H
#define BPFCAP_FILTER_PROVE_H

#include <z3.h>

#include "../ast.h"
#include "../graph.h"
#include "../proof.h"

/* No packet is longer: what is read at or beyond it is out of bounds. */
#define PROVE_CAPLEN_MAX 0x7fffffffu

#define CHOICES_MAX 24 /* of one term, that are looked at one by one */

struct octet {
	Z3_ast at, byte;
	bool fixed; /* at is the number `k` */
	uint32_t k;
	uint32_t chain; /* index + 1 of the next with its hash */
};

/* x <= k, as an unknown; told: to the solver, what it is about. */
struct mark {
	uint32_t k;
	bool told;
	Z3_ast is;
};

struct scale {
	Z3_ast x;
	struct mark *mark; /* ascending */
	uint32_t marks, room;
	uint32_t ordered; /* marks whose order the solver knows */
	uint32_t wrong;   /* times that the solver has put x elsewhere than it was */
	uint32_t chain;
};

struct name {
	Z3_ast of, name;
};

struct prover {
	Z3_context z;
	Z3_solver solver;
	Z3_sort bool_sort, word_sort, octet_sort;
	Z3_ast yes, no;
	Z3_ast caplen, len, meta[METAS];
	Z3_ast piece; /* bytes in one piece, for programs that read in place */
	struct arena arena;
	struct octet *octet;
	uint32_t octets, room;
	uint32_t *bucket; /* index + 1, `room` of them */
	struct name *name;
	uint32_t names, name_room;
	struct scale *scale;
	uint32_t scales, scale_room;
	uint32_t *scale_bucket, scale_buckets; /* as above */
	uint32_t fresh;                        /* unknowns made so far */
	uint64_t deadline_ns;                  /* CLOCK_MONOTONIC */
	char why[160];                         /* not empty: given up */
};

/* How the end of the packet is read: bytes never end, or end at `caplen`. */
enum ending { ENDLESS, CUT };

bool prover_open(struct prover *, uint32_t limit_ms);
void prover_close(struct prover *);
/* Gives up: why, the first time.  Always false. */
bool prover_stop(struct prover *, const char *why);
/* Is there time?  Else gives up. */
bool prover_goes_on(struct prover *);
uint64_t prover_now(void); /* ns, monotonic */

/* term.c: constants are folded; a NULL operand of _and and _or is none. */
Z3_ast term_number(struct prover *, uint32_t k);
bool term_is_number(struct prover *, Z3_ast, uint32_t *k);
Z3_ast term_fresh(struct prover *, Z3_sort);
Z3_ast term_not(struct prover *, Z3_ast);
Z3_ast term_and(struct prover *, Z3_ast, Z3_ast);
Z3_ast term_or(struct prover *, Z3_ast, Z3_ast);
Z3_ast term_same(struct prover *, Z3_ast, Z3_ast);
Z3_ast term_if(struct prover *, Z3_ast when, Z3_ast then, Z3_ast otherwise);
/* The term, or, when it chooses between more than so many, a name for it. */
Z3_ast term_named(struct prover *, Z3_ast, unsigned max);
/* Leaves of a tree of ifs, at most max. */
unsigned term_choices(struct prover *, Z3_ast, unsigned max);
Z3_ast term_at_most(struct prover *, Z3_ast, Z3_ast); /* unsigned */
/* a op b as 32-bit unsigned numbers; *ok: where it has a result at all. */
Z3_ast term_arith(struct prover *, enum arith_op, Z3_ast a, Z3_ast b, Z3_ast *ok);

/* scale.c: of a 32-bit term */
Z3_ast scale_at_most(struct prover *, Z3_ast x, uint32_t k);
Z3_ast scale_equal(struct prover *, Z3_ast x, uint32_t k);
void scale_order(struct prover *);          /* tells the solver which are stronger */
bool scale_hold(struct prover *, Z3_model); /* false: the solver has been told more */

/* packet.c: `size` bytes at base + k, big-endian; base may be NULL.  *ok: where all of
 * them are in the packet; the sum may not wrap. */
Z3_ast packet_load(
	struct prover *, enum ending, Z3_ast base, uint32_t k, unsigned size, Z3_ast *ok);
/* base + k, in one form for all ways of writing it. */
Z3_ast packet_address(struct prover *, Z3_ast base, uint32_t k);

/* meaning.c: `ok`: nothing faults; `is`: then, it is true. */
struct reading {
	Z3_ast ok, is;
};
/* Relations of which one reads from the syntax tree itself, or not. */
struct read_from {
	uint32_t tree, resolver;
};
struct reading meaning(struct prover *, enum ending, const struct filter_opts *,
	const struct syntax *, struct read_from *);

struct run {
	Z3_ast accepts; /* returns the snap length */
	Z3_ast odd;     /* returns what is no verdict */
	Z3_ast stray;   /* does what not all machines do alike */
	Z3_ast beyond;  /* leaves the verdict to another program */
	Z3_ast given;   /* what is so of all packets that it gets */
};
/* program.c: classic BPF */
struct sock_filter;
struct run program(struct prover *, enum ending, const struct sock_filter *, size_t count,
	uint32_t snaplen);
/* ebpf.c: what it cannot run it gives up, and says so in `why`. */
struct run program_ebpf(struct prover *, enum ending, enum filter_reads,
	const struct filter_ebpf *, uint32_t snaplen);

/* solve.c: is there a packet for which all of these hold?  On _YES the model is in
 * *model, to be given back with Z3_model_dec_ref. */
enum found { FOUND_NO, FOUND_YES, FOUND_UNKNOWN };
enum found solve(struct prover *, unsigned count, const Z3_ast *hold, Z3_model *);
/* What a term is in the model. */
uint32_t solve_number(struct prover *, Z3_model, Z3_ast);
bool solve_truth(struct prover *, Z3_model, Z3_ast);

/* witness.c: a small packet for which both hold; *is: what the verdicts are of it. False:
 * none of a size that can be shown. */
struct shown {
	Z3_ast holds, also;
	Z3_ast verdict[2];
	const struct filter_opts *opts;
};
bool witness_find(
	struct prover *, const struct shown *, struct filter_witness *, bool is[2]);

/* wish.c: what packets of the link type look like, as far as that is possible. */
#define WISHES_MAX 8
unsigned wishes(struct prover *, const struct filter_opts *, Z3_ast wish[WISHES_MAX]);

#endif
