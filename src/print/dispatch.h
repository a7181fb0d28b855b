/* dispatch.h: the tables that lead from a number to a printer, and all printers.
 *
 * A new protocol: a file with its printer, a line here, a row in dispatch.c. */
#ifndef BPFCAP_PRINT_DISPATCH_H
#define BPFCAP_PRINT_DISPATCH_H

#include "printer.h"

struct link_row {
	uint16_t type; /* LINKTYPE_ value */
	void (*print)(struct printer *, struct cursor);
};

struct ether_row {
	uint16_t type;
	const char *name;                               /* for -e */
	void (*print)(struct printer *, struct cursor); /* NULL: known by name only */
};

struct proto_row {
	uint8_t proto;
	const char *name; /* for -v; NULL: only the printer is known */
	void (*print)(struct printer *, struct cursor, const struct net *);
	bool addresses; /* the printer prints them, with its ports */
};

/* Each gives NULL for what is not in its table. */
const struct link_row *dispatch_link(unsigned linktype);
const struct ether_row *dispatch_ether(unsigned type);
const struct proto_row *dispatch_proto(unsigned proto);
const char *dispatch_name(const struct name_row *, size_t n, uint32_t value);

/* The payload of an IP header: its printer, or `ip-proto-N` and the length. */
void dispatch_payload(struct printer *, struct cursor, const struct net *);

/* The tables themselves, for the test that they are sorted. */
extern const struct link_row dispatch_links[];
extern const struct ether_row dispatch_ethers[];
extern const struct proto_row dispatch_protos[];
extern const size_t dispatch_link_rows, dispatch_ether_rows, dispatch_proto_rows;

/* Link layers. */
void ether_print(struct printer *, struct cursor);
void loop_print(struct printer *, struct cursor);
void null_print(struct printer *, struct cursor);
void raw_print(struct printer *, struct cursor);
void raw4_print(struct printer *, struct cursor);
void raw6_print(struct printer *, struct cursor);
void sll_print(struct printer *, struct cursor);
void sll2_print(struct printer *, struct cursor);

void ether_type_print(struct printer *, unsigned type); /* for -e */

/* Behind an ethertype. */
void arp_print(struct printer *, struct cursor);
void ip_print(struct printer *, struct cursor);
void ip6_print(struct printer *, struct cursor);
void ip_any_print(struct printer *, struct cursor); /* by the version in the header */

/* Behind an IP protocol number. */
void icmp_print(struct printer *, struct cursor, const struct net *);
void icmp6_print(struct printer *, struct cursor, const struct net *);
void sctp_print(struct printer *, struct cursor, const struct net *);
void tcp_print(struct printer *, struct cursor, const struct net *);
void udp_print(struct printer *, struct cursor, const struct net *);
void ipip_print(struct printer *, struct cursor, const struct net *);
void ip6ip_print(struct printer *, struct cursor, const struct net *);

/* Parts of the above that are files of their own. */
void ip_options_print(struct printer *, struct cursor);
void icmp_extension_print(struct printer *, struct cursor);
void icmp_extended_echo_print(struct printer *, struct cursor);
void icmp_extended_reply_print(struct printer *, struct cursor);
void nd_options_print(struct printer *, struct cursor);
void mld2_query_print(struct printer *, struct cursor);
void mld2_report_print(struct printer *, struct cursor);
void nodeinfo_print(struct printer *, struct cursor);
void renumber_print(struct printer *, struct cursor);
void rpl_print(struct printer *, struct cursor);
bool mptcp_print(struct printer *, struct cursor, unsigned flags); /* false: bad */
/* false: a bad one, which ends the line.  `base`: what the numbers of the other direction
 * are relative to. */
bool tcp_options_print(struct printer *, struct cursor, unsigned flags, uint32_t base);

/* IPv6 extension headers: print one, and give its length; 0: print no further.
 * `jumbo` takes the length of a jumbo payload option, if there is one. */
uint32_t ip6_options_print(
	struct printer *, struct cursor, bool hop, uint32_t payload, uint32_t *jumbo);
/* Sets `dst` to the last address of a route that is not at its end. */
uint32_t ip6_routing_print(struct printer *, struct cursor, struct cursor *dst);
/* false: not the first fragment, whose payload has no header to print. */
bool ip6_fragment_print(struct printer *, struct cursor, bool *fragment);

/* The connections seen, for relative sequence numbers.  Bounded: an old one is
 * forgotten for a new one. */
struct conn {
	uint32_t seq, ack; /* first of both directions, as 0 is printed */
};
struct conns *conns_open(void);
void conns_close(struct conns *);
/* The entry of the connection, empty and *found false if it was not there. */
struct conn *conns_find(struct conns *, const uint8_t *key, size_t len, bool *found);

#endif
