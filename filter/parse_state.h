/* parse_state.h: what the two halves of the parser share: terms, and the logic over them.
 */
#ifndef BPFCAP_FILTER_PARSE_STATE_H
#define BPFCAP_FILTER_PARSE_STATE_H

#include "parse.h"

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
	struct ast **loose_leaf;   /* where its leaf is linked in */
	const struct token *loose; /* the last id, when it was a name: for did-you-mean */
};

static inline const struct token *
peek(const struct state *s)
{
	return &s->p.tokens->token[s->p.at];
}

static inline bool
is_word(const struct token *t, enum word_class word)
{
	return t->kind == TOK_WORD && t->word == word;
}

static inline bool
is_id(const struct token *t)
{
	return t->kind == TOK_NUMBER || t->kind == TOK_IPV4 || t->kind == TOK_IPV6 ||
	       t->kind == TOK_MAC || t->kind == TOK_MAC8 || t->kind == TOK_NAME;
}

/* parse.c */
void parse_push(struct state *, struct frame);
bool parse_unbalanced(struct state *, const struct token *);

/* parse_term.c: an id, with the qualifiers in force; *out is its leaf. */
bool parse_take_id(struct state *, struct ast **out);
/* One rterm that is no parenthesis.  *out NULL on success: a head was read, or a frame is
 * open. */
bool parse_take_term(struct state *, struct frame *, struct ast **out);
bool parse_take_relation(struct state *, struct ast **out);

#endif
