/* parse_prim.c: words that are a primitive of their own, and what may follow each. */
#include <string.h>

#include "parse.h"

enum shape {
	SHAPE_ALONE,
	SHAPE_ID, /* [pnum], and a scope may follow */
	SHAPE_NUMBER,
	SHAPE_NAME,
	SHAPE_NUMBER_OR_NAME,
	SHAPE_VALUES, /* V, relop V, (V or V …) */
	SHAPE_BYTE,   /* NUM op NUM */
	SHAPE_TYPE,   /* (NUM | NAME) [subtype (NUM | NAME)] */
	SHAPE_LLC,    /* [NAME | rnr] */
};

static const enum shape shapes[PRIMS] = {
	[PRIM_BYTE] = SHAPE_BYTE,
	[PRIM_IFINDEX] = SHAPE_NUMBER,
	[PRIM_VLAN] = SHAPE_ID,
	[PRIM_MPLS] = SHAPE_ID,
	[PRIM_PPPOES] = SHAPE_ID,
	[PRIM_GENEVE] = SHAPE_ID,
	[PRIM_VXLAN] = SHAPE_ID,
	[PRIM_GRE] = SHAPE_ID,
	[PRIM_IPIP] = SHAPE_ID,
	[PRIM_6IN4] = SHAPE_ID,
	[PRIM_GTP] = SHAPE_ID,
	[PRIM_INNER] = SHAPE_ID,
	[PRIM_LLC] = SHAPE_LLC,
	[PRIM_TYPE] = SHAPE_TYPE,
	[PRIM_SUBTYPE] = SHAPE_NAME,
	[PRIM_DIR] = SHAPE_NUMBER_OR_NAME,
	[PRIM_IFNAME] = SHAPE_NAME,
	[PRIM_RSET] = SHAPE_NAME,
	[PRIM_RNR] = SHAPE_NUMBER,
	[PRIM_SRNR] = SHAPE_NUMBER,
	[PRIM_REASON] = SHAPE_NUMBER_OR_NAME,
	[PRIM_ACTION] = SHAPE_NAME,
	[PRIM_VPI] = SHAPE_VALUES,
	[PRIM_VCI] = SHAPE_VALUES,
	[PRIM_SIO] = SHAPE_VALUES,
	[PRIM_OPC] = SHAPE_VALUES,
	[PRIM_DPC] = SHAPE_VALUES,
	[PRIM_SLS] = SHAPE_VALUES,
	[PRIM_HSIO] = SHAPE_VALUES,
	[PRIM_HOPC] = SHAPE_VALUES,
	[PRIM_HDPC] = SHAPE_VALUES,
	[PRIM_HSLS] = SHAPE_VALUES,
};

static const struct token *
peek(const struct parser *p)
{
	return &p->tokens->token[p->at];
}

static bool
take_arg(struct parser *p, const struct token **out, bool number, bool name)
{
	const struct token *t = peek(p);
	if (!(number && t->kind == TOK_NUMBER) && !(name && t->kind == TOK_NAME))
		return parse_unexpected(p, !name     ? "a number"
					   : !number ? "a name"
						     : "a number or a name");
	*out = t;
	p->at++;
	return true;
}

/* NUM, in any parentheses; nothing when something else stands there. */
static void
take_id(struct parser *p, struct ast *a)
{
	const struct token *t = peek(p);
	uint32_t opens = 0;
	while (t[opens].kind == '(')
		opens++;
	if (t[opens].kind != TOK_NUMBER)
		return;
	for (uint32_t i = 1; i <= opens; i++)
		if (t[opens + i].kind != ')')
			return;
	a->arg = &t[opens];
	p->at += 2 * opens + 1;
}

static bool
take_values(struct parser *p, struct ast *a)
{
	enum relop op;
	if (peek(p)->kind != '(') {
		if (parse_is_relop(peek(p)->kind, &op)) {
			a->op = peek(p)->kind;
			a->relop = op;
			p->at++;
		}
		return take_arg(p, &a->arg, true, false);
	}
	a->list = true;
	a->arg = peek(p);
	do {
		const struct token *value;
		p->at++; /* '(' or 'or' */
		if (!take_arg(p, &value, true, false))
			return false;
	} while (peek(p)->kind == TOK_WORD && peek(p)->word == WORD_OR);
	if (peek(p)->kind != ')')
		return parse_unexpected(p, "'or' or ')'");
	p->at++;
	return true;
}

static bool
take_byte(struct parser *p, struct ast *a)
{
	if (!take_arg(p, &a->arg, true, false))
		return false;
	a->op = peek(p)->kind;
	if (a->op != '&' && a->op != '|' && a->op != '<' && a->op != '>' && a->op != '=')
		return parse_unexpected(p, "one of = < > & |");
	p->at++;
	return take_arg(p, &a->arg2, true, false);
}

static bool
take_type(struct parser *p, struct ast *a)
{
	if (!take_arg(p, &a->arg, true, true))
		return false;
	const struct token *t = peek(p);
	if (t->kind != TOK_WORD || t->word != WORD_PRIM || t->number != PRIM_SUBTYPE)
		return true;
	p->at++;
	return take_arg(p, &a->arg2, true, true);
}

static void
take_llc(struct parser *p, struct ast *a)
{
	const struct token *t = peek(p);
	bool rnr = t->kind == TOK_WORD && t->word == WORD_PRIM && t->number == PRIM_RNR;
	if (t->kind != TOK_NAME && !rnr)
		return;
	a->arg = t;
	p->at++;
}

static bool
take_shape(struct parser *p, struct ast *a)
{
	switch (shapes[a->prim]) {
	case SHAPE_ALONE: return true;
	case SHAPE_ID: take_id(p, a); return true;
	case SHAPE_NUMBER: return take_arg(p, &a->arg, true, false);
	case SHAPE_NAME: return take_arg(p, &a->arg, false, true);
	case SHAPE_NUMBER_OR_NAME: return take_arg(p, &a->arg, true, true);
	case SHAPE_VALUES: return take_values(p, a);
	case SHAPE_BYTE: return take_byte(p, a);
	case SHAPE_TYPE: return take_type(p, a);
	case SHAPE_LLC: take_llc(p, a); return true;
	}
	return false;
}

/* These are words only before a scope. */
static bool
no_scope(struct parser *p, const struct ast *a)
{
	diags_error(p->diags, DIAG_SYNTAX, a->span,
		"syntax error: '%.*s' takes what is inside it in parentheses",
		parse_shown(a->span), p->tokens->text + a->span.at);
	diags_hint(p->diags, "write 'gre (host 10.0.0.1)'");
	return false;
}

bool
parse_prim(struct parser *p, enum qual_prim prim, struct ast *a)
{
	struct span from = peek(p)->span;
	a->prim = prim;
	p->at++;
	if (!take_shape(p, a))
		return false;
	a->span = parse_join(from, p->tokens->token[p->at - 1].span);
	a->scope = shapes[prim] == SHAPE_ID && peek(p)->kind == '(';
	return a->scope || prim < PRIM_GRE || prim > PRIM_INNER || no_scope(p, a);
}

bool
parse_is_tunnel(const struct parser *p, const struct token *t, enum qual_prim *out)
{
	static const struct {
		const char *text;
		enum qual_prim prim;
	} words[] = { { "gre", PRIM_GRE }, { "ipip", PRIM_IPIP }, { "6in4", PRIM_6IN4 },
		{ "gtp", PRIM_GTP }, { "inner", PRIM_INNER } };
	bool numbered = t->kind == TOK_NAME && t[1].kind == TOK_NUMBER;
	if (t[numbered ? 2 : 1].kind != '(')
		return false;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parse_is_text(p, t, words[i].text)) {
			*out = words[i].prim;
			return true;
		}
	return false;
}
