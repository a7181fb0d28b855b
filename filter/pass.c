/* pass.c: runs the passes in the order of pass.def, a fixed number of rounds; drops what
 * raised the cost, checks the graph, and tells who asked. */
#include "pass.h"

#include <assert.h>
#include <string.h>

#include "step.h"

#define ROUNDS 2

static const struct {
	const char *name;
	enum pass_level level;
	void (*run)(struct graph *, struct arena *scratch); /* NULL: called elsewhere */
} passes[] = {
#define X(symbol, name, level, run) { name, level, run },
#include "pass.def"
#undef X
};
_Static_assert(PASSES <= 32, "struct pass_opts has a bit for each");

static bool
unknown_pass(const char *name, size_t len, struct diags *ds)
{
	char list[sizeof(ds->diag[0].hint)] = "one of none";
	diags_error(ds, DIAG_USAGE, (struct span){ 0, 0 },
		"there is no optimisation '%.*s'", (int)(len < 64 ? len : 64), name);
	for (unsigned i = 0; i < PASSES; i++) {
		size_t at = strlen(list);
		snprintf(list + at, sizeof(list) - at, ", %s", passes[i].name);
	}
	diags_hint(ds, "%s", list);
	return false;
}

bool
pass_parse(const char *names, uint32_t *on, struct diags *ds)
{
	*on = names == NULL ? PASS_ALL : 0;
	if (names == NULL || *names == '\0' || strcmp(names, "none") == 0)
		return true;
	for (const char *at = names, *end;; at = end + 1) {
		size_t len = strcspn(at, ",");
		unsigned i = 0;
		end = at + len;
		while (i < PASSES && (strlen(passes[i].name) != len ||
					     memcmp(passes[i].name, at, len) != 0))
			i++;
		if (i == PASSES)
			return unknown_pass(at, len, ds);
		*on |= 1u << i;
		if (*end == '\0')
			return true;
	}
}

/* The passes of a level, as bits. */
static uint32_t
pass_of(enum pass_level level)
{
	uint32_t all = 0;
	for (unsigned i = 0; i < PASSES; i++)
		if (passes[i].level == level)
			all |= 1u << i;
	return all;
}

uint32_t
pass_of_code(uint32_t on)
{
	return on & pass_of(PASS_CODE);
}

/* What raises the cost, the graph's until then, is dropped. */
static void
run(struct graph *g, struct arena *scratch, unsigned i, const struct pass_opts *opts,
	uint32_t *cost)
{
	const struct node *before = g->root;
	passes[i].run(g, scratch);
	if (g->root != before) {
		uint32_t now = graph_cost(g, scratch);
#ifndef NDEBUG
		graph_check(g);
#endif
		g->root = now > *cost ? before : g->root;
		*cost = now > *cost ? *cost : now;
	}
	if (opts->after != NULL)
		opts->after(opts->ctx, passes[i].name, *cost, g);
	arena_free(scratch);
}

static void
run_level(struct graph *g, struct arena *scratch, enum pass_level level,
	const struct pass_opts *opts, uint32_t *cost)
{
	for (unsigned i = 0; i < PASSES; i++)
		if (passes[i].level == level && pass_on(opts->on, i))
			run(g, scratch, i, opts, cost);
}

/* One way to go over a graph: passes of the rounds that are left out, and those of
 * PASS_TRIED that follow, as bits. */
struct variant {
	uint32_t off, tried;
};

#define P(pass) (1u << PASS_##pass)
static const struct variant variants[] = {
	{ 0, 0 },         /* the usual way: taken when none is better */
	{ P(SWITCH), 0 }, /* a row of comparisons has ends to share */
	{ 0, P(SPLIT) },
	{ 0, P(SPLIT) | P(MERGE) },
	{ 0, P(SWAP) | P(MERGE) },
	{ P(SWITCH), P(SPLIT) },
	{ P(SWITCH), P(SPLIT) | P(MERGE) },
	{ P(SWITCH), P(SWAP) | P(MERGE) },
	{ P(PREFIX), P(SPLIT) },
	{ P(JOIN), P(SPLIT) },
};
#undef P
#define VARIANTS (sizeof(variants) / sizeof(variants[0]))

/* Graphs of which others than the first are made: lists are long, and have no better. */
#define NODES_MAX 160 /* as built */
#define ARMS_MAX 8    /* of a node, as built and in what the first has made of it */

static void
run_rounds(struct graph *g, struct arena *scratch, const struct pass_opts *opts,
	uint32_t *cost)
{
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct node *before = g->root;
		run_level(g, scratch, PASS_ROUND, opts, cost);
		if (g->root == before && opts->after == NULL)
			break; /* nor would it change in another round */
	}
	const struct node *before = g->root;
	run_level(g, scratch, PASS_JOINED, opts, cost);
	if (g->root != before)
		run_level(g, scratch, PASS_ROUND, opts, cost);
}

static void
run_variant(struct graph *g, struct arena *scratch, const struct pass_opts *opts,
	const struct variant *v)
{
	struct pass_opts own = *opts;
	uint32_t cost = graph_cost(g, scratch);
	arena_free(scratch);
	own.on &= ~(v->off | (pass_of(PASS_TRIED) & ~v->tried));
	if (own.after != NULL)
		own.after(own.ctx, "build", cost, g);
	run_rounds(g, scratch, &own, &cost);
	for (unsigned i = 0; i < PASSES; i++)
		if (passes[i].level == PASS_TRIED && pass_on(own.on, i)) {
			cost = UINT32_MAX; /* it may grow before it shrinks */
			run(g, scratch, i, &own, &cost);
			run_rounds(g, scratch, &own, &cost);
		}
	run_level(g, scratch, PASS_LAST, &own, &cost);
}

struct traits {
	uint32_t nodes;
	bool lists;   /* a test has many arms */
	bool repeats; /* a value is tested in two places */
};

static struct traits
look_at(const struct graph *g, struct arena *scratch)
{
	const bool *reached = graph_reached(g, scratch);
	bool *seen = ARENA_ARRAY(scratch, g->values.count, bool);
	struct traits t = { 0 };
	for (uint32_t id = 0; id <= g->root->id; id++) {
		const struct node *n = g->node[id];
		if (!reached[id] || n->v == NULL)
			continue;
		t.nodes++;
		t.lists = t.lists || n->arms > ARMS_MAX;
		t.repeats = t.repeats || seen[n->v->id];
		seen[n->v->id] = true;
	}
	arena_free(scratch);
	return t;
}

/* May the variant be better than the usual one, of which these are the traits? */
static bool
is_worth(const struct variant *v, const struct traits *usual)
{
	return !usual->lists && (v->tried == 0 || usual->repeats);
}

static bool
is_less(struct pass_size a, struct pass_size b)
{
	return a.worst <= b.worst &&
	       (a.count < b.count || (a.count == b.count && a.worst < b.worst));
}

static void
back_to(struct graph *g, const struct graph *built)
{
	graph_rewind(g, built->nodes);
	g->root = built->root;
	g->apart = built->apart;
}

/* By the variant that comes out smallest, without a longer way. */
static void
run_smallest(struct graph *g, struct arena *scratch, const struct pass_opts *opts)
{
	const struct graph built = *g;
	struct pass_opts quiet = *opts;
	struct traits usual = { 0 };
	struct pass_size least = { 0 };
	unsigned best = 0;
	quiet.after = NULL;
	for (unsigned i = 0; i < VARIANTS; i++) {
		if (i > 0 && !is_worth(&variants[i], &usual))
			continue;
		run_variant(g, scratch, &quiet, &variants[i]);
		if (i == 0) {
			usual = look_at(g, scratch);
			if (usual.lists && opts->after == NULL)
				return; /* nothing is better, or to be told */
		}
		const struct pass_size size = opts->size(opts->ctx, g);
		if (i == 0)
			least = size;
		if (is_less(size, least)) {
			least = size;
			best = i;
		}
		back_to(g, &built);
	}
	g->chosen = best > 0;
	run_variant(g, scratch, opts, &variants[best]);
}

void
optimise(struct graph *g, struct arena *scratch, const struct pass_opts *opts)
{
	const struct pass_opts all = { .on = PASS_ALL };
	const struct traits built = look_at(g, scratch);
	if (opts == NULL)
		opts = &all;
	if (pass_on(opts->on, PASS_CHOOSE) && opts->size != NULL && !built.lists &&
		built.nodes <= NODES_MAX)
		run_smallest(g, scratch, opts);
	else
		run_variant(g, scratch, opts, &variants[0]);
}
