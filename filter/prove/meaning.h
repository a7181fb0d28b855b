/* meaning.h: how a tree is read: what is thought of a part of it, and what of values.
 * Between the files meaning*.c and relation.c. */
#ifndef BPFCAP_FILTER_MEANING_H
#define BPFCAP_FILTER_MEANING_H

#include "../test.h"
#include "prove.h"

/* The slots on one way through the tree; never changed. */
struct env {
	Z3_ast slot[SLOTS];
};

/* `ok`: nothing in it faults; `is`: then, it is so. */
struct term {
	Z3_ast ok, is;
};

/* Of a test, also the slots where it is true, and where it is false. */
struct thought {
	Z3_ast ok, is;
	const struct env *yes, *no;
};

struct known {
	const struct env *env;
	struct term term;
};

struct reader {
	struct prover *p;
	enum ending ending;
	const struct filter_opts *opts;
	struct read_from *from;
	struct known *known; /* by the id of the value */
	uint32_t room, depth;
	bool shifts; /* some word of it moves what stands to its right */
};

/* Operands of one and, or one or. */
struct list {
	struct reader *r;
	bool both; /* and */
	const struct env *env;
	struct thought *operand;
	uint32_t count, room;
};

struct thought meaning_test(struct reader *, const struct test *, const struct env *);
struct term meaning_value(struct reader *, const struct value *, const struct env *);
struct thought meaning_both(struct reader *, bool both, struct thought, struct thought);
Z3_ast meaning_within(struct prover *, Z3_ast, uint32_t lo, uint32_t hi);

/* meaning_list.c: the operand that is next is read with the slots of list_env. */
struct list list_begin(struct reader *, bool both, const struct env *);
const struct env *list_env(const struct list *);
void list_add(struct list *, struct thought);
struct thought list_end(struct list *);

/* relation.c: its arithmetic from the tree of the text; false: the base of an index is
 * not in the table. */
bool relation_read(
	struct reader *, const struct ast *, const struct env *, struct thought *);

#endif
