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

uint32_t
pass_of_code(uint32_t on)
{
	for (unsigned i = 0; i < PASSES; i++)
		if (passes[i].level != PASS_CODE)
			on &= ~(1u << i);
	return on;
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

void
optimise(struct graph *g, struct arena *scratch, const struct pass_opts *opts)
{
	const struct pass_opts all = { .on = PASS_ALL };
	if (opts == NULL)
		opts = &all;
	uint32_t cost = graph_cost(g, scratch);
	arena_free(scratch);
	if (opts->after != NULL)
		opts->after(opts->ctx, "build", cost, g);
	for (unsigned round = 0; round < ROUNDS; round++) {
		const struct node *before = g->root;
		run_level(g, scratch, PASS_ROUND, opts, &cost);
		if (g->root == before && opts->after == NULL)
			break; /* nor would it change in another round */
	}
	const struct node *before = g->root;
	run_level(g, scratch, PASS_JOINED, opts, &cost);
	if (g->root != before)
		run_level(g, scratch, PASS_ROUND, opts, &cost);
	run_level(g, scratch, PASS_LAST, opts, &cost);
}
