/* effect.h: what an instruction of classic BPF reads and writes. */
#ifndef BPFCAP_FILTER_CBPF_EFFECT_H
#define BPFCAP_FILTER_CBPF_EFFECT_H

#include "cbpf.h"

/* Sets of registers: bit n is M[n]. */
#define REG_A (1u << CBPF_MEMORY)
#define REG_X (2u << CBPF_MEMORY)

struct effect {
	uint32_t reads, writes;
	bool rejects; /* it may */
};

struct effect effect_of(const struct sock_filter *);

#endif
