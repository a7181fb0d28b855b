/* scale.c: comparisons of a term with numbers, on a scale: `x <= k` is an unknown of its
 * own, true or false; of two on one scale, the lower is the stronger.
 *
 * That the unknowns are about x at all is told to the solver only when it has assumed
 * otherwise, and then of the two marks between which it has put x.  So long lists are
 * questions of logic, without the 32 bits of their numbers. */
#include "prove.h"

#include <string.h>

/* Rounds after which all marks of a scale are told at once. */
#define PATIENCE 12

struct scale *
scale_of(struct prover *p, Z3_ast x)
{
	ARENA_MORE(&p->arena, p->scale, p->scales, &p->scale_room);
	if (p->scale_buckets < p->scale_room) {
		p->scale_buckets = p->scale_room;
		p->scale_bucket = ARENA_ARRAY(&p->arena, p->scale_room, uint32_t);
		for (uint32_t i = 0; i < p->scales; i++) {
			uint32_t h = Z3_get_ast_id(p->z, p->scale[i].x);
			uint32_t *head = &p->scale_bucket[h & (p->scale_room - 1)];
			p->scale[i].chain = *head;
			*head = i + 1;
		}
	}
	uint32_t h = Z3_get_ast_id(p->z, x) & (p->scale_buckets - 1);
	for (uint32_t i = p->scale_bucket[h]; i != 0; i = p->scale[i - 1].chain)
		if (p->scale[i - 1].x == x)
			return &p->scale[i - 1];
	struct scale *s = &p->scale[p->scales++];
	*s = (struct scale){ .x = x, .chain = p->scale_bucket[h] };
	p->scale_bucket[h] = p->scales;
	return s;
}

/* The first mark that is not below k; s->marks when there is none. */
static uint32_t
place(const struct scale *s, uint32_t k)
{
	uint32_t lo = 0, hi = s->marks;
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		if (s->mark[middle].k < k)
			lo = middle + 1;
		else
			hi = middle;
	}
	return lo;
}

static Z3_ast
mark(struct prover *p, Z3_ast x, uint32_t k)
{
	struct scale *s = scale_of(p, x);
	uint32_t i = place(s, k);
	if (i < s->marks && s->mark[i].k == k)
		return s->mark[i].is;
	ARENA_MORE(&p->arena, s->mark, s->marks, &s->room);
	memmove(&s->mark[i + 1], &s->mark[i], (s->marks - i) * sizeof(s->mark[0]));
	s->marks++;
	s->mark[i] = (struct mark){ .k = k, .is = term_fresh(p, p->bool_sort) };
	return s->mark[i].is;
}

/* Bits that are known to be 0 at the top of a loaded field, of a mask. */
static uint32_t
greatest(struct prover *p, Z3_ast x, Z3_decl_kind kind)
{
	uint32_t k;
	if (kind == Z3_OP_ZERO_EXT) {
		Z3_func_decl d = Z3_get_app_decl(p->z, Z3_to_app(p->z, x));
		return UINT32_MAX >> Z3_get_decl_int_parameter(p->z, d, 0);
	}
	if (kind == Z3_OP_BAND &&
		term_is_number(p, Z3_get_app_arg(p->z, Z3_to_app(p->z, x), 1), &k))
		return k;
	return UINT32_MAX;
}

/* A mask of the upper bits only rounds down: (x & mask) <= k is x <= k rounded up. */
static bool
is_prefix(struct prover *p, Z3_ast x, Z3_decl_kind kind, uint32_t *mask)
{
	return kind == Z3_OP_BAND &&
	       term_is_number(p, Z3_get_app_arg(p->z, Z3_to_app(p->z, x), 1), mask) &&
	       (~*mask & (~*mask + 1)) == 0;
}

Z3_ast
scale_at_most(struct prover *p, Z3_ast x, uint32_t k)
{
	uint32_t known, mask;
	if (term_is_number(p, x, &known))
		return known <= k ? p->yes : p->no;
	Z3_app app = Z3_to_app(p->z, x);
	Z3_decl_kind kind = Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, app));
	if (k >= greatest(p, x, kind))
		return p->yes;
	if (kind == Z3_OP_ITE)
		return term_if(p, Z3_get_app_arg(p->z, app, 0),
			scale_at_most(p, Z3_get_app_arg(p->z, app, 1), k),
			scale_at_most(p, Z3_get_app_arg(p->z, app, 2), k));
	if (is_prefix(p, x, kind, &mask))
		return scale_at_most(p, Z3_get_app_arg(p->z, app, 0), (k & mask) | ~mask);
	return mark(p, x, k);
}

Z3_ast
scale_equal(struct prover *p, Z3_ast x, uint32_t k)
{
	Z3_ast above = k == 0 ? p->yes : term_not(p, scale_at_most(p, x, k - 1));
	return term_and(p, scale_at_most(p, x, k), above);
}

void
scale_order(struct prover *p)
{
	for (uint32_t i = 0; i < p->scales; i++) {
		struct scale *s = &p->scale[i];
		if (s->ordered == s->marks)
			continue;
		for (uint32_t j = 1; j < s->marks; j++)
			Z3_solver_assert(p->z, p->solver,
				Z3_mk_implies(p->z, s->mark[j - 1].is, s->mark[j].is));
		s->ordered = s->marks;
	}
}

static void
tell(struct prover *p, const struct scale *s, uint32_t i)
{
	if (i >= s->marks || s->mark[i].told)
		return;
	s->mark[i].told = true;
	Z3_ast is = Z3_mk_bvule(p->z, s->x, term_number(p, s->mark[i].k));
	Z3_solver_assert(p->z, p->solver, Z3_mk_iff(p->z, s->mark[i].is, is));
}

/* Is x where the model has put it? */
static bool
holds(struct prover *p, struct scale *s, Z3_model m)
{
	uint32_t x = solve_number(p, m, s->x), lo = 0, hi = s->marks;
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		if (solve_truth(p, m, s->mark[middle].is))
			hi = middle;
		else
			lo = middle + 1;
	}
	bool below = lo == s->marks || x <= s->mark[lo].k;
	bool above = lo == 0 || x > s->mark[lo - 1].k;
	if (below && above)
		return true;
	tell(p, s, lo);
	tell(p, s, lo - 1); /* lo 0: there is no such mark */
	if (++s->wrong > PATIENCE)
		for (uint32_t i = 0; i < s->marks; i++)
			tell(p, s, i);
	return false;
}

bool
scale_hold(struct prover *p, Z3_model m)
{
	bool all = true;
	for (uint32_t i = 0; i < p->scales; i++)
		if (!holds(p, &p->scale[i], m))
			all = false;
	return all;
}
