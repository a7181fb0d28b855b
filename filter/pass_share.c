/* pass_share.c: equal look-ups of different fields share one switch.
 *
 * A list of hosts asks the same of two fields of IPv4 and of two of ARP, a list of ports
 * of IPv4 and of IPv6: the same arms, elsewhere in the packet.  Two such nodes X and Y
 * *match* when their arms are the same, and the targets of their arms, and what comes
 * otherwise, are the same node or match in turn.  Then both ways bind slots to what they
 * differ in, and go on in one copy that reads the slots:
 *
 *     IPv4: s0 = [26:4], s1 = 0 \
 *                                > s0 in {…}? accept: [s1 + 30:4] in {…}? accept: reject
 *     ARP:  s0 = [28:4], s1 = 8 /
 *
 * The first switch's value is bound itself where nothing below is read from the same
 * base.  Nothing is read earlier than before but what lies in front of it (DESIGN:
 * truncated packets). */
#include "pass.h"

#include "broken.h"

#include <stdlib.h>

#define SHARE_MIN 16     /* comparisons that one copy saves, at least */
#define ROUNDS 8         /* one pair each */
#define PAIRS_MAX 64     /* nodes of one copy */
#define PAIRS_MIN 2      /* ... one alone shares its tail in the back ends */
#define TRIES 8          /* partners that a node is tried with */
#define BASE_MAX 0xffffu /* an address that a slot may hold */

struct pair {
	const struct node *x, *y, *joined;
};

/* A load at x + by_x + k here, and at y + by_y + k there: slot + k in the copy. */
struct base {
	const struct value *x, *y; /* NULL: 0 */
	uint32_t by_x, by_y;       /* one of them is 0 */
	const struct value *slot;
};

struct share {
	struct graph *g;
	struct arena *scratch;
	struct pair pair[PAIRS_MAX];
	struct base base[SLOTS];
	uint32_t pairs, bases;
	uint32_t saved;            /* comparisons */
	bool by_value;             /* of the first pair the values are bound */
	const struct value *first; /* ... to this slot */
	uint16_t taken;            /* slots, as a mask */
};

struct candidate {
	const struct node *n;
	uint32_t hash; /* of its arms' numbers */
};

/* --- do two nodes match? ---------------------------------------------------------- */

static uint32_t
value_max(const struct value *v)
{
	return v != NULL ? v->hi : 0;
}

static bool
add_base(struct share *s, const struct value *x, const struct value *y)
{
	uint32_t off = x->k < y->k ? x->k : y->k;
	struct base b = { x->a, y->a, x->k - off, y->k - off, NULL };
	if (value_max(b.x) > BASE_MAX - b.by_x || value_max(b.y) > BASE_MAX - b.by_y ||
		b.by_x > BASE_MAX || b.by_y > BASE_MAX)
		return false;
	for (uint32_t i = 0; i < s->bases; i++) {
		const struct base *have = &s->base[i];
		if (have->x == b.x && have->y == b.y && have->by_x == b.by_x &&
			have->by_y == b.by_y)
			return true;
	}
	if (s->bases == SLOTS)
		return false;
	s->base[s->bases++] = b;
	return true;
}

/* Recursive: the depth of values is bounded. */
static bool
match_values(struct share *s, const struct value *x, const struct value *y)
{
	if (x == y)
		return true;
	if (x->kind != y->kind || x->traps || y->traps)
		return false;
	if (x->kind == VALUE_LOAD)
		return x->size == y->size && add_base(s, x, y);
	return x->kind == VALUE_ARITH && x->op == y->op && match_values(s, x->a, y->a) &&
	       match_values(s, x->b, y->b);
}

static bool
same_arms(const struct node *x, const struct node *y)
{
	if (x->kind != NODE_TEST || y->kind != NODE_TEST || x->arms != y->arms)
		return false;
	for (uint32_t i = 0; i < x->arms; i++)
		if (x->arm[i].lo != y->arm[i].lo || x->arm[i].hi != y->arm[i].hi)
			return false;
	return true;
}

static struct pair *
find_pair(struct share *s, const struct node *x, const struct node *y)
{
	for (uint32_t i = 0; i < s->pairs; i++)
		if (s->pair[i].x == x && s->pair[i].y == y)
			return &s->pair[i];
	return NULL;
}

static bool match_targets(struct share *, const struct node *, const struct node *);

/* Recursive: as deep as PAIRS_MAX. */
static bool
match(struct share *s, const struct node *x, const struct node *y)
{
	if (x == y || find_pair(s, x, y) != NULL)
		return true;
	if (s->pairs == PAIRS_MAX || !same_arms(x, y))
		return false;
	s->pair[s->pairs++] = (struct pair){ x, y, NULL };
	s->saved += x->arms;
	return match_values(s, x->v, y->v) && match_targets(s, x, y);
}

static bool
match_targets(struct share *s, const struct node *x, const struct node *y)
{
	for (uint32_t i = 0; i < x->arms; i++) {
		const struct arm *a = &x->arm[i], *b = &y->arm[i];
		if (i > 0 && a->to == x->arm[i - 1].to && b->to == y->arm[i - 1].to)
			continue;
		if (!match(s, a->to, b->to))
			return false;
	}
	return match(s, x->other, y->other);
}

/* Where the bytes end that v reads at constant offsets. */
static uint32_t
constant_end(const struct value *v)
{
	if (v == NULL)
		return 0;
	if (v->kind == VALUE_LOAD && v->a == NULL)
		return v->k + v->size;
	uint32_t a = constant_end(v->a), b = constant_end(v->b);
	return a > b ? a : b;
}

static bool
has_computed_load(const struct value *v)
{
	return v != NULL && ((v->kind == VALUE_LOAD && v->a != NULL) ||
				    has_computed_load(v->a) || has_computed_load(v->b));
}

static bool
contains(const struct value *v, const struct value *part)
{
	return v == part || (v != NULL && (contains(v->a, part) || contains(v->b, part)));
}

/* May `base` be worked out once v has been: does it read nothing further? */
static bool
base_is_known(const struct value *base, const struct value *v)
{
	if (base == NULL || base->kind == VALUE_SLOT || contains(v, base))
		return true;
	return !base->traps && !has_computed_load(base) &&
	       constant_end(base) <= constant_end(v);
}

/* The slots for the bases, and for the first value where that needs one of its own. */
static bool
take_slots(struct share *s)
{
	const struct pair *top = &s->pair[0];
	unsigned free = ~(unsigned)(top->x->slots | top->y->slots) & ((1u << SLOTS) - 1);
	for (uint32_t i = 0; i < s->bases + s->by_value; i++) {
		if (free == 0)
			return false;
		unsigned slot = (unsigned)__builtin_ctz(free);
		free &= free - 1;
		if (i == s->bases) {
			uint32_t x = top->x->v->hi, y = top->y->v->hi;
			s->first = value_slot(&s->g->values, slot, x > y ? x : y);
			break;
		}
		struct base *b = &s->base[i];
		uint32_t x = value_max(b->x) + b->by_x, y = value_max(b->y) + b->by_y;
		if (!base_is_known(b->x, top->x->v) || !base_is_known(b->y, top->y->v))
			return false;
		b->slot = value_slot(&s->g->values, slot, x > y ? x : y);
	}
	return true;
}

static bool
match_first(struct share *s, const struct node *x, const struct node *y)
{
	s->pairs = s->bases = s->saved = 0;
	s->pair[s->pairs++] = (struct pair){ x, y, NULL };
	s->saved += x->arms;
	if (!same_arms(x, y) || x->v->traps || y->v->traps || !match_targets(s, x, y) ||
		s->pairs < PAIRS_MIN || s->saved < SHARE_MIN)
		return false;
	uint32_t bases = s->bases;
	s->by_value = x->v != y->v && (!match_values(s, x->v, y->v) || s->bases > bases);
	if (s->by_value)
		s->bases = bases;
	return take_slots(s);
}

/* --- the copy ----------------------------------------------------------------------- */

/* Recursive: the depth of values is bounded. */
static const struct value *
join_values(const struct share *s, const struct value *x, const struct value *y)
{
	struct values *vs = &s->g->values;
	if (x == y)
		return x;
	if (x->kind == VALUE_ARITH)
		return value_arith(vs, x->op, join_values(s, x->a, y->a),
			join_values(s, x->b, y->b));
	uint32_t off = x->k < y->k ? x->k : y->k, i = 0;
	while (s->base[i].x != x->a || s->base[i].y != y->a ||
		s->base[i].by_x != x->k - off || s->base[i].by_y != y->k - off)
		i++;
	return value_load(vs, s->base[i].slot, off, x->size);
}

static const struct source_span *
join_sources(const struct share *s, const struct node *x, const struct node *y)
{
	const struct source_span *all = x->source;
	for (const struct source_span *p = y->source; p != NULL && p != x->source;
		p = p->next)
		all = graph_span(s->g, p->span, all);
	return all;
}

/* Recursive as match is. */
static const struct node *
join(struct share *s, const struct node *x, const struct node *y)
{
	if (x == y)
		return x;
	struct pair *p = find_pair(s, x, y);
	if (p->joined != NULL)
		return p->joined;
	struct arm *arm = ARENA_ARRAY(s->scratch, x->arms, struct arm);
	for (uint32_t i = 0; i < x->arms; i++) {
		arm[i] = x->arm[i];
		arm[i].to = join(s, x->arm[i].to, y->arm[i].to);
	}
	const struct node *other = join(s, x->other, y->other);
	const struct value *v =
		p == &s->pair[0] && s->by_value ? s->first : join_values(s, x->v, y->v);
	p->joined = graph_shared(
		s->g, graph_node(s->g, v, arm, x->arms, other, join_sources(s, x, y)));
	return p->joined;
}

/* Binds what the copy reads, on the one way into it or the other: the value first. */
static const struct node *
enter(struct share *s, const struct node *copy, const struct node *from, bool is_x)
{
	struct values *vs = &s->g->values;
	for (uint32_t i = s->bases; i-- > 0;) {
		const struct base *b = &s->base[i];
		const struct value *base = is_x ? b->x : b->y;
		const struct value *by =
			value_const(vs, is_x || IS_BROKEN(SHARE) ? b->by_x : b->by_y);
		const struct value *v =
			base == NULL ? by : value_arith(vs, OP_ADD, base, by);
		copy = graph_bind(s->g, b->slot, v, copy, from->source);
	}
	if (s->by_value)
		copy = graph_bind(s->g, s->first, from->v, copy, from->source);
	return copy;
}

/* --- the graph ---------------------------------------------------------------------- */

static int
by_hash(const void *x, const void *y)
{
	const struct candidate *a = x, *b = y;
	if (a->hash != b->hash)
		return a->hash < b->hash ? -1 : 1;
	return a->n->id > b->n->id ? -1 : 1; /* the nearest to the root first */
}

static uint32_t
hash_arms(const struct node *n)
{
	uint32_t h = n->arms;
	for (uint32_t i = 0; i < n->arms; i++) {
		h = (h ^ n->arm[i].lo) * 0x85ebca6bu;
		h = (h ^ n->arm[i].hi) * 0xc2b2ae35u;
		h ^= h >> 15;
	}
	return h;
}

/* The first two that match; what they share is in `s`. */
static bool
find_match(struct share *s, const struct candidate *c, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (uint32_t j = i + 1;
			j < count && j <= i + TRIES && c[j].hash == c[i].hash; j++)
			if (match_first(s, c[i].n, c[j].n))
				return true;
	return false;
}

/* The graph with other nodes for the pair. */
static void
replace(struct share *s, const bool *reached)
{
	struct graph *g = s->g;
	const struct pair top = s->pair[0];
	uint32_t nodes = g->root->id + 1;
	const struct node *copy = join(s, top.x, top.y);
	const struct node **made = ARENA_ARRAY(s->scratch, nodes, const struct node *);
	for (uint32_t id = 0; id < nodes; id++) {
		const struct node *n = made[id] = g->node[id];
		if (n == top.x || n == top.y)
			made[id] = enter(s, copy, n, n == top.x);
		else if (reached[id] && n->kind == NODE_BIND)
			made[id] = graph_bind(
				g, n->slot, n->v, made[n->other->id], n->source);
		else if (reached[id] && n->kind == NODE_TEST) {
			bool moved = made[n->other->id] != n->other;
			for (uint32_t i = 0; i < n->arms && !moved; i++)
				moved = made[n->arm[i].to->id] != n->arm[i].to;
			if (!moved)
				continue;
			struct arm *arm =
				arena_copy(s->scratch, n->arm, n->arms * sizeof(*n->arm));
			for (uint32_t i = 0; i < n->arms; i++)
				arm[i].to = made[arm[i].to->id];
			made[id] = graph_node(
				g, n->v, arm, n->arms, made[n->other->id], n->source);
			if (n->shared)
				graph_shared(g, made[id]);
		}
	}
	g->root = made[g->root->id];
}

static bool
share_one(struct share *s)
{
	struct graph *g = s->g;
	const bool *reached = graph_reached(g, s->scratch);
	struct candidate *c = NULL;
	uint32_t count = 0, room = 0;
	for (uint32_t id = 0; id <= g->root->id; id++) {
		const struct node *n = g->node[id];
		if (!reached[id] || n->kind != NODE_TEST || n->arms < SHARE_MIN / 2)
			continue;
		ARENA_MORE(s->scratch, c, count, &room);
		c[count++] = (struct candidate){ n, hash_arms(n) };
	}
	if (count > 1)
		qsort(c, count, sizeof(*c), by_hash);
	if (!find_match(s, c, count))
		return false;
	replace(s, reached);
	return true;
}

void
pass_share(struct graph *g, struct arena *scratch)
{
	struct share s = { .g = g, .scratch = scratch };
	for (unsigned round = 0; round < ROUNDS && share_one(&s); round++)
		continue;
}
