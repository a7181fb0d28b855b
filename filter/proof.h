/* proof.h: proofs about filters: the second public header of the library.
 *
 * The *meaning* of an expression is computed from its syntax tree, apart from all that
 * makes a program of it, and both are handed to Z3.  Nothing is sampled: what is proved
 * holds for every packet of up to 2^31 - 1 bytes, and for its metadata.
 *
 * A *complete* packet has all bytes that the filter asks for; of a truncated one, `len`
 * is kept and bytes are missing from caplen on. */
#ifndef BPFCAP_PROOF_H
#define BPFCAP_PROOF_H

#include "filter.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The programs of a filter, by number: its classic BPF, and the eBPF of each way of
 * reading.  Those of FILTER_READS_SKB, _SKB_SENT and _XDP… leave some packets to another
 * program (FILTER_BEYOND), and of those they claim nothing. */
#define FILTER_PROGRAM_CBPF 0
#define FILTER_PROGRAM_EBPF(reads) (1 + (unsigned)(reads))
#define FILTER_PROGRAMS FILTER_PROGRAM_EBPF(FILTER_READS_BUFFER + 1)

struct filter_proof_opts {
	uint32_t limit_ms; /* of all that is asked for, about; 0: none */
	uint32_t programs; /* to prove: a bit for each, 1 << number; 0: classic BPF, and
			    * what eBPF the packets of the input kind are given to */
};

/* A packet that shows a difference: short, and bytes that do not matter are 0. */
struct filter_witness {
	bool found;
	uint8_t *bytes;              /* malloc'd */
	struct filter_packet packet; /* `data` are those bytes */
	uint32_t piece; /* of a refuted program in place: bytes that are in one piece */
};

/* What is claimed of a program.  "Accepts": with the snap length, exactly. */
enum filter_claim {
	FILTER_CLAIM_NONE,
	FILTER_CLAIM_MEANING,   /* on complete packets, it is what the expression means */
	FILTER_CLAIM_TRUNCATED, /* truncated: what the expression, read from left to
				 * right, accepts, it accepts */
	FILTER_CLAIM_DETERMINED, /* ... what it accepts, any missing bytes would be */
	FILTER_CLAIM_MACHINE,    /* all machines run it alike: none reads what is unset,
				  * shifts by 32 or more, or passes offset 2^31; of eBPF,
				  * or reads bytes that it has not checked */
};

enum filter_verdict { FILTER_PROVED, FILTER_REFUTED, FILTER_UNDECIDED };

struct filter_proof {
	enum filter_verdict verdict;   /* _PROVED: of all programs that were asked for */
	unsigned which;                /* else: of which program; see above */
	enum filter_claim claim;       /* of a refutation: which does not hold */
	struct filter_witness witness; /* ditto; where one can be shown */
	uint32_t program, expression;  /* ditto: 0 to reject, else the snap length; for
					* _DETERMINED the latter is of complete packets */
	char why[160];                 /* undecided, or refuted: in words, or empty */
	uint64_t ns;                   /* time that the proof took, without compiling */
	/* Relations whose arithmetic was read from the syntax tree itself, and those that
	 * were taken from the resolver, since the base of an index is not in our table.
	 */
	uint32_t relations, resolved;
	struct {
		bool tried; /* there is one, and it was asked for */
		enum filter_verdict verdict;
		uint64_t ns; /* without what it takes to read the expression */
	} program_is[FILTER_PROGRAMS];
};

/* Compiles, and proves its programs, up to the first that is refuted.  False, and an
 * error, when it does not compile (or has no classic BPF, and that was asked for), or
 * when nothing can be proved in this build. */
FILTER_API bool filter_prove(const struct filter_opts *, const struct filter_proof_opts *,
	struct filter_proof *out, struct diags *);
FILTER_API void filter_proof_free(struct filter_proof *);
/* Of a program, for messages.  Static. */
FILTER_API const char *filter_program_name(unsigned number);

/* Of the packets that two expressions accept, complete ones. */
enum filter_relation {
	FILTER_EQUAL,
	FILTER_A_IMPLIES_B, /* all that A accepts, B accepts, and more */
	FILTER_B_IMPLIES_A,
	FILTER_DISJOINT, /* none is accepted by both */
	FILTER_OVERLAP,  /* some by both, some by each alone */
	FILTER_RELATION_UNDECIDED,
};

struct filter_difference {
	enum filter_relation relation;
	bool never[2];                 /* A, B: accepts no packet at all */
	struct filter_witness only[2]; /* accepted by A alone, by B alone */
	struct filter_witness both;    /* of an overlap */
	char why[160];                 /* undecided: in words */
	uint64_t ns;
	uint32_t relations, resolved; /* as above */
};

/* Compares the meanings; both must be of one link type and input kind.  Messages on A go
 * to ds[0], those on B to ds[1].  An expression that never matches is no error here. */
FILTER_API bool filter_diff(const struct filter_opts *a, const struct filter_opts *b,
	const struct filter_proof_opts *, struct filter_difference *out,
	struct diags ds[2]);
FILTER_API void filter_difference_free(struct filter_difference *);

#ifdef __cplusplus
}
#endif
#endif
