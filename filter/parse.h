/* parse.h: the grammar of an expression, and of arithmetic within it. */
#ifndef BPFCAP_FILTER_PARSE_H
#define BPFCAP_FILTER_PARSE_H

#include "ast.h"

/* What both grammars share: where we are, and where things go. */
struct parser {
	const struct tokens *tokens;
	uint32_t at; /* index of the token to be read */
	struct arena *arena;
	struct diags *diags;
};

/* tokens → tree.  False: the first fault is in the diags. */
bool parse(const struct tokens *, struct arena *, struct syntax *, struct diags *);

/* Reads one arithmetic expression as far as it goes; NULL on a fault. */
const struct arith *parse_arith(struct parser *);

/* parse_prim.c: the primitive that begins with the word that is next: fills in prim, its
 * arguments and the span.  `scope`: a '(' follows that opens one. */
bool parse_prim(struct parser *, enum qual_prim, struct ast *);

/* Is the name that is next one of the tunnels that are words only before '(' ? */
bool parse_is_tunnel(const struct parser *, enum qual_prim *);

bool parse_is_relop(int token_kind, enum relop *);
bool parse_is_arith_op(int token_kind, enum arith_op *);

/* From the first to the last; and how many bytes of a span a message shows, for %.*s. */
struct span parse_join(struct span first, struct span last);
int parse_shown(struct span);

/* "unexpected X" at the token that is next; always false. */
bool parse_unexpected(struct parser *, const char *wanted);

#endif
