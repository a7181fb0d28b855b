/* read.c: what a proof is about is read anew from the text: by the steps of a compile as
 * far as the tree, and by a whole compile. */
#include "read.h"

#include "../parse.h"
#include "../step.h"

bool
expression_open(struct expression *s, const struct filter_opts *opts, struct diags *ds)
{
	const struct lex_input in = { opts->text, opts->name, opts->program,
		opts->files };
	struct filter_opts all = *opts;
	*s = (struct expression){ .opts = opts };
	graph_init(&s->graph, &s->arena, opts->snaplen);
	if (!lex_sources(&in, &s->arena, &s->tokens, ds) ||
		s->tokens.count > TOKENS_MAX ||
		!parse(&s->tokens, &s->arena, &s->syntax, ds))
		return false;
	all.text = s->tokens.text;
	return resolve(&all, &s->syntax, &s->graph, &s->arena, ds);
}

void
expression_close(struct expression *s)
{
	arena_free(&s->arena);
}

bool
compiled_open(struct compiled *c, const struct filter_opts *opts, bool classic,
	struct diags *ds)
{
	struct filter_opts quiet = *opts;
	*c = (struct compiled){ 0 };
	quiet.trace = NULL;
	if (!filter_compile(&quiet, &c->filter, ds))
		return false;
	if (!classic)
		return true;
	c->insn = filter_cbpf(c->filter, &c->count, ds);
	if (c->insn == NULL)
		compiled_close(c);
	return c->insn != NULL;
}

void
compiled_close(struct compiled *c)
{
	filter_free(c->filter);
	*c = (struct compiled){ 0 };
}
