/* build.c: syntax tree with its tests in, decision graph out.  From the leaves up, so a
 * target exists before its branch.  Logic is walked with a stack of its own: its depth is
 * the user's. */
#include "step.h"

#include "broken.h"
#include "test.h"

#define INNER_TRIES 3

struct frame {
	const struct ast *a;
	const struct node *yes, *no;
	const struct ast **operand; /* of AND and OR, in the order of the text */
	uint32_t left;              /* operands still to be built, from the last on */
	const struct node *entry;   /* of those that have been */
};

struct builder {
	struct graph *g;
	struct arena *scratch;
	struct frame *frame;
	uint32_t depth, room;
	uint32_t seq; /* falls: what is built later is tested earlier */
	struct span span;
};

static const struct node *build_test(struct builder *, const struct test *,
	const struct node *yes, const struct node *no);

/* The operands from `t` on; the last is built first. */
static const struct node *
build_list(struct builder *b, enum test_kind kind, const struct test *t,
	const struct node *yes, const struct node *no)
{
	if (t->next == NULL)
		return build_test(b, t, yes, no);
	const struct node *rest = build_list(b, kind, t->next, yes, no);
	return kind == TEST_AND ? build_test(b, t, rest, no)
				: build_test(b, t, yes, rest);
}

/* Of many arms; what is tested behind them is built first. */
static const struct node *
build_arms(struct builder *b, const struct test *t, const struct node *yes,
	const struct node *no)
{
	struct arm *arm = ARENA_ARRAY(b->scratch, t->arms, struct arm);
	for (uint32_t i = 0; i < t->arms; i++) {
		const struct test *then = t->then != NULL ? t->then[i] : NULL;
		arm[i] = t->arm[i];
		arm[i].to = then != NULL ? build_test(b, then, yes, no) : yes;
	}
	uint32_t first = UINT32_MAX, last = 0; /* places in the list */
	for (uint32_t i = 0; i < t->arms; i++) {
		first = arm[i].seq < first ? arm[i].seq : first;
		last = arm[i].seq > last ? arm[i].seq : last;
	}
	b->seq -= last - first + 1;
	for (uint32_t i = 0; i < t->arms; i++)
		arm[i].seq += b->seq + 1 - first;
	return graph_node(b->g, t->v, arm, t->arms, no, graph_span(b->g, b->span, NULL));
}

/* Recursive: the trees of resolve are shallow, and their lists short. */
static const struct node *
build_test(struct builder *b, const struct test *t, const struct node *yes,
	const struct node *no)
{
	switch (t->kind) {
	case TEST_TRUE: return yes;
	case TEST_FALSE: return no;
	case TEST_NOT: return build_test(b, t->first, IS_BROKEN(BUILD) ? yes : no, yes);
	case TEST_CHOOSE: {
		const struct test *then = t->first->next;
		const struct node *one = build_test(b, then, yes, no);
		const struct node *other = build_test(b, then->next, yes, no);
		return build_test(b, t->first, one, other);
	}
	case TEST_AND:
	case TEST_OR: return build_list(b, t->kind, t->first, yes, no);
	case TEST_BIND:
		return graph_bind(
			b->g, t->slot, t->v, yes, graph_span(b->g, b->span, NULL));
	case TEST_LEAF: break;
	}
	if (t->arm != NULL)
		return build_arms(b, t, yes, no);
	struct arm arm = { t->lo, t->hi, yes, b->seq--, t->form };
	return graph_node(
		b->g, t->v, &arm, t->lo <= t->hi, no, graph_span(b->g, b->span, NULL));
}

static void
push(struct builder *b, const struct ast *a, const struct node *yes,
	const struct node *no)
{
	ARENA_MORE(b->scratch, b->frame, b->depth, &b->room);
	struct frame f = { .a = a, .yes = yes, .no = no };
	if (a->kind == AST_AND || a->kind == AST_OR) {
		for (const struct ast *o = a->first; o != NULL; o = o->next)
			f.left++;
		f.operand = ARENA_ARRAY(b->scratch, f.left, const struct ast *);
		uint32_t i = 0;
		for (const struct ast *o = a->first; o != NULL; o = o->next)
			f.operand[i++] = o;
	}
	if (a->kind == AST_INNER)
		f.left = INNER_TRIES;
	b->frame[b->depth++] = f;
}

static void
push_operand(struct builder *b, struct frame *f)
{
	const struct ast *o = f->operand[--f->left];
	const struct node *rest = f->entry;
	const struct node *yes = f->yes, *no = f->no;
	if (rest != NULL && f->a->kind == AST_AND)
		yes = rest;
	else if (rest != NULL)
		no = rest;
	push(b, o, yes, no); /* may move the frames: f is not used after it */
}

/* Three tries: in the packet, or else in a tunnel, or else in a tunnel inside that; from
 * the last to the first.  `done`: the try that was built last, NULL: none. */
static const struct node *
step_inner(struct builder *b, struct frame *f, const struct node *done)
{
	const struct ast *word = f->a->first;
	b->span = word->span;
	if (done != NULL)
		f->entry = f->left == 0 ? build_test(b, word->test, done, f->no)
					: build_test(b, word->step, done, f->no);
	if (done != NULL && f->left == 0) {
		b->depth--;
		return f->entry;
	}
	f->left--;
	push(b, f->a->last, f->yes, f->entry != NULL ? f->entry : f->no);
	return NULL;
}

static const struct node *
build_logic(struct builder *b, const struct ast *root)
{
	const struct node *done = NULL;
	push(b, root, b->g->accept, b->g->reject);
	while (b->depth > 0) {
		struct frame *f = &b->frame[b->depth - 1];
		if (f->a->kind == AST_NOT) {
			struct frame negated = *f;
			b->depth--;
			push(b, negated.a->first, negated.no, negated.yes);
			continue;
		}
		if (f->a->kind == AST_INNER) {
			done = step_inner(b, f, done);
			continue;
		}
		if (f->a->kind != AST_AND && f->a->kind != AST_OR) {
			b->span = f->a->span;
			done = build_test(b, f->a->test, f->yes, f->no);
			b->depth--;
			continue;
		}
		if (done != NULL) { /* an operand of this list has been built */
			f->entry = done;
			done = NULL;
		}
		if (f->left > 0) {
			push_operand(b, f);
		} else {
			done = f->entry;
			b->depth--;
		}
	}
	return done;
}

void
build(struct graph *g, const struct syntax *syntax, struct arena *scratch)
{
	struct builder b = { .g = g, .scratch = scratch, .seq = UINT32_MAX };
	g->root = syntax->root == NULL ? g->accept : build_logic(&b, syntax->root);
}
