/* parse.c: tokens in, a syntax tree out.  A hand-written parser with a stack of its own:
 * a mebibyte of '(' is an error message, not a crash.
 *
 * Where an id may stand without a head (after and/or, and in the list after a head) is
 * decided by the first token that counts, behind any '(' and 'not'.  A '(' opens
 * arithmetic when what follows its ')' is an operator. */
#include "parse.h"

#include <string.h>

struct frame {
	struct ast *acc;            /* what stands left of the operator */
	enum ast_kind op;           /* AST_AND or AST_OR, when acc is not NULL */
	bool negate;                /* an odd number of 'not' before the operand */
	bool want_id;               /* a head was read: an id must follow */
	bool only_ids;              /* inside the parentheses of an id list */
	struct span not_at;         /* the first of those 'not' */
	uint32_t open;              /* index of the '(' + 1; 0: the whole text */
	struct quals quals;         /* in force at the '(' */
	const struct tokens *outer; /* a named filter is read: go on there, */
	uint32_t outer_at;          /* ... here */
	uint32_t visible;           /* and what may be used then */
	struct ast *scope; /* the word before the '(' that opened a scope, or NULL */
};

struct state {
	struct parser p;
	struct frame *frame;
	uint32_t depth, room;      /* frames in use, frames there are */
	struct quals quals;        /* in force */
	bool relation;             /* the last operand was one */
	bool lost;                 /* a fault was met: what is in force is not known */
	uint32_t expanded;         /* tokens of named filters, in all uses */
	const struct token *loose; /* the last id, when it was a name: for did-you-mean */
};

static const struct token *
peek(const struct state *s)
{
	return &s->p.tokens->token[s->p.at];
}

static bool
is_word(const struct token *t, enum word_class word)
{
	return t->kind == TOK_WORD && t->word == word;
}

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

static bool
goes_on_as_arithmetic(const struct token *t)
{
	enum arith_op arith;
	enum relop rel;
	return parse_is_arith_op(t->kind, &arith) || parse_is_relop(t->kind, &rel);
}

static void
push_frame(struct state *s, struct frame f)
{
	if (s->depth == s->room) {
		uint32_t room = s->room ? s->room * 2 : 16;
		struct frame *to = ARENA_ARRAY(s->p.arena, room, struct frame);
		if (s->depth > 0)
			memcpy(to, s->frame, s->depth * sizeof(*to));
		s->frame = to;
		s->room = room;
	}
	s->frame[s->depth++] = f;
}

static bool
unbalanced(struct state *s, const struct token *t)
{
	if (t->kind == ')') {
		diags_error(s->p.diags, DIAG_PAREN, t->span,
			"unbalanced parenthesis: this ')' closes nothing");
		diags_hint(s->p.diags, "take it out, or open it with '('");
	} else {
		diags_error(s->p.diags, DIAG_PAREN, t->span,
			"unbalanced parenthesis: this '(' is never closed");
		diags_hint(s->p.diags, "add ')'");
	}
	return false;
}

/* --- operands -------------------------------------------------------------------- */

static bool
is_id(const struct token *t)
{
	return t->kind == TOK_NUMBER || t->kind == TOK_IPV4 || t->kind == TOK_IPV6 ||
	       t->kind == TOK_MAC || t->kind == TOK_MAC8 || t->kind == TOK_NAME;
}

/* Is it the name of a filter, where no qualifiers are in force that make it an id? */
static bool
is_let(const struct state *s, const struct token *t)
{
	bool later;
	return !s->quals.set && (parse_find_let(&s->p, t, &later) != NULL || later);
}

/* Does an id (list) begin here, behind any '(' and 'not', and not arithmetic? */
static bool
begins_id(const struct state *s)
{
	const struct token *t = peek(s);
	uint32_t opens = 0;
	for (; t->kind == '(' || is_word(t, WORD_NOT); t++)
		opens += t->kind == '(';
	if (!is_id(t) || is_let(s, t))
		return false;
	if (t->kind != TOK_NUMBER)
		return true;
	for (t++; t->kind == ')' && opens > 0; t++)
		opens--;
	return !goes_on_as_arithmetic(t);
}

static bool
take_id(struct state *s, struct ast **out)
{
	const struct token *t = peek(s);
	if (!s->quals.set)
		return s->lost ? false : parse_stray_word(&s->p, t);
	bool later;
	s->loose = t->kind == TOK_NAME ? t : NULL;
	if (parse_find_let(&s->p, t, &later) != NULL) {
		struct diag *d = diags_add(s->p.diags, DIAG_NAME, SEV_WARNING,
			"'%.*s' is read as an id here, not as the filter of that name",
			parse_shown(t->span), s->p.tokens->text + t->span.at);
		d->span[0] = t->span;
		diags_hint(s->p.diags, "put named filters before ids");
	}
	return parse_id(&s->p, &s->quals, out);
}

static bool
take_relation(struct state *s, struct ast **out)
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
		return unbalanced(s, peek(s));
	*out = NULL;
	push_frame(
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
		return take_relation(s, out);
	s->p.at++;
	if (is_word(next, WORD_DIR) || is_word(next, WORD_TYPE))
		return take_head(s, f, t->number, t->span);
	if (is_word(next, WORD_PRIM) && next->number >= PRIM_TYPE &&
		next->number <= PRIM_DIR)
		return take_prim(s, next->number, out);
	bool cast = is_word(next, WORD_CAST);
	if (is_id(next)) {
		const char *text = s->p.tokens->text;
		const char *near = parse_suggest(&s->p, next);
		parse_unexpected(&s->p, "'src', 'dst', 'host', 'net', 'port' or 'proto'");
		if (near != NULL) {
			diags_hint(s->p.diags, "did you mean '%s'?", near);
			return false;
		}
		diags_hint(s->p.diags, "write '%.*s host %.*s'?", parse_shown(t->span),
			text + t->span.at, parse_shown(next->span), text + next->span.at);
		return false;
	}
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
	s->expanded += let->body.count;
	if (s->expanded > TOKENS_MAX)
		return diags_error(s->p.diags, DIAG_SIZE, t->span,
			"named filters in named filters become more than %u words",
			TOKENS_MAX);
	parse_leaf(&s->p, AST_SCOPE_BEGIN, t->span);
	push_frame(s, (struct frame){ .outer = s->p.tokens,
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
static bool
take_term(struct state *s, struct frame *f, struct ast **out)
{
	const struct token *t = peek(s);
	*out = NULL;
	if (t->kind == '-' || t->kind == TOK_NUMBER || t->kind == '(' ||
		is_word(t, WORD_LEN))
		return take_relation(s, out);
	enum qual_prim tunnel;
	enum qual_proto any;
	if (parse_is_tunnel(&s->p, &tunnel))
		return take_prim(s, tunnel, out);
	if (parse_is_any(&s->p, &any))
		return take_relation(s, out);
	if (t->kind == TOK_NAME && s->p.lets.count > 0)
		return take_let(s, out);
	if (t->kind == TOK_BAD) /* it has been said why */
		return false;
	if (is_id(t))
		return s->lost ? false : parse_stray_word(&s->p, t);
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

/* --- logic ----------------------------------------------------------------------- */

static struct ast *
negated(struct state *s, struct ast *a, struct span not_at)
{
	if (a->kind == AST_NOT)
		return a->first;
	struct ast *n = ARENA_NEW(s->p.arena, struct ast);
	*n = (struct ast){ .kind = AST_NOT,
		.first = a,
		.last = a,
		.span = parse_join(not_at, a->span) };
	return n;
}

/* Joins a complete operand to what stands left of it.  Chains of one operator are one
 * node: long lists are wide, not deep. */
static void
combine(struct state *s, struct frame *f, struct ast *a)
{
	if (f->negate)
		a = negated(s, a, f->not_at);
	f->negate = f->want_id = false;
	if (f->acc == NULL) {
		f->acc = a;
		return;
	}
	struct ast *acc = f->acc;
	if (acc->kind != f->op) {
		struct ast *list = ARENA_NEW(s->p.arena, struct ast);
		*list = (struct ast){
			.kind = f->op, .first = acc, .last = acc, .span = acc->span
		};
		acc = list;
	}
	acc->last->next = a;
	acc->last = a;
	acc->span = parse_join(acc->span, a->span);
	f->acc = acc;
}

/* '(': of arithmetic, of an id list, or of logic.  *out NULL on success: a frame. */
static bool
take_open(struct state *s, struct frame *f, struct ast **out)
{
	const struct token *t = peek(s);
	*out = NULL;
	if (t->match == 0)
		return unbalanced(s, t);
	bool ids = f->only_ids || f->want_id || (f->acc != NULL && begins_id(s));
	if (!ids && goes_on_as_arithmetic(&s->p.tokens->token[t->match + 1]))
		return take_relation(s, out);
	push_frame(s, (struct frame){
			      .open = s->p.at + 1, .only_ids = ids, .quals = s->quals });
	s->p.at++;
	return true;
}

/* *complete: an operand was read to its end, and joined to what stands left of it. */
static bool
take_operand(struct state *s, bool *complete)
{
	struct frame *f = &s->frame[s->depth - 1];
	const struct token *t = peek(s);
	struct ast *a = NULL;
	enum qual_prim tunnel;
	bool ok;
	*complete = false;
	if (is_word(t, WORD_NOT)) {
		f->not_at = f->negate ? f->not_at : t->span;
		f->negate = !f->negate;
		s->p.at++;
		return true;
	}
	if (t->kind == '(')
		ok = take_open(s, f, &a);
	else if (t->kind == ')' && f->acc == NULL && t[-1].kind == '(')
		ok = parse_empty(&s->p);
	else if (t->kind == ')' && f->open == 0)
		ok = unbalanced(s, t);
	else if (f->want_id && parse_is_set(&s->p))
		ok = parse_set(&s->p, &s->quals, &a);
	else if (f->only_ids || f->want_id ||
		 (f->acc != NULL && begins_id(s) && !parse_is_tunnel(&s->p, &tunnel)))
		ok = (is_id(t) || t->kind == TOK_BAD ? take_id(s, &a)
						     : parse_wants_id(&s->p));
	else
		ok = take_term(s, f, &a);
	if (!ok || a == NULL)
		return ok;
	if (a->kind != AST_ID)
		s->quals = (struct quals){ 0 };
	s->relation = a->kind == AST_RELATION;
	combine(s, f, a);
	*complete = true;
	return true;
}

/* The word and what is inside it. */
static struct ast *
scoped(struct state *s, const struct frame *f, struct span close)
{
	struct ast *a = ARENA_NEW(s->p.arena, struct ast);
	parse_leaf(&s->p, AST_SCOPE_END, close);
	*a = (struct ast){ .kind = f->scope->prim == PRIM_INNER ? AST_INNER : AST_AND,
		.first = f->scope,
		.last = f->acc,
		.span = parse_join(f->scope->span, close) };
	f->scope->next = f->acc;
	return a;
}

static void
end_let(struct state *s)
{
	struct frame f = s->frame[--s->depth];
	parse_leaf(&s->p, AST_SCOPE_END, peek(s)->span);
	s->p.tokens = f.outer;
	s->p.at = f.outer_at;
	s->p.lets.visible = f.visible;
	s->quals = f.quals;
	f.acc->grouped = true;
	combine(s, &s->frame[s->depth - 1], f.acc);
}

static bool
misspelt(struct state *s)
{
	const struct token *t = s->loose;
	const char *text = t != NULL ? s->p.tokens->text + t->span.at : NULL;
	if (t == NULL || t + 1 != peek(s) || lex_nearest(text, t->span.len) == NULL)
		return parse_after_operand(&s->p, s->relation);
	s->p.at--;
	return parse_stray_word(&s->p, peek(s));
}

/* After an operand.  *done: that was the whole. */
static bool
take_operator(struct state *s, bool *done)
{
	struct frame *f = &s->frame[s->depth - 1];
	const struct token *t = peek(s);
	if (is_word(t, WORD_AND) || is_word(t, WORD_OR)) {
		f->op = t->word == WORD_AND ? AST_AND : AST_OR;
		s->p.at++;
		return true;
	}
	if (t->kind == TOK_END && f->outer != NULL) {
		end_let(s);
		return true;
	}
	if (t->kind == TOK_END) {
		*done = true;
		return f->open == 0 || unbalanced(s, &s->p.tokens->token[f->open - 1]);
	}
	if (t->kind != ')')
		return misspelt(s);
	if (f->open == 0)
		return unbalanced(s, t);
	struct ast *a = f->scope != NULL ? scoped(s, f, t->span) : f->acc;
	a->grouped = true;
	s->quals = f->quals;
	s->depth--;
	s->p.at++;
	combine(s, &s->frame[s->depth - 1], a);
	return true;
}

/* After a fault: on to the next 'and', 'or' or ')' at this depth, so that a second fault
 * gets its message too.  False when there is none. */
static bool
recover(struct state *s)
{
	uint32_t depth = 0;
	s->lost = true;
	for (;; s->p.at++) {
		const struct token *t = peek(s);
		if (t->kind == TOK_END)
			return false;
		if (depth == 0 && t->kind == ')' && s->frame[s->depth - 1].open == 0)
			continue; /* it closes nothing */
		if (depth == 0 &&
			(t->kind == ')' || is_word(t, WORD_AND) || is_word(t, WORD_OR)))
			break;
		depth += t->kind == '(';
		depth -= t->kind == ')';
	}
	struct frame *f = &s->frame[s->depth - 1];
	struct ast *hole = ARENA_NEW(s->p.arena, struct ast);
	*hole = (struct ast){ .kind = AST_PROTO, .span = peek(s)->span };
	s->quals = (struct quals){ 0 };
	combine(s, f, hole);
	return true;
}

#define FAULTS_MAX 4 /* messages about the syntax of one expression */

bool
parse(const struct tokens *tokens, struct arena *arena, struct syntax *out,
	struct diags *ds)
{
	struct state s = {
		.p = { .whole = tokens, .tokens = tokens, .arena = arena, .diags = ds }
	};
	bool operand_next = true, done = false, ok = true;
	*out = (struct syntax){ 0 };
	s.p.leaf = &out->leaves;
	if (tokens->program && !parse_lets(&s.p))
		return false;
	if (peek(&s)->kind == TOK_END)
		return true;
	push_frame(&s, (struct frame){ 0 });
	while (!done) {
		bool closes = !operand_next && peek(&s)->kind != TOK_WORD, complete;
		bool good = operand_next ? take_operand(&s, &complete)
					 : take_operator(&s, &done);
		if (!good) {
			ok = false;
			if (ds->count >= FAULTS_MAX ||
				s.frame[s.depth - 1].outer != NULL || !recover(&s))
				return false;
			operand_next = false;
			continue;
		}
		operand_next = operand_next ? !complete : !closes;
	}
	out->root = s.frame[0].acc;
	return ok;
}
