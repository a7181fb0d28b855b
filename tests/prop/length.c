/* length.c: are our programs ever longer than libpcap's?
 *
 * In: tests/prop/exprs.txt; out: a table of the expressions whose optimised cBPF is
 * longer than what libpcap's optimiser makes of them, and how many listings are the same
 * text. LENGTH_ALL=1 in the environment also shows those that are shorter, or as long but
 * different. */
#include <linux/filter.h>
#include <stdlib.h>
#include <string.h>

#include "../../filter/filter.h"
#include "exprs.h"
#include "oracle.h"

struct tally {
	unsigned rows, same, shorter, longer, failed;
	unsigned long ours, theirs; /* instructions, all rows together */
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

static void
show(const char *what, uint16_t linktype, const char *text, size_t ours, size_t theirs)
{
	printf("# %-9s %4zu %4zu  %3u | %s\n", what, ours, theirs, linktype, text);
}

/* Shorter there because it is wrong: libpcap 1.10 forgets the protocol of a right operand
 * (gencode.c, gen_arth), see exempt.c. */
static const char *const wrong_there[] = { "1 << (ip[9] & 7) = 64" };

static bool
is_wrong_there(const char *text)
{
	for (size_t i = 0; i < sizeof wrong_there / sizeof wrong_there[0]; i++)
		if (strcmp(wrong_there[i], text) == 0)
			return true;
	return false;
}

static void
compare(struct tally *t, const char *text, uint16_t linktype, const struct filter *f,
	const struct bpf_program *theirs)
{
	struct diags ds = { .count = 0 };
	const bool all = getenv("LENGTH_ALL") != NULL;
	char *a = list_ours(f, &ds), *b = list_theirs(theirs);
	size_t count = 0;

	if (!filter_cbpf(f, &count, &ds)) {
		t->failed++;
		show("no-cbpf", linktype, text, 0, theirs->bf_len);
	} else if (count > theirs->bf_len && !is_wrong_there(text)) {
		t->longer++;
		show("LONGER", linktype, text, count, theirs->bf_len);
	} else if (count < theirs->bf_len) {
		t->shorter++;
		if (all)
			show("shorter", linktype, text, count, theirs->bf_len);
	} else if (all && strcmp(a, b) != 0) {
		show("different", linktype, text, count, theirs->bf_len);
	}
	t->same += strcmp(a, b) == 0;
	t->ours += count;
	t->theirs += theirs->bf_len;
	free(a);
	free(b);
}

static void
try_expr(struct tally *t, const char *text, uint16_t linktype)
{
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

	t->rows++;
	if (!oracle_open(&theirs, text, linktype, true)) {
		t->failed++;
		printf("# %u | %s: libpcap: %s\n", linktype, text, theirs.error);
	} else if (!filter_compile(&opts, &f, &ds)) {
		t->failed++;
		printf("# %u | %s: %s\n", linktype, text, ds.diag[0].text);
	} else {
		compare(t, text, linktype, f, &theirs.program);
	}
	filter_free(f);
	oracle_close(&theirs);
}

int
main(void)
{
	const char *srcdir = getenv("srcdir");
	struct tally t = { .rows = 0 };
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;
	struct expr e;

	snprintf(path, sizeof path, "%s/tests/prop/exprs.txt", srcdir ? srcdir : ".");
	in.f = fopen(path, "r");
	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return 99;
	}
	printf("#            ours libpcap (instructions), link type, expression\n");
	while (expr_read(&in, &linktype, &e))
		try_expr(&t, e.text, linktype);
	fclose(in.f);
	printf("# %u expressions: %u listings are libpcap's to the letter, %u are "
	       "shorter\n",
		t.rows, t.same, t.shorter);
	printf("# %lu instructions in all, libpcap has %lu\n", t.ours, t.theirs);
	printf("1..2\n%sok 1 - no program is longer than libpcap's (%u are)\n",
		t.longer ? "not " : "", t.longer);
	printf("%sok 2 - all compile (%u do not)\n", t.failed ? "not " : "", t.failed);
	return in.bad ? 99 : t.longer || t.failed;
}
