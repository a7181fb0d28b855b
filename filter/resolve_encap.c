/* resolve_encap.c: the words that shift where headers are for all that stands to their
 * right: VLAN tags, MPLS labels, PPPoE, ATM LAN emulation, Geneve, VXLAN; and those that
 * may only be followed by a scope: GRE, IP in IP, GTP.
 *
 * Where the shift depends on the packet, it goes into slots, which the word's own test
 * binds: it is an entry, and what is read behind it needs that entry (reach.c). */
#include "encap.h"

enum { TYPE_MPLS = 0x8847, TYPE_MPLS_PPP = 0x0281 };
enum { TYPE_DISCOVERY = 0x8863, TYPE_SESSION = 0x8864 };

const struct value *
encap_op(struct resolver *r, enum arith_op o, const struct value *a, uint32_t k)
{
	return value_arith(r->values, o, a, value_const(r->values, k));
}

bool
encap_id_in_range(struct resolver *r, const struct ast *a, const char *what, uint32_t max)
{
	return a->arg == NULL ||
	       resolve_in_range(r, a->arg->span, what, a->arg->number, max);
}

/* (field & mask) is the number written, when one was. */
struct test *
encap_with_id(struct resolver *r, const struct ast *a, const struct value *field,
	uint32_t mask, unsigned shift, struct test *t)
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

/* --- VLAN: IEEE 802.1Q --- */

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
	struct test *off =
		encap_with_id(r, e->a, tci, 0xfff, 0, test_equal(m, present, 1));
	struct test *in = test_and(m, test_not(m, test_equal(m, present, 1)), tagged(r));
	in = encap_with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, in);
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
	if (!encap_id_in_range(r, e->a, "VLAN tag", 4095))
		return NULL;
	if (l->mpls > 0)
		return resolve_fault(
			r, DIAG_UNSUPPORTED, r->span, "no VLAN match after MPLS");
	if ((l->link->has & LINK_VLAN) == 0)
		return resolve_no_link(r, "vlan");
	if (l->link->key == KEY_SLOT)
		return encap_vlan_in_slots(r, e, tagged(r));
	e->next.vlans = 1;
	if (r->opts->input == FILTER_INPUT_SKB && l->vlans == 0 &&
		l->link->key == KEY_ETHERTYPE && l->type.base == NULL)
		return vlan_live(r, e);
	shift_payload(e, 4);
	return encap_with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, tagged(r));
}

/* --- MPLS: RFC 3032 --- */

static struct test *
mpls(struct resolver *r, struct encap *e)
{
	const struct layer *l = &r->layer;
	if (!encap_id_in_range(r, e->a, "MPLS label", 1048575))
		return NULL;
	if ((l->link->has & LINK_MPLS) == 0)
		return resolve_no_link(r, "mpls");
	if (l->link->key == KEY_SLOT)
		return encap_mpls_in_slots(r, e);
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
	return encap_with_id(r, e->a, resolve_net(r, 0, 4), 0xfffff000, 12, is);
}

/* --- PPPoE: RFC 2516 --- */

static struct test *
pppoed(struct resolver *r, struct encap *e)
{
	(void)e;
	return resolve_link_type(r, TYPE_DISCOVERY);
}

static struct test *
pppoes(struct resolver *r, struct encap *e)
{
	if (!encap_id_in_range(r, e->a, "PPPoE session number", 65535))
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
	return encap_with_id(r, e->a, resolve_net(r, 2, 2), 0xffff, 0, is);
}

/* --- ATM LAN emulation --- */

static struct test *
lane(struct resolver *r, struct encap *e)
{
	const struct place frame = { .off = 6, .shifted = e->entry };
	if (linktype_find(r->opts->linktype)->key != KEY_SUNATM) {
		resolve_fault(
			r, DIAG_LINKTYPE, r->span, "'lane' supported only on SUNATM");
		diags_hint(r->diags, "compile with -y SUNATM");
		return NULL;
	}
	e->next = layer_of(linktype_inner(INNER_ETHERNET), frame);
	e->next.lane = true;
	return resolve_masked(r, resolve_load(r, r->layer.header, 0, 1), 0x0f, 1);
}

/* --- positions --- */

#define STEP 4096 /* bytes that headers in a row have at most */

struct test *
encap_bind(struct resolver *r, const struct value *slot, const struct value *v)
{
	if (v->hi > slot->hi)
		v = encap_op(r, OP_AND, v, POSITION_MAX);
	return test_bind(r->arena, slot, v);
}

const struct value *
encap_slot(struct resolver *r, unsigned headers)
{
	const struct place *p = &r->layer.payload;
	uint64_t hi = (uint64_t)(p->base != NULL ? p->base->hi : 0) + headers * STEP;
	return resolve_slot(r, hi < POSITION_MAX ? (uint32_t)hi : POSITION_MAX);
}

/* --- the word --- */

static struct test *(*const words[PRIMS])(struct resolver *, struct encap *) = {
	[PRIM_VLAN] = vlan,
	[PRIM_MPLS] = mpls,
	[PRIM_PPPOED] = pppoed,
	[PRIM_PPPOES] = pppoes,
	[PRIM_GENEVE] = encap_geneve,
	[PRIM_VXLAN] = encap_vxlan,
	[PRIM_LANE] = lane,
	[PRIM_GRE] = encap_gre,
	[PRIM_IPIP] = encap_ipip,
	[PRIM_6IN4] = encap_6in4,
	[PRIM_GTP] = encap_gtp,
};

struct test *
encap_word(struct resolver *r, enum qual_prim word, struct encap *e)
{
	return words[word](r, e);
}

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
	unsigned slots = r->slots;
	struct test *t = encap_word(r, a->prim, &e);
	if (t == NULL)
		return NULL;
	if (n == ENTRIES && r->slots > slots)
		return resolve_fault(r, DIAG_SIZE, r->span,
			"more than %d encapsulations before one of varying length",
			ENTRIES);
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
	ARENA_MORE(r->arena, r->outer, r->scopes, &r->scope_room);
	r->outer[r->scopes++] = (struct scope){ r->layer, r->slots };
}

void
resolve_scope_end(struct resolver *r)
{
	const struct scope *s = &r->outer[--r->scopes];
	r->layer = s->layer;
	r->slots = s->slots; /* nothing reads those of the inside any more */
}
