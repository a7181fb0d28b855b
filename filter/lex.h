/* lex.h: tokens of an expression (reference: pcap-filter(7), "lexical rules" in
 * bpfcap-filter(7)).  The longest match wins. */
#ifndef BPFCAP_FILTER_LEX_H
#define BPFCAP_FILTER_LEX_H

#include "arena.h"
#include "diag.h"
#include "filter.h"

/* Operators of one character are their own kind: '+', '(' and so on. */
enum token_kind {
	TOK_END = 256,
	TOK_WORD,   /* a keyword: class and value */
	TOK_NUMBER, /* number; also a named constant */
	TOK_IPV4,   /* 2 to 4 parts: address left-aligned in number, parts */
	TOK_IPV6,   /* bytes[16] */
	TOK_MAC,    /* bytes[6] */
	TOK_MAC8,   /* $xx: bytes[0] */
	TOK_NAME,   /* text of the span, without the backslash */
	TOK_LE,
	TOK_GE,
	TOK_NE,
	TOK_EQ,
	TOK_SHL,
	TOK_SHR,
	TOK_FILE, /* @path; number: index of the first token of its list */
	TOK_BAD,  /* a message was added to the diags */
};

enum word_class {
	WORD_PROTO,
	WORD_DIR,
	WORD_TYPE,
	WORD_AND,
	WORD_OR,
	WORD_NOT,
	WORD_MASK,
	WORD_CAST,
	WORD_LESS,
	WORD_GREATER,
	WORD_LEN,
	WORD_NUMBER,
	WORD_PRIM,
};

struct token {
	int kind;
	struct span span;
	enum word_class word;
	uint32_t number;   /* or the word's value */
	uint8_t parts;     /* of a dotted IPv4 address: 2, 3 or 4 */
	bool bad;          /* IPv4: a part is too large */
	bool line, entry;  /* the first of its line; line: and not indented */
	bool named;        /* a constant by name, or a word written with a backslash */
	uint8_t bytes[16]; /* network order */
	uint32_t match;    /* of '(': index of its ')', 0 when there is none */
};

/* A text and where it begins in the whole. */
struct source {
	const char *name; /* of the file; NULL: the command line */
	uint32_t at;
	bool list; /* read as one: its tokens begin at `first` */
	uint32_t first;
};

struct tokens {
	const char *text;      /* of all sources, each with a NUL behind it */
	struct source *source; /* the first is the expression itself */
	uint32_t sources;
	bool program;        /* lines matter: named filters */
	struct token *token; /* TOK_END behind the expression, and behind each list */
	uint32_t count;
};

/* More are refused, so that memory is bounded. */
#define TOKENS_MAX (4u << 20)

struct lex_input {
	const char *text;
	const char *name; /* of the file that it is from, or NULL */
	bool program;     /* of -F: comments, includes, named filters */
	const struct filter_files *files;
};

/* False when there is a token that is none: such faults are in the diags.  The tokens are
 * complete, with TOK_BAD in those places. */
bool lex_sources(
	const struct lex_input *, struct arena *, struct tokens *, struct diags *);

/* The token at t->span.at, which is no blank: fills in the rest. */
bool lex_token(const char *text, struct token *t, struct diags *);

/* The message for a token that is `bad`; always false. */
bool lex_ipv4_fault(const char *text, const struct token *, struct diags *);

/* Of a text alone. */
bool lex(const char *text, struct arena *, struct tokens *, struct diags *);

/* The keyword nearest to the word in spelling (at most two edits, fewer for short
 * words), or NULL. */
const char *lex_nearest(const char *word, uint32_t len);

#endif
