/* pass_regroup.c: the tests of a chain in groups, one a value.
 *
 * All tests of one value move up to the first of them: that value has been loaded there
 * anyway, so no packet is read further than before, whatever its captured length (DESIGN:
 * truncated packets).  Neighbours are then made one switch by pass_switch.c. */
#include "pass.h"

#include "broken.h"
#include "chain.h"

struct regroup {
	uint32_t *group_of; /* by value id: the group's number + 1, of this chain */
};

/* Numbers of the links' groups, in the order of their first links; returns how many. */
static uint32_t
number_groups(struct regroup *r, const struct links *l, uint32_t *group)
{
	uint32_t groups = 0;
	for (uint32_t i = 0; i < l->count; i++) {
		uint32_t *number = &r->group_of[l->link[i]->v->id];
		if (*number == 0)
			*number = ++groups;
		group[i] = *number - 1;
	}
	return groups;
}

/* The group that tests what has been loaded on every way to the chain goes first: it
 * costs no load, and nothing is read further than before. */
static void
move_up(uint32_t *group, uint32_t links, uint32_t number)
{
	if (number == 0)
		return;
	for (uint32_t i = 0; i < links; i++)
		if (group[i] == number - 1)
			group[i] = 0;
		else if (group[i] < number - 1)
			group[i]++;
}

static const struct node *
rebuild(struct chains *c, void *ctx, const struct node *first)
{
	struct regroup *r = ctx;
	const struct chain *at = &c->at[first->id];
	const struct links l = chain_links(c, first);
	const struct value *loaded = c->from[first->id];
	const struct node *next = c->made[at->end->id];
	uint32_t *group = ARENA_ARRAY(c->scratch, l.count, uint32_t);
	uint32_t groups = number_groups(r, &l, group);
	if (loaded != NULL)
		move_up(group, l.count, r->group_of[loaded->id]);
	for (uint32_t i = 0; i < l.count; i++) /* ready for the next chain */
		r->group_of[l.link[i]->v->id] = 0;
	uint32_t *place = ARENA_ARRAY(c->scratch, groups + 1, uint32_t);
	uint32_t *sorted = ARENA_ARRAY(c->scratch, l.count, uint32_t);
	for (uint32_t i = 0; i < l.count; i++)
		place[group[i] + 1]++;
	for (uint32_t i = 0; i < groups; i++)
		place[i + 1] += place[i];
	for (uint32_t i = 0; i < l.count; i++)
		sorted[place[group[i]]++] = i;
	for (uint32_t i = l.count - IS_BROKEN(REGROUP); i-- > 0;)
		next = chain_link(c, l.link[sorted[i]], at, next);
	return next;
}

void
pass_regroup(struct graph *g, struct arena *scratch)
{
	struct chains c;
	struct regroup r = { ARENA_ARRAY(scratch, g->values.count, uint32_t) };
	chains_find(&c, g, scratch);
	chains_rebuild(&c, &r, rebuild, chain_node);
}
