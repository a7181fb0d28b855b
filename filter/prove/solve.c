/* solve.c: questions to Z3: terms in, a packet (a model) or none out.
 *
 * Bytes at computed addresses are unknowns of their own.  When the answer is a packet
 * that holds two bytes at one address, the solver is told of this pair, and asked again:
 * most proofs hold whatever the bytes are, and need none. */
#include "prove.h"

#include <stdio.h>

uint32_t
solve_number(struct prover *p, Z3_model m, Z3_ast a)
{
	Z3_ast value = NULL;
	uint32_t k = 0;
	if (Z3_model_eval(p->z, m, a, true, &value) && value != NULL)
		term_is_number(p, value, &k);
	return k;
}

bool
solve_truth(struct prover *p, Z3_model m, Z3_ast a)
{
	Z3_ast value = NULL;
	return Z3_model_eval(p->z, m, a, true, &value) && value != NULL &&
	       Z3_get_bool_value(p->z, value) == Z3_L_TRUE;
}

/* Tells the solver that equal addresses hold equal bytes. */
static void
agree(struct prover *p, const struct octet *a, const struct octet *b)
{
	Z3_ast same = Z3_mk_eq(p->z, a->at, b->at);
	Z3_ast equal = Z3_mk_eq(p->z, a->byte, b->byte);
	Z3_solver_assert(p->z, p->solver, Z3_mk_implies(p->z, same, equal));
}

/* Is each address one byte in the model?  Else the solver is told. */
static bool
one_byte_each(struct prover *p, Z3_model m)
{
	uint32_t *at = ARENA_ARRAY(&p->arena, p->octets, uint32_t);
	uint32_t *byte = ARENA_ARRAY(&p->arena, p->octets, uint32_t);
	bool agreed = true;
	for (uint32_t i = 0; i < p->octets; i++) {
		const struct octet *o = &p->octet[i];
		at[i] = o->fixed ? o->k : solve_number(p, m, o->at);
		byte[i] = UINT32_MAX; /* not looked at yet */
	}
	for (uint32_t i = 0; i < p->octets; i++) {
		if (p->octet[i].fixed)
			continue;
		for (uint32_t j = 0; j < p->octets; j++) {
			if (at[j] != at[i] || j == i || (j < i && !p->octet[j].fixed))
				continue;
			if (byte[i] == UINT32_MAX)
				byte[i] = solve_number(p, m, p->octet[i].byte);
			if (byte[j] == UINT32_MAX)
				byte[j] = solve_number(p, m, p->octet[j].byte);
			if (byte[i] == byte[j])
				continue;
			agree(p, &p->octet[i], &p->octet[j]);
			agreed = false;
		}
	}
	return agreed;
}

/* Work that most proofs need, by Z3's own count: some tens of milliseconds. */
#define QUICK_WORK 3000000u

static void
limit(struct prover *p, unsigned work, unsigned ms)
{
	Z3_params params = Z3_mk_params(p->z);
	Z3_params_inc_ref(p->z, params);
	Z3_params_set_uint(p->z, params, Z3_mk_string_symbol(p->z, "rlimit"), work);
	Z3_params_set_uint(p->z, params, Z3_mk_string_symbol(p->z, "timeout"), ms);
	/* the program's signals are its own */
	Z3_params_set_bool(p->z, params, Z3_mk_string_symbol(p->z, "ctrl_c"), false);
	Z3_solver_set_params(p->z, p->solver, params);
	Z3_params_dec_ref(p->z, params);
}

/* First without a clock: Z3's is a thread, which is slower than most answers where there
 * are few processors. */
static Z3_lbool
check(struct prover *p, unsigned count, const Z3_ast *assumed)
{
	limit(p, QUICK_WORK, UINT32_MAX);
	Z3_lbool found = Z3_solver_check_assumptions(p->z, p->solver, count, assumed);
	if (found != Z3_L_UNDEF || !prover_goes_on(p))
		return found;
	uint64_t left = (p->deadline_ns - prover_now()) / 1000000 + 1;
	limit(p, 0, left < UINT32_MAX ? (unsigned)left : UINT32_MAX);
	return Z3_solver_check_assumptions(p->z, p->solver, count, assumed);
}

enum found
solve(struct prover *p, unsigned count, const Z3_ast *hold, Z3_model *model)
{
	Z3_ast *assumed = ARENA_ARRAY(&p->arena, count, Z3_ast);
	*model = NULL;
	for (unsigned i = 0; i < count; i++) {
		Z3_ast plain = Z3_simplify(p->z, hold[i]);
		if (plain == p->no)
			return FOUND_NO;
		assumed[i] = term_fresh(p, p->bool_sort);
		Z3_solver_assert(p->z, p->solver, Z3_mk_implies(p->z, assumed[i], plain));
	}
	scale_order(p);
	while (prover_goes_on(p)) {
		Z3_lbool found = check(p, count, assumed);
		if (found == Z3_L_FALSE)
			return FOUND_NO;
		if (found != Z3_L_TRUE)
			break;
		Z3_model m = Z3_solver_get_model(p->z, p->solver);
		if (m == NULL)
			break;
		Z3_model_inc_ref(p->z, m);
		*model = m;
		if (scale_hold(p, m) && one_byte_each(p, m))
			return FOUND_YES;
		*model = NULL;
		Z3_model_dec_ref(p->z, m);
	}
	if (prover_goes_on(p))
		prover_stop(p, Z3_solver_get_reason_unknown(p->z, p->solver));
	return FOUND_UNKNOWN;
}
