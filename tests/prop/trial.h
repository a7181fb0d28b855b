/* trial.h: one expression on one link type, compiled by all who can: the inside of
 * check_expr(). */
#ifndef BPFCAP_TESTS_TRIAL_H
#define BPFCAP_TESTS_TRIAL_H

#include "check.h"

struct ebpf;

struct trial {
	struct check *check;
	struct failure *failure;
	const char *text;
	uint16_t linktype;
	const struct corpus *corpus; /* of the link type */
	struct oracle oracle;
	struct filter *ours[2]; /* optimised, not optimised; [0] NULL: never matches */
	struct filter *cooked;  /* or NULL */
	bool cooked_never;      /* there is none, for it would never match */
	struct filter *skb;     /* as of a socket; or NULL */
	struct ebpf *ebpf;      /* of the optimised one, as a socket filter; or NULL */
	struct ebpf *cooked_ebpf;
};

/* Notes the claim and what was said; always false. */
bool trial_fail(struct trial *, enum claim, const char *got);
/* Counts a claim that holds, else fails. */
bool trial_hold(struct trial *, enum claim, bool holds, const char *got);
/* Keeps the first message for the failure. */
void trial_describe(struct trial *, const struct diags *);

/* These are false when a claim failed. */
bool trial_compile(struct trial *, bool *done); /* *done: there is nothing to run */
/* Ours alone; what is not compiled yet is counted. */
bool trial_compile_ours(struct trial *, enum claim, bool *done);
bool trial_refuse(struct trial *, bool head_only); /* nothing is to run */
/* Of the optimised program only, and only where there is such a thing. */
bool trial_compile_cooked(struct trial *);
bool trial_load(struct trial *); /* eBPF, into the kernel */

void trial_end(struct trial *);

#endif
