/* report.c: diags in, text on standard error out: what is wrong, and the part of the
 * expression that it is about, with a line of marks below it.
 *
 * In a locale with UTF-8 the expression's characters are shown as they are, and marks
 * stand below their columns; elsewhere each byte that is not ASCII is a '?'. */
#include "report.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#define WIDTH 96 /* columns of the expression that are shown */
#define BEFORE 8 /* of them before the fault, at least */

struct view {
	const char *text;
	size_t begin, end; /* of the line, bytes into the text */
	unsigned line;     /* its number; 0: the text has one line */
	bool utf8;
};

struct cell {
	size_t bytes;
	unsigned columns;
	bool shown; /* as it is; else as '?', or a blank */
};

/* The character at a place that is before the line's end. */
static struct cell
cell_at(const struct view *v, size_t at)
{
	const unsigned char c = (unsigned char)v->text[at];
	struct cell one = { .bytes = 1, .columns = 1, .shown = c >= ' ' && c < 0x7f };
	mbstate_t state = { 0 };
	wchar_t wide;
	if (c < 0x80 || !v->utf8)
		return one;
	const size_t n = mbrtowc(&wide, v->text + at, v->end - at, &state);
	const int columns = n <= v->end - at ? wcwidth(wide) : -1;
	return columns < 0 ? one : (struct cell){ n, (unsigned)columns, true };
}

/* The end of what fits into so many columns. */
static size_t
forward(const struct view *v, size_t from, size_t until, unsigned columns)
{
	while (from < until) {
		const struct cell c = cell_at(v, from);
		if (c.columns > columns)
			break;
		columns -= c.columns;
		from += c.bytes;
	}
	return from < until ? from : until;
}

/* The beginning of the character before a place, which is behind the line's begin. */
static size_t
before(const struct view *v, size_t at)
{
	for (size_t n = 2; n <= 4 && n <= at - v->begin; n++)
		if (((unsigned char)v->text[at - n + 1] & 0xc0) == 0x80 &&
			cell_at(v, at - n).bytes == n)
			return at - n;
	return at - 1;
}

static size_t
backward(const struct view *v, size_t from, unsigned columns)
{
	while (from > v->begin) {
		const size_t at = before(v, from);
		const struct cell c = cell_at(v, at);
		if (c.columns > columns)
			break;
		columns -= c.columns;
		from = at;
	}
	return from;
}

/* Do the bytes from `at` on and the span have one in common? */
static bool
touches(struct span s, size_t at, size_t bytes)
{
	return at < (size_t)s.at + s.len && at + bytes > s.at;
}

static void
print_text(const struct view *v, size_t from, size_t to)
{
	for (size_t at = from; at < to;) {
		const struct cell c = cell_at(v, at);
		const unsigned char byte = (unsigned char)v->text[at];
		if (c.shown)
			fwrite(v->text + at, 1, c.bytes, stderr);
		else
			fputc(byte < ' ' ? ' ' : '?', stderr);
		at += c.bytes;
	}
}

/* A fault may be behind the last character: where one is missing. */
static void
print_marks(const struct view *v, size_t from, size_t to, const struct span span[2])
{
	unsigned blanks = 0;
	for (size_t at = from; at <= to;) {
		const struct cell c =
			at < to ? cell_at(v, at) : (struct cell){ 1, 1, true };
		const bool first = touches(span[0], at, c.bytes);
		const bool second = touches(span[1], at, c.bytes);
		const bool caret = first && at <= span[0].at;
		for (unsigned i = 0; i < c.columns; i++) {
			if ((!first && !second) || (at == to && !caret)) {
				blanks++;
				continue;
			}
			fprintf(stderr, "%*s", (int)blanks, "");
			fputc(caret && i == 0 ? '^' : '~', stderr);
			blanks = 0;
		}
		at += c.bytes;
	}
}

/* One line, or the part of it round the spans; span[0] may be empty. */
static void
print_line(const struct view *v, const struct span span[2])
{
	const char *dots = v->utf8 ? "…" : "...";
	const unsigned mark = v->utf8 ? 1 : 3;
	struct span s = span[0].len > 0 ? span[0] : span[1];
	size_t lo = s.at, hi = s.at + s.len;
	if (span[0].len > 0 && span[1].len > 0) {
		lo = lo < span[1].at ? lo : span[1].at;
		hi = hi > span[1].at + span[1].len ? hi : span[1].at + span[1].len;
	}
	hi = hi < v->end ? hi : v->end;
	size_t from = v->begin, to = v->end;
	if (forward(v, from, to, WIDTH) < to) {
		unsigned left = WIDTH - 2 * mark - BEFORE;
		const size_t fits = forward(v, lo, hi, left);
		for (size_t at = lo; at < fits && left > 0;) {
			const struct cell c = cell_at(v, at);
			left -= c.columns < left ? c.columns : left;
			at += c.bytes;
		}
		from = backward(v, lo, BEFORE + left / 2);
		to = forward(v, from, v->end, WIDTH - 2 * mark);
		if (to == v->end)
			from = backward(v, to, WIDTH - 2 * mark);
	}
	char number[24] = "";
	if (v->line > 0)
		snprintf(number, sizeof(number), "%u | ", v->line);
	const bool cut = from > v->begin;
	fprintf(stderr, "  %s%s", number, cut ? dots : "");
	print_text(v, from, to);
	fprintf(stderr, "%s\n  ", to < v->end ? dots : "");
	if (v->line > 0)
		fprintf(stderr, "%*s| ", (int)strlen(number) - 2, "");
	fprintf(stderr, "%*s", cut ? (int)mark : 0, "");
	print_marks(v, from, to, span);
	fputc('\n', stderr);
}

/* The line that a place is in. */
static struct view
view_of(const char *text, size_t len, size_t at, bool utf8)
{
	struct view v = { .text = text, .begin = at, .end = at, .line = 1, .utf8 = utf8 };
	while (v.begin > 0 && text[v.begin - 1] != '\n')
		v.begin--;
	while (v.end < len && text[v.end] != '\n')
		v.end++;
	for (size_t i = 0; i < v.begin; i++)
		v.line += text[i] == '\n';
	if (memchr(text, '\n', len) == NULL)
		v.line = 0;
	return v;
}

static bool
fit(const struct view *v, const struct span span[2])
{
	const size_t lo = span[0].at < span[1].at ? span[0].at : span[1].at;
	const size_t a = span[0].at + span[0].len, b = span[1].at + span[1].len;
	const size_t hi = a > b ? a : b;
	return hi <= v->end && lo >= v->begin &&
	       forward(v, lo, hi, WIDTH - BEFORE - 6) == hi;
}

/* Both places on one line where they fit, else one below the other. */
static void
quote(const char *text, const struct span span[2], bool utf8)
{
	size_t len =
		strlen(text); /* what is missing is missing before the last newline */
	while (len > 0 && text[len - 1] == '\n')
		len--;
	struct span s[2] = { span[0], span[1] };
	if (s[0].at > len)
		s[0].at = (uint32_t)len;
	if (s[1].at >= len)
		s[1].len = 0;
	const struct view v = view_of(text, len, s[0].at, utf8);
	if (s[1].len == 0 || fit(&v, s)) {
		print_line(&v, s);
		return;
	}
	const struct view other = view_of(text, len, s[1].at, utf8);
	const struct span fault[2] = { s[0], { 0, 0 } }, clash[2] = { { 0, 0 }, s[1] };
	const bool behind = s[1].at > s[0].at;
	print_line(behind ? &v : &other, behind ? fault : clash);
	print_line(behind ? &other : &v, behind ? clash : fault);
}

static void
print_diag(const struct diag *d, const char *text, bool utf8)
{
	static const char *const prefix[] = { [SEV_ERROR] = "",
		[SEV_WARNING] = "warning: ",
		[SEV_NOTE] = "",
		[SEV_DETAIL] = "" };
	const bool quoted = d->span[0].len > 0 && text != NULL;
	fputs("bpfcap: ", stderr);
	if (d->file[0] != '\0')
		fprintf(stderr, "%s:%u:%u: ", d->file, d->line, d->column);
	fprintf(stderr, "%s%s%s%s%s\n", quoted ? "filter: " : "", prefix[d->severity],
		d->text, d->hint[0] ? "; " : "", d->hint);
	if (quoted)
		quote(text, d->span, utf8);
}

/* Warnings about the expression are for who is there to read them: scripts that were
 * written for other tools expect silence. */
static bool
is_wanted(const struct diag *d, unsigned verbose, bool terminal)
{
	const bool expression = d->span[0].len > 0 || d->file[0] != '\0';
	switch (d->severity) {
	case SEV_ERROR: return true;
	case SEV_WARNING: return verbose > 0 || terminal || !expression;
	case SEV_NOTE: return verbose > 0;
	case SEV_DETAIL: break;
	}
	return verbose > 1;
}

void
report(const struct diags *ds, const char *text, unsigned verbose)
{
	if (ds->count == 0)
		return;
	const bool terminal = isatty(STDERR_FILENO) == 1;
	const locale_t locale = newlocale(LC_CTYPE_MASK, "", (locale_t)0);
	const locale_t was = locale != (locale_t)0 ? uselocale(locale) : (locale_t)0;
	const bool utf8 = locale != (locale_t)0 &&
			  strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
	for (unsigned i = 0; i < ds->count; i++)
		if (is_wanted(&ds->diag[i], verbose, terminal))
			print_diag(&ds->diag[i], text, utf8);
	if (ds->dropped > 0 && (diags_failed(ds) || verbose > 0 || terminal))
		fprintf(stderr, "bpfcap: and %u more messages\n", ds->dropped);
	if (locale != (locale_t)0) {
		uselocale(was);
		freelocale(locale);
	}
}
