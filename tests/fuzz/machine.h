/* machine.h: classic BPF run once more, by code that shares nothing with the library's,
 * and that tells why a packet was rejected. */
#ifndef BPFCAP_TESTS_FUZZ_MACHINE_H
#define BPFCAP_TESTS_FUZZ_MACHINE_H

#include "../../filter/filter.h"

struct machine_result {
	uint32_t verdict;
	bool fault;   /* a load beyond the captured bytes, or a division by zero */
	bool strange; /* an instruction or a jump that no program may have */
};

struct machine_result machine_run(
	const struct sock_filter *, size_t count, const struct filter_packet *);

#endif
