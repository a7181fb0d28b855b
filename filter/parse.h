/* parse.h: the grammar of an expression, and of arithmetic within it. */
#ifndef BPFCAP_FILTER_PARSE_H
#define BPFCAP_FILTER_PARSE_H

#include "ast.h"

/* A named filter. */
struct let {
	struct span name;
	struct tokens body;
	uint32_t visible; /* those before it, which it may use */
	bool used;
	uint32_t chain; /* index + 1 of the next with its hash */
};

struct lets {
	struct let *let;
	uint32_t count, room;
	uint32_t *bucket; /* index + 1; as many as there is room for */
	uint32_t visible; /* that may be used now */
};

/* What both grammars share: where we are, and where things go. */
struct parser {
	const struct tokens *whole;  /* the lists of files are in it */
	const struct tokens *tokens; /* being read: all, or a named filter */
	uint32_t at;                 /* index of the token to be read */
	struct arena *arena;
	struct diags *diags;
	struct ast **leaf; /* where the next leaf is linked in */
	struct lets lets;
};

/* tokens → tree.  False: the first fault is in the diags. */
bool parse(const struct tokens *, struct arena *, struct syntax *, struct diags *);

/* Reads one arithmetic expression as far as it goes; NULL on a fault. */
const struct arith *parse_arith(struct parser *);

/* parse_set.c */
struct ast *parse_leaf(struct parser *, enum ast_kind, struct span);
/* The id that is next, with the qualifiers of its head. */
bool parse_id(struct parser *, const struct quals *, struct ast **);
/* Does `in {` or `in @file` come next? */
bool parse_is_set(const struct parser *);
bool parse_set(struct parser *, const struct quals *, struct ast **);
bool parse_relation_set(struct parser *, const struct arith *left, struct ast **);

/* parse_let.c: reads the named filters at the beginning of a program. */
bool parse_lets(struct parser *);
/* The named filter that the token names; NULL, and *later when it is named further down.
 */
const struct let *parse_find_let(
	const struct parser *, const struct token *, bool *later);

/* parse_arith.c: is the name that is next, before '[', one such as any.tcp? */
bool parse_is_any(const struct parser *, const struct token *, enum qual_proto *);

/* parse_prim.c: the primitive that begins with the word that is next: fills in prim, its
 * arguments and the span.  `scope`: a '(' follows that opens one. */
bool parse_prim(struct parser *, enum qual_prim, struct ast *);

/* Is the name that is next one of the tunnels that are words only before '(' ? */
bool parse_is_tunnel(const struct parser *, const struct token *, enum qual_prim *);

bool parse_is_relop(int token_kind, enum relop *);
bool parse_is_arith_op(int token_kind, enum arith_op *);

/* Is the token this name, which is a word in its place only? */
bool parse_is_text(const struct parser *, const struct token *, const char *word);

/* From the first to the last; and how many bytes of a span a message shows, for %.*s. */
struct span parse_join(struct span first, struct span last);
int parse_shown(struct span);

/* parse_hint.c: messages at the token that is next (or `t`); all are always false. */
bool parse_stray_word(struct parser *, const struct token *t);  /* no term begins so */
bool parse_after_operand(struct parser *, bool after_relation); /* no operand ends so */
bool parse_wants_id(struct parser *);                           /* no id begins so */
bool parse_empty(struct parser *);                              /* () */
bool parse_bare_protocol(struct parser *); /* a protocol, and at once an id */
/* What was probably meant by a name, or NULL. */
const char *parse_suggest(const struct parser *, const struct token *);

/* "unexpected X" at the token that is next; always false. */
bool parse_unexpected(struct parser *, const char *wanted);

#endif
