/* resolve.c: the leaves of a syntax tree get their meaning: a test tree each, over values
 * of the packet.  Leaves come in the order of the text. */
#include "resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "step.h"

const struct value *
resolve_net(struct resolver *r, uint32_t off, unsigned size)
{
	return value_load(r->values, NULL, r->layer.net_at + off, size);
}

struct test *
resolve_fault(
	struct resolver *r, enum diag_code code, struct span span, const char *fmt, ...)
{
	char text[sizeof(((struct diag *)0)->text)];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diags_error(r->diags, code, span, "%s", text);
	return NULL;
}

struct test *
resolve_bad_qualifier(struct resolver *r, const struct ast *a, const char *what)
{
	const struct proto *p = proto_find(a->quals.proto);
	struct span span = a->quals.span.len ? a->quals.span : a->span;
	return resolve_fault(r, DIAG_QUALIFIER, span,
		"'%s' is not a valid qualifier for '%s'", p->name, what);
}

const char *
resolve_text(struct resolver *r, const struct token *t)
{
	char *s = ARENA_ARRAY(r->arena, (size_t)t->span.len + 1, char);
	memcpy(s, r->opts->text + t->span.at, t->span.len);
	return s;
}

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
