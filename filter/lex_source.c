/* lex_source.c: the text of an expression, and of the files that it names, in; tokens
 * out.
 *
 * All texts become one, the expression first, so that a span is a place in it.  Files are
 * read through a callback: `@file` after `in` is a list, one entry a line, whose tokens
 * stand behind those of the expression; `include file` in a program (-F) stands for the
 * file's text.  In both, and in a program, `#` begins a comment. */
#include "lex.h"

#include <string.h>

#define SOURCES_MAX 256
#define INCLUDES_MAX 16      /* files within files */
#define TEXT_MAX (64u << 20) /* bytes of all texts; spans are 32-bit */

struct open { /* the files that include one another, innermost first */
	uint32_t source;
	const struct open *outer;
	unsigned depth;
};

struct lexing {
	const struct lex_input *in;
	struct arena *arena;
	struct tokens *ts;
	uint32_t room;
	uint32_t end; /* of the text: its last NUL */
	char *all;    /* room for more texts, NULL: only the expression's */
	size_t all_room;
	struct diags *ds;
	bool failed;
};

static struct token *
push(struct lexing *l, uint32_t at)
{
	struct tokens *ts = l->ts;
	ARENA_MORE(l->arena, ts->token, ts->count, &l->room);
	struct token *t = &ts->token[ts->count++];
	*t = (struct token){ .kind = TOK_END, .span = { at, 0 } };
	return t;
}

static bool
fault(struct lexing *l, enum diag_code code, struct span span, const char *what,
	const char *name, const char *why)
{
	l->failed = true;
	return diags_error(l->ds, code, span, "%s '%.80s'%s%.80s", what, name,
		why[0] != '\0' ? ": " : "", why);
}

/* For all texts; grown by doubling. */
static void
make_room(struct lexing *l, size_t need)
{
	if (l->all != NULL && need <= l->all_room)
		return;
	l->all_room = 2 * need;
	char *to = ARENA_ARRAY(l->arena, l->all_room, char);
	memcpy(to, l->ts->text, l->end + 1);
	l->all = to;
	l->ts->text = to;
}

/* A relative name counts from the directory of the file that names it. */
static const char *
join_path(struct lexing *l, const char *name, const char *from)
{
	const char *slash = from != NULL && name[0] != '/' ? strrchr(from, '/') : NULL;
	size_t dir = slash != NULL ? (size_t)(slash - from) + 1 : 0;
	if (dir == 0)
		return name;
	char *path = ARENA_ARRAY(l->arena, dir + strlen(name) + 1, char);
	memcpy(path, from, dir);
	strcpy(path + dir, name);
	return path;
}

/* The name of the source that has the place. */
static const char *
source_at(const struct tokens *ts, uint32_t at)
{
	uint32_t s = ts->sources - 1;
	while (s > 0 && ts->source[s].at > at)
		s--;
	return ts->source[s].name;
}

/* The index of the file's text, or 0. */
static uint32_t
read_source(struct lexing *l, struct span span, const char *name, const char *from)
{
	const struct filter_files *files = l->in->files;
	struct tokens *ts = l->ts;
	char why[128] = "files cannot be read here";
	size_t len = 0;
	const char *text = NULL;
	for (uint32_t i = 1; i < ts->sources; i++)
		if (strcmp(ts->source[i].name, name) == 0 && ts->source[i].list)
			return i; /* a list that has been read */
	if (ts->sources == SOURCES_MAX)
		return fault(l, DIAG_SIZE, span, "too many files: cannot read", name, "");
	if (files != NULL && files->read != NULL)
		text = files->read(files->ctx, name, from, &len, why, sizeof(why));
	if (text == NULL)
		return fault(l, DIAG_FILE, span, "cannot read", name, why);
	len = strlen(text);
	if (len > TEXT_MAX - l->end - 2)
		return fault(l, DIAG_SIZE, span, "too much text: cannot read", name, "");
	make_room(l, l->end + 2 + len);
	memcpy(l->all + l->end + 1, text, len + 1);
	ts->source[ts->sources] = (struct source){ .name = name, .at = l->end + 1 };
	l->end += 1 + (uint32_t)len;
	return ts->sources++;
}

static const char *
text_of(struct lexing *l, struct span span)
{
	char *s = ARENA_ARRAY(l->arena, (size_t)span.len + 1, char);
	memcpy(s, l->ts->text + span.at, span.len);
	return s;
}

static void lex_range(struct lexing *, uint32_t at, bool comments, const struct open *);

/* `include PATH` or `include "PATH"`, to the end of the line.  Returns where that is. */
static uint32_t
lex_include(struct lexing *l, uint32_t at, const struct open *o)
{
	const char *line = l->ts->text + at;
	uint32_t len = (uint32_t)strcspn(line, "\n"), from = 7; /* behind the word */
	uint32_t to = len;
	while (from < to && strchr(" \t\r\"", line[from]) != NULL)
		from++;
	while (to > from && strchr(" \t\r\"", line[to - 1]) != NULL)
		to--;
	struct span span = { at + from, to - from };
	const char *within = l->ts->source[o->source].name;
	const char *name = join_path(l, text_of(l, span), within);
	for (const struct open *outer = o; outer != NULL; outer = outer->outer)
		if (l->ts->source[outer->source].name != NULL &&
			strcmp(l->ts->source[outer->source].name, name) == 0) {
			fault(l, DIAG_FILE, span, "includes go in a circle at", name, "");
			return at + len;
		}
	if (o->depth == INCLUDES_MAX) {
		fault(l, DIAG_SIZE, span, "includes too deep at", name, "");
		return at + len;
	}
	uint32_t source = read_source(l, span, name, within);
	struct open inner = { source, o, o->depth + 1 };
	if (source != 0)
		lex_range(l, l->ts->source[source].at, true, &inner);
	return at + len;
}

/* Blanks and comments; *line: a line was begun, *indented: and with blanks. */
static uint32_t
skip(const char *text, uint32_t at, bool comments, bool *line, bool *indented)
{
	for (;; at++) {
		if (text[at] == '\n') {
			*line = true;
			*indented = false;
		} else if (text[at] == ' ' || text[at] == '\t' || text[at] == '\r')
			*indented = true;
		else if (text[at] == '#' && comments)
			at += (uint32_t)strcspn(text + at, "\n") - 1;
		else
			return at;
	}
}

/* Recursive for includes only, which are of bounded depth. */
static void
lex_range(struct lexing *l, uint32_t at, bool comments, const struct open *o)
{
	bool line = true, indented = false;
	while (l->ds->count < DIAGS_MAX) {
		at = skip(l->ts->text, at, comments, &line, &indented);
		const char *text = l->ts->text;
		if (text[at] == '\0')
			return;
		if (o != NULL && line && !indented &&
			strncmp(text + at, "include", 7) == 0 &&
			(text[at + 7] == ' ' || text[at + 7] == '\t')) {
			at = lex_include(l, at, o);
			continue;
		}
		struct token *t = push(l, at);
		if (l->ts->count > TOKENS_MAX) {
			l->failed = true;
			diags_error(l->ds, DIAG_SIZE, (struct span){ at, 1 },
				"the expression has more than %u words", TOKENS_MAX);
			return;
		}
		t->line = line && !indented;
		t->entry = line;
		if (!lex_token(text, t, l->ds)) {
			l->failed = true;
			t->kind = TOK_BAD;
		}
		at = t->span.at + t->span.len;
		line = indented = false;
	}
}

/* The lists that the expression names, in the order of their naming. */
static void
lex_lists(struct lexing *l)
{
	for (uint32_t i = 0; l->ts->token[i].kind != TOK_END; i++) {
		if (l->ts->token[i].kind != TOK_FILE)
			continue;
		struct span name = l->ts->token[i].span;
		name.at++; /* behind the '@' */
		name.len--;
		const char *from = source_at(l->ts, name.at);
		uint32_t had = l->ts->sources;
		uint32_t s = read_source(l, l->ts->token[i].span,
			join_path(l, text_of(l, name), from), from);
		if (s == 0)
			continue;
		struct source *list = &l->ts->source[s];
		l->ts->token[i].number = s < had ? list->first : l->ts->count;
		if (s < had)
			continue;
		list->list = true;
		list->first = l->ts->count;
		lex_range(l, l->ts->source[s].at, true, NULL);
		push(l, l->end);
	}
}

/* While open, a '(' keeps the index + 1 of the one around it in `match`. */
static void
match_parens(struct tokens *ts)
{
	uint32_t open = 0;
	for (uint32_t i = 0; ts->token[i].kind != TOK_END; i++) {
		struct token *t = &ts->token[i];
		if (t->kind == '(') {
			t->match = open;
			open = i + 1;
		} else if (t->kind == ')' && open != 0) {
			struct token *o = &ts->token[open - 1];
			open = o->match;
			o->match = i;
		}
	}
	while (open != 0) {
		struct token *o = &ts->token[open - 1];
		open = o->match;
		o->match = 0;
	}
}

bool
lex_sources(const struct lex_input *in, struct arena *arena, struct tokens *ts,
	struct diags *ds)
{
	struct lexing l = { .in = in, .arena = arena, .ts = ts, .ds = ds };
	const struct open main = { 0, NULL, 0 };
	*ts = (struct tokens){ .text = in->text,
		.program = in->program,
		.sources = 1,
		.source = ARENA_ARRAY(arena, SOURCES_MAX, struct source) };
	ts->source[0].name = in->name;
	l.end = (uint32_t)strlen(in->text);
	lex_range(&l, 0, in->program, in->program ? &main : NULL);
	push(&l, l.end);
	lex_lists(&l);
	match_parens(ts);
	return !l.failed;
}

bool
lex(const char *text, struct arena *arena, struct tokens *ts, struct diags *ds)
{
	return lex_sources(&(struct lex_input){ .text = text }, arena, ts, ds);
}
