/* print_dot.c: a graph in, a digraph for Graphviz out.  Edges have the numbers that take
 * them, and `else`; several graphs in a row are several digraphs. */
#include "print.h"

#include <inttypes.h>

#define NUMBERS_SHOWN 8 /* on an edge */

static void
print_edge(const struct print *p, const struct node *n, const struct node *to)
{
	fputc('\t', p->to);
	print_target(p, n);
	fputs(" -> ", p->to);
	print_target(p, to);
}

static void
print_node(const struct print *p, const struct node *n)
{
	fputc('\t', p->to);
	print_target(p, n);
	fputs(" [label=\"", p->to);
	if (n->kind == NODE_BIND) {
		print_value(p, n->slot);
		fputs(" := ", p->to);
	}
	print_value(p, n->v);
	print_field(p, "\\n", n);
	if (n->source != NULL) {
		fputs("\\n", p->to);
		print_spans(p, n, "'");
	}
	fprintf(p->to, "\"%s];\n", n->kind == NODE_BIND ? ", style=rounded" : "");
	if (n->kind == NODE_BIND) {
		print_edge(p, n, n->other);
		fputs(";\n", p->to);
		return;
	}
	const struct print_edges all = print_edges_of(p, n);
	for (uint32_t i = 0; i < all.count; i++) {
		print_edge(p, n, all.edge[i].to);
		fputs(" [label=\"", p->to);
		print_numbers(p, n, &all.edge[i], NUMBERS_SHOWN);
		fputs("\"];\n", p->to);
	}
	print_edge(p, n, n->other);
	fputs(" [label=\"else\", style=dashed];\n", p->to);
}

void
print_dot(const struct graph *g, const struct print_source *source,
	const struct print_title *title, struct arena *scratch, FILE *to)
{
	struct print p;
	if (title->same)
		return;
	print_begin(&p, g, source, scratch, to);
	fprintf(to, "digraph \"%s\" {\n", title->name);
	fprintf(to, "\tlabel=\"%s: %" PRIu32 " node%s, cost %" PRIu32 "\";\n",
		title->name, p.nodes, p.nodes == 1 ? "" : "s", title->cost);
	fputs("\tnode [shape=box];\n", to);
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!p.reached[id])
			continue;
		if (n->v != NULL)
			print_node(&p, n);
		else
			fprintf(to, "\t%s [shape=oval];\n",
				n->kind == NODE_ACCEPT ? "accept" : "reject");
	}
	fputs("}\n", to);
}
