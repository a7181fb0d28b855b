/* resolve_inner.c: `inner (…)`: what is inside holds in the packet itself, or inside a
 * tunnel, or inside a tunnel in a tunnel (build.c has the three tries). */
#include "encap.h"

enum { TYPE_MPLS = 0x8847 };
#define ETHERNET_HEADER 14
#define LABELS 8 /* of a stack that is one tunnel */

static const struct value *
value_of(struct resolver *r, struct place p)
{
	r->used |= p.needs;
	const struct value *k = value_const(r->values, p.off);
	return p.base != NULL ? value_arith(r->values, OP_ADD, p.base, k) : k;
}

/* At a socket the outermost tag may be metadata: then, in the packet itself, nothing
 * moves. Type and payload behind the tag are slots of their own. */
static struct test *
vlan_live(struct resolver *r, struct encap *e, struct test *tagged)
{
	struct arena *m = r->arena;
	const struct layer *l = &r->layer;
	const struct value *type = resolve_slot(r, 0xffff);
	const struct value *payload = type != NULL ? resolve_slot(r, POSITION_MAX) : NULL;
	if (payload == NULL)
		return NULL;
	const struct value *present = value_meta(r->values, META_VLAN_PRESENT);
	struct test *off = test_equal(m, present, 1);
	off = test_and(m, off, test_equal(m, l->payload.base, ETHERNET_HEADER));
	off = encap_with_id(r, e->a, value_meta(r->values, META_VLAN_TCI), 0xfff, 0, off);
	off = test_and(m, off,
		test_and(m, test_bind(m, type, l->type.base),
			test_bind(m, payload, l->payload.base)));
	struct place p = place_net(l);
	struct test *in = encap_with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, tagged);
	in = test_and(m, in, test_bind(m, type, resolve_net(r, 2, 2)));
	p.off += 4;
	in = test_and(m, in, encap_bind(r, payload, value_of(r, p)));
	e->next = *l;
	e->next.type.base = type;
	e->next.payload.base = payload;
	return test_or(m, off, in);
}

struct test *
encap_vlan_in_slots(struct resolver *r, struct encap *e, struct test *tagged)
{
	if (r->opts->input == FILTER_INPUT_SKB)
		return vlan_live(r, e, tagged);
	struct place p = place_net(&r->layer);
	p.off += 4;
	e->next = layer_of(linktype_inner(INNER_ETHERNET), p);
	e->next.header = r->layer.header;
	e->next.payload = p;
	p.off -= 2;
	e->next.type = p;
	return encap_with_id(r, e->a, resolve_net(r, 0, 2), 0xfff, 0, tagged);
}

/* The whole stack, to the label with the bottom bit (RFC 3032 §2.1). */
struct test *
encap_mpls_in_slots(struct resolver *r, struct encap *e)
{
	struct arena *m = r->arena;
	struct test *is = resolve_link_type(r, TYPE_MPLS);
	if (is != NULL) /* the outermost label */
		is = encap_with_id(r, e->a, resolve_net(r, 0, 4), 0xfffff000, 12, is);
	const struct value *slot = resolve_slot(r, POSITION_MAX);
	if (is == NULL || slot == NULL)
		return NULL;
	struct place p = place_net(&r->layer);
	struct test *stack = NULL;
	const struct value *next = encap_op(r, OP_ADD, slot, 4);
	for (unsigned i = 0; i < LABELS; i++) {
		const struct value *bottom = value_load(r->values, slot, 2, 1);
		struct test *last = test_not(m, resolve_masked(r, bottom, 1, 0));
		stack = stack == NULL
				? last
				: test_or(m, last,
					  test_and(m, encap_bind(r, slot, next), stack));
	}
	const struct value *at = value_const(r->values, p.off);
	at = p.base != NULL ? value_arith(r->values, OP_ADD, p.base, at) : at;
	const struct place inside = { slot, 4, p.needs, p.shifted };
	e->next = layer_of(linktype_inner(INNER_IP), inside);
	return test_and(m, is, test_and(m, encap_bind(r, slot, at), stack));
}

/* The layer as three slots, so that it is the same in every tunnel: an EtherType, or 0
 * for what has none; the link header, or the payload when there is none; the payload. */
struct view {
	const struct value *type, *header, *payload;
};

/* Binds the view from what the layer `l` is. */
static struct test *
look(struct resolver *r, const struct view *v, const struct layer *l)
{
	struct arena *m = r->arena;
	struct layer keep = r->layer;
	bool ethernet = l->link->key == KEY_ETHERTYPE && l->mpls == 0;
	struct test *type;
	r->layer = *l;
	bool slots = l->link->key == KEY_SLOT && l->mpls == 0;
	if (slots)
		type = test_bind(m, v->type, l->type.base);
	else if (ethernet)
		type = test_bind(m, v->type, resolve_load(r, l->type, 0, 2));
	else {
		struct test *ip = resolve_link_type(r, TYPE_IP);
		struct test *ip6 = ip != NULL ? resolve_link_type(r, TYPE_IP6) : NULL;
		if (ip6 == NULL) {
			r->layer = keep;
			return NULL;
		}
		struct test *neither = test_bind(m, v->type, value_const(r->values, 0));
		type = test_choose(m, ip6,
			test_bind(m, v->type, value_const(r->values, TYPE_IP6)), neither);
		type = test_choose(m, ip,
			test_bind(m, v->type, value_const(r->values, TYPE_IP)), type);
	}
	r->layer = keep;
	struct place payload = place_net(l);
	struct place header = ethernet || slots ? l->header : payload;
	return test_and(m, type,
		test_and(m, encap_bind(r, v->header, value_of(r, header)),
			encap_bind(r, v->payload, value_of(r, payload))));
}

/* Into a tunnel of one kind; the slots that it takes are free again afterwards. */
static struct test *
step_into(struct resolver *r, const struct view *v, enum qual_prim word)
{
	const struct ast no_number = { .kind = AST_PRIM, .prim = word };
	struct encap e = { .a = &no_number, .next = r->layer };
	unsigned slots = r->slots;
	struct test *is = encap_word(r, word, &e);
	struct test *then = is != NULL ? look(r, v, &e.next) : NULL;
	r->slots = slots;
	return then != NULL ? test_and(r->arena, is, then) : NULL;
}

struct test *
resolve_inner(struct resolver *r, struct ast *a)
{
	static const enum qual_prim kinds[] = { PRIM_VLAN, PRIM_MPLS, PRIM_PPPOES,
		PRIM_IPIP, PRIM_6IN4, PRIM_GRE, PRIM_GENEVE, PRIM_VXLAN, PRIM_GTP };
	struct view v;
	unsigned n;
	if (a->arg != NULL)
		return resolve_fault(
			r, DIAG_SYNTAX, a->arg->span, "'inner' takes no number");
	v.payload = resolve_slot(r, POSITION_MAX);
	v.header = v.payload != NULL ? resolve_slot(r, POSITION_MAX) : NULL;
	v.type = v.header != NULL ? resolve_slot(r, 0xffff) : NULL;
	struct test *start = v.type != NULL ? look(r, &v, &r->layer) : NULL;
	if (start == NULL || !resolve_entry(r,
				     (struct entry){ .test = start,
					     .always = true,
					     .span = a->span,
					     .needs = r->used },
				     &n))
		return NULL;
	uint64_t needs = r->used | 1ull << n;
	struct place at = { .needs = needs };
	struct layer inside = layer_of(linktype_inner(INNER_ANY), at);
	inside.tunnelled = inside.perhaps_bare = true;
	inside.header.base = v.header;
	inside.type.base = v.type;
	inside.payload.base = v.payload;
	inside.header.off = inside.type.off = inside.payload.off = 0;
	r->layer = inside;
	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		struct test *one = step_into(r, &v, kinds[i]);
		if (one == NULL)
			return NULL;
		a->step = test_or(r->arena, a->step, one);
	}
	a->entry = n + 1;
	return start;
}
