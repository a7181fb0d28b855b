/* prove.c: does a program mean what its expression means?  Claims, each put to Z3 as the
 * question for a packet that shows the contrary. */
#include "engine.h"

#include <stdio.h>
#include <string.h>

#include "prove.h"
#include "read.h"

/* What the packet does, under both endings. */
struct sides {
	const struct filter_opts *opts;
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

/* What the program leaves to another one is no verdict. */
static unsigned
questions(struct prover *p, const struct sides *s, struct question q[4])
{
	Z3_ast means = accepts(p, s->whole), left_to_right = accepts(p, s->cut);
	Z3_ast differs = term_and(p, term_not(p, s->full.beyond),
		term_not(p, term_same(p, s->full.accepts, means)));
	Z3_ast as_whole = term_and(p, term_same(p, s->ran.accepts, s->full.accepts),
		term_same(p, s->cut.ok, s->whole.ok));
	as_whole = term_and(p, as_whole, term_not(p, s->ran.beyond));
	q[0] = (struct question){ FILTER_CLAIM_MEANING, term_or(p, differs, s->full.odd),
		term_and(p, as_whole, term_same(p, p->caplen, p->len)), s->ran.accepts,
		means };
	Z3_ast rejects = term_not(p, term_or(p, s->ran.accepts, s->ran.beyond));
	q[1] = (struct question){ FILTER_CLAIM_TRUNCATED,
		term_and(p, left_to_right, rejects), p->yes, s->ran.accepts,
		left_to_right };
	q[2] = (struct question){ FILTER_CLAIM_DETERMINED,
		term_and(p, s->ran.accepts, term_not(p, means)), p->yes, s->ran.accepts,
		means };
	q[3] = (struct question){ FILTER_CLAIM_MACHINE, s->ran.stray, p->yes,
		s->ran.accepts, means };
	for (unsigned i = 0; i < 4; i++)
		q[i].contrary = term_and(p, q[i].contrary, s->ran.given);
	return 4;
}

/* A packet is found: it is made small, and in one piece if it can be, and shown. */
static void
refute(struct prover *p, const struct question *q, const struct filter_opts *opts,
	struct filter_proof *out)
{
	const Z3_ast one_piece = term_same(p, p->piece, p->caplen);
	const Z3_ast also[] = { term_and(p, q->clear, one_piece), one_piece, q->clear,
		p->yes };
	bool is[2] = { false, false };
	out->verdict = FILTER_REFUTED;
	out->why[0] = '\0';
	out->claim = q->claim;
	for (unsigned i = 0; i < 4 && !out->witness.found; i++) {
		const struct shown shown = { q->contrary, also[i],
			{ q->program, q->expression }, opts };
		witness_find(p, &shown, &out->witness, is);
	}
	if (!out->witness.found)
		snprintf(out->why, sizeof(out->why),
			"only packets that are too long to be shown differ");
	out->program = is[0] ? opts->snaplen : 0;
	out->expression = is[1] ? opts->snaplen : 0;
}

/* Puts the questions; what comes of them is the verdict on that program. */
static enum filter_verdict
ask(struct prover *p, const struct sides *sides, const struct filter_opts *opts,
	struct filter_proof *out)
{
	struct question q[4];
	unsigned count = prover_goes_on(p) ? questions(p, sides, q) : 0;
	for (unsigned i = 0; i < count; i++) {
		Z3_model model;
		enum found found = solve(p, 1, &q[i].contrary, &model);
		if (found == FOUND_UNKNOWN)
			break;
		if (found == FOUND_NO)
			continue;
		Z3_model_dec_ref(p->z, model);
		refute(p, &q[i], opts, out);
		return FILTER_REFUTED;
	}
	return prover_goes_on(p) ? FILTER_PROVED : FILTER_UNDECIDED;
}

/* Runs the program, both ways.  False: there is none. */
static bool
run(struct prover *p, const struct compiled *c, unsigned number, uint32_t snaplen,
	struct sides *s)
{
	struct filter_ebpf body;
	struct diags unsaid = { 0 };
	const enum filter_reads reads = (enum filter_reads)(number - 1);
	if (number == FILTER_PROGRAM_CBPF) {
		s->full = program(p, ENDLESS, c->insn, c->count, snaplen);
		s->ran = program(p, CUT, c->insn, c->count, snaplen);
		return true;
	}
	if (!filter_ebpf(c->filter, reads, &body, &unsaid))
		return false;
	s->full = program_ebpf(p, ENDLESS, reads, &body, snaplen);
	s->ran = program_ebpf(p, CUT, reads, &body, snaplen);
	filter_ebpf_free(&body);
	return true;
}

/* False: nothing more is to be proved. */
static bool
prove_program(struct prover *p, const struct compiled *c, struct sides *sides,
	unsigned number, struct filter_proof *out)
{
	const uint64_t begun = prover_now();
	const struct filter_opts *opts = sides->opts;
	if (!run(p, c, number, opts->snaplen, sides))
		return true;
	const enum filter_verdict is = ask(p, sides, opts, out);
	out->program_is[number].tried = true;
	out->program_is[number].verdict = is;
	out->program_is[number].ns = prover_now() - begun;
	if (is != FILTER_PROVED && (is == FILTER_REFUTED || out->why[0] == '\0'))
		out->which = number;
	if (is == FILTER_UNDECIDED) {
		if (out->why[0] == '\0')
			snprintf(out->why, sizeof(out->why), "%s", p->why);
		p->why[0] = '\0'; /* of the others there may be time to think */
	}
	return is != FILTER_REFUTED && prover_goes_on(p);
}

static uint32_t
wanted(const struct filter_opts *opts, const struct filter_proof_opts *limits)
{
	uint32_t programs = 1u << FILTER_PROGRAM_CBPF;
	if (limits->programs != 0)
		return limits->programs;
	for (unsigned i = 1; i < FILTER_PROGRAMS; i++)
		if (engine_reads((enum filter_reads)(i - 1), opts->input))
			programs |= 1u << i;
	return programs;
}

static void
prove(struct prover *p, const struct expression *s, const struct compiled *c,
	uint32_t programs, struct filter_proof *out)
{
	struct read_from from = { 0 }, again = { 0 };
	struct sides sides = { .opts = s->opts };
	unsigned tried = 0, proved = 0;
	sides.whole = meaning(p, ENDLESS, s->opts, &s->syntax, &from);
	sides.cut = meaning(p, CUT, s->opts, &s->syntax, &again);
	out->relations = from.tree;
	out->resolved = from.resolver;
	for (unsigned i = 0; i < FILTER_PROGRAMS; i++)
		if ((programs & 1u << i) != 0 && !prove_program(p, c, &sides, i, out))
			break;
	for (unsigned i = 0; i < FILTER_PROGRAMS; i++) {
		tried += out->program_is[i].tried;
		proved += out->program_is[i].tried &&
			  out->program_is[i].verdict == FILTER_PROVED;
	}
	if (out->verdict == FILTER_REFUTED)
		return;
	if (tried > 0 && proved == tried && prover_goes_on(p))
		out->verdict = FILTER_PROVED;
	else if (out->why[0] == '\0')
		snprintf(out->why, sizeof(out->why), "%s",
			tried > 0 ? p->why : "there is no such program of it");
}

bool
engine_prove(const struct filter_opts *opts, const struct filter_proof_opts *limits,
	struct filter_proof *out, struct diags *ds)
{
	struct compiled c;
	struct diags again = { 0 }; /* the compile has said it all */
	struct expression s;
	struct prover p;
	const uint32_t programs = wanted(opts, limits);
	*out = (struct filter_proof){ .verdict = FILTER_UNDECIDED };
	if (!compiled_open(&c, opts, (programs & 1u << FILTER_PROGRAM_CBPF) != 0, ds))
		return false;
	uint64_t begun = prover_now();
	bool ok = expression_open(&s, opts, &again);
	if (ok && prover_open(&p, limits->limit_ms))
		prove(&p, &s, &c, programs, out);
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
