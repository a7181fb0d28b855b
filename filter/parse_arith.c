/* parse_arith.c: arithmetic, by operator precedence with a stack of its own.
 *
 * The precedence is the language's, oddities included: | & (<< >>) (+ -) (* /) unary -,
 * lowest first, all left-associative; % and ^ have none: nothing reduces over them from
 * either side, so their right operand takes all that follows. */
#include <string.h>

#include "parse.h"

enum mark { MARK_BINARY, MARK_NEGATE, MARK_PAREN, MARK_INDEX };

struct pending {
	enum mark mark;
	enum arith_op op;
	unsigned precedence;   /* 0: never reduced by what follows */
	enum qual_proto proto; /* of MARK_INDEX */
	bool any;
	uint32_t token; /* where it stands */
};

struct stacks {
	struct parser *p;
	struct pending *pending;
	const struct arith **operand;
	uint32_t npending, noperand, room;
};

static const struct {
	int token;
	enum arith_op op;
	unsigned precedence;
} operators[] = {
	{ '|', OP_OR, 1 },
	{ '&', OP_AND, 2 },
	{ TOK_SHL, OP_SHL, 3 },
	{ TOK_SHR, OP_SHR, 3 },
	{ '+', OP_ADD, 4 },
	{ '-', OP_SUB, 4 },
	{ '*', OP_MUL, 5 },
	{ '/', OP_DIV, 5 },
	{ '%', OP_MOD, 0 },
	{ '^', OP_XOR, 0 },
};
#define OPERATORS (sizeof(operators) / sizeof(operators[0]))
#define PRECEDENCE_NEGATE 6

bool
parse_is_arith_op(int kind, enum arith_op *op)
{
	for (unsigned i = 0; i < OPERATORS; i++)
		if (operators[i].token == kind) {
			*op = operators[i].op;
			return true;
		}
	return false;
}

bool
parse_is_any(const struct parser *p, const struct token *t, enum qual_proto *out)
{
	static const struct {
		const char *text;
		enum qual_proto proto;
	} words[] = { { "any.tcp", PROTO_TCP }, { "any.udp", PROTO_UDP },
		{ "any.sctp", PROTO_SCTP }, { "any.icmp6", PROTO_ICMP6 } };
	if (t[1].kind != '[')
		return false;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (parse_is_text(p, t, words[i].text)) {
			*out = words[i].proto;
			return true;
		}
	return false;
}

static unsigned
precedence_of(int kind)
{
	for (unsigned i = 0; i < OPERATORS; i++)
		if (operators[i].token == kind)
			return operators[i].precedence;
	return 0;
}

static const struct token *
peek(const struct stacks *s)
{
	return &s->p->tokens->token[s->p->at];
}

static void
push_operand(struct stacks *s, struct arith a)
{
	struct arith *to = ARENA_NEW(s->p->arena, struct arith);
	uint32_t left = a.a != NULL ? a.a->depth : 0,
		 right = a.b != NULL ? a.b->depth : 0;
	*to = a;
	to->depth = (left > right ? left : right) + 1;
	s->operand[s->noperand++] = to;
}

static void
reduce(struct stacks *s)
{
	struct pending top = s->pending[--s->npending];
	const struct arith *b = s->operand[--s->noperand];
	struct span sign = s->p->tokens->token[top.token].span;
	if (top.mark == MARK_NEGATE) {
		push_operand(s, (struct arith){ .kind = ARITH_NEGATE,
					.a = b,
					.span = parse_join(sign, b->span) });
		return;
	}
	const struct arith *a = s->operand[--s->noperand];
	push_operand(s, (struct arith){ .kind = ARITH_OP,
				.op = top.op,
				.a = a,
				.b = b,
				.span = parse_join(a->span, b->span) });
}

static bool
is_open(const struct pending *p)
{
	return p->mark == MARK_PAREN || p->mark == MARK_INDEX;
}

static void
reduce_to_open(struct stacks *s)
{
	while (s->npending > 0 && !is_open(&s->pending[s->npending - 1]))
		reduce(s);
}

static void
push_pending(struct stacks *s, struct pending p)
{
	p.token = s->p->at;
	s->pending[s->npending++] = p;
}

/* An operand begins: pushes it, or what must come before it.  *done: it is complete. */
static bool
take_operand(struct stacks *s, bool *done)
{
	const struct token *t = peek(s);
	enum qual_proto any;
	*done = false;
	if (t->kind == '-') {
		push_pending(s, (struct pending){ .mark = MARK_NEGATE,
					.precedence = PRECEDENCE_NEGATE });
	} else if (t->kind == '(') {
		push_pending(s, (struct pending){ .mark = MARK_PAREN });
	} else if (t->kind == TOK_NUMBER) {
		push_operand(s, (struct arith){ .kind = ARITH_NUMBER,
					.number = t->number,
					.span = t->span });
		*done = true;
	} else if (t->kind == TOK_WORD && t->word == WORD_LEN) {
		push_operand(s, (struct arith){ .kind = ARITH_LEN, .span = t->span });
		*done = true;
	} else if (t->kind == TOK_WORD && t->word == WORD_PROTO && t[1].kind == '[') {
		push_pending(
			s, (struct pending){ .mark = MARK_INDEX, .proto = t->number });
		s->p->at++;
	} else if (parse_is_any(s->p, t, &any)) {
		push_pending(s, (struct pending){
					.mark = MARK_INDEX, .proto = any, .any = true });
		s->p->at++;
	} else
		return parse_unexpected(s->p, "a number, 'len' or 'protocol[offset]'");
	s->p->at++;
	return true;
}

/* `]` or `:size]` of an index. */
static bool
close_index(struct stacks *s)
{
	uint32_t size = 1;
	const struct token *t = peek(s);
	if (t->kind == ':') {
		s->p->at++;
		t = peek(s);
		if (t->kind != TOK_NUMBER)
			return parse_unexpected(s->p, "a size: 1, 2 or 4");
		size = t->number;
		if (size != 1 && size != 2 && size != 4)
			return diags_error(s->p->diags, DIAG_SIZE, t->span,
				"data size must be 1, 2, or 4");
		s->p->at++;
		t = peek(s);
	}
	if (t->kind != ']')
		return parse_unexpected(s->p, "']'");
	struct pending open = s->pending[--s->npending];
	const struct arith *offset = s->operand[--s->noperand];
	push_operand(s, (struct arith){ .kind = ARITH_INDEX,
				.proto = open.proto,
				.any = open.any,
				.number = size,
				.a = offset,
				.span = parse_join(
					s->p->tokens->token[open.token].span, t->span) });
	s->p->at++;
	return true;
}

/* After an operand.  *done: the expression ends before this token. */
static bool
take_operator(struct stacks *s, bool *operand_next, bool *done)
{
	const struct token *t = peek(s);
	enum arith_op op;
	*operand_next = *done = false;
	if (parse_is_arith_op(t->kind, &op)) {
		unsigned precedence = precedence_of(t->kind);
		while (precedence != 0 && s->npending > 0 &&
			!is_open(&s->pending[s->npending - 1]) &&
			s->pending[s->npending - 1].precedence >= precedence)
			reduce(s);
		push_pending(s, (struct pending){ .mark = MARK_BINARY,
					.op = op,
					.precedence = precedence });
		s->p->at++;
		*operand_next = true;
		return true;
	}
	reduce_to_open(s);
	if (s->npending == 0) {
		*done = true;
		return true;
	}
	if (s->pending[s->npending - 1].mark == MARK_INDEX)
		return close_index(s);
	if (t->kind != ')')
		return parse_unexpected(s->p, "')'");
	s->npending--;
	s->p->at++;
	return true;
}

static void
make_room(struct stacks *s)
{
	if (s->npending < s->room && s->noperand < s->room)
		return;
	uint32_t room = s->room ? s->room * 2 : 16;
	struct pending *pending = ARENA_ARRAY(s->p->arena, room, struct pending);
	const struct arith **operand =
		ARENA_ARRAY(s->p->arena, room, const struct arith *);
	for (uint32_t i = 0; i < s->room; i++) {
		pending[i] = s->pending[i];
		operand[i] = s->operand[i];
	}
	s->pending = pending;
	s->operand = operand;
	s->room = room;
}

const struct arith *
parse_arith(struct parser *p)
{
	struct stacks s = { .p = p };
	bool operand_next = true, done = false;
	while (!done) {
		bool complete;
		make_room(&s);
		if (!operand_next) {
			if (!take_operator(&s, &operand_next, &done))
				return NULL;
		} else {
			if (!take_operand(&s, &complete))
				return NULL;
			operand_next = !complete;
		}
	}
	return s.operand[0];
}
