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

/* Where the headers are; handed on by value, so that an encapsulation can shift it for
 * what stands to its right. */
struct layer {
	const struct linktype *link;
	bool cooked;      /* the link header is metadata, and not in the bytes */
	uint32_t link_at; /* bytes from the packet's first: link header */
	uint32_t net_at;  /* network header */
};

struct resolver {
	struct arena *arena;
	struct values *values;
	const struct filter_opts *opts;
	const char *linkname; /* for messages */
	struct layer layer;
	struct span span; /* of the leaf that is being resolved */
	struct diags *diags;
};

/* resolver.c */
const struct value *resolve_net(struct resolver *, uint32_t off, unsigned size);
struct test *resolve_fault(struct resolver *, enum diag_code, struct span,
	const char *fmt, ...) __attribute__((format(printf, 4, 5)));
/* "'X' is not a valid qualifier for 'Y'" */
struct test *resolve_bad_qualifier(
	struct resolver *, const struct ast *, const char *what);
/* The text of a token as a string in the arena. */
const char *resolve_text(struct resolver *, const struct token *);

/* resolve_link.c: the link header */
struct test *resolve_link_type(struct resolver *, uint32_t key);
struct test *resolve_mac(struct resolver *, enum qual_dir, const uint8_t mac[6]);
/* A field of the link header; the cooked one's are metadata.  NULL: not to be had. */
const struct value *resolve_link_field(struct resolver *, const struct value *base,
	uint32_t off, unsigned size, struct span);

/* resolve_proto.c */
struct test *resolve_abbreviation(struct resolver *, enum qual_proto);
struct test *resolve_ip_proto(struct resolver *, uint32_t number);
struct test *resolve_ip6_proto(struct resolver *, uint32_t number);
struct test *resolve_first_fragment(struct resolver *); /* of IPv4, untested */
struct test *resolve_proto_id(struct resolver *, const struct ast *);
struct test *resolve_cast(struct resolver *, const struct ast *);

/* resolve_host.c, resolve_port.c */
struct test *resolve_host(struct resolver *, const struct ast *);
struct test *resolve_port(struct resolver *, const struct ast *);

/* resolve_arith.c */
struct test *resolve_relation(struct resolver *, const struct ast *);
struct test *resolve_less(struct resolver *, const struct ast *);
/* 4 * IHL of the IPv4 header, and a load behind it. */
const struct value *resolve_transport(
	struct resolver *, const struct value *index, uint32_t off, unsigned size);

#endif
