/* meaning.c: what an expression means: its syntax tree, with the tests that the resolver
 * gave to the leaves, in; a term out.  Read from left to right with short circuit; what
 * faults rejects at once, whatever stands around it.
 *
 * Shares nothing with what makes programs: of a value only its structure is looked at,
 * not what is known of it (value.h: lo, hi, traps, slots). */
#include "meaning.h"

/* Nesting of the text beyond which the proof is given up: this file is recursive. */
#define DEPTH_MAX 5000

static struct thought read_test(struct reader *, const struct test *, const struct env *);
static struct thought read_tree(struct reader *, const struct ast *, const struct env *);

/* What was found at the same place before, with the same slots. */
static struct known *
known_of(struct reader *r, const struct value *v)
{
	while (v->id >= r->room) {
		uint32_t full = r->room;
		ARENA_MORE(&r->p->arena, r->known, full, &r->room);
	}
	return &r->known[v->id];
}

struct term
meaning_value(struct reader *r, const struct value *v, const struct env *env)
{
	struct prover *p = r->p;
	struct known *known = known_of(r, v);
	if (known->env == env && known->term.is != NULL)
		return known->term;
	struct term a = { .ok = p->yes }, b = { .ok = p->yes };
	struct term t = { .ok = p->yes };
	if (v->kind == VALUE_LOAD && v->a != NULL)
		a = meaning_value(r, v->a, env);
	if (v->kind == VALUE_ARITH) {
		a = meaning_value(r, v->a, env);
		b = meaning_value(r, v->b, env);
	}
	switch (v->kind) {
	case VALUE_CONST: t.is = term_number(p, v->k); break;
	case VALUE_LEN: t.is = p->len; break;
	case VALUE_META: t.is = p->meta[v->meta]; break;
	case VALUE_LOAD:
		t.is = packet_load(p, r->ending, a.is, v->k, v->size, &t.ok);
		break;
	case VALUE_ARITH: t.is = term_arith(p, v->op, a.is, b.is, &t.ok); break;
	case VALUE_SLOT: t.is = env->slot[v->k]; break;
	case VALUE_FAULT:
		t.is = term_number(p, 0);
		t.ok = p->no;
		break;
	}
	t.ok = term_and(p, term_and(p, a.ok, b.ok), t.ok);
	known = known_of(r, v);
	*known = (struct known){ env, t };
	return t;
}

/* The slots where two ways meet. */
static const struct env *
join(struct reader *r, Z3_ast when, const struct env *then, const struct env *otherwise)
{
	if (then == otherwise || when == r->p->yes || when == r->p->no)
		return when == r->p->no ? otherwise : then;
	struct env *env = ARENA_NEW(&r->p->arena, struct env);
	for (unsigned i = 0; i < SLOTS; i++)
		env->slot[i] = term_if(r->p, when, then->slot[i], otherwise->slot[i]);
	return env;
}

static const struct env *
bind(struct reader *r, const struct env *old, uint32_t slot, Z3_ast term)
{
	struct env *env = ARENA_NEW(&r->p->arena, struct env);
	*env = *old;
	env->slot[slot] = term;
	return env;
}

struct thought
meaning_both(struct reader *r, bool both, struct thought a, struct thought b)
{
	struct prover *p = r->p;
	struct thought t;
	if (both) {
		t.ok = term_and(p, a.ok, term_or(p, term_not(p, a.is), b.ok));
		t.is = term_and(p, a.is, b.is);
		t.yes = b.yes;
		t.no = join(r, a.is, b.no, a.no);
	} else {
		t.ok = term_and(p, a.ok, term_or(p, a.is, b.ok));
		t.is = term_or(p, a.is, b.is);
		t.yes = join(r, a.is, a.yes, b.yes);
		t.no = b.no;
	}
	return t;
}

static struct thought
constant(struct reader *r, bool is, const struct env *env)
{
	return (struct thought){ r->p->yes, is ? r->p->yes : r->p->no, env, env };
}

static struct thought
swapped(struct reader *r, struct thought t)
{
	return (struct thought){ t.ok, term_not(r->p, t.is), t.no, t.yes };
}

static struct thought
choose(struct reader *r, const struct test *t, const struct env *env)
{
	struct prover *p = r->p;
	struct thought when = read_test(r, t->first, env);
	struct thought then = read_test(r, t->first->next, when.yes);
	struct thought other = read_test(r, t->first->next->next, when.no);
	return (struct thought){
		term_and(p, when.ok, term_if(p, when.is, then.ok, other.ok)),
		term_if(p, when.is, then.is, other.is),
		join(r, when.is, then.yes, other.yes),
		join(r, when.is, then.no, other.no),
	};
}

Z3_ast
meaning_within(struct prover *p, Z3_ast x, uint32_t lo, uint32_t hi)
{
	if (lo > hi)
		return p->no;
	if (lo == hi)
		return term_same(p, x, term_number(p, lo));
	return term_and(p, term_at_most(p, term_number(p, lo), x),
		term_at_most(p, x, term_number(p, hi)));
}

/* One of many ranges; behind some, another test decides. */
static struct thought
read_arms(struct reader *r, const struct test *t, const struct env *env)
{
	struct prover *p = r->p;
	struct term v = meaning_value(r, t->v, env);
	struct list plain = list_begin(r, false, env);
	struct thought all = constant(r, false, env);
	for (uint32_t i = 0; i < t->arms; i++) {
		Z3_ast in = meaning_within(p, v.is, t->arm[i].lo, t->arm[i].hi);
		if (t->then == NULL || t->then[i] == NULL) {
			list_add(&plain, (struct thought){ p->yes, in, env, env });
			continue;
		}
		struct thought then = read_test(r, t->then[i], env);
		all = (struct thought){ term_if(p, in, then.ok, all.ok),
			term_if(p, in, then.is, all.is), join(r, in, then.yes, all.yes),
			join(r, in, then.no, all.no) };
	}
	if (plain.count > 0)
		all = meaning_both(r, false, list_end(&plain), all);
	all.ok = term_and(p, v.ok, all.ok);
	return all;
}

/* Recursive: the trees of resolve are shallow; their lists are not. */
static struct thought
read_test(struct reader *r, const struct test *t, const struct env *env)
{
	struct prover *p = r->p;
	switch (t->kind) {
	case TEST_TRUE: return constant(r, true, env);
	case TEST_FALSE: return constant(r, false, env);
	case TEST_NOT: return swapped(r, read_test(r, t->first, env));
	case TEST_CHOOSE: return choose(r, t, env);
	case TEST_AND:
	case TEST_OR: {
		struct list l = list_begin(r, t->kind == TEST_AND, env);
		for (const struct test *o = t->first; o != NULL; o = o->next)
			list_add(&l, read_test(r, o, list_env(&l)));
		return list_end(&l);
	}
	case TEST_BIND: {
		struct term v = meaning_value(r, t->v, env);
		return (struct thought){ v.ok, p->yes, bind(r, env, t->slot->k, v.is),
			env };
	}
	case TEST_LEAF: break;
	}
	if (t->arm != NULL)
		return read_arms(r, t, env);
	struct term v = meaning_value(r, t->v, env);
	return (struct thought){ v.ok, meaning_within(p, v.is, t->lo, t->hi), env, env };
}

/* inner (…): in the packet, or in a tunnel of it, or in a tunnel inside that. */
static struct thought
read_inner(struct reader *r, const struct ast *a, const struct env *env)
{
	struct thought word = read_test(r, a->first->test, env);
	struct thought here = read_tree(r, a->last, word.yes);
	struct thought step = read_test(r, a->first->step, here.no);
	struct thought tunnel = read_tree(r, a->last, step.yes);
	struct thought again = read_test(r, a->first->step, tunnel.no);
	struct thought inside = read_tree(r, a->last, again.yes);
	struct thought t = meaning_both(r, true, again, inside);
	t = meaning_both(r, false, tunnel, t);
	t = meaning_both(r, true, step, t);
	t = meaning_both(r, false, here, t);
	return meaning_both(r, true, word, t);
}

struct thought
meaning_test(struct reader *r, const struct test *t, const struct env *env)
{
	return read_test(r, t, env);
}

static struct thought
read_leaf(struct reader *r, const struct ast *a, const struct env *env)
{
	struct thought t;
	if (a->kind != AST_RELATION)
		return read_test(r, a->test, env);
	bool own = relation_read(r, a, env, &t);
	r->from->tree += own;
	r->from->resolver += !own;
	return own ? t : read_test(r, a->test, env);
}

static struct thought
read_tree(struct reader *r, const struct ast *a, const struct env *env)
{
	struct thought t = constant(r, false, env);
	if (r->depth >= DEPTH_MAX)
		prover_stop(r->p, "the expression is nested too deeply");
	if (!prover_goes_on(r->p))
		return t;
	r->depth++;
	if (a->kind == AST_AND || a->kind == AST_OR) {
		struct list l = list_begin(r, a->kind == AST_AND, env);
		for (const struct ast *o = a->first; o != NULL; o = o->next)
			list_add(&l, read_tree(r, o, list_env(&l)));
		t = list_end(&l);
	} else if (a->kind == AST_NOT) {
		t = swapped(r, read_tree(r, a->first, env));
	} else if (a->kind == AST_INNER) {
		t = read_inner(r, a, env);
	} else {
		t = read_leaf(r, a, env);
	}
	r->depth--;
	return t;
}

struct reading
meaning(struct prover *p, enum ending ending, const struct filter_opts *opts,
	const struct syntax *syntax, struct read_from *from)
{
	struct reader r = { .p = p, .ending = ending, .opts = opts, .from = from };
	for (const struct ast *a = syntax->leaves; a != NULL; a = a->next_leaf)
		r.shifts |= a->entry != 0 || a->scope || a->kind == AST_SCOPE_BEGIN;
	struct env *env = ARENA_NEW(&p->arena, struct env);
	for (unsigned i = 0; i < SLOTS; i++) /* not bound: anything */
		env->slot[i] = term_fresh(p, p->word_sort);
	if (syntax->root == NULL)
		return (struct reading){ p->yes, p->yes };
	struct thought t = read_tree(&r, syntax->root, env);
	return (struct reading){ t.ok, t.is };
}
