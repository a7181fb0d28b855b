/* test.h: predicates with their meaning: a tree over tests of values.
 *
 * `first … next` is the order of evaluation.  A leaf is true when its value is within
 * [lo, hi] (lo > hi: never, but the value is still looked at).  A bind puts its value
 * into a slot, and is true.  A choice has three operands: when the first is true it is
 * what the second is, else what the third is.
 *
 * A leaf may have many ranges instead, as arms: ascending and disjoint, `seq` their order
 * in the source, `to` unused.  Behind each another test may follow, which then decides.
 */
#ifndef BPFCAP_FILTER_TEST_H
#define BPFCAP_FILTER_TEST_H

#include "graph.h"

enum test_kind {
	TEST_FALSE,
	TEST_TRUE,
	TEST_AND,
	TEST_OR,
	TEST_NOT,
	TEST_LEAF,
	TEST_BIND,
	TEST_CHOOSE
};

struct test {
	enum test_kind kind;
	const struct value *v, *slot; /* slot: of a bind */
	uint32_t lo, hi;
	enum bound_form form;
	const struct arm *arm; /* of a leaf with many ranges, else NULL */
	uint32_t arms;
	struct test *const *then;         /* by arm: NULL, true; NULL: all are */
	struct test *first, *last, *next; /* operands; next: in the parent's list */
};

/* Makers; all but _leaf take over their operands, which must not be used twice. */
struct test *test_bool(struct arena *, bool value);
struct test *test_leaf(struct arena *, const struct value *, uint32_t lo, uint32_t hi);
struct test *test_equal(struct arena *, const struct value *, uint32_t k);
/* `arm` and `then` must stay. */
struct test *test_arms(struct arena *, const struct value *, const struct arm *arm,
	uint32_t arms, struct test *const *then);
struct test *test_bind(struct arena *, const struct value *slot, const struct value *);
struct test *test_choose(
	struct arena *, struct test *when, struct test *then, struct test *otherwise);
/* A copy. */
struct test *test_again(struct arena *, const struct test *);
struct test *test_not(struct arena *, struct test *);
/* Operands may be NULL (left out); NULL when both are. */
struct test *test_and(struct arena *, struct test *, struct test *);
struct test *test_or(struct arena *, struct test *, struct test *);

#endif
