/* read.h: what a proof is about: an expression as a tree, and as a program. */
#ifndef BPFCAP_FILTER_READ_H
#define BPFCAP_FILTER_READ_H

#include "../ast.h"
#include "../graph.h"
#include "../lex.h"

struct sock_filter;

/* An expression, as far as its tests. */
struct expression {
	const struct filter_opts *opts;
	struct arena arena;
	struct graph graph; /* of it only the values are used */
	struct tokens tokens;
	struct syntax syntax;
};

/* False, and an error.  To be closed in any case. */
bool expression_open(struct expression *, const struct filter_opts *, struct diags *);
void expression_close(struct expression *);

struct compiled {
	struct filter *filter;
	const struct sock_filter *insn;
	size_t count;
};

/* `classic`: there has to be classic BPF of it.  False, and an error: nothing is to be
 * closed. */
bool compiled_open(
	struct compiled *, const struct filter_opts *, bool classic, struct diags *);
void compiled_close(struct compiled *);

#endif
