/* check.h: one expression on one link type, against everything that there is to
 * compare.  The claims are those of the table in claim.def; the first that does not
 * hold is described in a `struct failure`. */
#ifndef BPFCAP_TESTS_CHECK_H
#define BPFCAP_TESTS_CHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "../../filter/filter.h"
#include "corpus.h"
#include "kernel.h"
#include "oracle.h"

enum claim {
#define X(name, text) CLAIM_##name,
#include "claim.def"
#undef X
	CLAIMS
};

const char *claim_text(enum claim);

struct check {
	struct corpora *corpora;
	uint64_t seed; /* of the cuts and the fillings */
	struct kernel kernel;
	bool with_kernel;        /* is `kernel` open? */
	unsigned ebpf_percent;   /* of the expressions are loaded as eBPF */
	uint64_t held[CLAIMS];   /* how often each claim was tried and held */
	uint64_t programs;       /* pairs of expression and link type that compiled */
	uint64_t refused;        /* ... that libpcap and we refuse */
	uint64_t pending;        /* ... that we do not compile yet, and say so */
	uint64_t too_long;       /* ... and are more than the kernel takes as cBPF */
	uint64_t matched, tried; /* complete packets */
	uint64_t unsaid;         /* packets of which the oracle says nothing */
	uint64_t beyond, accepted_beyond; /* cut packets that the oracle cannot judge
					   * by what was captured; ... that we accept */
};

struct failure {
	enum claim claim;
	uint16_t linktype;
	bool theirs;      /* libpcap compiles it */
	bool no_optimise; /* which of our two programs */
	struct view view; /* the packet; borrowed from the corpus; data NULL: none */
	uint32_t whole;   /* bytes at view.data, of which caplen were shown */
	const char *got;  /* what was said, in words; static */
	char detail[400]; /* an error message, or empty */
};

/* False when a claim fails. */
bool check_expr(struct check *, const char *text, uint16_t linktype, struct failure *);

/* Does `text` say of each packet what libpcap says by `inner` of the packet inside it? */
struct peel;
struct peel_case {
	const char *text;  /* with the tunnel's keyword */
	const char *inner; /* without */
	uint16_t linktype; /* of the outer packet */
	const struct peel *peel;
};
bool check_peel(struct check *, const struct peel_case *, struct failure *);

/* Is it refused by libpcap (unless only its head does) and by us? */
bool check_refused(struct check *, const char *text, uint16_t linktype, bool head_only,
	struct failure *);

#endif
