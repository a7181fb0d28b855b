/* stages.h: what in a graph is one look-up in several stages.
 *
 * Addresses of more than a word are tested word by word: a switch over the first leads to
 * switches over the second, and so on.  A list of them is a great many nodes, but all
 * that test one word test one value, go to one node where it is not theirs, and in the
 * end to a few *targets*.  So they are a *stage*: a set that has the nodes as its parts,
 * and that gives the part of the next stage, or says which target. Words are read one
 * after the other, as the nodes read them: a packet that ends between them meets the same
 * fate. */
#ifndef BPFCAP_FILTER_STAGES_H
#define BPFCAP_FILTER_STAGES_H

#include "graph.h"
#include "ranges.h"

#define STAGES_MAX 8  /* two IPv6 addresses */
#define TARGETS_MAX 4 /* of all its stages */

/* What is given for a target; all others are parts of the next stage. */
#define STAGE_TARGET(n) (UINT32_MAX - (n))

struct stage {
	const struct value *v;
	uint32_t count;       /* of ranges */
	struct range *range;  /* as in struct set, set.h */
	const uint32_t *part; /* NULL: there is one */
	const uint32_t *gives;
	bool deeper;      /* some ranges lead to the next stage */
	uint32_t targets; /* bit n: some lead to target n */
};

struct stages {
	uint32_t count;
	struct stage stage[STAGES_MAX];
	uint32_t targets;
	const struct node *target[TARGETS_MAX];
	const struct node *other; /* where all that is in no set goes */
};

struct staging;

/* What is known of a graph's nodes; in `arena`. */
struct staging *staging_of(const struct graph *, struct arena *);

/* The look-up that begins at this node; NULL where there is none that has at least
 * `least` ranges and two stages. */
const struct stages *staging_at(struct staging *, const struct node *, uint32_t least);

#endif
