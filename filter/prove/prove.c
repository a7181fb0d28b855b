/* prove.c: does a program mean what its expression means?  Claims, each put to Z3 as the
 * question for a packet that shows the contrary. */
#include "engine.h"

#include <stdio.h>
#include <string.h>

#include "prove.h"
#include "read.h"

/* What the packet does, under both endings. */
struct sides {
	struct reading whole, cut; /* the expression */
	struct run full, ran;      /* the program; ran: cut */
};

struct question {
	enum filter_claim claim;
	Z3_ast contrary;
	Z3_ast clear; /* what the packet that is shown should have beside */
	Z3_ast program, expression;
};

static Z3_ast
accepts(struct prover *p, struct reading r)
{
	return term_and(p, r.ok, r.is);
}

static unsigned
questions(struct prover *p, const struct sides *s, struct question q[4])
{
	Z3_ast means = accepts(p, s->whole), left_to_right = accepts(p, s->cut);
	Z3_ast differs = term_not(p, term_same(p, s->full.accepts, means));
	Z3_ast as_whole = term_and(p, term_same(p, s->ran.accepts, s->full.accepts),
		term_same(p, s->cut.ok, s->whole.ok));
	q[0] = (struct question){ FILTER_CLAIM_MEANING, term_or(p, differs, s->full.odd),
		term_and(p, as_whole, term_same(p, p->caplen, p->len)), s->ran.accepts,
		means };
	q[1] = (struct question){ FILTER_CLAIM_TRUNCATED,
		term_and(p, left_to_right, term_not(p, s->ran.accepts)), p->yes,
		s->ran.accepts, left_to_right };
	q[2] = (struct question){ FILTER_CLAIM_DETERMINED,
		term_and(p, s->ran.accepts, term_not(p, means)), p->yes, s->ran.accepts,
		means };
	q[3] = (struct question){ FILTER_CLAIM_MACHINE, s->ran.stray, p->yes,
		s->ran.accepts, means };
	return 4;
}

/* A packet is found: it is made small, and shown. */
static void
refute(struct prover *p, const struct question *q, const struct filter_opts *opts,
	struct filter_proof *out)
{
	const struct shown shown[] = {
		{ q->contrary, q->clear, { q->program, q->expression }, opts },
		{ q->contrary, p->yes, { q->program, q->expression }, opts },
	};
	bool is[2] = { false, false };
	out->verdict = FILTER_REFUTED;
	out->claim = q->claim;
	if (!witness_find(p, &shown[0], &out->witness, is) &&
		!witness_find(p, &shown[1], &out->witness, is))
		snprintf(out->why, sizeof(out->why),
			"only packets that are too long to be shown differ");
	out->program = is[0] ? opts->snaplen : 0;
	out->expression = is[1] ? opts->snaplen : 0;
}

static void
prove(struct prover *p, const struct expression *s, const struct compiled *c,
	struct filter_proof *out)
{
	struct read_from from = { 0 }, again = { 0 };
	struct sides sides;
	struct question q[4];
	uint32_t snaplen = s->opts->snaplen;
	sides.whole = meaning(p, ENDLESS, s->opts, &s->syntax, &from);
	sides.cut = meaning(p, CUT, s->opts, &s->syntax, &again);
	sides.full = program(p, ENDLESS, c->insn, c->count, snaplen);
	sides.ran = program(p, CUT, c->insn, c->count, snaplen);
	out->relations = from.tree;
	out->resolved = from.resolver;
	unsigned count = prover_goes_on(p) ? questions(p, &sides, q) : 0;
	for (unsigned i = 0; i < count; i++) {
		Z3_model model;
		enum found found = solve(p, 1, &q[i].contrary, &model);
		if (found == FOUND_UNKNOWN)
			break;
		if (found == FOUND_NO)
			continue;
		Z3_model_dec_ref(p->z, model);
		refute(p, &q[i], s->opts, out);
		return;
	}
	if (prover_goes_on(p))
		out->verdict = FILTER_PROVED;
	else
		snprintf(out->why, sizeof(out->why), "%s", p->why);
}

bool
engine_prove(const struct filter_opts *opts, const struct filter_proof_opts *limits,
	struct filter_proof *out, struct diags *ds)
{
	struct compiled c;
	struct diags again = { 0 }; /* the compile has said it all */
	struct expression s;
	struct prover p;
	*out = (struct filter_proof){ .verdict = FILTER_UNDECIDED };
	if (!compiled_open(&c, opts, ds))
		return false;
	uint64_t begun = prover_now();
	bool ok = expression_open(&s, opts, &again);
	if (ok && prover_open(&p, limits->limit_ms))
		prove(&p, &s, &c, out);
	else
		snprintf(out->why, sizeof(out->why), "%s",
			ok ? "Z3 could not be set up" : "it cannot be read again");
	if (ok)
		prover_close(&p);
	expression_close(&s);
	compiled_close(&c);
	out->ns = prover_now() - begun;
	return true;
}
