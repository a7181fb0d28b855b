/* facts.h: what is known of values at a place of the graph.
 *
 * A fact says that a value was evaluated on every way to the place, and within which
 * ranges it is there; of a slot also what was bound to it.  Sets of facts are immutable.
 */
#ifndef BPFCAP_FILTER_FACTS_H
#define BPFCAP_FILTER_FACTS_H

#include "graph.h"
#include "ranges.h"

struct fact {
	const struct value *v;
	const struct ranges *within;
	const struct value *is; /* of a slot: what was bound to it, while that is valid */
};

struct facts { /* ascending by v->id */
	uint32_t count;
	struct fact fact[];
};

const struct facts *facts_none(struct arena *);

/* What is known of the value, or NULL. */
const struct fact *fact_of(const struct facts *, const struct value *);
const struct ranges *facts_range(const struct facts *, const struct value *);

/* The facts on an edge of a node that the numbers `taken` take (NULL: too many to know);
 * NULL when there are no such. */
const struct facts *facts_on(struct arena *, const struct facts *, const struct node *,
	const struct ranges *taken);
/* The numbers that take the edge to `other`. */
const struct ranges *facts_gaps(struct arena *, const struct node *);
/* Those behind a binding. */
const struct facts *facts_bound(
	struct arena *, const struct facts *, const struct node *bind);

/* One test or binding further, where the facts decide it; else NULL. */
const struct node *facts_step(const struct facts *, const struct node *);

/* ... as far as they decide. */
const struct node *facts_walk(const struct facts *, const struct node *);

/* Does `a` say all that `b` says? */
bool facts_imply(const struct facts *a, const struct facts *b);
/* What both agree on. */
const struct facts *facts_meet(
	struct arena *, const struct facts *a, const struct facts *b);

/* The slots of which it is known what they hold, as a mask; and the same facts, but of
 * other slots than `keep` that is not known. */
unsigned facts_slots(const struct facts *);
const struct facts *facts_forget_slots(
	struct arena *, const struct facts *, unsigned keep);

#endif
