/* ast.h: the syntax tree.  Words are classed, not yet given meaning; spans are on.
 *
 * Logic (and, or, not) over *leaves*.  Leaves are also listed in the order of the text,
 * which is the order in which resolve gives them their meaning: a test tree each. */
#ifndef BPFCAP_FILTER_AST_H
#define BPFCAP_FILTER_AST_H

#include "arena.h"
#include "lex.h"
#include "qual.h"
#include "value.h"

struct entry;
struct ids;
struct layer;
struct test;

enum ast_kind {
	/* logic */
	AST_AND,
	AST_OR,    /* n-ary: first … next */
	AST_NOT,   /* first */
	AST_INNER, /* first: the word; last: what is tried in the packet and in tunnels */
	/* leaves */
	AST_ID,       /* quals, id */
	AST_PROTO,    /* quals.proto alone */
	AST_RELATION, /* left relop right */
	AST_CAST,     /* quals.proto, cast */
	AST_LESS,
	AST_GREATER, /* number */
	AST_PRIM,    /* quals.proto, prim, arg … */
	/* in the list of leaves only: where a scope begins that no word opens; ends */
	AST_SCOPE_BEGIN,
	AST_SCOPE_END,
};

enum id_kind {
	ID_NUMBER,
	ID_IPV4,
	ID_IPV4_LEN,
	ID_IPV4_MASK,
	ID_IPV6,
	ID_IPV6_LEN,
	ID_MAC,
	ID_MAC8,
	ID_NAME
};

struct id {
	enum id_kind kind;
	const struct token *first;  /* the number, address or name */
	const struct token *second; /* prefix length or mask */
};

enum relop { REL_EQ, REL_NE, REL_GT, REL_GE, REL_LT, REL_LE };

enum arith_kind { ARITH_NUMBER, ARITH_LEN, ARITH_INDEX, ARITH_OP, ARITH_NEGATE };

struct arith {
	enum arith_kind kind;
	enum arith_op op;
	enum qual_proto proto; /* of an index */
	bool any;              /* ... over IPv4 and IPv6, behind its extension headers */
	uint32_t number;       /* or the size of an index */
	uint32_t depth;        /* of the tree from here down */
	struct span span;
	const struct arith *a, *b; /* operands; a: of an index, the offset */
};

struct ast {
	enum ast_kind kind;
	struct span span;
	bool grouped;                    /* was in parentheses */
	struct ast *first, *last, *next; /* logic: operands; next: in the parent's list */
	struct ast *next_leaf;           /* leaves: in the order of the text */
	struct quals quals;
	struct id id;
	const struct ids *ids; /* of many, in place of `id`: by gather; else NULL */
	enum qual_cast cast;
	enum relop relop;
	uint32_t number;
	const struct arith *left, *right;
	enum qual_prim prim;
	const struct token *arg, *arg2; /* of a primitive; NULL: left out */
	int op;            /* token kind of an operator before the last one */
	bool list;         /* arg is the '(' of `(V or V …)` */
	bool scope;        /* `vlan 7 (…)`: what follows is inside */
	uint64_t needs;    /* entries that it reads behind, by resolve */
	uint64_t shifted;  /* ditto, that have moved what it reads */
	unsigned entry;    /* of an encapsulation: its entry + 1 */
	struct test *test; /* leaves: set by resolve */
	struct test *step; /* of `inner`: into the next tunnel */
	/* for explain: of the test, the part that is not reach's, whose is that of the
	 * entries `missing`; where headers are looked for in the leaf and behind it */
	const struct test *own;
	uint64_t missing;
	const struct layer *before, *after;
};

struct syntax {
	struct ast *root; /* NULL: the empty expression, which accepts all */
	struct ast *leaves;
	const struct entry *entry; /* that the bits in leaves stand for, by resolve */
};

#endif
