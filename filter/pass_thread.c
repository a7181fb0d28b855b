/* pass_thread.c: jump threading over facts (after BPF+, SIGCOMM 1999).
 *
 * A fact says within which ranges a value is on every path to a place.  Nodes are
 * visited from the root down; each edge carries the facts of its node and of the outcome
 * that it stands for, and goes on past every test that those decide.  A node has a few
 * alternative sets of facts, one for each way into it, until they are too many: then
 * those are kept that the ways agree on.  An edge goes on to where all alternatives lead,
 * each by its own facts.  Only loads that were made before, or whose outcome
 * does not depend on them, are passed over, so nothing rejects that did not before; a
 * division that was not made yet is never passed over.
 *
 * A binding makes what was known of its slot void; one that would bind what the slot
 * holds already is passed over like a test. */
#include "pass.h"

#include <limits.h>

#include "broken.h"
#include "ranges.h"

#define FACTS_MAX 32    /* kept at a place; more are forgotten */
#define WAYS_MAX 8      /* alternatives at a place */
#define WAYS_NODES 8192 /* of a graph: in larger ones there is but one */
#define WAYS_ARMS 64    /* of a node: with more there is but one */
#define STEPS 64        /* a node: so that the pass is linear */
#define STEPS_MIN 65536
#define ARMS_MAX 1024 /* of a node with more, neighbours with one target are one edge */
#define KNOWN_DEPTH 3 /* of values that are worked out from facts */

struct fact {
	const struct value *v;
	const struct ranges *within;
	const struct value *is; /* of a slot: what was bound to it, while that is valid */
};

struct facts { /* immutable, ascending by v->id */
	uint32_t count;
	struct fact fact[];
};

struct ways { /* into a place; count 0: none was seen */
	uint32_t count;
	const struct facts *facts[WAYS_MAX];
};

struct thread {
	struct graph *g;
	struct arena *scratch;
	bool large;              /* one alternative has to do */
	struct ways *at;         /* by node id */
	const struct node ***to; /* by node id: new targets of the arms, then of other */
	uint64_t steps;          /* that may still be made past decided tests, in all */
};

static const struct fact *
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

static const struct ranges *
known(const struct facts *f, const struct value *v)
{
	const struct fact *fact = fact_of(f, v);
	return fact != NULL ? fact->within : NULL;
}

static struct facts *
facts_new(struct thread *t, uint32_t room)
{
	return arena_alloc(t->scratch, sizeof(struct facts) + room * sizeof(struct fact));
}

/* `f` and: v is within. */
static const struct facts *
facts_with(struct thread *t, const struct facts *f, const struct value *v,
	const struct ranges *within)
{
	struct facts *out = facts_new(t, f->count + 1);
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

/* What both agree on. */
static const struct facts *
facts_meet(struct thread *t, const struct facts *a, const struct facts *b)
{
	struct facts *out = facts_new(t, a->count < b->count ? a->count : b->count);
	for (uint32_t i = 0, j = 0; i < a->count && j < b->count;) {
		const struct fact *x = &a->fact[i], *y = &b->fact[j];
		if (x->v != y->v) {
			if (x->v->id < y->v->id)
				i++;
			else
				j++;
			continue;
		}
		const struct ranges *r =
			x->within == y->within
				? x->within
				: ranges_or(t->scratch, x->within, y->within);
		if (r == NULL) /* still: it was evaluated */
			r = ranges_one(t->scratch, x->v->lo, x->v->hi);
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
	const struct ranges *r = known(f, v);
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

/* One test or binding further, where the facts decide it; else NULL. */
static const struct node *
step(struct thread *t, const struct facts *f, const struct node *n)
{
	uint32_t x;
	if (n->v == NULL || t->steps == 0)
		return NULL;
	t->steps--;
	if (n->kind == NODE_BIND) {
		const struct fact *bound = fact_of(f, n->slot);
		return bound != NULL && bound->is == n->v ? n->other : NULL;
	}
	const struct ranges *r = known(f, n->v);
	const struct node *to = r != NULL ? agreed(n, r) : NULL;
	if (to == NULL && single(f, n->v, KNOWN_DEPTH, &x))
		to = node_next(n, x);
	return to;
}

/* The way that is furthest behind: the first of them on a tie. */
static uint32_t
last_of(const struct node *const at[WAYS_MAX], uint32_t count)
{
	uint32_t last = 0;
	for (uint32_t i = 1; i < count; i++)
		if (at[i]->id > at[last]->id)
			last = i;
	return last;
}

/* Follows an edge to the furthest node that all ways come to. */
static const struct node *
walk(struct thread *t, const struct ways *w, const struct node *n)
{
	const struct node *at[WAYS_MAX];
	for (uint32_t i = 0; i < w->count; i++)
		at[i] = n;
	for (;;) { /* a step leads to a lower id */
		uint32_t last = last_of(at, w->count), same = 0;
		while (same < w->count && at[same] == at[0])
			same++;
		if (same == w->count)
			n = at[0];
		at[last] = step(t, w->facts[last], at[last]);
		if (at[last] == NULL)
			return n;
	}
}

/* Does `a` say all that `b` says? */
static bool
implies(const struct facts *a, const struct facts *b)
{
	for (uint32_t i = 0; i < b->count; i++) {
		const struct fact *want = &b->fact[i], *have = fact_of(a, want->v);
		if (have == NULL || (want->is != NULL && have->is != want->is) ||
			!ranges_within(have->within, want->within))
			return false;
	}
	return true;
}

static void
add_way(struct thread *t, struct ways *w, const struct facts *f, uint32_t most)
{
	if (IS_BROKEN(THREAD) && w->count > 0)
		return;
	for (uint32_t i = 0; i < w->count; i++) {
		if (implies(f, w->facts[i]))
			return;
		if (implies(w->facts[i], f)) {
			w->facts[i] = f;
			return;
		}
	}
	if (w->count < most)
		w->facts[w->count++] = f;
	else
		w->facts[most - 1] = facts_meet(t, w->facts[most - 1], f);
}

static void
arrive(struct thread *t, const struct node *n, const struct ways *w)
{
	if (n->v == NULL)
		return;
	for (uint32_t i = 0; i < w->count; i++)
		add_way(t, &t->at[n->id], w->facts[i],
			n->arms > WAYS_ARMS || t->large ? 1 : WAYS_MAX);
}

/* The numbers that take the edge to `other`. */
static const struct ranges *
gaps(struct thread *t, const struct node *n)
{
	const struct ranges *all = ranges_one(t->scratch, n->v->lo, n->v->hi);
	for (uint32_t i = 0; i < n->arms && all != NULL; i++) {
		const struct arm *a = &n->arm[i];
		const struct ranges *below =
			a->lo > 0 ? ranges_one(t->scratch, 0, a->lo - 1) : NULL;
		const struct ranges *above =
			a->hi < UINT32_MAX ? ranges_one(t->scratch, a->hi + 1, UINT32_MAX)
					   : NULL;
		const struct ranges *outside =
			below == NULL   ? above
			: above == NULL ? below
					: ranges_or(t->scratch, below, above);
		all = outside != NULL ? ranges_and(t->scratch, all, outside)
				      : ranges_one(t->scratch, 1, 0);
	}
	return all;
}

/* The facts on an edge that the numbers `taken` take (NULL: too many to know); NULL when
 * there are no such. */
static const struct facts *
facts_on(struct thread *t, const struct facts *f, const struct node *n,
	const struct ranges *taken)
{
	const struct ranges *before = known(f, n->v);
	if (taken != NULL && before != NULL)
		taken = ranges_and(t->scratch, before, taken);
	if (taken == NULL)
		taken = before != NULL ? before
				       : ranges_one(t->scratch, n->v->lo, n->v->hi);
	return taken->count > 0 ? facts_with(t, f, n->v, taken) : NULL;
}

/* The slots that are bound, as a mask. */
static unsigned
slots_bound(const struct facts *f)
{
	unsigned mask = 0;
	for (uint32_t i = 0; i < f->count; i++)
		if (f->fact[i].v->kind == VALUE_SLOT && f->fact[i].is != NULL)
			mask |= f->fact[i].v->slots;
	return mask;
}

/* `f`, but what slots other than `keep` hold is not known. */
static const struct facts *
forget_slots(struct thread *t, const struct facts *f, unsigned keep)
{
	if ((slots_bound(f) & ~keep) == 0)
		return f;
	struct facts *out = facts_new(t, f->count);
	for (; out->count < f->count; out->count++) {
		out->fact[out->count] = f->fact[out->count];
		if ((f->fact[out->count].v->slots & ~keep) != 0)
			out->fact[out->count].is = NULL;
	}
	return out;
}

/* One edge; NULL when no packet takes it.  Of the ways into the node some may end here,
 * since their packets take another edge.  They still lead to it in the graph, and a
 * binding that those ways need must not be passed over: the kernel's checks know nothing
 * of packets. */
static const struct node *
edge(struct thread *t, const struct node *n, const struct ranges *taken,
	const struct node *to)
{
	const struct ways *into = &t->at[n->id];
	struct ways on = { 0 };
	unsigned bound = UINT_MAX;
	for (uint32_t i = 0; i < into->count; i++) {
		const struct facts *f = facts_on(t, into->facts[i], n, taken);
		if (f != NULL)
			on.facts[on.count++] = f;
		else
			bound &= slots_bound(into->facts[i]);
	}
	if (on.count == 0)
		return NULL;
	for (uint32_t i = 0; i < on.count; i++)
		on.facts[i] = forget_slots(t, on.facts[i], bound);
	to = walk(t, &on, to);
	arrive(t, to, &on);
	return to;
}

/* `f` once more, after the binding. */
static const struct facts *
facts_bound(struct thread *t, const struct facts *f, const struct node *n)
{
	uint16_t bit = n->slot->slots;
	const struct ranges *within = known(f, n->v);
	struct facts *out = facts_new(t, f->count);
	for (uint32_t i = 0; i < f->count; i++) {
		struct fact fact = f->fact[i];
		if (fact.v->slots & bit)
			continue;
		if (fact.is != NULL && (fact.is->slots & bit))
			fact.is = NULL;
		out->fact[out->count++] = fact;
	}
	if (within == NULL)
		within = ranges_one(t->scratch, n->v->lo, n->v->hi);
	struct facts *with = (struct facts *)facts_with(t, out, n->slot, within);
	for (uint32_t i = 0; i < with->count && (n->v->slots & bit) == 0; i++)
		if (with->fact[i].v == n->slot)
			with->fact[i].is = n->v;
	return with;
}

static void
visit_bind(struct thread *t, const struct node *n)
{
	struct ways on = t->at[n->id];
	const struct node **to = ARENA_ARRAY(t->scratch, 1, const struct node *);
	for (uint32_t i = 0; i < on.count; i++)
		on.facts[i] = facts_bound(t, on.facts[i], n);
	to[0] = walk(t, &on, n->other);
	arrive(t, to[0], &on);
	t->to[n->id] = to;
}

/* May a value within `before` (NULL: any) be one of the arm's? */
static bool
meets(const struct ranges *before, const struct arm *a)
{
	for (uint32_t i = 0; before != NULL && i < before->count; i++)
		if (before->range[i].lo <= a->hi && before->range[i].hi >= a->lo)
			return true;
	return before == NULL;
}

/* An arm's edge.  Nothing needs to be known at a leaf but whether it is come to. */
static const struct node *
arm_edge(struct thread *t, const struct node *n, const struct arm *a)
{
	const struct ways *into = &t->at[n->id];
	if (a->to->v != NULL)
		return edge(t, n, ranges_one(t->scratch, a->lo, a->hi), a->to);
	for (uint32_t i = 0; i < into->count; i++)
		if (meets(known(into->facts[i], n->v), a))
			return a->to;
	return NULL;
}

static void
visit(struct thread *t, const struct node *n)
{
	if (n->kind == NODE_BIND) {
		visit_bind(t, n);
		return;
	}
	const struct node **to =
		ARENA_ARRAY(t->scratch, n->arms + 1, const struct node *);
	const struct node *last = NULL;
	for (uint32_t i = 0; i < n->arms; i++) {
		bool again = i > 0 && n->arm[i].to == n->arm[i - 1].to;
		if (n->arms > ARMS_MAX)
			to[i] = again ? to[i - 1] : edge(t, n, NULL, n->arm[i].to);
		else
			to[i] = arm_edge(t, n, &n->arm[i]);
		last = to[i] != NULL ? to[i] : last;
	}
	to[n->arms] = edge(t, n, gaps(t, n), n->other);
	/* An edge that nothing takes may go anywhere: where the fewest tests are left. */
	if (to[n->arms] == NULL)
		to[n->arms] = last != NULL ? last : t->g->reject;
	for (uint32_t i = 0; i < n->arms; i++)
		if (to[i] == NULL)
			to[i] = to[n->arms];
	t->to[n->id] = to;
}

static const struct node *
rebuild(struct thread *t, const struct node *n, const struct node **made)
{
	const struct node **to = t->to[n->id];
	const struct node *other = made[to[n->arms]->id];
	bool same = other == n->other;
	for (uint32_t i = 0; i < n->arms && same; i++)
		same = made[to[i]->id] == n->arm[i].to;
	if (same)
		return n;
	struct arm *arm = ARENA_ARRAY(t->scratch, n->arms, struct arm);
	if (n->kind == NODE_BIND)
		return graph_bind(t->g, n->slot, n->v, made[to[0]->id], n->source);
	for (uint32_t i = 0; i < n->arms; i++) {
		arm[i] = n->arm[i];
		arm[i].to = made[to[i]->id];
	}
	return graph_node(t->g, n->v, arm, n->arms, other, n->source);
}

void
pass_thread(struct graph *g, struct arena *scratch)
{
	uint32_t nodes = g->root->id + 1;
	struct thread t = { .g = g,
		.scratch = scratch,
		.large = nodes > WAYS_NODES,
		.steps = STEPS_MIN + STEPS * (uint64_t)nodes,
		.at = ARENA_ARRAY(scratch, nodes, struct ways),
		.to = ARENA_ARRAY(scratch, nodes, const struct node **) };
	const struct node **made = ARENA_ARRAY(scratch, nodes, const struct node *);
	const struct ways nothing = { 1, { facts_new(&t, 0) } };
	const struct node *root = walk(&t, &nothing, g->root);
	arrive(&t, root, &nothing);
	for (uint32_t id = nodes; id-- > 0;)
		if (t.at[id].count > 0)
			visit(&t, g->node[id]);
	made[g->accept->id] = g->accept;
	made[g->reject->id] = g->reject;
	for (uint32_t id = 0; id < nodes; id++)
		if (t.at[id].count > 0)
			made[id] = rebuild(&t, g->node[id], made);
	g->root = made[root->id];
}
