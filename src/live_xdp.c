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
	bool generic; /* asked for */
	int link;     /* -1: none */
};

/* The filter for each program. */
struct bodies {
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

static bool
set_up(struct live_xdp *l, const struct live_opts *opts, const struct iface *iface,
	const struct bodies *b, struct diags *ds)
{
	const struct xdp_bpf *k = l->skel;
	k->rodata->config = live_feed_config(opts, iface, b->far.reach);
	if (bpf_program__set_flags(k->progs.xdp_look, HAS_FRAGS) == 0 &&
		bpf_program__set_flags(k->progs.xdp_look_far, HAS_FRAGS) == 0)
		return live_feed_size(&l->feed, opts, k->obj, ds);
	return live_feed_refuse(ds, "setting up the eBPF object", EINVAL);
}

static bool
load(struct live_xdp *l, const struct live_opts *opts, const struct iface *iface,
	const struct bodies *b, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, &b->near, ds);
	if (ok) {
		splice_other(&splice, "bpfcap_xdp_far/", &b->far);
		l->skel = xdp_bpf__open();
		if (!l->skel)
			ok = live_feed_refuse(ds, "opening the eBPF object", errno);
		else
			ok = set_up(l, opts, iface, b, ds) &&
			     splice_load(&splice, l->skel->skeleton, ds);
	}
	splice_end(&splice);
	return ok;
}

/* The program that is there already, by its name. */
static bool
refuse_second(const struct iface *iface, int err, struct diags *ds)
{
	LIBBPF_OPTS(bpf_xdp_query_opts, q);
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

/* In the driver where it can, else before the stack, which -v tells. */
static bool
attach(struct live_xdp *l, const struct iface *iface, struct diags *ds)
{
	const int fd = bpf_program__fd(l->skel->progs.xdp_look);
	LIBBPF_OPTS(bpf_link_create_opts, mode,
		.flags = l->generic ? XDP_FLAGS_SKB_MODE : XDP_FLAGS_DRV_MODE);
	l->link = bpf_link_create(fd, iface->index, BPF_XDP, &mode);
	const int refused = l->generic || l->link >= 0 ? 0 : -l->link;
	if (refused && refused != EBUSY && refused != EEXIST) {
		mode.flags = XDP_FLAGS_SKB_MODE;
		l->link = bpf_link_create(fd, iface->index, BPF_XDP, &mode);
	}
	if (l->link == -EBUSY || l->link == -EEXIST)
		return refuse_second(iface, -l->link, ds);
	if (l->link < 0)
		return live_attach_refuse("xdp", SINCE, iface, -l->link, ds);
	if (refused)
		diags_add(ds, DIAG_HOOK, SEV_NOTE,
			"%s: XDP in generic mode, for the driver says: %s", iface->name,
			strerror(refused));
	else
		diags_add(ds, DIAG_HOOK, SEV_NOTE, "%s: XDP in %s mode", iface->name,
			l->generic ? "generic" : "native");
	return true;
}

static bool
start(struct live_xdp *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	const uint32_t slot = 0;
	struct bodies b = { 0 };
	if (!live_attach_may("xdp", iface, ds))
		return false;
	l->feed.fd = live_bind_open(iface, ds);
	const bool ok = l->feed.fd >= 0 &&
			filter_ebpf(filter, FILTER_READS_XDP_FRAGS, &b.near, ds) &&
			filter_ebpf(filter, FILTER_READS_XDP_SCRATCH, &b.far, ds) &&
			load(l, opts, iface, &b, ds);
	filter_ebpf_free(&b.near);
	filter_ebpf_free(&b.far);
	if (!ok)
		return false;
	const struct xdp_bpf *k = l->skel;
	const int far = bpf_program__fd(k->progs.xdp_look_far);
	if (bpf_map_update_elem(bpf_map__fd(k->maps.programs), &slot, &far, 0) != 0)
		return live_feed_refuse(ds, "linking the eBPF programs", errno);
	return live_feed_start(&l->feed, opts, k->obj, ds) &&
	       live_bind_watch(l->feed.fd, opts, iface, ds) && attach(l, iface, ds);
}

static struct source *
open_mode(bool generic, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_xdp *l = calloc(1, sizeof(*l));
	if (!l) {
		live_feed_refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	const bool ok = live_feed_init(&l->feed, opts, iface, ds);
	l->feed.detach = xdp_detach;
	l->feed.free = xdp_free;
	l->generic = generic;
	l->link = -1;
	if (ok && start(l, opts, iface, filter, ds))
		return &l->feed.source;
	live_feed_close(&l->feed);
	return NULL;
}

struct source *
live_xdp_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	return open_mode(false, opts, iface, filter, ds);
}

struct source *
live_xdp_generic_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	return open_mode(true, opts, iface, filter, ds);
}
