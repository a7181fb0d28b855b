/* parse_error.c: the message for a token that does not fit, and spans for messages. */
#include "parse.h"

#include <string.h>

struct span
parse_join(struct span first, struct span last)
{
	return (struct span){ first.at, last.at + last.len - first.at };
}

int
parse_shown(struct span s)
{
	return (int)(s.len < 60 ? s.len : 60);
}

bool
parse_is_text(const struct parser *p, const struct token *t, const char *word)
{
	return t->kind == TOK_NAME && !t->named && t->span.len == strlen(word) &&
	       memcmp(p->tokens->text + t->span.at, word, t->span.len) == 0;
}

bool
parse_unexpected(struct parser *p, const char *wanted)
{
	const struct token *t = &p->tokens->token[p->at];
	const char *text = p->tokens->text + t->span.at;
	if (t->kind == TOK_BAD) /* it has been said why */
		return false;
	if (t->kind == TOK_END) {
		struct span at = { t->span.at, 1 };
		return diags_error(p->diags, DIAG_SYNTAX, at,
			"syntax error: the expression ends where %s should follow",
			wanted);
	}
	diags_error(p->diags, DIAG_SYNTAX, t->span,
		"syntax error: unexpected '%.*s' where %s should follow",
		parse_shown(t->span), text, wanted);
	const char *meant = parse_suggest(p, t);
	if (meant != NULL)
		diags_hint(p->diags, "did you mean '%s'?", meant);
	else if (t->kind == TOK_NAME && memchr(text, '-', t->span.len) != NULL)
		diags_hint(p->diags,
			"a '-' belongs to the name it stands in: to subtract, "
			"put blanks round it");
	return false;
}
