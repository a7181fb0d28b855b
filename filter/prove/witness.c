/* witness.c: a packet that shows something, made small: the fewest bytes, and of those
 * that do not matter, and of the metadata, 0.  Terms in, bytes out. */
#include "prove.h"

#include <stdlib.h>

#define PINS_MAX 400 /* bytes and fields that are tried with 0 */

struct search {
	struct prover *p;
	Z3_ast hold[PINS_MAX + 8 + WISHES_MAX];
	unsigned held;
	Z3_model model; /* of what is held */
};

/* Holds this too where that is possible. */
static bool
pin(struct search *s, Z3_ast more)
{
	Z3_model model;
	s->hold[s->held] = more;
	if (solve(s->p, s->held + 1, s->hold, &model) != FOUND_YES)
		return false;
	s->held++;
	if (s->model != NULL)
		Z3_model_dec_ref(s->p->z, s->model);
	s->model = model;
	return true;
}

/* A field with what it has in the model already, or less. */
static void
lower(struct search *s, Z3_ast field)
{
	struct prover *p = s->p;
	uint32_t lo = 0, hi = solve_number(p, s->model, field);
	while (lo < hi) {
		uint32_t middle = lo + (hi - lo) / 2;
		unsigned held = s->held;
		if (pin(s, term_at_most(p, field, term_number(p, middle))))
			hi = solve_number(p, s->model, field);
		else
			lo = middle + 1;
		s->held = held; /* the bound that holds at last is the one that stays */
	}
	pin(s, term_at_most(p, field, term_number(p, hi)));
}

static void
clear(struct search *s, Z3_ast field, Z3_ast zero)
{
	if (s->held < PINS_MAX)
		pin(s, Z3_mk_eq(s->p->z, field, zero));
}

static void
clear_bytes(struct search *s, uint32_t caplen)
{
	struct prover *p = s->p;
	Z3_ast zero = Z3_mk_unsigned_int(p->z, 0, p->octet_sort);
	for (uint32_t i = 0; i < p->octets; i++)
		if (p->octet[i].fixed && p->octet[i].k < caplen)
			clear(s, p->octet[i].byte, zero);
	for (unsigned i = 0; i < METAS; i++)
		clear(s, p->meta[i], term_number(p, 0));
}

static bool
show(struct search *s, struct filter_witness *w)
{
	struct prover *p = s->p;
	uint32_t caplen = solve_number(p, s->model, p->caplen);
	w->bytes = calloc(caplen + 1, 1);
	if (w->bytes == NULL)
		abort();
	for (uint32_t i = 0; i < p->octets; i++) {
		uint32_t at = solve_number(p, s->model, p->octet[i].at);
		if (at < caplen)
			w->bytes[at] =
				(uint8_t)solve_number(p, s->model, p->octet[i].byte);
	}
	uint32_t meta[METAS];
	for (unsigned i = 0; i < METAS; i++)
		meta[i] = solve_number(p, s->model, p->meta[i]);
	w->packet = (struct filter_packet){
		.data = w->bytes,
		.caplen = caplen,
		.len = solve_number(p, s->model, p->len),
		.ifindex = meta[META_IFINDEX],
		.protocol = (uint16_t)meta[META_PROTOCOL],
		.hatype = (uint16_t)meta[META_HATYPE],
		.pkttype = (uint8_t)meta[META_PKTTYPE],
		.vlan_present = meta[META_VLAN_PRESENT] != 0,
		.vlan_tci = (uint16_t)meta[META_VLAN_TCI],
	};
	w->piece = solve_number(p, s->model, p->piece);
	w->found = true;
	return true;
}

bool
witness_find(
	struct prover *p, const struct shown *shown, struct filter_witness *w, bool is[2])
{
	struct search s = { .p = p, .hold = { shown->holds, shown->also }, .held = 2 };
	bool found =
		pin(&s, term_at_most(p, p->caplen, term_number(p, FILTER_SNAPLEN_MAX)));
	if (found) {
		Z3_ast wish[WISHES_MAX];
		unsigned count = wishes(p, shown->opts, wish);
		for (unsigned i = 0; i < count; i++)
			pin(&s, wish[i]);
		lower(&s, p->caplen);
		lower(&s, p->len);
		clear_bytes(&s, solve_number(p, s.model, p->caplen));
		for (unsigned i = 0; i < 2; i++)
			is[i] = solve_truth(p, s.model, shown->verdict[i]);
		show(&s, w);
	}
	if (s.model != NULL)
		Z3_model_dec_ref(p->z, s.model);
	return found;
}
