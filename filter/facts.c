/* facts.c: sets of facts, as sorted arrays. */
#include "facts.h"

#define FACTS_MAX 32  /* kept at a place; more are forgotten */
#define KNOWN_DEPTH 3 /* of values that are worked out from facts */

static struct facts *
facts_new(struct arena *arena, uint32_t room)
{
	return arena_alloc(arena, sizeof(struct facts) + room * sizeof(struct fact));
}

const struct facts *
facts_none(struct arena *arena)
{
	return facts_new(arena, 0);
}

const struct fact *
fact_of(const struct facts *f, const struct value *v)
{
	uint32_t lo = 0, hi = f->count;
	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		if (f->fact[mid].v == v)
			return &f->fact[mid];
		if (f->fact[mid].v->id < v->id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

const struct ranges *
facts_range(const struct facts *f, const struct value *v)
{
	const struct fact *fact = fact_of(f, v);
	return fact != NULL ? fact->within : NULL;
}

/* `f` and: v is within. */
static const struct facts *
facts_with(struct arena *arena, const struct facts *f, const struct value *v,
	const struct ranges *within)
{
	struct facts *out = facts_new(arena, f->count + 1);
	const struct fact *before = fact_of(f, v);
	const struct fact now = { v, within, before != NULL ? before->is : NULL };
	bool placed = false;
	for (uint32_t i = 0; i < f->count; i++) {
		if (!placed && f->fact[i].v->id >= v->id) {
			out->fact[out->count++] = now;
			placed = true;
		}
		if (f->fact[i].v != v)
			out->fact[out->count++] = f->fact[i];
	}
	if (!placed && f->count < FACTS_MAX)
		out->fact[out->count++] = now;
	return out;
}

const struct facts *
facts_meet(struct arena *arena, const struct facts *a, const struct facts *b)
{
	struct facts *out = facts_new(arena, a->count < b->count ? a->count : b->count);
	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		const struct fact *x = &a->fact[i], *y = &b->fact[j];
		if (x->v != y->v) {
			if (x->v->id < y->v->id)
				i++;
			else
				j++;
			continue;
		}
		const struct ranges *r = x->within == y->within
						 ? x->within
						 : ranges_or(arena, x->within, y->within);
		if (r == NULL) /* still: it was evaluated */
			r = ranges_one(arena, x->v->lo, x->v->hi);
		out->fact[out->count++] =
			(struct fact){ x->v, r, x->is == y->is ? x->is : NULL };
		i++;
		j++;
	}
	return out;
}

/* Is the value one number, by the facts? */
static bool
single(const struct facts *f, const struct value *v, unsigned depth, uint32_t *out)
{
	if (v->kind == VALUE_CONST) {
		*out = v->k;
		return true;
	}
	const struct ranges *r = facts_range(f, v);
	if (r != NULL && r->count == 1 && r->range[0].lo == r->range[0].hi) {
		*out = r->range[0].lo;
		return true;
	}
	uint32_t a, b;
	return v->kind == VALUE_ARITH && depth > 0 && single(f, v->a, depth - 1, &a) &&
	       single(f, v->b, depth - 1, &b) && arith_apply(v->op, a, b, out);
}

/* Where all numbers within lead from `n`, or NULL when they part. */
static const struct node *
agreed(const struct node *n, const struct ranges *within)
{
	const struct node *to = NULL;
	for (uint32_t i = 0; i < within->count; i++) {
		uint32_t at = within->range[i].lo;
		for (uint32_t j = 0; j < n->arms; j++) {
			const struct arm *a = &n->arm[j];
			if (a->hi < at || a->lo > within->range[i].hi)
				continue;
			if (a->lo > at) { /* a gap before this arm */
				if (to != NULL && to != n->other)
					return NULL;
				to = n->other;
			}
			if (to != NULL && to != a->to)
				return NULL;
			to = a->to;
			if (a->hi >= within->range[i].hi)
				goto covered;
			at = a->hi + 1;
		}
		if (to != NULL && to != n->other)
			return NULL;
		to = n->other;
	covered:;
	}
	return to;
}

const struct node *
facts_step(const struct facts *f, const struct node *n)
{
	uint32_t x;
	if (n->v == NULL)
		return NULL;
	if (n->kind == NODE_BIND) {
		const struct fact *bound = fact_of(f, n->slot);
		return bound != NULL && bound->is == n->v ? n->other : NULL;
	}
	const struct ranges *r = facts_range(f, n->v);
	const struct node *to = r != NULL ? agreed(n, r) : NULL;
	if (to == NULL && single(f, n->v, KNOWN_DEPTH, &x))
		to = node_next(n, x);
	return to;
}

const struct node *
facts_walk(const struct facts *f, const struct node *n)
{
	for (const struct node *to; (to = facts_step(f, n)) != NULL;)
		n = to;
	return n;
}

bool
facts_imply(const struct facts *a, const struct facts *b)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct fact *want = &b->fact[i], *have = fact_of(a, want->v);
		if (have == NULL || (want->is != NULL && have->is != want->is) ||
			!ranges_within(have->within, want->within))
			return false;
	}
	return true;
}

const struct ranges *
facts_gaps(struct arena *arena, const struct node *n)
{
	const struct ranges *all = ranges_one(arena, n->v->lo, n->v->hi);
	for (uint32_t i = 0; i < n->arms && all != NULL; i++) {
		const struct arm *a = &n->arm[i];
		const struct ranges *below =
			a->lo > 0 ? ranges_one(arena, 0, a->lo - 1) : NULL;
		const struct ranges *above =
			a->hi < UINT32_MAX ? ranges_one(arena, a->hi + 1, UINT32_MAX)
					   : NULL;
		const struct ranges *outside = below == NULL ? above
					       : above == NULL
						       ? below
						       : ranges_or(arena, below, above);
		all = outside != NULL ? ranges_and(arena, all, outside)
				      : ranges_one(arena, 1, 0);
	}
	return all;
}

const struct facts *
facts_on(struct arena *arena, const struct facts *f, const struct node *n,
	const struct ranges *taken)
{
	const struct ranges *before = facts_range(f, n->v);
	if (taken != NULL && before != NULL)
		taken = ranges_and(arena, before, taken);
	if (taken == NULL)
		taken = before != NULL ? before : ranges_one(arena, n->v->lo, n->v->hi);
	return taken->count > 0 ? facts_with(arena, f, n->v, taken) : NULL;
}

unsigned
facts_slots(const struct facts *f)
{
	unsigned mask = 0;
	for (uint32_t i = 0; i < f->count; i++)
		if (f->fact[i].v->kind == VALUE_SLOT && f->fact[i].is != NULL)
			mask |= f->fact[i].v->slots;
	return mask;
}

const struct facts *
facts_forget_slots(struct arena *arena, const struct facts *f, unsigned keep)
{
	if ((facts_slots(f) & ~keep) == 0)
		return f;
	struct facts *out = facts_new(arena, f->count);
	for (; out->count < f->count; out->count++) {
		out->fact[out->count] = f->fact[out->count];
		if ((f->fact[out->count].v->slots & ~keep) != 0)
			out->fact[out->count].is = NULL;
	}
	return out;
}

const struct facts *
facts_bound(struct arena *arena, const struct facts *f, const struct node *n)
{
	uint16_t bit = n->slot->slots;
	const struct ranges *within = facts_range(f, n->v);
	struct facts *out = facts_new(arena, f->count);
	for (uint32_t i = 0; i < f->count; i++) {
		struct fact fact = f->fact[i];
		if (fact.v->slots & bit)
			continue;
		if (fact.is != NULL && (fact.is->slots & bit))
			fact.is = NULL;
		out->fact[out->count++] = fact;
	}
	if (within == NULL)
		within = ranges_one(arena, n->v->lo, n->v->hi);
	struct facts *with = (struct facts *)facts_with(arena, out, n->slot, within);
	for (uint32_t i = 0; i < with->count && (n->v->slots & bit) == 0; i++)
		if (with->fact[i].v == n->slot)
			with->fact[i].is = n->v;
	return with;
}
