/* order.h: the graph as blocks in a row, what both back ends write.
 *
 * A block tests one value with one comparison, and has two ways on; both are later in
 * the row.  Or it binds a slot, and has one (jt, jf NULL).  Blocks are hash-consed:
 * switches over the same numbers share their code. */
#ifndef BPFCAP_FILTER_ORDER_H
#define BPFCAP_FILTER_ORDER_H

#include "graph.h"

enum block_kind { BLOCK_REJECT, BLOCK_ACCEPT, BLOCK_TEST, BLOCK_BIND };

enum compare { CMP_EQ, CMP_GT, CMP_GE, CMP_SET /* v & k != 0 */ };

struct block {
	enum block_kind kind;
	enum compare compare;
	const struct value *v, *rhs; /* rhs NULL: compared with k */
	const struct value *slot;    /* BIND: gets v */
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
};

/* graph → order, in `arena`. */
void order(const struct graph *, struct arena *, struct order *);

#endif
