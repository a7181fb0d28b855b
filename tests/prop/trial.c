/* trial.c: an expression and a link type come in; libpcap's program and all of ours go
 * out, or the claim that fails because one of them is not to be had. */
#include "trial.h"

#include <string.h>

#include "../gen/rng.h"
#include "ebpf.h"
#include "exprs.h"

enum { SLL2 = 276 };

static const char *const claim_texts[] = {
#define X(name, text) text,
#include "claim.def"
#undef X
};

const char *
claim_text(enum claim c)
{
	return claim_texts[c];
}

bool
trial_fail(struct trial *t, enum claim claim, const char *got)
{
	t->failure->claim = claim;
	t->failure->got = got;
	return false;
}

bool
trial_hold(struct trial *t, enum claim claim, bool holds, const char *got)
{
	if (!holds)
		return trial_fail(t, claim, got);
	t->check->held[claim]++;
	return true;
}

void
trial_describe(struct trial *t, const struct diags *ds)
{
	if (ds->count)
		snprintf(t->failure->detail, sizeof t->failure->detail, "%s (%s)",
			ds->diag[0].text, ds->diag[0].hint);
}

static bool
said_never(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].code == DIAG_NEVER && ds->diag[i].severity == SEV_ERROR)
			return true;
	return false;
}

static struct filter *
compile(const struct trial *t, enum filter_input input, bool no_optimise,
	struct diags *ds)
{
	const struct filter_opts opts = {
		.text = t->text,
		.linktype = t->linktype,
		.input = input,
		.snaplen = FILTER_SNAPLEN_MAX,
		.no_optimise = no_optimise,
		.names = &expr_names,
	};
	struct filter *f = NULL;

	memset(ds, 0, sizeof *ds);
	return filter_compile(&opts, &f, ds) ? f : NULL;
}

/* A word of the language that is to come, or a link type. */
static bool
is_pending(const struct trial *t, const struct diags *ds)
{
	return !filter_linktype_name(t->linktype) ||
	       (ds->count && ds->diag[0].code == DIAG_UNSUPPORTED &&
		       strstr(ds->diag[0].text, " yet"));
}

/* Ours, of which libpcap's is there or is not.  False: a claim failed. */
static bool
compile_ours(struct trial *t, int which, bool theirs, bool *pending)
{
	struct diags ds;

	t->ours[which] = compile(t, FILTER_INPUT_FILE, which == 1, &ds);
	t->failure->no_optimise = which == 1;
	if (!t->ours[which] && is_pending(t, &ds)) {
		*pending = true;
		return true;
	}
	if (theirs && !t->ours[which] && (which == 1 || !said_never(&ds))) {
		trial_describe(t, &ds);
		return trial_fail(t, CLAIM_COMPILES, "we refuse it, libpcap does not");
	}
	if (!theirs && t->ours[which]) {
		snprintf(t->failure->detail, sizeof t->failure->detail, "%s",
			t->oracle.error);
		return trial_fail(t, CLAIM_COMPILES, "libpcap refuses it, we do not");
	}
	return true;
}

bool
trial_compile(struct trial *t, bool *done)
{
	const bool theirs = oracle_open(&t->oracle, t->text, t->linktype, false);
	bool pending = false;

	t->failure->theirs = theirs;
	if (!compile_ours(t, 0, theirs, &pending) ||
		!compile_ours(t, 1, theirs, &pending))
		return false;
	*done = !theirs || pending;
	if (pending) {
		t->check->pending++;
		return true;
	}
	t->check->held[CLAIM_COMPILES]++;
	t->check->programs += theirs;
	t->check->refused += !theirs;
	return true;
}

bool
trial_compile_ours(struct trial *t, enum claim claim, bool *done)
{
	*done = false;
	for (int i = 0; i < 2; i++) {
		struct diags ds;

		t->ours[i] = compile(t, FILTER_INPUT_FILE, i == 1, &ds);
		if (t->ours[i] || (i == 0 && said_never(&ds)))
			continue;
		*done = is_pending(t, &ds);
		t->check->pending += *done;
		if (*done)
			return true;
		trial_describe(t, &ds);
		return trial_fail(t, claim, "we refuse it");
	}
	return true;
}

bool
trial_refuse(struct trial *t, bool head_only)
{
	const bool theirs = oracle_open(&t->oracle, t->text, t->linktype, false);
	struct diags ds;

	t->ours[0] = compile(t, FILTER_INPUT_FILE, true, &ds);
	if (t->ours[0])
		return trial_fail(t, CLAIM_REFUSES, "we compile it");
	if (theirs != head_only)
		return trial_fail(t, CLAIM_REFUSES,
			theirs ? "libpcap compiles it" : "libpcap refuses it, too");
	if (is_pending(t, &ds))
		t->check->pending++;
	else
		t->check->held[CLAIM_REFUSES]++;
	return true;
}

bool
trial_compile_cooked(struct trial *t)
{
	struct diags ds;

	if (t->linktype != SLL2 || !t->ours[0])
		return true;
	t->cooked = compile(t, FILTER_INPUT_COOKED, false, &ds);
	t->cooked_never = said_never(&ds);
	/* Not all of the header is metadata. */
	if (t->cooked || t->cooked_never || ds.diag[0].code == DIAG_UNSUPPORTED)
		return true;
	trial_describe(t, &ds);
	return trial_fail(
		t, CLAIM_COOKED, "it compiles for files, not for cooked sockets");
}

/* Loading costs some milliseconds: which expressions are, depends on their text only. */
static unsigned
hash_text(const char *text)
{
	uint64_t h = 0;

	for (; *text; text++)
		h = rng_mix(h + (unsigned char)*text);
	return (unsigned)(h >> 32);
}

static struct ebpf *
load_filter(const struct trial *t, const struct filter *f, struct diags *ds)
{
	/* either way for half of the expressions */
	const enum filter_reads reads =
		strlen(t->text) % 2 ? FILTER_READS_SCRATCH : FILTER_READS_CONTEXT;

	return ebpf_load(f, reads, ds);
}

bool
trial_load(struct trial *t)
{
	struct diags ds;

	t->failure->no_optimise = false;
	if (!t->ours[0] || hash_text(t->text) % 100 >= t->check->ebpf_percent)
		return true;
	t->skb = compile(t, FILTER_INPUT_SKB, false, &ds);
	/* Of a live capture, not of a file: a tag may be metadata, so headers are at
	 * varying places. */
	if (!t->skb && (said_never(&ds) || strstr(ds.diag[0].text, "variable length")))
		return true;
	t->ebpf = t->skb ? load_filter(t, t->skb, &ds) : NULL;
	if (!t->ebpf) {
		trial_describe(t, &ds);
		return trial_fail(t, CLAIM_EBPF, "it does not load");
	}
	if (!t->cooked)
		return true;
	t->cooked_ebpf = load_filter(t, t->cooked, &ds);
	if (t->cooked_ebpf)
		return true;
	trial_describe(t, &ds);
	return trial_fail(t, CLAIM_COOKED_EBPF, "it does not load");
}

void
trial_end(struct trial *t)
{
	oracle_close(&t->oracle);
	filter_free(t->ours[0]);
	filter_free(t->ours[1]);
	filter_free(t->cooked);
	filter_free(t->skb);
	ebpf_unload(t->ebpf);
	ebpf_unload(t->cooked_ebpf);
}
