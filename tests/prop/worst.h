/* worst.h: how many instructions a classic BPF program executes at most. */
#ifndef BPFCAP_TESTS_WORST_H
#define BPFCAP_TESTS_WORST_H

#include <pcap/pcap.h>

/* The longest way from the first instruction to a return, both ends counted; whether a
 * packet takes it is not asked.  `weight` says what each instruction counts for, NULL: 1.
 * 0: a jump goes backward, as protochain's does. */
unsigned worst_path(const struct bpf_insn *, unsigned count, const unsigned *weight);

#endif
