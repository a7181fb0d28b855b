/* exprs_head.c: appends a head (protocol, direction, type), ids that go with it, and ids
 * that inherit it. */
#include "exprs_parts.h"
#include "links.h"

#include "../gen/pool.h"

#define PROTOCOLS_MAX 6
#define LINKS "link " /* stands for one of its synonyms */

struct head {
	unsigned weight;
	unsigned suits; /* as of struct part */
	bool has_dir;
	bool no_not; /* `port not 80`, as the grammar has it, is for names and addresses
		      */
	const char *type;
	const char *protocols[PROTOCOLS_MAX]; /* "" is none; up to the first NULL */
	void (*add_id)(struct draw *);
};

static const struct head heads[] = {
	{ 20, SUIT_TYPE, true, false, "host ", { "", "", "ip ", "arp ", "rarp " },
		expr_add_ip4 },
	{ 5, SUIT_TYPE, true, false, "", { "", "ip ", "arp ", "rarp " }, expr_add_ip4 },
	{ 9, SUIT_TYPE, true, false, "host ", { "", "ip6 " }, expr_add_ip6 },
	{ 2, SUIT_TYPE, true, false, "", { "", "ip6 " }, expr_add_ip6 },
	{ 9, SUIT_TYPE, true, false, "net ", { "", "", "ip ", "arp ", "rarp " },
		expr_add_net4 },
	{ 5, SUIT_TYPE, true, false, "net ", { "", "ip6 " }, expr_add_net6 },
	{ 20, SUIT_TYPE, true, true, "port ", { "", "tcp ", "udp ", "sctp " },
		expr_add_port },
	{ 7, SUIT_TYPE, true, true, "portrange ", { "", "tcp ", "udp ", "sctp " },
		expr_add_portrange },
	{ 7, SUIT_TYPE, false, true, "proto ", { "", "ip ", "ip6 " }, expr_add_protocol },
	{ 7, SUIT_TYPE, false, true, "proto ", { LINKS }, expr_add_link_protocol },
	{ 3, SUIT_TYPE, false, true, "proto ", { "iso " }, expr_add_iso_protocol },
	{ 3, SUIT_TYPE, false, true, "proto ", { "isis " }, expr_add_isis_pdu },
	{ 3, SUIT_CHAIN, false, true, "protochain ", { "", "ip ", "ip6 " },
		expr_add_protocol },
	{ 3, SUIT_TYPE, true, false, "host ", { "decnet " }, expr_add_decnet },
	{ 1, SUIT_TYPE, true, false, "", { "decnet " }, expr_add_decnet },
	{ 2, SUIT_TYPE, true, false, "host ", { "", "ip ", "ip6 ", "arp " },
		expr_add_name },
	{ 12, SUIT_MAC, true, false, "host ", { LINKS }, expr_add_mac },
	{ 3, SUIT_MAC, true, false, "", { LINKS }, expr_add_mac },
	{ 20, SUIT_MAC8, true, false, "host ", { LINKS }, expr_add_mac8 },
	{ 4, SUIT_MAC8, true, false, "", { LINKS }, expr_add_mac8 },
};

/* Over MPLS, an address is IPv4's or IPv6's, and a type of frame is not told. */
static bool
suits(const struct draw *d, const struct head *h)
{
	if (!(h->suits & d->suits))
		return false;
	return !d->over_mpls || h->add_id == expr_add_ip4 || h->add_id == expr_add_ip6 ||
	       h->add_id == expr_add_port || h->add_id == expr_add_net4 ||
	       h->add_id == expr_add_mac || h->add_id == expr_add_protocol;
}

static const struct head *
pick_head(const struct draw *d)
{
	unsigned total = 0;
	uint32_t at;

	for (size_t i = 0; i < COUNT(heads); i++)
		total += suits(d, &heads[i]) ? heads[i].weight : 0;
	if (!total)
		return NULL;
	at = rng_below(d->r, total);
	for (const struct head *h = heads;; h++) {
		const unsigned weight = suits(d, h) ? h->weight : 0;

		if (at < weight)
			return h;
		at -= weight;
	}
}

void
expr_add_link_word(struct draw *d)
{
	static const char *const words[] = { "ether ", "ether ", "ether ", "link ",
		"ppp ", "slip ", "fddi ", "tr ", "wlan " };

	expr_add(d->e, "%s", PICK(d->r, words));
}

static void
add_protocol(struct draw *d, const struct head *h)
{
	const char *chosen;
	unsigned count = 0;

	while (count < PROTOCOLS_MAX && h->protocols[count])
		count++;
	chosen = h->protocols[rng_below(d->r, count)];
	/* MPLS has no ARP below it, and a wrong protocol is wanted sometimes */
	if (d->over_mpls && (chosen[0] == 'a' || chosen[0] == 'r'))
		chosen = "ip ";
	if (rng_chance(d->r, 1)) {
		static const char *const any[] = { "ip ", "ip6 ", "arp ", "tcp ", "udp ",
			"link ", "decnet ", "iso ", "isis ", "icmp ", "radio ", "stp ",
			"igmp ", "lat " };

		chosen = PICK(d->r, any);
	}
	if (chosen[0] == 'l')
		expr_add_link_word(d);
	else
		expr_add(d->e, "%s", chosen);
}

static void
add_dir(struct draw *d, const struct head *h)
{
	static const char *const dirs[] = { "src ", "dst ", "src or dst ", "src and dst ",
		"dst or src ", "dst and src ", "src || dst ", "src && dst " };
	static const char *const air[] = { "addr1 ", "addr2 ", "addr3 ", "addr4 ",
		"address1 ", "address2 ", "address3 ", "address4 ", "ra ", "ta " };
	const uint32_t which = rng_below(d->r, 10);

	if (h->add_id == expr_add_mac && (d->suits & SUIT_WLAN) && which < 6)
		expr_add(d->e, "%s", PICK(d->r, air));
	else if (rng_below(d->r, 200) == 0)
		expr_add(d->e, "%s", PICK(d->r, air));
	else if (which < 6)
		expr_add(d->e, "%s", which < 3 ? dirs[0] : dirs[1]);
	else if (which < 8 || !*h->type) /* without a type, a direction must be there */
		expr_add(d->e, "%s", PICK(d->r, dirs));
}

/* `a`, `not a`, `( a or b )`: what may stand after a head. */
static void
add_ids(struct draw *d, const struct head *h)
{
	const uint32_t shape = rng_below(d->r, 20);
	uint32_t more = 1 + rng_below(d->r, 4);

	if (shape < 15 || (shape == 15 && h->no_not)) {
		h->add_id(d);
	} else if (shape == 15) {
		expr_add(d->e, "not ");
		h->add_id(d);
	} else {
		expr_add(d->e, "( ");
		h->add_id(d);
		for (; more; more--) {
			expr_add(d->e, rng_chance(d->r, 85) ? "or " : "and ");
			if (rng_chance(d->r, 4))
				expr_add(d->e, "not ");
			h->add_id(d);
		}
		expr_add(d->e, ") ");
	}
}

void
expr_add_head(struct draw *d)
{
	const struct head *h = pick_head(d);

	if (!h) {
		expr_add_arithmetic(d);
		return;
	}
	add_protocol(d, h);
	if (h->has_dir)
		add_dir(d, h);
	expr_add(d->e, "%s", h->type);
	add_ids(d, h);
	while (rng_chance(d->r, 20)) { /* ids that inherit the head */
		expr_add(d->e, rng_chance(d->r, 75) ? "or " : "and ");
		if (rng_chance(d->r, 15))
			expr_add(d->e, "not ");
		h->add_id(d);
	}
}
