/* live_drop.c: in: packets that the kernel drops and that the filter accepts there
 * (bpf/drop.bpf.c), and its names of reasons; out: a source that reads them, each with a
 * note that says why it was dropped. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "bpf/drop.skel.h"
#include "drop_reason.h"
#include "live_feed.h"
#include "privilege.h"
#include "splice.h"

#define TRACEPOINT "kfree_skb"

struct live_drop {
	struct live_feed feed; /* first */
	struct drop_bpf *skel;
	int link; /* to the tracepoint, -1: none */
	struct drop_reasons reasons;
	char note[64]; /* of the last packet */
};

/* A tracepoint that is left may still be running its programs, without preemption
 * (include/linux/tracepoint.h): a grace period later, ring and counters are final. */
static void
drop_detach(struct live_feed *f)
{
	struct live_drop *l = (struct live_drop *)f;
	if (l->link < 0)
		return;
	close(l->link);
	l->link = -1;
	syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

static void
drop_free(struct live_feed *f)
{
	struct live_drop *l = (struct live_drop *)f;
	drop_bpf__destroy(l->skel);
	drop_reasons_close(&l->reasons);
	free(l);
}

static const char *
drop_note(struct live_feed *f, const struct event *e)
{
	struct live_drop *l = (struct live_drop *)f;
	char reason[sizeof(l->note) - 8];
	drop_reasons_print(&l->reasons, e->reason, reason, sizeof(reason));
	snprintf(l->note, sizeof(l->note), "drop %s", reason);
	return l->note;
}

/* The kernel does not run a program that interrupts itself, and counts that. */
static void
drop_end(struct live_feed *f, struct diags *ds)
{
	const struct live_drop *l = (const struct live_drop *)f;
	struct bpf_prog_info info = { 0 };
	unsigned size = sizeof(info);
	const int fd = bpf_program__fd(l->skel->progs.capture_drop);
	if (bpf_obj_get_info_by_fd(fd, &info, &size) == 0 && info.recursion_misses > 0)
		diags_add(ds, DIAG_DEVICE, SEV_WARNING,
			"%llu drops came while another was being looked at: not seen",
			(unsigned long long)info.recursion_misses);
}

/* Both, for the kernel reads foreign memory for the program; CAP_SYS_ADMIN is both. */
static bool
allowed(struct diags *ds)
{
	const bool bpf = privilege_has(PRIVILEGE_BPF);
	const bool pointers = privilege_has(PRIVILEGE_POINTERS);
	if (bpf && pointers)
		return true;
	diags_add(ds, DIAG_PERMISSION, SEV_ERROR,
		"the drop hook needs CAP_BPF and CAP_PERFMON, this process does not have "
		"%s",
		bpf ? "CAP_PERFMON" : (pointers ? "CAP_BPF" : "them"));
	diags_hint(ds, "run as root, or setcap cap_bpf,cap_perfmon,cap_net_raw+ep");
	return false;
}

static bool
set_up(struct live_drop *l, const struct live_opts *opts, const struct iface *iface,
	uint32_t reach, struct diags *ds)
{
	struct stat netns;
	struct drop_bpf *k = l->skel;
	k->rodata->config = live_feed_config(opts, iface, reach);
	if (iface->index != 0) {
		if (stat("/proc/self/ns/net", &netns) != 0)
			return live_feed_refuse(ds, "/proc/self/ns/net", errno);
		k->rodata->only = (struct drop_config){ .ifindex = (unsigned)iface->index,
			.netns = (unsigned)netns.st_ino,
			.hatype = iface->hatype };
	}
	const int err =
		bpf_program__set_attach_target(k->progs.capture_drop, 0, TRACEPOINT);
	return err == 0 ||
	       live_feed_refuse(ds, "looking for the tracepoint " TRACEPOINT, -err);
}

static bool
load(struct live_drop *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter_ebpf *body, struct diags *ds)
{
	struct splice splice;
	bool ok = splice_begin(&splice, body, ds);
	if (ok) {
		l->skel = drop_bpf__open();
		ok = l->skel ? set_up(l, opts, iface, body->reach, ds) &&
				       live_feed_size(&l->feed, opts, l->skel->obj, ds) &&
				       splice_load(&splice, l->skel->skeleton, ds)
			     : live_feed_refuse(ds, "opening the eBPF object", errno);
	}
	splice_end(&splice);
	return ok;
}

static bool
start(struct live_drop *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct filter_ebpf body;
	if (!filter_ebpf(filter, FILTER_READS_MEMORY, &body, ds))
		return false;
	bool ok = allowed(ds) && drop_reasons_open(&l->reasons, ds) &&
		  load(l, opts, iface, &body, ds);
	filter_ebpf_free(&body);
	if (!ok || !live_feed_start(&l->feed, opts, l->skel->obj, ds))
		return false;
	const int fd = bpf_program__fd(l->skel->progs.capture_drop);
	l->link = bpf_raw_tracepoint_open(NULL, fd);
	return l->link >= 0 ||
	       live_feed_refuse(ds, "attaching to the tracepoint " TRACEPOINT, -l->link);
}

struct source *
live_drop_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_drop *l = calloc(1, sizeof(*l));
	if (!l) {
		live_feed_refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	bool ok = live_feed_init(&l->feed, opts, iface, ds);
	l->link = -1;
	l->feed.detach = drop_detach;
	l->feed.free = drop_free;
	l->feed.note = drop_note;
	l->feed.end = drop_end;
	if (ok && start(l, opts, iface, filter, ds))
		return &l->feed.source;
	live_feed_close(&l->feed);
	return NULL;
}
