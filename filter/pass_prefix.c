/* pass_prefix.c: tests of prefixes become ranges.
 *
 * In a chain, tests of one field under different masks of leading ones (nets of different
 * lengths), or under a mask and as a whole, become tests of the field itself, which can
 * then be one switch: x & 0xff000000 = 0x0a000000 is x in [0x0a000000, 0x0affffff]. Under
 * one mask alone they stay: `and` and `jeq` are as short. */
#include "pass.h"

#include "broken.h"
#include "chain.h"

struct prefix {
	/* By value id, of the field: what the chain's tests of it look at. */
	const struct value **seen;
	bool *differ; /* ... at more than one thing */
};

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

/* What a link tests: the field under its mask, where that could become ranges. */
static const struct value *
tested(const struct node *link, const struct chain *at)
{
	const struct value *field = chain_by_arms(link, at->exit) ? field_of(link) : NULL;
	return field != NULL ? field : link->v;
}

/* The link with the numbers under the mask as ranges of the field. */
static const struct node *
widen(struct chains *c, const struct node *link, const struct node *out,
	const struct node *next)
{
	const struct value *v = link->v;
	uint32_t rest = ~v->b->k & v->a->hi;
	struct arm *arm = ARENA_ARRAY(c->scratch, link->arms, struct arm);
	for (uint32_t i = 0; i < link->arms; i++) {
		arm[i] = link->arm[i];
		arm[i].hi = arm[i].lo | (IS_BROKEN(PREFIX) ? rest >> 1 : rest);
		arm[i].to = out;
	}
	return graph_node(c->g, v->a, arm, link->arms, next, link->source);
}

static const struct node *
rebuild(struct chains *c, void *ctx, const struct node *first)
{
	struct prefix *p = ctx;
	const struct chain *at = &c->at[first->id];
	const struct links l = chain_links(c, first);
	const struct node *next = c->made[at->end->id];
	for (uint32_t i = 0; i < l.count; i++) {
		uint32_t id = tested(l.link[i], at)->id;
		if (p->seen[id] == NULL)
			p->seen[id] = l.link[i]->v;
		p->differ[id] |= p->seen[id] != l.link[i]->v;
	}
	for (uint32_t i = l.count; i-- > 0;) {
		const struct node *link = l.link[i];
		const struct value *field = tested(link, at);
		if (field != link->v && p->differ[field->id])
			next = widen(c, link, c->made[at->exit->id], next);
		else
			next = chain_link(c, link, at, next);
	}
	for (uint32_t i = 0; i < l.count; i++) { /* ready for the next chain */
		uint32_t id = tested(l.link[i], at)->id;
		p->seen[id] = NULL;
		p->differ[id] = false;
	}
	return next;
}

void
pass_prefix(struct graph *g, struct arena *scratch)
{
	struct chains c;
	struct prefix p = { ARENA_ARRAY(scratch, g->values.count, const struct value *),
		ARENA_ARRAY(scratch, g->values.count, bool) };
	chains_find(&c, g, scratch);
	chains_rebuild(&c, &p, rebuild, chain_node);
}
