/* theirs.h: libpcap's program on a socket: by itself, since its headers and those of eBPF
 * declare the same names. */
#ifndef BPFCAP_TESTS_BENCH_THEIRS_H
#define BPFCAP_TESTS_BENCH_THEIRS_H

#include <stdbool.h>

#include "../prop/kernel.h"

/* Opens and attaches. */
bool theirs_attach(struct kernel *, const char *text);
/* A program that rejects. */
bool theirs_attach_nothing(struct kernel *);

#endif
