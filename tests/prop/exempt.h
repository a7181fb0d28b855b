/* exempt.h: expressions on which we and the libpcap that is linked may differ, each kind
 * with its reason. */
#ifndef BPFCAP_TESTS_EXEMPT_H
#define BPFCAP_TESTS_EXEMPT_H

#include "check.h"

/* The reason why this failure is none, or NULL. */
const char *exempt_reason(const struct failure *, const char *text);

#endif
