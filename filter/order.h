/* order.h: the graph as blocks in a row, what both back ends write.
 *
 * A block tests one value with one comparison, or asks whether it is in a set, and has
 * two ways on; both are later in the row.  Or it binds a slot, and has one (jt, jf NULL).
 * Words of an address are looked up one after the other (stages.h), by way of a slot.
 * Blocks are hash-consed: switches over the same numbers share their code. */
#ifndef BPFCAP_FILTER_ORDER_H
#define BPFCAP_FILTER_ORDER_H

#include "graph.h"
#include "set.h"

enum block_kind { BLOCK_REJECT, BLOCK_ACCEPT, BLOCK_TEST, BLOCK_BIND, BLOCK_LOOKUP };

enum compare { CMP_EQ, CMP_GT, CMP_GE, CMP_SET /* v & k != 0 */ };

struct block {
	enum block_kind kind;
	enum compare compare;
	const struct value *v, *rhs; /* rhs NULL: compared with k */
	const struct value *slot;    /* BIND: gets v; LOOKUP: what is given, or NULL */
	const struct set *set;       /* LOOKUP: is v in it? */
	const struct value *within;  /* LOOKUP: the slot that says in which part of it */
	uint32_t k;
	struct block *jt, *jf;
	uint32_t index;  /* in order->block */
	uint32_t id;     /* of making */
	uint32_t extent; /* bytes that every accepting path from here on loads at constant
			  * offsets: with fewer captured the verdict is reject already */
	const struct source_span *source;
	struct block *chain; /* of the hash table */
};

struct order {
	struct block **block; /* the root first, then each behind all that lead to it */
	uint32_t count;
	uint32_t snaplen;
	uint32_t slots; /* used: 0 … slots - 1 */
	uint32_t sets;  /* used: ids 0 … sets - 1 */
};

/* How a switch becomes blocks, which is for each back end to say. */
struct order_opts {
	uint32_t row; /* arms in a row, as in the source; more are a tree */
	uint32_t leaf_min, leaf_max; /* arms at a leaf of the tree */
	uint32_t lookup;             /* ranges with one target that are a set; 0: none */
};

/* graph → order, in `arena`. */
void order(
	const struct graph *, const struct order_opts *, struct arena *, struct order *);

#endif
