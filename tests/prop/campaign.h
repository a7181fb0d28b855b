/* campaign.h: many expressions, tried one after the other, and what became of them. */
#ifndef BPFCAP_TESTS_CAMPAIGN_H
#define BPFCAP_TESTS_CAMPAIGN_H

#include "check.h"
#include "exprs.h"

struct campaign {
	struct check check;
	struct corpora corpora;
	uint64_t tried;          /* pairs of expression and link type */
	uint64_t failed[CLAIMS]; /* of them, by what they failed */
	uint64_t exempted;
	unsigned long show; /* failures of each claim; the rest is only counted */
	bool trace;         /* names each expression on stderr: says where an abort was */
};

/* Tries it; a failure is shown, for which *e is made smaller. */
void campaign_try(struct campaign *, struct expr *, uint16_t linktype);

/* Tries what is to be refused; `gist` is why, "head:" before it: libpcap 1.10.3 does not.
 */
void campaign_refuse(
	struct campaign *, const struct expr *, uint16_t linktype, const char *gist);

/* Tries an expression behind a tunnel. */
void campaign_peel(struct campaign *, const struct peel_case *);

/* TAP; 0 when no claim failed. */
int campaign_report(const struct campaign *);

#endif
