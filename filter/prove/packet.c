/* packet.c: the bytes of the unknown packet: addresses in, bytes out, one for each. */
#include "prove.h"

static uint32_t
hash_of(struct prover *p, Z3_ast at)
{
	return Z3_get_ast_id(p->z, at) & (p->room - 1);
}

static void
grow(struct prover *p)
{
	uint32_t old = p->room;
	p->octet =
		arena_more(&p->arena, p->octet, p->octets, &p->room, sizeof(*p->octet));
	if (p->room == old)
		return;
	p->bucket = ARENA_ARRAY(&p->arena, p->room, uint32_t);
	for (uint32_t i = 0; i < p->octets; i++) {
		uint32_t *head = &p->bucket[hash_of(p, p->octet[i].at)];
		p->octet[i].chain = *head;
		*head = i + 1;
	}
}

static Z3_ast
byte_at(struct prover *p, Z3_ast at)
{
	grow(p); /* room is a power of two: 16, then doubled */
	uint32_t *head = &p->bucket[hash_of(p, at)];
	for (uint32_t i = *head; i != 0; i = p->octet[i - 1].chain)
		if (p->octet[i - 1].at == at)
			return p->octet[i - 1].byte;
	struct octet *o = &p->octet[p->octets++];
	*o = (struct octet){ .at = at, .byte = term_fresh(p, p->octet_sort) };
	o->fixed = term_is_number(p, at, &o->k);
	o->chain = *head;
	*head = p->octets;
	return o->byte;
}

Z3_ast
packet_address(struct prover *p, Z3_ast base, uint32_t k)
{
	Z3_ast at = term_number(p, k);
	return base == NULL ? at : Z3_simplify(p->z, Z3_mk_bvadd(p->z, base, at));
}

static Z3_ast
load_either(struct prover *p, enum ending ending, Z3_ast base, uint32_t k, unsigned size,
	Z3_ast *ok)
{
	Z3_app app = Z3_to_app(p->z, base);
	Z3_ast when = Z3_get_app_arg(p->z, app, 0), ok_then, ok_else;
	Z3_ast then =
		packet_load(p, ending, Z3_get_app_arg(p->z, app, 1), k, size, &ok_then);
	Z3_ast other =
		packet_load(p, ending, Z3_get_app_arg(p->z, app, 2), k, size, &ok_else);
	*ok = term_if(p, when, ok_then, ok_else);
	return term_if(p, when, then, other);
}

Z3_ast
packet_load(struct prover *p, enum ending ending, Z3_ast base, uint32_t k, unsigned size,
	Z3_ast *ok)
{
	uint32_t known;
	if (base != NULL && term_is_number(p, base, &known) && k <= UINT32_MAX - known) {
		k += known;
		base = NULL;
	}
	if (base != NULL)
		base = term_named(p, base, CHOICES_MAX);
	if (base != NULL && term_choices(p, base, 2) > 1)
		return load_either(p, ending, base, k, size, ok);
	*ok = p->no;
	if (k > PROVE_CAPLEN_MAX - size)
		return term_number(p, 0);
	/* base + k does not wrap when it is below 2^31 */
	*ok = base == NULL ? p->yes
			   : term_at_most(p, base,
				     term_number(p, PROVE_CAPLEN_MAX - size - k));
	if (ending == CUT)
		*ok = term_and(p, *ok,
			term_at_most(p, packet_address(p, base, k + size), p->caplen));
	Z3_ast word = byte_at(p, packet_address(p, base, k));
	for (unsigned i = 1; i < size; i++)
		word = Z3_mk_concat(
			p->z, word, byte_at(p, packet_address(p, base, k + i)));
	return size == 4 ? word : Z3_mk_zero_ext(p->z, 32 - 8 * size, word);
}
