/* expr.c: any text as an expression: an error or a filter, and then one verdict from the
 * graph and from the classic program, and an eBPF body that jumps forward and within.
 *
 * The first byte chooses link type, input kind and -O; the rest is the expression.  With
 * clang: -fsanitize=fuzzer -DLIBFUZZER.  Else a program that replays the files named, or,
 * when none is, the expressions of tests/prop/exprs.txt and tests/error.tab, and then
 * mutates those for FUZZ_SECONDS (FUZZ_SEED). */
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../filter/filter.h"
#include "../gen/packets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { PACKETS = 6, COOKED_HEADER = 20 };

static size_t
host(void *ctx, const char *name, struct filter_addr *out, size_t max)
{
	(void)ctx;
	if (max < 2 || name[0] > 'm')
		return 0;
	out[0] = (struct filter_addr){ 4, { 10, 0, 0, (uint8_t)name[0] } };
	out[1] = (struct filter_addr){ 6, { 0x20, 1, 0x0d, 0xb8, (uint8_t)name[0] } };
	return 2;
}

static bool
port(void *ctx, const char *name, enum filter_transport t, uint16_t *out)
{
	(void)ctx;
	*out = (uint16_t)(80 + (name[0] == 'd' && t == FILTER_UDP));
	return name[0] < 'k';
}

static bool
protocol(void *ctx, const char *name, uint8_t *out)
{
	(void)ctx;
	*out = (uint8_t)name[0];
	return name[0] != 'z';
}

static const struct filter_names names = {
	.host = host, .port = port, .protocol = protocol
};

static struct filter_opts
options(uint8_t choice, const char *text)
{
	static const uint16_t links[] = { FILTER_LINK_EN10MB, FILTER_LINK_RAW,
		FILTER_LINK_LINUX_SLL, FILTER_LINK_IPV4, FILTER_LINK_IPV6,
		FILTER_LINK_LINUX_SLL2, 147, FILTER_LINK_LINUX_SLL2 };
	const bool cooked = (choice & 7) == 7;
	return (struct filter_opts){ .text = text,
		.linktype = links[choice & 7],
		.input = cooked       ? FILTER_INPUT_COOKED
			 : choice & 8 ? FILTER_INPUT_SKB
				      : FILTER_INPUT_FILE,
		.no_optimise = choice & 16,
		.snaplen = 1 + choice,
		.netmask = choice & 32 ? 0xffffff00 : UINT32_MAX,
		.names = &names };
}

static uint32_t
word(const uint8_t *b, unsigned n)
{
	uint32_t v = 0;
	while (n-- > 0)
		v = v << 8 | *b++;
	return v;
}

/* The packet as the input kind shows it, cut at `caplen`; in its own allocation, so that
 * a read beyond it is seen. */
static void
judge(const struct filter *f, const struct filter_opts *o, const struct gen_packet *g,
	uint32_t caplen)
{
	struct filter_packet p = { .len = g->len };
	const uint32_t skip = o->input == FILTER_INPUT_COOKED ? COOKED_HEADER : 0;
	if (caplen < skip)
		return;
	if (skip > 0) {
		p.protocol = (uint16_t)word(g->data, 2);
		p.ifindex = word(g->data + 4, 4);
		p.hatype = (uint16_t)word(g->data + 8, 2);
		p.pkttype = g->data[10];
	}
	uint8_t *copy = malloc(caplen - skip + 1);
	if (copy == NULL)
		abort();
	memcpy(copy, g->data + skip, caplen - skip);
	uint8_t *exact = realloc(copy, caplen > skip ? caplen - skip : 1);
	p.data = exact;
	p.caplen = caplen - skip;
	p.len -= skip;
	const uint32_t verdict = filter_eval(f, &p);
	if (verdict != filter_match(f, &p) || (verdict != 0 && verdict != o->snaplen))
		abort();
	free(exact);
}

static void
check_ebpf(const struct filter *f)
{
	struct filter_ebpf e;
	struct diags ds = { 0 };
	if (!filter_ebpf(f, FILTER_READS_SCRATCH, &e, &ds)) {
		if (!diags_failed(&ds))
			abort();
		return;
	}
	for (size_t i = 0; i < e.count; i++) {
		const unsigned class = BPF_CLASS(e.insns[i].code);
		const unsigned op = BPF_OP(e.insns[i].code);
		if ((class != BPF_JMP && class != BPF_JMP32) || op == BPF_EXIT)
			continue;
		if (e.insns[i].off < 0 || i + 1 + (size_t)e.insns[i].off >= e.count)
			abort();
	}
	if (e.reach > FILTER_SCRATCH || e.insns[e.count - 1].code != (BPF_JMP | BPF_EXIT))
		abort();
	filter_ebpf_free(&e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	char *text = malloc(size);
	if (text == NULL)
		abort();
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\0';
	const struct filter_opts o = options(data[0], text);
	struct filter *f;
	struct diags ds = { 0 };
	const bool ok = filter_compile(&o, &f, &ds);
	if (ok != (f != NULL) || ok == diags_failed(&ds))
		abort();
	const uint32_t length = (uint32_t)strlen(text);
	for (unsigned i = 0; i < ds.count; i++) /* the caret is within, or just behind */
		if (ds.diag[i].span[0].at > length ||
			ds.diag[i].span[0].at + ds.diag[i].span[0].len > length + 1)
			abort();
	if (ok)
		check_ebpf(f);
	struct rng rng = { 1 };
	for (unsigned i = 0; ok && i < PACKETS; i++) {
		struct gen_packet g;
		const uint16_t l = o.linktype;
		packet_build(&rng,
			l == FILTER_LINK_IPV4 || l == FILTER_LINK_IPV6 ? FILTER_LINK_RAW
			: l == 147 ? FILTER_LINK_EN10MB
				   : l,
			&g);
		judge(f, &o, &g, g.len);
		judge(f, &o, &g, rng_below(&rng, g.len + 1));
	}
	filter_free(f);
	free(text);
	return 0;
}

#ifndef LIBFUZZER
#define INPUT_MAX 4096
#define SEEDS_MAX 2000

struct seeds {
	char *line[SEEDS_MAX];
	unsigned count;
};

static bool
replay(const char *path)
{
	static uint8_t data[1 << 20];
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return false;
	const size_t n = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	return true;
}

/* `link | expression` when `behind`, else `expression | …`. */
static void
read_seeds(struct seeds *s, const char *name, bool behind)
{
	char path[4096], *line = NULL;
	const char *dir = getenv("srcdir");
	size_t room = 0;
	snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : ".", name);
	FILE *f = fopen(path, "r");
	while (f != NULL && s->count < SEEDS_MAX && getline(&line, &room, f) > 0) {
		char *bar = strstr(line, " | ");
		if (line[0] == '#' || bar == NULL)
			continue;
		*bar = '\0';
		s->line[s->count++] = strdup(behind ? bar + 3 : line);
	}
	free(line);
	if (f != NULL)
		fclose(f);
}

static const char *const words[] = { "(", ")", "not ", " and ", " or ", "host ", "port ",
	"net ", "10.0.0.0/8", "::1", "[0]", "[len]", " = ", " & 1", "/0", "1 << ", "src ",
	"tcp", "ip6", "portrange 1-2", "ether ", "4294967295", "-", "%", "^", ":4]" };

/* A part of another seed, a word, or a byte in some place; or a part left out. */
static size_t
mutate(struct rng *r, const struct seeds *s, uint8_t *b, size_t n)
{
	const char *other = s->line[rng_below(r, s->count)];
	const char *w = words[rng_below(r, sizeof(words) / sizeof(words[0]))];
	const size_t at = 1 + rng_below(r, (uint32_t)n), len = strlen(other);
	const size_t from = rng_below(r, (uint32_t)len + 1);
	const char *add = other + from;
	size_t more = rng_below(r, (uint32_t)(len - from) + 1);
	switch (rng_below(r, 4)) {
	case 0:
		add = w;
		more = strlen(w);
		break;
	case 1:
		if (at < n)
			b[at] = (uint8_t)(1 + rng_below(r, 255));
		return n;
	case 2: {
		const size_t cut = at < n ? rng_below(r, (uint32_t)(n - at) + 1) : 0;
		memmove(b + at, b + at + cut, n - at - cut);
		return n - cut;
	}
	}
	if (at > n || n + more > INPUT_MAX)
		return n;
	memmove(b + at + more, b + at, n - at);
	memcpy(b + at, add, more);
	return n + more;
}

static size_t
seed(struct rng *r, const struct seeds *s, unsigned i, uint8_t *b)
{
	const size_t len = strnlen(s->line[i], INPUT_MAX - 1);
	b[0] = (uint8_t)rng_next(r);
	memcpy(b + 1, s->line[i], len);
	return 1 + len;
}

int
main(int argc, char **argv)
{
	static struct seeds s;
	static uint8_t b[INPUT_MAX + 1];
	const char *from = getenv("FUZZ_SEED"), *seconds = getenv("FUZZ_SECONDS");
	struct rng rng = { from != NULL ? strtoull(from, NULL, 0) : 1 };
	unsigned long count = 0;
	for (int i = 1; i < argc; i++)
		if (!replay(argv[i])) {
			fprintf(stderr, "expr: %s: cannot be read\n", argv[i]);
			return 1;
		}
	if (argc > 1)
		return 0;
	read_seeds(&s, "tests/prop/exprs.txt", true);
	read_seeds(&s, "tests/error.tab", false);
	if (s.count == 0) {
		fprintf(stderr, "expr: no seeds: set srcdir to the source tree\n");
		return 99;
	}
	for (unsigned i = 0; i < s.count; i++)
		LLVMFuzzerTestOneInput(b, seed(&rng, &s, i, b));
	const time_t end = time(NULL) + (seconds != NULL ? atoi(seconds) : 3);
	for (; time(NULL) < end; count++) {
		size_t n = seed(&rng, &s, rng_below(&rng, s.count), b);
		for (uint32_t i = 1 + rng_below(&rng, 5); i > 0; i--)
			n = mutate(&rng, &s, b, n);
		LLVMFuzzerTestOneInput(b, n);
	}
	printf("%u seeds, %lu mutations\n", s.count, count);
	for (unsigned i = 0; i < s.count; i++)
		free(s.line[i]);
	return 0;
}
#endif
