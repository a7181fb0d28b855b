/* live_tc.c: in: packets of an interface that the filter accepts at tc, where they come
 * in and go out (bpf/tc.bpf.c); out: a source that reads them from the BPF ring buffer.
 *
 * Attached by links, which end with this process, however it ends; where the kernel has
 * none, or on demand, by the clsact qdisc. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "bpf/tc.skel.h"
#include "live_attach.h"
#include "live_bind.h"
#include "live_clsact.h"
#include "live_feed.h"
#include "privilege.h"
#include "splice.h"

#define IN CLSACT_IN
#define OUT CLSACT_OUT
#define SIDES CLSACT_SIDES

/* linux/bpf.h, since 6.6: BPF_TCX_INGRESS, BPF_TCX_EGRESS. */
static const int sides[SIDES] = { [IN] = 46, [OUT] = 47 };

/* BPF_F_BEFORE: the first program of all, for those behind one that says "pass" are not
 * run. */
#define FIRST (1U << 3)

struct live_tc {
	struct live_feed feed; /* first */
	struct tc_bpf *skel;
	bool wanted[SIDES];
	int link[SIDES]; /* -1: none */
	bool by_clsact;
	struct live_clsact clsact;
	enum live_clsact_end end; /* how it was detached */
};

/* The filter for each program. */
struct bodies {
	struct filter_ebpf in, out, far;
};

static void
tc_detach(struct live_feed *f)
{
	struct live_tc *l = (struct live_tc *)f;
	for (int i = 0; i < SIDES; i++)
		if (l->link[i] >= 0)
			close(l->link[i]);
	if (l->by_clsact)
		l->end = live_clsact_leave(&l->clsact);
}

static void
tc_end(struct live_feed *f, struct diags *ds)
{
	const struct live_tc *l = (const struct live_tc *)f;
	live_clsact_tell(&l->clsact, l->end, ds);
}

static void
tc_free(struct live_feed *f)
{
	struct live_tc *l = (struct live_tc *)f;
	tc_bpf__destroy(l->skel);
	free(l);
}

static bool
compile(const struct filter *filter, struct bodies *b, struct diags *ds)
{
	const enum filter_reads far = privilege_has(PRIVILEGE_POINTERS)
					      ? FILTER_READS_SCRATCH
					      : FILTER_READS_CONTEXT;
	return filter_ebpf(filter, FILTER_READS_SKB, &b->in, ds) &&
	       filter_ebpf(filter, FILTER_READS_SKB_SENT, &b->out, ds) &&
	       filter_ebpf(filter, far, &b->far, ds);
}

static bool
set_up(struct live_tc *l, const struct live_opts *opts, const struct iface *iface,
	const struct bodies *b, struct diags *ds)
{
	const struct tc_bpf *k = l->skel;
	k->rodata->config = live_feed_config(opts, iface, b->far.reach);
	if (bpf_program__set_autoload(k->progs.tc_in, l->wanted[IN]) == 0 &&
		bpf_program__set_autoload(k->progs.tc_far_in, l->wanted[IN]) == 0 &&
		bpf_program__set_autoload(k->progs.tc_out, l->wanted[OUT]) == 0 &&
		bpf_program__set_autoload(k->progs.tc_far_out, l->wanted[OUT]) == 0)
		return live_feed_size(&l->feed, opts, k->obj, ds);
	return live_feed_refuse(ds, "setting up the eBPF object", EINVAL);
}

static bool
load(struct live_tc *l, const struct live_opts *opts, const struct iface *iface,
	const struct bodies *b, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, &b->in, ds);
	if (ok) {
		splice_other(&splice, "bpfcap_tc/out", &b->out);
		splice_other(&splice, "bpfcap_tc_far/", &b->far);
		l->skel = tc_bpf__open();
		if (!l->skel)
			ok = live_feed_refuse(ds, "opening the eBPF object", errno);
		else
			ok = set_up(l, opts, iface, b, ds) &&
			     splice_load(&splice, l->skel->skeleton, ds);
	}
	splice_end(&splice);
	return ok;
}

/* Whether the kernel has tcx links at all.  One that has looks for the interface first
 * (kernel/bpf/tcx.c, tcx_link_attach); INT_MAX is none. */
static bool
has_tcx(int program)
{
	const int link =
		bpf_link_create(program, INT_MAX, (enum bpf_attach_type)sides[IN], NULL);
	if (link >= 0)
		close(link);
	return link != -EINVAL;
}

static void
note_clsact(const struct iface *iface, const char *why, struct diags *ds)
{
	diags_add(ds, DIAG_HOOK, SEV_NOTE, "%s: tc by the clsact qdisc%s", iface->name,
		why);
}

/* What asks for a link gets the qdisc where the kernel has no links, and only there. */
static bool
attach_look(struct live_tc *l, enum clsact_side side, int program,
	const struct iface *iface, struct diags *ds)
{
	const struct bpf_link_create_opts create = { .sz = sizeof(create),
		.flags = FIRST };
	if (l->by_clsact)
		return live_clsact_attach(&l->clsact, side, program, ds);
	l->link[side] = bpf_link_create(
		program, iface->index, (enum bpf_attach_type)sides[side], &create);
	if (l->link[side] >= 0)
		return true;
	if (l->link[side] != -EINVAL || has_tcx(program))
		return live_attach_refuse("tc", NULL, iface, -l->link[side], ds);
	l->by_clsact = true;
	note_clsact(iface, ", for the kernel has no tcx links", ds);
	return live_clsact_attach(&l->clsact, side, program, ds);
}

static bool
attach(struct live_tc *l, enum clsact_side side, const struct bpf_program *look,
	const struct bpf_program *far, const struct iface *iface, struct diags *ds)
{
	const uint32_t slot = side; /* bpf/tc.bpf.c, FAR_ */
	const int far_fd = bpf_program__fd(far);
	const int programs = bpf_map__fd(l->skel->maps.programs);
	if (!l->wanted[side])
		return true;
	if (bpf_map_update_elem(programs, &slot, &far_fd, 0) != 0)
		return live_feed_refuse(ds, "linking the eBPF programs", errno);
	return attach_look(l, side, bpf_program__fd(look), iface, ds);
}

static bool
start(struct live_tc *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct bodies b = { 0 };
	l->feed.fd = live_bind_open(iface, ds);
	const bool ok = l->feed.fd >= 0 && compile(filter, &b, ds) &&
			load(l, opts, iface, &b, ds);
	filter_ebpf_free(&b.in);
	filter_ebpf_free(&b.out);
	filter_ebpf_free(&b.far);
	if (!ok)
		return false;
	const struct tc_bpf *k = l->skel;
	return live_feed_start(&l->feed, opts, k->obj, ds) &&
	       live_bind_watch(l->feed.fd, opts, iface, ds) &&
	       attach(l, IN, k->progs.tc_in, k->progs.tc_far_in, iface, ds) &&
	       attach(l, OUT, k->progs.tc_out, k->progs.tc_far_out, iface, ds) &&
	       (!l->by_clsact || live_clsact_keep(&l->clsact, ds));
}

static struct live_tc *
prepare(const struct live_opts *opts, const struct iface *iface)
{
	struct live_tc *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->link[IN] = l->link[OUT] = -1;
	live_clsact_init(&l->clsact, iface);
	l->wanted[IN] = opts->direction != LIVE_OUT;
	/* What goes out there comes in again: once will do, as on a socket. */
	l->wanted[OUT] = opts->direction == LIVE_OUT ||
			 (opts->direction == LIVE_INOUT && !iface->loopback);
	return l;
}

static struct source *
open_by(const char *hook, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_tc *l = prepare(opts, iface);
	if (!l) {
		live_feed_refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	bool ok = live_feed_init(&l->feed, opts, iface, ds) &&
		  live_attach_may(hook, iface, ds);
	l->feed.detach = tc_detach;
	l->feed.free = tc_free;
	l->feed.end = tc_end;
	l->by_clsact = strcmp(hook, "tc-clsact") == 0;
	if (l->by_clsact)
		note_clsact(iface, "", ds);
	if (ok && start(l, opts, iface, filter, ds))
		return &l->feed.source;
	live_feed_close(&l->feed);
	return NULL;
}

struct source *
live_tc_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	return open_by("tc", opts, iface, filter, ds);
}

struct source *
live_tc_clsact_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	return open_by("tc-clsact", opts, iface, filter, ds);
}
