/* machine.c: a program and a packet come in, a verdict and how it came about go out.
 * After Documentation/networking/filter.rst of the kernel, v6.12. */
#include "machine.h"

#include <linux/filter.h>

struct machine {
	const struct filter_packet *p;
	uint32_t a, x, m[BPF_MEMWORDS];
	struct machine_result out;
	bool done;
};

/* SKF_AD_OFF + what: metadata of the packet. */
static uint32_t
ancillary(struct machine *m, uint32_t k)
{
	switch (k - (uint32_t)SKF_AD_OFF) {
	case SKF_AD_PROTOCOL: return m->p->protocol;
	case SKF_AD_PKTTYPE: return m->p->pkttype;
	case SKF_AD_IFINDEX: return m->p->ifindex;
	case SKF_AD_HATYPE: return m->p->hatype;
	case SKF_AD_VLAN_TAG: return m->p->vlan_tci;
	case SKF_AD_VLAN_TAG_PRESENT: return m->p->vlan_present;
	}
	m->out.strange = m->done = true;
	return 0;
}

static uint32_t
load(struct machine *m, uint64_t at, unsigned size)
{
	uint32_t v = 0;
	if (at + size > m->p->caplen) {
		m->out.fault = m->done = true;
		return 0;
	}
	for (unsigned i = 0; i < size; i++)
		v = v << 8 | m->p->data[at + i];
	return v;
}

static uint32_t
fetch(struct machine *m, const struct sock_filter *i)
{
	static const uint8_t sizes[] = {
		[BPF_W >> 3] = 4, [BPF_H >> 3] = 2, [BPF_B >> 3] = 1, [3] = 0
	};
	const unsigned size = sizes[BPF_SIZE(i->code) >> 3];
	switch (BPF_MODE(i->code)) {
	case BPF_IMM: return i->k;
	case BPF_LEN: return m->p->len;
	case BPF_MEM:
		if (i->k < BPF_MEMWORDS)
			return m->m[i->k];
		break;
	case BPF_ABS:
		return i->k >= (uint32_t)SKF_AD_OFF ? ancillary(m, i->k)
						    : load(m, i->k, size);
	case BPF_IND: return load(m, (uint64_t)m->x + i->k, size);
	case BPF_MSH: return (load(m, i->k, 1) & 15) * 4;
	}
	m->out.strange = m->done = true;
	return 0;
}

static void
calculate(struct machine *m, const struct sock_filter *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;
	switch (BPF_OP(i->code)) {
	case BPF_ADD: m->a += b; break;
	case BPF_SUB: m->a -= b; break;
	case BPF_MUL: m->a *= b; break;
	case BPF_AND: m->a &= b; break;
	case BPF_OR: m->a |= b; break;
	case BPF_XOR: m->a ^= b; break;
	case BPF_NEG: m->a = -m->a; break;
	case BPF_DIV:
	case BPF_MOD:
		if (b == 0)
			m->out.fault = m->done = true;
		else
			m->a = BPF_OP(i->code) == BPF_DIV ? m->a / b : m->a % b;
		break;
	case BPF_LSH:
	case BPF_RSH:
		/* the machines differ here: no program may get to it */
		if (b > 31)
			m->out.strange = m->done = true;
		else
			m->a = BPF_OP(i->code) == BPF_LSH ? m->a << b : m->a >> b;
		break;
	}
}

static size_t
jump(const struct machine *m, const struct sock_filter *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;
	bool yes = false;
	switch (BPF_OP(i->code)) {
	case BPF_JA: return i->k;
	case BPF_JEQ: yes = m->a == b; break;
	case BPF_JGT: yes = m->a > b; break;
	case BPF_JGE: yes = m->a >= b; break;
	case BPF_JSET: yes = (m->a & b) != 0; break;
	}
	return yes ? i->jt : i->jf;
}

static void
store(struct machine *m, const struct sock_filter *i)
{
	if (i->k >= BPF_MEMWORDS)
		m->out.strange = m->done = true;
	else
		m->m[i->k] = BPF_CLASS(i->code) == BPF_ST ? m->a : m->x;
}

/* Returns how many instructions to pass over. */
static size_t
step(struct machine *m, const struct sock_filter *i)
{
	switch (BPF_CLASS(i->code)) {
	case BPF_LD: m->a = fetch(m, i); break;
	case BPF_LDX: m->x = fetch(m, i); break;
	case BPF_ST:
	case BPF_STX: store(m, i); break;
	case BPF_ALU: calculate(m, i); break;
	case BPF_JMP: return jump(m, i);
	case BPF_RET:
		m->out.verdict = BPF_RVAL(i->code) == BPF_A ? m->a : i->k;
		m->done = true;
		break;
	case BPF_MISC:
		if (BPF_MISCOP(i->code) == BPF_TAX)
			m->x = m->a;
		else
			m->a = m->x;
	}
	return 0;
}

struct machine_result
machine_run(const struct sock_filter *insns, size_t count, const struct filter_packet *p)
{
	struct machine m = { .p = p };
	size_t at = 0;
	while (!m.done && at < count) {
		const struct sock_filter *i = &insns[at];
		at += 1 + step(&m, i);
	}
	m.out.strange |= !m.done;
	return m.out;
}
