/* hooks.c: the same verdict everywhere: for each way of way.h and each kind of input,
 * what compiles is taken, and says of packets what the decision graph says of them: whole
 * ones, short ones, and ones that were cut.
 *
 * In: edges.txt, long lists with packets of their own (lists.c), the expressions of
 * tests/prop, random ones for all link types, packets of tests/gen.  Out: TAP, and a
 * table of ways and kinds of input with the number of programs and of packets.
 *
 * Environment: HOOKS_SECONDS (as long as this; 0: to the end; the order is by the seed,
 * so what a short run does not come to, another one does), HOOKS_RANDOM (expressions),
 * HOOKS_SEED, HOOKS_SHOW (failures), HOOKS_EXPR and HOOKS_LINK (this one only, on that
 * LINKTYPE_ number). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../prop/corpus.h"
#include "../prop/exprs.h"
#include "../prop/links.h"
#include "lists.h"
#include "way.h"

enum { PACKETS = 10, WAYS_MAX = 32, ETHERNET = 1, SLL2 = 276, SLL2_HEADER = 20 };

struct line {
	uint16_t linktype;
	bool first; /* of edges.txt: never left out */
	char *text;
};

struct tally {
	unsigned long programs, packets, beyond, wrong, refused, without, tables;
};

struct hooks {
	struct corpora corpora;
	struct tally tally[WAYS_MAX][WAY_INPUTS];
	struct line *line;
	size_t lines, tried, randoms;
	struct rng rng;
	bool root;
	unsigned shown, show;
	struct timespec end; /* 0: never */
};

static const char *const inputs[WAY_INPUTS] = {
	[FILTER_INPUT_FILE] = "file",
	[FILTER_INPUT_SKB] = "skb",
	[FILTER_INPUT_XDP] = "xdp",
	[FILTER_INPUT_COOKED] = "cooked",
};

struct trial {
	struct hooks *h;
	const char *text;
	uint16_t linktype;
	const struct list *list; /* whose packets; NULL: those of the link type */
	enum filter_input input;
	struct filter *filter;
	const struct way *way;
	struct tally *tally;
};

static void
show(const struct trial *t, const char *what)
{
	if (t->h->shown++ < t->h->show)
		printf("# %s, %s: %u | %.400s: %s\n", t->way->name, inputs[t->input],
			t->linktype, t->text, what);
}

/* The packet as that kind of input has it; false: it is none. */
static bool
dress(struct trial *t, const uint8_t *b, uint32_t len, struct filter_packet *p)
{
	struct rng *r = &t->h->rng;

	*p = (struct filter_packet){ .data = b, .len = len, .ifindex = 1 };
	if (t->input == FILTER_INPUT_COOKED) {
		if (len < SLL2_HEADER)
			return false;
		p->data += SLL2_HEADER;
		p->len -= SLL2_HEADER;
		p->protocol = (uint16_t)(b[0] << 8 | b[1]);
		p->ifindex = (uint32_t)b[4] << 24 | (uint32_t)b[5] << 16 |
			     (uint32_t)b[6] << 8 | b[7];
		p->hatype = (uint16_t)(b[8] << 8 | b[9]);
		p->pkttype = b[10];
	} else if (t->input == FILTER_INPUT_SKB) {
		p->ifindex = rng_chance(r, 80) ? 1 : 1 + rng_below(r, 5);
		p->pkttype = (uint8_t)rng_below(r, 5);
		p->vlan_present = t->linktype == ETHERNET && rng_chance(r, 40);
		if (p->vlan_present) /* ids of the pool are small */
			p->vlan_tci =
				(uint16_t)(rng_below(r, 8) << 13 | rng_below(r, 12));
	}
	p->caplen = p->len;
	return true;
}

/* False when it says something else. */
static bool
judge(struct trial *t, struct ready *ready, const struct filter_packet *p)
{
	const uint32_t expected = filter_eval(t->filter, p);
	uint32_t verdict = 0;
	const enum way_run run = t->way->run(ready, p, &verdict);
	char what[160];

	if (run == WAY_NOT_RUN)
		return true;
	t->tally->packets++;
	t->tally->beyond += run == WAY_BEYOND;
	if (!ready->wrong && (run == WAY_BEYOND ? expected == 0 : verdict == expected))
		return true;
	snprintf(what, sizeof what,
		"packet of %u bytes, %u of them there: %u, not %u%s%s", p->len, p->caplen,
		verdict, expected, ready->wrong ? ": " : "",
		ready->wrong ? ready->wrong : "");
	show(t, what);
	return false;
}

/* A packet whole, short, and, where the way knows of it, cut. */
static bool
judge_cuts(struct trial *t, struct ready *ready, const uint8_t *data, uint32_t len)
{
	struct filter_packet p;

	if (!dress(t, data, len, &p))
		return true;
	if (!judge(t, ready, &p))
		return false;
	p.caplen = rng_below(&t->h->rng, p.len + 1);
	if (t->way->cuts && !judge(t, ready, &p))
		return false;
	p.len = p.caplen;
	return judge(t, ready, &p);
}

static bool
judge_all(struct trial *t, struct ready *ready)
{
	const struct corpus *c = corpora_find(&t->h->corpora, t->linktype);

	for (uint32_t i = 0; t->list && i < t->list->packets; i++)
		if (!judge_cuts(t, ready, t->list->packet[i], LIST_FRAME))
			return false;
	for (uint32_t i = 0; !t->list && i < c->count; i++)
		if (!judge_cuts(t, ready, c->packet[i].data, c->packet[i].len))
			return false;
	return true;
}

static void
try_way(struct trial *t)
{
	struct ready ready = { .way = t->way, .filter = t->filter };
	struct diags ds = { .count = 0 };

	switch (t->way->open(&ready, &ds)) {
	case WAY_WITHOUT: t->tally->without++; break;
	case WAY_REFUSED:
		t->tally->refused++;
		show(t, ds.count ? ds.diag[0].text : "refused");
		break;
	case WAY_OPEN:
		t->tally->programs++;
		t->tally->tables += ready.body.data != NULL;
		t->tally->wrong += !judge_all(t, &ready);
		t->way->close(&ready);
	}
}

static void
try_expr(struct hooks *h, const char *text, uint16_t linktype, const struct list *list)
{
	struct trial t = { .h = h, .text = text, .linktype = linktype, .list = list };

	h->tried++;
	for (int input = 0; input < WAY_INPUTS; input++) {
		const struct filter_opts opts = { .text = text,
			.linktype = linktype,
			.input = (enum filter_input)input,
			.snaplen = 65535,
			.names = &expr_names };
		struct diags ds = { .count = 0 };

		if ((input == FILTER_INPUT_COOKED && linktype != SLL2) ||
			!filter_compile(&opts, &t.filter, &ds))
			continue; /* there are errors in the lists, and filters that never
				   * match */
		t.input = opts.input;
		for (size_t i = 0; i < way_count; i++) {
			t.way = &ways[i];
			t.tally = &h->tally[i][input];
			if ((ways[i].inputs & 1u << input) && (h->root || !ways[i].root))
				try_way(&t);
		}
		filter_free(t.filter);
	}
}

static void
add_line(struct hooks *h, uint16_t linktype, const char *text, bool first)
{
	if ((h->lines & (h->lines + 1)) == 0) { /* 0, 1, 3, 7 …: full */
		h->line = realloc(h->line, (2 * h->lines + 1) * sizeof *h->line);
		if (!h->line)
			abort();
	}
	h->line[h->lines++] = (struct line){ linktype, first, strdup(text) };
	if (!h->line[h->lines - 1].text)
		abort();
}

static bool
read_file(struct hooks *h, const char *name, bool first)
{
	static struct expr e;
	const char *srcdir = getenv("srcdir");
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;

	snprintf(path, sizeof path, "%s/tests/%s", srcdir ? srcdir : ".", name);
	in.f = fopen(path, "r");
	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return false;
	}
	while (expr_read(&in, &linktype, &e))
		add_line(h, linktype, e.text, first);
	fclose(in.f);
	if (in.bad)
		printf("Bail out! %s:%u: not `link type | expression`\n", path, in.bad);
	return !in.bad;
}

/* Those of edges.txt stay where they are, in front. */
static void
shuffle(struct hooks *h)
{
	size_t from = 0;

	while (from < h->lines && h->line[from].first)
		from++;
	for (size_t i = h->lines; i > from + 1; i--) {
		const size_t j = from + rng_below(&h->rng, (uint32_t)(i - from));
		const struct line was = h->line[i - 1];
		h->line[i - 1] = h->line[j];
		h->line[j] = was;
	}
}

static void
try_random(struct hooks *h)
{
	static struct expr e;
	static size_t links_count;
	struct expr_kind kind;

	if (links_count == 0)
		while (links[links_count].name)
			links_count++;
	kind = (struct expr_kind){ .linktype =
					   links[h->randoms++ % links_count].linktype };
	e.len = 0;
	expr_build(&h->rng, &kind, &e);
	try_expr(h, e.text, kind.linktype, NULL);
}

static void
try_lists(struct hooks *h)
{
	static struct list l;

	for (unsigned i = 0; i < lists; i++) {
		list_make(i, &l);
		try_expr(h, l.text, ETHERNET, &l);
		free(l.text);
	}
}

static bool
is_late(const struct hooks *h)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return h->end.tv_sec != 0 && now.tv_sec >= h->end.tv_sec;
}

/* A line of the lists and a random expression by turns, as long as there are any. */
static void
try_all(struct hooks *h, size_t randoms)
{
	size_t line = 0;

	for (; line < h->lines && h->line[line].first; line++)
		try_expr(h, h->line[line].text, h->line[line].linktype, NULL);
	try_lists(h);
	while ((line < h->lines || h->randoms < randoms) && !is_late(h)) {
		if (line < h->lines) {
			try_expr(h, h->line[line].text, h->line[line].linktype, NULL);
			line++;
		}
		if (h->randoms < randoms)
			try_random(h);
	}
	printf("# %zu of %zu lines, %zu of %zu random expressions\n", line, h->lines,
		h->randoms, randoms);
}

static unsigned long
number(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

/* programs/packets, and of those in brackets the ones whose bytes lie elsewhere. */
static void
print_table(const struct hooks *h)
{
	printf("# %-16s", "programs/packets");
	for (int input = 0; input < WAY_INPUTS; input++)
		printf(" %22s", inputs[input]);
	printf("\n");
	for (size_t i = 0; i < way_count; i++) {
		printf("# %-16s", ways[i].name);
		for (int input = 0; input < WAY_INPUTS; input++) {
			const struct tally *t = &h->tally[i][input];
			char cell[64] = "-";

			if (t->packets > 0)
				snprintf(cell, sizeof cell, "%lu/%lu", t->programs,
					t->packets);
			if (t->beyond > 0)
				snprintf(cell + strlen(cell), sizeof cell - strlen(cell),
					" (%lu)", t->beyond);
			printf(" %22s", cell);
		}
		printf("\n");
	}
}

static int
report(const struct hooks *h, bool all)
{
	int failed = 0;

	print_table(h);
	printf("1..%zu\n", way_count);
	for (size_t i = 0; i < way_count; i++) {
		struct tally sum = { 0 };
		bool bare = false; /* a kind of input that nothing was tried on */

		for (int input = 0; input < WAY_INPUTS; input++) {
			const struct tally *t = &h->tally[i][input];
			sum.programs += t->programs;
			sum.refused += t->refused;
			sum.without += t->without;
			sum.wrong += t->wrong;
			sum.tables += t->tables;
			bare |= (ways[i].inputs & 1u << input) && t->packets == 0;
		}
		if (ways[i].root && !h->root) {
			printf("ok - %s # SKIP loading eBPF needs root\n", ways[i].name);
			continue;
		}
		const bool ok = !sum.refused && !sum.wrong && !(all && bare);
		failed += !ok;
		printf("%sok - %s: %lu programs, %lu with tables, %lu refused, %lu "
		       "cannot be, "
		       "%lu say something else\n",
			ok ? "" : "not ", ways[i].name, sum.programs, sum.tables,
			sum.refused, sum.without, sum.wrong);
	}
	return failed > 0;
}

static bool
read_all(struct hooks *h)
{
	return read_file(h, "hooks/edges.txt", true) &&
	       read_file(h, "prop/exprs.txt", false) &&
	       read_file(h, "prop/language.txt", false) &&
	       read_file(h, "prop/corpus.txt", false) &&
	       read_file(h, "prop/corpus_lists.txt", false);
}

int
main(void)
{
	static struct hooks h = { .corpora = { .packets = PACKETS } };
	const unsigned long seed = number("HOOKS_SEED", (unsigned long)time(NULL) / 60);
	const unsigned long seconds = number("HOOKS_SECONDS", 20);
	const char *one = getenv("HOOKS_EXPR");

	h.corpora.seed = seed;
	h.rng = (struct rng){ seed };
	h.root = geteuid() == 0;
	h.show = (unsigned)number("HOOKS_SHOW", 20);
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("# HOOKS_SEED=%lu\n", seed);
	if (seconds > 0) {
		clock_gettime(CLOCK_MONOTONIC, &h.end);
		h.end.tv_sec += (time_t)seconds;
	}
	if (one) {
		try_expr(&h, one, (uint16_t)number("HOOKS_LINK", ETHERNET), NULL);
	} else {
		if (!read_all(&h))
			return 99;
		shuffle(&h);
		try_all(&h, number("HOOKS_RANDOM", 10000));
	}
	for (size_t i = 0; i < h.lines; i++)
		free(h.line[i].text);
	free(h.line);
	corpora_free(&h.corpora);
	return report(&h, !one);
}
