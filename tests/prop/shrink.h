/* shrink.h: makes a failing expression smaller, so that a person can read it. */
#ifndef BPFCAP_TESTS_SHRINK_H
#define BPFCAP_TESTS_SHRINK_H

#include "check.h"
#include "exprs.h"

/* Leaves out of *e what is not needed for the same claim to fail; *f then describes the
 * failure of what is left. */
void shrink_expr(
	const struct check *, struct expr *, uint16_t linktype, struct failure *f);

#endif
