/* explain.h: what the files of --explain share: the tests of an expression as English.
 *
 * Names of fields say what the filter takes bytes for: they follow from the tests that
 * have been passed (`struct known`), and where these do not tell there is no name. */
#ifndef BPFCAP_FILTER_EXPLAIN_H
#define BPFCAP_FILTER_EXPLAIN_H

#include <stdio.h>

#include "resolve.h"

enum header {
	HEADER_NONE,
	/* before the network header */
	HEADER_ETHERNET,
	HEADER_IEEE802,
	HEADER_FDDI,
	HEADER_FC,
	HEADER_ARCNET,
	HEADER_PPP,
	HEADER_HDLC,
	HEADER_SLIP,
	HEADER_SLL,
	HEADER_SLL2,
	HEADER_IPNET,
	HEADER_FRELAY,
	HEADER_SUNATM,
	HEADER_JUNIPER,
	HEADER_PFLOG,
	HEADER_RADIOTAP,
	HEADER_AVS,
	HEADER_WLAN,
	HEADER_LLC,
	/* behind an EtherType or the like */
	HEADER_VLAN,
	HEADER_MPLS,
	HEADER_PPPOE,
	HEADER_IPV4,
	HEADER_IPV6,
	HEADER_ARP,
	/* behind the network header */
	HEADER_FRAGMENT,
	HEADER_TCP,
	HEADER_UDP,
	HEADER_SCTP,
	HEADER_PORTS, /* one of these three */
	HEADER_ICMP,
	HEADER_ICMP6,
	HEADER_IGMP,
	/* behind a slot */
	HEADER_GENEVE,
	HEADER_VXLAN,
	HEADER_GRE,
	HEADER_GTP,
};

/* How a number in a field is written. */
enum style {
	STYLE_NUMBER,
	STYLE_HEX,
	STYLE_BYTES, /* 02:00:… */
	STYLE_TEXT,
	STYLE_IPV4,
	STYLE_IPV6,
	/* by name, where there is one; these tell the network header, or LLC */
	STYLE_ETHERTYPE,
	STYLE_SLL_TYPE,
	STYLE_PPP,
	STYLE_FAMILY,
	STYLE_FAMILY_HOST, /* 32 bits in either byte order */
	STYLE_IPNET,
	STYLE_ARCNET,
	STYLE_FRELAY,
	STYLE_WLAN_TYPE,
	STYLE_SUNATM,
	STYLE_VERSION,
	STYLE_PROTOCOL, /* tells what is behind the network header */
	/* these tell nothing */
	STYLE_TUNNEL_TYPE, /* an EtherType */
	STYLE_NEXT,        /* a protocol */
	STYLE_SAP,
	STYLE_PACKET_TYPE,
	STYLE_ARP,
	STYLE_ICMP,
	STYLE_ICMP6,
};

struct field {
	enum header header;
	uint8_t at, size; /* bytes from the header's start */
	uint32_t mask;    /* 0: the whole */
	const char *name;
	enum style style;
};

/* What the tests passed so far say. */
struct known {
	enum header net, upper; /* HEADER_NONE: not told */
	bool llc;
	enum header tunnel;  /* that the next bind of a slot leads to */
	uint8_t slot[SLOTS]; /* enum header that begins where the slot says */
};

struct explain {
	const struct filter_opts *opts;
	const char *text; /* that spans are into */
	FILE *to;
	struct values *values;
	struct arena *arena;
	const struct layer *layer;  /* of the tests in hand; NULL: nothing has a name */
	const struct value *length; /* 4 * IHL at this layer, or NULL */
	const struct value *ihl;    /* the same, behind the network header's base */
	uint32_t level;             /* of indentation */
	bool ihl_told;              /* 4*IHL was written in this leaf */
};

/* explain.c: begins a line. */
void explain_indent(const struct explain *);

/* explain_run.c: tests that are one to a reader. */
struct points { /* tests of one value: is it one of these? */
	const struct test **leaf;
	uint32_t count;
};
bool explain_same(const struct test *, const struct test *);
/* The operands of an OR from `t` on that are tests of one value, or that differ in their
 * first test alone; *next: the one behind. */
struct points explain_points(
	struct explain *, const struct test *t, const struct test **next);
struct string { /* bytes in a row, compared a few at a time */
	const struct value *base;
	uint32_t at, len, bits; /* bits: of them that count, from the first on */
	uint32_t pieces;
	bool last_first;
	bool from_start; /* of the field */
	uint8_t bytes[16];
	const struct field *field;
	bool part;
};
/* The operands of an AND from `t` on that compare one field; *next: the one behind. */
bool explain_string(struct explain *, const struct known *, const struct test *t,
	struct string *, const struct test **next);
/* How often an OR is repeated inside its last operand; *end: what is there instead the
 * last time.  1: it is not. */
uint32_t explain_rungs(const struct test *, const struct test **end);

/* explain_test.c: a test tree as lines; says in *known what holds behind it. */
void explain_test(struct explain *, const struct test *, struct known *);

/* explain_value.c: where a load is, and a value, within a line. */
void explain_place(
	struct explain *, const struct value *base, uint32_t off, uint32_t size);
void explain_value(struct explain *, const struct value *);

/* explain_field.c: what the load of `size` bytes at base + off is, in full or `part` of a
 * field; NULL: not known. */
const struct field *explain_field(const struct explain *, const struct known *,
	const struct value *base, uint32_t off, uint32_t size, uint32_t mask, bool *part);
/* Ditto of a value that is no load: metadata, an EtherType in a slot. */
const struct field *explain_field_of(const struct explain *, const struct value *);
/* What is known before any test. */
struct known explain_known(const struct explain *);
/* What is known where two ways meet. */
struct known explain_either(struct known, const struct known *);
/* A field was found to be `number`: *known says what follows. */
void explain_tell(const struct field *, uint32_t number, struct known *);

/* explain_number.c: a field's value; the header that a number leads to. */
void explain_number(FILE *, enum style, uint32_t k, uint32_t size, uint32_t mask);
void explain_bytes(FILE *, enum style, const uint8_t *, uint32_t len);
enum header explain_leads(enum style, uint32_t k);

/* explain_words.c: what a leaf asks, in words. */
void explain_words(const struct explain *, const struct ast *);

/* explain_need.c: how many captured bytes tests read. */
struct need {
	uint64_t least;  /* fewer reject in any case; NEED_NEVER: it always does */
	uint64_t fixed;  /* end of the bytes at constant offsets */
	uint64_t moving; /* ditto, behind headers whose length is bounded; 0: none */
	bool open;       /* behind others */
};
#define NEED_NEVER UINT64_MAX
struct need explain_need_test(const struct test *);
/* Of a graph: `least` to be accepted. */
struct need explain_need_graph(const struct graph *, struct arena *);

#endif
