/* parse_let.c: the named filters of a program (-F): `let NAME = expression` at the
 * beginning of a line, which goes on on lines that begin with a blank.  In: all tokens;
 * out: the bodies, each as tokens of its own with an end. */
#include <string.h>

#include "parse.h"

static bool
begins_let(const struct parser *p, const struct token *t)
{
	return t->line && parse_is_text(p, t, "let");
}

/* Index behind the last token of the statement that begins at `at`. */
static uint32_t
statement_end(const struct parser *p, uint32_t at)
{
	const struct token *t = p->tokens->token;
	uint32_t depth = 0;
	for (at++; t[at].kind != TOK_END; at++) {
		if (t[at].line && depth == 0)
			break;
		depth += t[at].kind == '(' || t[at].kind == '{';
		depth -= depth > 0 && (t[at].kind == ')' || t[at].kind == '}');
	}
	return at;
}

static struct tokens
body_of(struct parser *p, uint32_t from, uint32_t end)
{
	struct tokens body = *p->tokens;
	body.count = end - from + 1;
	body.token = ARENA_ARRAY(p->arena, body.count, struct token);
	memcpy(body.token, p->tokens->token + from, (end - from) * sizeof(*body.token));
	for (uint32_t i = 0; i < end - from; i++)
		if (body.token[i].kind == '(' && body.token[i].match != 0)
			body.token[i].match = body.token[i].match < end
						      ? body.token[i].match - from
						      : 0;
	const struct span last = p->tokens->token[end - 1].span;
	body.token[end - from] =
		(struct token){ .kind = TOK_END, .span = { last.at + last.len, 0 } };
	return body;
}

static uint32_t
hash(const struct parser *p, struct span name)
{
	uint32_t h = 2166136261u;
	for (uint32_t i = 0; i < name.len; i++)
		h = (h ^ (uint8_t)p->tokens->text[name.at + i]) * 16777619u;
	return h;
}

static void
link_let(struct parser *p, uint32_t i)
{
	struct lets *lets = &p->lets;
	uint32_t *slot = &lets->bucket[hash(p, lets->let[i].name) & (lets->room - 1)];
	lets->let[i].chain = *slot;
	*slot = i + 1;
}

static void
add(struct parser *p, struct let let)
{
	struct lets *lets = &p->lets;
	if (lets->count == lets->room) {
		lets->room = lets->room ? lets->room * 2 : 8;
		struct let *to = ARENA_ARRAY(p->arena, lets->room, struct let);
		if (lets->count > 0)
			memcpy(to, lets->let, lets->count * sizeof(*to));
		lets->let = to;
		lets->bucket = ARENA_ARRAY(p->arena, lets->room, uint32_t);
		for (uint32_t i = 0; i < lets->count; i++)
			link_let(p, i);
	}
	lets->let[lets->count] = let;
	link_let(p, lets->count++);
}

const struct let *
parse_find_let(const struct parser *p, const struct token *t, bool *later)
{
	const struct lets *lets = &p->lets;
	*later = false;
	if (lets->count == 0 || t->kind != TOK_NAME)
		return NULL;
	uint32_t i = lets->bucket[hash(p, t->span) & (lets->room - 1)];
	for (; i != 0; i = lets->let[i - 1].chain) {
		const struct let *let = &lets->let[i - 1];
		if (let->name.len != t->span.len ||
			memcmp(p->tokens->text + let->name.at,
				p->tokens->text + t->span.at, t->span.len) != 0)
			continue;
		*later = i > lets->visible;
		return *later ? NULL : let;
	}
	return NULL;
}

static bool
take_let(struct parser *p)
{
	const struct token *name = &p->tokens->token[p->at + 1];
	uint32_t end = statement_end(p, p->at);
	bool later;
	p->at++;
	if (name->kind != TOK_NAME) {
		parse_unexpected(p, "the name of a filter");
		if (name->kind == TOK_WORD)
			diags_hint(p->diags, "'%.*s' is a word of the language",
				parse_shown(name->span), p->tokens->text + name->span.at);
		return false;
	}
	p->lets.visible = p->lets.count;
	if (parse_find_let(p, name, &later) != NULL)
		return diags_error(p->diags, DIAG_NAME, name->span,
			"the filter '%.*s' has been named before",
			parse_shown(name->span), p->tokens->text + name->span.at);
	p->at++;
	if (p->tokens->token[p->at].kind != '=')
		return parse_unexpected(p, "'='");
	if (++p->at == end) {
		diags_error(p->diags, DIAG_SYNTAX, name->span,
			"the filter '%.*s' is empty", parse_shown(name->span),
			p->tokens->text + name->span.at);
		diags_hint(p->diags, "lines that go on begin with a blank");
		return false;
	}
	add(p, (struct let){ .name = name->span,
		       .body = body_of(p, p->at, end),
		       .visible = p->lets.count });
	p->at = end;
	return true;
}

bool
parse_lets(struct parser *p)
{
	while (begins_let(p, &p->tokens->token[p->at]))
		if (!take_let(p))
			return false;
	p->lets.visible = p->lets.count;
	for (uint32_t i = p->at; p->tokens->token[i].kind != TOK_END; i++) {
		if (!begins_let(p, &p->tokens->token[i]))
			continue;
		diags_error(p->diags, DIAG_SYNTAX, p->tokens->token[i].span,
			"'let' after the expression has begun");
		diags_hint(p->diags, "name all filters before the expression");
		return false;
	}
	return true;
}
