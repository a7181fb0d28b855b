/* stages.c: a graph in, the look-ups in several stages that are in it out. */
#include "stages.h"

#include <string.h>

#include "broken.h"

/* What a node and those below it are, as far as they are stages. */
struct below {
	uint32_t count;  /* of stages */
	uint64_t ranges; /* at most */
	const struct value *v[STAGES_MAX];
	uint32_t targets;
	const struct node *target[TARGETS_MAX];
};

struct staging {
	const struct graph *g;
	struct arena *arena;
	/* By node id. */
	const struct value **via; /* all ways into it are arms of nodes that look at this
				   * word, and go where it goes otherwise; or NULL */
	struct below **below;     /* NULL: it is no stage */
	uint32_t *begins;         /* its part in the look-up in hand */
	uint32_t *taken;          /* the look-up that has it: 1, 2 … */
	uint32_t taker;
};

/* --- what nodes are ---------------------------------------------------------------- */

/* What a node looks at: a word, or as much of it as is left without its `low` bits. */
struct word {
	const struct value *v;
	uint32_t low; /* 0, 1, 3, 7 … */
};

static struct word
word_of(const struct node *n)
{
	const struct value *v = n->v;
	if (v->kind != VALUE_ARITH || v->op != OP_AND || v->b->kind != VALUE_CONST)
		return (struct word){ v, 0 };
	uint32_t all = v->a->hi; /* the bits that it may have */
	for (unsigned i = 1; i < 32; i *= 2)
		all |= all >> i;
	const uint32_t low = all & ~v->b->k;
	if ((low & (low + 1)) != 0)
		return (struct word){ v, 0 };
	return (struct word){ v->a, low };
}

/* The numbers of the word that the arm is for; false where there are none. */
static bool
range_of(struct word w, const struct arm *a, struct range *out)
{
	if (a->lo > UINT32_MAX - w.low)
		return false;
	*out = (struct range){ (a->lo + w.low) & ~w.low, a->hi | w.low };
	return out->lo <= out->hi;
}

static void
find_ways(struct staging *s, const bool *reached)
{
	const uint32_t nodes = s->g->root->id + 1;
	bool *met = ARENA_ARRAY(s->arena, nodes, bool);
	for (uint32_t id = nodes; id-- > 0;) {
		const struct node *n = s->g->node[id];
		if (!reached[id] || n->v == NULL)
			continue;
		const struct value *v = word_of(n).v;
		met[n->other->id] = true;
		s->via[n->other->id] = NULL;
		for (uint32_t i = 0; i < n->arms; i++) {
			const struct node *to = n->arm[i].to;
			if (!met[to->id] && to->other == n->other)
				s->via[to->id] = v;
			else if (s->via[to->id] != v || to->other != n->other)
				s->via[to->id] = NULL;
			met[to->id] = true;
		}
	}
}

static bool
add_target(struct below *b, const struct node *to)
{
	for (uint32_t i = 0; i < b->targets; i++)
		if (b->target[i] == to)
			return true;
	if (b->targets == TARGETS_MAX)
		return false;
	b->target[b->targets++] = to;
	return true;
}

/* What is below `to` if that may be the stage behind one of `v`; or NULL. */
static const struct below *
may_follow(const struct staging *s, const struct value *v, const struct node *to)
{
	const struct below *b = s->below[to->id];
	if (s->via[to->id] != v || b == NULL || b->count == STAGES_MAX)
		return NULL;
	for (uint32_t i = 0; i < b->count; i++)
		if (b->v[i] == v)
			return NULL;
	return b;
}

/* The most that is below a node: what tests the same is the next stage. */
static const struct below *
choose_child(const struct staging *s, const struct node *n)
{
	const struct value *v = word_of(n).v;
	const struct below *best = NULL;
	const struct node *last = NULL;
	for (uint32_t i = 0; i < n->arms; i++) {
		const struct node *to = n->arm[i].to;
		const struct below *b = to != last ? may_follow(s, v, to) : NULL;
		if (b != NULL && (best == NULL || b->ranges > best->ranges))
			best = b;
		last = to;
	}
	return best;
}

/* Do both test the same, as far as they go? */
static bool
agree(const struct below *b, const struct value *const *v, uint32_t count)
{
	for (uint32_t i = 0; i < b->count && i < count; i++)
		if (b->v[i] != v[i])
			return false;
	return true;
}

/* Adds `c` to what is below b; false when there are too many targets. */
static bool
add_child(struct below *b, const struct below *c)
{
	for (uint32_t i = b->count - 1; i < c->count; i++)
		b->v[b->count++] = c->v[i];
	b->ranges += c->ranges;
	for (uint32_t i = 0; i < c->targets; i++)
		if (!add_target(b, c->target[i]))
			return false;
	return true;
}

/* `best` is the child that others are to agree with, or NULL. */
static bool
gather(const struct staging *s, const struct node *n, const struct below *best,
	struct below *b)
{
	const struct value *v = word_of(n).v;
	*b = (struct below){ .count = 1, .ranges = n->arms, .v = { v } };
	if (best != NULL && !add_child(b, best))
		return false;
	for (uint32_t i = 0; i < n->arms; i++) {
		const struct node *to = n->arm[i].to;
		const struct below *c = best != NULL ? may_follow(s, v, to) : NULL;
		if (c == NULL || !agree(c, b->v + 1, b->count - 1)) {
			if (!add_target(b, to))
				return false;
		} else if (c != best && !add_child(b, c)) {
			return false;
		}
	}
	return true;
}

/* The next stage's node, as gather decided? */
static bool
is_child(const struct staging *s, const struct node *n, const struct node *to)
{
	const struct below *b = s->below[n->id];
	const struct below *c = b->count > 1 ? may_follow(s, b->v[0], to) : NULL;
	return c != NULL && agree(c, b->v + 1, b->count - 1);
}

/* A number, and no arm is for none. */
static bool
is_plain(const struct node *n)
{
	struct range range;
	if (n->kind != NODE_TEST || (n->v->kind == VALUE_ARITH && n->v->op >= OP_EQ))
		return false;
	for (uint32_t i = 0; i < n->arms; i++)
		if (!range_of(word_of(n), &n->arm[i], &range))
			return false;
	return true;
}

static void
judge(struct staging *s, const struct node *n)
{
	struct below b;
	if (!is_plain(n))
		return;
	const struct below *best = choose_child(s, n);
	if (gather(s, n, best, &b) || (best != NULL && gather(s, n, NULL, &b)))
		s->below[n->id] = arena_copy(s->arena, &b, sizeof(b));
}

struct staging *
staging_of(const struct graph *g, struct arena *arena)
{
	const uint32_t nodes = g->root->id + 1;
	const bool *reached = graph_reached(g, arena);
	struct staging *s = ARENA_NEW(arena, struct staging);
	*s = (struct staging){ .g = g,
		.arena = arena,
		.via = ARENA_ARRAY(arena, nodes, const struct value *),
		.below = ARENA_ARRAY(arena, nodes, struct below *),
		.begins = ARENA_ARRAY(arena, nodes, uint32_t),
		.taken = ARENA_ARRAY(arena, nodes, uint32_t) };
	find_ways(s, reached);
	for (uint32_t id = 0; id < nodes; id++)
		if (reached[id])
			judge(s, g->node[id]);
	return s;
}

/* --- one look-up ------------------------------------------------------------------- */

/* Nodes of one stage, in a row; `ranges` of all of them. */
struct row {
	const struct node **node;
	uint32_t nodes, room, ranges;
};

static void
append(struct staging *s, struct row *row, const struct node *n)
{
	if (s->taken[n->id] == s->taker)
		return;
	ARENA_MORE(s->arena, row->node, row->nodes, &row->room);
	row->node[row->nodes++] = n;
	s->taken[n->id] = s->taker;
	s->begins[n->id] = row->ranges;
	row->ranges += n->arms;
}

static uint32_t
index_of(const struct stages *out, const struct node *target)
{
	uint32_t i = 0;
	while (out->target[i] != target)
		i++;
	return i;
}

/* One row's stage; the next row. */
static struct row
make_stage(struct staging *s, struct stages *out, const struct row *row)
{
	struct stage *stage = &out->stage[out->count++];
	struct row next = { 0 };
	uint32_t *part = ARENA_ARRAY(s->arena, row->ranges, uint32_t);
	uint32_t *gives = ARENA_ARRAY(s->arena, row->ranges, uint32_t);
	*stage = (struct stage){ .v = word_of(row->node[0]).v,
		.range = ARENA_ARRAY(s->arena, row->ranges, struct range),
		.part = row->nodes > 1 ? part : NULL,
		.gives = gives };
	for (uint32_t i = 0; i < row->nodes; i++) {
		const struct node *n = row->node[i];
		for (uint32_t j = 0; j < n->arms; j++) {
			const struct node *to = n->arm[j].to;
			const uint32_t at = stage->count++;
			range_of(word_of(n), &n->arm[j], &stage->range[at]);
			part[at] = s->begins[n->id];
			if (is_child(s, n, to)) {
				append(s, &next, to);
				gives[at] = s->begins[to->id] + IS_BROKEN(PART);
				stage->deeper = true;
			} else {
				const uint32_t target = index_of(out, to);
				gives[at] = STAGE_TARGET(target);
				stage->targets |= 1u << target;
			}
		}
	}
	return next;
}

const struct stages *
staging_at(struct staging *s, const struct node *n, uint32_t least)
{
	const struct below *b = s->below[n->id];
	uint64_t ranges = 0;
	if (b == NULL || b->count < 2 || n->arms < 2 || b->ranges < least)
		return NULL;
	struct stages *out = ARENA_NEW(s->arena, struct stages);
	*out = (struct stages){ .targets = b->targets, .other = n->other };
	memcpy(out->target, b->target, sizeof(out->target));
	struct row row = { 0 };
	s->taker++;
	append(s, &row, n);
	while (row.nodes > 0) {
		ranges += row.ranges;
		row = make_stage(s, out, &row);
	}
	return ranges < least ? NULL : out;
}
