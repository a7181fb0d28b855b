/* explain.c: a syntax tree with its tests, and the graph that came of it, in; English
 * out: the tree by indentation, each leaf with its words, its tests and the captured
 * bytes that it needs; at the end what becomes of truncated packets.
 *
 * Logic is walked with a stack of its own: its depth is the user's. */
#include "explain.h"

#include <inttypes.h>

#include "step.h"

#define INDENT_MAX                                                                       \
	24              /* levels; deeper ones get a number, so that output stays linear \
			 */
#define QUOTED_MAX 1000 /* bytes of the expression in one place */
#define WIDTH 2         /* columns a level */
#define OFFSET_MAX 0xffffff /* no packet is longer */

void
explain_indent(const struct explain *e)
{
	bool deep = e->level > INDENT_MAX;
	fprintf(e->to, "%*s", WIDTH * (int)(deep ? INDENT_MAX : e->level), "");
	if (deep)
		fprintf(e->to, "(level %" PRIu32 ") ", e->level);
}

static void
line(const struct explain *e, const char *text)
{
	explain_indent(e);
	fprintf(e->to, "%s\n", text);
}

static void
quote(const struct explain *e, struct span s)
{
	const char *at = e->text + s.at, *end = at + s.len;
	const char *stop = s.len > QUOTED_MAX ? at + QUOTED_MAX : end;
	fputc('\'', e->to);
	for (; at < stop; at++) {
		unsigned char c = (unsigned char)*at;
		fputc(c < ' ' || c == 0x7f ? ' ' : c, e->to);
	}
	fputs(stop < end ? "...'" : "'", e->to);
}

/* From now on tests are of this layer. */
static void
set_layer(struct explain *e, const struct layer *l)
{
	e->layer = l;
	e->length = e->ihl = NULL;
	if (l == NULL)
		return;
	struct place net = place_net(l);
	const struct value *first = value_load(e->values, net.base, net.off, 1);
	if (first->kind != VALUE_LOAD)
		return;
	const struct value *words =
		value_arith(e->values, OP_AND, first, value_const(e->values, 15));
	e->length = value_arith(e->values, OP_SHL, words, value_const(e->values, 2));
	e->ihl = net.base != NULL ? value_arith(e->values, OP_ADD, e->length, net.base)
				  : e->length;
}

/* --- a leaf ---------------------------------------------------------------------- */

/* An id behind the words that say what it is, where those stand right before it. */
static void
print_title(struct explain *e, const struct ast *a)
{
	struct span head = a->quals.span, whole = a->span;
	explain_indent(e);
	if (a->kind != AST_ID || head.len == 0) {
		if (whole.len > 0)
			quote(e, whole);
		else
			fputs("before all:", e->to); /* resolve.c, require_wlan */
		fputc('\n', e->to);
		return;
	}
	bool adjacent = head.at + head.len <= whole.at;
	for (uint32_t i = head.at + head.len; adjacent && i < whole.at; i++)
		adjacent = e->text[i] == ' ' || e->text[i] == '\t' || e->text[i] == '\n';
	if (adjacent) {
		whole.len += whole.at - head.at;
		whole.at = head.at;
	}
	quote(e, whole);
	if (!adjacent) {
		fputs(", after ", e->to);
		quote(e, head);
	}
	fputc('\n', e->to);
}

/* What has to be passed, and need not have been, when the leaf is come to. */
static void
print_guards(struct explain *e, const struct syntax *s, const struct ast *a)
{
	for (uint64_t left = a->missing; left != 0; left &= left - 1) {
		unsigned n = (unsigned)__builtin_ctzll(left);
		const struct entry *entry = &s->entry[n];
		struct known known = explain_known(e);
		if (n + 1 == a->entry)
			continue; /* it is the leaf itself */
		if (entry->always) {
			line(e, "first, where headers begin:");
			e->level++;
			explain_test(e, entry->test, &known);
			e->level--;
			continue;
		}
		explain_indent(e);
		fputs("first the tests of ", e->to);
		quote(e, entry->span);
		fputs(" again, which need not have been passed here\n", e->to);
	}
}

static enum header
tunnel_of(const struct ast *a)
{
	static const enum header headers[PRIMS] = { [PRIM_GENEVE] = HEADER_GENEVE,
		[PRIM_VXLAN] = HEADER_VXLAN,
		[PRIM_GRE] = HEADER_GRE,
		[PRIM_GTP] = HEADER_GTP };
	return a->kind == AST_PRIM ? headers[a->prim] : HEADER_NONE;
}

static void
print_ihl(struct explain *e)
{
	if (!e->ihl_told)
		return;
	struct place net = place_net(e->layer);
	explain_indent(e);
	fputs("(IHL, the IPv4 header's length in words: ", e->to);
	explain_place(e, net.base, net.off, 1);
	fputs(" & 0xf)\n", e->to);
	e->ihl_told = false;
}

static const char *
plural(uint64_t n)
{
	return n == 1 ? "" : "s";
}

/* Of a leaf: how many captured bytes it needs, and what becomes of fewer. */
static void
print_need(struct explain *e, const struct ast *a)
{
	struct need n = explain_need_test(a->test);
	explain_indent(e);
	if (n.least == NEED_NEVER) {
		fputs("captured: never enough: it rejects whatever comes to it\n", e->to);
		return;
	}
	if (n.fixed == 0 && n.moving == 0 && !n.open) {
		fputs("captured: no byte of the packet is read\n", e->to);
		return;
	}
	fputs("captured: ", e->to);
	if (n.least > 0)
		fprintf(e->to,
			"with fewer than %" PRIu64 " byte%s the packet is rejected at "
			"once, whatever 'not' or 'or' is around; ",
			n.least, plural(n.least));
	uint64_t enough = n.moving > n.fixed ? n.moving : n.fixed;
	if (n.open)
		fputs("how many suffice depends on the headers\n", e->to);
	else
		fprintf(e->to, "%" PRIu64 " suffice%s%s\n", enough,
			enough == 1 ? "s" : "", enough > n.fixed ? " in any case" : "");
}

static void
print_position(struct explain *e, const char *what, struct place p)
{
	fputs(what, e->to);
	if (p.base != NULL) {
		explain_value(e, p.base);
		fputs(p.off > 0 ? " + " : "", e->to);
	}
	if (p.base == NULL || p.off > 0)
		fprintf(e->to, "%" PRIu32, p.off);
}

/* Where headers are looked for behind a word that has moved them. */
static void
print_shift(struct explain *e, const struct ast *a)
{
	const struct layer *before = a->before, *after = a->after;
	if (before == NULL || after == NULL || a->entry == 0)
		return;
	struct place was = place_net(before), is = place_net(after);
	explain_indent(e);
	fputs(a->scope ? "inside its parentheses "
		       : "to the right of it, also behind 'or', 'not' and ')', ",
		e->to);
	if (was.base == is.base && before->link == after->link && is.off > was.off)
		fprintf(e->to, "headers are looked for %" PRIu32 " bytes later: ",
			is.off - was.off);
	else
		fputs("headers are looked for behind it: ", e->to);
	if (before->link != after->link && after->link->mac == MAC_FIXED)
		print_position(e, "link header at ", after->header), fputs(", ", e->to);
	if (after->link->key == KEY_SLOT)
		print_position(e, "EtherType in ", after->type), fputs(", ", e->to);
	else if (after->mpls == 0 && after->type.off <= OFFSET_MAX)
		print_position(e, "protocol at ", after->type), fputs(", ", e->to);
	print_position(e, "network header at ", is);
	fputc('\n', e->to);
}

static void
print_leaf(struct explain *e, const struct syntax *s, const struct ast *a)
{
	print_title(e, a);
	e->level++;
	set_layer(e, a->before);
	explain_words(e, a);
	print_guards(e, s, a);
	struct known known = explain_known(e);
	known.tunnel = tunnel_of(a);
	const struct test *own = a->own != NULL ? a->own : a->test;
	if (own->kind != TEST_TRUE || a->missing == 0)
		explain_test(e, own, &known);
	print_ihl(e);
	if (a->step != NULL) {
		set_layer(e, a->after);
		line(e, "where what is inside does not hold, into a tunnel, twice at "
			"most:");
		e->level++;
		known = explain_known(e);
		explain_test(e, a->step, &known);
		print_ihl(e);
		e->level--;
	}
	print_need(e, a);
	print_shift(e, a);
	e->level--;
}

/* --- logic ----------------------------------------------------------------------- */

struct frame {
	const struct ast *a, *operand; /* operand: the next one */
};

struct walk {
	struct explain *e;
	struct frame *frame;
	uint32_t depth, room;
};

/* Was it not in parentheses of its own?  A chain that began in some may have gone on. */
static bool
is_loose(const struct explain *e, const struct ast *a)
{
	uint32_t end = a->span.at + a->span.len;
	while (e->text[end] == ' ' || e->text[end] == '\t' || e->text[end] == '\n')
		end++;
	return !a->grouped || e->text[end] != ')';
}

static void
print_logic(struct explain *e, const struct ast *a)
{
	const struct ast *first = a->first;
	bool all = a->kind == AST_AND;
	bool scope = first->kind == AST_PRIM && first->scope;
	explain_indent(e);
	if (a->kind == AST_NOT)
		fputs("not:", e->to);
	else if (a->kind == AST_INNER)
		fputs("in the packet, or in a tunnel, or in a tunnel inside that:",
			e->to);
	else if (scope) {
		fputs("all of (a scope: only what is in its parentheses is inside ",
			e->to);
		quote(e, first->span);
		fputs("):", e->to);
	} else
		fputs(all ? "all of:" : "any of:", e->to);
	bool mixed = (all && first->kind == AST_OR) ||
		     (a->kind == AST_OR && first->kind == AST_AND &&
			     !(first->first->kind == AST_PRIM && first->first->scope));
	if (mixed && is_loose(e, first))
		fputs(" (read from left to right: 'and' binds no tighter than 'or')",
			e->to);
	fputc('\n', e->to);
}

static void
push(struct walk *w, const struct ast *a)
{
	if (w->depth == w->room) {
		uint32_t room = w->room ? w->room * 2 : 32;
		struct frame *to = ARENA_ARRAY(w->e->arena, room, struct frame);
		for (uint32_t i = 0; i < w->depth; i++)
			to[i] = w->frame[i];
		w->frame = to;
		w->room = room;
	}
	w->frame[w->depth++] = (struct frame){ a, a->first };
}

static void
print_tree(struct explain *e, const struct syntax *s)
{
	struct walk w = { .e = e };
	push(&w, s->root);
	while (w.depth > 0) {
		struct frame *f = &w.frame[w.depth - 1];
		if (f->a->first == NULL) {
			print_leaf(e, s, f->a);
			w.depth--;
			continue;
		}
		if (f->operand == f->a->first) {
			print_logic(e, f->a);
			e->level++;
		}
		if (f->operand == NULL) {
			e->level--;
			w.depth--;
			continue;
		}
		const struct ast *next = f->operand;
		f->operand = next->next;
		push(&w, next); /* may move the frames: f is not used after it */
	}
}

/* --- the whole ------------------------------------------------------------------- */

static void
print_head(const struct explain *e)
{
	static const char *const inputs[] = {
		[FILTER_INPUT_FILE] = "packets of a file: offsets count from the first "
				      "byte",
		[FILTER_INPUT_SKB] = "packets from an interface: offsets count from the "
				     "link header's first byte; a VLAN tag that the "
				     "kernel took off is not among the bytes",
		[FILTER_INPUT_COOKED] = "packets from all interfaces: offsets count from "
					"the network header; the link header is not "
					"among the bytes, the kernel tells its fields",
	};
	const char *name = filter_linktype_name(e->opts->linktype);
	if (name != NULL)
		fprintf(e->to, "%s, %s.\n\n", name, inputs[e->opts->input]);
	else
		fprintf(e->to, "Link type %u, %s.\n\n", e->opts->linktype,
			inputs[e->opts->input]);
}

static void
print_truncation(const struct explain *e, const struct graph *g)
{
	struct need n = explain_need_graph(g, e->arena);
	fputs("\nTruncated packets:\n", e->to);
	if (g->root == g->accept || g->root == g->reject) {
		fprintf(e->to, "  No byte has to be looked at: every packet is %s.\n",
			g->root == g->accept ? "accepted" : "rejected");
		return;
	}
	if (n.fixed == 0 && n.moving == 0 && !n.open) {
		fputs("  No byte is looked at: truncation does not matter.\n", e->to);
		return;
	}
	fputs("  A test that needs a byte that was not captured rejects the packet at "
	      "once, whatever\n"
	      "  'not' or 'or' is around it.  Where the captured bytes decide alone, "
	      "whatever the others\n"
	      "  hold, the packet may be accepted all the same.\n",
		e->to);
	if (n.least == NEED_NEVER)
		fputs("  No packet is accepted.\n", e->to);
	else if (n.least > 0)
		fprintf(e->to,
			"  Fewer than %" PRIu64 " captured byte%s: no packet is "
			"accepted.\n",
			n.least, plural(n.least));
	if (n.fixed > 0)
		fprintf(e->to,
			"  %" PRIu64 " captured byte%s: no test at a constant offset "
			"lacks any.\n",
			n.fixed, plural(n.fixed));
	if (n.moving > 0)
		fprintf(e->to,
			"  %" PRIu64 " captured bytes: no test at a computed offset%s "
			"lacks any.\n",
			n.moving, n.open ? " that has a bound" : "");
	if (n.open)
		fputs("  How many the others need depends on what the headers before "
		      "them say.\n",
			e->to);
}

void
explain(const struct filter_opts *opts, const struct syntax *s, const char *text,
	struct graph *g, struct arena *scratch, FILE *to)
{
	struct explain e = { .opts = opts,
		.text = text,
		.to = to,
		.values = &g->values,
		.arena = scratch };
	print_head(&e);
	if (s->root == NULL)
		fputs("No expression: every packet is accepted.\n", to);
	else
		print_tree(&e, s);
	print_truncation(&e, g);
}
