/* machine.h: eBPF run in user space, slowly and with every access checked: for bodies of
 * FILTER_READS_BUFFER, and for what the compiler says of itself. */
#ifndef BPFCAP_TESTS_HOOKS_MACHINE_H
#define BPFCAP_TESTS_HOOKS_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../filter/filter.h"

/* f(data, length).  False: an instruction that is none of ours, a jump or an access to
 * where nothing is. */
bool machine_run(const struct filter_ebpf *, const uint8_t *data, uint32_t length,
	uint32_t *verdict);

#endif
