/* ids.h: many ids of one list, with the same qualifiers, as what they stand for.
 *
 * A list of 100,000 hosts is one leaf of the tree with one of these, not 100,000 leaves:
 * its test is a few switches.  Arms are ascending and disjoint; `seq` is the place in the
 * list, `to` is NULL. */
#ifndef BPFCAP_FILTER_IDS_H
#define BPFCAP_FILTER_IDS_H

#include "test.h"

#define IDS_MIN 16 /* fewer gain nothing, and keep each its place in the text */

struct ip6_net {
	uint32_t word[4]; /* host order */
	uint32_t bits;    /* of the prefix, 1..128 */
	uint32_t seq;
};

struct ids {
	struct arm *ip4; /* addresses, or (address & ip4_mask) */
	uint32_t ip4s, ip4_mask;
	struct ip6_net *ip6; /* ascending, none inside another */
	uint32_t ip6s;
	bool ip6_first; /* the first of the list is one of these */
	struct arm *port;
	uint32_t ports;
};

/* ids.c: from the order of the list, with the IPv4 masks in `hi`, to the above. */
void ids_sort(struct ids *);

/* Is the IPv6 address of four words at `at` one of them?  load(ctx, off) is the
 * word at off. */
struct test *ids_test_ip6(struct arena *, struct values *, const struct ids *,
	const struct value *(*load)(void *ctx, uint32_t off), void *ctx);

#endif
