/* order.c: graph in, blocks in a row out: switches become comparisons (a few in the order
 * of the source, many as a balanced tree) or look-ups, then blocks are put in a row so
 * that the false side comes last, as tcpdump's listings have it. */
#include "order.h"

#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "layout.h"
#include "stages.h"

struct lower {
	const struct graph *g;
	const struct order_opts *opts;
	struct arena *arena;
	struct sets sets;
	struct block **of;            /* by node id */
	const struct stages **stages; /* by node id: the look-up that begins there */
	const struct value *part;     /* the slot for what its stages give */
	struct block **made;          /* all, by id */
	uint32_t count, room;
	struct block **bucket;
	uint32_t buckets;
};

static uint32_t
hash(const struct block *b)
{
	uint32_t h = b->v->id * 0x9e3779b1u ^ (b->rhs ? b->rhs->id + 1 : 0);
	h = (h ^ b->k) * 0x85ebca6bu ^ b->compare;
	h ^= b->set != NULL ? b->set->hash : 0;
	h ^= b->within != NULL ? 1 : 0;
	h = (h ^ b->jt->id) * 0xc2b2ae35u;
	h = (h ^ b->jf->id) * 0x9e3779b1u;
	return h ^ h >> 15;
}

static bool
same(const struct block *x, const struct block *y)
{
	return x->v == y->v && x->rhs == y->rhs && x->compare == y->compare &&
	       x->k == y->k && x->set == y->set && x->within == y->within &&
	       x->slot == y->slot && x->jt == y->jt && x->jf == y->jf;
}

static void
grow(struct lower *l)
{
	uint32_t n = l->buckets * 4;
	struct block **to = ARENA_ARRAY(l->arena, n, struct block *);
	for (uint32_t i = 0; i < l->buckets; i++)
		for (struct block *b = l->bucket[i], *next; b != NULL; b = next) {
			next = b->chain;
			struct block **slot = &to[hash(b) & (n - 1)];
			b->chain = *slot;
			*slot = b;
		}
	l->bucket = to;
	l->buckets = n;
}

static struct block *
append(struct lower *l, const struct block *like)
{
	ARENA_MORE(l->arena, l->made, l->count, &l->room);
	struct block *b = arena_copy(l->arena, like, sizeof(*like));
	b->id = l->count;
	l->made[l->count++] = b;
	return b;
}

static struct block *
make(struct lower *l, struct block like)
{
	uint32_t h = hash(&like);
	for (struct block *b = l->bucket[h & (l->buckets - 1)]; b != NULL; b = b->chain)
		if (same(b, &like))
			return b;
	if (l->count >= l->buckets)
		grow(l);
	like.kind = like.set != NULL ? BLOCK_LOOKUP : BLOCK_TEST;
	struct block *b = append(l, &like);
	struct block **slot = &l->bucket[h & (l->buckets - 1)];
	b->chain = *slot;
	*slot = b;
	return b;
}

/* What is left of a switch, or all of it. */
struct rest {
	const struct node *n;
	const struct arm *arm;
	uint32_t arms;
	struct block *other;
};

/* One range: at most two comparisons. */
static struct block *
lower_arm(struct lower *l, const struct node *n, const struct arm *a, struct block *other)
{
	const struct value *v = n->v;
	struct block *to = l->of[a->to->id];
	struct block b = { .v = v, .jt = to, .jf = other, .source = n->source };
	if (v->kind == VALUE_ARITH && v->op >= OP_EQ) { /* 1 or 0 */
		b.compare = v->op == OP_EQ ? CMP_EQ : v->op == OP_GT ? CMP_GT : CMP_GE;
		b.v = v->a;
		b.rhs = v->b;
		if (a->lo == 0) {
			b.jt = other;
			b.jf = to;
		}
		return make(l, b);
	}
	bool masked =
		v->kind == VALUE_ARITH && v->op == OP_AND && v->b->kind == VALUE_CONST;
	bool power = masked && (v->b->k & (v->b->k - 1)) == 0; /* v is 0 or the mask */
	if (masked && a->lo == 0 && a->hi == 0) {
		b.compare = CMP_SET;
		b.v = v->a;
		b.k = v->b->k;
		b.jt = other;
		b.jf = to;
	} else if (masked && a->hi == v->hi &&
		   (a->lo == 1 || (power && a->lo == v->b->k))) {
		b.compare = CMP_SET;
		b.v = v->a;
		b.k = v->b->k;
	} else if (a->lo == a->hi) {
		b.compare = CMP_EQ;
		b.k = a->lo;
	} else if (a->lo == v->lo || a->hi == v->hi) {
		bool low = a->lo == v->lo && a->hi < v->hi; /* above hi is other */
		bool gt = a->form == FORM_GT && (low || a->lo > 0);
		uint32_t least = low ? a->hi + 1 : a->lo; /* of the upper side */
		b.compare = gt ? CMP_GT : CMP_GE;
		b.k = gt ? least - 1 : least;
		if (low) {
			b.jt = other;
			b.jf = to;
		}
	} else if (a->form == FORM_POINTS && a->hi == a->lo + 1) {
		b.compare = CMP_EQ;
		b.k = a->hi;
		b.jf = make(l, b);
		b.k = a->lo;
	} else {
		b.compare = CMP_GT;
		b.k = a->hi - IS_BROKEN(ORDER);
		b.jt = other;
		b.jf = to;
		b.jt = make(l, b);
		b.jf = other;
		b.compare = CMP_GE;
		b.k = a->lo;
	}
	return make(l, b);
}

static int
by_seq(const void *x, const void *y)
{
	const struct arm *const *a = x, *const *b = y;
	if ((*a)->seq != (*b)->seq)
		return (*a)->seq < (*b)->seq ? -1 : 1;
	return (*a)->lo < (*b)->lo ? -1 : (*a)->lo > (*b)->lo;
}

/* In the order of the source. */
static struct block *
lower_row(struct lower *l, const struct rest *r)
{
	const struct arm **arm = ARENA_ARRAY(l->arena, r->arms, const struct arm *);
	struct block *entry = r->other;
	for (uint32_t i = 0; i < r->arms; i++)
		arm[i] = &r->arm[i];
	qsort(arm, r->arms, sizeof(arm[0]), by_seq);
	for (uint32_t i = r->arms; i-- > 0;)
		entry = lower_arm(l, r->n, arm[i], entry);
	return entry;
}

/* Recursive: its depth is the logarithm of the number of arms. */
static struct block *
lower_tree(struct lower *l, const struct rest *r, uint32_t from, uint32_t arms,
	uint32_t leaf)
{
	if (arms <= leaf) {
		struct block *entry = r->other;
		for (uint32_t i = arms; i-- > 0;)
			entry = lower_arm(l, r->n, &r->arm[from + i], entry);
		return entry;
	}
	uint32_t half = arms / 2;
	struct block b = { .v = r->n->v,
		.compare = CMP_GE,
		.k = r->arm[from + half].lo,
		.source = r->n->source };
	b.jf = lower_tree(l, r, from, half, leaf);
	b.jt = lower_tree(l, r, from + half, arms - half, leaf);
	return make(l, b);
}

static int
by_target(const void *x, const void *y)
{
	const struct arm *a = x, *b = y;
	if (a->to != b->to)
		return a->to->id < b->to->id ? -1 : 1;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

static int
by_lo(const void *x, const void *y)
{
	const struct arm *a = x, *b = y;
	return a->lo < b->lo ? -1 : a->lo > b->lo;
}

static struct block *
lower_lookup(struct lower *l, const struct node *n, const struct arm *arm, uint32_t arms,
	struct block *other)
{
	struct range *range = ARENA_ARRAY(l->arena, arms, struct range);
	for (uint32_t i = 0; i < arms; i++)
		range[i] = (struct range){ arm[i].lo, arm[i].hi };
	return make(l, (struct block){ .v = n->v,
			       .set = sets_add(&l->sets, range, arms),
			       .jt = l->of[arm[0].to->id],
			       .jf = other,
			       .source = n->source });
}

/* Arms that are many and lead to one target become one look-up, behind those that are
 * left. */
static void
take_lookups(struct lower *l, struct rest *r)
{
	const uint32_t arms = r->arms, most = l->opts->lookup;
	if (most == 0 || arms < most)
		return;
	struct arm *arm = arena_copy(l->arena, r->arm, arms * sizeof(*arm));
	qsort(arm, arms, sizeof(*arm), by_target);
	r->arms = 0;
	for (uint32_t i = 0, end; i < arms; i = end) {
		end = i + 1;
		while (end < arms && arm[end].to == arm[i].to)
			end++;
		if (end - i >= most)
			r->other = lower_lookup(l, r->n, &arm[i], end - i, r->other);
		else {
			memmove(&arm[r->arms], &arm[i], (end - i) * sizeof(*arm));
			r->arms += end - i;
		}
	}
	qsort(arm, r->arms, sizeof(*arm), by_lo);
	r->arm = arm;
}

/* As a row in the order of the source; as a tree when it is long, or when what a copy of
 * it would have cost leaves room for one. */
static struct block *
lower_switch(struct lower *l, const struct node *n)
{
	const struct order_opts *o = l->opts;
	struct rest r = { n, n->arm, n->arms, l->of[n->other->id] };
	take_lookups(l, &r);
	uint32_t leaf = r.arms / 4;
	if (!n->shared && r.arms <= o->row)
		return lower_row(l, &r);
	if (leaf > o->leaf_max || !n->shared)
		leaf = o->leaf_max;
	return lower_tree(l, &r, 0, r.arms, leaf < o->leaf_min ? o->leaf_min : leaf);
}

/* Where a stage's look-up goes on: to the next stage, or by what it gave to a target. */
static struct block *
behind_stage(struct lower *l, const struct stages *all, const struct stage *s,
	struct block *deeper, const struct source_span *source)
{
	struct block *to = s->deeper ? deeper : NULL;
	for (uint32_t i = 0; i < all->targets; i++) {
		struct block *target = l->of[all->target[i]->id];
		if ((s->targets >> i & 1) == 0)
			continue;
		to = to == NULL ? target
				: make(l, (struct block){ .v = l->part,
						  .k = STAGE_TARGET(i),
						  .jt = target,
						  .jf = to,
						  .source = source });
	}
	return to;
}

/* Do all that the stage has go one way, into one part? */
static bool
gives_nothing(const struct stages *all, uint32_t stage)
{
	const struct stage *s = &all->stage[stage];
	if (s->deeper)
		return s->targets == 0 && s[1].part == NULL;
	return (s->targets & (s->targets - 1)) == 0;
}

static struct block *
lower_stages(struct lower *l, const struct node *n)
{
	const struct stages *all = l->stages[n->id];
	struct block *to = NULL;
	for (uint32_t i = all->count; i-- > 0;) {
		const struct stage *s = &all->stage[i];
		const bool none = gives_nothing(all, i);
		to = behind_stage(l, all, s, to, n->source);
		to = make(l, (struct block){ .v = s->v,
				     .set = sets_add_parts(&l->sets, s->range, s->part,
					     none ? NULL : s->gives, s->count),
				     .within = s->part != NULL ? l->part : NULL,
				     .slot = none ? NULL : l->part,
				     .jt = to,
				     .jf = l->of[all->other->id],
				     .source = n->source });
	}
	return to;
}

/* A slot that nothing else has, if one is left. */
static void
find_part(struct lower *l, const bool *reached)
{
	uint32_t slots = 0;
	for (uint32_t id = 0; id <= l->g->root->id; id++) {
		const struct value *slot = reached[id] ? l->g->node[id]->slot : NULL;
		if (slot != NULL && slot->k >= slots)
			slots = slot->k + 1;
	}
	if (l->opts->lookup == 0 || slots >= SLOTS)
		return;
	struct value *part = ARENA_NEW(l->arena, struct value);
	*part = (struct value){ .kind = VALUE_SLOT,
		.k = slots,
		.slots = (uint16_t)(1u << slots),
		.depth = 1,
		.weight = 1,
		.hi = UINT32_MAX,
		.id = l->g->values.count };
	l->part = part;
}

/* From the root on: the nodes that become blocks by themselves, and the look-ups in
 * stages that stand for all the others. */
static bool *
find_needed(struct lower *l)
{
	const struct graph *g = l->g;
	bool *needed = ARENA_ARRAY(l->arena, g->root->id + 1, bool);
	struct staging *staging = l->part != NULL ? staging_of(g, l->arena) : NULL;
	needed[g->root->id] = true;
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!needed[id] || n->v == NULL)
			continue;
		needed[n->other->id] = true;
		if (staging != NULL)
			l->stages[id] = staging_at(staging, n, l->opts->lookup);
		if (l->stages[id] != NULL)
			for (uint32_t i = 0; i < l->stages[id]->targets; i++)
				needed[l->stages[id]->target[i]->id] = true;
		else
			for (uint32_t i = 0; i < n->arms; i++)
				needed[n->arm[i].to->id] = true;
	}
	return needed;
}

static void
lower(struct lower *l)
{
	const struct graph *g = l->g;
	struct block *reject = append(l, &(struct block){ .kind = BLOCK_REJECT });
	struct block *accept = append(l, &(struct block){ .kind = BLOCK_ACCEPT });
	find_part(l, graph_reached(g, l->arena));
	const bool *needed = find_needed(l);
	for (uint32_t id = 0; id <= g->root->id; id++) {
		const struct node *n = g->node[id];
		if (n->v == NULL)
			l->of[id] = n->kind == NODE_ACCEPT ? accept : reject;
		else if (needed[id] && n->kind == NODE_BIND)
			l->of[id] = append(l, &(struct block){ .kind = BLOCK_BIND,
						      .v = n->v,
						      .slot = n->slot,
						      .jt = l->of[n->other->id],
						      .source = n->source });
		else if (needed[id])
			l->of[id] = l->stages[id] != NULL ? lower_stages(l, n)
							  : lower_switch(l, n);
	}
}

static void
place(struct lower *l, struct block *root, struct order *out)
{
	struct ways *ways = ARENA_ARRAY(l->arena, l->count, struct ways);
	uint32_t *row = ARENA_ARRAY(l->arena, l->count, uint32_t);
	for (uint32_t i = 0; i < l->count; i++) {
		const struct block *b = l->made[i];
		ways[i].jt = b->jt != NULL ? b->jt->id : LAYOUT_NONE;
		ways[i].jf = b->jf != NULL ? b->jf->id : LAYOUT_NONE;
	}
	out->count = layout(l->arena, ways, l->count, root->id, row);
	out->block = ARENA_ARRAY(l->arena, out->count, struct block *);
	for (uint32_t i = 0; i < out->count; i++) {
		out->block[i] = l->made[row[i]];
		out->block[i]->index = i;
		const struct value *slot = out->block[i]->slot;
		if (slot != NULL && slot->k >= out->slots)
			out->slots = slot->k + 1;
	}
}

static uint32_t
constant_extent(const struct value *v)
{
	uint32_t a = v->a != NULL ? constant_extent(v->a) : 0;
	uint32_t b = v->b != NULL ? constant_extent(v->b) : 0;
	uint32_t own = v->kind == VALUE_LOAD && v->a == NULL ? v->k + v->size : 0;
	a = a > b ? a : b;
	return a > own ? a : own;
}

/* From the last block to the first. */
static void
annotate_extents(const struct order *o)
{
	for (uint32_t i = o->count; i-- > 0;) {
		struct block *b = o->block[i];
		if (b->jt == NULL) {
			b->extent = b->kind == BLOCK_REJECT ? UINT32_MAX : 0;
			continue;
		}
		uint32_t own = constant_extent(b->v);
		uint32_t rhs = b->rhs != NULL ? constant_extent(b->rhs) : 0;
		b->extent = b->jt->extent;
		if (b->jf != NULL && b->jf->extent < b->extent)
			b->extent = b->jf->extent;
		b->extent = b->extent > own ? b->extent : own;
		b->extent = b->extent > rhs ? b->extent : rhs;
	}
}

void
order(const struct graph *g, const struct order_opts *opts, struct arena *arena,
	struct order *out)
{
	struct lower l = { .g = g,
		.opts = opts,
		.arena = arena,
		.sets = { .arena = arena },
		.buckets = 256,
		.of = ARENA_ARRAY(arena, g->root->id + 1, struct block *),
		.stages = ARENA_ARRAY(arena, g->root->id + 1, const struct stages *),
		.bucket = ARENA_ARRAY(arena, 256, struct block *) };
	lower(&l);
	out->snaplen = g->snaplen;
	out->slots = 0;
	out->sets = l.sets.count;
	place(&l, l.of[g->root->id], out);
	annotate_extents(out);
}
