/* print_c.c: a graph in, a program in C out, which clang compiles for the hook (any
 * compiler: for user space).  A label a node, forward gotos only; what a load finds
 * missing, and a division by zero, rejects at once. */
#include "print.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "linktype.h"
#include "print_c.h"

#define TEXT_SHOWN 2000 /* bytes of the expression at the top */
#define SPANS_SHOWN 3
#define SPAN_SHOWN 60
#define IFS_MAX 4    /* arms; more become a switch */
#define HEIGHT_MAX 6 /* of an expression on one line: compilers bound brackets */
#define NO_NAME UINT32_MAX

/* Numbers that are on the way have names, x0 …, for the node in hand. */
struct writer {
	struct print p;
	const struct c_hook *hook;
	bool dry;       /* names are counted only */
	uint32_t *name; /* by the value's id */
	uint32_t names, most;
	const struct value **named;
	uint32_t room;
	uint16_t slots;
	uint32_t metas; /* bit n: enum meta n is asked for */
	bool len;
};

__attribute__((format(printf, 2, 3))) static void
put(struct writer *s, const char *fmt, ...)
{
	va_list ap;
	if (s->dry)
		return;
	va_start(ap, fmt);
	vfprintf(s->p.to, fmt, ap);
	va_end(ap);
}

/* --- values --------------------------------------------------------------------- */

static void
name(struct writer *s, const struct value *v)
{
	ARENA_MORE(s->p.scratch, s->named, s->names, &s->room);
	s->named[s->names] = v;
	s->name[v->id] = s->names++;
	if (s->names > s->most)
		s->most = s->names;
}

static void
forget_names(struct writer *s)
{
	while (s->names > 0)
		s->name[s->named[--s->names]->id] = NO_NAME;
}

/* Levels of operators when it is written out. */
static unsigned
height(const struct writer *s, const struct value *v)
{
	if (v->kind != VALUE_ARITH || s->name[v->id] != NO_NAME)
		return 0;
	unsigned a = height(s, v->a), b = height(s, v->b);
	return 1 + (a > b ? a : b);
}

/* Recursive, at most HEIGHT_MAX deep. */
static void
put_value(struct writer *s, const struct value *v, bool nested)
{
	if (s->name[v->id] != NO_NAME) {
		put(s, "x%" PRIu32, s->name[v->id]);
		return;
	}
	switch (v->kind) {
	case VALUE_CONST:
		put(s, v->k > 9 ? "0x%" PRIx32 "u" : "%" PRIu32 "u", v->k);
		return;
	case VALUE_LEN:
		s->len = true;
		put(s, "len");
		return;
	case VALUE_META:
		s->metas |= 1u << v->meta;
		put(s, "%s", print_meta(v->meta));
		return;
	case VALUE_SLOT: put(s, "s%" PRIu32, v->k); return;
	case VALUE_LOAD:
	case VALUE_FAULT: put(s, "0"); return; /* named; tested by no graph */
	case VALUE_ARITH: break;
	}
	put(s, nested ? "(" : "");
	put_value(s, v->a, true);
	put(s, " %s ", v->op == OP_EQ ? "==" : print_op(v->op));
	put_value(s, v->b, true);
	put(s, nested ? ")" : "");
}

/* Reads what the value is made of.  Recursive: values are of bounded depth. */
static void
put_loads(struct writer *s, const struct value *v)
{
	if (s->name[v->id] != NO_NAME)
		return;
	if (v->a != NULL)
		put_loads(s, v->a);
	if (v->b != NULL)
		put_loads(s, v->b);
	if (v->kind == VALUE_LOAD) {
		put(s, "\tif (!load(%s, ", s->hook->call);
		if (v->a != NULL) {
			put_value(s, v->a, true);
			put(s, " + ");
		}
		put(s, "%" PRIu32 ", %u, &x%" PRIu32 "))\n\t\treturn OTHER;\n", v->k,
			v->size, s->names);
		name(s, v);
	} else if (v->kind == VALUE_ARITH) {
		bool divides = v->op == OP_DIV || v->op == OP_MOD;
		if (divides && v->b->lo == 0) {
			put(s, "\tif (");
			put_value(s, v->b, true);
			put(s, " == 0)\n\t\treturn OTHER;\n");
		}
		if (height(s, v) <= HEIGHT_MAX)
			return;
		put(s, "\tx%" PRIu32 " = ", s->names);
		put_value(s, v, false);
		put(s, ";\n");
		name(s, v);
	}
}

/* --- comments ------------------------------------------------------------------- */

/* Nothing that would end the comment, or the line. */
static void
put_text(struct writer *s, const char *text, uint32_t len, uint32_t max)
{
	uint32_t shown = len < max ? len : max;
	while (shown < len && shown > 0 && ((unsigned char)text[shown] & 0xc0) == 0x80)
		shown--; /* whole characters of UTF-8 */
	for (uint32_t i = 0; i < shown; i++) {
		const unsigned char c = (unsigned char)text[i];
		const char before = i > 0 ? text[i - 1] : ' ';
		const bool apart =
			(c == '/' && before == '*') || (c == '*' && before == '/');
		put(s, apart ? " %c" : "%c", c < ' ' || c == 0x7f || c == '\\' ? ' ' : c);
	}
	put(s, shown < len ? "..." : "");
}

static void
put_comment(struct writer *s, const struct node *n)
{
	bool part;
	const struct field *f = print_field_of(&s->p, n, &part);
	uint32_t shown = 0;
	put(s, "\t/*");
	if (f != NULL)
		put(s, " %s%s", part ? "in " : "", f->name);
	for (const struct source_span *at = n->source; at != NULL && shown < SPANS_SHOWN;
		at = at->next, shown++) {
		put(s, shown > 0 ? ", '" : f != NULL ? ": '" : " '");
		put_text(s, s->p.source->text + at->span.at, at->span.len, SPAN_SHOWN);
		put(s, "'");
	}
	if (f == NULL && shown == 0)
		put(s, " a test");
	put(s, " */\n");
}

/* The number as a person writes it, where that differs. */
static void
put_meaning(struct writer *s, const struct field *style, uint32_t k)
{
	if (s->dry || style->style == STYLE_NUMBER || style->style == STYLE_HEX)
		return;
	put(s, " /* ");
	explain_number(s->p.to, style->style, k, style->size, style->mask);
	put(s, " */");
}

/* --- nodes ---------------------------------------------------------------------- */

static void
put_way(struct writer *s, const struct node *to)
{
	if (to->v != NULL)
		put(s, "goto n%" PRIu32 ";\n", s->p.node[to->id].number);
	else
		put(s, "return %s;\n", to->kind == NODE_ACCEPT ? "MATCH" : "OTHER");
}

static void
put_number(struct writer *s, const struct field *style, uint32_t k)
{
	put(s, style->style == STYLE_NUMBER ? "%" PRIu32 "u" : "0x%" PRIx32, k);
}

/* One arm as a condition, `x` being what is tested. */
static void
put_if(struct writer *s, const struct value *v, const struct field *style,
	const struct arm *a)
{
	const bool ends[2] = { a->lo == 0, a->hi == UINT32_MAX };
	put(s, "\tif (");
	if (a->lo == a->hi) {
		put_value(s, v, true);
		put(s, " == ");
		put_number(s, style, a->lo);
		put_meaning(s, style, a->lo);
	} else if (ends[0] && ends[1])
		put(s, "1");
	if (a->lo != a->hi && !ends[0]) {
		put_value(s, v, true);
		put(s, " >= ");
		put_number(s, style, a->lo);
		put_meaning(s, style, a->lo);
	}
	if (a->lo != a->hi && !ends[1]) {
		put(s, ends[0] ? "" : " && ");
		put_value(s, v, true);
		put(s, " <= ");
		put_number(s, style, a->hi);
		put_meaning(s, style, a->hi);
	}
	put(s, ")\n\t\t");
	put_way(s, a->to);
}

static void
put_switch(struct writer *s, const struct node *n, const struct field *style)
{
	const struct print_edges all = print_edges_of(&s->p, n);
	put(s, "\tswitch (");
	put_value(s, n->v, false);
	put(s, ") {\n");
	for (uint32_t i = 0; i < all.count; i++) {
		for (uint32_t j = 0; j < all.edge[i].arms; j++) {
			const struct arm *a = all.edge[i].arm[j];
			put(s, "\tcase ");
			put_number(s, style, a->lo);
			if (a->lo != a->hi) {
				put(s, " ... ");
				put_number(s, style, a->hi);
			}
			put(s, ":");
			put_meaning(s, style, a->lo);
			put(s, "\n");
		}
		put(s, "\t\t");
		put_way(s, all.edge[i].to);
	}
	put(s, "\tdefault:\n\t\t");
	put_way(s, n->other);
	put(s, "\t}\n");
}

static void
put_node(struct writer *s, const struct node *n)
{
	const struct field style = print_style(&s->p, n);
	put(s, "\n");
	if (n != s->p.g->root)
		put(s, "n%" PRIu32 ":\n", s->p.node[n->id].number);
	put_comment(s, n);
	put_loads(s, n->v);
	if (n->kind == NODE_BIND) {
		s->slots |= n->slot->slots;
		put(s, "\ts%" PRIu32 " = ", n->slot->k);
		put_value(s, n->v, false);
		put(s, ";\n\t");
		put_way(s, n->other);
	} else if (n->arms > IFS_MAX) {
		put_switch(s, n, &style);
	} else {
		for (uint32_t i = 0; i < n->arms; i++)
			put_if(s, n->v, &style, &n->arm[i]);
		put(s, "\t");
		put_way(s, n->other);
	}
	forget_names(s);
}

static void
put_nodes(struct writer *s)
{
	const struct graph *g = s->p.g;
	for (uint32_t id = g->root->id + 1; id-- > 0;)
		if (s->p.reached[id] && g->node[id]->v != NULL)
			put_node(s, g->node[id]);
}

/* --- the file ------------------------------------------------------------------- */

static void
put_verdict(struct writer *s, const char *what, const char *is, const char *says)
{
	if (is != NULL)
		put(s, "#define %s %s /* %s */\n", what, is, says);
	else
		put(s, "#define %s %" PRIu32 " /* %s: bytes of it at most */\n", what,
			s->p.g->snaplen, says);
}

static void
put_variables(struct writer *s)
{
	const struct c_hook *h = s->hook;
	if (s->len)
		put(s, "\tconst %s len = %s;\n", h->u32, h->len);
	for (enum meta m = 0; m < METAS; m++)
		if (s->metas >> m & 1)
			put(s, "\tconst %s %s = %s;\n", h->u32, print_meta(m),
				h->meta[m]);
	for (uint32_t i = 0; i < s->most; i++)
		put(s, "\t%s x%" PRIu32 ";\n", h->u32, i);
	for (unsigned i = 0; i < SLOTS; i++)
		if (s->slots >> i & 1)
			put(s, "\t%s s%u = 0;\n", h->u32, i);
}

static void
put_head(struct writer *s, bool drop)
{
	const struct c_hook *h = s->hook;
	const struct linktype *link = linktype_find(s->p.source->linktype);
	const char *text = s->p.source->text;
	put(s, "/* ");
	put_text(s, text, (uint32_t)strlen(text), TEXT_SHOWN);
	put(s,
		"%s\n *\n * A packet filter, written by bpfcap for the %s hook; link "
		"type "
		"%s.\n * Offsets count from the packet's first byte.  A packet that is "
		"too "
		"short for what\n * is read of it does not match.\n%s */\n%s",
		*text == '\0' ? "all packets" : "", h->name,
		link != NULL ? link->name : "unknown", h->use, h->open);
	put(s, "#ifndef MATCH\n");
	put_verdict(s, "MATCH", h->accept[drop], drop ? "dropped" : "passed on");
	put_verdict(s, "OTHER", h->reject[drop], drop ? "passed on" : "dropped");
	put(s, "#endif\n\n%s", h->head);
	put_variables(s);
}

static bool
refuse_meta(const struct writer *s, struct diags *ds)
{
	enum meta meta = 0;
	while ((s->metas >> meta & 1) == 0 || s->hook->meta[meta] != NULL)
		if (++meta == METAS)
			return false;
	const char *others = c_hooks_with(meta);
	diags_error(ds, DIAG_HOOK, (struct span){ 0, 0 },
		"a packet's %s is not known to C at the %s hook", print_meta(meta),
		s->hook->name);
	diags_hint(ds,
		*others != '\0' ? "hooks that know it: %s%s"
				: "%s--emit ebpf has it in struct %s",
		others, *others != '\0' ? "" : "filter_pktbuf");
	return true;
}

bool
print_c(const struct graph *g, const struct print_source *source,
	const struct filter_target *target, struct arena *scratch, FILE *to,
	struct diags *ds)
{
	struct writer s = { .hook = c_hook_of(target->reads), .dry = true };
	if (s.hook == NULL) {
		diags_error(ds, DIAG_HOOK, (struct span){ 0, 0 },
			"there is no program in C for the drop hook");
		diags_hint(ds, "one of the hooks socket, tc, xdp, user; or --emit ebpf");
		return false;
	}
	print_begin(&s.p, g, source, scratch, to);
	s.name = ARENA_ARRAY(scratch, g->values.count, uint32_t);
	for (uint32_t i = 0; i < g->values.count; i++)
		s.name[i] = NO_NAME;
	put_nodes(&s);
	if (refuse_meta(&s, ds))
		return false;
	s.dry = false;
	put_head(&s, target->drop);
	put_nodes(&s);
	if (g->root->v == NULL)
		put(&s, "\treturn %s;\n",
			g->root->kind == NODE_ACCEPT ? "MATCH" : "OTHER");
	put(&s, "}\n%s", s.hook->tail);
	return true;
}
