/* exprs_word.c: appends primitives without an id: a protocol, a kind of address; and the
 * encapsulations, after which the text is about what they carry. */
#include "../gen/pool.h"
#include "exprs_parts.h"
#include "links.h"

void
expr_add_one(struct draw *d, const char *const *words)
{
	uint32_t count = 0;

	while (words[count])
		count++;
	expr_add(d->e, "%s ", words[rng_below(d->r, count)]);
}

bool
expr_add_part(struct draw *d, const struct part *parts, size_t count)
{
	unsigned total = 0;
	uint32_t at;

	for (size_t i = 0; i < count; i++)
		if (!parts[i].suits || parts[i].suits & d->suits)
			total += parts[i].weight;
	if (!total)
		return false;
	at = rng_below(d->r, total);
	for (const struct part *p = parts;; p++) {
		const unsigned weight = !p->suits || p->suits & d->suits ? p->weight : 0;

		if (at < weight) {
			p->add(d);
			return true;
		}
		at -= weight;
	}
}

static void
add_common(struct draw *d)
{
	static const char *const words[] = { "ip", "ip6", "tcp", "udp", "ip", "ip6",
		"tcp", "udp", "icmp", "icmp6", "sctp", "igmp", "esp", "ah", "pim", "igrp",
		"vrrp", "carp", NULL };

	expr_add_one(d, words);
}

static void
add_network(struct draw *d)
{
	static const char *const words[] = { "arp", "arp", "arp", "rarp", "rarp", "atalk",
		"aarp", "decnet", "lat", "sca", "moprc", "mopdl", NULL };

	expr_add_one(d, words);
}

static void
add_llc_word(struct draw *d)
{
	static const char *const words[] = { "iso", "stp", "ipx", "netbeui", "clnp",
		"esis", "es-is", "isis", "is-is", "l1", "l2", "iih", "lsp", "snp", "csnp",
		"psnp", NULL };

	expr_add_one(d, words);
}

static void
add_cast(struct draw *d)
{
	static const char *const words[] = { "ip multicast", "ip6 multicast",
		"ip broadcast", NULL };

	expr_add_one(d, words);
}

static void
add_link_cast(struct draw *d)
{
	if (rng_chance(d->r, 50))
		expr_add_link_word(d);
	expr_add(d->e, rng_chance(d->r, 50) ? "broadcast " : "multicast ");
}

void
expr_add_word(struct draw *d)
{
	static const struct part parts[] = {
		{ 50, SUIT_TYPE, add_common },
		{ 12, SUIT_TYPE, add_network },
		{ 14, SUIT_TYPE, add_llc_word },
		{ 8, SUIT_TYPE, add_cast },
		{ 12, SUIT_MAC | SUIT_MAC8, add_link_cast },
	};

	if (d->over_mpls)
		add_common(d);
	else if (!expr_add_part(d, parts, COUNT(parts)))
		expr_add_arithmetic(d);
}

/* `42`, `(42)`, or nothing. */
static void
add_number(struct draw *d, uint32_t number)
{
	switch (rng_below(d->r, 8)) {
	case 0:
	case 1:
	case 2: break;
	case 3: expr_add(d->e, "( %u ) ", number); break;
	case 4: expr_add(d->e, "0x%x ", number); break;
	default: expr_add(d->e, "%u ", number); break;
	}
}

static void
add_vlan(struct draw *d)
{
	expr_add(d->e, "vlan ");
	add_number(d, pool_vlan(d->r));
}

static void
add_mpls(struct draw *d)
{
	expr_add(d->e, "mpls ");
	add_number(d, pool_label(d->r));
	d->suits &= ~(unsigned)(SUIT_VLAN | SUIT_LLC | SUIT_CHAIN);
	d->over_mpls = true;
}

static void
add_pppoed(struct draw *d)
{
	expr_add(d->e, "pppoed ");
}

static void
add_pppoes(struct draw *d)
{
	expr_add(d->e, "pppoes ");
	add_number(d, pool_session(d->r));
	d->suits = SUIT_TYPE | SUIT_MPLS | SUIT_CHAIN;
}

static void
add_geneve(struct draw *d)
{
	expr_add(d->e, "geneve ");
	add_number(d, pool_vni(d->r));
	d->suits = SUIT_TYPE | SUIT_MAC | SUIT_VLAN | SUIT_MPLS | SUIT_LLC;
}

static void
add_lane(struct draw *d)
{
	expr_add(d->e, "lane ");
	d->suits = SUIT_TYPE | SUIT_MAC | SUIT_VLAN | SUIT_MPLS | SUIT_LLC | SUIT_CHAIN;
}

void
expr_add_layer(struct draw *d)
{
	static const struct part parts[] = {
		{ 40, SUIT_VLAN, add_vlan },
		{ 20, SUIT_MPLS, add_mpls },
		{ 5, SUIT_TYPE, add_pppoed },
		{ 15, SUIT_TYPE, add_pppoes },
		{ 15, SUIT_TYPE, add_geneve },
		{ 30, SUIT_ATM, add_lane },
	};

	if (d->over_mpls)
		add_mpls(d);
	else if (!expr_add_part(d, parts, COUNT(parts)))
		expr_add_arithmetic(d);
}
