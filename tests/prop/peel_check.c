/* peel_check.c: an expression that goes into a tunnel comes in, with the same expression
 * as it would be said of the packet inside; the packets of the corpus are put to both.
 *
 * Where libpcap knows the tunnel, it is put to its own program as well, so that we can
 * trust the peeling. */
#include <string.h>

#include "peel.h"
#include "trial.h"

#define INSIDES 5

/* What libpcap says of inner packets, by their link type. */
struct insides {
	struct oracle oracle[INSIDES];
	bool open[INSIDES];
};

static const uint16_t inside_links[] = {
	1 /* Ethernet */,
	9 /* PPP */,
	101 /* raw IP */,
	228 /* IPv4 */,
	229 /* IPv6 */,
};

static bool
insides_open(struct insides *in, const struct peel_case *c)
{
	bool any = false;

	for (int i = 0; i < INSIDES; i++) {
		const uint16_t only = peel_linktype(c->peel);

		in->open[i] =
			(!only || only == inside_links[i]) &&
			oracle_open(&in->oracle[i], c->inner, inside_links[i], false);
		any |= in->open[i];
	}
	return any;
}

static void
insides_close(struct insides *in)
{
	for (int i = 0; i < INSIDES; i++)
		oracle_close(&in->oracle[i]);
}

/* A packet without the tunnel is rejected. */
static enum outcome
judge(const struct insides *in, const struct peel_case *c, const struct gen_packet *p)
{
	struct peeled inner;

	if (!peel_packet(c->peel, c->linktype, p, &inner))
		return OUTCOME_REJECT;
	for (int i = 0; i < INSIDES; i++) {
		const struct view v = {
			.data = inner.packet.data,
			.caplen = inner.packet.len,
			.len = p->len, /* what `len` means does not change */
			.inside = true,
		};

		if (inside_links[i] == inner.linktype)
			return in->open[i] ? oracle_run(&in->oracle[i], &v)
					   : OUTCOME_REJECT;
	}
	return OUTCOME_NONE;
}

static bool
check_packet(struct trial *t, const struct gen_packet *p, enum outcome expected)
{
	const struct filter_packet view = {
		.data = p->data, .caplen = p->len, .len = p->len
	};

	for (int i = 0; i < 2; i++) {
		const uint32_t got = t->ours[i] ? filter_eval(t->ours[i], &view) : 0;

		t->failure->no_optimise = i == 1;
		if (t->ours[i] &&
			!trial_hold(t, CLAIM_VM, filter_match(t->ours[i], &view) == got,
				"eval and match differ"))
			return false;
		if (!trial_hold(t, CLAIM_PEEL, (got != 0) == (expected == OUTCOME_ACCEPT),
			    got ? "we accept" : "we reject"))
			return false;
	}
	return true;
}

static bool
check_corpus(
	struct trial *t, const struct insides *in, const struct peel_case *c, bool ours)
{
	const bool known = oracle_open(&t->oracle, c->text, c->linktype, false);

	for (uint32_t n = 0; n < t->corpus->count; n++) {
		const struct gen_packet *p = &t->corpus->packet[n];
		const enum outcome expected = judge(in, c, p);
		enum outcome theirs;

		t->failure->view =
			(struct view){ .data = p->data, .caplen = p->len, .len = p->len };
		t->failure->whole = p->len;
		theirs = known ? oracle_run(&t->oracle, &t->failure->view) : OUTCOME_NONE;
		/* Beyond the end nothing is said: not all packets end alike. */
		if (expected == OUTCOME_BEYOND || expected == OUTCOME_NONE ||
			theirs == OUTCOME_BEYOND)
			continue;
		if (theirs != OUTCOME_NONE &&
			!trial_hold(t, CLAIM_PEELER, theirs == expected, "they differ"))
			return false;
		if (ours && !check_packet(t, p, expected))
			return false;
	}
	return true;
}

bool
check_peel(struct check *c, const struct peel_case *pc, struct failure *f)
{
	struct trial t = {
		.check = c, .failure = f, .text = pc->text, .linktype = pc->linktype
	};
	struct insides in = { .open = { false } };
	bool ok, done = false;

	memset(f, 0, sizeof *f);
	t.corpus = corpora_find(c->corpora, pc->linktype);
	if (!insides_open(&in, pc))
		ok = trial_fail(&t, CLAIM_PEELER, "libpcap refuses the inner expression");
	else
		ok = trial_compile_ours(&t, CLAIM_PEEL, &done);
	ok = ok && check_corpus(&t, &in, pc, !done);
	insides_close(&in);
	trial_end(&t);
	return ok;
}
