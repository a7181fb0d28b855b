/* exprs_parts.h: the parts of random expressions, for those who write them: each appends
 * one primitive and leaves what it means for the text behind it in the draw. */
#ifndef BPFCAP_TESTS_EXPRS_PARTS_H
#define BPFCAP_TESTS_EXPRS_PARTS_H

#include "exprs.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK(r, a) ((a)[rng_below(r, COUNT(a))])

struct draw {
	struct expr *e;
	struct rng *r;
	const struct expr_kind *kind;
	unsigned suits; /* of enum suit: what may be asked here; encapsulation changes it
			 */
	bool over_mpls; /* only IPv4 and IPv6 are told apart */
};

/* A row of a table of primitives. */
struct part {
	unsigned weight;
	unsigned suits; /* needs one of these; 0: none */
	void (*add)(struct draw *);
};

/* Draws a row that suits; false when none does. */
bool expr_add_part(struct draw *, const struct part *, size_t count);

/* One of a list of words that ends with NULL, and a blank. */
void expr_add_one(struct draw *, const char *const *words);

/* exprs_id.c: ids */
void expr_add_ip4(struct draw *);
void expr_add_ip6(struct draw *);
void expr_add_net4(struct draw *);
void expr_add_net6(struct draw *);
void expr_add_mac(struct draw *);
void expr_add_mac8(struct draw *);
void expr_add_port(struct draw *);
void expr_add_portrange(struct draw *);
void expr_add_protocol(struct draw *);
void expr_add_link_protocol(struct draw *);
void expr_add_iso_protocol(struct draw *);
void expr_add_isis_pdu(struct draw *);
void expr_add_decnet(struct draw *);
void expr_add_name(struct draw *);

void expr_add_head(struct draw *);       /* exprs_head.c: qualifiers and ids */
void expr_add_word(struct draw *);       /* exprs_word.c: a protocol, broadcast … */
void expr_add_layer(struct draw *);      /* exprs_word.c: encapsulation */
void expr_add_link(struct draw *);       /* exprs_link.c: what a link type alone has */
void expr_add_air(struct draw *);        /* exprs_air.c: 802.11 */
void expr_add_wrong(struct draw *);      /* exprs_wrong.c: nothing that compiles */
void expr_add_arithmetic(struct draw *); /* exprs_arith.c: a relation */

/* One of the synonyms of `link`, and a blank. */
void expr_add_link_word(struct draw *);

#endif
