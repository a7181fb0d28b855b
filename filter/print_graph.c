/* print_graph.c: a node of the graph in, its parts as text out.
 *
 * What the bytes are is found as --explain finds it: from the root down, by what the
 * tests on the way have said, and what all ways to a node agree on. */
#include "print.h"

#include <inttypes.h>
#include <stdlib.h>

#include "resolver.h"

#define SPANS_SHOWN 3
#define SPAN_BYTES 60 /* of each */

static const char *const metas[METAS] = {
	[META_PROTOCOL] = "protocol",
	[META_IFINDEX] = "ifindex",
	[META_HATYPE] = "hatype",
	[META_PKTTYPE] = "pkttype",
	[META_VLAN_PRESENT] = "vlan_present",
	[META_VLAN_TCI] = "vlan_tci",
};

static const char *const ops[] = {
	[OP_ADD] = "+",
	[OP_SUB] = "-",
	[OP_MUL] = "*",
	[OP_DIV] = "/",
	[OP_MOD] = "%",
	[OP_AND] = "&",
	[OP_OR] = "|",
	[OP_XOR] = "^",
	[OP_SHL] = "<<",
	[OP_SHR] = ">>",
	[OP_EQ] = "=",
	[OP_GT] = ">",
	[OP_GE] = ">=",
};

const char *
print_meta(enum meta meta)
{
	return metas[meta];
}

const char *
print_op(enum arith_op op)
{
	return ops[op];
}

/* --- names ------------------------------------------------------------------------ */

/* (value & mask) as value and mask; 0: there is none. */
static const struct value *
unmasked(const struct value *v, uint32_t *mask)
{
	bool masked = v->kind == VALUE_ARITH && v->op == OP_AND &&
		      v->b->kind == VALUE_CONST && v->a->kind == VALUE_LOAD;
	*mask = masked ? v->b->k : 0;
	return masked ? v->a : v;
}

const struct field *
print_field_of(const struct print *p, const struct node *n, bool *part)
{
	uint32_t mask;
	const struct value *v = unmasked(n->v, &mask);
	*part = false;
	if (v->kind != VALUE_LOAD)
		return explain_field_of(&p->explain, v);
	const struct field *f = explain_field(
		&p->explain, &p->node[n->id].known, v->a, v->k, v->size, mask, part);
	*part = *part || (f != NULL && f->mask != mask);
	return f;
}

/* Finds where 4*IHL is: the loads behind the IPv4 header have it as their base. */
static void
find_length(struct print *p, const struct value *v, const struct place *net)
{
	uint32_t off;
	if (v == NULL || p->explain.ihl != NULL)
		return;
	if (value_is_header_length(v, &off) && off == net->off && net->base == NULL)
		p->explain.ihl = p->explain.length = v;
	find_length(p, v->a, net);
	find_length(p, v->b, net);
}

static void
arrive(struct print *p, const struct node *to, const struct known *k)
{
	struct print_node *n = &p->node[to->id];
	n->known = n->seen ? explain_either(n->known, k) : *k;
	n->seen = true;
}

/* What a node's outcomes say, to the nodes that they lead to. */
static void
tell(struct print *p, const struct node *n)
{
	bool part;
	const struct known *k = &p->node[n->id].known;
	const struct field *f = n->kind == NODE_TEST ? print_field_of(p, n, &part) : NULL;
	arrive(p, n->other, k);
	for (uint32_t i = 0; i < n->arms; i++) {
		const struct arm *a = &n->arm[i];
		struct known told = *k;
		if (f != NULL && !part && a->lo == a->hi)
			explain_tell(f, a->lo, &told);
		arrive(p, a->to, &told);
	}
}

void
print_begin(struct print *p, const struct graph *g, const struct print_source *source,
	struct arena *scratch, FILE *to)
{
	*p = (struct print){ .g = g, .source = source, .scratch = scratch, .to = to };
	p->opts.linktype = source->linktype;
	p->explain = (struct explain){
		.opts = &p->opts, .to = to, .arena = scratch, .layer = source->layer
	};
	p->reached = graph_reached(g, scratch);
	p->node = ARENA_ARRAY(scratch, g->root->id + 1, struct print_node);
	if (source->layer != NULL) {
		const struct place net = place_net(source->layer);
		for (uint32_t id = 0; id <= g->root->id; id++)
			if (p->reached[id])
				find_length(p, g->node[id]->v, &net);
	}
	const struct known first = explain_known(&p->explain);
	arrive(p, g->root, &first);
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!p->reached[id] || n->v == NULL)
			continue;
		p->node[id].number = p->nodes++;
		tell(p, n);
	}
}

void
print_field(const struct print *p, const char *before, const struct node *n)
{
	bool part;
	const struct field *f = print_field_of(p, n, &part);
	if (f != NULL)
		fprintf(p->to, "%s%s%s", before, part ? "in " : "", f->name);
}

/* --- values and numbers ------------------------------------------------------------ */

/* Recursive: values are of bounded depth. */
static void
print_nested(const struct print *p, const struct value *v, bool nested)
{
	switch (v->kind) {
	case VALUE_CONST: fprintf(p->to, "%" PRIu32, v->k); return;
	case VALUE_LEN: fputs("len", p->to); return;
	case VALUE_META: fputs(print_meta(v->meta), p->to); return;
	case VALUE_SLOT: fprintf(p->to, "s%" PRIu32, v->k); return;
	case VALUE_FAULT: fputs("fault", p->to); return;
	case VALUE_LOAD:
		fputc('[', p->to);
		if (v->a != NULL)
			print_nested(p, v->a, v->k > 0);
		if (v->a != NULL && v->k > 0)
			fputs(" + ", p->to);
		if (v->a == NULL || v->k > 0)
			fprintf(p->to, "%" PRIu32, v->k);
		fprintf(p->to, v->size > 1 ? ":%u]" : "]", v->size);
		return;
	case VALUE_ARITH: break;
	}
	bool bits = v->op >= OP_AND && v->op <= OP_XOR;
	fputs(nested ? "(" : "", p->to);
	print_nested(p, v->a, true);
	fprintf(p->to, " %s ", print_op(v->op));
	if (bits && v->b->kind == VALUE_CONST)
		fprintf(p->to, "0x%" PRIx32, v->b->k);
	else
		print_nested(p, v->b, true);
	fputs(nested ? ")" : "", p->to);
}

void
print_value(const struct print *p, const struct value *v)
{
	print_nested(p, v, false);
}

/* As its field's are. */
struct field
print_style(const struct print *p, const struct node *n)
{
	bool part;
	uint32_t mask;
	const struct value *v = unmasked(n->v, &mask);
	const struct field *f = print_field_of(p, n, &part);
	struct field style = { .style = mask != 0 ? STYLE_HEX : STYLE_NUMBER,
		.size = v->kind == VALUE_LOAD ? v->size : 2,
		.mask = mask };
	if (f != NULL && (!part || f->style == STYLE_IPV4))
		style.style = f->style;
	else if (f != NULL)
		style.style = STYLE_HEX;
	return style;
}

static void
print_number(const struct print *p, const struct field *style, uint32_t k)
{
	explain_number(p->to, style->style, k, style->size, style->mask);
}

/* Ranges at an end of what the value can be are written as comparisons. */
static void
print_range(const struct print *p, const struct node *n, const struct field *style,
	const struct arm *a)
{
	const bool ends[2] = { a->lo == n->v->lo, a->hi == n->v->hi };
	if (a->lo == a->hi || (ends[0] && ends[1])) {
		print_number(p, style, a->lo);
	} else if (ends[1]) {
		fputs(">= ", p->to);
		print_number(p, style, a->lo);
	} else if (ends[0]) {
		fputs("<= ", p->to);
		print_number(p, style, a->hi);
	} else {
		print_number(p, style, a->lo);
		fputs(" - ", p->to);
		print_number(p, style, a->hi);
	}
}

void
print_numbers(const struct print *p, const struct node *n, const struct print_edge *e,
	uint32_t max)
{
	const struct field style = print_style(p, n);
	for (uint32_t i = 0; i < e->arms && i < max; i++) {
		fputs(i > 0 ? ", " : "", p->to);
		print_range(p, n, &style, e->arm[i]);
	}
	if (e->arms > max)
		fprintf(p->to, ", and %" PRIu32 " more", e->arms - max);
}

void
print_target(const struct print *p, const struct node *n)
{
	if (n->v != NULL)
		fprintf(p->to, "n%" PRIu32, p->node[n->id].number);
	else
		fputs(n->kind == NODE_ACCEPT ? "accept" : "reject", p->to);
}

/* --- arms by target ---------------------------------------------------------------- */

static int
by_target(const void *x, const void *y)
{
	const struct arm *const *a = x, *const *b = y;
	if ((*a)->to->id != (*b)->to->id)
		return (*a)->to->id > (*b)->to->id ? -1 : 1;
	return (*a)->lo < (*b)->lo ? -1 : (*a)->lo > (*b)->lo;
}

static int
by_first(const void *x, const void *y)
{
	const struct print_edge *a = x, *b = y;
	return a->arm[0]->lo < b->arm[0]->lo ? -1 : a->arm[0]->lo > b->arm[0]->lo;
}

struct print_edges
print_edges_of(const struct print *p, const struct node *n)
{
	const struct arm **arm = ARENA_ARRAY(p->scratch, n->arms, const struct arm *);
	struct print_edges all = { .edge = ARENA_ARRAY(
					   p->scratch, n->arms, struct print_edge) };
	for (uint32_t i = 0; i < n->arms; i++)
		arm[i] = &n->arm[i];
	if (n->arms > 1)
		qsort(arm, n->arms, sizeof(*arm), by_target);
	for (uint32_t i = 0; i < n->arms; i++) {
		struct print_edge *last = all.count > 0 ? &all.edge[all.count - 1] : NULL;
		if (last != NULL && last->to == arm[i]->to)
			last->arms++;
		else
			all.edge[all.count++] =
				(struct print_edge){ arm[i]->to, &arm[i], 1 };
	}
	if (all.count > 1)
		qsort(all.edge, all.count, sizeof(*all.edge), by_first);
	return all;
}

/* --- source ------------------------------------------------------------------------- */

/* Characters that would end the quotes, or the line, become blanks. */
static void
print_span(const struct print *p, struct span s, const char *quote)
{
	uint32_t len = s.len < SPAN_BYTES ? s.len : SPAN_BYTES;
	while (len < s.len && len > 0 &&
		((unsigned char)p->source->text[s.at + len] & 0xc0) == 0x80)
		len--; /* whole characters of UTF-8 */
	fputs(quote, p->to);
	for (uint32_t i = 0; i < len; i++) {
		const char c = p->source->text[s.at + i];
		bool plain =
			(unsigned char)c >= ' ' && c != '"' && c != '\\' && c != 0x7f;
		fputc(plain ? c : ' ', p->to);
	}
	fprintf(p->to, "%s%s", len < s.len ? "..." : "", quote);
}

void
print_spans(const struct print *p, const struct node *n, const char *quote)
{
	uint32_t shown = 0;
	for (const struct source_span *s = n->source; s != NULL; s = s->next) {
		if (shown == SPANS_SHOWN) {
			fprintf(p->to, " and %" PRIu32 " more", s->count);
			return;
		}
		fputs(shown++ > 0 ? ", " : "", p->to);
		print_span(p, s->span, quote);
	}
}
