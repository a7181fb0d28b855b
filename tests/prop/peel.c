/* peel.c: a packet comes in, the packet that it carries goes out.
 *
 * Each kind finds its header by itself, byte by byte, from the packet alone: nothing here
 * knows how a filter does that.  Where a link header has to be made up (PPP's, that of
 * Geneve without Ethernet), it is one that says what the tunnel said. */
#include "peel.h"

#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 1, PPP = 9, RAW = 101, SLL = 113, IPV4 = 228, IPV6 = 229, SLL2 = 276 };
enum { TYPE_IP = 0x0800, TYPE_IP6 = 0x86dd, TYPE_ETHERNET = 0x6558 };
enum { UDP = 17, IPIP = 4, IP6IP = 41, GRE = 47 };

struct cursor {
	const struct gen_packet *p;
	bool ok; /* nothing beyond the packet was asked for */
};

static uint32_t
get(struct cursor *c, uint32_t at, unsigned size)
{
	uint32_t value = 0;

	if (at > c->p->len || size > c->p->len - at) {
		c->ok = false;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		value = value << 8 | c->p->data[at + i];
	return value;
}

/* Where the network header is, and its EtherType. */
struct network {
	uint32_t at;
	uint32_t type;
};

static struct network
find_network(struct cursor *c, uint16_t linktype)
{
	uint32_t version;

	switch (linktype) {
	case IPV4: return (struct network){ 0, TYPE_IP };
	case IPV6: return (struct network){ 0, TYPE_IP6 };
	case ETHERNET: return (struct network){ 14, get(c, 12, 2) };
	case SLL: return (struct network){ 16, get(c, 14, 2) };
	case SLL2: return (struct network){ 20, get(c, 0, 2) };
	case RAW:
		version = get(c, 0, 1) >> 4;
		return (struct network){ 0, version == 4   ? TYPE_IP
					    : version == 6 ? TYPE_IP6
							   : 0 };
	}
	c->ok = false;
	return (struct network){ 0, 0 };
}

/* Where the payload of IPv4 or IPv6 with that protocol begins; 0: there is none. */
static uint32_t
find_payload(struct cursor *c, uint16_t linktype, uint32_t protocol)
{
	const struct network n = find_network(c, linktype);

	if (!c->ok)
		return 0;
	if (n.type == TYPE_IP && get(c, n.at + 9, 1) == protocol &&
		(get(c, n.at + 6, 2) & 0x1fff) == 0)
		return n.at + 4 * (get(c, n.at, 1) & 15);
	if (n.type == TYPE_IP6 && get(c, n.at + 6, 1) == protocol)
		return n.at + 40;
	return 0;
}

static uint32_t
find_udp(struct cursor *c, uint16_t linktype, uint32_t port)
{
	const uint32_t at = find_payload(c, linktype, UDP);

	return at && c->ok && get(c, at + 2, 2) == port ? at + 8 : 0;
}

/* The rest from `at` on, behind what is there already. */
static bool
take_rest(struct cursor *c, uint32_t at, uint16_t linktype, struct peeled *out)
{
	if (!c->ok || at > c->p->len)
		return false;
	out->linktype = linktype;
	packet_put(&out->packet, c->p->data + at, c->p->len - at);
	return true;
}

/* What an EtherType announces, without a link header or with Ethernet's own. */
static bool
take_type(struct cursor *c, uint32_t at, uint32_t type, struct peeled *out)
{
	if (type == TYPE_ETHERNET)
		return take_rest(c, at, ETHERNET, out);
	return (type == TYPE_IP || type == TYPE_IP6) && take_rest(c, at, RAW, out);
}

struct wanted {
	bool any;
	uint32_t number;
};

static bool
is_wanted(const struct wanted *w, uint32_t number)
{
	return w->any || w->number == number;
}

typedef bool peel_fn(
	struct cursor *, uint16_t linktype, const struct wanted *, struct peeled *);

/* IEEE 802.1Q §9.6. */
static bool
peel_vlan(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t type = get(c, 12, 2);

	if (linktype != ETHERNET || !c->ok ||
		(type != 0x8100 && type != 0x88a8 && type != 0x9100))
		return false;
	if (!w->any && !is_wanted(w, get(c, 14, 2) & 0xfff))
		return false;
	packet_put(&out->packet, c->p->data, 12);
	return take_rest(c, 16, ETHERNET, out);
}

/* RFC 3032 §2.1: one label; what is below it is told by its version if it is the last. */
static bool
peel_mpls(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	uint32_t label;

	if (linktype != ETHERNET || get(c, 12, 2) != 0x8847)
		return false;
	label = get(c, 14, 4);
	return is_wanted(w, label >> 12) &&
	       take_rest(c, 18, label & 0x100 ? RAW : PEEL_UNKNOWN, out);
}

/* RFC 2516 §4: what follows the six bytes is PPP without address and control. */
static bool
peel_pppoes(
	struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const struct network n = find_network(c, linktype);

	if (!c->ok || n.type != 0x8864)
		return false;
	if (!w->any && !is_wanted(w, get(c, n.at + 2, 2)))
		return false;
	packet_put16(&out->packet, 0xff03);
	return take_rest(c, n.at + 6, PPP, out);
}

/* RFC 8926 §3.4. */
static bool
peel_geneve(
	struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_udp(c, linktype, 6081);
	uint32_t type, inner;

	if (!at || !c->ok || (get(c, at, 1) & 0xc0) != 0)
		return false;
	if (!w->any && !is_wanted(w, get(c, at + 4, 4) >> 8))
		return false;
	type = get(c, at + 2, 2);
	inner = at + 8 + 4 * (get(c, at, 1) & 0x3f);
	if (type != TYPE_ETHERNET) { /* addresses that no expression asks for */
		static const uint8_t nobody[] = { 0xee, 0xee, 0xee, 0xee, 0xee, 0xee };

		packet_put(&out->packet, nobody, 6);
		packet_put(&out->packet, nobody, 6);
		packet_put16(&out->packet, type);
	}
	return take_rest(c, inner, ETHERNET, out);
}

/* RFC 7348 §5: the I flag alone. */
static bool
peel_vxlan(
	struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_udp(c, linktype, 4789);

	if (!at || !c->ok || get(c, at, 1) != 8)
		return false;
	if (!w->any && !is_wanted(w, get(c, at + 4, 4) >> 8))
		return false;
	return take_rest(c, at + 8, ETHERNET, out);
}

/* RFC 2784 §2, RFC 2890 §2: version 0; the number is the key's. */
static bool
peel_gre(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_payload(c, linktype, GRE);
	const uint32_t flags = at ? get(c, at, 2) : 0;
	const uint32_t key = at + 4 + (flags & 0xc000 ? 4 : 0);

	if (!at || !c->ok || flags & 0x4007) /* no source routing */
		return false;
	if (!w->any && (!(flags & 0x2000) || !is_wanted(w, get(c, key, 4))))
		return false;
	return take_type(c, key + (flags & 0x2000 ? 4 : 0) + (flags & 0x1000 ? 4 : 0),
		get(c, at + 2, 2), out);
}

static bool
peel_ipip(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_payload(c, linktype, IPIP);

	return w->any && at && take_rest(c, at, IPV4, out);
}

/* RFC 4213 §3, and RFC 2473 over IPv6. */
static bool
peel_6in4(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_payload(c, linktype, IP6IP);

	return w->any && at && take_rest(c, at, IPV6, out);
}

/* 3GPP TS 29.281 §5.1: version 1, a G-PDU; the number is the tunnel's. */
static bool
peel_gtp(struct cursor *c, uint16_t linktype, const struct wanted *w, struct peeled *out)
{
	const uint32_t at = find_udp(c, linktype, 2152);
	const uint32_t flags = at ? get(c, at, 1) : 0;
	uint32_t inner = at + 8;

	if (!at || !c->ok || (flags & 0xf0) != 0x30 || get(c, at + 1, 1) != 255)
		return false;
	if (!w->any && !is_wanted(w, get(c, at + 4, 4)))
		return false;
	if (flags & 7) {
		uint32_t next = flags & 4 ? get(c, inner + 3, 1) : 0;

		inner += 4;
		while (c->ok && next) {
			const uint32_t len = 4 * get(c, inner, 1);

			if (!len)
				return false;
			inner += len;
			next = get(c, inner - 1, 1);
		}
	}
	return take_rest(c, inner, RAW, out);
}

static const struct peel_kind {
	const char *name;
	peel_fn *peel;
	uint16_t linktype; /* of what comes out; 0: it depends */
} kinds[] = {
	{ "6in4", peel_6in4, IPV6 },
	{ "geneve", peel_geneve, ETHERNET },
	{ "gre", peel_gre, 0 },
	{ "gtp", peel_gtp, RAW },
	{ "ipip", peel_ipip, IPV4 },
	{ "mpls", peel_mpls, 0 },
	{ "pppoes", peel_pppoes, PPP },
	{ "vlan", peel_vlan, ETHERNET },
	{ "vxlan", peel_vxlan, ETHERNET },
};

static const struct peel_kind *
find_kind(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strlen(kinds[i].name) == len && !memcmp(kinds[i].name, name, len))
			return &kinds[i];
	return NULL;
}

bool
peel_read(const char *text, struct peel *out)
{
	out->count = 0;
	for (;;) {
		const size_t len = strcspn(text, " ,");
		char *end;

		if (out->count == PEELS_MAX ||
			!(out->step[out->count].kind = find_kind(text, len)))
			return false;
		text += len;
		out->step[out->count].number = (uint32_t)strtoul(text, &end, 0);
		out->step[out->count].any = end == text;
		text = end + strspn(end, " ");
		out->count++;
		if (*text != ',')
			return *text == '\0';
		text += 1 + strspn(text + 1, " ");
	}
}

bool
peel_packet(const struct peel *p, uint16_t linktype, const struct gen_packet *packet,
	struct peeled *out)
{
	struct peeled from = { .linktype = linktype, .packet = *packet };

	for (unsigned i = 0; i < p->count; i++) {
		struct cursor c = { &from.packet, true };
		const struct wanted w = { p->step[i].any, p->step[i].number };

		out->packet.len = 0;
		if (!p->step[i].kind->peel(&c, from.linktype, &w, out))
			return false;
		from = *out;
	}
	return true;
}

uint16_t
peel_linktype(const struct peel *p)
{
	return p->step[p->count - 1].kind->linktype;
}
