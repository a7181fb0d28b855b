/* compile.c: how long a compile takes and how long its program is, ours or libpcap's.
 *
 * In: `bpfcap` or `libpcap`, a kind of list (host, port, net) and its length.  Out: one
 * line, microseconds (the best of some runs) and instructions. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../filter/filter.h"

static double
now_us(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

/* Ports repeat after 65,536; hosts and networks are far from each other. */
static char *
list(const char *kind, unsigned n)
{
	char *text = malloc((size_t)n * 40 + 1), *to = text;
	if (text == NULL)
		abort();
	for (unsigned i = 0; i < n; i++) {
		const unsigned x = i * 2654435761u;
		to += sprintf(to, "%s%s ", i ? " or " : "", kind);
		if (kind[0] == 'h')
			to += sprintf(to, "%u.%u.%u.%u", x >> 24, x >> 16 & 255,
				x >> 8 & 255, x & 255);
		else if (kind[0] == 'n')
			to += sprintf(to, "%u.%u.%u.0/24", x >> 24, x >> 16 & 255,
				x >> 8 & 255);
		else
			to += sprintf(to, "%u", i * 40503u & 0xffff);
	}
	return text;
}

static bool
ours(const char *text, size_t *count)
{
	const struct filter_opts o = { .text = text,
		.linktype = FILTER_LINK_EN10MB,
		.snaplen = FILTER_SNAPLEN_MAX };
	struct filter *f;
	struct diags ds = { 0 };
	if (!filter_compile(&o, &f, &ds))
		return false;
	const bool ok = filter_cbpf(f, count, &ds) != NULL;
	filter_free(f);
	return ok;
}

static bool
theirs(const char *text, size_t *count)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, FILTER_SNAPLEN_MAX);
	struct bpf_program program;
	const bool ok = p != NULL && pcap_compile(p, &program, text, 1, 0) == 0;
	if (ok) {
		*count = program.bf_len;
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
		fprintf(stderr, "usage: compile bpfcap|libpcap host|port|net NUMBER\n");
		return 2;
	}
	char *text = list(argv[2], (unsigned)strtoul(argv[3], NULL, 10));
	bool (*run)(const char *, size_t *) = argv[1][0] == 'b' ? ours : theirs;
	const double begin = now_us();
	double best = 1e18;
	size_t count = 0;
	bool ok = true;
	for (unsigned i = 0; ok && (i == 0 || (i < 200 && now_us() - begin < 3e5)); i++) {
		const double from = now_us();
		ok = run(text, &count);
		const double took = now_us() - from;
		best = took < best ? took : best;
	}
	free(text);
	if (!ok)
		return 1;
	printf("%.0f %zu\n", best, count);
	return 0;
}
