/* pass_merge.c: switch formation.
 *
 * A *chain* is a row of tests of which each leaves either to the same exit or to the next
 * test, which nothing else leads to, and none can trap.  Its tests may change places as
 * far as the verdict on complete packets goes.  Here all tests of one value move up to
 * the first of them: that value has been loaded there anyway, so no packet is read
 * further than before, whatever its captured length (DESIGN: truncated packets). Tests of
 * different prefixes of one field join too, as ranges of the field.
 *
 * Besides, `other` leading to a test of the same value is one switch with it. */
#include "pass.h"

#include <string.h>

struct group {
	const struct value *v; /* of all members, or their common field */
	struct arm *arm;       /* of all members, on v */
	uint32_t arms, room;
	bool widened; /* members had different masks: arms are on the field */
	const struct source_span *source;
};

struct chain { /* from a node on; exit NULL: the node is none */
	const struct node *exit, *end;
};

struct merge {
	struct graph *g;
	struct arena *scratch;
	uint32_t *into; /* edges into a node, by id */
	const struct value *
		*from;       /* by id: what all nodes that lead to it test, or NULL */
	bool *inside;        /* by id: a link of a chain that begins above it */
	struct chain *chain; /* by id: the one that begins here */
	const struct node **made; /* by id of the old node */
	uint32_t *group_of;       /* by value id: index + 1 into group, of this chain */
	struct group *group;
	uint32_t groups, room;
};

/* The one target of all arms, or NULL. */
static const struct node *
arms_target(const struct node *n)
{
	for (uint32_t i = 1; i < n->arms; i++)
		if (n->arm[i].to != n->arm[0].to)
			return NULL;
	return n->arm[0].to;
}

/* Is the mask one of leading ones, within the field's width? */
static bool
is_prefix_mask(uint32_t mask, uint32_t field_max)
{
	uint32_t rest = ~mask & field_max;
	return (rest & (rest + 1)) == 0;
}

/* The field under a prefix test: x of (x & mask), where all arms are single numbers. */
static const struct value *
field_of(const struct node *n)
{
	const struct value *v = n->v;
	if (v->kind != VALUE_ARITH || v->op != OP_AND || v->b->kind != VALUE_CONST ||
		v->a->kind != VALUE_LOAD || !is_prefix_mask(v->b->k, v->a->hi))
		return NULL;
	for (uint32_t i = 0; i < n->arms; i++)
		if (n->arm[i].lo != n->arm[i].hi)
			return NULL;
	return v->a;
}

static void
add_arm(struct merge *m, struct group *gr, struct arm a)
{
	ARENA_MORE(m->scratch, gr->arm, gr->arms, &gr->room);
	gr->arm[gr->arms++] = a;
}

static struct group *
add_group(struct merge *m)
{
	ARENA_MORE(m->scratch, m->group, m->groups, &m->room);
	m->group[m->groups] = (struct group){ 0 };
	return &m->group[m->groups++];
}

/* Arms on (x & mask) become ranges of x. */
static void
widen(struct group *gr, const struct value *masked)
{
	uint32_t rest = ~masked->b->k & masked->a->hi;
	for (uint32_t i = 0; i < gr->arms; i++)
		gr->arm[i].hi = gr->arm[i].lo | rest;
	gr->v = masked->a;
	gr->widened = true;
}

static struct group *
group_for(struct merge *m, const struct node *n, const struct value *key)
{
	uint32_t *slot = &m->group_of[key->id];
	struct group *gr = *slot != 0 ? &m->group[*slot - 1] : NULL;
	if (gr == NULL) {
		gr = add_group(m);
		*slot = m->groups;
		gr->v = n->v;
		gr->source = n->source;
	} else if (gr->v != n->v && !gr->widened && gr->v != key)
		widen(gr, gr->v);
	if (gr->source != n->source)
		for (const struct source_span *s = n->source; s != NULL; s = s->next)
			gr->source = graph_span(m->g, s->span, gr->source);
	return gr;
}

/* Adds a link that leaves to the exit with its arms, */
static void
add_arms(struct merge *m, const struct node *n)
{
	const struct value *field = field_of(n);
	const struct value *key = field != NULL ? field : n->v;
	struct group *gr = group_for(m, n, key);
	for (uint32_t i = 0; i < n->arms; i++) {
		struct arm a = n->arm[i];
		if (gr->v == key && n->v != key)
			a.hi = a.lo | (~n->v->b->k & key->hi);
		add_arm(m, gr, a);
	}
}

/* or with all but its one arm. */
static void
add_gaps(struct merge *m, const struct node *n)
{
	struct arm below = n->arm[0], above = n->arm[0];
	struct group *gr = group_for(m, n, n->v);
	if (below.lo > n->v->lo) {
		below.hi = below.lo - 1;
		below.lo = n->v->lo;
		add_arm(m, gr, below);
	}
	if (above.hi < n->v->hi) {
		above.lo = above.hi + 1;
		above.hi = n->v->hi;
		add_arm(m, gr, above);
	}
}

/* Does the link leave to `exit`, and where does the chain go on?  NULL: it is none. */
static const struct node *
link_next(const struct node *n, const struct node *exit)
{
	if (arms_target(n) == exit)
		return n->other;
	return n->other == exit && n->arms == 1 ? n->arm[0].to : NULL;
}

/* The links of the chain from n that leaves to `exit`; *end: where it ends. */
static uint32_t
chain_length(const struct merge *m, const struct node *n, const struct node *exit,
	const struct node **end)
{
	const struct node *link = n, *next;
	uint32_t links = 0;
	while (exit != NULL && link->kind == NODE_TEST && !link->v->traps &&
		(links == 0 || m->into[link->id] == 1) &&
		(next = link_next(link, exit)) != NULL) {
		links++;
		link = next;
	}
	*end = link;
	return links;
}

/* The chain that begins at n, the longer of the two that may; its other links are
 * marked, so that none begins there. */
static void
find_chain(struct merge *m, const struct node *n)
{
	const struct node *end, *end2, *exit = arms_target(n);
	uint32_t links = chain_length(m, n, exit, &end);
	uint32_t links2 = n->arms == 1 ? chain_length(m, n, n->other, &end2) : 0;
	if (links2 > links) {
		links = links2;
		exit = n->other;
		end = end2;
	}
	if (links == 0)
		exit = NULL;
	m->chain[n->id] = (struct chain){ exit, end };
	for (const struct node *link = n; exit != NULL && link != end;) {
		m->inside[link->id] = link != n;
		link = link_next(link, exit);
	}
}

/* The links from n to `end`, as groups in the order of their first ones. */
static void
collect(struct merge *m, const struct node *n)
{
	const struct node *exit = m->chain[n->id].exit, *end = m->chain[n->id].end;
	m->groups = 0;
	for (const struct node *link = n; link != end; link = link_next(link, exit)) {
		if (arms_target(link) == exit)
			add_arms(m, link);
		else
			add_gaps(m, link);
	}
	for (uint32_t i = 0; i < m->groups; i++) { /* ready for the next chain */
		const struct value *v = m->group[i].v;
		m->group_of[v->id] = 0;
		if (v->kind == VALUE_ARITH)
			m->group_of[v->a->id] = 0;
	}
}

/* Does none of `n` arms take a part of `a`, or one take all of it (*covered)? */
static bool
keeps_whole(const struct arm *a, const struct arm *arm, uint32_t n, bool *covered)
{
	*covered = false;
	for (uint32_t i = 0; i < n; i++) {
		if (arm[i].hi < a->lo || arm[i].lo > a->hi)
			continue;
		*covered = arm[i].lo <= a->lo && arm[i].hi >= a->hi;
		return *covered;
	}
	return true;
}

/* A node; where `other` tests the same value, one switch of both, unless the one's arms
 * would cut the other's in pieces. */
static const struct node *
make_switch(struct merge *m, const struct value *v, struct arm *arm, uint32_t arms,
	const struct node *other, bool shared, const struct source_span *source)
{
	if (other->kind != NODE_TEST || other->v != v || shared)
		return graph_node(m->g, v, arm, arms, other, source);
	struct arm *all = ARENA_ARRAY(m->scratch, arms + other->arms, struct arm);
	uint32_t n = arms;
	if (arms > 0)
		memcpy(all, arm, arms * sizeof(*arm));
	for (uint32_t i = 0; i < other->arms; i++) {
		bool covered;
		if (!keeps_whole(&other->arm[i], arm, arms, &covered))
			return graph_node(m->g, v, arm, arms, other, source);
		if (!covered)
			all[n++] = other->arm[i];
	}
	return graph_node(m->g, v, all, n, other->other, source);
}

/* The group that tests `v`, which has been loaded on every way to the chain, goes first:
 * it costs no load, and nothing is read further than before. */
static void
move_up(struct merge *m, const struct value *v)
{
	for (uint32_t i = 1; i < m->groups && v != NULL; i++) {
		struct group gr = m->group[i];
		if (gr.v != v)
			continue;
		memmove(&m->group[1], &m->group[0], i * sizeof(gr));
		m->group[0] = gr;
		return;
	}
}

static const struct node *
rebuild_chain(struct merge *m, const struct node *n)
{
	const struct chain *c = &m->chain[n->id];
	const struct node *next = m->made[c->end->id], *out = m->made[c->exit->id];
	bool shared = m->into[c->end->id] > 1;
	collect(m, n);
	move_up(m, m->from[n->id]);
	for (uint32_t i = m->groups; i-- > 0;) {
		struct group *gr = &m->group[i];
		gr->arms = arms_unite(gr->arm, gr->arms);
		for (uint32_t j = 0; j < gr->arms; j++)
			gr->arm[j].to = out;
		next = make_switch(m, gr->v, gr->arm, gr->arms, next, shared, gr->source);
	}
	return next;
}

/* The node with new targets. */
static const struct node *
rebuild_node(struct merge *m, const struct node *n)
{
	struct arm *arm = ARENA_ARRAY(m->scratch, n->arms, struct arm);
	for (uint32_t i = 0; i < n->arms; i++) {
		arm[i] = n->arm[i];
		arm[i].to = m->made[n->arm[i].to->id];
	}
	if (n->kind == NODE_BIND)
		return graph_bind(m->g, n->slot, n->v, m->made[n->other->id], n->source);
	return make_switch(m, n->v, arm, n->arms, m->made[n->other->id],
		m->into[n->other->id] > 1, n->source);
}

static void
count_edge(struct merge *m, const struct node *from, const struct node *to)
{
	const struct value *tested = from->kind == NODE_TEST ? from->v : NULL;
	if (m->into[to->id]++ == 0)
		m->from[to->id] = tested;
	else if (m->from[to->id] != tested)
		m->from[to->id] = NULL;
}

static void
count_edges(struct merge *m, const bool *reached, uint32_t nodes)
{
	for (uint32_t id = 0; id < nodes; id++) {
		const struct node *n = m->g->node[id];
		if (!reached[id] || n->v == NULL)
			continue;
		count_edge(m, n, n->other);
		for (uint32_t i = 0; i < n->arms; i++)
			if (i == 0 || n->arm[i].to != n->arm[i - 1].to)
				count_edge(m, n, n->arm[i].to);
	}
}

void
pass_merge(struct graph *g, struct arena *scratch)
{
	uint32_t nodes = g->root->id + 1;
	const bool *reached = graph_reached(g, scratch);
	struct merge m = { .g = g,
		.scratch = scratch,
		.into = ARENA_ARRAY(scratch, nodes, uint32_t),
		.from = ARENA_ARRAY(scratch, nodes, const struct value *),
		.inside = ARENA_ARRAY(scratch, nodes, bool),
		.chain = ARENA_ARRAY(scratch, nodes, struct chain),
		.made = ARENA_ARRAY(scratch, nodes, const struct node *),
		.group_of = ARENA_ARRAY(scratch, g->values.count, uint32_t) };
	count_edges(&m, reached, nodes);
	for (uint32_t id = nodes; id-- > 0;)
		if (reached[id] && !m.inside[id] && g->node[id]->kind == NODE_TEST)
			find_chain(&m, g->node[id]);
	for (uint32_t id = 0; id < nodes; id++) {
		const struct node *n = g->node[id];
		if (n->v == NULL)
			m.made[id] = n;
		else if (reached[id] && !m.inside[id])
			m.made[id] = m.chain[id].exit != NULL ? rebuild_chain(&m, n)
							      : rebuild_node(&m, n);
	}
	g->root = m.made[g->root->id];
}
