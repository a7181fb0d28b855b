/* reach.c: which entries (encapsulations, headers of varying length) have been passed
 * wherever a leaf is come to.  In: the tree with its tests; out: the same, with the tests
 * of missing entries put before a leaf's own, so that no slot is read that was not bound:
 * a place that was not reached makes the test false.
 *
 * In `vlan and ip` the tag has been found when ip is tested; in `vlan or ip` it has not,
 * though ip is looked for behind it: that is what libpcap does, and seldom what was
 * meant, so it gets a warning. */
#include "resolve.h"

struct frame {
	struct ast *a;
	struct ast *operand; /* of a list: the next one */
	uint64_t in;         /* passed when it is come to; of a list: when `operand` is */
	uint64_t yes, no;    /* passed when it has been found true, false */
	bool first;          /* no operand has been visited */
};

struct reach {
	struct resolver *r;
	struct frame *frame;
	uint32_t depth, room;
	uint64_t yes, no; /* of the node that was left last */
	uint64_t warned;  /* entries */
};

static void
warn(struct reach *s, const struct ast *a, uint64_t missing)
{
	if (missing & s->warned)
		return;
	s->warned |= missing;
	unsigned n = (unsigned)__builtin_ctzll(missing);
	struct span word = s->r->entry[n].span;
	const char *text = s->r->opts->text;
	struct span at = a->span;
	if (a->quals.span.len > 0 && a->quals.span.at < at.at) /* with its head */
		at = (struct span){ a->quals.span.at, at.at + at.len - a->quals.span.at };
	struct diag *d = diags_add(s->r->diags, DIAG_LEAK, SEV_WARNING,
		"'%.*s' is looked for behind '%.*s', which need not be there",
		(int)(at.len < 60 ? at.len : 60), text + at.at,
		(int)(word.len < 30 ? word.len : 30), text + word.at);
	d->span[0] = at;
	d->span[1] = word;
	diags_hint(s->r->diags,
		"what stands to the right of '%.*s' is read behind it; to end that, "
		"write '%.*s (…)'",
		(int)(word.len < 20 ? word.len : 20), text + word.at,
		(int)(word.len < 20 ? word.len : 20), text + word.at);
}

/* `needs`, and what those need. */
static uint64_t
closure(const struct resolver *r, uint64_t needs)
{
	for (unsigned n = r->entries; n-- > 0;)
		if (needs >> n & 1)
			needs |= r->entry[n].needs;
	return needs;
}

static void
visit_leaf(struct reach *s, struct ast *a, uint64_t in)
{
	struct resolver *r = s->r;
	bool folded = a->test->kind == TEST_FALSE; /* nothing is read */
	uint64_t needs = folded ? 0 : closure(r, a->needs), missing = needs & ~in;
	uint64_t always = 0;
	struct test *guard = NULL;
	for (unsigned n = 0; n < r->entries; n++) {
		if ((missing >> n & 1) == 0)
			continue;
		if (r->entry[n].always)
			always |= 1ull << n;
		guard = test_and(r->arena, guard, test_again(r->arena, r->entry[n].test));
	}
	a->missing = missing;
	if (guard != NULL) {
		struct test *own = test_again(r->arena, a->test);
		a->own = own;
		a->test = test_and(r->arena, guard, own);
	}
	uint64_t leaks = a->shifted & ~in & ~always;
	if (leaks != 0)
		warn(s, a, leaks);
	s->yes = in | needs;
	s->no = in | always;
	if (a->entry != 0)
		s->yes |= 1ull << (a->entry - 1);
}

static void
push(struct reach *s, struct ast *a, uint64_t in)
{
	ARENA_MORE(s->r->arena, s->frame, s->depth, &s->room);
	s->frame[s->depth++] = (struct frame){
		.a = a, .operand = a->first, .in = in, .yes = in, .no = in, .first = true
	};
}

/* What an operand that was visited says of its list. */
static void
fold(struct reach *s, struct frame *f)
{
	if (f->a->kind == AST_INNER) { /* the word, then what is tried behind it */
		f->in = s->yes;
		return;
	}
	bool all = f->a->kind == AST_AND;
	uint64_t on = all ? s->yes : s->no, out = all ? s->no : s->yes;
	uint64_t *left = all ? &f->no : &f->yes; /* where the list is left early */
	*left = f->first ? out : *left & out;
	f->first = false;
	f->in = on;
	if (all)
		f->yes = on;
	else
		f->no = on;
}

static void
leave(struct reach *s, const struct frame *f)
{
	s->yes = f->yes;
	s->no = f->no;
	if (f->a->kind == AST_NOT) {
		s->yes = f->no;
		s->no = f->yes;
	}
	s->depth--;
}

void
reach(struct resolver *r, struct ast *root)
{
	struct reach s = { .r = r };
	bool left = false; /* an operand was left just now */
	push(&s, root, 0);
	while (s.depth > 0) {
		struct frame *f = &s.frame[s.depth - 1];
		if (f->a->first == NULL) {
			visit_leaf(&s, f->a, f->in);
			s.depth--;
			left = true;
			continue;
		}
		if (left && f->a->kind == AST_NOT) {
			f->yes = s.yes;
			f->no = s.no;
		} else if (left)
			fold(&s, f);
		left = f->operand == NULL;
		if (left) {
			leave(&s, f);
			continue;
		}
		struct ast *next = f->operand;
		f->operand = next->next;
		push(&s, next, f->in); /* may move the frames: f is not used after it */
	}
}
