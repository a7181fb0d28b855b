/* prove.c: the programs of many expressions, proved to be what the expressions mean: the
 * classic BPF, and the eBPF of one way of reading, by turns.
 *
 * In: tests/prop/exprs.txt, language.txt, corpus.txt, and random expressions for each
 * family of link types; out: TAP.  `make check` goes on for PROVE_SECONDS, half of them
 * with the lists, from a place that the seed says; `make check-long` proves all of the
 * lists, and 2,000 random expressions a family.
 *
 * Environment: PROVE_SECONDS (0: no limit, and all is done), PROVE_SEED, PROVE_RANDOM
 * (number for each family, at most), PROVE_LIMIT (ms for one proof), PROVE_SHOW,
 * PROVE_TRACE=1, PROVE_EXPR and PROVE_LINK (this one only), PROVE_INPUT. */
#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../prop/exprs.h"
#include "../prop/links.h"
#include "trial.h"

#define SECONDS 60
#define RANDOM 2000
#define LIMIT_MS 3000
/* More than these fail the test.  How many there are of some hundred depends on the
 * machine and on what else it does, so only the long run asks for few. */
#define UNDECIDED_PERCENT 3
#define UNDECIDED_PERCENT_SHORT 50

enum { ETHERNET = 1, LINUX_SLL2 = 276 };

struct line {
	uint16_t linktype;
	char *text;
};

struct lines {
	struct line *line;
	size_t count, room;
};

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);
	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static double
seconds(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
keep(struct lines *l, uint16_t linktype, const char *text)
{
	if (l->count == l->room) {
		l->room = l->room ? l->room * 2 : 1024;
		l->line = realloc(l->line, l->room * sizeof(l->line[0]));
		if (l->line == NULL)
			abort();
	}
	l->line[l->count++] = (struct line){ linktype, strdup(text) };
}

/* A list that is not there is none; false: one that cannot be read. */
static bool
read_list(struct lines *l, const char *name)
{
	const char *srcdir = getenv("srcdir");
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;
	struct expr e;
	snprintf(path, sizeof(path), "%s/tests/prop/%s", srcdir ? srcdir : ".", name);
	in.f = fopen(path, "r");
	if (in.f == NULL) {
		printf("# %s is not here\n", path);
		return true;
	}
	while (expr_read(&in, &linktype, &e))
		keep(l, linktype, e.text);
	fclose(in.f);
	if (in.bad)
		printf("Bail out! %s:%u: not `link type | expression`\n", path, in.bad);
	return !in.bad;
}

/* On the link type of its list, in a file and on a socket; Ethernet's on others too. */
static void
prove_line(struct trials *t, const struct line *l)
{
	static const uint16_t others[] = { 101, 113, LINUX_SLL2 };
	trial_prove(t, l->text, l->linktype, FILTER_INPUT_FILE);
	trial_prove(t, l->text, l->linktype, FILTER_INPUT_SKB);
	if (t->turn % 2 == 0)
		trial_prove(t, l->text, l->linktype, FILTER_INPUT_XDP);
	if (l->linktype == LINUX_SLL2)
		trial_prove(t, l->text, l->linktype, FILTER_INPUT_COOKED);
	if (l->linktype != ETHERNET)
		return;
	uint16_t other = others[strlen(l->text) % 3];
	trial_prove(t, l->text, other, FILTER_INPUT_FILE);
	if (other == LINUX_SLL2)
		trial_prove(t, l->text, other, FILTER_INPUT_COOKED);
}

/* Steps through all of them, in an order that the seed says. */
static size_t
prove_lists(struct trials *t, const struct lines *l, uint64_t seed, double until)
{
	size_t step = 7919, done = 0;
	if (l->count == 0)
		return 0;
	while (l->count % step == 0)
		step += 2;
	size_t at = seed % l->count;
	for (; done < l->count && (until <= 0 || seconds() < until); done++) {
		prove_line(t, &l->line[at]);
		at = (at + step) % l->count;
	}
	return done;
}

/* The link types of a family take turns. */
static uint16_t
pick_link(enum family f, unsigned long turn)
{
	unsigned long members = 0;
	for (const struct link *l = links; l->name; l++)
		members += l->family == f;
	assert(members > 0 && "no family is empty");
	turn %= members;
	for (const struct link *l = links;; l++)
		if (l->family == f && turn-- == 0)
			return l->linktype;
}

static enum filter_input
pick_input(uint16_t linktype, struct rng *r)
{
	static const enum filter_input inputs[] = { FILTER_INPUT_FILE, FILTER_INPUT_SKB,
		FILTER_INPUT_XDP, FILTER_INPUT_COOKED };
	return inputs[rng_below(r, linktype == LINUX_SLL2 ? 4 : 3)];
}

static unsigned long
prove_random(struct trials *t, uint64_t seed, unsigned long count, double until)
{
	unsigned long done = 0;
	for (; done < count * FAMILIES && (until <= 0 || seconds() < until); done++) {
		enum family family = (enum family)(done % FAMILIES);
		struct rng r = { rng_mix(seed + done) };
		const struct expr_kind kind = {
			.linktype = pick_link(family, done / FAMILIES),
			.guards_anywhere = rng_chance(&r, 50),
		};
		struct expr e = { .len = 0 };
		expr_build(&r, &kind, &e);
		trial_prove(t, e.text, kind.linktype, pick_input(kind.linktype, &r));
	}
	return done;
}

static void
report(const char *what, const struct trials *t)
{
	printf("# %s: %lu tried: %lu proved, %lu refuted, %lu not decided; %lu do not "
	       "compile; %lu match nothing\n",
		what, t->tried, t->proved, t->refuted, t->undecided, t->refused,
		t->never);
	printf("# %s: %.1f ms each, at most %.0f ms; of %lu relations %lu were read from "
	       "the tree\n",
		what, t->tried ? (double)t->ns / 1e6 / (double)t->tried : 0,
		(double)t->slowest_ns / 1e6, t->relations + t->resolved, t->relations);
}

static void
report_programs(const struct trials *a, const struct trials *b)
{
	for (unsigned i = 0; i < FILTER_PROGRAMS; i++) {
		const struct tally *x = &a->program[i], *y = &b->program[i];
		const unsigned long tried = x->tried + y->tried;
		printf("# %-24s %5lu tried %5lu proved %2lu refuted %3lu not decided "
		       "%6.1f ms each\n",
			filter_program_name(i), tried,
			x->verdict[FILTER_PROVED] + y->verdict[FILTER_PROVED],
			x->verdict[FILTER_REFUTED] + y->verdict[FILTER_REFUTED],
			x->verdict[FILTER_UNDECIDED] + y->verdict[FILTER_UNDECIDED],
			tried > 0 ? (double)(x->ns + y->ns) / 1e6 / (double)tried : 0);
	}
}

static bool
judge(unsigned number, const char *what, bool good)
{
	printf("%sok %u - %s\n", good ? "" : "not ", number, what);
	return good;
}

static int
verdict(const struct trials *a, const struct trials *b, bool whole)
{
	unsigned long tried = a->tried + b->tried;
	unsigned long undecided = a->undecided + b->undecided;
	const unsigned percent = whole ? UNDECIDED_PERCENT : UNDECIDED_PERCENT_SHORT;
	report("lists", a);
	report("random", b);
	report_programs(a, b);
	bool good = judge(1, "what the lists say is proved", a->refuted == 0);
	good = judge(2, "random expressions are proved", b->refuted == 0) && good;
	good = judge(3, "what is said to match nothing matches nothing",
		       a->wrongly + b->wrongly == 0) &&
	       good;
	good = judge(4, "witnesses show what they should", a->unlike + b->unlike == 0) &&
	       good;
	good = judge(5, "few proofs take too long", undecided * 100 <= tried * percent) &&
	       good;
	good = judge(6, "there was something to prove", tried >= (whole ? 1000 : 1)) &&
	       good;
	return good ? 0 : 1;
}

int
main(void)
{
	double limit = (double)setting("PROVE_SECONDS", SECONDS), begun = seconds();
	uint64_t seed = setting("PROVE_SEED", (unsigned long)time(NULL));
	struct trials lists = { .limit_ms = (uint32_t)setting("PROVE_LIMIT", LIMIT_MS),
		.show = setting("PROVE_SHOW", 5),
		.trace = setting("PROVE_TRACE", 0) != 0 };
	struct trials random = lists;
	struct lines lines = { 0 };
	const char *one = getenv("PROVE_EXPR");
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (one != NULL) {
		trial_prove(&lists, one, (uint16_t)setting("PROVE_LINK", ETHERNET),
			(enum filter_input)setting("PROVE_INPUT", FILTER_INPUT_FILE));
		report("this one", &lists);
		return lists.proved == 1 ? 0 : 1;
	}
	printf("1..6\n# PROVE_SEED=%" PRIu64 " PROVE_SECONDS=%.0f\n", seed, limit);
	if (!read_list(&lines, "exprs.txt") || !read_list(&lines, "language.txt") ||
		!read_list(&lines, "corpus.txt"))
		return 99;
	size_t done =
		prove_lists(&lists, &lines, seed, limit > 0 ? begun + limit / 2 : 0);
	printf("# %zu of %zu expressions of the lists\n", done, lines.count);
	unsigned long drawn = prove_random(&random, seed, setting("PROVE_RANDOM", RANDOM),
		limit > 0 ? begun + limit : 0);
	printf("# %lu random expressions\n", drawn);
	for (size_t i = 0; i < lines.count; i++)
		free(lines.line[i].text);
	free(lines.line);
	return verdict(&lists, &random, limit <= 0);
}
