/* term.c: makes the terms of a proof; folds what is plain, so that small proofs stay
 * small.  Relies on Z3's terms being unique. */
#include "prove.h"

Z3_ast
term_number(struct prover *p, uint32_t k)
{
	return Z3_mk_unsigned_int(p->z, k, p->word_sort);
}

bool
term_is_number(struct prover *p, Z3_ast a, uint32_t *k)
{
	unsigned x;
	if (!Z3_is_numeral_ast(p->z, a) || !Z3_get_numeral_uint(p->z, a, &x))
		return false;
	*k = x;
	return true;
}

Z3_ast
term_fresh(struct prover *p, Z3_sort sort)
{
	return Z3_mk_const(p->z, Z3_mk_int_symbol(p->z, (int)p->fresh++), sort);
}

Z3_ast
term_not(struct prover *p, Z3_ast a)
{
	if (a == p->yes || a == p->no)
		return a == p->yes ? p->no : p->yes;
	return Z3_mk_not(p->z, a);
}

Z3_ast
term_and(struct prover *p, Z3_ast a, Z3_ast b)
{
	if (a == p->no || b == p->no)
		return p->no;
	if (a == p->yes || a == b)
		return b;
	return b == p->yes ? a : Z3_mk_and(p->z, 2, (Z3_ast[]){ a, b });
}

Z3_ast
term_or(struct prover *p, Z3_ast a, Z3_ast b)
{
	if (a == p->yes || b == p->yes)
		return p->yes;
	if (a == p->no || a == b)
		return b;
	return b == p->no ? a : Z3_mk_or(p->z, 2, (Z3_ast[]){ a, b });
}

Z3_ast
term_same(struct prover *p, Z3_ast a, Z3_ast b)
{
	uint32_t k;
	if (a == b)
		return p->yes;
	if (term_is_number(p, b, &k))
		return scale_equal(p, a, k);
	if (term_is_number(p, a, &k))
		return scale_equal(p, b, k);
	return Z3_mk_eq(p->z, a, b);
}

Z3_ast
term_if(struct prover *p, Z3_ast when, Z3_ast then, Z3_ast otherwise)
{
	if (when == p->yes || then == otherwise)
		return then;
	if (when == p->no)
		return otherwise;
	if (then == p->yes)
		return term_or(p, when, otherwise);
	if (then == p->no)
		return term_and(p, term_not(p, when), otherwise);
	if (otherwise == p->yes)
		return term_or(p, term_not(p, when), then);
	if (otherwise == p->no)
		return term_and(p, when, then);
	return Z3_mk_ite(p->z, when, then, otherwise);
}

Z3_ast
term_at_most(struct prover *p, Z3_ast a, Z3_ast b)
{
	uint32_t k;
	if (a == b)
		return p->yes;
	if (term_is_number(p, b, &k))
		return scale_at_most(p, a, k);
	if (term_is_number(p, a, &k))
		return k == 0 ? p->yes : term_not(p, scale_at_most(p, b, k - 1));
	return Z3_mk_bvule(p->z, a, b);
}

static bool
is_choice(struct prover *p, Z3_ast a)
{
	return Z3_get_decl_kind(p->z, Z3_get_app_decl(p->z, Z3_to_app(p->z, a))) ==
	       Z3_OP_ITE;
}

static Z3_ast
part(struct prover *p, Z3_ast a, unsigned i)
{
	return Z3_get_app_arg(p->z, Z3_to_app(p->z, a), i);
}

unsigned
term_choices(struct prover *p, Z3_ast a, unsigned max)
{
	if (!is_choice(p, a))
		return 1;
	unsigned n = max > 1 ? term_choices(p, part(p, a, 1), max - 1) : 1;
	return n + (n < max ? term_choices(p, part(p, a, 2), max - n) : 1);
}

/* What a choice is where `when` is true, or false. */
static Z3_ast
under(struct prover *p, Z3_ast a, Z3_ast when, bool is)
{
	if (!is_choice(p, a))
		return a;
	Z3_ast c = part(p, a, 0), then = part(p, a, 1), other = part(p, a, 2);
	if (c == when)
		return under(p, is ? then : other, when, is);
	return term_if(p, c, under(p, then, when, is), under(p, other, when, is));
}

/* An unknown that is this; what is too large to be looked through is dealt with by name.
 */
static Z3_ast
name_of(struct prover *p, Z3_ast a)
{
	if (!is_choice(p, a))
		return a;
	for (uint32_t i = p->names; i-- > 0;)
		if (p->name[i].of == a)
			return p->name[i].name;
	ARENA_MORE(&p->arena, p->name, p->names, &p->name_room);
	Z3_ast name = term_fresh(p, p->word_sort);
	p->name[p->names++] = (struct name){ a, name };
	Z3_solver_assert(p->z, p->solver, Z3_mk_eq(p->z, name, a));
	return name;
}

Z3_ast
term_named(struct prover *p, Z3_ast a, unsigned max)
{
	return term_choices(p, a, max + 1) > max ? name_of(p, a) : a;
}

/* (c ? a : b) + d is c ? a + d : b + d: then equal addresses are equal terms, whichever
 * way they were come by. */
static bool
arith_choices(struct prover *p, enum arith_op op, Z3_ast *a, Z3_ast b, Z3_ast *ok)
{
	unsigned n = term_choices(p, *a, 2), m = term_choices(p, b, 2);
	if (n * m == 1)
		return false;
	Z3_ast when = part(p, n > 1 ? *a : b, 0), ok_then, ok_other;
	Z3_ast then = term_arith(
		p, op, under(p, *a, when, true), under(p, b, when, true), &ok_then);
	Z3_ast other = term_arith(
		p, op, under(p, *a, when, false), under(p, b, when, false), &ok_other);
	*ok = term_if(p, when, ok_then, ok_other);
	*a = term_if(p, when, then, other);
	return true;
}

/* Z3 shifts by the width or more to 0, which is what is meant. */
Z3_ast
term_arith(struct prover *p, enum arith_op op, Z3_ast a, Z3_ast b, Z3_ast *ok)
{
	typedef Z3_ast maker(Z3_context, Z3_ast, Z3_ast);
	static maker *const make[] = { [OP_ADD] = Z3_mk_bvadd,
		[OP_SUB] = Z3_mk_bvsub,
		[OP_MUL] = Z3_mk_bvmul,
		[OP_DIV] = Z3_mk_bvudiv,
		[OP_MOD] = Z3_mk_bvurem,
		[OP_AND] = Z3_mk_bvand,
		[OP_OR] = Z3_mk_bvor,
		[OP_XOR] = Z3_mk_bvxor,
		[OP_SHL] = Z3_mk_bvshl,
		[OP_SHR] = Z3_mk_bvlshr };
	uint32_t x, y;
	Z3_ast zero = term_number(p, 0), one = term_number(p, 1);
	a = term_named(p, a, CHOICES_MAX);
	b = term_named(p, b, CHOICES_MAX);
	if (arith_choices(p, op, &a, b, ok))
		return a;
	*ok = p->yes;
	if (op == OP_DIV || op == OP_MOD)
		*ok = term_not(p, term_same(p, b, zero));
	if (op == OP_EQ)
		return term_if(p, term_same(p, a, b), one, zero);
	if (op == OP_GT)
		return term_if(p, term_at_most(p, a, b), zero, one);
	if (op == OP_GE)
		return term_if(p, term_at_most(p, b, a), one, zero);
	Z3_ast made = make[op](p->z, a, b);
	bool plain = term_is_number(p, a, &x) && term_is_number(p, b, &y);
	return plain ? Z3_simplify(p->z, made) : made;
}
