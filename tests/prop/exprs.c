/* exprs.c: a generator comes in, a random expression of the filter language goes out:
 * primitives joined by `and`, `or`, `not` and parentheses, with ids that inherit their
 * qualifiers.  A `head` remembers what an id must look like to inherit it. */
#include "exprs.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdarg.h>

#include "../gen/pool.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PICK(r, a) ((a)[rng_below(r, COUNT(a))])

enum { ETHERNET = 1, RAW = 101 };

void
expr_add(struct expr *e, const char *fmt, ...)
{
	const size_t room = sizeof e->text - e->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(e->text + e->len, room, fmt, ap);
	va_end(ap);
	assert(n >= 0 && "formats are constant and right");
	e->len += (size_t)n < room ? (size_t)n : room - 1;
}

static void
add_dir(struct expr *e, struct rng *r)
{
	static const char *const dirs[] = { "src ", "dst ", "src or dst ", "src and dst ",
		"dst or src ", "dst and src ", "src || dst ", "src && dst " };
	const uint32_t which = rng_below(r, 10);

	if (which < 6)
		expr_add(e, "%s", which < 3 ? dirs[0] : dirs[1]);
	else if (which < 8)
		expr_add(e, "%s", PICK(r, dirs));
}

static void
add_ip4(struct expr *e, uint32_t addr)
{
	expr_add(e, "%u.%u.%u.%u ", addr >> 24, addr >> 16 & 255, addr >> 8 & 255,
		addr & 255);
}

static void
add_ip6(struct expr *e, const uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof text);
	expr_add(e, "%s ", text);
}

static void
add_id_host4(struct expr *e, struct rng *r)
{
	const uint32_t addr = pool_ip4(r);

	if (rng_chance(r, 4))
		expr_add(e, "%u ", addr);
	else if (rng_chance(r, 4))
		expr_add(e, "%u.%u ", addr >> 24, addr >> 16 & 255);
	else
		add_ip4(e, addr);
}

static void
add_id_host6(struct expr *e, struct rng *r)
{
	add_ip6(e, pool_ip6(r));
}

static void
add_id_mac(struct expr *e, struct rng *r)
{
	static const char *const formats[] = { "%02x:%02x:%02x:%02x:%02x:%02x ",
		"%x:%x:%x:%x:%x:%x ", "%02x-%02x-%02x-%02x-%02x-%02x ",
		"%02x%02x.%02x%02x.%02x%02x " };
	const uint8_t *m = pool_mac(r);
	char text[32];

	snprintf(text, sizeof text, PICK(r, formats), m[0], m[1], m[2], m[3], m[4], m[5]);
	expr_add(e, "%s", text);
}

static void
add_id_net4(struct expr *e, struct rng *r)
{
	const uint32_t addr = pool_ip4(r);
	const unsigned bits = rng_chance(r, 50) ? 8 * rng_below(r, 5) : rng_below(r, 33);
	const uint32_t mask = bits ? ~0u << (32 - bits) : 0;

	switch (rng_below(r, 6)) {
	case 0: expr_add(e, "%u.%u ", addr >> 24, addr >> 16 & 255); break;
	case 1: expr_add(e, "%u ", addr >> 24); break;
	case 2:
		add_ip4(e, addr & 0xff00ffff);
		expr_add(e, "mask 255.0.255.255 ");
		break;
	case 3:
		add_ip4(e, addr & mask);
		expr_add(e, "mask ");
		add_ip4(e, mask);
		break;
	default:
		add_ip4(e, addr & mask);
		e->len--; /* the blank: a prefix is one token */
		expr_add(e, "/%u ", bits);
		break;
	}
}

static void
add_id_net6(struct expr *e, struct rng *r)
{
	const uint8_t *pool = pool_ip6(r);
	const unsigned bits =
		rng_chance(r, 50) ? 16 * rng_below(r, 9) : rng_below(r, 129);
	uint8_t addr[16];

	for (unsigned i = 0; i < 16; i++) {
		const unsigned left = bits > 8 * i ? bits - 8 * i : 0;

		addr[i] = left >= 8 ? pool[i] : pool[i] & (uint8_t)(0xff00u >> left);
	}
	add_ip6(e, addr);
	e->len--;
	expr_add(e, "/%u ", bits);
}

static void
add_id_port(struct expr *e, struct rng *r)
{
	expr_add(e, "%u ", pool_port(r));
}

static void
add_id_portrange(struct expr *e, struct rng *r)
{
	const unsigned from = pool_port(r); /* calls in one argument list have no order */

	expr_add(e, "%u-%u ", from, pool_port(r));
}

/* Numbers only: names depend on the machine's list of protocols. */
static void
add_id_proto(struct expr *e, struct rng *r)
{
	expr_add(e, "%u ", pool_protocol(r));
}

static void
add_id_ether_proto(struct expr *e, struct rng *r)
{
	static const char *const names[] = { "\\ip ", "\\ip6 ", "\\arp ", "\\rarp " };

	if (rng_chance(r, 40))
		expr_add(e, "%s", PICK(r, names));
	else if (rng_chance(r, 25))
		expr_add(e, "%u ", pool_sap(r));
	else
		expr_add(e, "0x%x ", pool_ethertype(r));
}

/* A head: protocol, direction, type; and ids that go with it. */
struct head {
	unsigned weight;
	bool has_dir;
	const char *type;
	const char *protocols[6]; /* "" is none; up to the first NULL */
	void (*add_id)(struct expr *, struct rng *);
	uint16_t link; /* 0: any; else for this link type alone */
};

static const struct head heads[] = {
	{ 20, true, "host ", { "", "", "ip ", "arp ", "rarp " }, add_id_host4, 0 },
	{ 5, true, "", { "", "ip ", "arp " }, add_id_host4, 0 },
	{ 9, true, "host ", { "", "ip6 " }, add_id_host6, 0 },
	{ 9, true, "net ", { "", "", "ip ", "arp " }, add_id_net4, 0 },
	{ 5, true, "net ", { "", "ip6 " }, add_id_net6, 0 },
	{ 20, true, "port ", { "", "tcp ", "udp ", "sctp " }, add_id_port, 0 },
	{ 7, true, "portrange ", { "", "tcp ", "udp " }, add_id_portrange, 0 },
	{ 7, false, "proto ", { "", "ip ", "ip6 " }, add_id_proto, 0 },
	{ 6, false, "proto ", { "ether " }, add_id_ether_proto, 0 },
	{ 11, true, "host ", { "ether " }, add_id_mac, ETHERNET },
	{ 1, true, "port ", { "arp ", "ip6 ", "ether " }, add_id_port, 0 }, /* wrong */
};

static const struct head *
pick_head(struct rng *r, uint16_t linktype)
{
	for (;;) {
		const struct head *h = heads;
		uint32_t at = rng_below(r, 100); /* what the weights add up to */

		while (at >= h->weight)
			at -= h++->weight;
		if (!h->link || h->link == linktype)
			return h;
	}
}

/* `a`, `not a`, `( a or b )`: what may stand after a head. */
static void
add_ids(struct expr *e, struct rng *r, const struct head *h)
{
	const uint32_t shape = rng_below(r, 20);

	if (shape < 15) {
		h->add_id(e, r);
	} else if (shape == 15 && h->add_id != add_id_port && h->add_id != add_id_proto &&
		   h->add_id != add_id_ether_proto) {
		/* `port not 80`, as the grammar has it, is for names and addresses only
		 */
		expr_add(e, "not ");
		h->add_id(e, r);
	} else {
		const uint32_t more = 1 + rng_below(r, 4);

		expr_add(e, "( ");
		h->add_id(e, r);
		for (uint32_t i = 0; i < more; i++) {
			expr_add(e, rng_chance(r, 85) ? "or " : "and ");
			h->add_id(e, r);
		}
		expr_add(e, ") ");
	}
}

static void
add_head(struct expr *e, struct rng *r, uint16_t linktype)
{
	const struct head *h = pick_head(r, linktype);
	unsigned count = 0;

	while (count < COUNT(h->protocols) && h->protocols[count])
		count++;
	expr_add(e, "%s", h->protocols[rng_below(r, count)]);
	if (h->has_dir) {
		const size_t before = e->len;

		add_dir(e, r);
		if (e->len == before &&
			!*h->type) /* no type: a direction must be there */
			expr_add(e, "src ");
	}
	expr_add(e, "%s", h->type);
	add_ids(e, r, h);
	while (rng_chance(r, 20)) { /* ids that inherit the head */
		expr_add(e, rng_chance(r, 75) ? "or " : "and ");
		if (rng_chance(r, 15))
			expr_add(e, "not ");
		h->add_id(e, r);
	}
}

/* A list so long that jumps over it do not fit the eight bits that cBPF has for them.
 * Most ids are distinct; some are those of packets. */
static void
add_long_list(struct expr *e, struct rng *r)
{
	const uint32_t count = 30 + rng_below(r, 170);
	const bool hosts = rng_chance(r, 50);

	expr_add(e, hosts ? "host ( " : "dst port ( ");
	for (uint32_t i = 0; i < count; i++) {
		expr_add(e, i ? "or " : "");
		if (!hosts)
			expr_add(e, "%u ",
				rng_chance(r, 5) ? pool_port(r) : rng_below(r, 65536));
		else if (rng_chance(r, 5))
			add_id_host4(e, r);
		else
			add_ip4(e, 0x0a000000 | rng_below(r, 1 << 24));
	}
	expr_add(e, ") ");
}

static void
add_word(struct expr *e, struct rng *r, uint16_t linktype)
{
	static const char *const any[] = { "ip ", "ip6 ", "tcp ", "udp ", "arp ", "icmp ",
		"icmp6 ", "sctp ", "rarp ", "igmp ", "ip ", "ip6 ", "tcp ", "udp ",
		"ip multicast ", "ip6 multicast ", "ip broadcast ", "esp ", "ah ",
		"pim " };
	static const char *const ethernet[] = { "broadcast ", "multicast ",
		"ether broadcast ", "ether multicast " };

	if (linktype == ETHERNET && rng_chance(r, 15))
		expr_add(e, "%s", PICK(r, ethernet));
	else
		expr_add(e, "%s", PICK(r, any));
}

static void
add_primitive(struct expr *e, struct rng *r, const struct expr_kind *kind)
{
	const uint32_t which = rng_below(r, 100);

	if (which == 0 && rng_chance(r, 30))
		add_long_list(e, r);
	else if (which < 50)
		add_head(e, r, kind->linktype);
	else if (which < 72)
		add_word(e, r, kind->linktype);
	else if (which < 77)
		expr_add(e, "%s %u ", which < 75 ? "less" : "greater", rng_below(r, 160));
	else
		expr_add_relation(e, r, kind);
}

static void
add_term(struct expr *e, struct rng *r, const struct expr_kind *kind, unsigned depth)
{
	if (rng_chance(r, 15))
		expr_add(e, rng_chance(r, 70) ? "not " : "! ");
	if (depth && rng_chance(r, 35)) {
		const uint32_t terms = 1 + rng_below(r, 3);

		expr_add(e, "( ");
		for (uint32_t i = 0; i < terms; i++) {
			static const char *const joins[] = { "and ", "or ", "&& ",
				"|| " };

			if (i)
				expr_add(e, "%s", PICK(r, joins));
			add_term(e, r, kind, depth - 1);
		}
		expr_add(e, ") ");
	} else {
		add_primitive(e, r, kind);
	}
}

void
expr_build(struct rng *r, const struct expr_kind *kind, struct expr *e)
{
	const uint32_t terms = 1 + rng_below(r, 4);

	e->len = 0;
	e->text[0] = '\0';
	for (uint32_t i = 0; i < terms; i++) {
		if (i)
			expr_add(e, rng_chance(r, 50) ? "and " : "or ");
		add_term(e, r, kind, 3);
	}
	if (e->len && e->text[e->len - 1] == ' ')
		e->text[--e->len] = '\0';
}
