/* ebpf_memory.c: loads and stores of eBPF: where an address points in, what is there out.
 * What is read of the packet beyond the bytes that are in place is none of it: the run is
 * astray. */
#include <stddef.h>

#include "ebpf.h"

#define WORD 8 /* bytes of stack that are written as one */

static unsigned
size_of(const struct bpf_insn *i)
{
	static const unsigned sizes[4] = { 4, 2, 1, 8 };
	return sizes[BPF_SIZE(i->code) >> 3];
}

/* A field of the context or of the scratch. */
static bool
load_field(struct machine *m, const struct field *f, struct cell *out)
{
	struct prover *p = m->p;
	if (f == NULL)
		return machine_stop(m, "a field that is not known");
	switch (f->is) {
	case FIELD_LEN: *out = cell_number(p->len); return true;
	case FIELD_META: *out = cell_number(p->meta[f->meta]); return true;
	case FIELD_META_BE16:
		*out = (struct cell){
			.kind = KIND_RAW, .size = 2, .n = p->meta[f->meta]
		};
		return true;
	case FIELD_FILLED: *out = cell_number(m->end); return true;
	case FIELD_LINEAR: *out = cell_number(m->captured); return true;
	case FIELD_ADDRESS: *out = (struct cell){ .kind = KIND_MEMORY }; return true;
	case FIELD_DATA: *out = (struct cell){ .kind = KIND_PACKET }; break;
	case FIELD_DATA_END: *out = (struct cell){ .kind = KIND_END }; break;
	}
	return m->way->beyond || machine_stop(m, "the packet is not to be had in place");
}

/* `size` bytes of the packet at base + k. */
static bool
load_packet(struct machine *m, const struct state *s, Z3_ast base, int64_t k,
	unsigned size, struct cell *out)
{
	struct prover *p = m->p;
	Z3_ast ok;
	if (k < 0 || k > PROVE_CAPLEN_MAX || size > 4)
		return machine_stop(m, "a load that is not modelled");
	machine_astray(m, s, term_not(p, machine_within(m, base, k + size)));
	Z3_ast n = packet_load(p, ENDLESS, base, (uint32_t)k, size, &ok);
	*out = size == 1 ? cell_number(n)
			 : (struct cell){ .kind = KIND_RAW, .size = size, .n = n };
	return true;
}

struct cell *
machine_cell(struct machine *m, struct state *s, int64_t k)
{
	const int64_t word = -k / WORD - 1;
	if (k % WORD != 0 || word < 0 || word >= CELLS) {
		machine_stop(m, "stack that is not modelled");
		return NULL;
	}
	return &s->stack[word];
}

/* A cell as it was written, or the lower half of a number. */
static bool
load_stack(struct machine *m, struct state *s, int64_t k, unsigned size, struct cell *out)
{
	const struct cell *c = machine_cell(m, s, k);
	if (c == NULL)
		return false;
	const bool little = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	const bool own = c->set != NULL && c->size == size; /* by a helper */
	const bool half =
		c->set == NULL && size == 4 && little &&
		(c->kind == KIND_NUMBER || c->kind == KIND_RAW || c->kind == KIND_STEPS);
	if (c->kind == KIND_UNSET)
		machine_astray(m, s, m->p->yes);
	else if (c->set != NULL)
		machine_astray(m, s, term_not(m->p, c->set));
	if (c->kind != KIND_UNSET && !own && !half && (c->set != NULL || size != WORD))
		return machine_stop(m, "a part of a word of stack");
	*out = *c;
	out->set = NULL;
	if (own && size == 1)
		*out = cell_number(c->n);
	return true;
}

bool
machine_load(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	const struct cell at = *machine_read(m, s, i->src_reg);
	const int64_t k = at.k + i->off;
	const size_t data = offsetof(struct filter_pktbuf, data);
	const unsigned size = size_of(i);
	struct cell *dst = &s->reg[i->dst_reg];
	if (BPF_MODE(i->code) != BPF_MEM)
		return machine_stop(m, "a load that is not modelled");
	switch (at.kind) {
	case KIND_CONTEXT:
		return load_field(m, way_field(m->way->context, (size_t)k, size), dst);
	case KIND_SCRATCH:
		if (at.n != NULL || k >= (int64_t)data)
			return load_packet(m, s, at.n, k - (int64_t)data, size, dst);
		return load_field(m, way_field(way_pktbuf, (size_t)k, size), dst);
	case KIND_PACKET: return load_packet(m, s, at.n, k, size, dst);
	case KIND_FRAME: return load_stack(m, s, k, size, dst);
	case KIND_DATA: return table_load(m, &at, i->off, size, dst);
	default: return machine_stop(m, "a load from what is no address");
	}
}

/* Of whole words of stack only. */
bool
machine_store(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	const struct cell *to = machine_read(m, s, i->dst_reg);
	const struct cell *from = machine_read(m, s, i->src_reg);
	if (i->code != (BPF_STX | BPF_MEM | BPF_DW) || to->kind != KIND_FRAME)
		return machine_stop(m, "a store that is not modelled");
	struct cell *c = machine_cell(m, s, to->k + i->off);
	if (c == NULL)
		return false;
	*c = *from;
	return true;
}
