/* resolve_tunnel.c: tunnels over IP: Geneve, VXLAN, GRE, IP in IP, GTP.  Each binds where
 * what is inside it begins. */
#include "encap.h"

enum { TYPE_ETHERNET = 0x6558 };
enum { PROTO_UDP_NUMBER = 17, IP6_NEXT = 6, IP6_HEADER = 40, UDP_HEADER = 8 };

/* Slots of a tunnel: where its own header, the link header, the type and the payload of
 * what is inside are. */
struct tunnel {
	const struct value *outer, *header, *type, *payload;
};

/* Where what is behind the network header begins. */
static const struct value *
behind_net(struct resolver *r, const struct value *header, uint32_t off)
{
	struct place net = place_net(&r->layer);
	r->used |= net.needs;
	r->shifted |= net.shifted;
	if (header != NULL && net.base != NULL)
		header = value_arith(r->values, OP_ADD, header, net.base);
	else if (header == NULL)
		header = net.base;
	const struct value *k = value_const(r->values, net.off + off);
	return header != NULL ? value_arith(r->values, OP_ADD, header, k) : k;
}

/* Over IPv4, and over IPv6: `port` is UDP's destination port; binds where what is behind
 * the header begins. */
static struct test *
behind_ip(struct resolver *r, uint32_t protocol, uint32_t port, const struct value *slot)
{
	struct arena *m = r->arena;
	struct test *ip = resolve_link_type(r, TYPE_IP);
	struct test *ip6 = ip != NULL ? resolve_link_type(r, TYPE_IP6) : NULL;
	uint32_t udp = port != 0 ? UDP_HEADER : 0;
	if (ip6 == NULL)
		return NULL;
	ip = test_and(m, ip, test_equal(m, resolve_net(r, 9, 1), protocol));
	ip = test_and(m, ip, resolve_first_fragment(r));
	ip6 = test_and(m, ip6, test_equal(m, resolve_net(r, IP6_NEXT, 1), protocol));
	if (port != 0) {
		ip = test_and(
			m, ip, test_equal(m, resolve_transport(r, NULL, 2, 2), port));
		ip6 = test_and(
			m, ip6, test_equal(m, resolve_net(r, IP6_HEADER + 2, 2), port));
	}
	ip = test_and(
		m, ip, encap_bind(r, slot, behind_net(r, resolve_header_length(r), udp)));
	ip6 = test_and(
		m, ip6, encap_bind(r, slot, behind_net(r, NULL, IP6_HEADER + udp)));
	return test_or(m, ip, ip6);
}

static const struct value *
load(struct resolver *r, const struct value *slot, uint32_t off, unsigned size)
{
	return value_load(r->values, slot, off, size);
}

static struct place
in_slot(const struct encap *e, const struct value *slot, uint32_t off)
{
	struct place p = e->next.header;
	p.base = slot;
	p.off = off;
	return p;
}

static void
enter_tunnel(struct resolver *r, struct encap *e, enum linktype_inner inner,
	const struct value *slot, uint32_t off)
{
	struct place start = { slot, off, e->entry | r->used, e->entry | r->shifted };
	e->next = layer_of(linktype_inner(inner), start);
	e->next.tunnelled = true;
}

/* Behind a header of `bytes`, whose field at `type_at` is an EtherType: an Ethernet
 * frame, or that protocol's header. */
static struct test *
ethertype_tunnel(struct resolver *r, struct encap *e, struct tunnel *t, uint32_t type_at,
	const struct value *bytes)
{
	struct arena *m = r->arena;
	const struct value *end = value_arith(r->values, OP_ADD, bytes, t->outer);
	struct test *header = encap_bind(r, t->header, end);
	struct test *ethernet =
		test_equal(m, load(r, t->outer, type_at, 2), TYPE_ETHERNET);
	struct test *framed = test_and(m, ethernet,
		test_and(m, encap_bind(r, t->type, encap_op(r, OP_ADD, t->header, 12)),
			encap_bind(r, t->payload, encap_op(r, OP_ADD, t->header, 14))));
	struct test *bare = test_and(m,
		encap_bind(r, t->type, encap_op(r, OP_ADD, t->outer, type_at)),
		encap_bind(r, t->payload, t->header));
	enter_tunnel(r, e, INNER_ETHERNET, t->header, 0);
	e->next.perhaps_bare = true;
	e->next.type = in_slot(e, t->type, 0);
	e->next.payload = in_slot(e, t->payload, 0);
	return test_and(m, header, test_or(m, framed, bare));
}

static bool
tunnel_slots(struct resolver *r, struct tunnel *t)
{
	t->header = encap_slot(r, 2);
	t->type = t->header != NULL ? encap_slot(r, 3) : NULL;
	t->payload = t->type != NULL ? encap_slot(r, 3) : NULL;
	if (t->payload == NULL)
		return false;
	/* they share one, which is bound again when the first use is over */
	t->outer = value_slot(r->values, t->payload->k, t->header->hi / 2);
	return true;
}

/* RFC 8926: version, options' length in words; protocol type; VNI. */
struct test *
encap_geneve(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	struct tunnel t;
	if (!encap_id_in_range(r, e->a, "Geneve VNI", 0xffffff) || !tunnel_slots(r, &t))
		return NULL;
	struct test *is = behind_ip(r, PROTO_UDP_NUMBER, 6081, t.outer);
	if (is == NULL)
		return NULL;
	const struct value *first = load(r, t.outer, 0, 1);
	is = test_and(m, is, resolve_masked(r, first, 0xc0, 0));
	is = encap_with_id(r, e->a, load(r, t.outer, 4, 4), 0xffffff00, 8, is);
	const struct value *bytes = encap_op(
		r, OP_ADD, encap_op(r, OP_SHL, encap_op(r, OP_AND, first, 0x3f), 2), 8);
	return test_and(m, is, ethertype_tunnel(r, e, &t, 2, bytes));
}

/* RFC 7348: flags, VNI. */
struct test *
encap_vxlan(struct resolver *r, struct encap *e)
{
	const struct value *slot = encap_slot(r, 2);
	if (slot == NULL || !encap_id_in_range(r, e->a, "VXLAN VNI", 0xffffff))
		return NULL;
	struct test *is = behind_ip(r, PROTO_UDP_NUMBER, 4789, slot);
	if (is == NULL)
		return NULL;
	is = test_and(r->arena, is, test_equal(r->arena, load(r, slot, 0, 1), 0x08));
	is = encap_with_id(r, e->a, load(r, slot, 4, 4), 0xffffff00, 8, is);
	enter_tunnel(r, e, INNER_ETHERNET, slot, 8);
	return is;
}

/* RFC 2784 and 2890: checksum, key and sequence number are there when their bits are; the
 * number written is the key. */
struct test *
encap_gre(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	struct tunnel t;
	if (!tunnel_slots(r, &t))
		return NULL;
	struct test *is = behind_ip(r, 47, 0, t.outer);
	if (is == NULL)
		return NULL;
	const struct value *flags = load(r, t.outer, 0, 2);
	is = test_and(m, is, resolve_masked(r, flags, 0x4007, 0)); /* no routing, v. 0 */
	const struct value *sum = encap_op(r, OP_AND, encap_op(r, OP_SHR, flags, 13), 4);
	const struct value *key = encap_op(r, OP_AND, encap_op(r, OP_SHR, flags, 11), 4);
	const struct value *seq = encap_op(r, OP_AND, encap_op(r, OP_SHR, flags, 10), 4);
	if (e->a->arg != NULL) {
		const struct value *at = value_arith(r->values, OP_ADD, sum, t.outer);
		is = test_and(m, is, resolve_masked(r, flags, 0x2000, 0x2000));
		is = test_and(m, is,
			test_equal(
				m, value_load(r->values, at, 4, 4), e->a->arg->number));
	}
	const struct value *bytes = value_arith(r->values, OP_ADD,
		value_arith(r->values, OP_ADD, sum, key), encap_op(r, OP_ADD, seq, 4));
	return test_and(m, is, ethertype_tunnel(r, e, &t, 2, bytes));
}

static bool
no_number(struct resolver *r, const struct ast *a, const char *word)
{
	return a->arg == NULL || diags_error(r->diags, DIAG_SYNTAX, a->arg->span,
					 "'%s' takes no number", word);
}

/* RFC 2003: IPv4 in IPv4, or in IPv6. */
struct test *
encap_ipip(struct resolver *r, struct encap *e)
{
	if (!no_number(r, e->a, "ipip"))
		return NULL;
	const struct value *slot = encap_slot(r, 2);
	struct test *is = slot != NULL ? behind_ip(r, 4, 0, slot) : NULL;
	if (is != NULL)
		enter_tunnel(r, e, INNER_IPV4, slot, 0);
	return is;
}

/* RFC 4213: IPv6 in IPv4, or (RFC 2473) in IPv6. */
struct test *
encap_6in4(struct resolver *r, struct encap *e)
{
	if (!no_number(r, e->a, "6in4"))
		return NULL;
	const struct value *slot = encap_slot(r, 2);
	struct test *is = slot != NULL ? behind_ip(r, 41, 0, slot) : NULL;
	if (is != NULL)
		enter_tunnel(r, e, INNER_IPV6, slot, 0);
	return is;
}

#define GTP_EXTENSIONS 4 /* headers that are stepped over; 5G has one */

/* Over the extension header at `slot`, whose length is in words: `next` is what follows
 * it. A length of 0 is none. */
static struct test *
gtp_step(struct resolver *r, const struct value *slot, const struct value *next)
{
	struct arena *m = r->arena;
	const struct value *words = load(r, slot, 0, 1);
	/* words - 1, which cannot wrap: so the load needs no guard */
	const struct value *less =
		encap_op(r, OP_AND, encap_op(r, OP_ADD, words, 255), 255);
	const struct value *last =
		value_arith(r->values, OP_ADD, encap_op(r, OP_SHL, less, 2), slot);
	const struct value *end =
		value_arith(r->values, OP_ADD, encap_op(r, OP_SHL, words, 2), slot);
	struct test *step = test_not(m, test_equal(m, words, 0));
	step = test_and(m, step, test_bind(m, next, value_load(r->values, last, 3, 1)));
	return test_and(m, step, encap_bind(r, slot, end));
}

/* The chain from the last header that there may be to the first. */
static struct test *
gtp_extensions(struct resolver *r, const struct value *slot, const struct value *next)
{
	struct arena *m = r->arena;
	struct test *rest = test_equal(m, next, 0);
	for (unsigned i = 0; i < GTP_EXTENSIONS; i++)
		rest = test_or(m, test_equal(m, next, 0),
			test_and(m, gtp_step(r, slot, next), rest));
	return rest;
}

/* 3GPP TS 29.281 §5: GTP-U, version 1, a user packet (message 255) of tunnel `number`;
 * four bytes more when one of E, S, PN is set, of which the last is the type of an
 * extension header: its first byte is its length in words, its last the next type. */
struct test *
encap_gtp(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	const struct value *slot = resolve_slot(r, POSITION_MAX);
	const struct value *next = slot != NULL ? resolve_slot(r, 0xff) : NULL;
	struct test *is =
		next != NULL ? behind_ip(r, PROTO_UDP_NUMBER, 2152, slot) : NULL;
	if (is == NULL)
		return NULL;
	const struct value *flags = load(r, slot, 0, 1);
	is = test_and(m, is, resolve_masked(r, flags, 0xf0, 0x30));
	is = test_and(m, is, test_equal(m, load(r, slot, 1, 1), 255));
	is = encap_with_id(r, e->a, load(r, slot, 4, 4), UINT32_MAX, 0, is);
	struct test *extended = test_bind(m, next, load(r, slot, 11, 1));
	extended =
		test_and(m, extended, encap_bind(r, slot, encap_op(r, OP_ADD, slot, 12)));
	extended = test_and(m, extended, gtp_extensions(r, slot, next));
	struct test *rest = test_choose(m, resolve_masked(r, flags, 0x03, 0),
		encap_bind(r, slot, encap_op(r, OP_ADD, slot, 8)),
		encap_bind(r, slot, encap_op(r, OP_ADD, slot, 12)));
	enter_tunnel(r, e, INNER_IP, slot, 0);
	return test_and(
		m, is, test_choose(m, resolve_masked(r, flags, 0x04, 0), rest, extended));
}
