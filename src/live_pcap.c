/* live_pcap.c: in: a device that libpcap knows and that is no network interface (USB,
 * netfilter log, D-Bus …), or an interface with a link type that is not its own; out: a
 * source that reads it through libpcap, or the link types that it has. */
#include <errno.h>
#include <pcap/pcap.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dlt.h"
#include "linktext.h"
#include "live.h"

#define NAP_NS 10000000 /* between looks at a device that cannot be polled */

struct live_pcap {
	struct source source; /* first */
	pcap_t *pcap;
	int fd; /* to poll, -1: none */
	bool stopped;
	int64_t stopped_ns; /* UTC; what is stamped later came after stop() */
	struct live_opts opts;
	uint64_t read, captured;
	char name[IFACE_NAME];
};

static struct live_pcap *
self(struct source *s)
{
	return (struct live_pcap *)s;
}

static void
doze(const struct live_pcap *l)
{
	const struct timespec nap = { .tv_nsec = NAP_NS };
	struct pollfd fd = { .fd = l->fd, .events = POLLIN };
	if (l->fd >= 0)
		poll(&fd, 1, LIVE_POLL_MS);
	else
		nanosleep(&nap, NULL);
}

static bool
fill(struct live_pcap *l, const struct pcap_pkthdr *h, const uint8_t *data,
	struct packet *p)
{
	/* tv_usec holds nanoseconds when `nano` */
	*p = (struct packet){
		.ts_ns = h->ts.tv_sec * 1000000000LL +
			 h->ts.tv_usec * (l->source.nano ? 1 : 1000),
		.data = data,
		.caplen = h->caplen,
		.len = h->len,
		.linktype = l->source.linktype,
	};
	l->read++;
	const struct filter_packet f = {
		.data = data, .caplen = h->caplen, .len = h->len
	};
	if (l->opts.user && filter_match(l->opts.user, &f) == 0)
		return false;
	l->captured++;
	return true;
}

static enum source_status
device_next(struct source *s, struct packet *p, struct diags *ds)
{
	struct live_pcap *l = self(s);
	for (bool dozed = false;;) {
		struct pcap_pkthdr *h;
		const uint8_t *data;
		errno = 0;
		int got = pcap_next_ex(l->pcap, &h, &data);
		if (got < 0 && errno == EAGAIN)
			got = 0; /* what libpcap's netfilter module calls an error */
		if (got < 0) {
			diags_error(ds, DIAG_DEVICE, (struct span){ 0 }, "%s: %s",
				l->name, pcap_geterr(l->pcap));
			diags_hint(ds, "what came before is captured");
			return SOURCE_FAILED;
		}
		if (got > 0 && fill(l, h, data, p)) {
			if (!l->stopped || p->ts_ns <= l->stopped_ns)
				return SOURCE_PACKET;
			l->captured--;
			return SOURCE_END;
		}
		if (got > 0)
			continue;
		if (l->stopped)
			return SOURCE_END;
		if (dozed)
			return SOURCE_IDLE;
		doze(l);
		dozed = true;
	}
}

static void
device_stop(struct source *s)
{
	struct timespec now;
	clock_gettime(CLOCK_REALTIME, &now);
	self(s)->stopped = true;
	self(s)->stopped_ns = now.tv_sec * 1000000000LL + now.tv_nsec;
}

static bool
device_stats(struct source *s, struct source_stats *out)
{
	const struct live_pcap *l = self(s);
	struct pcap_stat stat = { 0 };
	if (pcap_stats(l->pcap, &stat) != 0)
		stat.ps_drop = 0; /* some devices keep no count */
	*out = (struct source_stats){
		.seen = l->read + stat.ps_drop,
		.received = l->captured + stat.ps_drop,
		.dropped = stat.ps_drop,
	};
	return true;
}

static void
device_close(struct source *s)
{
	if (self(s)->pcap)
		pcap_close(self(s)->pcap);
	free(self(s));
}

static const struct source_ops device_ops = {
	.next = device_next,
	.stop = device_stop,
	.stats = device_stats,
	.close = device_close,
};

static bool
refuse(const struct live_pcap *l, int status, struct diags *ds)
{
	const bool right = status == PCAP_ERROR_PERM_DENIED ||
			   status == PCAP_ERROR_PROMISC_PERM_DENIED;
	const char *text = pcap_geterr(l->pcap);
	diags_error(ds, right ? DIAG_PERMISSION : DIAG_DEVICE, (struct span){ 0 },
		"%s: %s", l->name, text[0] ? text : pcap_statustostr(status));
	diags_hint(ds, "%s", right ? "run as root" : "-D lists the devices");
	return false;
}

/* Those that pcap_set_datalink takes, in libpcap's order. */
static unsigned
link_types(const struct live_pcap *l, uint16_t out[LIVE_LINKS_MAX])
{
	int *dlts = NULL;
	const int n = pcap_list_datalinks(l->pcap, &dlts);
	unsigned count = 0;
	for (int i = 0; i < n && count < LIVE_LINKS_MAX; i++)
		out[count++] = dlt_to_link(dlts[i]);
	if (n >= 0)
		pcap_free_datalinks(dlts);
	return count;
}

static void
hint_types(const struct live_pcap *l, struct diags *ds)
{
	uint16_t types[LIVE_LINKS_MAX];
	char text[sizeof(((struct diag *)0)->hint) - 40] = "";
	const unsigned n = link_types(l, types);
	size_t used = 0;
	for (unsigned i = 0; i < n; i++) {
		char name[LINKTEXT_MAX];
		linktext_name(types[i], name, sizeof(name));
		if (used + strlen(name) + 3 > sizeof(text))
			break;
		used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
			i > 0 ? ", " : "", name);
	}
	diags_hint(ds, "it has: %s; -L lists them", text);
}

static bool
set_linktype(struct live_pcap *l, struct diags *ds)
{
	const int dlt = dlt_of_link(l->opts.linktype);
	if (!l->opts.has_linktype || pcap_datalink(l->pcap) == dlt ||
		pcap_set_datalink(l->pcap, dlt) == 0)
		return true;
	char name[LINKTEXT_MAX];
	linktext_name(l->opts.linktype, name, sizeof(name));
	diags_error(ds, DIAG_DEVICE, (struct span){ 0 },
		"%s: %s is not one of the link types of this device", l->name, name);
	hint_types(l, ds);
	return false;
}

static bool
set_direction(struct live_pcap *l, struct diags *ds)
{
	static const pcap_direction_t directions[] = { [LIVE_INOUT] = PCAP_D_INOUT,
		[LIVE_IN] = PCAP_D_IN,
		[LIVE_OUT] = PCAP_D_OUT };
	if (l->opts.direction == LIVE_INOUT ||
		pcap_setdirection(l->pcap, directions[l->opts.direction]) == 0)
		return true;
	diags_error(ds, DIAG_DEVICE, (struct span){ 0 }, "%s: -Q: %s", l->name,
		pcap_geterr(l->pcap));
	diags_hint(ds, "leave -Q out");
	return false;
}

static bool
activate(struct live_pcap *l, struct diags *ds)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	l->pcap = pcap_create(l->name, text);
	if (!l->pcap)
		return diags_error(
			ds, DIAG_DEVICE, (struct span){ 0 }, "%s: %s", l->name, text);
	const uint32_t kib = l->opts.buffer_kib < LIVE_BUFFER_MAX ? l->opts.buffer_kib
								  : LIVE_BUFFER_MAX;
	pcap_set_snaplen(l->pcap, l->opts.snaplen);
	pcap_set_promisc(l->pcap, l->opts.promisc);
	pcap_set_timeout(l->pcap, LIVE_POLL_MS);
	pcap_set_immediate_mode(l->pcap, l->opts.immediate);
	if (kib > 0)
		pcap_set_buffer_size(
			l->pcap, kib < 2097151 ? kib * 1024 : 2097151 * 1024);
	pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
	const int status = pcap_activate(l->pcap);
	if (status < 0)
		return refuse(l, status, ds);
	if (status > 0)
		diags_add(ds, DIAG_DEVICE, SEV_WARNING, "%s: %s", l->name,
			pcap_statustostr(status));
	l->source.nano = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO;
	if (!set_linktype(l, ds) || !set_direction(l, ds))
		return false;
	l->source.linktype = dlt_to_link(pcap_datalink(l->pcap));
	l->source.snaplen = pcap_snapshot(l->pcap);
	l->fd = pcap_get_selectable_fd(l->pcap);
	if (pcap_setnonblock(l->pcap, 1, text) != 0)
		return diags_error(
			ds, DIAG_DEVICE, (struct span){ 0 }, "%s: %s", l->name, text);
	return true;
}

static struct live_pcap *
open_device(const struct live_opts *opts, const struct iface *iface, struct diags *ds)
{
	struct live_pcap *l = calloc(1, sizeof(*l));
	if (!l) {
		diags_error(ds, DIAG_KERNEL, (struct span){ 0 }, "%s: out of memory",
			iface->name);
		return NULL;
	}
	memcpy(l->name, iface->name, sizeof(l->name));
	l->opts = *opts;
	l->fd = -1;
	l->source = (struct source){
		.ops = &device_ops, .name = l->name, .matched = opts->user != NULL
	};
	if (activate(l, ds))
		return l;
	device_close(&l->source);
	return NULL;
}

struct source *
live_pcap_open(const struct live_opts *opts, const struct iface *iface, struct diags *ds)
{
	struct live_pcap *l = open_device(opts, iface, ds);
	return l ? &l->source : NULL;
}

unsigned
live_pcap_links(const struct iface *iface, uint16_t out[LIVE_LINKS_MAX], struct diags *ds)
{
	const struct live_opts opts = { .snaplen = FILTER_SNAPLEN_MAX };
	struct live_pcap *l = open_device(&opts, iface, ds);
	if (!l)
		return 0;
	const unsigned count = link_types(l, out);
	if (count == 0) {
		diags_error(ds, DIAG_DEVICE, (struct span){ 0 }, "%s: no link types: %s",
			l->name, pcap_geterr(l->pcap));
		diags_hint(ds, "-D lists the devices");
	}
	device_close(&l->source);
	return count;
}
