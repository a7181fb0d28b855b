/* ebpf_steps.c: functions that are constant over ranges: made, and as terms. */
#include "ebpf_steps.h"

#include <stdlib.h>
#include <string.h>

#define PARTS_MAX (1u << 31) /* a part's number is below: keys have no sign */

struct steps *
steps_make(struct machine *m, Z3_ast x, const struct steps *within, uint32_t room)
{
	struct steps *s = ARENA_NEW(&m->p->arena, struct steps);
	s->x = x;
	s->within = within;
	s->part = ARENA_ARRAY(&m->p->arena, room, struct part);
	return s;
}

void
steps_append(struct steps *s, uint64_t hi, uint64_t k)
{
	if (s->parts > 0 && s->part[s->parts - 1].k == k)
		s->part[s->parts - 1].hi = hi;
	else
		s->part[s->parts++] = (struct part){ hi, k };
}

uint64_t
steps_low(const struct steps *s, uint32_t i)
{
	return i == 0 ? 0 : s->part[i - 1].hi + 1;
}

uint64_t
steps_last(const struct steps *s)
{
	return s->part[s->parts - 1].hi;
}

bool
steps_alike(const struct steps *a, const struct steps *b)
{
	return a->x == b->x && a->within == b->within;
}

/* --- values ---------------------------------------------------------------------- */

static int
by_number(const void *x, const void *y)
{
	const struct value_of *a = x, *b = y;
	return a->k < b->k ? -1 : a->k > b->k;
}

/* Where it stands among the values, which have it. */
static uint32_t
place_of(const struct steps *s, uint64_t k)
{
	const struct value_of key = { .k = k };
	const struct value_of *at =
		bsearch(&key, s->value, s->values, sizeof(*s->value), by_number);
	return (uint32_t)(at - s->value);
}

static Z3_ast
number_between(struct prover *p, Z3_ast x, uint32_t lo, uint32_t hi)
{
	if (lo == hi)
		return number_equal(p, x, lo);
	Z3_ast above = lo == 0 ? p->yes : term_not(p, number_at_most(p, x, lo - 1));
	return term_and(p, above, number_at_most(p, x, hi));
}

static const struct value_of *values_of(struct machine *, const struct steps *);

/* Is what it is a function of from lo to hi?  Recursive: stages are few. */
static Z3_ast
between(struct machine *m, const struct steps *s, uint64_t lo, uint64_t hi)
{
	struct prover *p = m->p;
	if (s->within == NULL)
		return number_between(p, s->x, (uint32_t)lo, (uint32_t)hi);
	const struct value_of *value = values_of(m, s->within);
	uint32_t i = 0, end = s->within->values;
	while (i < end) { /* the first part that does not end below */
		const uint32_t middle = i + (end - i) / 2;
		if ((value[middle].k << 32 | UINT32_MAX) < lo)
			i = middle + 1;
		else
			end = middle;
	}
	Z3_ast any = p->no;
	for (; i < s->within->values && value[i].k << 32 <= hi; i++) {
		const uint64_t first = value[i].k << 32, last = first | UINT32_MAX;
		Z3_ast x = number_between(p, s->x, (uint32_t)(lo > first ? lo : first),
			(uint32_t)(hi < last ? hi : last));
		any = term_or(p, any, term_and(p, value[i].when, x));
	}
	return any;
}

static Z3_ast
any_of(struct prover *p, const Z3_ast *term, uint32_t count)
{
	return count == 1 ? term[0] : Z3_mk_or(p->z, count, term);
}

/* By value: the ranges over which it is that. */
static void
tell_when(struct machine *m, struct steps *s)
{
	struct arena *arena = &m->p->arena;
	uint32_t *end = ARENA_ARRAY(arena, s->values + 1, uint32_t);
	Z3_ast *is = ARENA_ARRAY(arena, s->parts, Z3_ast);
	for (uint32_t i = 0; i < s->parts; i++)
		end[place_of(s, s->part[i].k) + 1]++;
	for (uint32_t i = 0; i < s->values; i++)
		end[i + 1] += end[i];
	for (uint32_t i = s->parts; i-- > 0;)
		is[--end[place_of(s, s->part[i].k) + 1]] =
			between(m, s, steps_low(s, i), s->part[i].hi);
	for (uint32_t i = 0; i < s->values; i++) {
		const uint32_t from = end[i + 1];
		const uint32_t to = i + 1 < s->values ? end[i + 2] : s->parts;
		s->value[i].when = any_of(m->p, is + from, to - from);
	}
}

/* What is found out of a function does not change it. */
static const struct value_of *
values_of(struct machine *m, const struct steps *of)
{
	struct steps *s = (struct steps *)of;
	if (s->value != NULL)
		return s->value;
	s->value = ARENA_ARRAY(&m->p->arena, s->parts, struct value_of);
	for (uint32_t i = 0; i < s->parts; i++)
		s->value[i].k = s->part[i].k;
	qsort(s->value, s->parts, sizeof(*s->value), by_number);
	for (uint32_t i = 0; i < s->parts; i++)
		if (s->values == 0 || s->value[s->values - 1].k != s->value[i].k)
			s->value[s->values++].k = s->value[i].k;
	tell_when(m, s);
	return s->value;
}

/* --- functions of functions ------------------------------------------------------ */

const struct steps *
steps_of_key(
	struct machine *m, const struct steps *f, Z3_ast x, const struct steps *within)
{
	if (f->x == x && f->within == within)
		return f;
	if (!steps_alike(f, within)) {
		machine_stop(m, "a look-up of two numbers");
		return NULL;
	}
	const struct value_of *value = values_of(m, within);
	const uint32_t values = within->values;
	uint64_t *is = ARENA_ARRAY(&m->p->arena, values, uint64_t);
	bool *known = ARENA_ARRAY(&m->p->arena, values, bool);
	for (uint32_t i = 0, j = 0; i < f->parts && j < within->parts;) {
		const uint32_t at = place_of(within, within->part[j].k);
		if (known[at] && is[at] != f->part[i].k) {
			machine_stop(m, "a look-up that differs within a part");
			return NULL;
		}
		is[at] = f->part[i].k;
		known[at] = true;
		const uint64_t a = f->part[i].hi, b = within->part[j].hi;
		i += a <= b;
		j += b <= a;
	}
	struct steps *out = steps_make(m, x, within, values);
	for (uint32_t i = 0; i < values; i++) {
		if (value[i].k >= PARTS_MAX || !known[i]) {
			machine_stop(m, "a part that is not known");
			return NULL;
		}
		steps_append(out, value[i].k << 32 | UINT32_MAX, is[i]);
	}
	return out;
}

const struct steps *
steps_below(struct machine *m, const struct steps *s, uint64_t k)
{
	struct steps *out = steps_make(m, s->x, s->within, s->parts);
	for (uint32_t i = 0; i < s->parts; i++)
		steps_append(out, s->part[i].hi, s->part[i].k < k ? s->part[i].k : 0);
	return out;
}

static Z3_ast
hold(struct machine *m, const struct steps *s, uint32_t from, uint32_t to)
{
	if (to - from > 1) {
		const uint32_t middle = from + (to - from) / 2;
		return term_or(m->p, hold(m, s, from, middle), hold(m, s, middle, to));
	}
	if (to == from || s->part[from].k == 0)
		return m->p->no;
	return between(m, s, steps_low(s, from), s->part[from].hi);
}

/* Where it holds, x is at most the greatest of them: told to the solver, who would have
 * to find it out for numbers that are scattered by a product. */
Z3_ast
steps_hold(struct machine *m, const struct steps *s)
{
	struct prover *p = m->p;
	uint32_t last = s->parts;
	while (last > 0 && s->part[last - 1].k == 0)
		last--;
	Z3_ast is = hold(m, s, 0, last);
	if (s->within == NULL && last > 0 && is != p->yes)
		Z3_solver_assert(p->z, p->solver,
			Z3_mk_implies(p->z, is,
				number_at_most(p, s->x, (uint32_t)s->part[last - 1].hi)));
	return is;
}
