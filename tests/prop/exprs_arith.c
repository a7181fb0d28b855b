/* exprs_arith.c: appends relations: numbers, symbolic constants, `len`, loads from the
 * packet and operators on them, nested to a small depth. */
#include "exprs.h"

#include "../gen/pool.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK(r, a) ((a)[rng_below(r, COUNT(a))])

enum { RAW = 101 };

/* Fields that relations on real networks ask for. */
static void
add_idiom(struct expr *e, struct rng *r)
{
	static const char *const idioms[] = {
		"tcp [ tcpflags ] & ( tcp-syn | tcp-fin ) != 0 ",
		"tcp [ tcpflags ] == tcp-syn ",
		"tcp [ tcpflags ] & tcp-push != 0 ",
		"tcp [ 13 ] & 2 != 0 ",
		"tcp [ ( tcp [ 12 ] & 0xf0 ) >> 2 ] = 0x47 ",
		"ip [ 0 ] & 0xf != 5 ",
		"ip [ 6 : 2 ] & 0x1fff = 0 ",
		"ip [ 8 ] < 64 ",
		"ip [ 9 ] = 6 ",
		"ip [ 2 : 2 ] > 60 ",
		("ip [ 2 : 2 ] - ( ( ip [ 0 ] & 0xf ) << 2 ) - "
		 "( ( tcp [ 12 ] & 0xf0 ) >> 2 ) != 0 "),
		"ip6 [ 6 ] = 17 ",
		"ip6 [ 40 ] = 128 ",
		"icmp [ icmptype ] = icmp-echo ",
		"icmp [ icmptype ] != icmp-echo and icmp [ icmptype ] != icmp-echoreply ",
		"icmp [ icmpcode ] != 0 ",
		"icmp6 [ icmp6type ] == icmp6-neighborsolicit ",
		"icmp6 [ icmp6type ] = icmp6-echo ",
		"icmp6 [ icmp6code ] = 0 ",
		"udp [ 4 : 2 ] > 30 ",
		"arp [ 6 : 2 ] = 1 ",
		"sctp [ 12 ] = 0 ",
	};

	expr_add(e, "%s", PICK(r, idioms));
}

static void
add_number(struct expr *e, struct rng *r)
{
	static const char *const names[] = { "tcp-syn ", "tcp-ack ", "icmp-echo ",
		"icmp6-echo ", "tcp-rst ", "icmp-unreach ", "icmp6-routeradvert " };

	switch (rng_below(r, 8)) {
	case 0: expr_add(e, "%s", PICK(r, names)); break;
	case 1: expr_add(e, "0x%x ", rng_next(r)); break;
	case 2: expr_add(e, "0%o ", rng_below(r, 512)); break;
	case 3: expr_add(e, "0x%x ", 1u << rng_below(r, 32)); break;
	case 4: expr_add(e, "%u ", rng_below(r, 65536)); break;
	case 5: expr_add(e, "0x%x ", pool_ip4(r)); break;
	default: expr_add(e, "%u ", rng_below(r, 20)); break;
	}
}

static void add_arith(struct expr *, struct rng *, uint16_t linktype, unsigned depth);

static void
add_index(struct expr *e, struct rng *r, uint16_t linktype, unsigned depth)
{
	static const char *const protocols[] = { "ip ", "tcp ", "ip ", "ip6 ", "udp ",
		"icmp ", "ip ", "tcp ", "icmp6 ", "arp ", "sctp ", "rarp ", "igmp ",
		"ether " };
	static const char *const sizes[] = { "", "", "", ": 1 ", ": 2 ", ": 2 ", ": 4 " };

	if (linktype == RAW &&
		rng_chance(r, 70)) /* arp and rarp are always false there */
		expr_add(e, "%s[ ", rng_chance(r, 60) ? "ip " : "tcp ");
	else
		expr_add(e, "%s[ ", PICK(r, protocols));
	if (depth && rng_chance(r, 25))
		add_arith(e, r, linktype, depth - 1);
	else if (rng_chance(r, 3))
		expr_add(e, "- %u ", 1 + rng_below(r, 4));
	else
		expr_add(e, "%u ", rng_below(r, rng_chance(r, 85) ? 24 : 100));
	expr_add(e, "%s] ", PICK(r, sizes));
}

static void
add_binary(struct expr *e, struct rng *r, uint16_t linktype, unsigned depth)
{
	static const char *const operators[] = { "+ ", "- ", "* ", "/ ", "% ", "& ", "| ",
		"^ ", "<< ", ">> ", "& ", "& ", "+ ", "- " };
	const char *op = PICK(r, operators);

	add_arith(e, r, linktype, depth - 1);
	expr_add(e, "%s", op);
	/* A literal 0 to divide by, or a shift of 32 or more, is an error: seldom. */
	if (op[0] == '/' || op[0] == '%')
		expr_add(e, "%u ", rng_below(r, 100) ? 1 + rng_below(r, 40) : 0);
	else if ((op[0] == '<' || op[0] == '>') && rng_chance(r, 80))
		expr_add(e, "%u ", rng_below(r, 100) ? rng_below(r, 32) : 32);
	else
		add_arith(e, r, linktype, depth - 1);
	/* ...but one that is only known when the packet is there is not. */
	if ((op[0] == '/' || op[0] == '%') && rng_chance(r, 25)) {
		expr_add(e, "/ ");
		add_index(e, r, linktype, 0);
	}
}

static void
add_arith(struct expr *e, struct rng *r, uint16_t linktype, unsigned depth)
{
	const uint32_t which = rng_below(r, 100);

	if (depth && which < 40) {
		const bool parens = rng_chance(r, 60);

		expr_add(e, parens ? "( " : "");
		add_binary(e, r, linktype, depth);
		expr_add(e, parens ? ") " : "");
	} else if (depth && which < 44) {
		expr_add(e, "- ");
		add_arith(e, r, linktype, depth - 1);
	} else if (which < 52) {
		expr_add(e, which < 48 ? "len " : "length ");
	} else if (which < 70) {
		add_number(e, r);
	} else {
		add_index(e, r, linktype, depth);
	}
}

/* A value that the left side may well have: the packets' own. */
static void
add_right(struct expr *e, struct rng *r, uint16_t linktype)
{
	switch (rng_below(r, 6)) {
	case 0: add_arith(e, r, linktype, 2); break;
	case 1: expr_add(e, "%u ", pool_port(r)); break;
	case 2: expr_add(e, "%u ", pool_protocol(r)); break;
	case 3: expr_add(e, "0x%x ", pool_ip4(r)); break;
	case 4: add_number(e, r); break;
	default: expr_add(e, "%u ", rng_below(r, 4)); break;
	}
}

void
expr_add_relation(struct expr *e, struct rng *r, uint16_t linktype)
{
	static const char *const relations[] = { "= ", "== ", "!= ", "> ", "< ",
		">= ", "<= ", "!= ", "> ", "< " };

	if (rng_chance(r, 30)) {
		add_idiom(e, r);
		return;
	}
	if (rng_chance(r, 50))
		add_index(e, r, linktype, 1);
	else
		add_arith(e, r, linktype, 3);
	expr_add(e, "%s", PICK(r, relations));
	add_right(e, r, linktype);
}
