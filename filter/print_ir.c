/* print_ir.c: a graph in, one line a node out, each before those that it leads to:
 *
 *     n0: [12:2] EtherType: 0x0800 (IPv4) -> n1; else reject  # 'tcp port 80'
 *
 * A number is that of this listing.  Numbers that lead to one place stand together.  A
 * bind is `n1: s0 := [23] -> n2`. */
#include "print.h"

#include <inttypes.h>

static void
print_test(const struct print *p, const struct node *n)
{
	const struct print_edges all = print_edges_of(p, n);
	print_value(p, n->v);
	print_field(p, " ", n);
	for (uint32_t i = 0; i < all.count; i++) {
		fputs(i == 0 ? ": " : "; ", p->to);
		print_numbers(p, n, &all.edge[i], UINT32_MAX);
		fputs(" -> ", p->to);
		print_target(p, all.edge[i].to);
	}
	fputs("; else ", p->to);
	print_target(p, n->other);
}

static void
print_bind(const struct print *p, const struct node *n)
{
	print_value(p, n->slot);
	fputs(" := ", p->to);
	print_value(p, n->v);
	print_field(p, " ", n);
	fputs(" -> ", p->to);
	print_target(p, n->other);
}

void
print_ir(const struct graph *g, const struct print_source *source,
	const struct print_title *title, struct arena *scratch, FILE *to)
{
	struct print p;
	print_begin(&p, g, source, scratch, to);
	fprintf(to, "%s: %" PRIu32 " node%s, cost %" PRIu32 "%s\n", title->name, p.nodes,
		p.nodes == 1 ? "" : "s", title->cost, title->same ? ", as before" : "");
	if (title->same)
		return;
	if (g->root->v == NULL) {
		print_target(&p, g->root);
		fputc('\n', to);
	}
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!p.reached[id] || n->v == NULL)
			continue;
		print_target(&p, n);
		fputs(": ", to);
		if (n->kind == NODE_BIND)
			print_bind(&p, n);
		else
			print_test(&p, n);
		if (n->source != NULL) {
			fputs("  # ", to);
			print_spans(&p, n, "'");
		}
		fputc('\n', to);
	}
}
