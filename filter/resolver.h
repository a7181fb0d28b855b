/* resolver.h: the resolve step's state: where the headers are, and what has to be passed
 * before that is known. */
#ifndef BPFCAP_FILTER_RESOLVER_H
#define BPFCAP_FILTER_RESOLVER_H

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

#endif
