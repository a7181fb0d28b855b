/* capture.c: one live source on its own, for the tests.
 *
 *     capture [-k sock|packet|pcap] [-i NAME] [-s SNAP] [-B KIB] [-Q in|out] [-p] [-I]
 *             [-v] [-S USEC] [-c COUNT] [EXPRESSION]
 *
 * Says "ready" on stderr when it captures, stops on SIGTERM or after COUNT packets, and
 * then prints one line of figures on stdout.  `order` counts packets of send.c whose
 * number is not one more than the last one's; -S sleeps after each packet, so that the
 * ring overflows; -v prints each packet.
 * Status: 0 ok, 1 failed, 3 no right to capture so, 4 the source failed at the end. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../../src/live.h"

struct args {
	const char *kind, *name, *text;
	struct live_opts live;
	long sleep_us;
	unsigned long max; /* packets, 0: no limit */
	bool verbose;
};

struct figures {
	unsigned long captured, numbered, order, shorter;
	uint64_t bytes;
	uint32_t longest, next;
	int64_t last_ns;
	unsigned long backwards,
		off; /* time stamps: not in order; a second away from now */
};

static volatile sig_atomic_t stopping;

static void
on_signal(int number)
{
	(void)number;
	stopping = 1;
}

static void
say(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		fprintf(stderr, "%s: %s (%s)\n", diag_code_name(ds->diag[i].code),
			ds->diag[i].text, ds->diag[i].hint);
}

/* The number that send.c wrote; false when the packet is not from there. */
static bool
read_number(const struct packet *p, uint32_t *out)
{
	static const uint8_t mark[] = { 'B', 'P', 'F', 'C' };
	const uint8_t *at = memmem(p->data, p->caplen < 128 ? p->caplen : 128, mark, 4);
	if (!at || at + 8 > p->data + p->caplen)
		return false;
	memcpy(out, at + 4, 4);
	*out = ntohl(*out);
	return true;
}

static void
show(const struct packet *p)
{
	printf("%ld.%09ld %u/%u ", (long)(p->ts_ns / 1000000000),
		(long)(p->ts_ns % 1000000000), p->caplen, p->len);
	for (uint32_t i = 0; i < p->caplen && i < 64; i++)
		printf("%02x", p->data[i]);
	putchar('\n');
}

static void
count(struct figures *f, const struct packet *p)
{
	uint32_t number;
	f->captured++;
	f->bytes += p->caplen;
	f->shorter += p->caplen < p->len;
	f->longest = p->len > f->longest ? p->len : f->longest;
	f->backwards += p->ts_ns < f->last_ns;
	f->last_ns = p->ts_ns;
	const int64_t age = time(NULL) - p->ts_ns / 1000000000;
	f->off += age < -1 || age > 60;
	if (!read_number(p, &number))
		return;
	f->order += number != f->next;
	f->next = number + 1;
	f->numbered++;
}

static enum source_status
loop(struct source *s, const struct args *a, struct figures *f, struct diags *ds)
{
	struct packet p;
	enum source_status status;
	bool stopped = false;
	while ((status = source_next(s, &p, ds)) <= SOURCE_IDLE) {
		if (!stopped && (stopping || (a->max && f->captured >= a->max))) {
			s->ops->stop(s);
			stopped = true;
		}
		if (status == SOURCE_IDLE)
			continue;
		count(f, &p);
		if (a->verbose)
			show(&p);
		if (a->sleep_us > 0 && !stopped)
			usleep(a->sleep_us);
	}
	return status;
}

static struct filter *
compile(const struct args *a, const struct iface *iface)
{
	struct filter *out = NULL;
	struct diags ds = { 0 };
	const struct filter_opts opts = { .text = a->text,
		.linktype = iface->linktype,
		.input = iface->cooked ? FILTER_INPUT_COOKED : FILTER_INPUT_SKB,
		.snaplen = a->live.snaplen,
		.netmask = UINT32_MAX };
	if (!filter_compile(&opts, &out, &ds))
		say(&ds);
	return out;
}

/* *filter lives as long as the source. */
static struct source *
open_source(const struct args *a, const struct iface *iface, struct filter **filter,
	struct diags *ds)
{
	if (strcmp(a->kind, "pcap") == 0)
		return live_pcap_open(&a->live, iface, ds);
	*filter = compile(a, iface);
	if (!*filter)
		return NULL;
	return strcmp(a->kind, "sock") == 0
		       ? live_sock_open(&a->live, iface, *filter, ds)
		       : live_packet_open(&a->live, iface, *filter, ds);
}

static bool
read_args(struct args *a, int argc, char **argv)
{
	int c;
	while ((c = getopt(argc, argv, "k:i:s:B:Q:pIvS:c:")) != -1) {
		switch (c) {
		case 'k': a->kind = optarg; break;
		case 'i': a->name = optarg; break;
		case 's': a->live.snaplen = atoi(optarg); break;
		case 'B': a->live.buffer_kib = atoi(optarg); break;
		case 'Q':
			a->live.direction =
				strcmp(optarg, "in") == 0 ? LIVE_IN : LIVE_OUT;
			break;
		case 'p': a->live.promisc = true; break;
		case 'I': a->live.immediate = true; break;
		case 'v': a->verbose = true; break;
		case 'S': a->sleep_us = atol(optarg); break;
		case 'c': a->max = strtoul(optarg, NULL, 0); break;
		default: return false;
		}
	}
	if (optind < argc)
		a->text = argv[optind];
	return true;
}

static int
run(struct source *s, const struct args *a)
{
	struct diags ds = { 0 };
	struct figures f = { 0 };
	struct source_stats stats = { 0 };
	fprintf(stderr, "ready\n");
	const enum source_status end = loop(s, a, &f, &ds);
	say(&ds);
	if (!s->ops->stats(s, &stats))
		return 1;
	printf("captured %lu received %lu dropped %lu seen %lu numbered %lu order %lu "
	       "shorter %lu longest %u bytes %lu backwards %lu off %lu\n",
		f.captured, (unsigned long)stats.received, (unsigned long)stats.dropped,
		(unsigned long)stats.seen, f.numbered, f.order, f.shorter, f.longest,
		(unsigned long)f.bytes, f.backwards, f.off);
	return end == SOURCE_FAILED ? 4 : 0;
}

int
main(int argc, char **argv)
{
	struct args a = { .kind = "sock",
		.name = "lo",
		.text = "",
		.live = { .snaplen = FILTER_SNAPLEN_MAX } };
	if (!read_args(&a, argc, argv))
		return 2;
	const struct sigaction act = { .sa_handler = on_signal };
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	struct diags ds = { 0 };
	struct iface iface;
	struct filter *filter = NULL;
	struct source *s = NULL;
	int status = 1;
	if (iface_find(a.name, &iface, &ds))
		s = open_source(&a, &iface, &filter, &ds);
	say(&ds);
	if (s) {
		status = run(s, &a);
		s->ops->close(s);
	}
	for (unsigned i = 0; i < ds.count; i++)
		if (ds.diag[i].code == DIAG_PERMISSION)
			status = 3;
	filter_free(filter);
	return status;
}
