/* module.c: the proofs of proof.h, from a module that is loaded when one is asked for.
 *
 * Z3 is a C++ library of 22 MiB: linked to the tool it made `bpfcap -d ip` take 4.2 ms
 * instead of 2.1 (Debian 12, libz3 4.8.12, best of 200), and every capture as root would
 * carry it.  This is the one place in filter/ that opens something.  The module stays
 * loaded: its libraries cannot all be unloaded. */
#include "module.h"

#include <dlfcn.h>
#include <string.h>

/* Beside the program in the tree that it was built in, then where it was installed.  The
 * loader refuses $ORIGIN to programs that have more rights than their user. */
static const char *const places[] = {
	"$ORIGIN/.libs/bpfcap-prove.so",
#ifdef BUILT_MODULE
	BUILT_MODULE, /* with ASan, whose dlopen takes its own place for the origin */
#endif
	PKGLIBDIR "/bpfcap-prove.so",
	"$ORIGIN/../lib/bpfcap/bpfcap-prove.so", /* installed below another directory */
};

static const struct prover_module *
find(struct diags *ds)
{
	const struct prover_module own = PROVER_MODULE(NULL, NULL);
	void *handle = NULL;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && handle == NULL; i++)
		handle = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
	const char *why = handle == NULL ? dlerror() : NULL;
	const struct prover_module *m =
		handle == NULL ? NULL : dlsym(handle, PROVER_MODULE_NAME);
	if (m == NULL) {
		diags_error(ds, DIAG_UNSUPPORTED, (struct span){ 0, 0 },
			"the prover cannot be loaded: %s",
			why != NULL ? why : "it is no module of bpfcap's");
		diags_hint(ds, "install bpfcap with its module, and libz3");
		return NULL;
	}
	if (strcmp(m->version, own.version) != 0 ||
		memcmp(m->size, own.size, sizeof(own.size)) != 0) {
		diags_error(ds, DIAG_UNSUPPORTED, (struct span){ 0, 0 },
			"the prover that was found is of another version (%s)",
			m->version);
		diags_hint(ds, "install bpfcap anew, with its module");
		return NULL;
	}
	return m;
}

bool
filter_prove(const struct filter_opts *opts, const struct filter_proof_opts *limits,
	struct filter_proof *out, struct diags *ds)
{
	*out = (struct filter_proof){ .verdict = FILTER_UNDECIDED };
	const struct prover_module *m = find(ds);
	return m != NULL && m->prove(opts, limits, out, ds);
}

bool
filter_diff(const struct filter_opts *a, const struct filter_opts *b,
	const struct filter_proof_opts *limits, struct filter_difference *out,
	struct diags ds[2])
{
	*out = (struct filter_difference){ .relation = FILTER_RELATION_UNDECIDED };
	const struct prover_module *m = find(&ds[0]);
	return m != NULL && m->diff(a, b, limits, out, ds);
}
