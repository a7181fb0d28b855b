/* none.c: the proofs of a build without Z3: none, and what to do about it. */
#include "../proof.h"

static bool
refuse(struct diags *ds)
{
	diags_error(ds, DIAG_UNSUPPORTED, (struct span){ 0, 0 },
		"built without Z3; nothing can be proved");
	diags_hint(ds, "install libz3-dev, then configure again --with-z3, and build");
	return false;
}

bool
filter_prove(const struct filter_opts *opts, const struct filter_proof_opts *limits,
	struct filter_proof *out, struct diags *ds)
{
	(void)opts;
	(void)limits;
	*out = (struct filter_proof){ .verdict = FILTER_UNDECIDED };
	return refuse(ds);
}

bool
filter_diff(const struct filter_opts *a, const struct filter_opts *b,
	const struct filter_proof_opts *limits, struct filter_difference *out,
	struct diags ds[2])
{
	(void)a;
	(void)b;
	(void)limits;
	*out = (struct filter_difference){ .relation = FILTER_RELATION_UNDECIDED };
	return refuse(&ds[0]);
}
