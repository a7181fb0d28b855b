/* match.c: a graph in, steps in a row out; and those run on a packet.
 *
 * A step looks at one value and goes on to another step.  What a value mostly is, a load
 * at a constant offset or behind a header, and a mask, the step does itself; the rest is
 * value_eval's.  A switch of many arms is a *table*: the range of its numbers is cut in
 * equal parts, about two an arm, and each part knows which arms may have it, so that a
 * look-up costs about two cache lines, however long the list.  Switches over the same
 * numbers (the source and the destination of a list of hosts) share their table. */
#include "match.h"

#include <string.h>

#define TABLE_MIN 5 /* arms; fewer are compared one by one */
#define NEAR 8      /* arms of one part that are looked through in a row */
/* When steps pay against the cBPF program.  ns a packet, steps and program, in one run
 * (tests/bench/README.md, "Matching"): `tcp port 80` 22 and 37; 8 hosts 45 and 95, 16
 * hosts 33 and 172; but arithmetic that value_eval has to work out, such as
 * `ip[8]*3+ip[9]*5 > ip[10]+7`, 104 and 75: those wait for a switch that makes up for it.
 */
#define PLAIN_MAX 2 /* nodes of a value that is left to value_eval */
#define PAYS_MIN 16 /* arms of a switch from which on they pay anyway */

enum step_kind { STEP_RETURN, STEP_RANGE, STEP_FEW, STEP_TABLE, STEP_BIND };

/* Where a step's value is loaded: at `off`, behind what `base` says; or what else it is
 * (FROM_LENGTH: `off` and the length of the header at `base`). */
enum from { FROM_START, FROM_IHL, FROM_SLOT, FROM_CONST, FROM_LENGTH, FROM_ANY };

struct table {
	uint32_t lo, hi; /* of all arms */
	uint32_t arms;
	unsigned shift;        /* 1 << shift numbers are a part */
	const uint32_t *part;  /* arms that end before the part; one more at the end */
	const uint32_t *least; /* by arm; the same array where all are single numbers */
	const uint32_t *most;
	const struct table *next; /* made before */
};

struct step {
	enum step_kind kind;
	enum from from;
	uint8_t size;          /* bytes loaded */
	uint8_t slot;          /* FROM_SLOT: which */
	uint8_t bind;          /* STEP_BIND: which */
	uint32_t base, off;    /* base: FROM_IHL: where that byte is */
	uint32_t mask;         /* of what is loaded; FROM_CONST: the value */
	uint32_t lo, span;     /* STEP_RANGE: lo … lo + span; STEP_FEW: span arms */
	uint32_t yes, other;   /* steps; STEP_RETURN: yes is the verdict */
	const struct value *v; /* FROM_ANY */
	const struct arm *arm;
	const struct table *table;
	const uint32_t *to; /* steps by arm; NULL: all to `yes` */
};

struct match {
	const struct step *step;
	uint32_t first;
};

/* --- making it --------------------------------------------------------------------- */

struct make {
	const struct graph *g;
	struct arena *arena;
	struct step *step;
	uint32_t *at; /* by node id: its step */
	const struct table *tables;
};

/* How the step gets its value. */
static void
set_value(struct step *s, const struct value *v)
{
	const struct value *whole = v;
	s->from = FROM_ANY;
	s->v = whole;
	s->mask = UINT32_MAX;
	if (v->kind == VALUE_CONST) {
		s->from = FROM_CONST;
		s->mask = v->k;
		return;
	}
	const bool sum =
		v->kind == VALUE_ARITH && v->op == OP_ADD && v->b->kind == VALUE_CONST;
	if (value_is_header_length(sum ? v->a : v, &s->base)) {
		s->from = FROM_LENGTH;
		s->off = sum ? v->b->k : 0;
		return;
	}
	if (v->kind == VALUE_ARITH && v->op == OP_AND && v->b->kind == VALUE_CONST) {
		s->mask = v->b->k;
		v = v->a;
	}
	if (v->kind != VALUE_LOAD)
		return;
	s->off = v->k;
	s->size = v->size;
	if (v->a == NULL)
		s->from = FROM_START;
	else if (v->a->kind == VALUE_SLOT) {
		s->from = FROM_SLOT;
		s->slot = (uint8_t)v->a->k;
	} else if (value_is_header_length(v->a, &s->base))
		s->from = FROM_IHL;
}

bool
match_pays(const struct graph *g, struct arena *scratch)
{
	const bool *reached = graph_reached(g, scratch);
	bool plain = true, large = false;
	for (uint32_t id = 0; id <= g->root->id && !large; id++) {
		const struct node *n = g->node[id];
		struct step s = { .from = FROM_START };
		if (!reached[id] || n->v == NULL)
			continue;
		set_value(&s, n->v);
		plain = plain && (s.from != FROM_ANY || n->v->weight <= PLAIN_MAX);
		large = n->arms >= PAYS_MIN;
	}
	return plain || large;
}

/* The arms' bounds; one array where all are single numbers. */
static void
set_bounds(struct make *m, struct table *t, const struct node *n)
{
	bool points = true;
	uint32_t *most = ARENA_ARRAY(m->arena, n->arms, uint32_t), *least = most;
	for (uint32_t i = 0; i < n->arms; i++) {
		most[i] = n->arm[i].hi;
		points = points && n->arm[i].lo == n->arm[i].hi;
	}
	if (!points)
		least = ARENA_ARRAY(m->arena, n->arms, uint32_t);
	for (uint32_t i = 0; i < n->arms; i++)
		least[i] = n->arm[i].lo;
	t->arms = n->arms;
	t->least = least;
	t->most = most;
	t->lo = least[0];
	t->hi = most[n->arms - 1];
}

/* Parts that are as small as may be with at most two an arm. */
static void
set_parts(struct make *m, struct table *t)
{
	uint64_t numbers = (uint64_t)t->hi - t->lo + 1;
	while ((numbers - 1) >> t->shift >= 2 * (uint64_t)t->arms)
		t->shift++;
	uint32_t parts = (uint32_t)((numbers - 1) >> t->shift) + 1, i = 0;
	uint32_t *part = ARENA_ARRAY(m->arena, parts + 1, uint32_t);
	for (uint32_t p = 0; p < parts; p++) {
		uint64_t begin = t->lo + ((uint64_t)p << t->shift);
		while (t->most[i] < begin)
			i++;
		part[p] = i;
	}
	part[parts] = t->arms - 1; /* the last arm that any part may have */
	t->part = part;
}

static bool
same_bounds(const struct table *t, const struct node *n)
{
	if (t->arms != n->arms)
		return false;
	for (uint32_t i = 0; i < n->arms; i++)
		if (t->least[i] != n->arm[i].lo || t->most[i] != n->arm[i].hi)
			return false;
	return true;
}

static const struct table *
table_of(struct make *m, const struct node *n)
{
	for (const struct table *t = m->tables; t != NULL; t = t->next)
		if (same_bounds(t, n))
			return t;
	struct table *t = ARENA_NEW(m->arena, struct table);
	set_bounds(m, t, n);
	set_parts(m, t);
	t->next = m->tables;
	m->tables = t;
	return t;
}

static void
set_arms(struct make *m, struct step *s, const struct node *n)
{
	bool one = true;
	for (uint32_t i = 1; i < n->arms; i++)
		one = one && n->arm[i].to == n->arm[0].to;
	s->other = m->at[n->other->id];
	s->yes = m->at[n->arm[0].to->id];
	if (n->arms == 1) {
		s->kind = STEP_RANGE;
		s->lo = n->arm[0].lo;
		s->span = n->arm[0].hi - n->arm[0].lo;
		return;
	}
	if (!one) {
		uint32_t *to = ARENA_ARRAY(m->arena, n->arms, uint32_t);
		for (uint32_t i = 0; i < n->arms; i++)
			to[i] = m->at[n->arm[i].to->id];
		s->to = to;
	}
	s->kind = n->arms < TABLE_MIN ? STEP_FEW : STEP_TABLE;
	s->span = n->arms;
	s->arm = n->arm;
	if (s->kind == STEP_TABLE)
		s->table = table_of(m, n);
}

static struct step
step_of(struct make *m, const struct node *n)
{
	struct step s = { .kind = STEP_RETURN };
	switch (n->kind) {
	case NODE_REJECT: break;
	case NODE_ACCEPT: s.yes = m->g->snaplen; break;
	case NODE_BIND:
		s.kind = STEP_BIND;
		s.bind = (uint8_t)n->slot->k;
		s.other = m->at[n->other->id];
		set_value(&s, n->v);
		break;
	case NODE_TEST:
		set_value(&s, n->v);
		set_arms(m, &s, n);
		break;
	}
	return s;
}

const struct match *
match_make(const struct graph *g, struct arena *arena, struct arena *scratch)
{
	const bool *reached = graph_reached(g, scratch);
	uint32_t nodes = g->root->id + 1, steps = 0, n = 0;
	for (uint32_t id = 0; id < nodes; id++)
		steps += reached[id];
	struct make m = { .g = g,
		.arena = arena,
		.step = ARENA_ARRAY(arena, steps, struct step),
		.at = ARENA_ARRAY(scratch, nodes, uint32_t) };
	for (uint32_t id = 0; id < nodes; id++)
		if (reached[id]) {
			m.at[id] = n;
			m.step[n++] = step_of(&m, g->node[id]);
		}
	struct match *out = ARENA_NEW(arena, struct match);
	*out = (struct match){ m.step, m.at[g->root->id] };
	return out;
}

/* --- running it -------------------------------------------------------------------- */

/* Big-endian; false beyond the captured bytes. */
static inline bool
load(const struct filter_packet *p, uint64_t at, unsigned size, uint32_t *out)
{
	if (at + size > p->caplen)
		return false;
	const uint8_t *b = p->data + at;
	if (size == 4)
		*out = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 |
		       b[3];
	else
		*out = size == 2 ? (uint32_t)b[0] << 8 | b[1] : b[0];
	return true;
}

static inline bool
get(const struct step *s, const struct filter_packet *p, const uint32_t slot[SLOTS],
	uint32_t *x)
{
	uint64_t at = s->off;
	switch (s->from) {
	case FROM_CONST: *x = s->mask; return true;
	case FROM_ANY: return value_eval(s->v, p, slot, x);
	case FROM_IHL:
	case FROM_LENGTH:
		if (s->base >= p->caplen)
			return false;
		at += (p->data[s->base] & 15u) << 2;
		*x = (uint32_t)at;
		if (s->from == FROM_LENGTH)
			return true;
		break;
	case FROM_SLOT: at += slot[s->slot]; break;
	case FROM_START: break;
	}
	if (!load(p, at, s->size, x))
		return false;
	*x &= s->mask;
	return true;
}

static inline uint32_t
take_few(const struct step *s, uint32_t x)
{
	for (uint32_t i = 0; i < s->span; i++)
		if (x <= s->arm[i].hi)
			return x < s->arm[i].lo ? s->other
			       : s->to != NULL  ? s->to[i]
						: s->yes;
	return s->other;
}

/* The first arm that does not end before x is between those of the part's two ends. */
static inline uint32_t
look_up(const struct step *s, uint32_t x)
{
	const struct table *t = s->table;
	if (x < t->lo || x > t->hi)
		return s->other;
	const uint32_t *part = &t->part[(x - t->lo) >> t->shift];
	uint32_t i = part[0], end = part[1];
	while (end - i > NEAR) {
		uint32_t mid = i + (end - i) / 2;
		if (t->most[mid] < x)
			i = mid + 1;
		else
			end = mid;
	}
	while (t->most[i] < x)
		i++;
	if (x < t->least[i])
		return s->other;
	return s->to != NULL ? s->to[i] : s->yes;
}

uint32_t
match_run(const struct match *m, const struct filter_packet *p)
{
	uint32_t slot[SLOTS] = { 0 }, x;
	for (const struct step *s = &m->step[m->first];;) {
		if (s->kind == STEP_RETURN)
			return s->yes;
		if (!get(s, p, slot, &x))
			return 0;
		uint32_t next = s->other;
		switch (s->kind) {
		case STEP_RANGE: next = x - s->lo <= s->span ? s->yes : next; break;
		case STEP_FEW: next = take_few(s, x); break;
		case STEP_TABLE: next = look_up(s, x); break;
		case STEP_BIND: slot[s->bind] = x; break;
		case STEP_RETURN: break;
		}
		s = &m->step[next];
	}
}
