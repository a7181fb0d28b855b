/* parse_set.c: ids, and sets of them: `{22, 80, 8000-8100}` and `@file`.  In: the token
 * that is next and the qualifiers of the head; out: leaves, or-ed. */
#include <stdlib.h>
#include <string.h>

#include "parse.h"

static const struct token *
peek(const struct parser *p)
{
	return &p->tokens->token[p->at];
}

struct ast *
parse_leaf(struct parser *p, enum ast_kind kind, struct span span)
{
	struct ast *a = ARENA_NEW(p->arena, struct ast);
	a->kind = kind;
	a->span = span;
	*p->leaf = a;
	p->leaf = &a->next_leaf;
	return a;
}

static bool
id_kind(const struct token *t, enum id_kind *out)
{
	switch (t->kind) {
	case TOK_NUMBER: *out = ID_NUMBER; return true;
	case TOK_MAC: *out = ID_MAC; return true;
	case TOK_MAC8: *out = ID_MAC8; return true;
	case TOK_NAME: *out = ID_NAME; return true;
	case TOK_IPV4: *out = ID_IPV4; return true;
	case TOK_IPV6: *out = ID_IPV6; return true;
	default: return false;
	}
}

bool
parse_id(struct parser *p, const struct quals *quals, struct ast **out)
{
	const struct token *t = peek(p), *second = NULL;
	struct id id = { .first = t };
	if (!id_kind(t, &id.kind))
		return parse_unexpected(p, "an address, a name or a number");
	if (t->bad && quals->proto != PROTO_DECNET)
		return lex_ipv4_fault(p->tokens->text, t, p->diags);
	p->at++;
	bool slash = peek(p)->kind == '/' && (t->kind == TOK_IPV4 || t->kind == TOK_IPV6);
	bool mask = peek(p)->kind == TOK_WORD && peek(p)->word == WORD_MASK &&
		    t->kind == TOK_IPV4;
	if (slash || mask) {
		p->at++;
		second = peek(p);
		if (slash ? second->kind != TOK_NUMBER : second->kind != TOK_IPV4)
			return parse_unexpected(p, slash ? "a prefix length" : "a mask");
		if (second->bad)
			return lex_ipv4_fault(p->tokens->text, second, p->diags);
		p->at++;
		id.kind = mask                 ? ID_IPV4_MASK
			  : id.kind == ID_IPV4 ? ID_IPV4_LEN
					       : ID_IPV6_LEN;
	}
	id.second = second;
	struct ast *a = parse_leaf(
		p, AST_ID, second ? parse_join(t->span, second->span) : t->span);
	a->quals = *quals;
	a->id = id;
	*out = a;
	return true;
}

/* --- sets ------------------------------------------------------------------------ */

static struct ast *
list_new(struct parser *p, struct span span)
{
	struct ast *list = ARENA_NEW(p->arena, struct ast);
	*list = (struct ast){ .kind = AST_OR, .grouped = true, .span = span };
	return list;
}

static void
list_add(struct ast *list, struct ast *a)
{
	if (list->last != NULL)
		list->last->next = a;
	else
		list->first = a;
	list->last = a;
}

/* 8000-8100: a name to the lexer. */
static bool
is_range(const struct parser *p, const struct token *t, uint32_t *lo, uint32_t *hi)
{
	const char *s = p->tokens->text + t->span.at;
	char *end;
	if (t->kind != TOK_NAME || s[0] < '0' || s[0] > '9')
		return false;
	unsigned long long from = strtoull(s, &end, 10);
	if (*end != '-' || end[1] < '0' || end[1] > '9')
		return false;
	unsigned long long to = strtoull(end + 1, &end, 10);
	if (end != s + t->span.len || from > UINT32_MAX || to > UINT32_MAX)
		return false;
	*lo = (uint32_t)from;
	*hi = (uint32_t)to;
	return true;
}

static bool
take_member(struct parser *p, const struct quals *quals, struct ast *list)
{
	struct quals q = *quals;
	struct ast *a;
	uint32_t lo, hi;
	if (q.type == TYPE_PORT && is_range(p, peek(p), &lo, &hi))
		q.type = TYPE_PORTRANGE;
	if (!parse_id(p, &q, &a))
		return false;
	list_add(list, a);
	return true;
}

/* One entry a line. */
static bool
take_file(struct parser *p, const struct quals *quals, struct ast *list)
{
	struct parser inner = *p;
	const struct token *file = peek(p);
	bool ok = true;
	if (file->number == 0) /* it could not be read: that has been said */
		return false;
	inner.tokens = p->whole;
	inner.at = file->number;
	while (ok && peek(&inner)->kind != TOK_END) {
		if (!peek(&inner)->entry)
			ok = parse_unexpected(&inner, "a new line");
		else
			ok = take_member(&inner, quals, list);
	}
	p->leaf = inner.leaf;
	p->at++;
	return ok;
}

static bool
close_set(struct parser *p, const struct ast *list, struct span open)
{
	struct span all = parse_join(open, p->tokens->token[p->at - 1].span);
	if (list->first != NULL)
		return true;
	diags_error(p->diags, DIAG_SYNTAX, all, "an empty set matches nothing");
	diags_hint(p->diags, "put in what is to match: 'port in {80, 443}'");
	return false;
}

/* The members between braces, each by `take`. */
static bool
take_braces(struct parser *p, struct ast *list,
	bool (*take)(struct parser *, const void *, struct ast *), const void *what)
{
	for (p->at++; peek(p)->kind != '}';) {
		if (!take(p, what, list))
			return false;
		if (peek(p)->kind == ',')
			p->at++;
		else if (peek(p)->kind != '}')
			return parse_unexpected(p, "',' or '}'");
	}
	p->at++;
	return true;
}

static bool
take_any_member(struct parser *p, const void *quals, struct ast *list)
{
	return peek(p)->kind == TOK_FILE ? take_file(p, quals, list)
					 : take_member(p, quals, list);
}

bool
parse_is_set(const struct parser *p)
{
	const struct token *t = peek(p);
	return parse_is_text(p, t, "in") && (t[1].kind == '{' || t[1].kind == TOK_FILE);
}

bool
parse_set(struct parser *p, const struct quals *quals, struct ast **out)
{
	struct span open = peek(p)->span;
	struct ast *list = list_new(p, open);
	p->at++; /* in */
	bool ok = peek(p)->kind == TOK_FILE
			  ? take_file(p, quals, list)
			  : take_braces(p, list, take_any_member, quals);
	list->span = parse_join(open, p->tokens->token[p->at - 1].span);
	*out = list;
	return ok && close_set(p, list, open);
}

/* --- expr in {…} ----------------------------------------------------------------- */

static struct ast *
relation(struct parser *p, const struct arith *left, enum relop op, uint32_t k,
	struct span span)
{
	struct arith *right = ARENA_NEW(p->arena, struct arith);
	*right = (struct arith){
		.kind = ARITH_NUMBER, .number = k, .depth = 1, .span = span
	};
	struct ast *a = parse_leaf(p, AST_RELATION, span);
	a->left = left;
	a->right = right;
	a->relop = op;
	return a;
}

static bool
take_number(struct parser *p, const void *left, struct ast *list)
{
	const struct token *t = peek(p);
	uint32_t lo, hi;
	if (is_range(p, t, &lo, &hi)) {
		struct ast *both = list_new(p, t->span);
		both->kind = AST_AND;
		list_add(both, relation(p, left, REL_GE, lo < hi ? lo : hi, t->span));
		list_add(both, relation(p, left, REL_LE, lo < hi ? hi : lo, t->span));
		list_add(list, both);
	} else if (t->kind == TOK_NUMBER)
		list_add(list, relation(p, left, REL_EQ, t->number, t->span));
	else
		return parse_unexpected(p, "a number, or two with '-' between");
	p->at++;
	return true;
}

bool
parse_relation_set(struct parser *p, const struct arith *left, struct ast **out)
{
	struct span open = peek(p)->span;
	struct ast *list = list_new(p, left->span);
	p->at++; /* in */
	if (peek(p)->kind != '{')
		return parse_unexpected(p, "'{'");
	bool ok = take_braces(p, list, take_number, left);
	list->span = parse_join(left->span, p->tokens->token[p->at - 1].span);
	*out = list;
	return ok && close_set(p, list, open);
}
