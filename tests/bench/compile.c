/* compile.c: how long a compile takes, how much memory, and how long its program is, ours
 * or libpcap's.
 *
 * In: `bpfcap` or `libpcap`, a kind of list (host, port, net: written out with `or`;
 * file: `host in @file`; ours only, those of the table below), and its length.  Out: one
 * line: microseconds of this process (the best of some runs), peak memory of the process
 * in KiB, instructions (0: none could be made), microseconds that the program took
 * besides, which a file that is read never asks for. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "../../filter/filter.h"

/* Lists of which there is something to say, or nothing: what it takes to find it. */
static const struct told {
	const char *kind, *first, *part, *last;
	enum diag_code code;
} told[] = {
	{ "silent", "ip", " and not port %u", "", DIAG_NONE },
	{ "never", "ip", " and not port %u", " and ip6", DIAG_NEVER },
	{ "atonce", "ip and ip6", " and not port %u", "", DIAG_NEVER },
	{ "always", "ip", " or port %u", " or not ip", DIAG_ALWAYS },
	{ "mixed", "tcp", " or (arp or port %u and udp)", "", DIAG_PRECEDENCE },
};

#define RUNS_MAX 200
#define RUNS_US 3e5 /* no new run begins after so long */

struct result {
	double us, program_us;
	long peak_kib; /* before the program was asked for */
	size_t count;
};

/* Of this process: others may be at work. */
static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static long
peak_kib(void)
{
	struct rusage r;
	getrusage(RUSAGE_SELF, &r);
	return r.ru_maxrss;
}

/* One entry; hosts and networks are far from each other, ports repeat after 65,536. */
static int
put_entry(char *to, char kind, unsigned i)
{
	const unsigned x = i * 2654435761u;
	if (kind == 'p')
		return sprintf(to, "%u", i * 40503u & 0xffff);
	if (kind == 'n')
		return sprintf(to, "%u.%u.%u.0/24", x >> 24, x >> 16 & 255, x >> 8 & 255);
	return sprintf(to, "%u.%u.%u.%u", x >> 24, x >> 16 & 255, x >> 8 & 255, x & 255);
}

static const struct told *
told_of(const char *kind)
{
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (strcmp(told[i].kind, kind) == 0)
			return &told[i];
	return NULL;
}

static void
put_told(char *to, const struct told *t, unsigned n)
{
	to = stpcpy(to, t->first);
	for (unsigned i = 0; i < n; i++)
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		to += sprintf(to, t->part, i % 60000);
#pragma GCC diagnostic pop
	strcpy(to, t->last);
}

/* Written out, or a line each. */
static char *
list(const char *kind, unsigned n)
{
	char *text = malloc((size_t)n * 40 + 100), *to = text;
	if (text == NULL)
		abort();
	*to = '\0';
	if (told_of(kind) != NULL) {
		put_told(to, told_of(kind), n);
		return text;
	}
	for (unsigned i = 0; i < n; i++) {
		if (kind[0] != 'f')
			to += sprintf(to, "%s%s ", i ? " or " : "", kind);
		to += put_entry(to, kind[0], i);
		if (kind[0] == 'f')
			to += sprintf(to, "\n");
	}
	return text;
}

static const char *
read_list(void *ctx, const char *name, const char *from, size_t *len, char *why,
	size_t size)
{
	(void)name;
	(void)from;
	(void)why;
	(void)size;
	*len = strlen(ctx);
	return ctx;
}

static bool
ours(const char *kind, char *text, struct result *out)
{
	const struct filter_files files = { read_list, text };
	const struct filter_opts o = { .text = kind[0] == 'f' ? "host in @list" : text,
		.linktype = FILTER_LINK_EN10MB,
		.snaplen = FILTER_SNAPLEN_MAX,
		.files = &files };
	struct filter *f;
	struct diags ds = { 0 };
	const struct told *t = told_of(kind);
	const double from = now_us();
	const bool compiled = filter_compile(&o, &f, &ds);
	out->us = now_us() - from;
	out->peak_kib = out->peak_kib > 0 ? out->peak_kib : peak_kib();
	if (t != NULL && (ds.count > 0 ? ds.diag[0].code : DIAG_NONE) != t->code)
		return false;
	if (!compiled) /* which is what is measured, if it is to be refused */
		return t != NULL;
	const double then = now_us();
	if (filter_cbpf(f, &out->count, &ds) == NULL)
		out->count = 0;
	out->program_us = now_us() - then;
	filter_free(f);
	return true;
}

static bool
theirs(const char *kind, char *text, struct result *out)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, FILTER_SNAPLEN_MAX);
	struct bpf_program program;
	(void)kind;
	const double from = now_us();
	const bool ok = p != NULL && pcap_compile(p, &program, text, 1, 0) == 0;
	out->us = now_us() - from;
	out->peak_kib = peak_kib();
	if (ok) {
		out->count = program.bf_len;
		pcap_freecode(&program);
	}
	if (p != NULL)
		pcap_close(p);
	return ok;
}

int
main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr,
			"usage: compile bpfcap|libpcap host|port|net|file|silent|never|"
			"atonce|always|mixed NUMBER\n");
		return 2;
	}
	const char *kind = argv[2];
	char *text = list(kind, (unsigned)strtoul(argv[3], NULL, 10));
	bool (*run)(const char *, char *, struct result *) =
		argv[1][0] == 'b' ? ours : theirs;
	const double begin = now_us();
	struct result one = { 0 }, best = { .us = 1e18 };
	bool ok = true;
	for (unsigned i = 0;
		ok && (i == 0 || (i < RUNS_MAX && now_us() - begin < RUNS_US)); i++) {
		ok = run(kind, text, &one);
		best = one.us < best.us ? one : best;
	}
	free(text);
	if (!ok)
		return 1;
	printf("%.0f %ld %zu %.0f\n", best.us, best.peak_kib, best.count,
		best.program_us);
	return 0;
}
