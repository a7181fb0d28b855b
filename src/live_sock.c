/* live_sock.c: in: packets of an interface that the filter accepts in the kernel
 * (bpf/sock.bpf.c); out: a source that reads them from the BPF ring buffer. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "bpf/sock.skel.h"
#include "live.h"
#include "live_bind.h"
#include "live_clock.h"
#include "live_links.h"
#include "live_ring.h"
#include "privilege.h"
#include "splice.h"

#define WAKE_PART 8 /* the reader is woken when this part of the ring is full */

enum state { RUNNING, STOPPED, BROKEN };

struct live_sock {
	struct source source; /* first */
	struct sock_bpf *skel;
	int fd; /* packet socket, -1: closed */
	enum state state;
	struct live_ring ring;
	struct live_clock clock;
	struct live_links links;
	const struct counters *counters; /* one a CPU, mapped; or NULL */
	size_t counters_size;            /* bytes mapped */
	int cpus;
	struct diag fault; /* of a broken source: told when the ring is empty */
	char name[IFACE_NAME];
};

static struct live_sock *
self(struct source *s)
{
	return (struct live_sock *)s;
}

/* Closing waits until no program runs for the socket any more (net/packet/af_packet.c,
 * packet_release: synchronize_net), so the ring and the counters are final after it. */
static void
leave(struct live_sock *l, enum state state)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l->state == RUNNING)
		l->state = state;
}

/* Sleeps until the ring fills, the socket has an error, or the time is over. */
static void
doze(struct live_sock *l)
{
	struct pollfd fds[] = {
		{ .fd = bpf_map__fd(l->skel->maps.ring), .events = POLLIN },
		{ .fd = l->fd }, /* POLLERR */
	};
	if (poll(fds, 2, LIVE_POLL_MS) <= 0 || fds[1].revents == 0)
		return;
	live_bind_explain(l->fd, l->name, &l->fault);
	leave(l, BROKEN);
}

static void
fill(struct live_sock *l, const struct event *e, struct packet *p)
{
	*p = (struct packet){
		.ts_ns = live_clock_utc(&l->clock, e->ts_ns),
		.data = live_links_complete(&l->links, e),
		.caplen = e->caplen,
		.len = e->len,
		.linktype = l->source.linktype,
	};
}

static enum source_status
sock_next(struct source *s, struct packet *p, struct diags *ds)
{
	struct live_sock *l = self(s);
	const struct event *e;
	for (bool dozed = false; !live_ring_next(&l->ring, &e); dozed = true) {
		if (l->state == STOPPED)
			return SOURCE_END;
		if (l->state == BROKEN) {
			live_bind_tell(&l->fault, ds);
			return SOURCE_FAILED;
		}
		if (dozed)
			return SOURCE_IDLE;
		doze(l);
	}
	fill(l, e, p);
	return SOURCE_PACKET;
}

static void
sock_stop(struct source *s)
{
	leave(self(s), STOPPED);
}

static bool
sock_stats(struct source *s, struct source_stats *out)
{
	const struct live_sock *l = self(s);
	*out = (struct source_stats){ 0 };
	for (int i = 0; i < l->cpus; i++) {
		const volatile struct counters *n = &l->counters[i];
		out->seen += n->seen;
		out->received += n->matched;
		out->dropped += n->lost;
	}
	return true;
}

static void
sock_close(struct source *s)
{
	struct live_sock *l = self(s);
	leave(l, STOPPED);
	live_ring_close(&l->ring);
	live_links_close(&l->links);
	if (l->counters)
		munmap((void *)(uintptr_t)l->counters, l->counters_size);
	sock_bpf__destroy(l->skel);
	free(l);
}

static const struct source_ops sock_ops = {
	.next = sock_next,
	.stop = sock_stop,
	.stats = sock_stats,
	.close = sock_close,
};

/* The kernel wants a power of two; a record may take all of it but not more. */
static uint32_t
ring_size(const struct live_opts *opts)
{
	uint64_t kib = opts->buffer_kib ? opts->buffer_kib : LIVE_BUFFER_KIB;
	if (kib > LIVE_BUFFER_MAX)
		kib = LIVE_BUFFER_MAX;
	uint64_t size = sysconf(_SC_PAGESIZE);
	while (size < kib * 1024 || size < 2 * (uint64_t)opts->snaplen)
		size *= 2;
	return size;
}

static bool
set_up(struct live_sock *l, const struct live_opts *opts, const struct iface *iface,
	const struct filter_ebpf *body)
{
	struct sock_bpf *k = l->skel;
	const uint32_t size = ring_size(opts);
	k->rodata->config = (struct sock_config){
		.snap = opts->snaplen,
		.reach = body->reach,
		.wake_at = size / WAKE_PART,
		.lo_ifindex = if_nametoindex("lo"),
		.immediate = opts->immediate,
		.skip_in = opts->direction == LIVE_OUT,
		.skip_out = opts->direction == LIVE_IN,
		.tags = iface->linktype == FILTER_LINK_EN10MB,
	};
	return bpf_program__set_autoload(k->progs.capture_raw, !iface->cooked) == 0 &&
	       bpf_program__set_autoload(k->progs.capture_cooked, iface->cooked) == 0 &&
	       bpf_map__set_autocreate(k->maps.links, iface->cooked) == 0 &&
	       bpf_map__set_max_entries(k->maps.ring, size) == 0 &&
	       bpf_map__set_max_entries(k->maps.counters, l->cpus) == 0;
}

static bool
refuse(struct diags *ds, const char *what, int err)
{
	struct diag *d =
		diags_add(ds, DIAG_KERNEL, SEV_ERROR, "%s: %s", what, strerror(err));
	d->err = err;
	diags_hint(ds, "capture by eBPF needs kernel 5.10 or later");
	return false;
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
			ok = refuse(ds, "opening the eBPF object", errno);
		else if (!set_up(l, opts, iface, body))
			ok = refuse(ds, "setting up the eBPF object", EINVAL);
		else
			ok = splice_load(&splice, l->skel->skeleton, ds);
	}
	splice_end(&splice);
	return ok;
}

static bool
map_counters(struct live_sock *l, struct diags *ds)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	const int fd = bpf_map__fd(l->skel->maps.counters);
	l->counters_size = (l->cpus * sizeof(struct counters) + page - 1) & ~(page - 1);
	const void *at = mmap(NULL, l->counters_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return refuse(ds, "mapping the counters", errno);
	l->counters = at;
	return true;
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
		return refuse(ds, "linking the eBPF programs", errno);
	if (setsockopt(l->fd, SOL_SOCKET, SO_ATTACH_BPF, &dispatch, sizeof(dispatch)) !=
		0)
		return refuse(ds, "attaching the eBPF program", errno);
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
	l->fd = live_bind_open(iface, ds);
	bool ok = l->fd >= 0 && load(l, opts, iface, &body, ds);
	filter_ebpf_free(&body);
	if (!ok || !map_counters(l, ds) ||
		!live_ring_open(
			&l->ring, bpf_map__fd(l->skel->maps.ring), ring_size(opts), ds))
		return false;
	if (iface->cooked)
		live_links_fill(&l->links, bpf_map__fd(l->skel->maps.links));
	live_clock_start(&l->clock);
	return attach(l, iface, ds) && live_bind_start(l->fd, opts, iface, ds);
}

struct source *
live_sock_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_sock *l = calloc(1, sizeof(*l));
	if (!l) {
		refuse(ds, "capturing", ENOMEM);
		return NULL;
	}
	memcpy(l->name, iface->name, sizeof(l->name));
	l->source = (struct source){
		.ops = &sock_ops,
		.name = l->name,
		.linktype = iface->linktype,
		.snaplen = opts->snaplen,
		.nano = true,
		.matched = true,
	};
	l->fd = -1;
	l->cpus = libbpf_num_possible_cpus();
	if (l->cpus > 0 && start(l, opts, iface, filter, ds))
		return &l->source;
	if (l->cpus <= 0)
		refuse(ds, "counting CPUs", -l->cpus);
	sock_close(&l->source);
	return NULL;
}
