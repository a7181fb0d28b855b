/* lex.c: one token at a time: a place in the text in, a token out.  Each `match_`
 * function returns how many bytes its kind of token would take at a place (0: none); the
 * longest wins, and on a tie the one that stands first in `lex_kinds`. */
#include "lex.h"

#include <stdlib.h>
#include <string.h>

#include "addr.h"
#include "qual.h"

struct keyword {
	const char *text;
	enum word_class word;
	uint32_t value;
};

static const struct keyword keywords[] = {
#define WORD_VALUE_PROTO(v) PROTO_##v
#define WORD_VALUE_DIR(v) DIR_##v
#define WORD_VALUE_TYPE(v) TYPE_##v
#define WORD_VALUE_CAST(v) CAST_##v
#define WORD_VALUE_NUMBER(v) v
#define WORD_VALUE_AND(v) v
#define WORD_VALUE_OR(v) v
#define WORD_VALUE_NOT(v) v
#define WORD_VALUE_MASK(v) v
#define WORD_VALUE_LESS(v) v
#define WORD_VALUE_GREATER(v) v
#define WORD_VALUE_LEN(v) v
#define WORD_VALUE_PRIM(v) PRIM_##v
#define X(text, class, value) { text, WORD_##class, WORD_VALUE_##class(value) },
#include "keyword.def"
#undef X
};
#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

struct word {
	const char *text;
	uint32_t len;
};

static int
by_text(const void *key, const void *row)
{
	const struct word *w = key;
	const struct keyword *k = row;
	int c = strncmp(w->text, k->text, w->len);
	return c != 0 ? c : k->text[w->len] == '\0' ? 0 : -1;
}

static const struct keyword *
find_keyword(const char *text, uint32_t len)
{
	return bsearch(&(struct word){ text, len }, keywords, KEYWORDS,
		sizeof(keywords[0]), by_text);
}

static bool
is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static uint32_t
run_of_digits(const char *s)
{
	uint32_t n = 0;
	while (s[n] >= '0' && s[n] <= '9')
		n++;
	return n;
}

static uint32_t
run_of_hex(const char *s)
{
	uint32_t n = 0;
	while (addr_hex(s[n]) >= 0)
		n++;
	return n;
}

/* [A-Za-z0-9], or that, then any of -_.A-Za-z0-9, ending in a letter, digit or dot. */
static uint32_t
match_name(const char *s)
{
	uint32_t n = 1;
	if (!is_alnum(s[0]))
		return 0;
	while (is_alnum(s[n]) || s[n] == '-' || s[n] == '_' || s[n] == '.')
		n++;
	while (s[n - 1] == '-' || s[n - 1] == '_')
		n--;
	return n;
}

static uint32_t
match_number(const char *s)
{
	if (s[0] == '0' && (s[1] == 'x' || s[1] == 'X') && addr_hex(s[2]) >= 0)
		return 2 + run_of_hex(s + 2);
	return run_of_digits(s);
}

/* Two to four numbers joined by dots. */
static uint32_t
match_ipv4(const char *s)
{
	uint32_t n = match_number(s), best = 0;
	for (unsigned parts = 1; parts < 4 && n > 0 && s[n] == '.'; parts++) {
		uint32_t more = match_number(s + n + 1);
		if (more == 0)
			break;
		n += 1 + more;
		best = n;
	}
	return best;
}

/* Two or more of (one or two hex digits, one or more colons): `1:2:` . */
static uint32_t
match_broken_mac(const char *s)
{
	uint32_t n = 0;
	for (unsigned groups = 0;; groups++) {
		uint32_t digits = run_of_hex(s + n), colons = 0;
		if (digits < 1 || digits > 2 || s[n + digits] != ':')
			return groups >= 2 ? n : 0;
		while (s[n + digits + colons] == ':')
			colons++;
		n += digits + colons;
	}
}

static bool
take_name(const char *text, struct token *t, struct diags *ds)
{
	(void)ds;
	const struct keyword *k = find_keyword(text + t->span.at, t->span.len);
	if (k == NULL)
		return true;
	t->kind = k->word == WORD_NUMBER ? TOK_NUMBER : TOK_WORD;
	t->word = k->word;
	t->number = k->value;
	t->named = true;
	return true;
}

static bool
take_number(const char *text, struct token *t, struct diags *ds)
{
	const char *s = text + t->span.at;
	bool hex = t->span.len > 1 && (s[1] == 'x' || s[1] == 'X');
	unsigned base = hex ? 16 : s[0] == '0' && t->span.len > 1 ? 8 : 10;
	uint64_t n = 0;
	for (uint32_t i = hex ? 2 : 0; i < t->span.len; i++) {
		unsigned digit = (unsigned)addr_hex(s[i]);
		if (digit >= base)
			return diags_error(ds, DIAG_NUMBER, t->span,
				       "number %.*s contains non-octal digit",
				       (int)t->span.len, s),
			       diags_hint(ds,
				       "a leading 0 makes a number octal: leave it out"),
			       false;
		n = n * base + digit;
		if (n > UINT32_MAX)
			return diags_error(ds, DIAG_NUMBER, t->span,
				       "%s number %.*s overflows 32 bits",
				       base == 16  ? "hexadecimal"
				       : base == 8 ? "octal"
						   : "decimal",
				       (int)(t->span.len < 60 ? t->span.len : 60), s),
			       diags_hint(ds, "the largest is 4294967295"), false;
	}
	t->number = (uint32_t)n;
	return true;
}

/* Parts above 255 are a fault where it is used (lex_ipv4_fault): decnet has such. */
static bool
take_ipv4(const char *text, struct token *t, struct diags *ds)
{
	(void)ds;
	t->bad = !addr_parse_ipv4(text + t->span.at, t->span.len, &t->number, &t->parts);
	t->parts = 1;
	for (uint32_t i = 0; i < t->span.len; i++)
		t->parts += text[t->span.at + i] == '.';
	return true;
}

bool
lex_ipv4_fault(const char *text, const struct token *t, struct diags *ds)
{
	diags_error(ds, DIAG_ADDRESS, t->span, "invalid IPv4 address '%.*s'",
		(int)(t->span.len < 80 ? t->span.len : 80), text + t->span.at);
	diags_hint(ds, "each part is a decimal number from 0 to 255");
	return false;
}

static bool
take_ipv6(const char *text, struct token *t, struct diags *ds)
{
	if (addr_parse_ipv6(text + t->span.at, t->span.len, t->bytes))
		return true;
	return diags_error(ds, DIAG_ADDRESS, t->span, "invalid IPv6 address %.*s",
		(int)t->span.len, text + t->span.at);
}

static bool
take_mac(const char *text, struct token *t, struct diags *ds)
{
	(void)ds;
	addr_parse_mac(text + t->span.at, t->span.len, t->bytes);
	return true;
}

static bool
take_broken_mac(const char *text, struct token *t, struct diags *ds)
{
	diags_error(ds, DIAG_ADDRESS, t->span, "invalid Ethernet address %.*s",
		(int)(t->span.len < 80 ? t->span.len : 80), text + t->span.at);
	diags_hint(ds, "write six groups of one or two hex digits: 00:11:22:33:44:55");
	return false;
}

/* First row of the longest match wins; keywords are names that are looked up. */
static const struct {
	uint32_t (*match)(const char *);
	bool (*take)(const char *text, struct token *, struct diags *);
	int kind;
} lex_kinds[] = {
	{ addr_match_mac, take_mac, TOK_MAC },
	{ match_number, take_number, TOK_NUMBER },
	{ match_ipv4, take_ipv4, TOK_IPV4 },
	{ addr_match_ipv6, take_ipv6, TOK_IPV6 },
	{ match_broken_mac, take_broken_mac, TOK_BAD },
	{ match_name, take_name, TOK_NAME },
};

static const struct {
	char text[3];
	int kind;
	enum word_class word;
} operators[] = {
	/* longer ones first */
	{ ">=", TOK_GE, 0 },
	{ "<=", TOK_LE, 0 },
	{ "!=", TOK_NE, 0 },
	{ "==", TOK_EQ, 0 },
	{ "<<", TOK_SHL, 0 },
	{ ">>", TOK_SHR, 0 },
	{ "&&", TOK_WORD, WORD_AND },
	{ "||", TOK_WORD, WORD_OR },
	{ "!", TOK_WORD, WORD_NOT },
	{ "+", '+', 0 },
	{ "-", '-', 0 },
	{ "*", '*', 0 },
	{ "/", '/', 0 },
	{ "%", '%', 0 },
	{ "&", '&', 0 },
	{ "|", '|', 0 },
	{ "^", '^', 0 },
	{ "<", '<', 0 },
	{ ">", '>', 0 },
	{ "=", '=', 0 },
	{ "(", '(', 0 },
	{ ")", ')', 0 },
	{ "[", '[', 0 },
	{ "]", ']', 0 },
	{ ":", ':', 0 },
	{ "{", '{', 0 },
	{ "}", '}', 0 },
	{ ",", ',', 0 },
};

static bool
take_operator(const char *text, struct token *t)
{
	for (unsigned i = 0; i < sizeof(operators) / sizeof(operators[0]); i++) {
		uint32_t len = (uint32_t)strlen(operators[i].text);
		if (strncmp(text + t->span.at, operators[i].text, len) != 0)
			continue;
		t->kind = operators[i].kind;
		t->word = operators[i].word;
		t->span.len = len;
		return true;
	}
	return false;
}

/* \word: a name even where the word is a keyword. */
static bool
take_escaped(const char *text, struct token *t)
{
	const char *s = text + t->span.at;
	uint32_t n = s[0] == '\\' ? 1 + (uint32_t)strcspn(s + 1, " !()\t\n") : 0;
	if (n < 2)
		return false;
	t->kind = TOK_NAME;
	t->span.at++;
	t->span.len = n - 1;
	t->named = true;
	return true;
}

/* @path: as far as no blank, comma or bracket comes. */
static bool
take_file(const char *text, struct token *t)
{
	const char *s = text + t->span.at;
	uint32_t n = s[0] == '@' ? 1 + (uint32_t)strcspn(s + 1, " \t\r\n,)}") : 0;
	if (n < 2)
		return false;
	t->kind = TOK_FILE;
	t->span.len = n;
	return true;
}

static bool
take_mac8(const char *text, struct token *t)
{
	const char *s = text + t->span.at;
	uint32_t digits = s[0] == '$' ? run_of_hex(s + 1) : 0;
	if (digits == 0)
		return false;
	if (digits > 2)
		digits = 2;
	t->kind = TOK_MAC8;
	t->span.len = 1 + digits;
	t->bytes[0] = (uint8_t)strtoul(
		(char[]){ s[1], digits > 1 ? s[2] : '\0', '\0' }, NULL, 16);
	return true;
}

bool
lex_token(const char *text, struct token *t, struct diags *ds)
{
	const char *s = text + t->span.at;
	unsigned best = 0;
	for (unsigned i = 0; i < sizeof(lex_kinds) / sizeof(lex_kinds[0]); i++) {
		uint32_t len = lex_kinds[i].match(s);
		if (len > t->span.len || (len == t->span.len && len > 0 &&
						 lex_kinds[i].match == match_name &&
						 find_keyword(s, len) != NULL)) {
			t->span.len = len;
			best = i;
		}
	}
	if (t->span.len > 0) {
		t->kind = lex_kinds[best].kind;
		return lex_kinds[best].take(text, t, ds);
	}
	if (take_operator(text, t) || take_escaped(text, t) || take_mac8(text, t) ||
		take_file(text, t))
		return true;
	t->span.len = 1;
	unsigned char c = (unsigned char)*s;
	while (c >= 0x80 &&
		(unsigned char)s[t->span.len] >= 0x80) /* one message a word */
		t->span.len++;
	if (c > ' ' && c < 0x7f)
		diags_error(ds, DIAG_LEX, t->span,
			"'%c' is not a character of the language", c);
	else
		diags_error(ds, DIAG_LEX, t->span,
			"character 0x%02x is not a character of the language", c);
	return false;
}

/* Edits to make one word of the other: Damerau's distance, rows of at most 32. */
static unsigned
distance(const char *a, uint32_t la, const char *b, uint32_t lb)
{
	unsigned d[33][33];
	for (uint32_t i = 0; i <= la; i++)
		for (uint32_t j = 0; j <= lb; j++) {
			if (i == 0 || j == 0) {
				d[i][j] = i + j;
				continue;
			}
			unsigned best = d[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
			if (d[i - 1][j] + 1 < best)
				best = d[i - 1][j] + 1;
			if (d[i][j - 1] + 1 < best)
				best = d[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
				a[i - 2] == b[j - 1] && d[i - 2][j - 2] + 1 < best)
				best = d[i - 2][j - 2] + 1;
			d[i][j] = best;
		}
	return d[la][lb];
}

const char *
lex_nearest(const char *word, uint32_t len)
{
	const char *best = NULL;
	char lower[32];
	for (uint32_t i = 0; i < len && len <= 32; i++)
		lower[i] =
			word[i] >= 'A' && word[i] <= 'Z' ? (char)(word[i] + 32) : word[i];
	unsigned limit = len < 3   ? 1
			 : len < 6 ? 2
				   : 3,
		 least = limit;   /* edits, exclusive */
	bool best_common = false; /* protocols, directions and types before rarer words */
	for (unsigned i = 0; i < KEYWORDS && len <= 32; i++) {
		uint32_t n = (uint32_t)strlen(keywords[i].text);
		if (n > 32)
			continue;
		unsigned edits = distance(lower, len, keywords[i].text, n);
		bool common =
			keywords[i].word < WORD_AND && edits == least && !best_common;
		if ((edits < least || common) && edits < n && edits < limit) {
			least = edits;
			best = keywords[i].text;
			best_common = keywords[i].word < WORD_AND;
		}
	}
	return best;
}
