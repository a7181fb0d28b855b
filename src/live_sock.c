/* live_sock.c: in: packets of an interface that the filter accepts in the kernel
 * (bpf/sock.bpf.c); out: a source that reads them from the BPF ring buffer. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "../bpf/event.h"
#include "bpf/sock.skel.h"
#include "live_bind.h"
#include "live_feed.h"
#include "privilege.h"
#include "splice.h"

/* A filter with no more on its longest way is quicker without a scratch: on one machine
 * filling that took 25 to 35 ns, as much as five to ten loads, on another as much as
 * three (tests/bench/README.md, "Filtering in the kernel"). */
#define LOADS_MAX 4

/* A program of bpf/sock.bpf.c, and the filter in it. */
struct way {
	struct filter_ebpf body;
	struct bpf_program *(*program)(const struct sock_bpf *);
};

struct live_sock {
	struct live_feed feed; /* first */
	struct sock_bpf *skel;
};

static void
sock_free(struct live_feed *f)
{
	struct live_sock *l = (struct live_sock *)f;
	sock_bpf__destroy(l->skel);
	free(l);
}

static struct bpf_program *
by_loads(const struct sock_bpf *k)
{
	return k->progs.capture_loads;
}

static struct bpf_program *
by_scratch(const struct sock_bpf *k)
{
	return k->progs.capture_raw;
}

static struct bpf_program *
by_scratch_cooked(const struct sock_bpf *k)
{
	return k->progs.capture_cooked;
}

/* Without the right to add numbers to pointers there are no tables for long lists. */
static bool
choose(struct way *w, const struct iface *iface, const struct filter *filter,
	struct diags *ds)
{
	const bool pointers = privilege_has(PRIVILEGE_POINTERS);
	w->program = by_loads;
	if (!iface->cooked && pointers) {
		struct diags long_ones = { 0 };
		if (filter_ebpf(filter, FILTER_READS_LOADS, &w->body, &long_ones) &&
			w->body.loads <= LOADS_MAX)
			return true;
		filter_ebpf_free(&w->body);
	}
	w->program = iface->cooked ? by_scratch_cooked : by_scratch;
	return filter_ebpf(filter, pointers ? FILTER_READS_SCRATCH : FILTER_READS_CONTEXT,
		&w->body, ds);
}

static bool
set_up(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct way *w)
{
	struct sock_bpf *k = l->skel;
	k->rodata->config = live_feed_config(opts, iface, w->body.reach);
	k->rodata->config.skip_in = opts->direction == LIVE_OUT;
	k->rodata->config.skip_out = opts->direction == LIVE_IN;
	struct bpf_program *const all[] = { by_loads(k), by_scratch(k),
		by_scratch_cooked(k) };
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (bpf_program__set_autoload(all[i], all[i] == w->program(k)) != 0)
			return false;
	return bpf_map__set_autocreate(k->maps.links, iface->cooked) == 0;
}

static bool
load(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct way *w, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, &w->body, ds);
	if (ok) {
		l->skel = sock_bpf__open();
		if (!l->skel)
			ok = live_feed_refuse(ds, "opening the eBPF object", errno);
		else if (!set_up(l, opts, iface, w))
			ok = live_feed_refuse(ds, "setting up the eBPF object", EINVAL);
		else
			ok = live_feed_size(&l->feed, opts, l->skel->obj, ds) &&
			     splice_load(&splice, l->skel->skeleton, ds);
	}
	splice_end(&splice);
	return ok;
}

/* Dispatcher → program by tail call; the dispatcher on the socket. */
static bool
attach(struct live_sock *l, const struct way *w, struct diags *ds)
{
	const struct sock_bpf *k = l->skel;
	const uint32_t slot = 0;
	const int program = bpf_program__fd(w->program(k));
	const int dispatch = bpf_program__fd(k->progs.dispatch);
	if (bpf_map_update_elem(bpf_map__fd(k->maps.programs), &slot, &program, 0) != 0)
		return live_feed_refuse(ds, "linking the eBPF programs", errno);
	if (setsockopt(l->feed.fd, SOL_SOCKET, SO_ATTACH_BPF, &dispatch,
		    sizeof(dispatch)) != 0)
		return live_feed_refuse(ds, "attaching the eBPF program", errno);
	return true;
}

static bool
start(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct way w = { 0 };
	if (!choose(&w, iface, filter, ds))
		return false;
	l->feed.fd = live_bind_open(iface, ds);
	bool ok = l->feed.fd >= 0 && load(l, opts, iface, &w, ds);
	filter_ebpf_free(&w.body);
	if (!ok || !live_feed_start(&l->feed, opts, l->skel->obj, ds))
		return false;
	if (iface->cooked)
		live_links_fill(&l->feed.links, bpf_map__fd(l->skel->maps.links));
	return attach(l, &w, ds) && live_bind_start(l->feed.fd, opts, iface, ds);
}

struct source *
live_sock_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_sock *l = calloc(1, sizeof(*l));
	if (!l) {
		live_feed_refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	bool ok = live_feed_init(&l->feed, opts, iface, ds);
	l->feed.free = sock_free;
	if (ok && start(l, opts, iface, filter, ds))
		return &l->feed.source;
	live_feed_close(&l->feed);
	return NULL;
}
