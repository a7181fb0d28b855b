/* prover.c: what the terms of a proof live in, and its time. */
#include "prove.h"

#include <stdio.h>
#include <time.h>

/* Z3 reports by codes as well, which the callers see as NULL; its own handler would
 * end the process. */
static void
on_error(Z3_context z, Z3_error_code code)
{
	(void)z;
	(void)code;
}

uint64_t
prover_now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* A field of the packet that has so many bits. */
static Z3_ast
field(struct prover *p, unsigned bits)
{
	Z3_ast narrow = term_fresh(p, Z3_mk_bv_sort(p->z, bits));
	return bits == 32 ? narrow : Z3_mk_zero_ext(p->z, 32 - bits, narrow);
}

bool
prover_open(struct prover *p, uint32_t limit_ms)
{
	static const unsigned bits[METAS] = { [META_PROTOCOL] = 16,
		[META_IFINDEX] = 32,
		[META_HATYPE] = 16,
		[META_PKTTYPE] = 8,
		[META_VLAN_PRESENT] = 1,
		[META_VLAN_TCI] = 16 };
	uint64_t limit = limit_ms != 0 ? limit_ms * 1000000ull : UINT64_MAX / 2;
	*p = (struct prover){ .deadline_ns = prover_now() + limit };
	Z3_config config = Z3_mk_config();
	p->z = Z3_mk_context(config);
	Z3_del_config(config);
	if (p->z == NULL)
		return false;
	Z3_set_error_handler(p->z, on_error);
	p->bool_sort = Z3_mk_bool_sort(p->z);
	p->word_sort = Z3_mk_bv_sort(p->z, 32);
	p->octet_sort = Z3_mk_bv_sort(p->z, 8);
	p->yes = Z3_mk_true(p->z);
	p->no = Z3_mk_false(p->z);
	p->caplen = field(p, 32);
	p->len = field(p, 32);
	p->piece = field(p, 32);
	for (unsigned i = 0; i < METAS; i++)
		p->meta[i] = field(p, bits[i]);
	/* not QF_BV, whose solver takes three times as long for lists */
	p->solver = Z3_mk_solver_for_logic(p->z, Z3_mk_string_symbol(p->z, "QF_UFBV"));
	if (p->solver == NULL)
		return false;
	Z3_solver_inc_ref(p->z, p->solver);
	Z3_solver_assert(p->z, p->solver,
		Z3_mk_bvule(p->z, p->caplen, term_number(p, PROVE_CAPLEN_MAX)));
	Z3_solver_assert(p->z, p->solver, Z3_mk_bvule(p->z, p->caplen, p->len));
	return true;
}

void
prover_close(struct prover *p)
{
	if (p->solver != NULL)
		Z3_solver_dec_ref(p->z, p->solver);
	if (p->z != NULL)
		Z3_del_context(p->z);
	arena_free(&p->arena);
	*p = (struct prover){ 0 };
}

bool
prover_stop(struct prover *p, const char *why)
{
	if (p->why[0] == '\0')
		snprintf(p->why, sizeof(p->why), "%s", why);
	return false;
}

bool
prover_goes_on(struct prover *p)
{
	if (p->why[0] != '\0')
		return false;
	return prover_now() < p->deadline_ns || prover_stop(p, "the time limit was hit");
}
