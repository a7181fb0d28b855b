/* length.c: are our programs ever longer than libpcap's, or slower at worst?
 *
 * In: the lists of expressions beside it, and a few expressions on each link type of
 * which nothing but bytes is known; out: those whose optimised cBPF is longer than what
 * libpcap's optimiser makes of them or has a longer way through it, and a table of all.
 *
 * In the environment: LENGTH_ALL=1 also shows those that are shorter; LENGTH_FILE=path
 * takes that list in place of the usual ones; LENGTH_RANDOM=n takes n random expressions
 * for each link type instead, from LENGTH_SEED on, and claims nothing. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "../../filter/filter.h"
#include "exprs.h"
#include "tally.h"

#define TOTAL_MAX 0.9
#define LINKTYPES 512

static bool
try_file(struct tally *t, const char *path)
{
	struct expr_file in = { .f = fopen(path, "r") };
	uint16_t linktype;
	struct expr e;

	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return false;
	}
	while (expr_read(&in, &linktype, &e))
		tally_try(t, linktype, e.text);
	fclose(in.f);
	if (in.bad)
		printf("Bail out! %s:%u: no `link type | expression`\n", path, in.bad);
	return !in.bad;
}

/* Link types of which links.c has no row: libpcap knows some of them. */
static void
try_others(struct tally *t)
{
	static const char *const texts[] = { "link[0] = 1", "link[0:2] & 0x3ff = 7",
		"len > 100 and link[4] != 0", "link[0] = 1 or link[0] = 2 or link[0] = 3",
		"not (less 60 or greater 1500)" };

	t->skip_refused = true;
	for (uint16_t l = 0; l < LINKTYPES; l++)
		for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
			if (filter_linktype_name(l) && !links_find(l))
				tally_try(t, l, texts[i]);
	t->skip_refused = false;
}

static bool
try_lists(struct tally *t)
{
	static const char *const names[] = { "exprs", "corpus", "corpus_lists" };
	const char *srcdir = getenv("srcdir");
	bool ok = true;

	for (size_t i = 0; ok && i < sizeof names / sizeof names[0]; i++) {
		char path[4096];

		snprintf(path, sizeof path, "%s/tests/prop/%s.txt", srcdir ? srcdir : ".",
			names[i]);
		ok = try_file(t, path);
	}
	try_others(t);
	return ok;
}

/* The same for the same seed and number. */
static void
try_random(struct tally *t, unsigned long count)
{
	const char *text = getenv("LENGTH_SEED");
	struct rng r = { text ? strtoull(text, NULL, 0) : 1 };
	struct expr e;

	printf("# seed %" PRIu64 "\n", r.state);
	t->skip_refused = true;
	for (const struct link *l = links; l->name; l++) {
		const struct expr_kind kind = { .linktype = l->linktype };

		for (unsigned long i = 0; i < count; i++) {
			expr_build(&r, &kind, &e);
			tally_try(t, l->linktype, e.text);
		}
	}
}

static unsigned
count_idle(const struct tally *t)
{
	unsigned idle = 0;

	for (int i = 0; reason_text(i); i++) {
		if (t->needed[i])
			continue;
		printf("# not needed: %s\n", reason_text(i));
		idle++;
	}
	return idle;
}

static bool
is_high(const struct sum *s)
{
	return (double)s->ours > TOTAL_MAX * (double)s->theirs;
}

static int
report(const struct tally *t, unsigned idle)
{
	const struct sum *s = &t->all;
	const bool high = is_high(s) || is_high(&t->wired);

	printf("1..5\n%sok 1 - no program is longer than libpcap's (%u are)\n",
		s->longer ? "not " : "", s->longer);
	printf("%sok 2 - no way through one is longer (%u are)\n",
		s->slower ? "not " : "", s->slower);
	printf("%sok 3 - together they are at most %.1f of libpcap's, without wlan too\n",
		high ? "not " : "", TOTAL_MAX);
	printf("%sok 4 - all compile (%u do not)\n", t->failed ? "not " : "", t->failed);
	printf("%sok 5 - every reason to be longer is needed (%u are not)\n",
		idle ? "not " : "", idle);
	return s->longer || s->slower || high || t->failed || idle;
}

int
main(void)
{
	const char *random = getenv("LENGTH_RANDOM"), *only = getenv("LENGTH_FILE");
	struct tally t = { .show_all = getenv("LENGTH_ALL") != NULL };
	int status = 0;

	printf("#          ours libpcap (instructions; longest way: ours, libpcap)\n");
	if (random)
		try_random(&t, strtoul(random, NULL, 0));
	else if (!(only ? try_file(&t, only) : try_lists(&t)))
		return 99;
	tally_print(&t);
	if (random)
		printf("# %u expressions: %u longer, %u slower\n1..0 # SKIP random\n",
			t.all.rows, t.all.longer, t.all.slower);
	else
		status = report(&t, only ? 0 : count_idle(&t));
	tally_free(&t);
	return status;
}
