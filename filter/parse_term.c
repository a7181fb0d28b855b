/* parse_term.c: one term: a head of qualifiers, a protocol, a relation, a primitive, a
 * named filter.  In: the token that is next; out: a leaf, or the qualifiers of the ids
 * that are to follow, or an open frame. */
#include "parse_state.h"

bool
parse_is_relop(int kind, enum relop *op)
{
	static const struct {
		int token;
		enum relop op;
	} relops[] = { { '=', REL_EQ }, { TOK_EQ, REL_EQ }, { TOK_NE, REL_NE },
		{ '>', REL_GT }, { TOK_GE, REL_GE }, { '<', REL_LT },
		{ TOK_LE, REL_LE } };
	for (unsigned i = 0; i < sizeof(relops) / sizeof(relops[0]); i++)
		if (relops[i].token == kind) {
			*op = relops[i].op;
			return true;
		}
	return false;
}

/* What stands in for an id may be one, when a fault has been met before: then nothing is
 * said, unless an id follows, as it does a word. */
static bool
stray(struct state *s, const struct token *t)
{
	if (s->lost && !(t->kind == TOK_NAME && is_id(&t[1])))
		return false;
	return parse_stray_word(&s->p, t);
}

bool
parse_take_id(struct state *s, struct ast **out)
{
	const struct token *t = peek(s);
	if (!s->quals.set)
		return stray(s, t);
	bool later;
	s->loose = t->kind == TOK_NAME ? t : NULL;
	s->loose_leaf = s->p.leaf;
	if (parse_find_let(&s->p, t, &later) != NULL) {
		struct diag *d = diags_add(s->p.diags, DIAG_NAME, SEV_WARNING,
			"'%.*s' is read as an id here, not as the filter of that name",
			parse_shown(t->span), s->p.tokens->text + t->span.at);
		d->span[0] = t->span;
		diags_hint(s->p.diags, "put named filters before ids");
	}
	return parse_id(&s->p, &s->quals, out);
}

bool
parse_take_relation(struct state *s, struct ast **out)
{
	struct span from = peek(s)->span;
	const struct arith *left = parse_arith(&s->p);
	if (left == NULL)
		return false;
	enum relop op;
	if (parse_is_set(&s->p))
		return parse_relation_set(&s->p, left, out);
	if (!parse_is_relop(peek(s)->kind, &op)) {
		if (left->kind ==
			ARITH_NUMBER) { /* one token: '(' came here for an operator */
			s->p.at--;
			return parse_stray_word(&s->p, peek(s));
		}
		return parse_unexpected(&s->p, "a comparison such as '= 1'");
	}
	s->p.at++;
	const struct arith *right = parse_arith(&s->p);
	if (right == NULL)
		return false;
	struct ast *a = parse_leaf(&s->p, AST_RELATION, parse_join(from, right->span));
	a->left = left;
	a->right = right;
	a->relop = op;
	*out = a;
	return true;
}

/* src, dst, src or dst, src and dst (and the other way round). */
static bool
take_dir(struct state *s, struct quals *q)
{
	const struct token *t = peek(s);
	if (!is_word(t, WORD_DIR))
		return false;
	q->dir = t->number;
	s->p.at++;
	if (t->number > DIR_DST)
		return true;
	bool both = is_word(t + 1, WORD_AND), either = is_word(t + 1, WORD_OR);
	if ((both || either) && is_word(t + 2, WORD_DIR) && t[2].number <= DIR_DST &&
		t[2].number != t->number) {
		q->dir = both ? DIR_SRC_AND_DST : DIR_SRC_OR_DST;
		s->p.at += 2;
	}
	return true;
}

/* [PROTO] DIR [TYPE] | [PROTO] TYPE: an id must follow. */
static bool
take_head(struct state *s, struct frame *f, enum qual_proto proto, struct span from)
{
	struct quals q = { .proto = proto, .set = true };
	bool dir = take_dir(s, &q);
	const struct token *t = peek(s);
	if (t->kind == TOK_WORD && t->word == WORD_TYPE) {
		if (dir && t->number >= TYPE_PROTO)
			return parse_unexpected(&s->p, "'host', 'net', 'port' or an id");
		q.type = t->number;
		s->p.at++;
	} else if (!dir)
		return parse_unexpected(&s->p, "'src', 'dst', 'host', 'net' or 'port'");
	q.span = parse_join(from, s->p.tokens->token[s->p.at - 1].span);
	s->quals = q;
	f->want_id = true;
	return true;
}

static bool
take_length(struct state *s, struct ast **out)
{
	const struct token *t = peek(s);
	if (t[1].kind != TOK_NUMBER) {
		s->p.at++;
		return parse_unexpected(&s->p, "a number of bytes");
	}
	struct ast *a = parse_leaf(&s->p, t->word == WORD_LESS ? AST_LESS : AST_GREATER,
		parse_join(t->span, t[1].span));
	a->number = t[1].number;
	s->p.at += 2;
	*out = a;
	return true;
}

/* A primitive by a word; with a scope behind it, *out is NULL and a frame is open. */
static bool
take_prim(struct state *s, enum qual_prim prim, struct ast **out)
{
	struct ast **leaf = s->p.leaf;
	struct ast *a = parse_leaf(&s->p, AST_PRIM, peek(s)->span);
	*out = a;
	if (!parse_prim(&s->p, prim, a)) {
		*leaf = NULL; /* without its arguments nobody may ask for its meaning */
		s->p.leaf = leaf;
		return false;
	}
	if (!a->scope)
		return true;
	if (peek(s)->match == 0)
		return parse_unbalanced(s, peek(s));
	*out = NULL;
	parse_push(
		s, (struct frame){ .open = s->p.at + 1, .scope = a, .quals = s->quals });
	s->quals = (struct quals){ 0 };
	s->p.at++;
	return true;
}

/* A protocol: before a head, before broadcast, before '[', or alone. */
static bool
take_proto(struct state *s, struct frame *f, struct ast **out)
{
	const struct token *t = peek(s), *next = t + 1;
	if (next->kind == '[')
		return parse_take_relation(s, out);
	s->p.at++;
	if (is_word(next, WORD_DIR) || is_word(next, WORD_TYPE))
		return take_head(s, f, t->number, t->span);
	if (is_word(next, WORD_PRIM) && next->number >= PRIM_TYPE &&
		next->number <= PRIM_DIR)
		return take_prim(s, next->number, out);
	bool cast = is_word(next, WORD_CAST);
	if (is_id(next))
		return parse_bare_protocol(&s->p);
	struct ast *a = parse_leaf(&s->p, cast ? AST_CAST : AST_PROTO,
		cast ? parse_join(t->span, next->span) : t->span);
	a->quals = (struct quals){ .proto = t->number, .span = t->span };
	if (cast) {
		a->cast = next->number;
		s->p.at++;
	}
	*out = a;
	return true;
}

/* A named filter: its tokens are read as if in parentheses, and what it shifts stays in
 * them. */
static bool
take_let(struct state *s, struct ast **out)
{
	const struct token *t = peek(s);
	bool later;
	const struct let *let = parse_find_let(&s->p, t, &later);
	*out = NULL;
	if (let == NULL && !later)
		return parse_stray_word(&s->p, peek(s));
	if (let == NULL) {
		diags_error(s->p.diags, DIAG_NAME, t->span,
			"the filter '%.*s' is used before it is named",
			parse_shown(t->span), s->p.tokens->text + t->span.at);
		diags_hint(s->p.diags, "put its 'let' further up");
		return false;
	}
	s->p.lets.let[let - s->p.lets.let].used = true;
	s->expanded += let->body.count;
	if (s->expanded > TOKENS_MAX)
		return diags_error(s->p.diags, DIAG_SIZE, t->span,
			"named filters in named filters become more than %u words",
			TOKENS_MAX);
	parse_leaf(&s->p, AST_SCOPE_BEGIN, t->span);
	parse_push(s, (struct frame){ .outer = s->p.tokens,
			      .outer_at = s->p.at + 1,
			      .visible = s->p.lets.visible,
			      .quals = s->quals });
	s->quals = (struct quals){ 0 };
	s->p.tokens = &let->body;
	s->p.at = 0;
	s->p.lets.visible = let->visible;
	return true;
}

/* One rterm that is no parenthesis.  *out NULL on success: a head was read. */
bool
parse_take_term(struct state *s, struct frame *f, struct ast **out)
{
	const struct token *t = peek(s);
	*out = NULL;
	if (t->kind == '-' || t->kind == TOK_NUMBER || t->kind == '(' ||
		is_word(t, WORD_LEN))
		return parse_take_relation(s, out);
	enum qual_prim tunnel;
	enum qual_proto any;
	if (parse_is_tunnel(&s->p, t, &tunnel))
		return take_prim(s, tunnel, out);
	if (parse_is_any(&s->p, t, &any))
		return parse_take_relation(s, out);
	if (t->kind == TOK_NAME && s->p.lets.count > 0)
		return take_let(s, out);
	if (t->kind == TOK_BAD) /* it has been said why */
		return false;
	if (is_id(t))
		return stray(s, t);
	if (t->kind != TOK_WORD)
		return parse_unexpected(&s->p, "a filter term");
	switch (t->word) {
	case WORD_PROTO: return take_proto(s, f, out);
	case WORD_DIR:
	case WORD_TYPE: return take_head(s, f, PROTO_NONE, t->span);
	case WORD_PRIM: return take_prim(s, t->number, out);
	case WORD_LESS:
	case WORD_GREATER: return take_length(s, out);
	case WORD_CAST: {
		struct ast *a = parse_leaf(&s->p, AST_CAST, t->span);
		a->cast = t->number;
		s->p.at++;
		*out = a;
		return true;
	}
	case WORD_AND:
	case WORD_OR:
	case WORD_NOT:
	case WORD_MASK:
	case WORD_LEN:
	case WORD_NUMBER: break;
	}
	return parse_unexpected(&s->p, "a filter term");
}
