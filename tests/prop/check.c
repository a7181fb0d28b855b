/* check.c: an expression and a link type come in, it is compiled by libpcap and by us,
 * and the packets of the corpus, whole and cut, are put to all of the programs.
 *
 * Of a cut packet the oracle knows three verdicts.  If it accepts, we must.  If it
 * rejects without having looked beyond the captured bytes, we must: no filling helps.
 * If it had to look beyond, we may do either; but where we accept, every filling must
 * be one that it accepts. */
#include "check.h"

#include <string.h>

#include "../gen/rng.h"
#include "ebpf.h"

#define SNAPLEN FILTER_SNAPLEN_MAX
enum { SLL2 = 276, SLL2_HEADER = 20 };

#define CUTS 4      /* of each packet, for each expression */
#define CUT_NEAR 90 /* bytes: where headers are; most cuts are there */
#define FILLINGS 12 /* of the bytes that a cut took away */
#define GRAFTS 24   /* more of them, from other packets */

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

/* All that one call of check_expr has. */
struct trial {
	struct check *check;
	struct failure *failure;
	const char *text;
	uint16_t linktype;
	const struct corpus *corpus; /* of the link type */
	struct oracle oracle;
	struct filter *ours[2]; /* optimised, not optimised; [0] NULL: never matches */
	struct filter *cooked;  /* or NULL */
	struct ebpf *ebpf;      /* of the optimised one, as a socket filter; or NULL */
	struct ebpf *cooked_ebpf;
};

static bool
fail(struct trial *t, enum claim claim, const char *got)
{
	t->failure->claim = claim;
	t->failure->got = got;
	return false;
}

/* Counts, or fails. */
static bool
hold(struct trial *t, enum claim claim, bool holds, const char *got)
{
	if (!holds)
		return fail(t, claim, got);
	t->check->held[claim]++;
	return true;
}

static void
describe(struct trial *t, const struct diags *ds)
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
		.snaplen = SNAPLEN,
		.no_optimise = no_optimise,
	};
	struct filter *f = NULL;

	memset(ds, 0, sizeof *ds);
	return filter_compile(&opts, &f, ds) ? f : NULL;
}

/* False: a claim failed, or there is nothing to run (*done). */
static bool
compile_all(struct trial *t, bool *done)
{
	struct diags ds;
	const bool theirs = oracle_open(&t->oracle, t->text, t->linktype, false);

	for (int i = 0; i < 2; i++) {
		t->ours[i] = compile(t, FILTER_INPUT_FILE, i == 1, &ds);
		t->failure->no_optimise = i == 1;
		if (theirs && !t->ours[i] && (i == 1 || !said_never(&ds))) {
			describe(t, &ds);
			return fail(t, CLAIM_COMPILES, "we refuse it, libpcap does not");
		}
		if (!theirs && t->ours[i]) {
			snprintf(t->failure->detail, sizeof t->failure->detail, "%s",
				t->oracle.error);
			return fail(t, CLAIM_COMPILES, "libpcap refuses it, we do not");
		}
	}
	t->check->held[CLAIM_COMPILES]++;
	*done = !theirs;
	t->check->programs += theirs;
	return true;
}

/* Of the optimised program only, and only where the link type has such a form. */
static bool
compile_cooked(struct trial *t)
{
	struct diags ds;

	if (t->linktype != SLL2 || !t->ours[0])
		return true;
	t->cooked = compile(t, FILTER_INPUT_COOKED, false, &ds);
	if (t->cooked || ds.diag[0].code == DIAG_UNSUPPORTED) /* bytes of the header */
		return true;
	describe(t, &ds);
	return fail(t, CLAIM_COOKED, "it compiles for files, not for cooked sockets");
}

static struct ebpf *
load_input(struct trial *t, enum filter_input input, struct diags *ds)
{
	struct filter *f = compile(t, input, false, ds);
	struct ebpf *e = f ? ebpf_load(f, ds) : NULL;

	filter_free(f);
	return e;
}

static bool
load_ebpf(struct trial *t)
{
	struct diags ds;

	t->failure->no_optimise = false;
	if (!t->check->with_ebpf || !t->ours[0])
		return true;
	t->ebpf = load_input(t, FILTER_INPUT_SKB, &ds);
	if (!t->ebpf) {
		describe(t, &ds);
		return fail(t, CLAIM_EBPF, "it does not load");
	}
	if (!t->cooked)
		return true;
	t->cooked_ebpf = load_input(t, FILTER_INPUT_COOKED, &ds);
	if (t->cooked_ebpf)
		return true;
	describe(t, &ds);
	return fail(t, CLAIM_COOKED_EBPF, "it does not load");
}

/* Is there a filling that the oracle rejects?  The packet's own bytes are tried, noughts,
 * ones, noise; and the ends of other packets, which have the right things in the right
 * places to make a test true. */
static bool
filling_rejected(struct trial *t, const struct view *cut, uint32_t whole)
{
	struct view v = *cut;
	struct rng rng = { t->check->seed };

	for (unsigned i = 0; i < FILLINGS; i++) {
		v.caplen = i < 3 ? whole : cut->caplen;
		v.fill = i < 6 ? (enum fill)(FILL_ZEROS + i % 3) : FILL_NOISE;
		v.seed = rng_next(&rng);
		if (oracle_run(&t->oracle, &v) != OUTCOME_ACCEPT)
			return true;
	}
	for (unsigned i = 0; i < GRAFTS; i++) {
		struct gen_packet other =
			t->corpus->packet[rng_below(&rng, t->corpus->count)];
		memcpy(other.data, cut->data, cut->caplen);
		v.data = other.data;
		v.caplen = cut->caplen > other.len ? cut->caplen : other.len;
		if (oracle_run(&t->oracle, &v) != OUTCOME_ACCEPT)
			return true;
	}
	return false;
}

static bool
check_ours(struct trial *t, int which, const struct view *v, uint32_t whole)
{
	const struct filter_packet p = {
		.data = v->data, .caplen = v->caplen, .len = v->len
	};
	const enum outcome expected = oracle_run(&t->oracle, v);
	uint32_t got = 0;

	t->failure->no_optimise = which == 1;
	if (!t->ours[which])
		return hold(t, CLAIM_NEVER, expected != OUTCOME_ACCEPT, "L2R accepts");
	got = filter_eval(t->ours[which], &p);
	if (!hold(t, CLAIM_SNAPLEN, got == 0 || got == SNAPLEN, "neither") ||
		!hold(t, CLAIM_VM, filter_match(t->ours[which], &p) == got,
			got ? "eval accepts, match does not"
			    : "match accepts, eval does not"))
		return false;
	if (expected == OUTCOME_ACCEPT)
		return hold(t, CLAIM_MATCHES, got, "we reject");
	if (expected == OUTCOME_REJECT)
		return hold(t, CLAIM_REJECTS, !got, "we accept");
	t->check->beyond++;
	t->check->accepted_beyond += got != 0;
	return !got || hold(t, CLAIM_DETERMINED, !filling_rejected(t, v, whole),
			       "we accept, a filling is rejected");
}

static const char *
judge_text(int judged)
{
	return judged < 0 ? "the socket pair failed, or the packet was cut"
	       : judged   ? "the kernel accepts, eval does not"
			  : "eval accepts, the kernel does not";
}

/* The socket has the program already.  `len` is what was captured. */
static bool
check_kernel(struct trial *t, enum claim claim, const struct filter *f,
	const struct filter_packet *p)
{
	const uint32_t expected = filter_eval(f, p);
	const int judged = kernel_verdict(&t->check->kernel, p->data, p->caplen);

	return hold(t, claim, judged == (expected != 0), judge_text(judged));
}

static bool
check_cooked(struct trial *t, const struct view *v)
{
	const struct filter_packet whole = {
		.data = v->data, .caplen = v->caplen, .len = v->len
	};
	struct filter_packet p;
	uint32_t got;

	if (v->caplen < SLL2_HEADER)
		return true;
	p = (struct filter_packet){
		.data = v->data + SLL2_HEADER,
		.caplen = v->caplen - SLL2_HEADER,
		.len = v->len,
		.protocol = (uint16_t)(v->data[0] << 8 | v->data[1]),
		.ifindex = (uint32_t)v->data[4] << 24 | (uint32_t)v->data[5] << 16 |
			   (uint32_t)v->data[6] << 8 | v->data[7],
		.hatype = (uint16_t)(v->data[8] << 8 | v->data[9]),
		.pkttype = v->data[10],
	};
	got = filter_eval(t->cooked, &p);
	if (!hold(t, CLAIM_COOKED, got == filter_eval(t->ours[0], &whole),
		    got ? "cooked accepts, file does not"
			: "file accepts, cooked does not") ||
		!hold(t, CLAIM_COOKED_VM, filter_match(t->cooked, &p) == got,
			got ? "eval accepts, match does not"
			    : "match accepts, eval does not"))
		return false;
	if (!t->cooked_ebpf)
		return true;
	ebpf_set_meta(t->cooked_ebpf, &p);
	return check_kernel(t, CLAIM_COOKED_EBPF, t->cooked, &p);
}

/* One round over the corpus: `each` sees every packet whole, and cut CUTS times, the
 * first packets at every length that is short. */
struct round {
	bool (*each)(struct trial *, const struct view *, uint32_t whole, int which);
	int which;     /* of ours, where it matters */
	bool few_cuts; /* one of a packet: it costs system calls, or is said already */
};

static bool
show(struct trial *t, const struct round *r, const struct gen_packet *p, uint32_t caplen)
{
	t->failure->view =
		(struct view){ .data = p->data, .caplen = caplen, .len = p->len };
	t->failure->whole = p->len;
	return r->each(t, &t->failure->view, p->len, r->which);
}

static uint32_t
draw_cut(struct rng *rng, uint32_t len)
{
	const uint32_t near = len < CUT_NEAR ? len : CUT_NEAR;

	return rng_below(rng, (rng_chance(rng, 90) ? near : len) + 1);
}

static bool
go_round(struct trial *t, const struct round *r)
{
	const struct corpus *c = t->corpus;
	struct rng rng = { t->check->seed };
	const uint32_t every = rng_below(&rng, c->count);

	for (uint32_t i = 0; i < c->count; i++) {
		const struct gen_packet *p = &c->packet[i];

		if (!show(t, r, p, p->len))
			return false;
		for (unsigned n = 0; n < (r->few_cuts ? 1 : CUTS); n++)
			if (!show(t, r, p, draw_cut(&rng, p->len)))
				return false;
		for (uint32_t cut = 0; i == every && cut < CUT_NEAR && cut < p->len;
			cut++)
			if (!show(t, r, p, cut))
				return false;
	}
	t->failure->view.data = NULL;
	return true;
}

static bool
each_oracle(struct trial *t, const struct view *v, uint32_t whole, int which)
{
	(void)which;
	if (v->caplen == whole) {
		t->check->tried++;
		t->check->matched += oracle_run(&t->oracle, v) == OUTCOME_ACCEPT;
	}
	return hold(t, CLAIM_ORACLE, oracle_confirmed(&t->oracle, v), "they differ");
}

static bool
each_ours(struct trial *t, const struct view *v, uint32_t whole, int which)
{
	return check_ours(t, which, v, whole);
}

static bool
each_cbpf(struct trial *t, const struct view *v, uint32_t whole, int which)
{
	const struct filter_packet p = {
		.data = v->data, .caplen = v->caplen, .len = v->caplen
	};

	(void)whole;
	return check_kernel(t, CLAIM_CBPF, t->ours[which], &p);
}

static bool
each_ebpf(struct trial *t, const struct view *v, uint32_t whole, int which)
{
	const struct filter_packet p = {
		.data = v->data, .caplen = v->caplen, .len = v->len
	};

	(void)whole;
	(void)which;
	ebpf_set_meta(t->ebpf, &p);
	return check_kernel(t, CLAIM_EBPF, t->ours[0], &p);
}

static bool
each_cooked(struct trial *t, const struct view *v, uint32_t whole, int which)
{
	(void)whole;
	(void)which;
	return check_cooked(t, v);
}

static bool
round_cbpf(struct trial *t, int which)
{
	struct diags ds = { .count = 0 };
	size_t count;
	const struct sock_filter *insns;

	if (!t->check->with_kernel || !t->ours[which])
		return true;
	t->failure->no_optimise = which == 1;
	insns = filter_cbpf(t->ours[which], &count, &ds);
	if (!insns) {
		describe(t, &ds);
		return fail(t, CLAIM_CBPF, "there is no cBPF");
	}
	if (!kernel_attach_cbpf(&t->check->kernel, insns, count))
		return fail(t, CLAIM_CBPF, "the kernel does not attach it");
	return go_round(t, &(struct round){ each_cbpf, which, true });
}

static bool
round_ebpf(struct trial *t)
{
	if (!t->ebpf)
		return true;
	if (!kernel_attach_ebpf(&t->check->kernel, ebpf_fd(t->ebpf)))
		return fail(t, CLAIM_EBPF, "the kernel does not attach it");
	return go_round(t, &(struct round){ each_ebpf, 0, true });
}

static bool
round_cooked(struct trial *t)
{
	if (!t->cooked)
		return true;
	if (t->cooked_ebpf &&
		!kernel_attach_ebpf(&t->check->kernel, ebpf_fd(t->cooked_ebpf)))
		return fail(t, CLAIM_COOKED_EBPF, "the kernel does not attach it");
	return go_round(t, &(struct round){ each_cooked, 0, true });
}

static bool
check_trial(struct trial *t)
{
	bool done = false;

	if (!compile_all(t, &done))
		return false;
	t->failure->no_optimise = false;
	return done ||
	       (go_round(t, &(struct round){ each_oracle, 0, true }) &&
		       go_round(t, &(struct round){ each_ours, 0, false }) &&
		       go_round(t, &(struct round){ each_ours, 1, false }) &&
		       round_cbpf(t, 0) && round_cbpf(t, 1) && compile_cooked(t) &&
		       load_ebpf(t) && round_ebpf(t) && round_cooked(t));
}

bool
check_expr(struct check *c, const char *text, uint16_t linktype, struct failure *f)
{
	struct trial t = { .check = c, .failure = f, .text = text, .linktype = linktype };
	bool ok;

	memset(f, 0, sizeof *f);
	t.corpus = c->corpus;
	while (t.corpus->linktype != linktype)
		t.corpus++;
	ok = check_trial(&t);
	oracle_close(&t.oracle);
	filter_free(t.ours[0]);
	filter_free(t.ours[1]);
	filter_free(t.cooked);
	ebpf_unload(t.ebpf);
	ebpf_unload(t.cooked_ebpf);
	return ok;
}
