/* pass_split.c: copies of nodes, one for each way into them.
 *
 * Threading goes past a test where all ways into it agree.  Here each way gets a copy of
 * the node, in which its own facts decide; copies that come out alike are one again, by
 * hash-consing.  So a part of the graph that nothing but one of its ways needs goes
 * altogether.  Whether it pays shows behind the passes that follow: pass.c compares.
 *
 * Ways are told apart by facts on what is still to be tested. */
#include "pass.h"

#include "broken.h"
#include "facts.h"

#define NODES_MAX 256 /* reached; larger graphs are left */
#define COPIES_MAX 8  /* of a node; further ways share the last one */
#define ARMS_MAX 64   /* of a node; others are not copied */

struct copy {
	const struct facts *facts;
	struct copy **to; /* of the arms, then of other */
	const struct node *of, *made;
	struct copy *next; /* of the same node */
};

struct split {
	struct graph *g;
	struct arena *scratch;
	struct copy **at; /* by node id: its copies */
	uint64_t **
		matter; /* by node id: values that are looked at from there on, as bits */
	uint32_t words; /* of such a set */
};

static void
add_value(uint64_t *set, const struct value *v)
{
	if (v == NULL || (set[v->id / 64] >> v->id % 64 & 1) != 0)
		return;
	set[v->id / 64] |= UINT64_C(1) << v->id % 64;
	add_value(set, v->a);
	add_value(set, v->b);
}

static void
find_matter(struct split *s, const struct node *n)
{
	uint64_t *set = s->matter[n->id] = ARENA_ARRAY(s->scratch, s->words, uint64_t);
	if (n->v == NULL)
		return;
	add_value(set, n->v);
	add_value(set, n->slot);
	for (uint32_t i = 0; i <= n->arms; i++) {
		const struct node *to = i < n->arms ? n->arm[i].to : n->other;
		for (uint32_t w = 0; w < s->words; w++)
			set[w] |= s->matter[to->id][w];
	}
}

/* Those of the facts that matter from the node on. */
static const struct facts *
what_matters(struct split *s, const struct facts *f, const struct node *n)
{
	const uint64_t *set = s->matter[n->id];
	struct facts *out = arena_alloc(
		s->scratch, sizeof(struct facts) + f->count * sizeof(struct fact));
	for (uint32_t i = 0; i < f->count; i++) {
		uint32_t id = f->fact[i].v->id;
		if ((set[id / 64] >> id % 64 & 1) != 0)
			out->fact[out->count++] = f->fact[i];
	}
	return out;
}

/* The copy for a way into the node. */
static struct copy *
copy_for(struct split *s, const struct node *n, const struct facts *f)
{
	struct copy **at = &s->at[n->id];
	const uint32_t most = n->arms > ARMS_MAX ? 1 : COPIES_MAX;
	f = n->v != NULL ? what_matters(s, f, n) : facts_none(s->scratch);
	for (uint32_t count = 0; *at != NULL; at = &(*at)->next) {
		if (IS_BROKEN(SPLIT) ||
			(facts_imply(f, (*at)->facts) && facts_imply((*at)->facts, f)))
			return *at;
		if (++count == most) {
			(*at)->facts = facts_meet(s->scratch, (*at)->facts, f);
			return *at;
		}
	}
	*at = ARENA_NEW(s->scratch, struct copy);
	(*at)->of = n;
	(*at)->facts = f;
	return *at;
}

/* The edge from a place with those facts on (NULL: no packet is there) to `n`. */
static struct copy *
follow(struct split *s, const struct facts *f, const struct node *n)
{
	if (f == NULL)
		return NULL;
	return copy_for(s, facts_walk(f, n), f);
}

static void
visit(struct split *s, struct copy *c)
{
	const struct node *n = c->of;
	struct copy *last = NULL;
	c->to = ARENA_ARRAY(s->scratch, n->arms + 1, struct copy *);
	if (n->kind == NODE_BIND) {
		c->to[0] = follow(s, facts_bound(s->scratch, c->facts, n), n->other);
		return;
	}
	for (uint32_t i = 0; i < n->arms; i++) {
		const struct arm *a = &n->arm[i];
		c->to[i] = follow(s,
			facts_on(s->scratch, c->facts, n,
				ranges_one(s->scratch, a->lo, a->hi)),
			a->to);
		last = c->to[i] != NULL ? c->to[i] : last;
	}
	c->to[n->arms] = follow(s,
		facts_on(s->scratch, c->facts, n, facts_gaps(s->scratch, n)), n->other);
	/* An edge that nothing takes may go anywhere. */
	if (c->to[n->arms] == NULL)
		c->to[n->arms] =
			last != NULL ? last : copy_for(s, s->g->reject, c->facts);
	for (uint32_t i = 0; i < n->arms; i++)
		if (c->to[i] == NULL)
			c->to[i] = c->to[n->arms];
}

static void
rebuild(struct split *s, struct copy *c)
{
	const struct node *n = c->of;
	struct arm *arm;
	if (n->v == NULL) {
		c->made = n;
		return;
	}
	if (n->kind == NODE_BIND) {
		c->made = graph_bind(s->g, n->slot, n->v, c->to[0]->made, n->source);
		return;
	}
	arm = arena_copy(s->scratch, n->arm, n->arms * sizeof(*arm));
	for (uint32_t i = 0; i < n->arms; i++)
		arm[i].to = c->to[i]->made;
	c->made = graph_node(s->g, n->v, arm, n->arms, c->to[n->arms]->made, n->source);
}

static bool
is_small(const bool *reached, uint32_t nodes)
{
	uint32_t count = 0;
	for (uint32_t id = 0; id < nodes; id++)
		count += reached[id];
	return count <= NODES_MAX;
}

void
pass_split(struct graph *g, struct arena *scratch)
{
	const uint32_t nodes = g->root->id + 1;
	const bool *reached = graph_reached(g, scratch);
	struct split s = { .g = g,
		.scratch = scratch,
		.at = ARENA_ARRAY(scratch, nodes, struct copy *),
		.matter = ARENA_ARRAY(scratch, nodes, uint64_t *),
		.words = g->values.count / 64 + 1 };
	if (!is_small(reached, nodes))
		return;
	for (uint32_t id = 0; id < nodes; id++)
		if (reached[id] || g->node[id]->v == NULL)
			find_matter(&s, g->node[id]);
	struct copy *root = follow(&s, facts_none(scratch), g->root);
	for (uint32_t id = nodes; id-- > 0;)
		for (struct copy *c = s.at[id]; c != NULL && c->of->v != NULL;
			c = c->next)
			visit(&s, c);
	for (uint32_t id = 0; id < nodes; id++)
		for (struct copy *c = s.at[id]; c != NULL; c = c->next)
			rebuild(&s, c);
	g->root = root->made;
}
