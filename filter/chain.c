/* chain.c: finds the chains of a graph, and makes the graph anew. */
#include "chain.h"

/* The one target of all arms, or NULL. */
static const struct node *
arms_target(const struct node *n)
{
	for (uint32_t i = 1; i < n->arms; i++)
		if (n->arm[i].to != n->arm[0].to)
			return NULL;
	return n->arm[0].to;
}

bool
chain_by_arms(const struct node *link, const struct node *exit)
{
	return arms_target(link) == exit;
}

/* Does the link leave to `exit`, and where does the chain go on?  NULL: it is none. */
static const struct node *
link_next(const struct node *n, const struct node *exit)
{
	if (chain_by_arms(n, exit))
		return n->other;
	return n->other == exit && n->arms == 1 ? n->arm[0].to : NULL;
}

/* The links of the chain from n that leaves to `exit`; *end: where it ends. */
static uint32_t
chain_length(const struct chains *c, const struct node *n, const struct node *exit,
	const struct node **end)
{
	const struct node *link = n, *next;
	uint32_t links = 0;
	while (exit != NULL && link->kind == NODE_TEST && !link->v->traps &&
		(links == 0 || c->into[link->id] == 1) &&
		(next = link_next(link, exit)) != NULL) {
		links++;
		link = next;
	}
	*end = link;
	return links;
}

/* The chain that begins at n, the longer of the two that may; its other links are
 * marked, so that none begins there. */
static void
find(struct chains *c, const struct node *n)
{
	const struct node *end, *end2, *exit = arms_target(n);
	uint32_t links = chain_length(c, n, exit, &end);
	uint32_t links2 = n->arms == 1 ? chain_length(c, n, n->other, &end2) : 0;
	if (links2 > links) {
		links = links2;
		exit = n->other;
		end = end2;
	}
	if (links == 0)
		exit = NULL;
	c->at[n->id] = (struct chain){ exit, end };
	for (const struct node *link = n; exit != NULL && link != end;) {
		c->inside[link->id] = link != n;
		link = link_next(link, exit);
	}
}

static void
count_edge(struct chains *c, const struct node *from, const struct node *to)
{
	const struct value *tested = from->kind == NODE_TEST ? from->v : NULL;
	if (c->into[to->id]++ == 0)
		c->from[to->id] = tested;
	else if (c->from[to->id] != tested)
		c->from[to->id] = NULL;
}

static void
count_edges(struct chains *c)
{
	for (uint32_t id = 0; id < c->nodes; id++) {
		const struct node *n = c->g->node[id];
		if (!c->reached[id] || n->v == NULL)
			continue;
		count_edge(c, n, n->other);
		for (uint32_t i = 0; i < n->arms; i++)
			if (i == 0 || n->arm[i].to != n->arm[i - 1].to)
				count_edge(c, n, n->arm[i].to);
	}
}

void
chains_find(struct chains *c, struct graph *g, struct arena *scratch)
{
	uint32_t nodes = g->root->id + 1;
	*c = (struct chains){ .g = g,
		.scratch = scratch,
		.nodes = nodes,
		.reached = graph_reached(g, scratch),
		.into = ARENA_ARRAY(scratch, nodes, uint32_t),
		.from = ARENA_ARRAY(scratch, nodes, const struct value *),
		.inside = ARENA_ARRAY(scratch, nodes, bool),
		.at = ARENA_ARRAY(scratch, nodes, struct chain),
		.made = ARENA_ARRAY(scratch, nodes, const struct node *) };
	count_edges(c);
	for (uint32_t id = nodes; id-- > 0;)
		if (c->reached[id] && !c->inside[id] && g->node[id]->kind == NODE_TEST)
			find(c, g->node[id]);
}

void
chains_rebuild(struct chains *c, void *ctx,
	const struct node *(*chain)(struct chains *, void *ctx, const struct node *),
	const struct node *(*node)(struct chains *, const struct node *))
{
	for (uint32_t id = 0; id < c->nodes; id++) {
		const struct node *n = c->g->node[id];
		if (n->v == NULL)
			c->made[id] = n;
		else if (c->reached[id] && !c->inside[id])
			c->made[id] =
				c->at[id].exit != NULL ? chain(c, ctx, n) : node(c, n);
	}
	c->g->root = c->made[c->g->root->id];
}

struct links
chain_links(const struct chains *c, const struct node *first)
{
	const struct chain *at = &c->at[first->id];
	struct links l = { 0 };
	uint32_t room = 0;
	for (const struct node *n = first; n != at->end; n = link_next(n, at->exit)) {
		ARENA_MORE(c->scratch, l.link, l.count, &room);
		l.link[l.count++] = n;
	}
	return l;
}

const struct node *
chain_link(struct chains *c, const struct node *link, const struct chain *at,
	const struct node *next)
{
	const struct node *out = c->made[at->exit->id];
	bool by_arms = chain_by_arms(link, at->exit);
	if (link->arm[0].to == (by_arms ? out : next) &&
		link->other == (by_arms ? next : out))
		return link; /* as it was: all arms have one target */
	struct arm *arm = ARENA_ARRAY(c->scratch, link->arms, struct arm);
	for (uint32_t i = 0; i < link->arms; i++) {
		arm[i] = link->arm[i];
		arm[i].to = by_arms ? out : next;
	}
	return graph_node(
		c->g, link->v, arm, link->arms, by_arms ? next : out, link->source);
}

const struct node *
chain_node(struct chains *c, const struct node *n)
{
	bool same = c->made[n->other->id] == n->other;
	for (uint32_t i = 0; i < n->arms && same; i++)
		same = c->made[n->arm[i].to->id] == n->arm[i].to;
	if (same)
		return n;
	return graph_again(c->g, c->scratch, n, c->made);
}
