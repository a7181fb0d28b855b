/* resolve.c: the leaves of a syntax tree get their meaning: a test tree each, over values
 * of the packet.  Leaves come in the order of the text. */
#include "resolve.h"

#include <stdio.h>

#include "step.h"

static struct test *
resolve_id(struct resolver *r, struct ast *a)
{
	switch (a->quals.type) {
	case TYPE_NONE:
	case TYPE_HOST:
	case TYPE_NET: return resolve_host(r, a);
	case TYPE_PORT:
	case TYPE_PORTRANGE: return resolve_port(r, a);
	case TYPE_PROTO:
	case TYPE_PROTOCHAIN: return resolve_proto_id(r, a);
	case TYPE_GATEWAY: return resolve_gateway(r, a);
	}
	return NULL;
}

static struct test *
resolve_prim(struct resolver *r, struct ast *a)
{
	if (a->prim == PRIM_BYTE)
		return resolve_byte(r, a);
	if (a->prim == PRIM_INBOUND || a->prim == PRIM_OUTBOUND)
		return resolve_direction(r, a);
	if (a->prim == PRIM_IFINDEX)
		return resolve_ifindex(r, a);
	if (a->prim < PRIM_LLC) {
		if (a->scope)
			resolve_scope_begin(r);
		return a->prim == PRIM_INNER ? resolve_inner(r, a) : resolve_encap(r, a);
	}
	if (a->prim == PRIM_LLC)
		return resolve_llc(r, a);
	if (a->prim <= PRIM_DIR)
		return resolve_wlan(r, a);
	if (a->prim <= PRIM_ACTION)
		return resolve_pf(r, a);
	return a->prim <= PRIM_METACONNECT ? resolve_atm(r, a) : resolve_ss7(r, a);
}

static struct test *
resolve_leaf(struct resolver *r, struct ast *a)
{
	switch (a->kind) {
	case AST_ID: return resolve_id(r, a);
	case AST_PROTO: return resolve_abbreviation(r, a->quals.proto);
	case AST_RELATION: return resolve_relation(r, a);
	case AST_CAST: return resolve_cast(r, a);
	case AST_LESS:
	case AST_GREATER: return resolve_less(r, a);
	case AST_PRIM: return resolve_prim(r, a);
	case AST_SCOPE_BEGIN: resolve_scope_begin(r); return test_bool(r->arena, true);
	case AST_SCOPE_END: resolve_scope_end(r); return test_bool(r->arena, true);
	case AST_AND:
	case AST_OR:
	case AST_NOT:
	case AST_INNER: break; /* no leaves */
	}
	return NULL;
}

/* The layer, for explain; leaves that share one share it. */
static const struct layer *
keep_layer(struct resolver *r)
{
	return arena_copy(r->arena, &r->layer, sizeof(r->layer));
}

/* Reports every leaf that has no meaning, not only the first. */
static bool
resolve_leaves(struct resolver *r, struct ast *leaves)
{
	bool ok = true;
	const struct layer *layer = keep_layer(r);
	for (struct ast *a = leaves; a != NULL; a = a->next_leaf) {
		r->span = a->span;
		unsigned slots = r->slots;
		r->used = r->shifted = 0;
		r->any = NULL;
		a->before = layer;
		a->test = resolve_leaf(r, a);
		if (r->any != NULL)
			r->slots = slots;
		if (a->kind >= AST_PRIM) /* it may have moved it */
			layer = keep_layer(r);
		a->after = layer;
		a->needs = r->used;
		a->shifted = r->shifted;
		ok = ok && a->test != NULL;
	}
	return ok;
}

/* PPI says in its header what is behind it: 802.11 is LINKTYPE_ 105, little-endian. */
static void
require_wlan(struct resolver *r, struct syntax *syntax)
{
	struct ast *leaf = ARENA_NEW(r->arena, struct ast);
	struct ast *both = ARENA_NEW(r->arena, struct ast);
	const struct value *v = value_load(r->values, NULL, 4, 4);
	*leaf = (struct ast){ .kind = AST_PROTO,
		.next = syntax->root,
		.test = test_equal(r->arena, v, 0x69000000) };
	*both = (struct ast){ .kind = AST_AND,
		.first = leaf,
		.last = syntax->root,
		.span = syntax->root->span };
	syntax->root = both;
}

bool
resolve(const struct filter_opts *opts, struct syntax *syntax, struct graph *g,
	struct arena *arena, struct diags *ds)
{
	const struct linktype *link = linktype_find(opts->linktype);
	const struct place start = { 0 };
	char name[16];
	snprintf(name, sizeof(name), "link type %u", opts->linktype);
	struct resolver r = { .arena = arena,
		.values = &g->values,
		.opts = opts,
		.diags = ds,
		.linkname = link->name ? link->name : name,
		.layer = layer_of(link, start),
		.entry = ARENA_ARRAY(arena, ENTRIES, struct entry) };
	r.layer.cooked = opts->input == FILTER_INPUT_COOKED;
	if (r.layer.cooked)
		r.layer.payload = start;
	if (!resolve_prefix(&r) || !resolve_leaves(&r, syntax->leaves))
		return false;
	syntax->entry = r.entry;
	if (syntax->root == NULL)
		return true;
	reach(&r, syntax->root);
	if (link->has & LINK_PPI)
		require_wlan(&r, syntax);
	return true;
}
