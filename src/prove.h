/* prove.h: --prove and --diff: what the prover finds, for people: words and packets on
 * standard output, packets in the file of --witness. */
#ifndef BPFCAP_PROVE_H
#define BPFCAP_PROVE_H

#include "options.h"

/* Is the program that this compiles to what the expression means?  True: proved. */
bool prove_program(const struct options *, const struct filter_opts *, struct diags *);

/* Which packets does one expression accept and not the other?  True: none.  Messages on
 * `a` go to ds[0], those on `b` to ds[1]. */
bool prove_diff(const struct options *, const struct filter_opts *a,
	const struct filter_opts *b, struct diags ds[2]);

#endif
