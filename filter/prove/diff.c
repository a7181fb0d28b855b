/* diff.c: which of two expressions accepts what the other does not. */
#include "engine.h"

#include <stdio.h>
#include <string.h>

#include "prove.h"
#include "read.h"

/* Of one side, under both endings. */
struct side {
	Z3_ast whole, cut;
	Z3_ast clear; /* nothing that decides is missing */
	const struct filter_opts *opts;
};

static struct side
side_of(struct prover *p, const struct expression *s, struct filter_difference *out)
{
	struct read_from from = { 0 }, again = { 0 };
	struct reading whole = meaning(p, ENDLESS, s->opts, &s->syntax, &from);
	struct reading cut = meaning(p, CUT, s->opts, &s->syntax, &again);
	out->relations += from.tree;
	out->resolved += from.resolver;
	return (struct side){ term_and(p, whole.ok, whole.is),
		term_and(p, cut.ok, cut.is), term_same(p, whole.ok, cut.ok), s->opts };
}

/* Is there a complete packet for which both hold?  When `w` is not NULL it is shown. */
static bool
exists(struct prover *p, const struct side s[2], Z3_ast a, Z3_ast b,
	struct filter_witness *w)
{
	Z3_model model;
	Z3_ast both[] = { a, b };
	bool is[2];
	if (solve(p, 2, both, &model) != FOUND_YES)
		return false;
	Z3_model_dec_ref(p->z, model);
	Z3_ast holds = term_and(p, a, b);
	Z3_ast clear = term_and(
		p, term_and(p, s[0].clear, s[1].clear), term_same(p, p->caplen, p->len));
	const struct shown best = { holds, clear, { s[0].whole, s[1].whole }, s[0].opts };
	if (w != NULL)
		witness_find(p, &best, w, is);
	return true;
}

static void
compare(struct prover *p, const struct side s[2], struct filter_difference *out)
{
	Z3_ast not [] = { term_not(p, s[0].whole), term_not(p, s[1].whole) };
	bool only_a = exists(p, s, s[0].whole, not [1], &out -> only[0]);
	bool only_b = exists(p, s, s[1].whole, not [0], &out -> only[1]);
	bool both = exists(p, s, s[0].whole, s[1].whole, NULL);
	if (only_a && only_b && both)
		exists(p, s, s[0].whole, s[1].whole, &out->both);
	out->never[0] = !only_a && !both;
	out->never[1] = !only_b && !both;
	out->relation = !only_a && !only_b ? FILTER_EQUAL
			: !only_a          ? FILTER_A_IMPLIES_B
			: !only_b          ? FILTER_B_IMPLIES_A
			: both             ? FILTER_OVERLAP
					   : FILTER_DISJOINT;
}

static void
diff(const struct expression s[2], const struct filter_proof_opts *limits,
	struct filter_difference *out)
{
	struct prover p;
	if (prover_open(&p, limits->limit_ms)) {
		struct side side[2];
		for (unsigned i = 0; i < 2; i++)
			side[i] = side_of(&p, &s[i], out);
		if (prover_goes_on(&p))
			compare(&p, side, out);
	} else {
		prover_stop(&p, "Z3 could not be set up");
	}
	if (p.why[0] != '\0') { /* what is not known is not told */
		uint32_t relations = out->relations, resolved = out->resolved;
		filter_difference_free(out);
		*out = (struct filter_difference){
			.relation = FILTER_RELATION_UNDECIDED,
			.relations = relations,
			.resolved = resolved,
		};
		snprintf(out->why, sizeof(out->why), "%s", p.why);
	}
	prover_close(&p);
}

/* Does it compile?  One that matches nothing may be compared. */
static bool
check(const struct filter_opts *opts, struct diags *ds)
{
	struct filter *f;
	struct filter_opts quiet = *opts;
	unsigned kept = 0;
	quiet.trace = NULL;
	if (filter_compile(&quiet, &f, ds)) {
		filter_free(f);
		return true;
	}
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].code != DIAG_NEVER)
			ds->diag[kept++] = ds->diag[i];
	ds->count = kept;
	return !diags_failed(ds);
}

bool
engine_diff(const struct filter_opts *a, const struct filter_opts *b,
	const struct filter_proof_opts *limits, struct filter_difference *out,
	struct diags ds[2])
{
	struct expression s[2];
	struct diags again = { 0 };
	uint64_t begun = prover_now();
	*out = (struct filter_difference){ .relation = FILTER_RELATION_UNDECIDED };
	if (a->linktype != b->linktype || a->input != b->input) {
		diags_error(&ds[1], DIAG_LINKTYPE, (struct span){ 0, 0 },
			"the expressions are for different link types or inputs");
		diags_hint(&ds[1], "compare them on one link type");
		return false;
	}
	bool ok = check(a, &ds[0]);
	ok = check(b, &ds[1]) && ok;
	if (!ok)
		return false;
	ok = expression_open(&s[0], a, &again);
	ok = expression_open(&s[1], b, &again) && ok;
	if (!ok)
		snprintf(out->why, sizeof(out->why), "they cannot be read again");
	else
		diff(s, limits, out);
	expression_close(&s[0]);
	expression_close(&s[1]);
	out->ns = prover_now() - begun;
	return true;
}
