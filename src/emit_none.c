/* emit_none.c: a build without libbpf and libelf: what takes them is refused. */
#include "emit.h"

static bool
refuse(const struct emit *e, struct diags *ds)
{
	diags_add(ds, DIAG_KERNEL, SEV_ERROR,
		"%s: this bpfcap was built without eBPF (--without-bpf)",
		e->object->name);
	diags_hint(ds, "--emit c gives a program that clang compiles");
	return false;
}

bool
emit_elf(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	(void)f;
	(void)to;
	return refuse(e, ds);
}

bool
emit_xlated(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	(void)f;
	(void)to;
	return refuse(e, ds);
}

bool
emit_jited(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	(void)f;
	(void)to;
	return refuse(e, ds);
}
