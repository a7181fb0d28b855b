/* linear.c: does a compile take time in proportion to the text?  In: shapes that grow.
 * Out: those for which text that is four times as long takes more than LIMIT times the
 * processor time; linear is four.  A shape that is too slow is measured again.
 *
 *     linear            all shapes, up to LINEAR_KIB (default 1024), and without the
 *                       optimiser up to a quarter of that
 *     linear -v         the same, a line for each
 *     linear NUMBER     one shape at the full size, once: for a profile */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../filter/filter.h"

#define LIMIT 10.0
#define FLOOR 0.01 /* seconds: shorter ones are taken for this */
#define RUNS 3     /* at most */
#define GROWTH 4

#ifdef __SANITIZE_ADDRESS__
#define KIB 128
#else
#define KIB 1024
#endif

/* `part` is repeated; in it, %h is an IPv4 address, %w one of a network, %p a port, %v a
 * VLAN, %b and %y a byte, %x two parts of an IPv6 address: they go all ways; %n counts.
 * `close` follows as often. */
static const struct shape {
	const char *head, *part, *last, *close;
} shapes[] = {
	/* nesting */
	{ "", "(", "ip", ")" },
	{ "", "(", "", "" },
	{ "", "not ", "ip", "" },
	{ "", "!(tcp or ", "ip", ")" },
	{ "", "not (port %p and ", "ip", ")" },
	{ "", "(host %h or (", "ip", "))" },
	/* chains */
	{ "", "ip or ", "ip", "" },
	{ "", "tcp and ", "tcp", "" },
	{ "", "tcp or udp and ", "ip", "" },
	{ "", "host %h or ", "ip", "" },
	{ "", "not host %h and ", "ip", "" },
	{ "", "src host %h or dst port %p or ", "ip", "" },
	{ "", "host %h and port %p or ", "ip", "" },
	{ "host ", "%h or ", "1.2.3.4", "" },
	{ "host ", "2001:db8::%x or ", "::1", "" },
	{ "net ", "%w/24 or ", "1.2.3.4", "" },
	{ "", "net %w/25 or ", "ip", "" },
	{ "ether host ", "2:0:0:%y:%y:%y or ", "2:0:0:0:0:1", "" },
	{ "port ", "%p or ", "1", "" },
	{ "", "portrange %p-65535 or ", "ip", "" },
	{ "port in {", "%p, ", "1}", "" },
	{ "host in {", "%h, ", "1.2.3.4}", "" },
	{ "net in {", "%w/26, ", "1.2.3.4}", "" },
	/* encapsulations, chains of headers */
	{ "", "vlan or ", "ip", "" },
	{ "", "vlan and ", "ip", "" },
	{ "", "vlan %v or ", "ip", "" },
	{ "", "mpls and ", "ip", "" },
	{ "", "mpls or ", "ip", "" },
	{ "", "pppoes or ", "ip", "" },
	{ "", "geneve or ", "ip", "" },
	{ "", "geneve and ", "ip", "" },
	{ "", "vxlan and ", "ip", "" },
	{ "", "vlan (", "ip", ")" },
	{ "", "vlan %v (ip) or ", "ip", "" },
	{ "", "gre (", "ip", ")" },
	{ "", "gre (tcp) or ", "ip", "" },
	{ "", "inner (", "ip", ")" },
	{ "", "inner (tcp) or ", "ip", "" },
	{ "", "ip protochain %b or ", "ip", "" },
	{ "", "ip6 protochain 6 or ", "ip", "" },
	/* arithmetic */
	{ "1 = ", "tcp[", "0", "]" },
	{ "1 = ", "1 + ", "1", "" },
	{ "1 = ", "ip[0] + ", "1", "" },
	{ "1 = ", "(1 ^ ", "1", ")" },
	{ "1 = ", "-", "1", "" },
	{ "", "ip[%b] = %b or ", "ip", "" },
	{ "", "ip[%b] & %b = %b and ", "ip", "" },
	{ "", "tcp[%b:2] > %p or ", "ip", "" },
	{ "", "len > %p or ", "ip", "" },
	{ "", "len / ip[%b] = 1 or ", "ip", "" },
	{ "", "ip[ip[%b]] = %b or ", "ip", "" },
	{ "", "any.tcp[%b] = %b or ", "ip", "" },
	{ "ip[0] in {", "%b, ", "1}", "" },
	/* long words */
	{ "host ", "a", "", "" },
	{ "port ", "1", "", "" },
	{ "host ", "1.", "1", "" },
	{ "host ", "1:", "1", "" },
	{ "host ", "\\", "", "" },
	{ "", " ", "ip", "" },
	{ "", "ip ", "", "" },
	{ "", "ip or nosuchword or ", "ip", "" },
	{ "", "~", "", "" },
	/* programs */
	{ "ip # ", "x", "", "" },
	{ "", "#\n", "ip", "" },
	{ "let a = ", "tcp or ", "ip\na or a", "" },
	{ "", "let f%n = port %p\n", "f0", "" },
	{ "let a = ip\n", "a or ", "a", "" },
};
enum { SHAPES = sizeof(shapes) / sizeof(shapes[0]) };

static uint32_t
scatter(uint32_t i)
{
	return i * 2654435761u;
}

static char *
put(char *to, const char *part, uint32_t i)
{
	for (; *part != '\0'; part++) {
		const uint32_t x = scatter(i);
		if (*part != '%') {
			*to++ = *part;
			continue;
		}
		switch (*++part) {
		case 'h':
			to += sprintf(to, "%u.%u.%u.%u", x >> 24, x >> 16 & 255,
				x >> 8 & 255, x & 255);
			break;
		case 'w':
			to += sprintf(
				to, "%u.%u.%u.0", x >> 24, x >> 16 & 255, x >> 8 & 255);
			break;
		case 'v': to += sprintf(to, "%u", x >> 20); break;
		case 'y': to += sprintf(to, "%x", x >> 8 * (i % 3) & 255); break;
		case 'p': to += sprintf(to, "%u", x >> 16); break;
		case 'b': to += sprintf(to, "%u", x >> 24); break;
		case 'x': to += sprintf(to, "%x:%x", x >> 16, x & 0xffff); break;
		case 'n': to += sprintf(to, "%u", i); break;
		}
	}
	return to;
}

static char *
grow(const struct shape *s, size_t size)
{
	char *text = malloc(size + 256), *to = text;
	if (text == NULL)
		abort();
	to = stpcpy(to, s->head);
	uint32_t n = 0;
	while ((size_t)(to - text) + n * strlen(s->close) < size)
		to = put(to, s->part, n++);
	to = stpcpy(to, s->last);
	text = realloc(text, (size_t)(to - text) + n * strlen(s->close) + 1);
	if (text == NULL)
		abort();
	to = text + strlen(text);
	while (n-- > 0)
		to = stpcpy(to, s->close);
	return text;
}

static double
now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds for a compile, with its eBPF; the text may have what a file may have. */
static double
measure(const char *text, bool no_optimise)
{
	const struct filter_opts o = { .text = text,
		.linktype = FILTER_LINK_EN10MB,
		.snaplen = FILTER_SNAPLEN_MAX,
		.netmask = UINT32_MAX,
		.no_optimise = no_optimise,
		.program = true };
	struct filter *f;
	struct diags ds = { 0 };
	const double from = now();
	if (filter_compile(&o, &f, &ds)) {
		struct filter_ebpf e = { 0 };
		if (filter_ebpf(f, FILTER_READS_SCRATCH, &e, &ds))
			filter_ebpf_free(&e);
		filter_free(f);
	}
	return now() - from;
}

static double
ratio(const struct shape *s, size_t size, bool no_optimise, double took[2])
{
	took[0] = took[1] = 1e9;
	double least = 1e9;
	char *text[2] = { grow(s, size / GROWTH), grow(s, size) };
	for (unsigned run = 0; run < RUNS && least > LIMIT; run++) {
		for (unsigned i = 0; i < 2; i++) {
			const double t = measure(text[i], no_optimise);
			took[i] = t < took[i] ? t : took[i];
		}
		least = took[1] / (took[0] > FLOOR ? took[0] : FLOOR);
	}
	free(text[0]);
	free(text[1]);
	return least;
}

static bool
check(unsigned i, size_t size, bool no_optimise, bool verbose)
{
	const struct shape *s = &shapes[i];
	double took[2];
	const double times = ratio(s, size, no_optimise, took);
	const bool ok = times <= LIMIT;
	if (!ok || verbose)
		printf("%s %2u%s: %8.1f ms, %8.1f ms: %5.1f times  '%s%s…'\n",
			ok ? "  " : "!!", i, no_optimise ? " -O" : "   ", took[0] * 1e3,
			took[1] * 1e3, times, s->head, s->part);
	fflush(stdout);
	return ok;
}

int
main(int argc, char **argv)
{
	const char *kib = getenv("LINEAR_KIB");
	const size_t size = (kib != NULL ? strtoul(kib, NULL, 10) : KIB) << 10;
	const bool verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	unsigned failed = 0;
	if (argc > 1 && !verbose) {
		const unsigned i = (unsigned)strtoul(argv[1], NULL, 10) % SHAPES;
		char *text = grow(&shapes[i], size);
		printf("%.1f ms\n", measure(text, argc > 2) * 1e3);
		free(text);
		return 0;
	}
	for (unsigned i = 0; i < SHAPES; i++)
		for (unsigned plain = 0; plain < 2; plain++)
			failed += !check(i, plain ? size / 4 : size, plain, verbose);
	printf("%zu shapes of %zu KiB, with and without the optimiser: %u not linear\n",
		(size_t)SHAPES, size >> 10, failed);
	return failed > 0;
}
