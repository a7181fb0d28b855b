/* module.h: what the module with Z3 in it offers to the program that loads it. */
#ifndef BPFCAP_FILTER_MODULE_H
#define BPFCAP_FILTER_MODULE_H

#include "../proof.h"

struct prover_module {
	const char *version; /* both sides must agree on it, and on these sizes */
	size_t size[5];
	bool (*prove)(const struct filter_opts *, const struct filter_proof_opts *,
		struct filter_proof *, struct diags *);
	bool (*diff)(const struct filter_opts *, const struct filter_opts *,
		const struct filter_proof_opts *, struct filter_difference *,
		struct diags[2]);
};

#define PROVER_MODULE_NAME "filter_prover" /* the variable */
#define PROVER_MODULE(prove, diff)                                                      \
	{                                                                               \
		PROVER_VERSION,                                                         \
			{ sizeof(struct filter_opts), sizeof(struct filter_proof_opts), \
				sizeof(struct filter_proof),                            \
				sizeof(struct filter_difference),                       \
				sizeof(struct diags) },                                 \
			prove, diff                                                     \
	}

#endif
