/* eval.c: the reference meaning: a value, and a decision graph, on one packet.
 * Slow and plain; every back end equals it, bit for bit. */
#include "graph.h"

#include <assert.h>

static bool
load(const struct filter_packet *p, uint64_t at, unsigned size, uint32_t *out)
{
	if (at + size > p->caplen)
		return false;
	uint32_t x = 0;
	for (unsigned i = 0; i < size; i++)
		x = x << 8 | p->data[at + i];
	*out = x;
	return true;
}

static uint32_t
meta_of(const struct filter_packet *p, enum meta meta)
{
	switch (meta) {
	case META_PROTOCOL: return p->protocol;
	case META_IFINDEX: return p->ifindex;
	case META_HATYPE: return p->hatype;
	case META_PKTTYPE: return p->pkttype;
	case META_VLAN_PRESENT: return p->vlan_present;
	case META_VLAN_TCI: return p->vlan_tci;
	case METAS: break;
	}
	assert(!"closed enum");
	return 0;
}

/* Recursive: the depth is at most VALUE_DEPTH_MAX and a few for guards. */
bool
value_eval(const struct value *v, const struct filter_packet *p,
	const uint32_t slot[SLOTS], uint32_t *out)
{
	uint32_t a = 0, b = 0;
	switch (v->kind) {
	case VALUE_CONST: *out = v->k; return true;
	case VALUE_LEN: *out = p->len; return true;
	case VALUE_META: *out = meta_of(p, v->meta); return true;
	case VALUE_FAULT: return false;
	case VALUE_LOAD:
		if (v->a != NULL && !value_eval(v->a, p, slot, &a))
			return false;
		return load(p, (uint64_t)a + v->k, v->size, out);
	case VALUE_ARITH:
		return value_eval(v->a, p, slot, &a) && value_eval(v->b, p, slot, &b) &&
		       arith_apply(v->op, a, b, out);
	case VALUE_SLOT: *out = slot[v->k]; return true;
	}
	assert(!"closed enum");
	return false;
}

const struct node *
node_next(const struct node *n, uint32_t x)
{
	for (uint32_t i = 0; i < n->arms; i++)
		if (x >= n->arm[i].lo && x <= n->arm[i].hi)
			return n->arm[i].to;
	return n->other;
}

uint32_t
graph_eval(const struct graph *g, const struct filter_packet *p)
{
	const struct node *n = g->root;
	uint32_t slot[SLOTS] = { 0 };
	while (n->kind == NODE_TEST || n->kind == NODE_BIND) {
		uint32_t x;
		if (!value_eval(n->v, p, slot, &x))
			return 0;
		if (n->kind == NODE_BIND)
			slot[n->slot->k] = x;
		n = n->kind == NODE_BIND ? n->other : node_next(n, x);
	}
	return n->kind == NODE_ACCEPT ? g->snaplen : 0;
}
