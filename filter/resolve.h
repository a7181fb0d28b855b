/* resolve.h: what the files of the resolve step share.
 *
 * Each function that gives a `struct test *` returns NULL on a fault, with an error in
 * the diags. */
#ifndef BPFCAP_FILTER_RESOLVE_H
#define BPFCAP_FILTER_RESOLVE_H

#include "ast.h"
#include "linktype.h"
#include "proto.h"
#include "test.h"

/* A place in the packet: base + off.  A base that is, or is made of, slots is known only
 * behind the tests that bind them: those of the entries in `needs`. */
struct place {
	const struct value *base; /* NULL: 0 */
	uint32_t off;
	uint64_t needs;   /* bit n: entry n */
	uint64_t shifted; /* ditto: entries that have moved it */
};

/* Where the headers are; handed on by value, so that an encapsulation can shift it for
 * what stands to its right. */
struct layer {
	const struct linktype *link;
	bool cooked;       /* the link header is metadata, and not in the bytes */
	bool tunnelled;    /* inside geneve or vxlan */
	bool perhaps_bare; /* there may be no link header (geneve): payload == header */
	bool lane;         /* ATM LAN emulation: not every frame is Ethernet */
	uint16_t vlans, mpls;  /* tags and labels so far; counted up to 2 */
	struct place header;   /* the link header */
	struct place type;     /* what tells the protocol */
	struct place payload;  /* LLC or network header */
	uint32_t net, net_llc; /* network header behind that; ditto in LLC without SNAP */
	uint64_t labels;       /* entries that have moved the network header */
};

/* Something that has to be passed before places are known: a header of varying length
 * at the packet's start (always passed when tested), or an encapsulation. */
struct entry {
	struct test *test; /* binds the slots */
	bool always;       /* true on every packet */
	bool shifts;       /* no slots: offsets are constant, only the warning counts */
	struct span span;  /* of the words */
	uint64_t needs;    /* entries that have to be passed before */
};
#define ENTRIES 64

/* What comes back when a scope ends. */
struct scope {
	struct layer layer;
	unsigned slots;
};

struct resolver {
	struct arena *arena;
	struct values *values;
	const struct filter_opts *opts;
	const char *linkname; /* for messages */
	struct layer layer;
	struct span span;       /* of the leaf that is being resolved */
	uint64_t used, shifted; /* entries of the places that this leaf has read */
	struct entry *entry;    /* ENTRIES */
	unsigned entries;
	unsigned slots; /* in use: 0 … slots - 1 */
	const struct value
		*any; /* of this leaf: where any_proto's header begins, or NULL */
	enum qual_proto any_proto;
	struct scope *outer; /* those that are open, innermost last */
	uint32_t scopes, scope_room;
	struct diags *diags;
};

/* resolver.c */
struct layer layer_of(const struct linktype *, struct place header);
const struct value *resolve_load(
	struct resolver *, struct place, uint32_t off, unsigned size);
const struct value *resolve_net(struct resolver *, uint32_t off, unsigned size);
struct place place_net(const struct layer *);
/* (field & mask) == k */
struct test *resolve_masked(
	struct resolver *, const struct value *, uint32_t mask, uint32_t k);
/* A slot whose content is at most `hi`; NULL (and an error) when all are taken. */
const struct value *resolve_slot(struct resolver *, uint32_t hi);
/* The number of a new entry; its test may be set later.  False: there are too many. */
bool resolve_entry(struct resolver *, struct entry, unsigned *out);
struct test *resolve_fault(struct resolver *, enum diag_code, struct span,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "'X' not supported on DLT_NAME" */
struct test *resolve_no_link(struct resolver *, const char *what);
/* "'X' is not a valid qualifier for 'Y'" */
struct test *resolve_bad_qualifier(
	struct resolver *, const struct ast *, const char *what);
/* "… valid for 802.11 syntax only" */
struct test *resolve_wlan_only(struct resolver *);
/* The tests of both ends, as the direction says. */
struct test *resolve_ends(
	struct resolver *, enum qual_dir, struct test *src, struct test *dst);
bool resolve_in_range(
	struct resolver *, struct span, const char *what, uint32_t n, uint32_t max);
/* The text of a token as a string in the arena. */
const char *resolve_text(struct resolver *, const struct token *);

/* resolve_type.c: the protocol that the link header tells */
struct test *resolve_link_type(struct resolver *, uint32_t key);
struct test *resolve_is_llc(struct resolver *); /* NULL: always */

/* resolve_link.c: the link header */
struct test *resolve_mac(struct resolver *, enum qual_dir, const uint8_t mac[6]);
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
struct test *resolve_wlan_mac(struct resolver *, enum qual_dir, const uint8_t mac[6]);
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
