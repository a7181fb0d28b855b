/* resolve_host.c: hosts and networks: addresses, prefixes, masks, MACs and names. */
#include "resolve.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ids.h"

#define HOST_ADDRESSES 200 /* of one name, at most: 100 a family */

/* Where the addresses are, from the network header: RFC 791, RFC 826 (Ethernet, IPv4). */
static const struct {
	enum qual_proto proto;
	uint8_t src, dst;
} carriers[] = { { PROTO_IP, 12, 16 }, { PROTO_ARP, 14, 24 }, { PROTO_RARP, 14, 24 } };
enum { IP6_SRC = 8, IP6_DST = 24 }; /* RFC 8200 §3 */

struct prefix {
	uint8_t bytes[16], mask[16]; /* IPv4: the first four */
	const struct ids *ids;       /* many instead, or NULL */
};

static uint32_t
word_of(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* One of many. */
static struct test *
listed_at(struct resolver *r, uint32_t at, const struct ids *ids, bool ip6)
{
	if (ip6) {
		const struct value *word[ADDRESS_WORDS];
		for (uint32_t i = 0; i < ADDRESS_WORDS; i++)
			word[i] = resolve_net(r, at + 4 * i, 4);
		return ids_test_words(r->arena, r->values, ids->ip6, ids->ip6s, word);
	}
	const struct value *v = value_arith(r->values, OP_AND, resolve_net(r, at, 4),
		value_const(r->values, ids->ip4_mask));
	return test_arms(r->arena, v, ids->ip4, ids->ip4s, NULL);
}

/* `words` times 32 bits at `at`, masked. */
static struct test *
address_at(struct resolver *r, uint32_t at, const struct prefix *p, unsigned words)
{
	struct test *all = NULL;
	if (p->ids != NULL)
		return listed_at(r, at, p->ids, words > 1);
	for (unsigned i = 0; i < words; i++) {
		uint32_t mask = word_of(p->mask + 4 * i);
		if (mask == 0)
			continue;
		const struct value *v = value_arith(r->values, OP_AND,
			resolve_net(r, at + 4 * i, 4), value_const(r->values, mask));
		all = test_and(r->arena, all,
			test_equal(r->arena, v, word_of(p->bytes + 4 * i)));
	}
	return all != NULL ? all : test_bool(r->arena, true);
}

static struct test *
either_end(struct resolver *r, enum qual_dir dir, uint32_t src, uint32_t dst,
	const struct prefix *p, unsigned words)
{
	return resolve_ends(r, dir, dir != DIR_DST ? address_at(r, src, p, words) : NULL,
		dir != DIR_SRC ? address_at(r, dst, p, words) : NULL);
}

static struct test *
over_ipv4(
	struct resolver *r, const struct ast *a, const struct prefix *p, const char *what)
{
	struct test *any = NULL;
	if (a->quals.proto == PROTO_LINK)
		return resolve_fault(r, DIAG_QUALIFIER, a->span,
			"illegal link-layer address '%.*s'",
			(int)(a->span.len < 80 ? a->span.len : 80),
			r->opts->text + a->span.at);
	bool known = a->quals.proto == PROTO_NONE;
	for (unsigned i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (a->quals.proto != PROTO_NONE && a->quals.proto != carriers[i].proto)
			continue;
		if (a->quals.proto == PROTO_NONE && i > 0 && r->layer.mpls > 0)
			continue; /* only IP can be told behind labels */
		struct test *type =
			resolve_link_type(r, proto_find(carriers[i].proto)->key);
		if (type == NULL)
			return NULL;
		struct test *ends = either_end(
			r, a->quals.dir, carriers[i].src, carriers[i].dst, p, 1);
		any = test_or(r->arena, any, test_and(r->arena, type, ends));
		known = true;
	}
	if (!known) {
		resolve_bad_qualifier(r, a, what);
		if (a->id.kind == ID_NUMBER &&
			proto_find(a->quals.proto)->level == LEVEL_BOTH)
			diags_hint(r->diags, "a port is written '%s port %u'",
				proto_find(a->quals.proto)->name, a->id.first->number);
		else
			diags_hint(r->diags, "an IPv4 address goes with 'ip', 'arp' or "
					     "'rarp', or with no protocol");
		return NULL;
	}
	return any;
}

static struct test *
ipv4(struct resolver *r, const struct ast *a, uint32_t address, uint32_t mask,
	const char *what)
{
	struct prefix p = { 0 };
	for (unsigned i = 0; i < 4; i++) {
		p.bytes[i] = (uint8_t)(address >> (24 - 8 * i));
		p.mask[i] = (uint8_t)(mask >> (24 - 8 * i));
	}
	return over_ipv4(r, a, &p, what);
}

static struct test *
ipv6(struct resolver *r, const struct ast *a, const struct prefix *p, const char *what)
{
	if (a->quals.proto != PROTO_NONE && a->quals.proto != PROTO_IP6) {
		resolve_bad_qualifier(r, a, what);
		diags_hint(
			r->diags, "an IPv6 address goes with 'ip6', or with no protocol");
		return NULL;
	}
	struct test *type = resolve_link_type(r, proto_find(PROTO_IP6)->key);
	if (type == NULL)
		return NULL;
	return test_and(
		r->arena, type, either_end(r, a->quals.dir, IP6_SRC, IP6_DST, p, 4));
}

/* 10 → 10.0.0.0/8: a short number is a network's first octets. */
static struct test *
net_number(struct resolver *r, const struct ast *a, uint32_t v, const char *what)
{
	uint32_t mask = UINT32_MAX;
	while (v != 0 && (v & 0xff000000) == 0) {
		v <<= 8;
		mask <<= 8;
	}
	return ipv4(r, a, v, mask, what);
}

/* `fixed`: the net that was probably meant. */
static struct test *
non_network_bits(struct resolver *r, const struct ast *a, const char *fixed)
{
	resolve_fault(r, DIAG_PREFIX, a->span, "non-network bits set in \"%.*s\"",
		(int)(a->span.len < 80 ? a->span.len : 80), r->opts->text + a->span.at);
	diags_hint(r->diags, "the net is %s; one host is 'host …'", fixed);
	return NULL;
}

static struct test *
prefix_needs_net(struct resolver *r, const struct ast *a)
{
	static const char *const dirs[] = { [DIR_SRC] = "src ",
		[DIR_DST] = "dst ",
		[DIR_SRC_OR_DST] = "src or dst ",
		[DIR_SRC_AND_DST] = "src and dst " };
	enum qual_dir dir = a->quals.dir;
	resolve_fault(
		r, DIAG_QUALIFIER, a->span, "a prefix or mask needs the type 'net'");
	diags_hint(r->diags, "write '%snet %.*s'",
		dir > DIR_NONE && dir <= DIR_SRC_AND_DST ? dirs[dir] : "",
		(int)(a->span.len < 80 ? a->span.len : 80), r->opts->text + a->span.at);
	return NULL;
}

static struct test *
ipv4_masked(struct resolver *r, const struct ast *a)
{
	const struct token *t = a->id.first, *second = a->id.second;
	uint32_t mask = second->number;
	if (a->quals.type != TYPE_NET)
		return prefix_needs_net(r, a);
	if (a->id.kind == ID_IPV4_LEN) {
		if (second->number > 32)
			return resolve_fault(r, DIAG_RANGE, second->span,
				"netmask length %u greater than maximum 32",
				second->number);
		mask = second->number == 0 ? 0 : UINT32_MAX << (32 - second->number);
	}
	if ((t->number & ~mask) != 0) {
		uint32_t net = t->number & mask;
		char fixed[48];
		int n = snprintf(fixed, sizeof(fixed), "%u.%u.%u.%u", net >> 24,
			net >> 16 & 255, net >> 8 & 255, net & 255);
		if (a->id.kind == ID_IPV4_LEN)
			snprintf(fixed + n, sizeof(fixed) - (size_t)n, "/%u",
				second->number);
		return non_network_bits(r, a, fixed);
	}
	return ipv4(r, a, t->number, mask, "net <IPv4 prefix>");
}

/* Were any set? */
static bool
clear_host_bits(struct prefix *p)
{
	bool some = false;
	for (unsigned i = 0; i < sizeof(p->bytes); i++) {
		some = some || (p->bytes[i] & ~p->mask[i]);
		p->bytes[i] &= p->mask[i];
	}
	return some;
}

static struct test *
ipv6_prefix(struct resolver *r, const struct ast *a)
{
	struct prefix p = { 0 };
	uint32_t len = a->id.second != NULL ? a->id.second->number : 128;
	bool net = a->quals.type == TYPE_NET;
	if (len > 128)
		return resolve_fault(
			r, DIAG_RANGE, a->id.second->span, "mask length must be <= 128");
	if (!net && len != 128)
		return prefix_needs_net(r, a);
	memcpy(p.bytes, a->id.first->bytes, sizeof(p.bytes));
	for (uint32_t bit = 0; bit < len; bit++)
		p.mask[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
	if (clear_host_bits(&p)) {
		char net[INET6_ADDRSTRLEN], fixed[INET6_ADDRSTRLEN + 8];
		inet_ntop(AF_INET6, p.bytes, net, sizeof(net));
		snprintf(fixed, sizeof(fixed), "%s/%u", net, len);
		return non_network_bits(r, a, fixed);
	}
	return ipv6(r, a, &p, net ? "net <IPv6 prefix>" : "host <IPv6 address>");
}

/* The addresses of a long list, the family of its first one before the other. */
static struct test *
listed(struct resolver *r, const struct ast *a, const struct ids *ids)
{
	const struct prefix p = { .ids = ids };
	struct test *ip4 = NULL, *ip6 = NULL;
	if (ids->macs > 0)
		return resolve_mac(r, a->quals.dir, (struct macs){ .many = ids });
	if (ids->ip4s > 0 && (ip4 = over_ipv4(r, a, &p, "host")) == NULL)
		return NULL;
	if (ids->ip6s > 0 && (ip6 = ipv6(r, a, &p, "host")) == NULL)
		return NULL;
	return ids->ip6_first ? test_or(r->arena, ip6, ip4) : test_or(r->arena, ip4, ip6);
}

/* Many addresses of a name, as a list of them would be. */
static struct test *
many_addresses(
	struct resolver *r, const struct ast *a, const struct filter_addr *addr, size_t n)
{
	struct ids ids = { .ip4 = ARENA_ARRAY(r->arena, n, struct arm),
		.ip6 = ARENA_ARRAY(r->arena, n, struct address) };
	for (uint32_t i = 0; i < n; i++) {
		struct address net = { .bits = 128, .seq = i };
		for (unsigned w = 0; w < 4; w++)
			net.word[w] = word_of(addr[i].bytes + 4 * w);
		if (addr[i].family == 6)
			ids.ip6[ids.ip6s++] = net;
		else
			ids.ip4[ids.ip4s++] = (struct arm){ net.word[0], UINT32_MAX, NULL,
				i, FORM_POINTS };
	}
	ids_sort(&ids);
	return listed(r, a, &ids);
}

/* The addresses of a name that the qualifiers allow, or-ed in the order given. */
static struct test *
host_name(struct resolver *r, const struct ast *a, const char *name)
{
	const struct filter_names *names = r->opts->names;
	struct filter_addr addr[HOST_ADDRESSES];
	struct test *any = NULL;
	size_t n = names != NULL && names->host != NULL
			   ? names->host(names->ctx, name, addr, HOST_ADDRESSES)
			   : 0;
	enum qual_proto q = a->quals.proto;
	if (q != PROTO_NONE && q != PROTO_IP && q != PROTO_IP6 && q != PROTO_ARP &&
		q != PROTO_RARP)
		return resolve_bad_qualifier(r, a, "host <Internet hostname>");
	size_t all = n;
	n = 0;
	for (size_t i = 0; i < all; i++)
		if (addr[i].family == 4 ? q != PROTO_IP6
					: q == PROTO_NONE || q == PROTO_IP6)
			addr[n++] = addr[i];
	if (n >= IDS_MIN && !r->opts->no_optimise && a->quals.dir <= DIR_SRC_OR_DST)
		return many_addresses(r, a, addr, n);
	for (int family = 4; family <= 6; family += 2)
		for (size_t i = 0; i < n; i++) {
			if (addr[i].family != family)
				continue;
			struct prefix p = { 0 };
			memcpy(p.bytes, addr[i].bytes, sizeof(p.bytes));
			memset(p.mask, 0xff, sizeof(p.mask));
			struct test *one = family == 4 ? ipv4(r, a, word_of(p.bytes),
								 UINT32_MAX, "host")
						       : ipv6(r, a, &p, "host");
			if (one == NULL)
				return NULL;
			any = test_or(r->arena, any, one);
		}
	if (any == NULL)
		return resolve_fault(r, DIAG_NAME, a->span,
			all > 0 ? "unknown host '%.100s' for specified address family"
				: "unknown host '%.100s'",
			name);
	return any;
}

static bool
ether_of(struct resolver *r, const struct ast *a, const char *name, uint8_t mac[6])
{
	const struct filter_names *names = r->opts->names;
	if (names != NULL && names->ether != NULL && names->ether(names->ctx, name, mac))
		return true;
	diags_error(r->diags, DIAG_NAME, a->span, "unknown Ethernet-like host '%.100s'",
		name);
	diags_hint(r->diags, "it is looked up in /etc/ethers");
	return false;
}

static struct test *
by_name(struct resolver *r, const struct ast *a)
{
	const struct filter_names *names = r->opts->names;
	const char *name = resolve_text(r, a->id.first);
	if (a->quals.type == TYPE_NET) {
		uint32_t net;
		if (names == NULL || names->net == NULL ||
			!names->net(names->ctx, name, &net))
			return resolve_fault(
				r, DIAG_NAME, a->span, "unknown network '%.100s'", name);
		return net_number(r, a, net, "net <IPv4 network name>");
	}
	if (a->quals.proto != PROTO_LINK)
		return host_name(r, a, name);
	uint8_t mac[6];
	if (r->layer.link->mac != MAC_FIXED && r->layer.link->mac != MAC_WLAN)
		return resolve_no_link(r, "link host NAME");
	return ether_of(r, a, name, mac)
		       ? resolve_mac(r, a->quals.dir, (struct macs){ .one = mac })
		       : NULL;
}

/* Is the packet of the protocol, and from and to other addresses? */
static struct test *
other_hosts(struct resolver *r, enum qual_proto carrier, const struct filter_addr *addr,
	size_t n)
{
	const struct ast any = { .quals = { .proto = carrier } };
	struct test *type = resolve_link_type(r, proto_find(carrier)->key);
	struct test *all = type;
	for (size_t i = 0; i < n && all != NULL; i++) {
		if (addr[i].family != 4)
			continue;
		struct test *host =
			ipv4(r, &any, word_of(addr[i].bytes), UINT32_MAX, "host");
		all = host != NULL ? test_and(r->arena, all, test_not(r->arena, host))
				   : NULL;
	}
	return all;
}

/* Frames that the host forwards: its MAC, but not its address. */
struct test *
resolve_gateway(struct resolver *r, const struct ast *a)
{
	const struct filter_names *names = r->opts->names;
	enum qual_proto p = a->quals.proto;
	struct filter_addr addr[HOST_ADDRESSES];
	uint8_t mac[6];
	size_t ip4 = 0;
	if (a->id.kind != ID_NAME) {
		resolve_fault(r, DIAG_QUALIFIER, a->span,
			"'gateway' is not a valid qualifier for an address");
		diags_hint(r->diags, "it takes a name that /etc/ethers and DNS know");
		return NULL;
	}
	if (p != PROTO_NONE && p != PROTO_IP && p != PROTO_ARP && p != PROTO_RARP)
		return resolve_bad_qualifier(r, a, "gateway");
	if (r->layer.mpls > 0 || r->layer.tunnelled)
		return resolve_fault(r, DIAG_UNSUPPORTED, a->span,
			"'gateway' cannot be used within %s",
			r->layer.mpls > 0 ? "MPLS" : "VXLAN or Geneve");
	if (r->layer.link->mac != MAC_FIXED && r->layer.link->mac != MAC_WLAN)
		return resolve_no_link(r, "gateway");
	const char *name = resolve_text(r, a->id.first);
	if (!ether_of(r, a, name, mac))
		return NULL;
	size_t n = names->host != NULL
			   ? names->host(names->ctx, name, addr, HOST_ADDRESSES)
			   : 0;
	for (size_t i = 0; i < n; i++)
		ip4 += addr[i].family == 4;
	if (ip4 == 0)
		return resolve_fault(
			r, DIAG_NAME, a->span, "unknown host '%.100s'", name);
	struct test *any = NULL;
	for (unsigned i = 0; i < sizeof(carriers) / sizeof(carriers[0]); i++) {
		if (p != PROTO_NONE && p != carriers[i].proto)
			continue;
		struct test *one = other_hosts(r, carriers[i].proto, addr, n);
		if (one == NULL)
			return NULL;
		any = test_or(r->arena, any, one);
	}
	return test_and(
		r->arena, resolve_mac(r, DIR_NONE, (struct macs){ .one = mac }), any);
}

struct test *
resolve_host(struct resolver *r, const struct ast *a)
{
	bool net = a->quals.type == TYPE_NET;
	const struct token *t = a->id.first;
	if (a->ids != NULL)
		return listed(r, a, a->ids);
	if (a->quals.proto == PROTO_DECNET)
		return resolve_decnet(r, a);
	if (a->quals.dir >= DIR_ADDR1 && a->quals.proto != PROTO_LINK)
		return resolve_wlan_only(r);
	const char *what = net ? "net <IPv4 address>" : "host <IPv4 address>";
	switch (a->id.kind) {
	case ID_NUMBER:
		return net ? net_number(r, a, t->number, what)
			   : ipv4(r, a, t->number, UINT32_MAX, what);
	case ID_IPV4:
		return ipv4(r, a, t->number, UINT32_MAX << (32 - 8 * t->parts), what);
	case ID_IPV4_LEN:
	case ID_IPV4_MASK: return ipv4_masked(r, a);
	case ID_IPV6:
	case ID_IPV6_LEN: return ipv6_prefix(r, a);
	case ID_MAC:
		if (a->quals.proto != PROTO_LINK || net) {
			resolve_fault(r, DIAG_QUALIFIER, a->span,
				"Ethernet address used in non-ether expression");
			diags_hint(r->diags, "write 'ether host %.*s'", (int)t->span.len,
				r->opts->text + t->span.at);
			return NULL;
		}
		return resolve_mac(r, a->quals.dir, (struct macs){ .one = t->bytes });
	case ID_MAC8:
		if (a->quals.proto != PROTO_LINK)
			return resolve_fault(r, DIAG_QUALIFIER, a->span,
				"'link' is the only valid proto qualifier for 'host "
				"$XX'");
		if (net)
			return resolve_fault(r, DIAG_QUALIFIER, a->span,
				"'net' is not a valid qualifier for '$XX'");
		return resolve_mac8(r, a, t->bytes[0]);
	case ID_NAME: return by_name(r, a);
	}
	return NULL;
}
