/* test.c: making test trees.  Constants are folded here, so that `arp` on a raw IP link
 * leaves nothing behind; chains of one operator are one node. */
#include "test.h"

static struct test *
make(struct arena *arena, enum test_kind kind)
{
	struct test *t = ARENA_NEW(arena, struct test);
	t->kind = kind;
	return t;
}

struct test *
test_bool(struct arena *arena, bool value)
{
	return make(arena, value ? TEST_TRUE : TEST_FALSE);
}

struct test *
test_leaf(struct arena *arena, const struct value *v, uint32_t lo, uint32_t hi)
{
	struct test *t = make(arena, TEST_LEAF);
	t->v = v;
	t->lo = lo;
	t->hi = hi;
	return t;
}

struct test *
test_equal(struct arena *arena, const struct value *v, uint32_t k)
{
	struct test *t = test_leaf(arena, v, k, k);
	t->form = FORM_POINTS;
	return t;
}

struct test *
test_arms(struct arena *arena, const struct value *v, const struct arm *arm,
	uint32_t arms, struct test *const *then)
{
	struct test *t = make(arena, TEST_LEAF);
	t->v = v;
	t->arm = arm;
	t->arms = arms;
	t->then = then;
	return t;
}

struct test *
test_bind(struct arena *arena, const struct value *slot, const struct value *v)
{
	struct test *t = make(arena, TEST_BIND);
	t->slot = slot;
	t->v = v;
	return t;
}

struct test *
test_choose(
	struct arena *arena, struct test *when, struct test *then, struct test *otherwise)
{
	if (when->kind == TEST_TRUE || when->kind == TEST_FALSE)
		return when->kind == TEST_TRUE ? then : otherwise;
	struct test *t = make(arena, TEST_CHOOSE);
	t->first = when;
	when->next = then;
	then->next = t->last = otherwise;
	return t;
}

/* Recursive: test trees are shallow. */
struct test *
test_again(struct arena *arena, const struct test *like)
{
	struct test *t = ARENA_NEW(arena, struct test);
	*t = *like;
	t->first = t->last = t->next = NULL;
	for (const struct test *from = like->first; from != NULL; from = from->next) {
		struct test *copy = test_again(arena, from);
		if (t->last != NULL)
			t->last->next = copy;
		else
			t->first = copy;
		t->last = copy;
	}
	return t;
}

struct test *
test_not(struct arena *arena, struct test *a)
{
	if (a->kind == TEST_TRUE || a->kind == TEST_FALSE)
		return test_bool(arena, a->kind == TEST_FALSE);
	if (a->kind == TEST_NOT)
		return a->first;
	struct test *t = make(arena, TEST_NOT);
	t->first = t->last = a;
	return t;
}

static struct test *
join(struct arena *arena, enum test_kind kind, struct test *a, struct test *b)
{
	enum test_kind neutral = kind == TEST_AND ? TEST_TRUE : TEST_FALSE;
	enum test_kind decides = kind == TEST_AND ? TEST_FALSE : TEST_TRUE;
	if (a == NULL || b == NULL)
		return a != NULL ? a : b;
	if (a->kind == neutral || b->kind == decides)
		return b; /* an untested load in `a` can only have rejected more */
	if (b->kind == neutral || a->kind == decides)
		return a;
	if (a->kind != kind) {
		struct test *list = make(arena, kind);
		list->first = list->last = a;
		a = list;
	}
	a->last->next = b;
	a->last = b;
	return a;
}

struct test *
test_and(struct arena *arena, struct test *a, struct test *b)
{
	return join(arena, TEST_AND, a, b);
}

struct test *
test_or(struct arena *arena, struct test *a, struct test *b)
{
	return join(arena, TEST_OR, a, b);
}
