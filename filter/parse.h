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

bool parse_is_relop(int token_kind, enum relop *);
bool parse_is_arith_op(int token_kind, enum arith_op *);

/* From the first to the last; and how many bytes of a span a message shows, for %.*s. */
struct span parse_join(struct span first, struct span last);
int parse_shown(struct span);

/* "unexpected X" at the token that is next; always false. */
bool parse_unexpected(struct parser *, const char *wanted);

#endif
