/* resolve.h: what the files of the resolve step offer one another.
 *
 * Each function that gives a `struct test *` returns NULL on a fault, with an error in
 * the diags. */
#ifndef BPFCAP_FILTER_RESOLVE_H
#define BPFCAP_FILTER_RESOLVE_H

#include "resolver.h"

/* resolve_type.c: the protocol that the link header tells */
struct test *resolve_link_type(struct resolver *, uint32_t key);
struct test *resolve_is_llc(struct resolver *); /* NULL: always */

/* resolve_link.c: the link header */
struct ids;
struct macs {
	const uint8_t *one;     /* six bytes */
	const struct ids *many; /* or one of its MACs */
};
struct test *resolve_mac(struct resolver *, enum qual_dir, struct macs);
/* Is it one of them, that many bytes from the link header's start? */
struct test *resolve_mac_at(struct resolver *, uint32_t off, struct macs);
struct test *resolve_mac8(struct resolver *, const struct ast *, uint8_t mac);
struct test *resolve_cast(struct resolver *, const struct ast *);
/* A field of the link header; the cooked one's are metadata.  NULL: not to be had. */
const struct value *resolve_link_field(struct resolver *, const struct value *base,
	uint32_t off, unsigned size, struct span);
struct test *resolve_llc(struct resolver *, const struct ast *);
struct test *resolve_direction(struct resolver *, const struct ast *);
struct test *resolve_ifindex(struct resolver *, const struct ast *);

/* resolve_wlan.c: 802.11 and what comes before it */
bool resolve_prefix(struct resolver *);
struct test *resolve_wlan_mac(struct resolver *, enum qual_dir, struct macs);
struct test *resolve_wlan_multicast(struct resolver *);
struct test *resolve_wlan(struct resolver *, const struct ast *);

/* resolve_proto.c */
struct test *resolve_abbreviation(struct resolver *, enum qual_proto);
struct test *resolve_ip_proto(struct resolver *, uint32_t number);
struct test *resolve_ip6_proto(struct resolver *, uint32_t number);
struct test *resolve_first_fragment(struct resolver *); /* of IPv4, untested */
struct test *resolve_proto_id(struct resolver *, const struct ast *);

/* resolve_iso.c: IS-IS and its kin */
struct test *resolve_iso_proto(struct resolver *, uint32_t number);
struct test *resolve_isis_pdu(struct resolver *, uint32_t number);
struct test *resolve_isis_word(struct resolver *, enum qual_proto);

/* resolve_chain.c: chains of headers behind the IP header */
/* `over`: PROTO_NONE for both versions. */
struct test *resolve_protochain(struct resolver *, enum qual_proto over, uint32_t number);
/* Is it the protocol, over IPv4 or behind IPv6 and its extension headers?  Binds where
 * its header begins to the slot. */
struct test *resolve_upper(
	struct resolver *, uint32_t protocol, const struct value *slot);

/* resolve_host.c, resolve_port.c, resolve_decnet.c */
struct test *resolve_host(struct resolver *, const struct ast *);
struct test *resolve_gateway(struct resolver *, const struct ast *);
struct test *resolve_port(struct resolver *, const struct ast *);
struct test *resolve_decnet(struct resolver *, const struct ast *);

/* resolve_arith.c */
struct test *resolve_relation(struct resolver *, const struct ast *);
struct test *resolve_less(struct resolver *, const struct ast *);
struct test *resolve_byte(struct resolver *, const struct ast *);
struct test *resolve_against(
	struct resolver *, const struct value *, enum relop, uint32_t k);
/* 4 * IHL of the IPv4 header, and a load behind it. */
const struct value *resolve_header_length(struct resolver *);
const struct value *resolve_transport(
	struct resolver *, const struct value *index, uint32_t off, unsigned size);

/* resolve_encap.c: the words that shift what stands to their right */
struct test *resolve_encap(struct resolver *, struct ast *);
/* `inner`: the test that binds its view; a->step: the one that goes into a tunnel. */
struct test *resolve_inner(struct resolver *, struct ast *);
void resolve_scope_begin(struct resolver *);
void resolve_scope_end(struct resolver *);

/* reach.c: a leaf that may be come to without its entries having been passed gets their
 * tests in front of its own, and a warning says so. */
void reach(struct resolver *, struct ast *root);

/* resolve_pf.c, resolve_atm.c, resolve_ss7.c: words of one link type each */
struct test *resolve_pf(struct resolver *, const struct ast *);
struct test *resolve_atm(struct resolver *, const struct ast *);
struct test *resolve_ss7(struct resolver *, const struct ast *);
/* One of the values after the word: V, relop V, (V or V …); `shown` turns a V into what
 * the field holds. */
struct test *resolve_field_values(struct resolver *, const struct ast *,
	const struct value *, uint32_t max, uint32_t (*shown)(uint32_t));

#endif
