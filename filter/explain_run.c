/* explain_run.c: lists of tests in; those out that say one thing together: a value that
 * is one of several numbers, a long field compared in pieces, a ladder of equal steps. */
#include <string.h>

#include "explain.h"

static bool
same_one(const struct test *a, const struct test *b)
{
	return a->kind == b->kind && a->v == b->v && a->slot == b->slot &&
	       a->lo == b->lo && a->hi == b->hi && a->form == b->form;
}

/* Lists up to `end_a` and `end_b`.  Recursive: test trees are shallow. */
static bool
same_lists(const struct test *a, const struct test *end_a, const struct test *b,
	const struct test *end_b)
{
	while (a != end_a && b != end_b) {
		if (!explain_same(a, b))
			return false;
		a = a->next;
		b = b->next;
	}
	return a == end_a && b == end_b;
}

bool
explain_same(const struct test *a, const struct test *b)
{
	return same_one(a, b) && same_lists(a->first, NULL, b->first, NULL);
}

/* Do both begin with a test of one value, and go on alike? */
static bool
alike(const struct test *a, const struct test *b)
{
	if (a->kind != b->kind)
		return false;
	if (a->kind == TEST_LEAF)
		return a->v == b->v;
	return a->kind == TEST_AND && a->first->kind == TEST_LEAF &&
	       b->first->kind == TEST_LEAF && a->first->v == b->first->v &&
	       same_lists(a->first->next, NULL, b->first->next, NULL);
}

struct points
explain_points(struct explain *e, const struct test *t, const struct test **next)
{
	struct points p = { 0 };
	const struct test *end = t;
	while (end != NULL && (end == t || alike(t, end))) {
		end = end->next;
		p.count++;
	}
	p.leaf = ARENA_ARRAY(e->arena, p.count, const struct test *);
	for (uint32_t i = 0; i < p.count; i++, t = t->next)
		p.leaf[i] = t->kind == TEST_AND ? t->first : t;
	*next = end;
	return p;
}

/* One comparison of whole bytes, or of their first bits. */
static bool
piece(const struct test *t, struct string *s)
{
	if (t->kind != TEST_LEAF || t->lo != t->hi)
		return false;
	const struct value *v = t->v;
	uint32_t mask = UINT32_MAX;
	if (v->kind == VALUE_ARITH && v->op == OP_AND && v->b->kind == VALUE_CONST) {
		mask = v->b->k;
		v = v->a;
	}
	if (v->kind != VALUE_LOAD)
		return false;
	unsigned size = v->size;
	mask <<= 32 - 8 * size;
	uint32_t rest = ~mask;
	if (8 * size < 32)
		rest &= UINT32_MAX << (32 - 8 * size);
	uint32_t inside = size < 4 ? rest >> (32 - 8 * size) : rest;
	if (mask == 0 || (inside & (inside + 1)) != 0 ||
		(size < 4 && t->lo >> 8 * size != 0))
		return false;
	*s = (struct string){ .base = v->a, .at = v->k, .len = size, .pieces = 1 };
	s->bits = 8 * size - (uint32_t)__builtin_popcount(inside);
	for (unsigned i = 0; i < size; i++)
		s->bytes[i] = (uint8_t)(t->lo >> 8 * (size - 1 - i));
	return true;
}

/* a, then b right behind it or before it. */
static bool
join(const struct string *a, const struct string *b, struct string *out)
{
	bool before = b->at + b->len == a->at;
	const struct string *low = before ? b : a, *high = before ? a : b;
	if (a->base != b->base || low->at + low->len != high->at ||
		low->bits != 8 * low->len || a->len + b->len > sizeof(a->bytes))
		return false;
	if (a->pieces > 1 && before != a->last_first)
		return false;
	*out = *low;
	out->len += high->len;
	out->bits += high->bits;
	out->pieces = a->pieces + b->pieces;
	out->last_first = before;
	memcpy(out->bytes + low->len, high->bytes, high->len);
	return true;
}

static const struct field *
one_field(const struct explain *e, const struct known *k, const struct string *s)
{
	bool part;
	return explain_field(e, k, s->base, s->at, s->len, 0, &part);
}

bool
explain_string(struct explain *e, const struct known *k, const struct test *t,
	struct string *s, const struct test **next)
{
	struct string one, both;
	if (!piece(t, s))
		return false;
	s->field = explain_field(e, k, s->base, s->at, s->len, 0, &s->part);
	*next = t->next;
	while (*next != NULL && piece(*next, &one) && join(s, &one, &both)) {
		both.field =
			explain_field(e, k, both.base, both.at, both.len, 0, &both.part);
		if (both.field != s->field || one_field(e, k, &one) != s->field)
			break;
		*s = both;
		*next = (*next)->next;
	}
	bool part;
	s->from_start =
		s->field != NULL && (s->at == 0 || explain_field(e, k, s->base, s->at - 1,
							   1, 0, &part) != s->field);
	bool shown = s->from_start &&
		     (s->field->style == STYLE_IPV6 || s->field->style == STYLE_TEXT);
	return s->pieces > 1 || shown;
}

uint32_t
explain_rungs(const struct test *t, const struct test **end)
{
	uint32_t n = 1;
	for (;; n++) {
		const struct test *step = t->last;
		if (step->kind != TEST_AND)
			return n;
		*end = step->last;
		const struct test *in = step->last;
		if (in->kind != TEST_OR || in->last->kind != TEST_AND ||
			!same_lists(t->first, t->last, in->first, in->last) ||
			!same_lists(
				step->first, step->last, in->last->first, in->last->last))
			return n;
		t = in;
	}
}
