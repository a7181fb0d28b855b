/* pass_switch.c: neighbouring tests of one value become one switch: those of a chain, and
 * a test whose `other` leads to a test of the same value.  Ranges that touch become one.
 */
#include "pass.h"

#include <string.h>

#include "broken.h"
#include "chain.h"

struct row { /* neighbouring links of one value */
	const struct value *v;
	struct arm *arm; /* of all, that leave to the exit */
	uint32_t arms, room;
	const struct source_span *source;
};

static void
add_arm(struct chains *c, struct row *r, struct arm a)
{
	ARENA_MORE(c->scratch, r->arm, r->arms, &r->room);
	r->arm[r->arms++] = a;
}

/* Adds a link that leaves with all numbers but those of its one arm. */
static void
add_gaps(struct chains *c, struct row *r, const struct node *n)
{
	struct arm below = n->arm[0], above = n->arm[0];
	if (below.lo > n->v->lo) {
		below.hi = below.lo - 1;
		below.lo = n->v->lo;
		add_arm(c, r, below);
	}
	if (above.hi < n->v->hi) {
		above.lo = above.hi + 1;
		above.hi = n->v->hi;
		add_arm(c, r, above);
	}
}

static void
add_link(struct chains *c, struct row *r, const struct node *n, const struct node *exit)
{
	if (r->source != n->source)
		for (const struct source_span *s = n->source; s != NULL; s = s->next)
			r->source = graph_span(c->g, s->span, r->source);
	if (!chain_by_arms(n, exit))
		add_gaps(c, r, n);
	else
		for (uint32_t i = 0; i < n->arms; i++)
			add_arm(c, r, n->arm[i]);
}

/* Does none of `n` arms, which are ascending, take a part of `a`, or one take all of it
 * (*covered)? */
static bool
keeps_whole(const struct arm *a, const struct arm *arm, uint32_t n, bool *covered)
{
	uint32_t i = 0, end = n; /* the first that does not end before it */
	while (i < end) {
		uint32_t mid = i + (end - i) / 2;
		if (arm[mid].hi < a->lo)
			i = mid + 1;
		else
			end = mid;
	}
	*covered = i < n && arm[i].lo <= a->lo && arm[i].hi >= a->hi;
	return *covered || i == n || arm[i].lo > a->hi;
}

/* The row's node; where `other` tests the same value, one switch of both, unless the
 * one's arms would cut the other's in pieces. */
static const struct node *
make_switch(struct chains *c, const struct row *r, const struct node *other, bool shared)
{
	if (other->kind != NODE_TEST || other->v != r->v || shared)
		return graph_node(c->g, r->v, r->arm, r->arms, other, r->source);
	struct arm *all = ARENA_ARRAY(c->scratch, r->arms + other->arms, struct arm);
	uint32_t n = r->arms;
	if (r->arms > 0)
		memcpy(all, r->arm, r->arms * sizeof(*r->arm));
	for (uint32_t i = 0; i < other->arms; i++) {
		bool covered;
		if (!keeps_whole(&other->arm[i], r->arm, r->arms, &covered))
			return graph_node(c->g, r->v, r->arm, r->arms, other, r->source);
		if (!covered)
			all[n++] = other->arm[i];
	}
	return graph_node(c->g, r->v, all, n, other->other, r->source);
}

static const struct node *
rebuild_chain(struct chains *c, void *ctx, const struct node *first)
{
	(void)ctx;
	const struct chain *at = &c->at[first->id];
	const struct links l = chain_links(c, first);
	const struct node *next = c->made[at->end->id], *out = c->made[at->exit->id];
	const bool shared = c->into[at->end->id] > 1;
	for (uint32_t end = l.count, begin; end > 0; end = begin) {
		const struct value *v = l.link[end - 1]->v;
		for (begin = end - 1; begin > 0 && l.link[begin - 1]->v == v;)
			begin--;
		bool joins = next->kind == NODE_TEST && next->v == v && !shared;
		if (end - begin == 1 && !joins &&
			chain_by_arms(l.link[begin], at->exit)) {
			next = chain_link(c, l.link[begin], at, next);
			continue;
		}
		struct row r = { .v = v, .source = l.link[begin]->source };
		for (uint32_t i = begin; i < end; i++)
			add_link(c, &r, l.link[i], at->exit);
		r.arms = arms_unite(r.arm, r.arms - IS_BROKEN(SWITCH));
		for (uint32_t i = 0; i < r.arms; i++)
			r.arm[i].to = out;
		next = make_switch(c, &r, next, shared);
	}
	return next;
}

static const struct node *
rebuild_node(struct chains *c, const struct node *n)
{
	const struct node *next = c->made[n->other->id];
	bool joins = next->kind == NODE_TEST && next->v == n->v;
	if (n->kind == NODE_BIND || !joins || c->into[n->other->id] > 1)
		return chain_node(c, n);
	struct row r = { .v = n->v,
		.arm = ARENA_ARRAY(c->scratch, n->arms, struct arm),
		.arms = n->arms,
		.source = n->source };
	for (uint32_t i = 0; i < n->arms; i++) {
		r.arm[i] = n->arm[i];
		r.arm[i].to = c->made[n->arm[i].to->id];
	}
	return make_switch(c, &r, next, false);
}

void
pass_switch(struct graph *g, struct arena *scratch)
{
	struct chains c;
	chains_find(&c, g, scratch);
	chains_rebuild(&c, NULL, rebuild_chain, rebuild_node);
}
