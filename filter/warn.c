/* warn.c: what is legal and seldom meant: 'and' and 'or' mixed without parentheses, a
 * filter that no packet can match, one that all do.  In: the tree with its tests, and the
 * graph that it became; out: warnings, with the clauses that they are about.
 *
 * That no packet can match is an error where libpcap gives one. */
#include "step.h"

#include <stdio.h>
#include <string.h>

#include "linktype.h"

#define UNOPTIMISED_MAX (1u << 20) /* bytes of text that are optimised only to see */
#define MIXED_MAX 3                /* places that are told */
#define CLAUSE_MAX 56 /* bytes of a clause, and of a word of it, in a message */
#define WORD_MAX 40
#define DEPTH_MAX 4    /* parentheses within one another */
#define OPERANDS_MAX 3 /* of a list */

/* --- a clause in words ------------------------------------------------------- */

struct words {
	const char *source; /* what spans are places in */
	size_t max;         /* bytes, with the dots */
	size_t len;
	char text[128];
};

static void
put(struct words *w, const char *s, size_t n)
{
	for (; n > 0 && w->len < w->max; n--, s++)
		w->text[w->len++] = *s;
	if (n > 0)
		memset(w->text + w->max - 3, '.', 3);
	w->text[w->len] = '\0';
}

static void
put_word(struct words *w, const char *s)
{
	put(w, s, strlen(s));
}

/* What stands in the source, blanks and the like as one blank each. */
static void
put_span(struct words *w, struct span span)
{
	bool blank = false;
	uint32_t shown = 0, i = 0;
	for (; i < span.len && shown < WORD_MAX; i++) {
		unsigned char c = (unsigned char)w->source[span.at + i];
		if (c == '\0')
			return;
		if (c > ' ' && blank)
			put(w, " ", 1);
		blank = c <= ' ';
		if (!blank)
			put(w, c < 0x7f ? (const char *)&c : "?", 1);
		shown++;
	}
	if (i < span.len)
		put_word(w, "...");
}

static void put_clause(struct words *, const struct ast *, unsigned depth);

static bool
is_list(const struct ast *a)
{
	return a->kind == AST_AND || a->kind == AST_OR;
}

static void
put_operand(struct words *w, const struct ast *a, unsigned depth)
{
	if (is_list(a))
		put(w, "(", 1);
	put_clause(w, a, depth);
	if (is_list(a))
		put(w, ")", 1);
}

static void
put_list(struct words *w, const struct ast *a, unsigned depth)
{
	const char *joint = a->kind == AST_AND ? " and " : " or ";
	unsigned n = 0;
	for (const struct ast *o = a->first; o != NULL; o = o->next, n++) {
		if (n >= OPERANDS_MAX - 1 && o->next != NULL) {
			if (n == OPERANDS_MAX - 1) {
				put_word(w, joint);
				put_word(w, "...");
			}
			continue;
		}
		if (n > 0)
			put_word(w, joint);
		put_operand(w, o, depth + 1);
	}
}

/* As it was read: an id with its head, lists inside lists in parentheses. */
static void
put_clause(struct words *w, const struct ast *a, unsigned depth)
{
	if (depth > DEPTH_MAX)
		put_word(w, "...");
	else if (is_list(a) && !a->first->scope)
		put_list(w, a, depth);
	else if (a->kind == AST_NOT) {
		put_word(w, "not ");
		put_operand(w, a->first, depth + 1);
	} else {
		if (a->kind == AST_ID && a->quals.span.len > 0) {
			put_span(w, a->quals.span);
			put(w, " ", 1);
		}
		put_span(w, a->span);
	}
}

static struct words
words_of(const char *source, const struct ast *a, size_t max)
{
	struct words w = { .source = source, .max = max };
	put_clause(&w, a, 0);
	return w;
}

static const struct ast *
outermost(const struct ast *a, bool right)
{
	if (a->kind == AST_NOT && right)
		return a->first;
	if (!is_list(a) || a->first->scope)
		return NULL;
	return right ? a->last : a->first;
}

/* Where it stands: an id with the head right before it, else with the parentheses of the
 * first and the last operand. */
static struct span
place_of(const char *source, const struct ast *a)
{
	const struct span head = a->quals.span;
	uint32_t from = a->span.at, to = from + a->span.len;
	const uint32_t gap = from - (head.at + head.len);
	if (a->kind == AST_ID && head.len > 0 && head.at + head.len <= from &&
		strspn(source + head.at + head.len, " \t\r\n") == gap)
		from = head.at;
	for (const struct ast *o = a; (o = outermost(o, false)) != NULL;)
		from -= o->grouped && from > 0 && source[from - 1] == '(';
	for (const struct ast *o = a; (o = outermost(o, true)) != NULL;)
		to += o->grouped && source[to] == ')';
	return (struct span){ from, to - from };
}

/* --- precedence -------------------------------------------------------------- */

/* Lists grow to the right, so what was read together is the first operand. */
static bool
is_mixed(const struct ast *a)
{
	return is_list(a) && is_list(a->first) && a->first->kind != a->kind &&
	       !a->first->grouped;
}

/* A named filter stands in the tree as often as it is used. */
static bool
was_told(const struct diags *ds, struct span place)
{
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].code == DIAG_PRECEDENCE &&
			ds->diag[i].span[0].at == place.at)
			return true;
	return false;
}

static void
warn_mixed(const char *text, const struct ast *a, struct diags *ds)
{
	if (was_told(ds, place_of(text, a->first)))
		return;
	const struct words w = words_of(text, a, 116);
	struct diag *d = diags_add(ds, DIAG_PRECEDENCE, SEV_WARNING,
		"'and' and 'or' are equally strong and are read from left to right: %s",
		w.text);
	d->span[0] = place_of(text, a->first);
	d->span[1] = place_of(text, a->first->next);
	diags_hint(ds, "put parentheses round what belongs together");
}

struct visit {
	const struct ast *a;
	bool told; /* it stands in a place that a warning has shown */
};

/* A stack of its own: the depth is the user's. */
static void
warn_precedence(const char *text, const struct ast *root, struct diags *ds)
{
	struct arena arena = { 0 };
	uint32_t depth = 1, room = 64, told = 0;
	struct visit *stack = ARENA_ARRAY(&arena, room, struct visit);
	stack[0].a = root;
	while (depth > 0 && told < MIXED_MAX) {
		const struct visit v = stack[--depth];
		const bool mixed = is_mixed(v.a);
		if (mixed && !v.told) {
			warn_mixed(text, v.a, ds);
			told++;
		}
		if (depth + 2 > room) {
			stack = memcpy(
				ARENA_ARRAY(&arena, (size_t)room * 2, struct visit),
				stack, room * sizeof(*stack));
			room *= 2;
		}
		if (v.a->next != NULL)
			stack[depth++] = (struct visit){ v.a->next, false };
		if (v.a->first != NULL)
			stack[depth++] = (struct visit){ v.a->first, mixed };
	}
	arena_free(&arena);
}

/* --- never and always -------------------------------------------------------- */

/* That no packet can match is an error where the contradiction is in the words, a warning
 * where it takes the width of a field to see it (`ip[0] = 300`), or more than the usual
 * passes: libpcap compiles that.
 * It compiles these too, for it does not optimise them. */
static bool
libpcap_optimises(const struct filter_opts *opts, const struct syntax *syntax)
{
	const struct linktype *link = linktype_find(opts->linktype);
	/* resolve_prefix's entries: of the frame, where that varies, and of its payload
	 */
	const uint64_t payload = link->prefix == PREFIX_NONE ? 1 : 2;
	if (link->prefix == PREFIX_PRISM)
		return false;
	for (const struct ast *a = syntax->leaves; a != NULL; a = a->next_leaf) {
		bool chain = a->kind == AST_ID && a->quals.type == TYPE_PROTOCHAIN;
		bool geneve = a->kind == AST_PRIM && a->prim == PRIM_GENEVE;
		if (chain || geneve || (link->mac == MAC_WLAN && (a->needs & payload)))
			return false;
	}
	return true;
}

static bool
depends_on_link(const struct ast *a)
{
	return a->kind == AST_ID || a->kind == AST_PROTO || a->kind == AST_CAST ||
	       a->kind == AST_PRIM;
}

static void
say_one(const struct filter_opts *opts, const char *text, const struct clash *c,
	struct diag *d)
{
	const struct ast *a = c->clause[0];
	const struct words w = words_of(text, a, CLAUSE_MAX);
	const char *link =
		depends_on_link(a) ? linktype_find(opts->linktype)->name : NULL;
	const size_t at = strlen(d->text);
	snprintf(d->text + at, sizeof(d->text) - at, ": '%s' is %s true%s%s", w.text,
		c->always ? "always" : "never", link ? " on " : "", link ? link : "");
	d->span[0] = place_of(text, a);
}

static void
say_two(const char *text, const struct clash *c, struct diag *d)
{
	static const char *const forms[2][2] = {
		{ "'%s' and '%s' are never true together",
			"'%s' ... '%s' are never true together" },
		{ "'%s' or '%s' is always true", "one of '%s' ... '%s' is always true" },
	};
	const struct words x = words_of(text, c->clause[0], CLAUSE_MAX);
	const struct words y = words_of(text, c->clause[1], CLAUSE_MAX);
	const bool not_x = c->clause[0]->kind == AST_NOT;
	const bool not_y = c->clause[1]->kind == AST_NOT;
	const size_t at = strlen(d->text);
	d->text[at] = ':';
	d->text[at + 1] = ' ';
	snprintf(d->text + at + 2, sizeof(d->text) - at - 2, forms[c->always][c->between],
		x.text, y.text);
	d->span[0] = place_of(text, c->clause[1]);
	d->span[1] = place_of(text, c->clause[0]);
	if (!c->between && (c->always ? not_x && not_y : !not_x && !not_y))
		snprintf(d->hint, sizeof(d->hint), "did you mean '%s'?",
			c->always ? "and" : "or");
}

static void
say_why(const struct filter_opts *opts, const char *text, struct clash c, struct diag *d)
{
	/* what resolve has added of itself is not in the text */
	if (c.clause[0]->span.len == 0 && c.clause[1] != NULL)
		c.clause[0] = c.clause[1];
	if (c.clause[1] == NULL || c.clause[0] == c.clause[1])
		say_one(opts, text, &c, d);
	else
		say_two(text, &c, d);
}

static bool
warn_outcome(const struct filter_opts *opts, const char *text,
	const struct syntax *syntax, struct graph *g, struct diags *ds)
{
	enum outcome o = g->root == g->reject   ? OUTCOME_NEVER
			 : g->root == g->accept ? OUTCOME_ALWAYS
						: OUTCOME_VARIES;
	if (opts->no_optimise && syntax->root->span.len < UNOPTIMISED_MAX)
		o = clash_outcome(g, syntax->root);
	if (o == OUTCOME_VARIES)
		return true;
	const bool never = o == OUTCOME_NEVER;
	const bool refused = never && !opts->no_optimise && !g->clipped && !g->chosen &&
			     libpcap_optimises(opts, syntax);
	struct diag *d = diags_add(ds, never ? DIAG_NEVER : DIAG_ALWAYS,
		refused ? SEV_ERROR : SEV_WARNING, "expression %s all packets",
		never ? "rejects" : "accepts");
	say_why(opts, text, clash_find(g, syntax->root, !never), d);
	return !refused;
}

bool
warn(const struct filter_opts *opts, const char *text, const struct syntax *syntax,
	struct graph *g, struct diags *ds)
{
	if (syntax->root == NULL)
		return true;
	const bool ok = warn_outcome(opts, text, syntax, g, ds);
	warn_precedence(text, syntax->root, ds);
	return ok;
}
