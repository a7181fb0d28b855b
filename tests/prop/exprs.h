/* exprs.h: filter expressions to try: random ones, and the hand-picked ones of the lists
 * beside it.  Their ids come from tests/gen/pool.h, as the packets' do.
 *
 * Tokens are separated by blanks wherever the language allows it, so that an expression
 * can be made smaller by leaving tokens out. */
#ifndef BPFCAP_TESTS_EXPRS_H
#define BPFCAP_TESTS_EXPRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "../../filter/filter.h"
#include "../gen/rng.h"

#define EXPR_MAX 16384 /* bytes, with the NUL */

struct expr {
	char text[EXPR_MAX];
	size_t len;
};

struct expr_kind {
	uint16_t linktype;
	bool guards_anywhere; /* indexes of any protocol also in right operands */
};

/* The next random expression.  Almost all are right for the link type; a few are not
 * (a qualifier that does not go with an id), for compilers must agree on that as well. */
void expr_build(struct rng *, const struct expr_kind *, struct expr *);

/* Appends; what does not fit is left out. */
void expr_add(struct expr *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Names in expressions, from where libpcap has them: the system. */
extern const struct filter_names expr_names;

/* Reads the next `link type | expression` line; `#` begins a comment line.  False at the
 * end, and for a line that is none, in which case *bad is its number. */
struct expr_file {
	FILE *f;
	unsigned line;
	unsigned bad; /* number of the first line that could not be read; 0: none */
};
bool expr_read(struct expr_file *, uint16_t *linktype, struct expr *);

#endif
