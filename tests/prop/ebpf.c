/* ebpf.c: a filter comes in, is joined to the `verdict` program by src/splice.c and
 * loaded; the program's descriptor goes out. */
#include "ebpf.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "../../bpf/event.h"
#include "../../src/splice.h"
#include "bpf/verdict.skel.h"

struct ebpf {
	struct verdict_bpf *skeleton;
};

const char *
ebpf_missing(void)
{
	return geteuid() == 0 ? NULL : "loading eBPF needs root";
}

static struct verdict_bpf *
load(const struct filter_ebpf *body, struct diags *ds)
{
	struct verdict_bpf *skeleton = NULL;
	struct splice splice;

	if (splice_begin(&splice, body, ds)) {
		skeleton = verdict_bpf__open();
		if (!skeleton)
			diags_error(ds, DIAG_KERNEL, (struct span){ 0 },
				"the skeleton does not open");
		else
			skeleton->rodata->reach = body->reach;
		if (skeleton && !splice_load(&splice, skeleton->skeleton, ds)) {
			verdict_bpf__destroy(skeleton);
			skeleton = NULL;
		}
	}
	splice_end(&splice);
	return skeleton;
}

struct ebpf *
ebpf_load(const struct filter *f, enum filter_reads reads, struct diags *ds)
{
	struct filter_ebpf body;
	struct verdict_bpf *skeleton;
	struct ebpf *e;

	if (!filter_ebpf(f, reads, &body, ds))
		return NULL;
	skeleton = load(&body, ds);
	filter_ebpf_free(&body);
	if (!skeleton)
		return NULL;
	e = malloc(sizeof *e);
	if (!e)
		abort();
	e->skeleton = skeleton;
	return e;
}

int
ebpf_fd(const struct ebpf *e)
{
	return bpf_program__fd(e->skeleton->progs.verdict);
}

void
ebpf_set_meta(struct ebpf *e, const struct filter_packet *p)
{
	struct pktbuf *const meta = &e->skeleton->bss->meta;

	meta->len = p->len;
	meta->ifindex = p->ifindex;
	meta->protocol = p->protocol;
	meta->hatype = p->hatype;
	meta->pkttype = p->pkttype;
}

void
ebpf_unload(struct ebpf *e)
{
	if (!e)
		return;
	verdict_bpf__destroy(e->skeleton);
	free(e);
}
