/* live_xdp.c: in: frames of an interface that the filter accepts at XDP, just behind the
 * driver (bpf/xdp.bpf.c); out: a source that reads them from the BPF ring buffer.
 *
 * Attached by a link, which ends with this process, however it ends.  An interface takes
 * one XDP program: where there is one of somebody else, it stays. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "bpf/xdp.skel.h"
#include "live_attach.h"
#include "live_bind.h"
#include "live_feed.h"
#include "splice.h"

#define SINCE "5.18" /* programs for frames in several pieces, bpf_xdp_load_bytes */
#define HAS_FRAGS (1U << 5) /* linux/bpf.h, BPF_F_XDP_HAS_FRAGS */

struct live_xdp {
	struct live_feed feed; /* first */
	struct xdp_bpf *skel;
	int link; /* -1: none */
};

/* Where the kernel runs the program.  In generic mode one that takes frames in pieces
 * gets a copy of which tc does not know the link header any more (net/core/skbuff.c,
 * skb_pp_cow_data leaves mac_len 0; seen with 6.18); one that does not, all in one. */
static const struct mode {
	const char *name;
	uint32_t attach; /* linux/if_link.h */
	uint32_t load;
	bool driver;
} native = { "native", XDP_FLAGS_DRV_MODE, HAS_FRAGS, true },
  generic = { "generic", XDP_FLAGS_SKB_MODE, 0, false };

/* What is captured, and the filter for each program. */
struct wish {
	const struct live_opts *opts;
	const struct iface *iface;
	struct filter_ebpf near, far;
};

static void
xdp_detach(struct live_feed *f)
{
	struct live_xdp *l = (struct live_xdp *)f;
	if (l->link >= 0)
		close(l->link);
}

static void
xdp_free(struct live_feed *f)
{
	struct live_xdp *l = (struct live_xdp *)f;
	xdp_bpf__destroy(l->skel);
	free(l);
}

/* The driver knows its queues.  Before the stack they are what the packet says; 0 is what
 * is not known, too (net/core/dev.c, netif_get_rxqueue). */
static uint32_t
no_queues(const struct mode *mode, const struct iface *iface)
{
	if (mode->driver)
		return 0;
	return iface_tells_queue(iface->index) ? 1 : EVENT_NO_QUEUES;
}

static bool
set_up(struct live_xdp *l, const struct wish *w, const struct mode *mode,
	struct diags *ds)
{
	const struct xdp_bpf *k = l->skel;
	k->rodata->config = live_feed_config(w->opts, w->iface, w->far.reach);
	k->rodata->config.no_queues = no_queues(mode, w->iface);
	if (bpf_program__set_flags(k->progs.xdp_look, mode->load) == 0 &&
		bpf_program__set_flags(k->progs.xdp_look_far, mode->load) == 0)
		return live_feed_size(&l->feed, w->opts, k->obj, ds);
	return live_feed_refuse(ds, "setting up the eBPF object", EINVAL);
}

static bool
load(struct live_xdp *l, const struct wish *w, const struct mode *mode, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, &w->near, ds);
	if (ok) {
		splice_other(&splice, "bpfcap_xdp_far/", &w->far);
		l->skel = xdp_bpf__open();
		if (!l->skel)
			ok = live_feed_refuse(ds, "opening the eBPF object", errno);
		else
			ok = set_up(l, w, mode, ds) &&
			     splice_load(&splice, l->skel->skeleton, ds);
	}
	splice_end(&splice);
	if (!ok)
		return false;
	const uint32_t slot = 0;
	const struct xdp_bpf *k = l->skel;
	const int far = bpf_program__fd(k->progs.xdp_look_far);
	if (bpf_map_update_elem(bpf_map__fd(k->maps.programs), &slot, &far, 0) != 0)
		return live_feed_refuse(ds, "linking the eBPF programs", errno);
	return true;
}

/* The program that is there already, by its name. */
static bool
refuse_second(const struct iface *iface, int err, struct diags *ds)
{
	struct bpf_xdp_query_opts q = { .sz = sizeof(q) };
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info), id = 0;
	if (bpf_xdp_query(iface->index, 0, &q) == 0)
		id = q.prog_id       ? q.prog_id
		     : q.drv_prog_id ? q.drv_prog_id
				     : q.skb_prog_id;
	const int fd = id ? bpf_prog_get_fd_by_id(id) : -1;
	if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &len) != 0)
		info.name[0] = '\0';
	if (fd >= 0)
		close(fd);
	struct diag *d = diags_add(ds, DIAG_DEVICE, SEV_ERROR,
		"%s: another XDP program is there: '%s', id %u", iface->name, info.name,
		id);
	d->err = err;
	diags_hint(ds, "--hook tc works beside it, and sees what it lets pass");
	return false;
}

/* Returns 0, or errno. */
static int
attach(struct live_xdp *l, const struct iface *iface, const struct mode *mode)
{
	const int fd = bpf_program__fd(l->skel->progs.xdp_look);
	const struct bpf_link_create_opts opts = { .sz = sizeof(opts),
		.flags = mode->attach };
	l->link = bpf_link_create(fd, iface->index, BPF_XDP, &opts);
	return l->link < 0 ? -l->link : 0;
}

static bool
taken(int err)
{
	return err == EBUSY || err == EEXIST;
}

/* In the driver, or before the stack where the driver cannot, which -v tells. */
static bool
attach_somehow(struct live_xdp *l, const struct wish *w, const struct mode *mode,
	struct diags *ds)
{
	if (!load(l, w, mode, ds))
		return false;
	int err = attach(l, w->iface, mode), driver = 0;
	if (err != 0 && !taken(err) && mode == &native) {
		driver = err;
		mode = &generic;
		xdp_bpf__destroy(l->skel);
		l->skel = NULL;
		if (!load(l, w, mode, ds))
			return false;
		err = attach(l, w->iface, mode);
	}
	if (taken(err))
		return refuse_second(w->iface, err, ds);
	if (err != 0)
		return live_attach_refuse("xdp", SINCE, w->iface, err, ds);
	diags_add(ds, DIAG_HOOK, SEV_NOTE, "%s: XDP in %s mode%s%s", w->iface->name,
		mode->name, driver ? ", for the driver says: " : "",
		driver ? strerror(driver) : "");
	return true;
}

static bool
start(struct live_xdp *l, const struct wish *w, const struct mode *mode, struct diags *ds)
{
	return live_bind_watch(l->feed.fd, w->opts, w->iface, ds) &&
	       attach_somehow(l, w, mode, ds) &&
	       live_feed_start(&l->feed, w->opts, l->skel->obj, ds);
}

static struct source *
open_mode(const struct mode *mode, struct wish *w, const struct filter *filter,
	struct diags *ds)
{
	struct live_xdp *l = calloc(1, sizeof(*l));
	if (!l) {
		live_feed_refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	bool ok = live_feed_init(&l->feed, w->opts, w->iface, ds);
	l->feed.detach = xdp_detach;
	l->feed.free = xdp_free;
	l->link = -1;
	ok = ok && live_attach_may("xdp", w->iface, ds) &&
	     (l->feed.fd = live_bind_open(w->iface, ds)) >= 0 &&
	     filter_ebpf(filter, FILTER_READS_XDP_FRAGS, &w->near, ds) &&
	     filter_ebpf(filter, FILTER_READS_XDP_SCRATCH, &w->far, ds) &&
	     start(l, w, mode, ds);
	filter_ebpf_free(&w->near);
	filter_ebpf_free(&w->far);
	if (ok)
		return &l->feed.source;
	live_feed_close(&l->feed);
	return NULL;
}

struct source *
live_xdp_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct wish w = { .opts = opts, .iface = iface };
	return open_mode(&native, &w, filter, ds);
}

struct source *
live_xdp_generic_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct wish w = { .opts = opts, .iface = iface };
	return open_mode(&generic, &w, filter, ds);
}
