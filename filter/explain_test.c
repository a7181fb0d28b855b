/* explain_test.c: a tree of tests in, a line a test out, indented as the tree is. */
#include <inttypes.h>

#include "explain.h"

/* How a tree is shown: the operands of an AND stand below each other where `all of` was
 * said already. */
struct view {
	struct explain *e;
	struct known *known;
};

static void print(struct view, const struct test *, bool all);

static void
heading(struct explain *e, const char *text)
{
	explain_indent(e);
	fputs(text, e->to);
	fputc('\n', e->to);
}

/* --- one value ------------------------------------------------------------------- */

static void
print_name(struct explain *e, const struct field *f, bool part)
{
	if (f != NULL)
		fprintf(e->to, part ? ", in the %s" : ", %s", f->name);
}

/* The value, its name, and how its numbers are written. */
static struct field
print_subject(struct view w, const struct value *v)
{
	struct explain *e = w.e;
	const struct value *load = v;
	uint32_t mask = 0;
	bool part = false;
	if (v->kind == VALUE_ARITH && v->op == OP_AND && v->b->kind == VALUE_CONST &&
		v->a->kind == VALUE_LOAD) {
		mask = v->b->k;
		load = v->a;
	}
	struct field f = { .style = mask != 0 ? STYLE_HEX : STYLE_NUMBER, .mask = mask };
	const struct field *known = NULL;
	if (load->kind == VALUE_LOAD) {
		bool apart = mask != 0 && load->a != NULL && load->k == 0 &&
			     load->a->kind == VALUE_SLOT;
		fputs(apart ? "(" : "", e->to);
		explain_place(e, load->a, load->k, load->size);
		fputs(apart ? ")" : "", e->to);
		if (mask != 0)
			fprintf(e->to, " & 0x%" PRIx32, mask);
		known = explain_field(
			e, w.known, load->a, load->k, load->size, mask, &part);
		f.size = load->size;
	} else {
		explain_value(e, v);
		known = explain_field_of(e, v);
		f.size = 2;
	}
	bool other_mask = known != NULL && mask != 0 && known->mask != mask &&
			  known->style != STYLE_IPV4;
	if (v->kind != VALUE_META)
		print_name(e, known, part || other_mask);
	if (known != NULL && !part &&
		(mask == 0 || known->mask == mask || known->style == STYLE_IPV4))
		f.style = known->style;
	else if (known != NULL)
		f.style = STYLE_HEX;
	f.name = known != NULL && !part && known->mask == mask ? known->name : NULL;
	return f;
}

static void
print_range(struct explain *e, const struct field *f, uint32_t lo, uint32_t hi)
{
	explain_number(e->to, f->style, lo, f->size, f->mask);
	if (lo != hi) {
		fputs(" to ", e->to);
		explain_number(e->to, f->style, hi, f->size, f->mask);
	}
}

static void
print_one(struct explain *e, const struct field *f, const struct test *t, bool negate)
{
	static const char *const words[2][4] = { { " = ", " >= ", " > ", " <= " },
		{ " != ", " < ", " <= ", " > " } };
	const char *const *word = words[negate];
	if (t->lo > t->hi || (t->lo == 0 && t->hi == UINT32_MAX)) {
		bool is = (t->lo <= t->hi) != negate;
		fprintf(e->to, ": looked at, but %s whatever it is",
			is ? "true" : "false");
	} else if (t->hi == UINT32_MAX && t->lo > 0 && t->form == FORM_GT) {
		fputs(word[2], e->to);
		print_range(e, f, t->lo - 1, t->lo - 1);
	} else if (t->lo == t->hi || (t->hi == UINT32_MAX && t->lo > 0)) {
		fputs(word[t->lo == t->hi ? 0 : 1], e->to);
		print_range(e, f, t->lo, t->lo);
	} else if (t->lo == 0) {
		fputs(word[3], e->to);
		print_range(e, f, t->hi, t->hi);
	} else {
		fputs(negate ? " is not " : " is ", e->to);
		print_range(e, f, t->lo, t->hi);
	}
}

static void
print_set(struct explain *e, const struct field *f, const struct points *p, bool negate)
{
	if (p->count == 1) {
		print_one(e, f, p->leaf[0], negate);
		return;
	}
	fputs(negate ? " is not " : " is ", e->to);
	for (uint32_t i = 0; i < p->count; i++) {
		const char *between = i + 1 == p->count ? " or " : ", ";
		fputs(i > 0 ? between : "", e->to);
		print_range(e, f, p->leaf[i]->lo, p->leaf[i]->hi);
	}
}

/* --- what follows from it -------------------------------------------------------- */

static const struct field *
field_of(struct view w, const struct value *v)
{
	uint32_t mask = 0;
	bool part;
	if (v->kind == VALUE_ARITH && v->op == OP_AND && v->b->kind == VALUE_CONST) {
		mask = v->b->k;
		v = v->a;
	}
	if (v->kind != VALUE_LOAD)
		return explain_field_of(w.e, v);
	const struct field *f =
		explain_field(w.e, w.known, v->a, v->k, v->size, mask, &part);
	return f != NULL && !part && f->mask == mask ? f : NULL;
}

static void
tell(struct view w, const struct points *p)
{
	const struct field *f = field_of(w, p->leaf[0]->v);
	if (f == NULL)
		return;
	struct known all = *w.known;
	for (uint32_t i = 0; i < p->count; i++) {
		struct known one = *w.known;
		if (p->leaf[i]->lo == p->leaf[i]->hi)
			explain_tell(f, p->leaf[i]->lo, &one);
		all = i == 0 ? one : explain_either(all, &one);
	}
	*w.known = all;
}

/* `type <= 1500`: then it is the length of an LLC frame (IEEE 802.3 §3.2.6). */
static bool
is_length(struct view w, const struct test *t, bool negate)
{
	const struct field *f = field_of(w, t->v);
	return negate && f != NULL && f->style == STYLE_ETHERTYPE && t->lo == 1501;
}

#define NAMES_MAX 8 /* of one line */

struct names {
	const struct value *load[NAMES_MAX];
	unsigned count;
};

static bool
is_named(const struct names *n, const struct value *load)
{
	for (unsigned i = 0; i < n->count; i++)
		if (n->load[i] == load)
			return true;
	return n->count == NAMES_MAX;
}

static void
name_load(struct view w, const struct value *load, unsigned size, struct names *n)
{
	bool part;
	const struct field *f =
		explain_field(w.e, w.known, load->a, load->k, size, 0, &part);
	if (f == NULL || is_named(n, load))
		return;
	n->load[n->count++] = load;
	fputs("; ", w.e->to);
	explain_place(w.e, load->a, load->k, size);
	fprintf(w.e->to, "%s the %s", part ? ": in" : ":", f->name);
}

/* Behind arithmetic: what the bytes are that it is of.  Recursive: depth is bounded. */
static void
print_names(struct view w, const struct value *v, struct names *n)
{
	const struct value *first = explain_swapped(v);
	if (v == w.e->length)
		return; /* IHL is told at the end */
	if (v->kind == VALUE_LOAD)
		name_load(w, v, v->size, n);
	if (first != NULL) {
		name_load(w, first, 2, n);
		return;
	}
	if (v->a != NULL)
		print_names(w, v->a, n);
	if (v->b != NULL)
		print_names(w, v->b, n);
}

static void
print_loads(struct view w, const struct value *v)
{
	struct names n = { 0 };
	print_names(w, v, &n);
}

static bool
is_simple(const struct value *v)
{
	return v->kind == VALUE_LOAD ||
	       (v->kind == VALUE_ARITH && v->op == OP_AND && v->a->kind == VALUE_LOAD &&
		       v->b->kind == VALUE_CONST);
}

static void
print_points(struct view w, const struct points *p, bool negate)
{
	static const char *const nots[] = { "!=", "<=", "<" };
	struct explain *e = w.e;
	const struct test *t = p->leaf[0];
	explain_indent(e);
	bool compares = t->v->kind == VALUE_ARITH && t->v->op >= OP_EQ && t->lo == 1 &&
			t->hi == 1;
	if (compares && negate) {
		explain_value(e, t->v->a);
		fprintf(e->to, " %s ", nots[t->v->op - OP_EQ]);
		explain_value(e, t->v->b);
	} else if (compares)
		explain_value(e, t->v);
	else if (t->v->kind == VALUE_META && t->v->meta == META_VLAN_PRESENT &&
		 t->lo == 1)
		fprintf(e->to, "the kernel took %s VLAN tag off", negate ? "no" : "a");
	else {
		struct field f = print_subject(w, t->v);
		print_set(e, &f, p, negate);
	}
	if (!is_simple(t->v))
		print_loads(w, t->v);
	if (is_length(w, t, negate)) {
		fputs(" (a length: an LLC frame)", e->to);
		w.known->llc = true;
	} else if (!negate)
		tell(w, p);
	fputc('\n', e->to);
}

static void
print_string(struct view w, const struct string *s)
{
	struct explain *e = w.e;
	uint8_t all[16] = { 0 };
	explain_indent(e);
	explain_place(e, s->base, s->at, s->len);
	print_name(e, s->field, s->part);
	fputs(" = ", e->to);
	enum style style =
		s->field != NULL && s->from_start ? s->field->style : STYLE_BYTES;
	bool ipv6 = style == STYLE_IPV6;
	for (uint32_t i = 0; i < s->len; i++)
		all[i] = s->bytes[i];
	explain_bytes(e->to, style, all, ipv6 ? 16 : s->len);
	if (s->bits != 8 * (ipv6 ? 16 : s->len))
		fprintf(e->to, "/%" PRIu32, s->bits);
	if (s->pieces > 1)
		fputs(s->last_first ? " (the last 4 bytes are read first)"
				    : " (read 4 bytes at a time, until one differs)",
			e->to);
	fputc('\n', e->to);
}

/* --- trees ----------------------------------------------------------------------- */

static void
print_bind(struct view w, const struct test *t)
{
	struct explain *e = w.e;
	const struct field *f = explain_field_of(e, t->slot);
	explain_indent(e);
	fputs("let ", e->to);
	explain_value(e, t->slot);
	if (t->v == t->slot)
		fputs(" be as it is", e->to);
	else {
		fputs(" = ", e->to);
		if (t->v->kind == VALUE_CONST && f != NULL)
			explain_number(e->to, f->style, t->v->k, 2, 0);
		else
			explain_value(e, t->v);
		print_loads(w, t->v);
	}
	fputc('\n', e->to);
	w.known->slot[t->slot->k] = (uint8_t)w.known->tunnel;
	w.known->tunnel = HEADER_NONE;
}

/* The operands of an AND from `t` up to `end`. */
static void
print_all(struct view w, const struct test *t, const struct test *end)
{
	struct string s;
	const struct test *next;
	while (t != NULL && t != end) {
		if (explain_string(w.e, w.known, t, &s, &next)) {
			print_string(w, &s);
			t = next;
			continue;
		}
		print(w, t, true);
		const struct test *again = t;
		do /* guards of a relation, one for each index */
			t = t->next;
		while (t != NULL && t != end && t->kind == TEST_LEAF &&
			explain_same(t, again));
	}
}

/* Tests that differ in the first number, then what they have in common. */
static void
print_run(struct view w, const struct points *p, const struct test *t, bool all)
{
	bool more = t->kind == TEST_AND;
	if (more && !all) {
		heading(w.e, "all of:");
		w.e->level++;
	}
	print_points(w, p, false);
	if (more)
		print_all(w, t->first->next, NULL);
	if (more && !all)
		w.e->level--;
}

/* An OR whose last operand goes on with an OR of the same form: its first steps, and how
 * often they come again. */
static void
print_ladder(struct view w, const struct test *t, uint32_t rungs, const struct test *end)
{
	struct explain *e = w.e;
	struct known known = *w.known;
	struct view inside = { e, &known };
	heading(e, "any of:");
	e->level++;
	for (const struct test *o = t->first; o != t->last; o = o->next) {
		print(inside, o, false);
		known = *w.known;
	}
	heading(e, "all of:");
	e->level++;
	print_all(inside, t->last->first, t->last->last);
	explain_indent(e);
	fprintf(e->to,
		"the same from \"any of\" on for what is next, %" PRIu32
		" times at most; then:\n",
		rungs - 1);
	print(inside, end, false);
	e->level -= 2;
	*w.known = (struct known){ .net = w.known->net };
}

static void
print_or(struct view w, const struct test *t, bool all)
{
	struct explain *e = w.e;
	const struct test *end, *next;
	uint32_t rungs = explain_rungs(t, &end);
	if (rungs > 1) {
		print_ladder(w, t, rungs, end);
		return;
	}
	struct points p = explain_points(e, t->first, &next);
	if (next == NULL) {
		print_run(w, &p, t->first, all);
		return;
	}
	struct known before = *w.known, after = { 0 };
	heading(e, "any of:");
	e->level++;
	for (const struct test *o = t->first; o != NULL; o = next) {
		struct known one = before;
		p = explain_points(e, o, &next);
		struct view inside = { e, &one };
		if (p.count > 1)
			print_run(inside, &p, o, false);
		else
			print(inside, o, false);
		after = o == t->first ? one : explain_either(after, &one);
	}
	e->level--;
	*w.known = after;
}

static void
print_nested(struct view w, const char *title, const struct test *t)
{
	heading(w.e, title);
	w.e->level++;
	print(w, t, true);
	w.e->level--;
}

static void
print_not(struct view w, const struct test *t)
{
	struct known inside = *w.known;
	const struct test *next = NULL;
	struct points p = { 0 };
	if (t->kind == TEST_LEAF)
		p = (struct points){ &t, 1 };
	if (t->kind == TEST_OR && t->first->kind == TEST_LEAF)
		p = explain_points(w.e, t->first, &next);
	if (p.count > 0 && next == NULL)
		print_points(w, &p, true);
	else
		print_nested((struct view){ w.e, &inside }, "not:", t);
}

static void
print_choice(struct view w, const struct test *t)
{
	struct known then = *w.known, other = *w.known;
	print_nested((struct view){ w.e, &then }, "if:", t->first);
	print_nested((struct view){ w.e, &then }, "then:", t->first->next);
	print_nested((struct view){ w.e, &other }, "else:", t->first->next->next);
	*w.known = explain_either(then, &other);
}

/* Recursive: test trees are shallow.  `all`: what is printed holds together. */
static void
print(struct view w, const struct test *t, bool all)
{
	struct string s;
	const struct test *next;
	switch (t->kind) {
	case TEST_FALSE: heading(w.e, "never true here"); return;
	case TEST_TRUE: heading(w.e, "always true here"); return;
	case TEST_OR: print_or(w, t, all); return;
	case TEST_NOT: print_not(w, t->first); return;
	case TEST_CHOOSE: print_choice(w, t); return;
	case TEST_BIND: print_bind(w, t); return;
	case TEST_LEAF: print_points(w, &(struct points){ &t, 1 }, false); return;
	case TEST_AND: break;
	}
	if (all || (explain_string(w.e, w.known, t->first, &s, &next) && next == NULL)) {
		print_all(w, t->first, NULL);
		return;
	}
	heading(w.e, "all of:");
	w.e->level++;
	print_all(w, t->first, NULL);
	w.e->level--;
}

void
explain_test(struct explain *e, const struct test *t, struct known *known)
{
	print((struct view){ e, known }, t, true);
}
