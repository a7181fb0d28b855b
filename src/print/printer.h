/* printer.h: what a packet printer works with: a cursor that cannot leave the
 * captured bytes, a text that grows, and the context of one packet.
 *
 * Running out of bytes: the first read beyond the capture appends ` [|proto]`
 * and closes the text; what is appended later is dropped and reads give 0.  So
 * a printer checks nothing but its loops: `while (text_open(p) && …)`. */
#ifndef BPFCAP_PRINTER_H
#define BPFCAP_PRINTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "print.h"

struct names;
struct conns;
struct clock;

/* Invariant: at[0..cap) are captured and belong to the layer.  len is what the
 * headers around it say of the length on the wire: it may be more or less. */
struct cursor {
	const uint8_t *at;
	uint32_t cap, len; /* bytes */
};

struct text {
	char *at;
	size_t len, cap;
	bool closed;
};

struct printer {
	struct text out;
	struct print_opts opts;
	const char *proto; /* the name for ` [|proto]`: each printer sets its own */
	bool hex_follows;  /* -x, -X or -q: unknown data is not shown in hex */
	uint32_t link_len; /* bytes of link header: -x, -X, -A begin behind them */
	uint32_t ifindex;  /* that ifname is of; 0: none yet */
	char ifname[16];   /* empty: the system has no such interface */
	unsigned depth;    /* of headers within headers, up to PRINT_DEPTH */
	struct names *names;
	struct conns *conns;
	struct clock *clock;
};

enum { PRINT_DEPTH = 32 };

/* What the printers behind a network header need of it. */
struct net {
	struct cursor src, dst; /* one address each, captured */
	struct cursor sum_dst;  /* where a source route ends: for the pseudo header */
	unsigned version;       /* 4 or 6 */
	unsigned proto; /* of the fixed header: its printer prints the addresses */
	unsigned ttl;
	bool fragment;      /* the first of several: the rest is elsewhere */
	bool unsummed;      /* IPv6 without a payload length: UDP is not checked */
	unsigned sum_proto; /* of this payload, for the pseudo header */
};

/* A name for a value, or for a bit; tables are sorted by value unless said. */
struct name_row {
	uint32_t value;
	const char *name;
};
#define ROWS(table) (sizeof(table) / sizeof(*(table)))

/* text.c: appending.  text_put() knows %c %s %u %d %x %X %%, widths and 0. */
void text_put(struct printer *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void text_str(struct printer *, const char *);
void text_chr(struct printer *, char);
void text_bytes(struct printer *, const char *, size_t);
/* Bytes as ^X and M-X where they do not print. */
void text_escaped(struct printer *, struct cursor, uint32_t off, uint32_t n);
/* The names of the bits that are set, `sep` between them; `none` without any. */
void text_bits(struct printer *, const struct name_row *, size_t n, uint32_t bits,
	const char *sep);
/* The name of a value; if it has none, `fmt` with the value in it (%u or %x). */
void text_name(struct printer *, const struct name_row *, size_t n, uint32_t value,
	const char *fmt);
void text_end(struct printer *);                 /* ` [|proto]`, and closes */
void text_cut(struct printer *);                 /* ` [|proto]`, and goes on */
void text_after(struct printer *, const char *); /* behind the mark of a closed text */
/* Takes back what came behind `mark`, an out.len of before, and ends there. */
void text_retract(struct printer *, size_t mark);

static inline bool
text_open(const struct printer *p)
{
	return !p->out.closed;
}

/* cursor.c: reads at an offset; beyond the capture: text_end() and 0. */
bool cursor_need(struct printer *, struct cursor, uint32_t off, uint32_t n);
uint8_t cursor_u8(struct printer *, struct cursor, uint32_t off);
uint16_t cursor_u16(struct printer *, struct cursor, uint32_t off);
uint32_t cursor_u32(struct printer *, struct cursor, uint32_t off);
struct cursor cursor_skip(struct cursor, uint32_t n);  /* behind n bytes */
struct cursor cursor_limit(struct cursor, uint32_t n); /* neither cap nor len above n */

static inline bool
cursor_has(struct cursor c, uint32_t off, uint32_t n)
{
	return off <= c.cap && n <= c.cap - off;
}

/* address.c: addresses and ports as numbers or, without -n, as names.  `lead`
 * stands before it, unless it is cut off. */
void address_ip4(struct printer *, const char *lead, struct cursor, uint32_t off);
void address_ip6(struct printer *, const char *lead, struct cursor, uint32_t off);
void address_ip6_plain(struct printer *, const uint8_t *bytes); /* never a name */
void address_mac(struct printer *, const char *lead, struct cursor, uint32_t off);
void address_link(struct printer *, struct cursor, uint32_t off, uint32_t n, bool ether);
void address_net(struct printer *, const struct net *, struct cursor addr);
void address_pair(struct printer *, const struct net *); /* `a > b` */
void address_port(struct printer *, unsigned proto, unsigned port);
/* `a.1 > b.2: ` from the first four bytes; without the addresses when they are
 * printed already, because extension headers stand between. */
void address_ports(struct printer *, const struct net *, unsigned proto, struct cursor);

/* names.c: a bounded cache in front of the resolver, for all but -n. */
struct names *names_open(void);
void names_close(struct names *);
const char *names_host(struct names *, const uint8_t *addr, unsigned bytes);
const char *names_port(struct names *, unsigned proto, unsigned port);
const char *names_proto(struct names *, unsigned proto);

/* hex.c: blocks below the line, or for what no printer knows. */
void hex_packet(struct printer *, struct cursor); /* as -x … -AA ask for */
void hex_ascii(struct printer *, struct cursor, const char *prefix);
void hex_plain(struct printer *, struct cursor, const char *prefix);
void hex_unknown(struct printer *, struct cursor, uint32_t len); /* unless it follows */

/* time.c: the time stamp in front of the line. */
struct clock *clock_open(void);
void clock_close(struct clock *);
void clock_print(struct printer *, int64_t ts_ns);

/* checksum.c: the Internet checksum (RFC 1071); 0: right, else what is left. */
uint16_t checksum(struct cursor, uint32_t n, uint32_t start);
uint32_t checksum_pseudo(const struct net *, unsigned proto, uint32_t len);
/* What the field should have held, from what it holds and the sum over all. */
uint16_t checksum_wanted(uint16_t field, uint16_t sum);

#endif
