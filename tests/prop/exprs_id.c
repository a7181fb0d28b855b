/* exprs_id.c: appends ids: addresses, networks, ports, numbers and names of protocols, in
 * all the forms that the language has for them. */
#include <arpa/inet.h>

#include "../gen/pool.h"
#include "exprs_parts.h"

static void
add_dotted(struct expr *e, uint32_t addr)
{
	expr_add(e, "%u.%u.%u.%u ", addr >> 24, addr >> 16 & 255, addr >> 8 & 255,
		addr & 255);
}

void
expr_add_ip4(struct draw *d)
{
	const uint32_t addr = pool_ip4(d->r);

	if (rng_chance(d->r, 4))
		expr_add(d->e, "%u ", addr);
	else if (rng_chance(d->r, 4))
		expr_add(d->e, "%u.%u ", addr >> 24, addr >> 16 & 255);
	else if (rng_chance(d->r, 2))
		expr_add(d->e, "0x%x ", addr);
	else
		add_dotted(d->e, addr);
}

static void
add_colons(struct expr *e, const uint8_t addr[16])
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(AF_INET6, addr, text, sizeof text);
	expr_add(e, "%s ", text);
}

void
expr_add_ip6(struct draw *d)
{
	const uint8_t *a = pool_ip6(d->r);

	if (rng_chance(d->r, 90)) {
		add_colons(d->e, a);
		return;
	}
	for (unsigned i = 0; i < 16; i += 2) /* no group left out */
		expr_add(d->e, "%s%x", i ? ":" : "", (unsigned)(a[i] << 8 | a[i + 1]));
	expr_add(d->e, rng_chance(d->r, 30) ? "/128 " : " ");
}

void
expr_add_mac(struct draw *d)
{
	static const char *const formats[] = { "%02x:%02x:%02x:%02x:%02x:%02x ",
		"%x:%x:%x:%x:%x:%x ", "%02x-%02x-%02x-%02x-%02x-%02x ",
		"%02x%02x.%02x%02x.%02x%02x ", "%02X:%02X:%02X:%02X:%02X:%02X ",
		"%x.%x.%x.%x.%x.%x ", "%02x%02x%02x%02x%02x%02x " };
	const uint8_t *m = pool_mac(d->r);
	char text[32];

	snprintf(text, sizeof text, PICK(d->r, formats), m[0], m[1], m[2], m[3], m[4],
		m[5]);
	expr_add(d->e, "%s", text);
}

void
expr_add_mac8(struct draw *d)
{
	const unsigned byte = pool_mac8(d->r);

	expr_add(d->e, rng_chance(d->r, 50) ? "$%x " : "$%02X ", byte);
}

static void
add_prefix(struct draw *d, uint32_t addr)
{
	const unsigned bits =
		rng_chance(d->r, 50) ? 8 * rng_below(d->r, 5) : rng_below(d->r, 33);
	const uint32_t mask = bits ? ~0u << (32 - bits) : 0;

	add_dotted(d->e, addr & mask);
	if (rng_chance(d->r, 25)) {
		expr_add(d->e, "mask ");
		add_dotted(d->e, mask);
		return;
	}
	d->e->len--; /* the blank: a prefix is one token */
	expr_add(d->e, "/%u ", bits);
}

void
expr_add_net4(struct draw *d)
{
	const uint32_t addr = pool_ip4(d->r);

	switch (rng_below(d->r, 8)) {
	case 0: expr_add(d->e, "%u.%u ", addr >> 24, addr >> 16 & 255); break;
	case 1: expr_add(d->e, "%u ", addr >> 24); break;
	case 2:
		add_dotted(d->e, addr & 0xff00ffff);
		expr_add(d->e, "mask 255.0.255.255 ");
		break;
	case 3:
		expr_add(
			d->e, "%u.%u.%u ", addr >> 24, addr >> 16 & 255, addr >> 8 & 255);
		break;
	case 4: expr_add(d->e, "%u.%u/16 ", addr >> 24, addr >> 16 & 255); break;
	default: add_prefix(d, addr); break;
	}
}

void
expr_add_net6(struct draw *d)
{
	const uint8_t *pool = pool_ip6(d->r);
	const unsigned bits =
		rng_chance(d->r, 50) ? 16 * rng_below(d->r, 9) : rng_below(d->r, 129);
	uint8_t addr[16];

	for (unsigned i = 0; i < 16; i++) {
		const unsigned left = bits > 8 * i ? bits - 8 * i : 0;

		addr[i] = left >= 8 ? pool[i] : pool[i] & (uint8_t)(0xff00u >> left);
	}
	add_colons(d->e, addr);
	if (bits == 128 && rng_chance(d->r, 50))
		return;
	d->e->len--;
	expr_add(d->e, "/%u ", bits);
}

void
expr_add_port(struct draw *d)
{
	static const char *const names[] = { "domain ", "ssh ", "http ", "https ",
		"bootps ", "bootpc " };

	if (rng_chance(d->r, 12))
		expr_add(d->e, "%s", PICK(d->r, names));
	else
		expr_add(d->e, "%u ",
			rng_chance(d->r, 15) ? pool_tunnel_port(d->r) : pool_port(d->r));
}

void
expr_add_portrange(struct draw *d)
{
	static const char *const names[] = { "ssh-domain ", "20-http ", "domain-1024 ",
		"http-53 " };
	const unsigned from = pool_port(d->r); /* calls in one list have no order */

	switch (rng_below(d->r, 10)) {
	case 0: expr_add(d->e, "%s", PICK(d->r, names)); break;
	case 1: expr_add(d->e, "%u ", from); break;
	default: expr_add(d->e, "%u-%u ", from, pool_port(d->r)); break;
	}
}

void
expr_add_protocol(struct draw *d)
{
	static const char *const names[] = { "\\tcp ", "\\udp ", "\\icmp ", "\\sctp ",
		"gre ", "\\esp " };

	if (rng_chance(d->r, 12))
		expr_add(d->e, "%s", PICK(d->r, names));
	else
		expr_add(d->e, "%u ",
			rng_chance(d->r, 40) ? pool_protocol_rich(d->r)
					     : pool_protocol(d->r));
}

void
expr_add_link_protocol(struct draw *d)
{
	static const char *const names[] = { "\\ip ", "\\ip6 ", "\\arp ", "\\rarp ",
		"\\atalk ", "\\aarp ", "\\decnet ", "\\lat ", "\\sca ", "\\moprc ",
		"\\mopdl ", "\\iso ", "\\stp ", "\\ipx ", "\\netbeui ", "lldp ",
		"loopback ", "slow " };

	if (rng_chance(d->r, 40))
		expr_add(d->e, "%s", PICK(d->r, names));
	else if (rng_chance(d->r, 30))
		expr_add(d->e, "%u ", pool_sap(d->r));
	else if (rng_chance(d->r, 15))
		expr_add(d->e, "0x%x ", pool_ppp(d->r));
	else
		expr_add(d->e, "0x%x ",
			rng_chance(d->r, 60) ? pool_ethertype_rich(d->r)
					     : pool_ethertype(d->r));
}

void
expr_add_iso_protocol(struct draw *d)
{
	static const char *const names[] = { "\\clnp ", "\\esis ", "\\isis " };

	if (rng_chance(d->r, 40))
		expr_add(d->e, "%s", PICK(d->r, names));
	else
		expr_add(d->e, "0x%x ", pool_nlpid(d->r));
}

void
expr_add_isis_pdu(struct draw *d)
{
	expr_add(d->e, "%u ", pool_isis_pdu(d->r));
}

void
expr_add_decnet(struct draw *d)
{
	const unsigned node = pool_decnet(d->r);

	expr_add(d->e, "%u.%u ", node >> 10, node & 1023);
}

/* That every machine knows without asking others. */
void
expr_add_name(struct draw *d)
{
	expr_add(d->e, "localhost ");
}
