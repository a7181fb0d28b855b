/* explain.h: what the files of --explain share: the tests of an expression as English. */
#ifndef BPFCAP_FILTER_EXPLAIN_H
#define BPFCAP_FILTER_EXPLAIN_H

#include <stdio.h>

#include "explain_field.h"
#include "resolve.h"

struct explain {
	const struct filter_opts *opts;
	const char *text; /* that spans are into */
	FILE *to;
	struct values *values;
	struct arena *arena;
	const struct layer *layer;  /* of the tests in hand; NULL: nothing has a name */
	const struct value *length; /* 4 * IHL at this layer, or NULL */
	const struct value *ihl;    /* the same, behind the network header's base */
	uint32_t level;             /* of indentation */
	bool ihl_told;              /* 4*IHL was written in this leaf */
};

/* explain.c: begins a line. */
void explain_indent(const struct explain *);

/* explain_run.c: tests that are one to a reader. */
struct points { /* tests of one value: is it one of these? */
	const struct test **leaf;
	uint32_t count;
};
bool explain_same(const struct test *, const struct test *);
/* The operands of an OR from `t` on that are tests of one value, or that differ in their
 * first test alone; *next: the one behind. */
struct points explain_points(
	struct explain *, const struct test *t, const struct test **next);
struct string { /* bytes in a row, compared a few at a time */
	const struct value *base;
	uint32_t at, len, bits; /* bits: of them that count, from the first on */
	uint32_t pieces;
	bool last_first;
	bool from_start; /* of the field */
	uint8_t bytes[16];
	const struct field *field;
	bool part;
};
/* The operands of an AND from `t` on that compare one field; *next: the one behind. */
bool explain_string(struct explain *, const struct known *, const struct test *t,
	struct string *, const struct test **next);
/* How often an OR is repeated inside its last operand; *end: what is there instead the
 * last time.  1: it is not. */
uint32_t explain_rungs(const struct test *, const struct test **end);

/* explain_test.c: a test tree as lines; says in *known what holds behind it. */
void explain_test(struct explain *, const struct test *, struct known *);

/* explain_value.c: where a load is, and a value, within a line. */
void explain_place(
	struct explain *, const struct value *base, uint32_t off, uint32_t size);
void explain_value(struct explain *, const struct value *);
/* The first byte of a little-endian number of two, if the value is one; or NULL. */
const struct value *explain_swapped(const struct value *);

/* explain_words.c: what a leaf asks, in words. */
void explain_words(const struct explain *, const struct ast *);

/* explain_need.c: how many captured bytes tests read. */
struct need {
	uint64_t least;  /* fewer reject in any case; NEED_NEVER: it always does */
	uint64_t fixed;  /* end of the bytes at constant offsets */
	uint64_t moving; /* ditto, behind headers whose length is bounded; 0: none */
	bool open;       /* behind others */
};
#define NEED_NEVER UINT64_MAX
struct need explain_need_test(const struct test *);
/* Of a graph: `least` to be accepted. */
struct need explain_need_graph(const struct graph *, struct arena *);

#endif
