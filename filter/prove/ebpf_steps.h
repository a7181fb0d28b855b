/* ebpf_steps.h: what a look-up works out, as a function of what is looked for.
 *
 * All that it reads, and all that it makes of it, is constant over ranges of one number:
 * of x; or, where the stage before has found in which part of a set it looks, of the key
 * (part << 32 | x), the part being such a function itself. */
#ifndef BPFCAP_FILTER_PROVE_EBPF_STEPS_H
#define BPFCAP_FILTER_PROVE_EBPF_STEPS_H

#include "ebpf.h"

/* Up to `hi` it is k; ascending.  Of what is beyond the last nothing is known, and the
 * run has gone astray for it. */
struct part {
	uint64_t hi;
	uint64_t k;
};

struct value_of { /* one of the function's values, and when it is that */
	uint64_t k;
	Z3_ast when;
};

struct steps {
	Z3_ast x;
	const struct steps *within; /* NULL: of x alone */
	uint32_t parts;
	struct part *part;
	struct value_of *value; /* ascending; NULL: not yet asked for */
	uint32_t values;
};

/* Without parts, with room for so many; then ascending. */
struct steps *steps_make(
	struct machine *, Z3_ast x, const struct steps *within, uint32_t room);
void steps_append(struct steps *, uint64_t hi, uint64_t k);
uint64_t steps_low(const struct steps *, uint32_t part);
uint64_t steps_last(const struct steps *);

/* Are they functions of the same? */
bool steps_alike(const struct steps *, const struct steps *);

/* `f` as a function of the key of `x` in the part that `within` says; the same where it
 * is one.  NULL, and given up, where it is not. */
const struct steps *steps_of_key(
	struct machine *, const struct steps *f, Z3_ast x, const struct steps *within);

/* 0 instead of what is not below k: behind a comparison that excludes it. */
const struct steps *steps_below(struct machine *, const struct steps *, uint64_t k);

/* When it is not 0. */
Z3_ast steps_hold(struct machine *, const struct steps *);

#endif
