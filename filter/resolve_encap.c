/* resolve_encap.c: the words that shift where headers are for all that stands to their
 * right: VLAN tags, MPLS labels, PPPoE, ATM LAN emulation, Geneve, VXLAN; and those that
 * may only be followed by a scope: GRE, IP in IP, GTP.
 *
 * Where the shift depends on the packet, it goes into slots, which the word's own test
 * binds: it is an entry, and what is read behind it needs that entry (reach.c). */
#include "resolve.h"

enum { TYPE_IP = 0x0800, TYPE_IP6 = 0x86dd, TYPE_MPLS = 0x8847, TYPE_MPLS_PPP = 0x0281 };
enum { TYPE_DISCOVERY = 0x8863, TYPE_SESSION = 0x8864, TYPE_ETHERNET = 0x6558 };
enum { PROTO_UDP_NUMBER = 17, IP6_NEXT = 6, IP6_HEADER = 40, UDP_HEADER = 8 };
#define POSITION_MAX 0x00ffffff /* no packet is longer */

struct encap {
	const struct ast *a;
	struct layer next; /* of what stands to the right */
	uint64_t entry;    /* the bit of this word */
};

static const struct value *
op(struct resolver *r, enum arith_op o, const struct value *a, uint32_t k)
{
	return value_arith(r->values, o, a, value_const(r->values, k));
}

static bool
id_in_range(struct resolver *r, const struct ast *a, const char *what, uint32_t max)
{
	return a->arg == NULL ||
	       resolve_in_range(r, a->arg->span, what, a->arg->number, max);
}

/* (field & mask) is the number written, when one was. */
static struct test *
with_id(struct resolver *r, const struct ast *a, const struct value *field, uint32_t mask,
	unsigned shift, struct test *t)
{
	if (a->arg == NULL)
		return t;
	return test_and(
		r->arena, t, resolve_masked(r, field, mask, a->arg->number << shift));
}

/* Everything from the payload on moves by a constant. */
static void
shift_payload(struct encap *e, uint32_t bytes)
{
	e->next.type.off += bytes;
	e->next.payload.off += bytes;
	e->next.type.shifted |= e->entry;
	e->next.payload.shifted |= e->entry;
}

/* --- VLAN: IEEE 802.1Q ----------------------------------------------------------------
 */

static struct test *
tagged(struct resolver *r)
{
	static const uint16_t types[] = { 0x8100, 0x88a8, 0x9100 };
	struct test *any = NULL;
	for (unsigned i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		any = test_or(r->arena, any, resolve_link_type(r, types[i]));
	return any;
}

/* On a live capture the kernel may have taken the tag off: then it is metadata, and
 * nothing moves. */
static struct test *
vlan_live(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	const struct value *present = value_meta(r->values, META_VLAN_PRESENT);
	const struct value *tci = value_meta(r->values, META_VLAN_TCI);
	const struct value *slot = resolve_slot(r, 4);
	if (slot == NULL)
		return NULL;
	struct test *off = with_id(r, e->a, tci, 0xfff, 0, test_equal(m, present, 1));
	struct test *in = test_and(m, test_not(m, test_equal(m, present, 1)), tagged(r));
	in = with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, in);
	off = test_and(m, off, test_bind(m, slot, value_const(r->values, 0)));
	in = test_and(m, in, test_bind(m, slot, value_const(r->values, 4)));
	e->next.type.base = e->next.payload.base = slot;
	e->next.type.needs |= e->entry;
	e->next.payload.needs |= e->entry;
	shift_payload(e, 0);
	return test_or(m, off, in);
}

static struct test *
vlan(struct resolver *r, struct encap *e)
{
	const struct layer *l = &r->layer;
	if (!id_in_range(r, e->a, "VLAN tag", 4095))
		return NULL;
	if (l->mpls > 0)
		return resolve_fault(
			r, DIAG_UNSUPPORTED, r->span, "no VLAN match after MPLS");
	if ((l->link->has & LINK_VLAN) == 0)
		return resolve_no_link(r, "vlan");
	e->next.vlans = 1;
	if (r->opts->input == FILTER_INPUT_SKB && l->vlans == 0 &&
		l->link->key == KEY_ETHERTYPE && l->type.base == NULL)
		return vlan_live(r, e);
	shift_payload(e, 4);
	return with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, tagged(r));
}

/* --- MPLS: RFC 3032 -------------------------------------------------------------------
 */

static struct test *
mpls(struct resolver *r, struct encap *e)
{
	const struct layer *l = &r->layer;
	if (!id_in_range(r, e->a, "MPLS label", 1048575))
		return NULL;
	if ((l->link->has & LINK_MPLS) == 0)
		return resolve_no_link(r, "mpls");
	struct test *is;
	if (l->mpls == 0)
		is = resolve_link_type(
			r, l->link->key == KEY_PPP ? TYPE_MPLS_PPP : TYPE_MPLS);
	else /* the label before is not the last one */
		is = resolve_masked(r, resolve_net(r, (uint32_t)-2, 1), 1, 0);
	e->next.mpls = 1;
	e->next.labels |= e->entry;
	e->next.net += 4;
	e->next.net_llc += 4;
	return with_id(r, e->a, resolve_net(r, 0, 4), 0xfffff000, 12, is);
}

/* --- PPPoE: RFC 2516
 * -------------------------------------------------------------------- */

static struct test *
pppoed(struct resolver *r, struct encap *e)
{
	(void)e;
	return resolve_link_type(r, TYPE_DISCOVERY);
}

static struct test *
pppoes(struct resolver *r, struct encap *e)
{
	if (!id_in_range(r, e->a, "PPPoE session number", 65535))
		return NULL;
	struct test *is = resolve_link_type(r, TYPE_SESSION);
	if (is == NULL)
		return NULL;
	struct place ppp = place_net(&r->layer);
	ppp.off += 6;
	ppp.shifted |= e->entry;
	e->next = layer_of(linktype_inner(INNER_PPP), ppp);
	e->next.tunnelled = r->layer.tunnelled;
	e->next.type = ppp; /* there are no address and control bytes */
	e->next.payload = ppp;
	e->next.payload.off += 2;
	return with_id(r, e->a, resolve_net(r, 2, 2), 0xffff, 0, is);
}

/* --- ATM LAN emulation
 * ------------------------------------------------------------------ */

static struct test *
lane(struct resolver *r, struct encap *e)
{
	const struct place kind = { .off = 0 };
	const struct place frame = { .off = 6, .shifted = e->entry };
	if (linktype_find(r->opts->linktype)->key != KEY_SUNATM) {
		resolve_fault(
			r, DIAG_LINKTYPE, r->span, "'lane' supported only on SUNATM");
		diags_hint(r->diags, "compile with -y SUNATM");
		return NULL;
	}
	e->next = layer_of(linktype_inner(INNER_ETHERNET), frame);
	e->next.lane = true;
	return resolve_masked(r, resolve_load(r, kind, 0, 1), 0x0f, 1);
}

/* --- tunnels
 * ---------------------------------------------------------------------------- */

/* Slots of a tunnel: where its own header, the link header, the type and the payload of
 * what is inside are. */
struct tunnel {
	const struct value *outer, *header, *type, *payload;
};

static struct test *
bind(struct resolver *r, const struct value *slot, const struct value *v)
{
	if (v->hi > slot->hi)
		v = op(r, OP_AND, v, POSITION_MAX);
	return test_bind(r->arena, slot, v);
}

/* A slot for a position in a tunnel; `headers` of at most STEP bytes are before it. */
#define STEP 4096
static const struct value *
position_slot(struct resolver *r, unsigned headers)
{
	const struct place *p = &r->layer.payload;
	uint64_t hi = (uint64_t)(p->base != NULL ? p->base->hi : 0) + headers * STEP;
	return resolve_slot(r, hi < POSITION_MAX ? (uint32_t)hi : POSITION_MAX);
}

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
	ip = test_and(m, ip, bind(r, slot, behind_net(r, resolve_header_length(r), udp)));
	ip6 = test_and(m, ip6, bind(r, slot, behind_net(r, NULL, IP6_HEADER + udp)));
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
	struct test *header = bind(r, t->header, end);
	struct test *ethernet =
		test_equal(m, load(r, t->outer, type_at, 2), TYPE_ETHERNET);
	struct test *framed = test_and(m, ethernet,
		test_and(m, bind(r, t->type, op(r, OP_ADD, t->header, 12)),
			bind(r, t->payload, op(r, OP_ADD, t->header, 14))));
	struct test *bare =
		test_and(m, bind(r, t->type, op(r, OP_ADD, t->outer, type_at)),
			bind(r, t->payload, t->header));
	enter_tunnel(r, e, INNER_ETHERNET, t->header, 0);
	e->next.perhaps_bare = true;
	e->next.type = in_slot(e, t->type, 0);
	e->next.payload = in_slot(e, t->payload, 0);
	return test_and(m, header, test_or(m, framed, bare));
}

static bool
tunnel_slots(struct resolver *r, struct tunnel *t)
{
	t->header = position_slot(r, 2);
	t->type = t->header != NULL ? position_slot(r, 3) : NULL;
	t->payload = t->type != NULL ? position_slot(r, 3) : NULL;
	if (t->payload == NULL)
		return false;
	/* they share one, which is bound again when the first use is over */
	t->outer = value_slot(r->values, t->payload->k, t->header->hi - STEP);
	return true;
}

/* RFC 8926: version, options' length in words; protocol type; VNI. */
static struct test *
geneve(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	struct tunnel t;
	if (!id_in_range(r, e->a, "Geneve VNI", 0xffffff) || !tunnel_slots(r, &t))
		return NULL;
	struct test *is = behind_ip(r, PROTO_UDP_NUMBER, 6081, t.outer);
	if (is == NULL)
		return NULL;
	const struct value *first = load(r, t.outer, 0, 1);
	is = test_and(m, is, resolve_masked(r, first, 0xc0, 0));
	is = with_id(r, e->a, load(r, t.outer, 4, 4), 0xffffff00, 8, is);
	const struct value *bytes =
		op(r, OP_ADD, op(r, OP_SHL, op(r, OP_AND, first, 0x3f), 2), 8);
	return test_and(m, is, ethertype_tunnel(r, e, &t, 2, bytes));
}

/* RFC 7348: flags, VNI. */
static struct test *
vxlan(struct resolver *r, struct encap *e)
{
	const struct value *slot = position_slot(r, 2);
	if (slot == NULL || !id_in_range(r, e->a, "VXLAN VNI", 0xffffff))
		return NULL;
	struct test *is = behind_ip(r, PROTO_UDP_NUMBER, 4789, slot);
	if (is == NULL)
		return NULL;
	is = test_and(r->arena, is, test_equal(r->arena, load(r, slot, 0, 1), 0x08));
	is = with_id(r, e->a, load(r, slot, 4, 4), 0xffffff00, 8, is);
	enter_tunnel(r, e, INNER_ETHERNET, slot, 8);
	return is;
}

/* RFC 2784 and 2890: checksum, key and sequence number are there when their bits are; the
 * number written is the key. */
static struct test *
gre(struct resolver *r, struct encap *e)
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
	const struct value *sum = op(r, OP_AND, op(r, OP_SHR, flags, 13), 4);
	const struct value *key = op(r, OP_AND, op(r, OP_SHR, flags, 11), 4);
	const struct value *seq = op(r, OP_AND, op(r, OP_SHR, flags, 10), 4);
	if (e->a->arg != NULL) {
		const struct value *at = value_arith(r->values, OP_ADD, sum, t.outer);
		is = test_and(m, is, resolve_masked(r, flags, 0x2000, 0x2000));
		is = test_and(m, is,
			test_equal(
				m, value_load(r->values, at, 4, 4), e->a->arg->number));
	}
	const struct value *bytes = value_arith(r->values, OP_ADD,
		value_arith(r->values, OP_ADD, sum, key), op(r, OP_ADD, seq, 4));
	return test_and(m, is, ethertype_tunnel(r, e, &t, 2, bytes));
}

/* RFC 2003: IPv4 in IPv4, or in IPv6. */
static struct test *
ipip(struct resolver *r, struct encap *e)
{
	const struct value *slot = position_slot(r, 2);
	struct test *is = slot != NULL ? behind_ip(r, 4, 0, slot) : NULL;
	if (is != NULL)
		enter_tunnel(r, e, INNER_IPV4, slot, 0);
	return is;
}

/* RFC 4213: IPv6 in IPv4, or (RFC 2473) in IPv6. */
static struct test *
six_in_four(struct resolver *r, struct encap *e)
{
	const struct value *slot = position_slot(r, 2);
	struct test *is = slot != NULL ? behind_ip(r, 41, 0, slot) : NULL;
	if (is != NULL)
		enter_tunnel(r, e, INNER_IPV6, slot, 0);
	return is;
}

#define GTP_EXTENSIONS 4 /* headers that are stepped over; 5G has one */

/* 3GPP TS 29.281 §5: GTP-U, version 1, a user packet (message 255) of tunnel `number`;
 * four bytes more when one of E, S, PN is set, of which the last is the type of an
 * extension header: its first byte is its length in words, its last the next type. */
static struct test *
gtp(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	const struct value *slot = position_slot(r, 2);
	const struct value *next = slot != NULL ? resolve_slot(r, 0xff) : NULL;
	struct test *is =
		next != NULL ? behind_ip(r, PROTO_UDP_NUMBER, 2152, slot) : NULL;
	if (is == NULL)
		return NULL;
	const struct value *flags = load(r, slot, 0, 1);
	is = test_and(m, is, resolve_masked(r, flags, 0xf0, 0x30));
	is = test_and(m, is, test_equal(m, load(r, slot, 1, 1), 255));
	is = with_id(r, e->a, load(r, slot, 4, 4), UINT32_MAX, 0, is);
	/* from the last extension header to the first; no more may follow it */
	struct test *rest = test_equal(m, next, 0);
	for (unsigned i = 0; i < GTP_EXTENSIONS; i++) {
		const struct value *bytes = op(r, OP_SHL, load(r, slot, 0, 1), 2);
		const struct value *end = value_arith(r->values, OP_ADD, bytes, slot);
		struct test *step = test_not(m, test_equal(m, load(r, slot, 0, 1), 0));
		step = test_and(m, step, bind(r, slot, end));
		step = test_and(m, step,
			test_bind(m, next,
				value_load(r->values, op(r, OP_SUB, slot, 1), 0, 1)));
		rest = test_or(m, test_equal(m, next, 0), test_and(m, step, rest));
	}
	struct test *extended = resolve_masked(r, flags, 0x04, 0x04);
	extended = test_and(m, extended, test_bind(m, next, load(r, slot, 11, 1)));
	extended = test_and(m, extended, bind(r, slot, op(r, OP_ADD, slot, 12)));
	extended = test_and(m, extended, rest);
	struct test *some = test_not(m, resolve_masked(r, flags, 0x03, 0));
	struct test *no_extension = resolve_masked(r, flags, 0x04, 0);
	some = test_and(m, test_and(m, test_again(m, no_extension), some),
		bind(r, slot, op(r, OP_ADD, slot, 12)));
	struct test *plain =
		test_and(m, test_and(m, no_extension, resolve_masked(r, flags, 0x03, 0)),
			bind(r, slot, op(r, OP_ADD, slot, 8)));
	enter_tunnel(r, e, INNER_IP, slot, 0);
	return test_and(m, is, test_or(m, extended, test_or(m, some, plain)));
}

/* --- the word
 * ---------------------------------------------------------------------------- */

static struct test *(*const words[PRIMS])(struct resolver *, struct encap *) = {
	[PRIM_VLAN] = vlan,
	[PRIM_MPLS] = mpls,
	[PRIM_PPPOED] = pppoed,
	[PRIM_PPPOES] = pppoes,
	[PRIM_GENEVE] = geneve,
	[PRIM_VXLAN] = vxlan,
	[PRIM_LANE] = lane,
	[PRIM_GRE] = gre,
	[PRIM_IPIP] = ipip,
	[PRIM_6IN4] = six_in_four,
	[PRIM_GTP] = gtp,
};

/* Does the word bind slots? */
static bool
is_dynamic(const struct encap *e)
{
	return (e->next.type.needs & e->entry) || (e->next.payload.needs & e->entry);
}

struct test *
resolve_encap(struct resolver *r, struct ast *a)
{
	struct encap e = { .a = a, .next = r->layer };
	unsigned n;
	if (a->prim == PRIM_PPPOED)
		return pppoed(r, &e);
	if (!resolve_entry(r, (struct entry){ .span = a->span, .shifts = true }, &n))
		return NULL;
	e.entry = n < ENTRIES ? 1ull << n : 0;
	struct test *t = words[a->prim](r, &e);
	if (t == NULL)
		return NULL;
	if (n < ENTRIES) {
		r->entry[n].test = t;
		r->entry[n].shifts = !is_dynamic(&e);
		r->entry[n].needs = r->used;
		a->entry = n + 1;
	}
	r->layer = e.next;
	return t;
}

/* The layer as it was before the word comes back when the scope ends. */
void
resolve_scope_begin(struct resolver *r)
{
	if (r->scopes == r->scope_room) {
		uint32_t room = r->scope_room ? r->scope_room * 2 : 8;
		struct scope *to = ARENA_ARRAY(r->arena, room, struct scope);
		for (uint32_t i = 0; i < r->scopes; i++)
			to[i] = r->outer[i];
		r->outer = to;
		r->scope_room = room;
	}
	r->outer[r->scopes++] = (struct scope){ r->layer, r->slots };
}

void
resolve_scope_end(struct resolver *r)
{
	const struct scope *s = &r->outer[--r->scopes];
	r->layer = s->layer;
	r->slots = s->slots; /* nothing reads those of the inside any more */
}
