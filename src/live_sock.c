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

static bool
set_up(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter_ebpf *body)
{
	struct sock_bpf *k = l->skel;
	k->rodata->config = live_feed_config(opts, iface, body->reach);
	k->rodata->config.skip_in = opts->direction == LIVE_OUT;
	k->rodata->config.skip_out = opts->direction == LIVE_IN;
	return bpf_program__set_autoload(k->progs.capture_raw, !iface->cooked) == 0 &&
	       bpf_program__set_autoload(k->progs.capture_cooked, iface->cooked) == 0 &&
	       bpf_map__set_autocreate(k->maps.links, iface->cooked) == 0;
}

static bool
load(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter_ebpf *body, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, body, ds);
	if (ok) {
		l->skel = sock_bpf__open();
		if (!l->skel)
			ok = live_feed_refuse(ds, "opening the eBPF object", errno);
		else if (!set_up(l, opts, iface, body))
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
attach(struct live_sock *l, const struct iface *iface, struct diags *ds)
{
	const struct sock_bpf *k = l->skel;
	const uint32_t slot = 0;
	const int program = bpf_program__fd(
		iface->cooked ? k->progs.capture_cooked : k->progs.capture_raw);
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
	struct filter_ebpf body;
	const enum filter_reads reads = privilege_has(PRIVILEGE_POINTERS)
						? FILTER_READS_SCRATCH
						: FILTER_READS_CONTEXT;
	if (!filter_ebpf(filter, reads, &body, ds))
		return false;
	l->feed.fd = live_bind_open(iface, ds);
	bool ok = l->feed.fd >= 0 && load(l, opts, iface, &body, ds);
	filter_ebpf_free(&body);
	if (!ok || !live_feed_start(&l->feed, opts, l->skel->obj, ds))
		return false;
	if (iface->cooked)
		live_links_fill(&l->feed.links, bpf_map__fd(l->skel->maps.links));
	return attach(l, iface, ds) && live_bind_start(l->feed.fd, opts, iface, ds);
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
