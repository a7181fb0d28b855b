/* shrink.c: an expression that fails comes in, a shorter one that fails by the same claim
 * goes out: runs of tokens are left out, long runs first, as long as that helps. */
#include "shrink.h"

#include <string.h>

#include "exempt.h"

#define TOKENS_MAX 2000
#define TRIES_MAX 1500 /* a try costs some milliseconds */

struct tokens {
	struct {
		const char *at;
		size_t len;
	} token[TOKENS_MAX];
	size_t count;
};

/* Blanks separate; a parenthesis or a bracket is a token of its own. */
static void
split(const char *text, struct tokens *out)
{
	out->count = 0;
	while (*text && out->count < TOKENS_MAX) {
		const size_t blanks = strspn(text, " ");
		size_t len = strcspn(text + blanks, " ()[]");

		text += blanks;
		if (len == 0 && *text)
			len = 1;
		out->token[out->count].at = text;
		out->token[out->count].len = len;
		out->count += len != 0;
		text += len;
	}
}

/* All tokens but those in [from, to) and the one at `also`. */
static void
join(const struct tokens *in, size_t from, size_t to, size_t also, struct expr *out)
{
	out->len = 0;
	out->text[0] = '\0';
	for (size_t i = 0; i < in->count; i++)
		if ((i < from || i >= to) && i != also)
			expr_add(out, "%s%.*s", out->len ? " " : "",
				(int)in->token[i].len, in->token[i].at);
}

struct shrinker {
	struct check check; /* a copy: its counts are thrown away */
	struct expr *expr;
	struct failure *failure;
	uint16_t linktype;
	unsigned tries;       /* left */
	struct tokens tokens; /* of *expr */
};

/* Where libpcap refuses, for the same reason: a smaller expression may be right as one of
 * the forms that only we have. */
static bool
is_same(const struct failure *a, const struct failure *b)
{
	return a->claim == b->claim && a->theirs == b->theirs &&
	       (a->claim != CLAIM_COMPILES || a->theirs ||
		       strcmp(a->detail, b->detail) == 0);
}

/* Takes the expression if it fails as well. */
static bool
take(struct shrinker *s, const struct expr *smaller)
{
	struct failure again;

	if (!s->tries || !smaller->len)
		return false;
	s->tries--;
	if (check_expr(&s->check, smaller->text, s->linktype, &again) ||
		!is_same(&again, s->failure) || exempt_reason(&again, smaller->text))
		return false;
	*s->failure = again;
	*s->expr = *smaller;
	split(s->expr->text, &s->tokens);
	return true;
}

/* Tries to leave out `run` tokens, wherever; true when some could go. */
static bool
leave_out(struct shrinker *s, size_t run)
{
	struct expr smaller;
	bool any = false;

	for (size_t i = 0; i + run <= s->tokens.count && s->tries; i++) {
		join(&s->tokens, i, i + run, SIZE_MAX, &smaller);
		any |= take(s, &smaller);
	}
	return any;
}

/* The index of the parenthesis that closes the one at `open`. */
static size_t
closing(const struct tokens *t, size_t open)
{
	size_t depth = 0;

	for (size_t i = open; i < t->count; i++) {
		depth += *t->token[i].at == '(';
		depth -= *t->token[i].at == ')';
		if (depth == 0)
			return i;
	}
	return open;
}

static bool
unwrap(struct shrinker *s)
{
	struct expr smaller;
	bool any = false;

	for (size_t i = 0; i < s->tokens.count; i++) {
		if (*s->tokens.token[i].at != '(')
			continue;
		join(&s->tokens, i, i + 1, closing(&s->tokens, i), &smaller);
		any |= take(s, &smaller);
	}
	return any;
}

void
shrink_expr(const struct check *c, struct expr *e, uint16_t linktype, struct failure *f)
{
	struct shrinker s = { .check = *c,
		.expr = e,
		.failure = f,
		.linktype = linktype,
		.tries = TRIES_MAX };
	bool any = true;

	split(e->text, &s.tokens);
	while (any && s.tries) {
		any = unwrap(&s);
		for (size_t run = s.tokens.count / 2; run > 0; run /= 2)
			any |= leave_out(&s, run);
	}
}
