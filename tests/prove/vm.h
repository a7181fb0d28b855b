/* vm.h: runs the eBPF of a filter on one packet. */
#ifndef BPFCAP_TESTS_PROVE_VM_H
#define BPFCAP_TESTS_PROVE_VM_H

#include "../../filter/proof.h"

/* What it returns of the packet; *stray: on the way it has read what is not the packet's,
 * or nobody has written, or done what is not known here. */
uint32_t vm_run(const struct filter_ebpf *, enum filter_reads,
	const struct filter_witness *, bool *stray);

#endif
