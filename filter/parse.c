/* parse.c: tokens in, a syntax tree out.  A hand-written parser with a stack of its own:
 * a mebibyte of '(' is an error message, not a crash.
 *
 * Where an id may stand without a head (after and/or, and in the list after a head) is
 * decided by the first token that counts, behind any '(' and 'not'.  A '(' opens
 * arithmetic when what follows its ')' is an operator. */
#include "parse_state.h"

#include <string.h>

static bool
goes_on_as_arithmetic(const struct token *t)
{
	enum arith_op arith;
	enum relop rel;
	return parse_is_arith_op(t->kind, &arith) || parse_is_relop(t->kind, &rel);
}

void
parse_push(struct state *s, struct frame f)
{
	ARENA_MORE(s->p.arena, s->frame, s->depth, &s->room);
	s->frame[s->depth++] = f;
}

bool
parse_unbalanced(struct state *s, const struct token *t)
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
	enum qual_prim tunnel;
	enum qual_proto any;
	if (!is_id(t) || is_let(s, t) || parse_is_tunnel(&s->p, t, &tunnel) ||
		parse_is_any(&s->p, t, &any))
		return false;
	if (t->kind != TOK_NUMBER)
		return true;
	for (t++; t->kind == ')' && opens > 0; t++)
		opens--;
	return !goes_on_as_arithmetic(t);
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
	acc->grouped = false;
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
		return parse_unbalanced(s, t);
	bool ids = f->only_ids || f->want_id || (f->acc != NULL && begins_id(s));
	if (!ids && goes_on_as_arithmetic(&s->p.tokens->token[t->match + 1]))
		return parse_take_relation(s, out);
	parse_push(s, (struct frame){
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
	else if (t->kind == ')' && f->acc == NULL && s->p.at > 0 && t[-1].kind == '(')
		ok = parse_empty(&s->p);
	else if (t->kind == ')' && f->open == 0)
		ok = parse_unbalanced(s, t);
	else if (f->want_id && parse_is_set(&s->p))
		ok = parse_set(&s->p, &s->quals, &a);
	else if (f->only_ids || f->want_id || (f->acc != NULL && begins_id(s)))
		ok = (is_id(t) || t->kind == TOK_BAD ? parse_take_id(s, &a)
						     : parse_wants_id(&s->p));
	else
		ok = parse_take_term(s, f, &a);
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
	s->p.leaf = s->loose_leaf; /* it was none */
	*s->p.leaf = NULL;
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
		return f->open == 0 ||
		       parse_unbalanced(s, &s->p.tokens->token[f->open - 1]);
	}
	if (t->kind != ')')
		return misspelt(s);
	if (f->open == 0)
		return parse_unbalanced(s, t);
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

static bool
read_expression(struct state *s, struct ast **root)
{
	bool operand_next = true, done = false, ok = true;
	parse_push(s, (struct frame){ 0 });
	while (!done) {
		bool closes = !operand_next && peek(s)->kind != TOK_WORD, complete;
		bool good = operand_next ? take_operand(s, &complete)
					 : take_operator(s, &done);
		if (!good) {
			ok = false;
			if (s->p.diags->count >= FAULTS_MAX ||
				s->frame[s->depth - 1].outer != NULL || !recover(s))
				return false;
			operand_next = false;
			continue;
		}
		operand_next = operand_next ? !complete : !closes;
	}
	*root = s->frame[0].acc;
	return ok;
}

/* Named filters that nothing uses are read all the same, for their faults; their leaves
 * come first, each filter's in a scope.  From the last on: it may use those before it. */
static bool
read_unused(struct parser *p, struct ast **leaves)
{
	bool ok = true;
	struct ast *first = NULL, *root;
	struct ast **leaf = &first;
	for (uint32_t i = p->lets.count; i-- > 0;) {
		struct let *let = &p->lets.let[i];
		struct state s = { .p = *p };
		if (let->used)
			continue;
		s.p.tokens = &let->body;
		s.p.at = 0;
		s.p.lets.visible = let->visible;
		s.p.leaf = leaf;
		parse_leaf(&s.p, AST_SCOPE_BEGIN, let->name);
		ok = read_expression(&s, &root) && ok;
		parse_leaf(&s.p, AST_SCOPE_END, let->name);
		leaf = s.p.leaf;
	}
	*leaf = *leaves;
	*leaves = first;
	return ok;
}

bool
parse(const struct tokens *tokens, struct arena *arena, struct syntax *out,
	struct diags *ds)
{
	struct state s = {
		.p = { .whole = tokens, .tokens = tokens, .arena = arena, .diags = ds }
	};
	*out = (struct syntax){ 0 };
	s.p.leaf = &out->leaves;
	if (tokens->program && !parse_lets(&s.p))
		return false;
	bool ok = peek(&s)->kind == TOK_END || read_expression(&s, &out->root);
	if (s.p.lets.count == 0)
		return ok;
	if (out->root == NULL && ok) {
		diags_add(ds, DIAG_SYNTAX, SEV_WARNING,
			"filters are named, but there is no expression: all packets "
			"match")
			->span[0] = s.p.lets.let[0].name;
		diags_hint(
			ds, "the expression begins on a line of its own, not indented");
	}
	return read_unused(&s.p, &out->leaves) && ok;
}
