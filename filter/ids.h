/* ids.h: many ids of one list, with the same qualifiers, as what they stand for.
 *
 * A list of 100,000 hosts is one leaf of the tree with one of these, not 100,000 leaves:
 * its test is a few switches.  Arms are ascending and disjoint; `seq` is the place in the
 * list, `to` is NULL. */
#ifndef BPFCAP_FILTER_IDS_H
#define BPFCAP_FILTER_IDS_H

#include "test.h"

#define IDS_MIN 16 /* fewer gain nothing, and keep each its place in the text */

#define ADDRESS_WORDS 4

/* An address of several words, or a prefix of one, in the order in which its words are
 * looked at: IPv6 from the front; of a MAC the last four bytes, then the first two. */
struct address {
	uint32_t word[ADDRESS_WORDS]; /* host order */
	uint32_t bits;                /* of the prefix, 1..128 */
	uint32_t seq;
};
#define MAC_BITS 64 /* two words */

struct ids {
	struct arm *ip4; /* addresses, or (address & ip4_mask) */
	uint32_t ip4s, ip4_mask;
	struct address *ip6; /* ascending, none inside another */
	uint32_t ip6s;
	bool ip6_first;      /* the first of the list is one of these */
	struct address *mac; /* as well */
	uint32_t macs;
	struct arm *port;
	uint32_t ports;
};

/* ids.c: from the order of the list, with the IPv4 masks in `hi`, to the above. */
void ids_sort(struct ids *);

/* Are the words those of one of these `n`, sorted? */
struct test *ids_test_words(struct arena *, struct values *, const struct address *,
	uint32_t n, const struct value *const *word);

#endif
