/* tally.c: expressions come in one by one; those whose program is longer than libpcap's,
 * or has a longer way through it, go out as lines, and a table of all by family. */
#include "tally.h"

#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../filter/filter.h"
#include "exprs.h"
#include "oracle.h"
#include "worst.h"

struct size {
	unsigned insns, worst; /* worst 0: the program has a loop */
};

struct tried {
	const char *text;
	uint16_t linktype;
	const struct bpf_program *program; /* theirs */
	struct size ours, theirs;
};

/* libpcap's listing, in the form of `tcpdump -d`; malloc'd. */
static char *
list_theirs(const struct bpf_program *p)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	for (unsigned i = 0; i < p->bf_len; i++)
		fprintf(f, "%s\n", bpf_image(&p->bf_insns[i], (int)i));
	fclose(f);
	return text;
}

static char *
list_ours(const struct filter *filter, struct diags *ds)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		abort();
	filter_print(filter, FILTER_FORMAT_LISTING, f, ds);
	fclose(f);
	return text;
}

static bool
is_same(const struct filter *filter, const struct bpf_program *p)
{
	struct diags ds = { .count = 0 };
	char *a = list_ours(filter, &ds), *b = list_theirs(p);
	const bool same = strcmp(a, b) == 0;

	free(a);
	free(b);
	return same;
}

/* One more than the words that join. */
static unsigned
count_terms(const char *text)
{
	static const char *const joins[] = { " or ", " and ", " || ", " && " };
	unsigned count = 1;

	for (; *text; text++)
		for (size_t i = 0; i < sizeof joins / sizeof joins[0]; i++)
			count += strncmp(text, joins[i], strlen(joins[i])) == 0;
	return count;
}

static void
show(const char *what, const struct tried *e, const struct size *theirs)
{
	printf("# %-8s %4u %4u %4u %4u  %s | %s\n", what, e->ours.insns, theirs->insns,
		e->ours.worst, theirs->worst, filter_linktype_name(e->linktype), e->text);
}

static void
note_ratio(struct tally *t, double ratio)
{
	if (t->ratios == t->room) {
		t->room = t->room ? 2 * t->room : 1024;
		t->ratio = realloc(t->ratio, t->room * sizeof *t->ratio);
		if (!t->ratio)
			abort();
	}
	t->ratio[t->ratios++] = ratio;
}

static void
add(struct sum *s, const struct size *ours, const struct size *theirs)
{
	s->rows++;
	s->shorter += ours->insns < theirs->insns;
	s->ours += ours->insns;
	s->theirs += theirs->insns;
	s->worst_ours += ours->worst;
	s->worst_theirs += theirs->worst;
}

/* What libpcap's would be if it left nothing out. */
static struct size
weigh_theirs(uint16_t linktype, const struct bpf_program *p, enum reason *why)
{
	unsigned *weight = calloc(p->bf_len, sizeof *weight);
	struct size size;

	if (!weight)
		abort();
	size.insns = reason_weigh(linktype, p, weight, why);
	size.worst = worst_path(p->bf_insns, p->bf_len, weight);
	free(weight);
	return size;
}

static bool
is_beyond(const struct size *ours, const struct size *theirs)
{
	return ours->insns > theirs->insns || ours->worst > theirs->worst;
}

static unsigned
excess(const struct size *ours, const struct size *theirs)
{
	const unsigned insns =
		ours->insns > theirs->insns ? ours->insns - theirs->insns : 0;
	const unsigned worst =
		ours->worst > theirs->worst ? ours->worst - theirs->worst : 0;

	return insns > worst ? insns : worst;
}

/* Why it may be longer; if it may not be, it is counted and shown. */
static enum reason
judge(struct tally *t, struct sum *sum, const struct tried *e)
{
	enum reason why;
	const struct size fair = weigh_theirs(e->linktype, e->program, &why);
	int row;

	if (!is_beyond(&e->ours, &fair))
		return why;
	row = reason_find(e->linktype, e->text, excess(&e->ours, &fair));
	if (row >= 0) {
		t->needed[row] = true;
		return reason_kind(row);
	}
	sum->longer += e->ours.insns > fair.insns;
	sum->slower += e->ours.worst > fair.worst;
	show(e->ours.insns > fair.insns ? "LONGER" : "SLOWER", e, &fair);
	return REASON_NONE;
}

static void
compare(struct tally *t, struct sum *sum, const struct tried *e)
{
	const struct size *ours = &e->ours, *theirs = &e->theirs;

	if (is_beyond(ours, theirs))
		sum->exempt[judge(t, sum, e)]++;
	else if (t->show_all)
		show(ours->insns < theirs->insns ? "shorter" : "as long", e, theirs);
	if (!theirs->worst) /* a loop has no length */
		return;
	add(sum, ours, theirs);
	if (count_terms(e->text) > TALLY_LONG)
		add(&t->lists, ours, theirs);
	note_ratio(t, (double)ours->insns / theirs->insns);
}

static void
try_program(struct tally *t, struct sum *sum, const struct filter *f, struct tried *e)
{
	struct diags ds = { .count = 0 };
	size_t count = 0;
	const struct sock_filter *insns = filter_cbpf(f, &count, &ds);
	const struct bpf_program *p = e->program;

	if (!insns) {
		t->failed++;
		printf("# NO CBPF  %s | %s\n", filter_linktype_name(e->linktype),
			e->text);
		return;
	}
	/* the same layout under another name */
	e->ours = (struct size){ (unsigned)count,
		worst_path((const struct bpf_insn *)insns, (unsigned)count, NULL) };
	e->theirs = (struct size){ p->bf_len, worst_path(p->bf_insns, p->bf_len, NULL) };
	sum->same += is_same(f, p);
	compare(t, sum, e);
}

static void
refuse(struct tally *t, uint16_t linktype, const char *text, const char *message)
{
	if (t->skip_refused)
		return;
	t->failed++;
	printf("# REFUSED  %s | %s: %s\n", filter_linktype_name(linktype), text, message);
}

void
tally_try(struct tally *t, uint16_t linktype, const char *text)
{
	const struct link *link = links_find(linktype);
	struct sum *sum = &t->family[link ? link->family : FAMILY_BYTES];
	const struct filter_opts opts = {
		.text = text,
		.linktype = linktype,
		.input = FILTER_INPUT_FILE,
		.snaplen = FILTER_SNAPLEN_MAX,
		.names = &expr_names,
	};
	struct diags ds = { .count = 0 };
	struct filter *f = NULL;
	struct oracle theirs;

	if (!oracle_open(&theirs, text, linktype, true)) {
		refuse(t, linktype, text, theirs.error);
	} else if (!filter_compile(&opts, &f, &ds)) {
		refuse(t, linktype, text, ds.diag[0].text);
	} else {
		struct tried e = { .text = text, .linktype = linktype };

		e.program = &theirs.program;
		try_program(t, sum, f, &e);
	}
	filter_free(f);
	oracle_close(&theirs);
}

static double
ratio(unsigned long ours, unsigned long theirs)
{
	return theirs ? (double)ours / (double)theirs : 1.0;
}

static void
print_sum(const char *name, const struct sum *s)
{
	printf("# | %-14s | %5u | %5u | %5u | %6lu | %6lu | %5.3f | %6lu | %6lu | %5.3f "
	       "| "
	       "%5u | %5u | %5u |\n",
		name, s->rows, s->same, s->shorter, s->ours, s->theirs,
		ratio(s->ours, s->theirs), s->worst_ours, s->worst_theirs,
		ratio(s->worst_ours, s->worst_theirs), s->exempt[REASON_WRONG],
		s->exempt[REASON_GUARD], s->exempt[REASON_CHAIN]);
}

static void
add_sum(struct sum *to, const struct sum *s, int sign)
{
	const unsigned times = (unsigned)sign;

	to->rows += times * s->rows;
	to->same += times * s->same;
	to->shorter += times * s->shorter;
	to->longer += times * s->longer;
	to->slower += times * s->slower;
	to->ours += (unsigned long)sign * s->ours;
	to->theirs += (unsigned long)sign * s->theirs;
	to->worst_ours += (unsigned long)sign * s->worst_ours;
	to->worst_theirs += (unsigned long)sign * s->worst_theirs;
	for (int i = 0; i < REASONS; i++)
		to->exempt[i] += times * s->exempt[i];
}

static int
by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void
tally_print(struct tally *t)
{
	struct sum rest;

	printf("# | family         | exprs |  same | short |   ours | theirs | ratio | "
	       " worst | theirs | ratio | wrong | guard | chain |\n# |%s\n",
		"---|---|---|---|---|---|---|---|---|---|---|---|---|");
	memset(&t->all, 0, sizeof t->all);
	for (int i = 0; i < FAMILIES; i++) {
		if (t->family[i].rows)
			print_sum(family_name((enum family)i), &t->family[i]);
		add_sum(&t->all, &t->family[i], 1);
	}
	print_sum("all", &t->all);
	rest = t->all;
	add_sum(&rest, &t->lists, -1);
	print_sum("to 20 terms", &rest);
	print_sum("more terms", &t->lists);
	t->wired = t->all;
	add_sum(&t->wired, &t->family[FAMILY_WLAN], -1);
	print_sum("all but wlan", &t->wired);
	qsort(t->ratio, t->ratios, sizeof *t->ratio, by_value);
	if (t->ratios)
		printf("# ours / libpcap's of each: median %.3f, quartiles %.3f and "
		       "%.3f\n",
			t->ratio[t->ratios / 2], t->ratio[t->ratios / 4],
			t->ratio[t->ratios * 3 / 4]);
}

void
tally_free(struct tally *t)
{
	free(t->ratio);
	t->ratio = NULL;
	t->ratios = t->room = 0;
}
