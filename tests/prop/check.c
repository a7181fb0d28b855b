/* check.c: an expression and a link type come in, it is compiled by libpcap and by us,
 * and the packets of the corpus, whole and cut, are put to all of the programs.
 *
 * Of a cut packet the oracle knows three verdicts.  If it accepts, we must.  If it
 * rejects without having looked beyond the captured bytes, we must: no filling helps.
 * If it had to look beyond, we may do either; but where we accept, every filling must
 * be one that it accepts. */
#include "check.h"

#include <errno.h>
#include <string.h>

#include "../gen/rng.h"
#include "ebpf.h"
#include "trial.h"

#define SNAPLEN FILTER_SNAPLEN_MAX
#define SLL2_HEADER 20 /* bytes */

#define CUTS 4            /* of each packet, for each expression */
#define CUT_NEAR 90       /* bytes: where headers are; most cuts are there */
#define FILLINGS 12       /* of the bytes that a cut took away */
#define LONG_PROGRAM 2000 /* instructions; the kernel makes up to 16 of one */
#define GRAFTS 24         /* more of them, from other packets */

static bool
is_rejected(const struct trial *t, const struct view *v)
{
	const enum outcome o = oracle_run(&t->oracle, v);

	return o == OUTCOME_REJECT || o == OUTCOME_BEYOND;
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
		if (is_rejected(t, &v))
			return true;
	}
	for (unsigned i = 0; i < GRAFTS; i++) {
		struct gen_packet other =
			t->corpus->packet[rng_below(&rng, t->corpus->count)];
		memcpy(other.data, cut->data, cut->caplen);
		v.data = other.data;
		v.caplen = cut->caplen > other.len ? cut->caplen : other.len;
		if (is_rejected(t, &v))
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
		return trial_hold(
			t, CLAIM_NEVER, expected != OUTCOME_ACCEPT, "L2R accepts");
	got = filter_eval(t->ours[which], &p);
	if (!trial_hold(t, CLAIM_SNAPLEN, got == 0 || got == SNAPLEN, "neither") ||
		!trial_hold(t, CLAIM_VM, filter_match(t->ours[which], &p) == got,
			got ? "eval accepts, match does not"
			    : "match accepts, eval does not"))
		return false;
	if (expected == OUTCOME_ACCEPT)
		return trial_hold(t, CLAIM_MATCHES, got, "we reject");
	if (expected == OUTCOME_REJECT)
		return trial_hold(t, CLAIM_REJECTS, !got, "we accept");
	if (expected == OUTCOME_NONE) {
		t->check->unsaid++;
		return true;
	}
	t->check->beyond++;
	t->check->accepted_beyond += got != 0;
	return !got || trial_hold(t, CLAIM_DETERMINED, !filling_rejected(t, v, whole),
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

	return trial_hold(t, claim, judged == (expected != 0), judge_text(judged));
}

static bool
check_cooked(struct trial *t, const struct view *v)
{
	const struct filter_packet whole = {
		.data = v->data, .caplen = v->caplen, .len = v->len
	};
	struct filter_packet p;
	uint32_t got;

	/* The header is always whole, and what is reserved in it is 0. */
	if (v->caplen < SLL2_HEADER || v->data[2] || v->data[3])
		return true;
	p = (struct filter_packet){
		.data = v->data + SLL2_HEADER,
		.caplen = v->caplen - SLL2_HEADER,
		.len = v->len - SLL2_HEADER,
		.protocol = (uint16_t)(v->data[0] << 8 | v->data[1]),
		.ifindex = (uint32_t)v->data[4] << 24 | (uint32_t)v->data[5] << 16 |
			   (uint32_t)v->data[6] << 8 | v->data[7],
		.hatype = (uint16_t)(v->data[8] << 8 | v->data[9]),
		.pkttype = v->data[10],
	};
	got = t->cooked ? filter_eval(t->cooked, &p) : 0;
	/* What was not captured may be undecided in one and known in the other, whose
	 * header has reserved fields. */
	if (oracle_run(&t->oracle, v) != OUTCOME_BEYOND &&
		!trial_hold(t, CLAIM_COOKED, got == filter_eval(t->ours[0], &whole),
			got ? "cooked accepts, file does not"
			    : "file accepts, cooked does not"))
		return false;
	if (!t->cooked)
		return true;
	if (!trial_hold(t, CLAIM_COOKED_VM, filter_match(t->cooked, &p) == got,
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
	return trial_hold(
		t, CLAIM_ORACLE, oracle_confirmed(&t->oracle, v), "they differ");
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
	return check_kernel(t, CLAIM_EBPF, t->skb, &p);
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
	if (!insns && ds.diag[0].code == DIAG_TOO_LONG) {
		t->check->too_long++;
		return true;
	}
	if (!insns) {
		trial_describe(t, &ds);
		return trial_fail(t, CLAIM_CBPF, "there is no cBPF");
	}
	if (!kernel_attach_cbpf(&t->check->kernel, insns, count)) {
		/* BPF_MAXINSNS, net.core.optmem_max, or (EINVAL) a jump over more than
		 * 32,767 of what the kernel makes of it: the tool filters by itself then
		 */
		if (errno != E2BIG && errno != ENOMEM &&
			!(errno == EINVAL && count > LONG_PROGRAM))
			return trial_fail(t, CLAIM_CBPF, "the kernel does not attach it");
		t->check->too_long++;
		return true;
	}
	return go_round(t, &(struct round){ each_cbpf, which, true });
}

static bool
round_ebpf(struct trial *t)
{
	if (!t->ebpf)
		return true;
	if (!kernel_attach_ebpf(&t->check->kernel, ebpf_fd(t->ebpf)))
		return trial_fail(t, CLAIM_EBPF, "the kernel does not attach it");
	return go_round(t, &(struct round){ each_ebpf, 0, true });
}

static bool
round_cooked(struct trial *t)
{
	if (!t->cooked && !t->cooked_never)
		return true;
	if (t->cooked_ebpf &&
		!kernel_attach_ebpf(&t->check->kernel, ebpf_fd(t->cooked_ebpf)))
		return trial_fail(t, CLAIM_COOKED_EBPF, "the kernel does not attach it");
	return go_round(t, &(struct round){ each_cooked, 0, true });
}

static bool
check_trial(struct trial *t)
{
	bool done = false;

	if (!trial_compile(t, &done))
		return false;
	t->failure->no_optimise = false;
	return done ||
	       (go_round(t, &(struct round){ each_oracle, 0, true }) &&
		       go_round(t, &(struct round){ each_ours, 0, false }) &&
		       go_round(t, &(struct round){ each_ours, 1, false }) &&
		       round_cbpf(t, 0) && round_cbpf(t, 1) && trial_compile_cooked(t) &&
		       trial_load(t) && round_ebpf(t) && round_cooked(t));
}

bool
check_expr(struct check *c, const char *text, uint16_t linktype, struct failure *f)
{
	struct trial t = { .check = c, .failure = f, .text = text, .linktype = linktype };
	bool ok;

	memset(f, 0, sizeof *f);
	f->linktype = linktype;
	t.corpus = corpora_find(c->corpora, linktype);
	ok = check_trial(&t);
	trial_end(&t);
	return ok;
}

bool
check_refused(struct check *c, const char *text, uint16_t linktype, bool head_only,
	struct failure *f)
{
	struct trial t = { .check = c, .failure = f, .text = text, .linktype = linktype };
	bool ok;

	memset(f, 0, sizeof *f);
	ok = trial_refuse(&t, head_only);
	trial_end(&t);
	return ok;
}
