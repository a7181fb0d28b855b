/* resolve.c: the leaves of a syntax tree get their meaning: a test tree each, over values
 * of the packet.  Leaves come in the order of the text. */
#include "resolve.h"

#include <stdio.h>

#include "step.h"

static struct test *
resolve_id(struct resolver *r, const struct ast *a)
{
	switch (a->quals.type) {
	case TYPE_NONE:
	case TYPE_HOST:
	case TYPE_NET: return resolve_host(r, a);
	case TYPE_PORT:
	case TYPE_PORTRANGE: return resolve_port(r, a);
	case TYPE_PROTO: return resolve_proto_id(r, a);
	}
	return NULL;
}

static struct test *
resolve_leaf(struct resolver *r, const struct ast *a)
{
	switch (a->kind) {
	case AST_ID: return resolve_id(r, a);
	case AST_PROTO:
		if (proto_find(a->quals.proto)->level == LEVEL_NONE)
			return resolve_fault(r, DIAG_QUALIFIER, a->span,
				"'%s' cannot be used as an abbreviation",
				proto_find(a->quals.proto)->name);
		return resolve_abbreviation(r, a->quals.proto);
	case AST_RELATION: return resolve_relation(r, a);
	case AST_CAST: return resolve_cast(r, a);
	case AST_LESS:
	case AST_GREATER: return resolve_less(r, a);
	case AST_AND:
	case AST_OR:
	case AST_NOT: break; /* no leaves */
	}
	return NULL;
}

/* Reports every leaf that has no meaning, not only the first. */
bool
resolve(const struct filter_opts *opts, struct syntax *syntax, struct graph *g,
	struct arena *arena, struct diags *ds)
{
	const struct linktype *link = linktype_find(opts->linktype);
	bool cooked = opts->input == FILTER_INPUT_COOKED;
	char name[16];
	snprintf(name, sizeof(name), "link type %u", opts->linktype);
	struct resolver r = { .arena = arena,
		.values = &g->values,
		.opts = opts,
		.diags = ds,
		.linkname = link->name ? link->name : name,
		.layer = { .link = link,
			.cooked = cooked,
			.net_at = cooked ? 0 : link->header } };
	bool ok = true;
	for (struct ast *a = syntax->leaves; a != NULL; a = a->next_leaf) {
		r.span = a->span;
		a->test = resolve_leaf(&r, a);
		ok = ok && a->test != NULL;
	}
	return ok;
}
