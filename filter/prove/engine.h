/* engine.h: the proofs of proof.h with Z3 behind them. */
#ifndef BPFCAP_FILTER_ENGINE_H
#define BPFCAP_FILTER_ENGINE_H

#include "../proof.h"

bool engine_prove(const struct filter_opts *, const struct filter_proof_opts *,
	struct filter_proof *out, struct diags *);
bool engine_diff(const struct filter_opts *a, const struct filter_opts *b,
	const struct filter_proof_opts *, struct filter_difference *out,
	struct diags ds[2]);

/* ebpf_way.c: are packets of that input kind read so? */
bool engine_reads(enum filter_reads, enum filter_input);

#endif
