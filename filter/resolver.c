/* resolver.c: what all files of the resolve step call: fields of the network header,
 * messages, the text of a token. */
#include "resolve.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

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
