/* exprs_arith.c: appends relations: numbers, symbolic constants, `len`, loads from the
 * packet and operators on them, nested to a small depth. */
#include "../gen/pool.h"
#include "exprs_parts.h"
#include "links.h"

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
		("( tcp port 80 and ip [ 2 : 2 ] - ( ( ip [ 0 ] & 0xf ) << 2 ) - "
		 "( ( tcp [ 12 ] & 0xf0 ) >> 2 ) != 0 ) "),
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
	static const char *const names[] = { "icmptype ", "icmpcode ", "icmp6type ",
		"icmp6code ", "tcpflags ", "tcp-fin ", "tcp-syn ", "tcp-rst ",
		"tcp-push ", "tcp-ack ", "tcp-urg ", "tcp-ece ", "tcp-cwr ",
		"icmp-echoreply ", "icmp-unreach ", "icmp-sourcequench ",
		"icmp-redirect ", "icmp-echo ", "icmp-routeradvert ",
		"icmp-routersolicit ", "icmp-timxceed ", "icmp-paramprob ",
		"icmp-tstamp ", "icmp-tstampreply ", "icmp-ireq ", "icmp-ireqreply ",
		"icmp-maskreq ", "icmp-maskreply ", "icmp6-destinationunreach ",
		"icmp6-packettoobig ", "icmp6-timeexceeded ", "icmp6-parameterproblem ",
		"icmp6-echo ", "icmp6-echoreply ", "icmp6-multicastlistenerquery ",
		"icmp6-multicastlistenerreportv1 ", "icmp6-multicastlistenerdone ",
		"icmp6-routersolicit ", "icmp6-routeradvert ", "icmp6-neighborsolicit ",
		"icmp6-neighboradvert ", "icmp6-redirect ", "icmp6-routerrenum ",
		"icmp6-nodeinformationquery ", "icmp6-nodeinformationresponse ",
		"icmp6-ineighbordiscoverysolicit ", "icmp6-ineighbordiscoveryadvert ",
		"icmp6-multicastlistenerreportv2 ", "icmp6-homeagentdiscoveryrequest ",
		"icmp6-homeagentdiscoveryreply ", "icmp6-mobileprefixsolicit ",
		"icmp6-mobileprefixadvert ", "icmp6-certpathsolicit ",
		"icmp6-certpathadvert ", "icmp6-multicastrouteradvert ",
		"icmp6-multicastroutersolicit ", "icmp6-multicastrouterterm " };

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

/* The side of a relation that is being written.  libpcap tests the protocol of what
 * stands first and forgets that of a right operand (gencode.c, gen_arth): so unless that
 * is wanted, what stands first chooses the protocol of all that follows it. */
struct side {
	struct draw *draw;
	struct expr *e;
	struct rng *r;
	const char *protocol; /* NULL: not chosen yet */
};

static void add_arith(struct side *, unsigned depth);

static const char *
draw_protocol(const struct side *s)
{
	static const char *const common[] = { "ip ", "tcp ", "ip ", "ip6 ", "udp ",
		"icmp ", "ip ", "tcp ", "icmp6 ", "arp ", "sctp ", "rarp ", "igmp ",
		"ether ", "ip ", "tcp " };
	static const char *const mpls[] = { "ip ", "ip6 ", "tcp ", "udp ", "icmp6 " };
	static const char *const seldom[] = { "igrp ", "pim ", "vrrp ", "carp ", "atalk ",
		"decnet ", "lat ", "sca ", "moprc ", "mopdl " };
	static const char *const link[] = { "link ", "ether ", "ppp ", "slip ", "fddi ",
		"tr ", "wlan " };

	if (s->draw->over_mpls)
		return PICK(s->r, mpls);
	if ((s->draw->suits & SUIT_RADIO) && rng_chance(s->r, 15))
		return "radio ";
	if (!(s->draw->suits & SUIT_TYPE) || rng_chance(s->r, 10))
		return PICK(s->r, link);
	if (s->draw->kind->linktype == RAW &&
		rng_chance(s->r, 70)) /* arp is never true there */
		return rng_chance(s->r, 60) ? "ip " : "tcp ";
	return rng_chance(s->r, 8) ? PICK(s->r, seldom) : PICK(s->r, common);
}

static void
add_index(struct side *s, unsigned depth)
{
	static const char *const sizes[] = { "", "", "", ": 1 ", ": 2 ", ": 2 ", ": 4 " };
	const bool first = !s->protocol;

	if (first || s->draw->kind->guards_anywhere)
		s->protocol = draw_protocol(s);
	expr_add(s->e, "%s[ ", s->protocol);
	if (depth && rng_chance(s->r, 25)) {
		struct side inside = *s;

		if (first) /* its check is kept, for that of an index is */
			inside.protocol = NULL;
		add_arith(&inside, depth - 1);
	} else if (rng_chance(s->r, 3)) {
		expr_add(s->e, "- %u ", 1 + rng_below(s->r, 4));
	} else {
		expr_add(s->e, "%u ", rng_below(s->r, rng_chance(s->r, 85) ? 24 : 100));
	}
	expr_add(s->e, "%s] ", PICK(s->r, sizes));
}

static void
add_binary(struct side *s, unsigned depth)
{
	static const char *const operators[] = { "+ ", "- ", "* ", "/ ", "% ", "& ", "| ",
		"^ ", "<< ", ">> ", "& ", "& ", "+ ", "- " };
	struct rng *r = s->r;
	const char *op = PICK(r, operators);

	add_arith(s, depth - 1);
	expr_add(s->e, "%s", op);
	if (!s->protocol)
		s->protocol = "ether "; /* nothing to test */
	/* A literal 0 to divide by, or a shift of 32 or more, is an error: seldom. */
	if (op[0] == '/' || op[0] == '%')
		expr_add(s->e, "%u ", rng_below(r, 100) ? 1 + rng_below(r, 40) : 0);
	else if ((op[0] == '<' || op[0] == '>') && rng_chance(r, 80))
		expr_add(s->e, "%u ", rng_below(r, 100) ? rng_below(r, 32) : 32);
	else
		add_arith(s, depth - 1);
	/* ...but one that is only known when the packet is there is not. */
	if ((op[0] == '/' || op[0] == '%') && rng_chance(r, 25)) {
		expr_add(s->e, "/ ");
		add_index(s, 0);
	}
}

static void
add_arith(struct side *s, unsigned depth)
{
	const uint32_t which = rng_below(s->r, 100);

	if (depth && which < 40) {
		const bool parens = rng_chance(s->r, 60);

		expr_add(s->e, parens ? "( " : "");
		add_binary(s, depth);
		expr_add(s->e, parens ? ") " : "");
	} else if (depth && which < 44) {
		expr_add(s->e, "- ");
		add_arith(s, depth - 1);
	} else if (which < 52) {
		expr_add(s->e, which < 48 ? "len " : "length ");
	} else if (which < 70) {
		add_number(s->e, s->r);
	} else {
		add_index(s, depth);
	}
}

/* A value that the left side may well have: the packets' own. */
static void
add_right(struct side *s)
{
	struct expr *e = s->e;
	struct rng *r = s->r;

	switch (rng_below(r, 6)) {
	case 0: add_arith(s, 2); break;
	case 1: expr_add(e, "%u ", pool_port(r)); break;
	case 2: expr_add(e, "%u ", pool_protocol(r)); break;
	case 3: expr_add(e, "0x%x ", pool_ip4(r)); break;
	case 4: add_number(e, r); break;
	default: expr_add(e, "%u ", rng_below(r, 4)); break;
	}
}

void
expr_add_arithmetic(struct draw *d)
{
	static const char *const relations[] = { "= ", "== ", "!= ", "> ", "< ",
		">= ", "<= ", "!= ", "> ", "< " };
	struct side left = { d, d->e, d->r, NULL }, right = left;

	if ((d->suits & SUIT_TYPE) && !d->over_mpls && rng_chance(d->r, 30)) {
		add_idiom(d->e, d->r);
		return;
	}
	if (rng_chance(d->r, 50))
		add_index(&left, 1);
	else
		add_arith(&left, 3);
	expr_add(d->e, "%s", PICK(d->r, relations));
	add_right(&right);
}
