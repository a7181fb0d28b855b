/* sizes.c: how large a filter may be that every hook of the running kernel takes.
 *
 * In: the table below: terms that are put together, ten, a hundred … of them.  Out: TAP:
 * all hooks take them up to the number in the table, which bpfcap-filter(7) has under
 * LIMITS, and say of packets what the graph says.
 *
 * Environment: SIZES_MOST=1 (to the largest; else 1,000 terms are the most, which takes
 * seconds), SIZES_ROW and SIZES_TERMS (this row, and this many, only). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../prop/corpus.h"
#include "way.h"

enum { PACKETS = 30, ETHERNET = 1, TERM = 96, SHORT_RUN = 1000 };

/* Term i, into `to`. */
static int
host(char *to, uint32_t i)
{
	const uint32_t x = (i + 1) * 2654435761u;

	return snprintf(to, TERM, "host %u.%u.%u.%u", x >> 24, x >> 16 & 255,
		x >> 8 & 255, x & 255);
}

static int
net(char *to, uint32_t i)
{
	const uint32_t x = (i + 1) * 2654435761u;

	return snprintf(to, TERM, "net %u.%u.%u.%u/30", x >> 24, x >> 16 & 255,
		x >> 8 & 255, x & 252);
}

static int
host6(char *to, uint32_t i)
{
	const uint32_t x = (i + 1) * 2654435761u;

	return snprintf(
		to, TERM, "host 2001:db8:%x:%x::%x", x >> 16, x & 0xffff, i & 0xffff);
}

static int
mac(char *to, uint32_t i)
{
	const uint32_t x = (i + 1) * 2654435761u;

	return snprintf(to, TERM, "ether host 02:%02x:%02x:%02x:%02x:%02x", x >> 24,
		x >> 16 & 255, x >> 8 & 255, x & 255, i & 255);
}

static int
port(char *to, uint32_t i)
{
	return snprintf(to, TERM, "port %u", (i * 7919u) & 0xffff);
}

static int
pair(char *to, uint32_t i)
{
	const uint32_t x = (i + 1) * 2654435761u;

	return snprintf(to, TERM, "(host 10.%u.%u.%u and port %u)", x >> 24,
		x >> 16 & 255, x >> 8 & 255, x & 0xffff);
}

static int
mask(char *to, uint32_t i)
{
	return snprintf(to, TERM, "ether[0:4] & %u = %u", 3 + 4 * i, 2 + (i & 1));
}

static int
place(char *to, uint32_t i)
{
	return snprintf(to, TERM, "ether[%u] = %u", i % 1400, i / 1400 + 77);
}

static int
computed(char *to, uint32_t i)
{
	return snprintf(to, TERM, "tcp[%u] = %u", i % 1000, i / 1000 + 77);
}

static int
sum(char *to, uint32_t i)
{
	return snprintf(to, TERM, "ether[%u] + ether[%u] * %u = %u", i % 60, i % 59,
		i + 2, i + 900);
}

static const struct row {
	const char *name;
	const char *joint;
	int (*term)(char *, uint32_t);
	uint32_t most;     /* terms that every hook takes */
	uint32_t no_table; /* ... with CAP_BPF alone, where sets are no tables */
} rows[] = {
	{ "hosts", " or ", host, 100000, 100000 },
	{ "networks", " or ", net, 100000, 100000 },
	{ "IPv6 hosts", " or ", host6, 100000, 10000 },
	{ "MAC addresses", " or ", mac, 100000, 100000 },
	{ "ports", " or ", port, 65536, 65536 },
	{ "hosts that are not", " and not ", host, 100000, 100000 },
	{ "pairs of host and port", " or ", pair, 1000, 1000 },
	{ "masks", " or ", mask, 10000, 10000 },
	{ "masks that are not", " and not ", mask, 10000, 10000 },
	{ "bytes", " or ", place, 10000, 10000 },
	{ "bytes behind a header", " or ", computed, 10000, 10000 },
	{ "sums", " or ", sum, 1000, 1000 },
};
#define ROWS (sizeof rows / sizeof rows[0])

static char *
text_of(const struct row *r, uint32_t terms)
{
	char *text = malloc((size_t)terms * TERM), *to = text;

	if (!text)
		abort();
	for (uint32_t i = 0; i < terms; i++) {
		to += sprintf(to, "%s", i > 0 ? r->joint : "");
		to += r->term(to, i);
	}
	return text;
}

static double
seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* NULL, or what is wrong. */
static const char *
run_packets(struct ready *ready, const struct corpus *c)
{
	for (uint32_t i = 0; i < c->count; i++) {
		const struct filter_packet p = { .data = c->packet[i].data,
			.len = c->packet[i].len,
			.caplen = c->packet[i].len,
			.ifindex = 1 };
		const uint32_t expected = filter_eval(ready->filter, &p);
		uint32_t verdict = 0;
		const enum way_run run = ready->way->run(ready, &p, &verdict);

		if ((run == WAY_RAN && verdict != expected) ||
			(run == WAY_BEYOND && expected != 0))
			return "another verdict";
	}
	return NULL;
}

/* True when it is taken and right; what happened is printed. */
static bool
try_way(const struct way *way, const struct filter *f, const struct corpus *c,
	const char *name, uint32_t terms)
{
	struct ready ready = { .way = way, .filter = f };
	struct diags ds = { .count = 0 };
	const double start = seconds();
	const enum way_open open = way->open(&ready, &ds);
	const double load = seconds() - start;
	const char *wrong = ds.count ? ds.diag[0].text : "refused";

	/* Its limit is the compiler's to say, and a capture takes another way then. */
	if (open == WAY_WITHOUT && way->reads == FILTER_READS_LOADS) {
		printf("# %s, %" PRIu32 ", %s: not so: %s\n", name, terms, way->name,
			wrong);
		return true;
	}
	if (open == WAY_OPEN) {
		wrong = run_packets(&ready, c);
		printf("# %s, %" PRIu32 ", %s: %zu instructions, %zu KiB of tables, "
		       "%.0f ms\n",
			name, terms, way->name, ready.body.count,
			ready.body.data_size / 1024, load * 1e3);
		way->close(&ready);
	}
	if (wrong)
		printf("# %s, %" PRIu32 ", %s: %.300s\n", name, terms, way->name, wrong);
	return !wrong;
}

static bool
try_size(const struct row *r, uint32_t terms, struct corpora *corpora)
{
	char *text = text_of(r, terms);
	bool ok = true;

	for (size_t i = 0; i < way_count; i++) {
		const struct way *way = &ways[i];
		const bool skb = way->at == WRAP_SOCKET || way->at == WRAP_TC_TAG ||
				 way->at == WRAP_TC;
		const struct filter_opts opts = { .text = text,
			.linktype = ETHERNET,
			.input = skb ? FILTER_INPUT_SKB : FILTER_INPUT_FILE,
			.snaplen = 65535 };
		struct diags ds = { .count = 0 };
		struct filter *f = NULL;

		if (!way->root)
			continue;
		if (way->reads == FILTER_READS_CONTEXT && terms > r->no_table)
			continue;
		if (filter_compile(&opts, &f, &ds))
			ok &= try_way(
				way, f, corpora_find(corpora, ETHERNET), r->name, terms);
		else
			ok = false;
		if (!f)
			printf("# %s: %s\n", r->name, ds.diag[0].text);
		filter_free(f);
	}
	free(text);
	return ok;
}

int
main(void)
{
	const char *most = getenv("SIZES_MOST"), *only = getenv("SIZES_ROW");
	const char *terms = getenv("SIZES_TERMS");
	struct corpora corpora = { .packets = PACKETS, .seed = 1 };
	unsigned number = 0, failed = 0;

	if (geteuid() != 0) {
		printf("1..0 # SKIP loading eBPF needs root\n");
		return 77;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (size_t i = 0; i < ROWS; i++) {
		const struct row *r = &rows[i];
		uint32_t end = r->most;
		bool ok = true;

		if (only && strcmp(only, r->name) != 0)
			continue;
		if (!(most && strcmp(most, "1") == 0) && end > SHORT_RUN)
			end = SHORT_RUN;
		if (terms)
			end = (uint32_t)strtoul(terms, NULL, 0);
		for (uint32_t n = 10; n < end && !terms; n *= 10)
			ok = ok && try_size(r, n, &corpora);
		ok = ok && try_size(r, end, &corpora);
		failed += !ok;
		printf("%s %u - %" PRIu32 " %s\n", ok ? "ok" : "not ok", ++number, end,
			r->name);
	}
	corpora_free(&corpora);
	printf("1..%u\n", number);
	return failed != 0;
}
