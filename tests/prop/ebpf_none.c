/* ebpf_none.c: says that there is no eBPF in this build. */
#include "ebpf.h"

const char *
ebpf_missing(void)
{
	return "built without eBPF";
}

struct ebpf *
ebpf_load(const struct filter *f, enum filter_reads reads, struct diags *ds)
{
	(void)reads;
	(void)f;
	diags_error(ds, DIAG_KERNEL, (struct span){ 0 }, "built without eBPF");
	return NULL;
}

int
ebpf_fd(const struct ebpf *e)
{
	(void)e;
	return -1;
}

void
ebpf_set_meta(struct ebpf *e, const struct filter_packet *p)
{
	(void)e;
	(void)p;
}

void
ebpf_unload(struct ebpf *e)
{
	(void)e;
}
