/* hooks.c: the same verdict however the bytes are read: for every accessor of
 * filter.h, the compiled body says what the decision graph says, of whole packets and of
 * short ones.
 *
 * In: tests/prop/exprs.txt and language.txt, random expressions (HOOKS_RANDOM a link
 * type, HOOKS_SEED), and packets of tests/gen; long lists with packets of their own
 * (lists.c).  The kernel loads HOOKS_PERCENT of the first, and all lists; the interpreter
 * of machine.c runs all that are for user space.  Out: TAP. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../prop/corpus.h"
#include "../prop/exprs.h"
#include "../prop/links.h"
#include "lists.h"
#include "machine.h"
#include "wrap.h"

enum { PACKETS = 10, SHOWN = 5, ETH_LEN = 14 };

struct row {
	const char *name;
	enum filter_reads reads;
	enum filter_input input;
	bool kernel;
};

static const struct row rows[] = {
	{ "tc, in place", FILTER_READS_SKB, FILTER_INPUT_SKB, true },
	{ "tc, scratch", FILTER_READS_SCRATCH, FILTER_INPUT_FILE, true },
	{ "XDP, in place", FILTER_READS_XDP, FILTER_INPUT_XDP, true },
	{ "XDP, fragments", FILTER_READS_XDP_FRAGS, FILTER_INPUT_XDP, true },
	{ "XDP, scratch", FILTER_READS_XDP_SCRATCH, FILTER_INPUT_XDP, true },
	{ "tracing", FILTER_READS_MEMORY, FILTER_INPUT_FILE, true },
	{ "user space", FILTER_READS_BUFFER, FILTER_INPUT_FILE, false },
};
#define ROWS (sizeof rows / sizeof rows[0])

struct tally {
	unsigned long loaded, run, beyond, wrong, refused, without, tables;
};

struct hooks {
	struct corpora corpora;
	struct tally tally[ROWS];
	struct rng rng;
	unsigned percent, shown;
};

/* An expression, and what it is tried on. */
struct trial {
	const char *text;
	uint16_t linktype;
	const struct list *list; /* whose packets; NULL: those of the link type */
};

static void
show(struct hooks *h, const struct row *row, const struct trial *t, const char *what)
{
	if (h->shown++ < SHOWN * ROWS)
		printf("# %s: %u | %.200s: %s\n", row->name, t->linktype, t->text, what);
}

/* Runs one packet; NULL, or what is wrong. */
static const char *
judge(struct tally *t, const struct row *row, const struct filter *f,
	const struct filter_ebpf *body, struct wrap *w, const struct filter_packet *p)
{
	static _Thread_local char what[160];
	const uint32_t expected = filter_eval(f, p);
	uint32_t verdict = 0;

	if (row->kernel) {
		if (p->len < ETH_LEN || !wrap_run(w, p->data, p->len, &verdict))
			return NULL;
	} else if (!machine_run(body, p->data, p->len, &verdict)) {
		return "it does not run";
	}
	t->run++;
	if (verdict == FILTER_BEYOND && expected == 0) {
		t->beyond++; /* all bytes are in one piece: there are no others */
		return NULL;
	}
	if (verdict == expected)
		return NULL;
	snprintf(what, sizeof what, "packet of %u bytes: %u, expected %u", p->len,
		verdict, expected);
	return what;
}

static bool
packet_at(struct hooks *h, const struct trial *t, uint32_t i, struct filter_packet *p)
{
	const struct corpus *c;

	*p = (struct filter_packet){ .ifindex = 1 };
	if (t->list) {
		p->data = t->list->packet[i];
		p->len = p->caplen = LIST_FRAME;
		return i < t->list->packets;
	}
	c = corpora_find(&h->corpora, t->linktype);
	if (i >= c->count)
		return false;
	p->data = c->packet[i].data;
	p->len = p->caplen = c->packet[i].len;
	return true;
}

static const char *
judge_all(struct hooks *h, size_t row, const struct trial *t, const struct filter *f,
	const struct filter_ebpf *body, struct wrap *w)
{
	const char *wrong = NULL;
	struct filter_packet p;

	for (uint32_t i = 0; !wrong && packet_at(h, t, i, &p); i++) {
		wrong = judge(&h->tally[row], &rows[row], f, body, w, &p);
		p.len = p.caplen = rng_below(&h->rng, p.len + 1);
		if (!wrong)
			wrong = judge(&h->tally[row], &rows[row], f, body, w, &p);
	}
	return wrong;
}

static void
try_row(struct hooks *h, size_t row, const struct trial *trial)
{
	const struct filter_opts opts = { .text = trial->text,
		.linktype = trial->linktype,
		.input = rows[row].input,
		.snaplen = 65535,
		.names = &expr_names };
	struct tally *t = &h->tally[row];
	struct diags ds = { .count = 0 };
	struct filter_ebpf body = { .insns = NULL };
	struct filter *f = NULL;
	struct wrap w = { .fd = -1, .map = -1, .sets = -1 };

	if (!filter_compile(&opts, &f, &ds))
		return;
	if (!filter_ebpf(f, rows[row].reads, &body, &ds)) {
		t->without++; /* metadata that the hook has not got, or out of stack */
	} else if (rows[row].kernel && !wrap_load(&w, &body, rows[row].reads)) {
		t->refused++;
		show(h, &rows[row], trial, w.why);
	} else {
		const char *wrong = judge_all(h, row, trial, f, &body, &w);
		t->loaded++;
		t->tables += body.data != NULL;
		t->wrong += wrong != NULL;
		if (wrong)
			show(h, &rows[row], trial, wrong);
	}
	wrap_unload(&w);
	filter_ebpf_free(&body);
	filter_free(f);
}

static void
try_expr(struct hooks *h, const char *text, uint16_t linktype)
{
	const bool kernel = rng_chance(&h->rng, h->percent);
	const struct trial t = { text, linktype, NULL };

	for (size_t row = 0; row < ROWS; row++)
		if (kernel || !rows[row].kernel)
			try_row(h, row, &t);
}

static void
try_lists(struct hooks *h)
{
	static struct list l;

	for (unsigned i = 0; i < lists; i++) {
		list_make(i, &l);
		const struct trial t = { l.text, FILTER_LINK_EN10MB, &l };
		for (size_t row = 0; row < ROWS; row++)
			if (h->percent > 0 || !rows[row].kernel)
				try_row(h, row, &t);
		free(l.text);
	}
}

static bool
try_file(struct hooks *h, const char *name)
{
	static struct expr e;
	const char *srcdir = getenv("srcdir");
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;

	snprintf(path, sizeof path, "%s/tests/prop/%s", srcdir ? srcdir : ".", name);
	in.f = fopen(path, "r");
	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return false;
	}
	while (expr_read(&in, &linktype, &e))
		try_expr(h, e.text, linktype);
	fclose(in.f);
	return !in.bad;
}

static void
try_random(struct hooks *h, unsigned count)
{
	static struct expr e;

	for (const struct link *l = links; l->name; l++) {
		const struct expr_kind kind = { .linktype = l->linktype };
		for (unsigned i = 0; i < count; i++) {
			e.len = 0;
			expr_build(&h->rng, &kind, &e);
			try_expr(h, e.text, l->linktype);
		}
	}
}

static unsigned
number(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text ? (unsigned)strtoul(text, NULL, 0) : otherwise;
}

static int
report(const struct hooks *h)
{
	int failed = 0;

	printf("1..%zu\n", 2 * ROWS);
	for (size_t i = 0; i < ROWS; i++) {
		const struct tally *t = &h->tally[i];
		if (rows[i].kernel && h->percent == 0) {
			printf("ok - %s # SKIP loading eBPF needs root\n", rows[i].name);
			printf("ok - %s # SKIP loading eBPF needs root\n", rows[i].name);
			continue;
		}
		failed += t->refused > 0 || t->tables == 0 || t->wrong > 0;
		printf("%sok - %s: what compiles is taken (%lu programs, %lu with "
		       "tables, "
		       "%lu refused, %lu ask for what is not there)\n",
			t->refused || !t->tables ? "not " : "", rows[i].name, t->loaded,
			t->tables, t->refused, t->without);
		printf("%sok - %s: it says what the graph says (%lu packets, %lu beyond, "
		       "%lu programs do not)\n",
			t->wrong ? "not " : "", rows[i].name, t->run, t->beyond,
			t->wrong);
	}
	return failed > 0;
}

int
main(void)
{
	struct hooks h = { .corpora = { .packets = PACKETS } };
	const unsigned seed = number("HOOKS_SEED", 1);

	h.corpora.seed = seed;
	h.rng = (struct rng){ seed };
	h.percent = geteuid() == 0 ? number("HOOKS_PERCENT", 15) : 0;
	printf("# HOOKS_SEED=%u\n", seed);
	if (!try_file(&h, "exprs.txt") || !try_file(&h, "language.txt"))
		return 99;
	try_random(&h, number("HOOKS_RANDOM", 20));
	try_lists(&h);
	corpora_free(&h.corpora);
	return report(&h);
}
