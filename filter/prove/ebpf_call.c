/* ebpf_call.c: what eBPF has the kernel do: LD_ABS and LD_IND, which end the program with
 * 0 where the packet ends too early (net/core/filter.c, bpf_gen_ld_abs), and helpers
 * (linux/bpf.h). */
#include "ebpf.h"

static void
forget(struct state *s)
{
	for (unsigned i = 0; i <= 5; i++)
		s->reg[i] = (struct cell){ .kind = KIND_UNSET };
}

bool
machine_load_skb(struct machine *m, struct state *s, const struct bpf_insn *i, Z3_ast *ok)
{
	struct prover *p = m->p;
	const uint32_t k = (uint32_t)i->imm;
	const unsigned mode = BPF_MODE(i->code);
	const unsigned size = BPF_SIZE(i->code) == BPF_W   ? 4
			      : BPF_SIZE(i->code) == BPF_H ? 2
							   : 1;
	Z3_ast base = NULL;
	if (!m->way->skb || s->reg[6].kind != KIND_CONTEXT || s->reg[6].k != 0 ||
		(mode != BPF_ABS && mode != BPF_IND) || BPF_SIZE(i->code) == BPF_DW)
		return machine_stop(m, "a load that is not modelled");
	if (mode == BPF_IND)
		base = machine_number(m, machine_read(m, s, i->src_reg));
	if (mode == BPF_IND && base == NULL)
		return false;
	/* a negative offset is other memory */
	if (k > PROVE_CAPLEN_MAX)
		machine_astray(m, s, p->yes);
	else if (base != NULL)
		machine_astray(
			m, s, term_not(p, number_at_most(p, base, PROVE_CAPLEN_MAX - k)));
	Z3_ast n = packet_load(p, m->ending, base, k, size, ok);
	forget(s);
	s->reg[0] = cell_number(n);
	return true;
}

/* bpf_xdp_get_buff_len(context) */
static bool
xdp_length(struct machine *m, struct state *s)
{
	if (!m->way->xdp || machine_read(m, s, 1)->kind != KIND_CONTEXT)
		return machine_stop(m, "arguments that are not modelled");
	forget(s);
	s->reg[0] = cell_number(m->p->len);
	return true;
}

/* The word of stack that a helper writes `size` bytes to; NULL, and given up. */
static struct cell *
target(struct machine *m, struct state *s, unsigned to, unsigned size_in, uint32_t *size)
{
	const struct cell *at = machine_read(m, s, to);
	const struct cell *bytes = machine_read(m, s, size_in);
	if (at->kind != KIND_FRAME || bytes->kind != KIND_NUMBER ||
		!term_is_number(m->p, bytes->n, size) || *size == 0 || *size > 4) {
		machine_stop(m, "arguments that are not modelled");
		return NULL;
	}
	return machine_cell(m, s, at->k);
}

static void
written(struct cell *c, Z3_ast n, uint32_t size, Z3_ast when)
{
	*c = (struct cell){ .kind = KIND_RAW, .size = size, .n = n, .set = when };
}

/* bpf_xdp_load_bytes(context, offset, to, size).  It refuses offsets beyond 64 KiB, where
 * no packet has bytes at XDP (net/core/filter.c, bpf_xdp_pointer). */
static bool
xdp_load(struct machine *m, struct state *s)
{
	struct prover *p = m->p;
	uint32_t size;
	Z3_ast ok, offset = machine_number(m, machine_read(m, s, 2));
	struct cell *c = target(m, s, 3, 4, &size);
	if (offset == NULL || c == NULL)
		return false;
	if (!m->way->xdp || machine_read(m, s, 1)->kind != KIND_CONTEXT || size == 3)
		return machine_stop(m, "arguments that are not modelled");
	Z3_ast n = packet_load(p, m->ending, offset, 0, size, &ok);
	written(c, n, size, ok);
	forget(s);
	s->reg[0] = (struct cell){ .kind = KIND_STATUS, .n = ok };
	return true;
}

/* bpf_probe_read_kernel(to, size, address): of the packet it must be. */
static bool
probe_read(struct machine *m, struct state *s)
{
	struct prover *p = m->p;
	uint32_t size;
	Z3_ast ok;
	const struct cell at = *machine_read(m, s, 3);
	struct cell *c = target(m, s, 1, 2, &size);
	if (c == NULL)
		return false;
	if (at.kind != KIND_MEMORY || at.k < 0 || at.k > PROVE_CAPLEN_MAX || size == 3)
		return machine_stop(m, "arguments that are not modelled");
	Z3_ast n = packet_load(p, m->ending, at.n, (uint32_t)at.k, size, &ok);
	machine_astray(m, s, term_not(p, ok));
	written(c, n, size, p->yes);
	forget(s);
	s->reg[0] = (struct cell){ .kind = KIND_STATUS, .n = p->yes };
	return true;
}

bool
machine_call(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	static const struct {
		int number; /* linux/bpf.h; a header may be older than they are */
		bool (*run)(struct machine *, struct state *);
	} helpers[] = { { 113, probe_read }, { 188, xdp_length }, { 189, xdp_load } };
	for (unsigned h = 0; h < sizeof(helpers) / sizeof(helpers[0]); h++)
		if (i->src_reg == 0 && i->imm == helpers[h].number)
			return helpers[h].run(m, s);
	return machine_stop(m, "a call that is not modelled");
}
