/* live_feed.c: in: a loaded object of bpf/; out: a source that reads the records of its
 * ring, and says what its counters have. */
#include "live_feed.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "live_bind.h"

#define WAKE_PART 8 /* the reader is woken when this part of the ring is full */

static struct live_feed *
self(struct source *s)
{
	return (struct live_feed *)s;
}

/* Closing the socket waits until no program runs any more that could be seen before
 * (net/packet/af_packet.c, packet_release: synchronize_net), so the ring and the counters
 * are final after it. */
static void
leave(struct live_feed *l, enum live_feed_state state)
{
	if (l->detach)
		l->detach(l);
	l->detach = NULL;
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	if (l->state == LIVE_FEED_RUNNING)
		l->state = state;
}

/* Sleeps until the ring fills, the socket has an error, or the time is over. */
static void
doze(struct live_feed *l)
{
	struct pollfd fds[] = {
		{ .fd = l->ring_fd, .events = POLLIN }, { .fd = l->fd }, /* POLLERR */
	};
	if (poll(fds, 2, LIVE_POLL_MS) <= 0 || fds[1].revents == 0)
		return;
	live_bind_explain(l->fd, l->name, &l->fault);
	leave(l, LIVE_FEED_BROKEN);
}

/* What the kernel was told, as its headers name it. */
static const char *
verdict_name(const struct event *e)
{
	static const struct {
		enum event_hook hook;
		int verdict;
		const char *name;
	} names[] = { { EVENT_TC, TC_ACT_UNSPEC, "tc UNSPEC" },
		{ EVENT_XDP, XDP_PASS, "xdp PASS" } };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].hook == EVENT_HOOK(e->flags) &&
			names[i].verdict == e->verdict)
			return names[i].name;
	return NULL;
}

static enum packet_way
way_of(const struct event *e)
{
	return e->flags & EVENT_IN    ? PACKET_WAY_IN
	       : e->flags & EVENT_OUT ? PACKET_WAY_OUT
				      : PACKET_WAY_UNKNOWN;
}

static void
fill(struct live_feed *l, const struct event *e, struct packet *p)
{
	*p = (struct packet){
		.ts_ns = live_clock_utc(&l->clock, e->ts_ns),
		.data = live_links_complete(&l->links, e),
		.caplen = e->caplen,
		.len = e->len,
		.linktype = l->source.linktype,
		.way = way_of(e),
		.queue = e->queue,
		.note = l->note ? l->note(l, e) : verdict_name(e),
	};
}

static enum source_status
feed_next(struct source *s, struct packet *p, struct diags *ds)
{
	struct live_feed *l = self(s);
	const struct event *e;
	for (bool dozed = false; !live_ring_next(&l->ring, &e); dozed = true) {
		if (l->state == LIVE_FEED_STOPPED) {
			if (l->end)
				l->end(l, ds);
			return SOURCE_END;
		}
		if (l->state == LIVE_FEED_BROKEN) {
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
feed_stop(struct source *s)
{
	leave(self(s), LIVE_FEED_STOPPED);
}

static bool
feed_stats(struct source *s, struct source_stats *out)
{
	const struct live_feed *l = self(s);
	*out = (struct source_stats){ 0 };
	for (int i = 0; i < l->cpus; i++) {
		const volatile struct counters *n = &l->counters[i];
		out->seen += n->seen;
		out->received += n->matched;
		out->dropped += n->lost;
	}
	return true;
}

void
live_feed_close(struct live_feed *l)
{
	leave(l, LIVE_FEED_STOPPED);
	live_ring_close(&l->ring);
	live_links_close(&l->links);
	if (l->counters)
		munmap((void *)(uintptr_t)l->counters, l->counters_size);
	l->free(l);
}

static void
feed_close(struct source *s)
{
	live_feed_close(self(s));
}

static const struct source_ops feed_ops = {
	.next = feed_next,
	.stop = feed_stop,
	.stats = feed_stats,
	.close = feed_close,
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

bool
live_feed_refuse(struct diags *ds, const char *what, int err)
{
	struct diag *d =
		diags_add(ds, DIAG_KERNEL, SEV_ERROR, "%s: %s", what, strerror(err));
	d->err = err;
	diags_hint(ds, "capture by eBPF needs kernel 5.10 or later");
	return false;
}

bool
live_feed_init(struct live_feed *l, const struct live_opts *opts,
	const struct iface *iface, struct diags *ds)
{
	*l = (struct live_feed){ .fd = -1, .ring_fd = -1 };
	memcpy(l->name, iface->name, sizeof(l->name));
	l->source = (struct source){
		.ops = &feed_ops,
		.name = l->name,
		.linktype = iface->linktype,
		.snaplen = opts->snaplen,
		.nano = true,
		.matched = true,
	};
	l->cpus = libbpf_num_possible_cpus();
	return l->cpus > 0 || live_feed_refuse(ds, "counting CPUs", -l->cpus);
}

struct sock_config
live_feed_config(const struct live_opts *opts, const struct iface *iface, uint32_t reach)
{
	return (struct sock_config){
		.snap = opts->snaplen,
		.reach = reach,
		.wake_at = ring_size(opts) / WAKE_PART,
		.lo_ifindex = if_nametoindex("lo"),
		.no_queues = iface->index != 0 && iface_tells_queue(iface->index)
				     ? 0
				     : EVENT_NO_QUEUES,
		.immediate = opts->immediate,
		.tags = iface->linktype == FILTER_LINK_EN10MB,
	};
}

bool
live_feed_size(const struct live_feed *l, const struct live_opts *opts,
	struct bpf_object *object, struct diags *ds)
{
	struct bpf_map *ring = bpf_object__find_map_by_name(object, "ring");
	struct bpf_map *counters = bpf_object__find_map_by_name(object, "counters");
	if (ring && counters && bpf_map__set_max_entries(ring, ring_size(opts)) == 0 &&
		bpf_map__set_max_entries(counters, l->cpus) == 0)
		return true;
	return live_feed_refuse(ds, "setting up the eBPF object", EINVAL);
}

static bool
map_counters(struct live_feed *l, int fd, struct diags *ds)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	l->counters_size = (l->cpus * sizeof(struct counters) + page - 1) & ~(page - 1);
	const void *at = mmap(NULL, l->counters_size, PROT_READ, MAP_SHARED, fd, 0);
	if (at == MAP_FAILED)
		return live_feed_refuse(ds, "mapping the counters", errno);
	l->counters = at;
	return true;
}

bool
live_feed_start(struct live_feed *l, const struct live_opts *opts,
	struct bpf_object *object, struct diags *ds)
{
	l->ring_fd = bpf_object__find_map_fd_by_name(object, "ring");
	if (!map_counters(l, bpf_object__find_map_fd_by_name(object, "counters"), ds) ||
		!live_ring_open(&l->ring, l->ring_fd, ring_size(opts), ds))
		return false;
	live_clock_start(&l->clock);
	return true;
}
