/* ebpf.c: an eBPF body run on an unknown packet: instructions in, terms out.
 *
 * Jumps go forward only, so the states that lead to an instruction are all known when it
 * comes to its turn; where they meet, what differs is chosen by the way that was taken.
 * Then, from the last instruction to the first: what is returned?  Semantics: kernel
 * Documentation/bpf/standardization/instruction-set.rst.  The run is astray where the
 * program reads what nobody has written or what is not the packet's, or shifts by the
 * width or more.  What is not modelled here is given up: nothing is claimed of it. */
#include "ebpf.h"

#include <stdio.h>
#include <string.h>

struct branch {       /* of an instruction that was run */
	Z3_ast ok;    /* then, the program goes on behind it */
	Z3_ast taken; /* ... to `to`, else to the next */
	size_t to;
	bool exits;
	Z3_ast result;
};

bool
machine_stop(struct machine *m, const char *why)
{
	char text[sizeof(m->p->why)];
	snprintf(text, sizeof(text), "eBPF instruction %zu (code 0x%02x): %s", m->at,
		m->body->insns[m->at].code, why);
	return prover_stop(m->p, text);
}

void
machine_astray(struct machine *m, const struct state *s, Z3_ast when)
{
	m->stray = term_or(m->p, m->stray, term_and(m->p, s->way, when));
}

struct cell
cell_number(Z3_ast n)
{
	return (struct cell){ .kind = KIND_NUMBER, .n = n };
}

struct cell
cell_constant(struct machine *m, uint32_t k)
{
	return cell_number(term_number(m->p, k));
}

/* --- where ways meet ------------------------------------------------------------- */

static bool
alike(const struct cell *a, const struct cell *b)
{
	return a->kind == b->kind && a->size == b->size && a->n == b->n && a->k == b->k &&
	       a->steps == b->steps && a->set == b->set;
}

/* What is read of either as a number, or added to either as an address. */
static Z3_ast
added(struct machine *m, const struct cell *c)
{
	return c->n != NULL ? c->n : term_number(m->p, 0);
}

/* `to`, but where `way` was taken `from`. */
static void
meet(struct machine *m, struct cell *to, const struct cell *from, Z3_ast way)
{
	const struct cell old = *to;
	const bool addresses = from->kind == KIND_PACKET || from->kind == KIND_SCRATCH ||
			       from->kind == KIND_MEMORY;
	if (alike(to, from))
		return;
	if (old.kind == KIND_UNSET || from->kind == KIND_UNSET)
		*to = (struct cell){ .kind = KIND_UNSET };
	else if (old.kind != from->kind || old.k != from->k || old.size != from->size ||
		 old.set != from->set || old.steps != from->steps ||
		 (old.kind != KIND_NUMBER && old.kind != KIND_RAW && !addresses))
		*to = (struct cell){ .kind = KIND_MIXED };
	else
		to->n = term_if(m->p, way, added(m, from), added(m, &old));
}

static void
arrive(struct machine *m, const struct state *from, Z3_ast way, size_t to)
{
	struct prover *p = m->p;
	if (way == p->no)
		return;
	struct state *s = m->line[to];
	if (s == NULL) {
		s = m->line[to] = ARENA_NEW(&p->arena, struct state);
		*s = *from;
		s->way = way;
		return;
	}
	for (unsigned i = 0; i < REGISTERS; i++)
		meet(m, &s->reg[i], &from->reg[i], way);
	for (unsigned i = 0; i < CELLS; i++)
		meet(m, &s->stack[i], &from->stack[i], way);
	if (s->bound.x != from->bound.x || s->bound.most != from->bound.most)
		s->bound = (struct bound){ NULL, 0 };
	s->way = term_or(p, way, s->way);
}

/* --- instructions ---------------------------------------------------------------- */

static bool
is_wide(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* A number of 64 bits, or an address in the program's data. */
static bool
load_wide(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	if (m->at + 1 >= m->body->count)
		return machine_stop(m, "it lacks its second half");
	if (i->src_reg == BPF_PSEUDO_MAP_IDX_VALUE && i->imm == 0 &&
		m->body->data != NULL)
		s->reg[i->dst_reg] =
			(struct cell){ .kind = KIND_DATA, .k = (uint32_t)i[1].imm };
	else if (i->src_reg == 0 && i[1].imm == 0)
		s->reg[i->dst_reg] = cell_constant(m, (uint32_t)i->imm);
	else
		return machine_stop(m, "not a number that is modelled");
	m->branch[m->at].to = m->at + 2;
	return true;
}

static bool
leave(struct machine *m, struct state *s)
{
	struct branch *b = &m->branch[m->at];
	b->exits = true;
	b->result = machine_number(m, machine_read(m, s, 0));
	return b->result != NULL;
}

/* JMP and JMP32: fills in where to; true: `s` goes on behind it. */
static bool
jump(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	struct branch *b = &m->branch[m->at];
	const bool narrow = BPF_CLASS(i->code) == BPF_JMP32;
	if (!narrow && BPF_OP(i->code) == BPF_CALL)
		return machine_call(m, s, i);
	if (!narrow && BPF_OP(i->code) == BPF_EXIT)
		return leave(m, s);
	const int64_t to = (int64_t)m->at + 1 + i->off;
	if (to <= (int64_t)m->at || to >= (int64_t)m->body->count)
		return machine_stop(m, "it jumps back, or out of the program");
	b->to = (size_t)to;
	if (BPF_OP(i->code) != BPF_JA)
		b->taken = machine_jumps(m, s, i);
	else if (narrow)
		return machine_stop(m, "a long jump");
	return b->taken != NULL;
}

static bool
step(struct machine *m, struct state *s, const struct bpf_insn *i)
{
	if (i->dst_reg >= REGISTERS || i->src_reg >= REGISTERS)
		return machine_stop(m, "there is no such register");
	switch (BPF_CLASS(i->code)) {
	case BPF_ALU:
	case BPF_ALU64: return machine_alu(m, s, i);
	case BPF_LDX: return machine_load(m, s, i);
	case BPF_ST:
	case BPF_STX: return machine_store(m, s, i);
	case BPF_LD:
		if (is_wide(i))
			return load_wide(m, s, i);
		return machine_load_skb(m, s, i, &m->branch[m->at].ok);
	default: return jump(m, s, i);
	}
}

/* That the number is not larger, where a comparison has not jumped, is kept. */
static struct bound
bounded(const struct state *s, const struct bpf_insn *i)
{
	const struct cell *c = &s->reg[i->dst_reg];
	if (i->code != (BPF_JMP32 | BPF_JGT | BPF_K) || c->kind != KIND_NUMBER)
		return s->bound;
	return (struct bound){ c->n, (uint32_t)i->imm };
}

/* False: given up. */
static bool
run_line(struct machine *m)
{
	struct prover *p = m->p;
	const struct bpf_insn *i = &m->body->insns[m->at];
	struct branch *b = &m->branch[m->at];
	struct state s = *m->line[m->at];
	*b = (struct branch){ .ok = p->yes, .taken = p->yes, .to = m->at + 1 };
	if (!step(m, &s, i))
		return false;
	if (b->exits)
		return true;
	if (m->at + 1 >= m->body->count || b->to >= m->body->count)
		return machine_stop(m, "the program goes on behind its end");
	Z3_ast way = term_and(p, s.way, b->ok);
	arrive(m, &s, term_and(p, way, b->taken), b->to);
	if (b->taken == p->yes)
		return true;
	s.bound = bounded(&s, i);
	if (i->code == (BPF_JMP32 | BPF_JGE | BPF_K) &&
		s.reg[i->dst_reg].kind == KIND_STEPS)
		table_below(m, &s.reg[i->dst_reg], (uint32_t)i->imm);
	arrive(m, &s, term_and(p, way, term_not(p, b->taken)), m->at + 1);
	return true;
}

/* From the last line to the first: is `k` returned from there on? */
static Z3_ast
returns(struct machine *m, uint32_t k)
{
	struct prover *p = m->p;
	Z3_ast *is = ARENA_ARRAY(&p->arena, m->body->count, Z3_ast);
	for (size_t i = m->body->count; i-- > 0;) {
		const struct branch *b = &m->branch[i];
		is[i] = p->no;
		if (m->line[i] == NULL)
			continue;
		if (b->exits) {
			is[i] = number_equal(p, b->result, k);
			continue;
		}
		Z3_ast otherwise = b->taken == p->yes ? p->no : is[i + 1];
		is[i] = term_and(p, b->ok, term_if(p, b->taken, is[b->to], otherwise));
	}
	return is[0];
}

/* Does any exit return what is neither of the verdicts? */
static Z3_ast
returns_other(struct machine *m, uint32_t snaplen)
{
	struct prover *p = m->p;
	Z3_ast odd = p->no;
	for (size_t i = 0; i < m->body->count; i++) {
		const struct branch *b = &m->branch[i];
		uint32_t k;
		if (m->line[i] == NULL || !b->exits)
			continue;
		bool known = term_is_number(p, b->result, &k) &&
			     (k == 0 || k == snaplen ||
				     (k == FILTER_BEYOND && m->way->beyond));
		if (!known)
			odd = term_or(p, odd, m->line[i]->way);
	}
	return odd;
}

/* How many bytes there are, of all and in place. */
static Z3_ast
set_ends(struct machine *m)
{
	struct prover *p = m->p;
	Z3_ast given = p->yes, scratch = term_number(p, m->body->reach);
	m->captured = m->ending == CUT ? p->caplen : term_number(p, PROVE_CAPLEN_MAX);
	m->end = m->captured;
	if (m->way->argument[0] == KIND_SCRATCH || m->way->argument[1] == KIND_SCRATCH)
		m->end = term_if(
			p, term_at_most(p, m->captured, scratch), m->captured, scratch);
	else if (m->way->pieces && m->ending == CUT)
		m->end = p->piece;
	if (m->way->pieces)
		given = term_at_most(p, p->piece, p->caplen);
	if (m->way->whole)
		given = term_same(p, p->caplen, p->len);
	if (m->way->sent) /* linux/if_packet.h, PACKET_OUTGOING */
		given = term_and(p, given, number_equal(p, p->meta[META_PKTTYPE], 4));
	return given;
}

static void
set_registers(struct machine *m)
{
	struct state *s = m->line[0] = ARENA_NEW(&m->p->arena, struct state);
	s->way = m->p->yes;
	for (unsigned i = 0; i < 2; i++)
		s->reg[1 + i] = (struct cell){ .kind = m->way->argument[i] };
	s->reg[10] = (struct cell){ .kind = KIND_FRAME };
}

struct run
program_ebpf(struct prover *p, enum ending ending, enum filter_reads reads,
	const struct filter_ebpf *body, uint32_t snaplen)
{
	struct machine m = { .p = p,
		.ending = ending,
		.way = way_of(reads),
		.body = body,
		.line = ARENA_ARRAY(&p->arena, body->count, struct state *),
		.branch = ARENA_ARRAY(&p->arena, body->count, struct branch),
		.stray = p->no };
	struct run run = { p->no, p->no, p->no, p->no, p->yes };
	run.given = set_ends(&m);
	set_registers(&m);
	for (m.at = 0; m.at < body->count && prover_goes_on(p); m.at++)
		if (m.line[m.at] != NULL && !run_line(&m))
			return run;
	if (!prover_goes_on(p))
		return run;
	run.accepts = returns(&m, snaplen);
	run.beyond = m.way->beyond ? returns(&m, FILTER_BEYOND) : p->no;
	run.odd = returns_other(&m, snaplen);
	run.stray = m.stray;
	return run;
}
