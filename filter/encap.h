/* encap.h: what the files of the encapsulation words share. */
#ifndef BPFCAP_FILTER_ENCAP_H
#define BPFCAP_FILTER_ENCAP_H

#include "resolve.h"

#define POSITION_MAX 0x00ffffff /* no packet is longer */

enum { TYPE_IP = 0x0800, TYPE_IP6 = 0x86dd };

struct encap {
	const struct ast *a;
	struct layer next; /* of what stands to the right */
	uint64_t entry;    /* the bit of this word */
};

/* resolve_encap.c: the word's test, with e->next set to the layer behind it. */
struct test *encap_word(struct resolver *, enum qual_prim, struct encap *);
/* v op k */
const struct value *encap_op(
	struct resolver *, enum arith_op, const struct value *v, uint32_t k);
bool encap_id_in_range(
	struct resolver *, const struct ast *, const char *what, uint32_t max);
/* `t`, and (field & mask) is the number written, when one was. */
struct test *encap_with_id(struct resolver *, const struct ast *,
	const struct value *field, uint32_t mask, unsigned shift, struct test *t);
/* A slot for a position; at most `headers` headers are before it. */
const struct value *encap_slot(struct resolver *, unsigned headers);
struct test *encap_bind(
	struct resolver *, const struct value *slot, const struct value *);

/* resolve_tunnel.c */
struct test *encap_geneve(struct resolver *, struct encap *);
struct test *encap_vxlan(struct resolver *, struct encap *);
struct test *encap_gre(struct resolver *, struct encap *);
struct test *encap_ipip(struct resolver *, struct encap *);
struct test *encap_6in4(struct resolver *, struct encap *);
struct test *encap_gtp(struct resolver *, struct encap *);

/* resolve_inner.c: inside `inner`, where layers are in slots */
struct test *encap_vlan_in_slots(struct resolver *, struct encap *, struct test *tagged);
struct test *encap_mpls_in_slots(struct resolver *, struct encap *);

#endif
