/* refusal.h: what the kernel's verifier has against a program, said of the expression. */
#ifndef BPFCAP_REFUSAL_H
#define BPFCAP_REFUSAL_H

#include <stddef.h>

#include "../filter/diag.h"
#include "../filter/filter.h"

struct refusal {
	char *log; /* the verifier's; statistics at its end are cut off */
	int err;   /* of the load */
	const struct filter_ebpf *body;
	size_t first; /* instruction of the program at which the body begins */
};

/* Adds the error, with the place where one instruction of the body is to blame, and the
 * verifier's own words as a detail. */
void refusal_explain(const struct refusal *, struct diags *);

#endif
