/* proof.c: what the proofs of proof.h have taken is given back.  Needs no Z3: the caller
 * has this in all builds. */
#include "proof.h"

#include <stdlib.h>

static void
free_witness(struct filter_witness *w)
{
	free(w->bytes);
	*w = (struct filter_witness){ 0 };
}

const char *
filter_program_name(unsigned number)
{
	static const char *const names[FILTER_PROGRAMS] = {
		[FILTER_PROGRAM_CBPF] = "classic BPF",
		[FILTER_PROGRAM_EBPF(FILTER_READS_SCRATCH)] = "eBPF, skb by scratch",
		[FILTER_PROGRAM_EBPF(FILTER_READS_CONTEXT)] = "eBPF, skb by context",
		[FILTER_PROGRAM_EBPF(FILTER_READS_LOADS)] = "eBPF, skb by loads",
		[FILTER_PROGRAM_EBPF(FILTER_READS_SKB)] = "eBPF, skb in place",
		[FILTER_PROGRAM_EBPF(FILTER_READS_SKB_SENT)] = "eBPF, sent skb in place",
		[FILTER_PROGRAM_EBPF(FILTER_READS_XDP)] = "eBPF, XDP in one piece",
		[FILTER_PROGRAM_EBPF(FILTER_READS_XDP_FRAGS)] = "eBPF, XDP in place",
		[FILTER_PROGRAM_EBPF(FILTER_READS_XDP_SCRATCH)] = "eBPF, XDP by scratch",
		[FILTER_PROGRAM_EBPF(FILTER_READS_MEMORY)] = "eBPF, kernel memory",
		[FILTER_PROGRAM_EBPF(FILTER_READS_BUFFER)] = "eBPF, user buffer",
	};
	return number < FILTER_PROGRAMS ? names[number] : "?";
}

void
filter_proof_free(struct filter_proof *p)
{
	free_witness(&p->witness);
}

void
filter_difference_free(struct filter_difference *d)
{
	free_witness(&d->only[0]);
	free_witness(&d->only[1]);
	free_witness(&d->both);
}
