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
#include "facts.h"

#define WAYS_MAX 8      /* alternatives at a place */
#define WAYS_NODES 8192 /* of a graph: in larger ones there is but one */
#define WAYS_ARMS 64    /* of a node: with more there is but one */
#define STEPS 64        /* a node: so that the pass is linear */
#define STEPS_MIN 65536
#define ARMS_MAX 1024 /* of a node with more, neighbours with one target are one edge */

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

/* One test or binding further, while steps are left. */
static const struct node *
step(struct thread *t, const struct facts *f, const struct node *n)
{
	if (t->steps == 0)
		return NULL;
	t->steps--;
	return facts_step(f, n);
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

static void
add_way(struct thread *t, struct ways *w, const struct facts *f, uint32_t most)
{
	if (IS_BROKEN(THREAD) && w->count > 0)
		return;
	for (uint32_t i = 0; i < w->count; i++) {
		if (facts_imply(f, w->facts[i]))
			return;
		if (facts_imply(w->facts[i], f)) {
			w->facts[i] = f;
			return;
		}
	}
	if (w->count < most)
		w->facts[w->count++] = f;
	else
		w->facts[most - 1] = facts_meet(t->scratch, w->facts[most - 1], f);
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
		const struct facts *f = facts_on(t->scratch, into->facts[i], n, taken);
		if (f != NULL)
			on.facts[on.count++] = f;
		else
			bound &= facts_slots(into->facts[i]);
	}
	if (on.count == 0)
		return NULL;
	for (uint32_t i = 0; i < on.count; i++)
		on.facts[i] = facts_forget_slots(t->scratch, on.facts[i], bound);
	to = walk(t, &on, to);
	arrive(t, to, &on);
	return to;
}

static void
visit_bind(struct thread *t, const struct node *n)
{
	struct ways on = t->at[n->id];
	const struct node **to = ARENA_ARRAY(t->scratch, 1, const struct node *);
	for (uint32_t i = 0; i < on.count; i++)
		on.facts[i] = facts_bound(t->scratch, on.facts[i], n);
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
		if (meets(facts_range(into->facts[i], n->v), a))
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
	to[n->arms] = edge(t, n, facts_gaps(t->scratch, n), n->other);
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
	const struct ways nothing = { 1, { facts_none(scratch) } };
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
