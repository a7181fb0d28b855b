/* program.c: classic BPF run on an unknown packet: instructions in, terms out.
 *
 * Jumps go forward only, so the states that lead to an instruction are all known when it
 * comes to its turn; where they meet, registers are chosen by the way that was taken.
 * Then, from the last instruction to the first: where is the packet accepted?
 * Semantics: kernel Documentation/networking/filter.rst, and net/core/filter.c
 * (bpf_convert_filter); where machines differ the run is astray. */
#include <linux/filter.h>

#include "prove.h"

#define CELLS 16 /* BPF_MEMWORDS */

struct state {
	Z3_ast way; /* packets that come here */
	Z3_ast a, x, m[CELLS];
	unsigned written; /* bit n: M[n] was, on all ways */
};

struct line {
	struct state state; /* way NULL: nothing leads here */
	Z3_ast ok;          /* then, it does not fault */
	Z3_ast taken;       /* of a branch: it jumps to jt */
};

struct machine {
	struct prover *p;
	enum ending ending;
	const struct sock_filter *insn;
	size_t count;
	struct line *line;
	Z3_ast stray;
};

/* Those who come with `from`, which is changed by nobody, go to `to`. */
static void
arrive(struct machine *m, const struct state *from, Z3_ast way, size_t to)
{
	struct prover *p = m->p;
	struct state *s = &m->line[to].state;
	if (way == p->no)
		return;
	if (s->way == NULL) {
		*s = *from;
		s->way = way;
		return;
	}
	s->a = term_if(p, way, from->a, s->a);
	s->x = term_if(p, way, from->x, s->x);
	for (unsigned i = 0; i < CELLS; i++)
		s->m[i] = term_if(p, way, from->m[i], s->m[i]);
	s->written &= from->written;
	s->way = term_or(p, way, s->way);
}

static void
go_astray(struct machine *m, const struct state *s, Z3_ast when)
{
	m->stray = term_or(m->p, m->stray, term_and(m->p, s->way, when));
}

/* What is not in the packet (linux/filter.h, SKF_AD_OFF); NULL: nothing that we know. */
static Z3_ast
ancillary(struct machine *m, uint32_t k)
{
	static const struct {
		enum meta meta;
		int at;
	} metas[] = {
		{ META_PROTOCOL, SKF_AD_PROTOCOL },
		{ META_IFINDEX, SKF_AD_IFINDEX },
		{ META_HATYPE, SKF_AD_HATYPE },
		{ META_PKTTYPE, SKF_AD_PKTTYPE },
		{ META_VLAN_PRESENT, SKF_AD_VLAN_TAG_PRESENT },
		{ META_VLAN_TCI, SKF_AD_VLAN_TAG },
	};
	for (unsigned i = 0; i < sizeof(metas) / sizeof(metas[0]); i++)
		if (k == (uint32_t)(SKF_AD_OFF + metas[i].at))
			return m->p->meta[metas[i].meta];
	return NULL;
}

static Z3_ast
load(struct machine *m, const struct state *s, const struct sock_filter *f, Z3_ast *ok)
{
	struct prover *p = m->p;
	unsigned size = BPF_SIZE(f->code) == BPF_W   ? 4
			: BPF_SIZE(f->code) == BPF_H ? 2
						     : 1;
	if (BPF_MODE(f->code) == BPF_ABS) {
		Z3_ast meta = ancillary(m, f->k);
		if (meta != NULL && size == 4)
			return meta;
		if (f->k > PROVE_CAPLEN_MAX)
			go_astray(m, s, p->yes);
		return packet_load(p, m->ending, NULL, f->k, size, ok);
	}
	/* a negative offset is other memory to the kernel; 2^31 - 1 is beyond all packets
	 */
	if (f->k > PROVE_CAPLEN_MAX)
		go_astray(m, s, p->yes);
	else
		go_astray(m, s,
			term_not(p, term_at_most(p, s->x,
					    term_number(p, PROVE_CAPLEN_MAX - f->k))));
	return packet_load(p, m->ending, s->x, f->k, size, ok);
}

/* To A or X, by LD and LDX. */
static Z3_ast
load_any(
	struct machine *m, const struct state *s, const struct sock_filter *f, Z3_ast *ok)
{
	struct prover *p = m->p;
	Z3_ast unused;
	switch (BPF_MODE(f->code)) {
	case BPF_IMM: return term_number(p, f->k);
	case BPF_LEN: return p->len;
	case BPF_ABS:
	case BPF_IND: return load(m, s, f, ok);
	case BPF_MEM:
		if (f->k < CELLS && (s->written & 1u << f->k) == 0)
			go_astray(m, s, p->yes);
		if (f->k < CELLS)
			return s->m[f->k];
		break;
	case BPF_MSH: {
		Z3_ast byte = packet_load(p, m->ending, NULL, f->k, 1, ok);
		Z3_ast low = term_arith(p, OP_AND, byte, term_number(p, 15), &unused);
		return term_arith(p, OP_SHL, low, term_number(p, 2), &unused);
	}
	}
	go_astray(m, s, p->yes);
	return term_number(p, 0);
}

static Z3_ast
alu(struct machine *m, const struct state *s, const struct sock_filter *f, Z3_ast *ok)
{
	static const struct {
		unsigned code;
		enum arith_op op;
	} ops[] = {
		{ BPF_ADD, OP_ADD },
		{ BPF_SUB, OP_SUB },
		{ BPF_MUL, OP_MUL },
		{ BPF_DIV, OP_DIV },
		{ BPF_MOD, OP_MOD },
		{ BPF_AND, OP_AND },
		{ BPF_OR, OP_OR },
		{ BPF_XOR, OP_XOR },
		{ BPF_LSH, OP_SHL },
		{ BPF_RSH, OP_SHR },
	};
	struct prover *p = m->p;
	Z3_ast b = BPF_SRC(f->code) == BPF_X ? s->x : term_number(p, f->k);
	if (BPF_OP(f->code) == BPF_NEG)
		return Z3_mk_bvneg(p->z, s->a);
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++) {
		if (BPF_OP(f->code) != ops[i].code)
			continue;
		if (ops[i].op == OP_SHL || ops[i].op == OP_SHR)
			go_astray(m, s,
				term_not(p, term_at_most(p, b, term_number(p, 31))));
		return term_arith(p, ops[i].op, s->a, b, ok);
	}
	go_astray(m, s, p->yes);
	return s->a;
}

static Z3_ast
compared(struct machine *m, const struct state *s, const struct sock_filter *f)
{
	struct prover *p = m->p;
	Z3_ast unused, zero = term_number(p, 0);
	Z3_ast b = BPF_SRC(f->code) == BPF_X ? s->x : term_number(p, f->k);
	switch (BPF_OP(f->code)) {
	case BPF_JEQ: return term_same(p, s->a, b);
	case BPF_JGT: return term_not(p, term_at_most(p, s->a, b));
	case BPF_JGE: return term_at_most(p, b, s->a);
	case BPF_JSET:
		return term_not(
			p, term_same(p, term_arith(p, OP_AND, s->a, b, &unused), zero));
	case BPF_JA: return p->yes;
	}
	go_astray(m, s, p->yes);
	return p->no;
}

/* One that is no jump and no return: the state behind it. */
static void
step(struct machine *m, struct line *l, const struct sock_filter *f, struct state *s)
{
	switch (BPF_CLASS(f->code)) {
	case BPF_LD: s->a = load_any(m, s, f, &l->ok); break;
	case BPF_LDX: s->x = load_any(m, s, f, &l->ok); break;
	case BPF_ALU: s->a = alu(m, s, f, &l->ok); break;
	case BPF_ST:
	case BPF_STX:
		if (f->k < CELLS) {
			s->m[f->k] = BPF_CLASS(f->code) == BPF_ST ? s->a : s->x;
			s->written |= 1u << f->k;
		} else {
			go_astray(m, s, m->p->yes);
		}
		break;
	default:
		if (BPF_MISCOP(f->code) == BPF_TAX)
			s->x = s->a;
		else
			s->a = s->x;
	}
}

/* Where one that jumps goes; false: not behind itself and inside the program. */
static bool
targets(const struct machine *m, size_t at, size_t *jt, size_t *jf)
{
	const struct sock_filter *f = &m->insn[at];
	bool always = BPF_OP(f->code) == BPF_JA;
	*jt = at + 1 + (always ? f->k : f->jt);
	*jf = at + 1 + (always ? f->k : f->jf);
	return *jt < m->count && *jf < m->count;
}

static void
run_line(struct machine *m, size_t at)
{
	struct prover *p = m->p;
	struct line *l = &m->line[at];
	const struct sock_filter *f = &m->insn[at];
	struct state s = l->state;
	size_t jt = at + 1, jf = jt;
	l->ok = l->taken = p->yes;
	if (BPF_CLASS(f->code) == BPF_RET)
		return;
	if (BPF_CLASS(f->code) == BPF_JMP)
		l->taken = compared(m, &s, f);
	else
		step(m, l, f, &s);
	bool inside = BPF_CLASS(f->code) == BPF_JMP ? targets(m, at, &jt, &jf)
						    : at + 1 < m->count;
	if (!inside) {
		go_astray(m, &s, p->yes);
		l->ok = p->no;
		return;
	}
	s.way = term_and(p, s.way, l->ok);
	if (jt == jf) {
		arrive(m, &s, s.way, jt);
		return;
	}
	arrive(m, &s, term_and(p, s.way, l->taken), jt);
	arrive(m, &s, term_and(p, s.way, term_not(p, l->taken)), jf);
}

/* From the last line to the first: is the packet accepted from there on? */
static Z3_ast
verdict(struct machine *m, uint32_t snaplen, Z3_ast *odd)
{
	struct prover *p = m->p;
	Z3_ast *accepts = ARENA_ARRAY(&p->arena, m->count, Z3_ast);
	*odd = p->no;
	for (size_t i = m->count; i-- > 0;) {
		const struct sock_filter *f = &m->insn[i];
		const struct line *l = &m->line[i];
		size_t jt = i + 1, jf = jt;
		accepts[i] = p->no;
		if (l->state.way == NULL || l->ok == NULL || l->ok == p->no)
			continue;
		if (BPF_CLASS(f->code) == BPF_RET) {
			bool known = BPF_RVAL(f->code) == BPF_K;
			if (known && f->k == snaplen)
				accepts[i] = p->yes;
			else if (!known || f->k != 0)
				*odd = term_or(p, *odd, l->state.way);
			continue;
		}
		if (BPF_CLASS(f->code) == BPF_JMP)
			targets(m, i, &jt, &jf);
		accepts[i] = term_and(
			p, l->ok, term_if(p, l->taken, accepts[jt], accepts[jf]));
	}
	return accepts[0];
}

struct run
program(struct prover *p, enum ending ending, const struct sock_filter *insn,
	size_t count, uint32_t snaplen)
{
	struct machine m = { .p = p,
		.ending = ending,
		.insn = insn,
		.count = count,
		.line = ARENA_ARRAY(&p->arena, count, struct line),
		.stray = p->no };
	struct state *first = &m.line[0].state;
	struct run run;
	first->way = p->yes;
	first->a = first->x = term_number(p, 0); /* bpf_convert_filter resets both */
	for (unsigned i = 0; i < CELLS; i++)
		first->m[i] = term_fresh(p, p->word_sort);
	for (size_t i = 0; i < count && prover_goes_on(p); i++)
		if (m.line[i].state.way != NULL)
			run_line(&m, i);
	run.accepts = verdict(&m, snaplen, &run.odd);
	run.stray = m.stray;
	run.beyond = p->no;
	run.given = p->yes;
	return run;
}
