/* oracle.c: an expression comes in, libpcap compiles it; then packets come in, and
 * verdicts go out.  The instructions are those of McCanne and Jacobson, "The BSD Packet
 * Filter" (USENIX 1993), with the later modulus and exclusive or. */
#include "oracle.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../gen/rng.h"

#define SNAPLEN 262144
#define ADDRESS_END (1u << 31)

/* Numbers of the same link types in files and in libpcap's calls. */
static const struct {
	uint16_t linktype;
	int dlt;
} dlts[] = {
	{ 1, DLT_EN10MB },
	{ 101, DLT_RAW },
	{ 113, DLT_LINUX_SLL },
	{ 276, DLT_LINUX_SLL2 },
};

static int
find_dlt(uint16_t linktype)
{
	for (size_t i = 0; i < sizeof dlts / sizeof dlts[0]; i++)
		if (dlts[i].linktype == linktype)
			return dlts[i].dlt;
	return -1;
}

/* libpcap's head tests `ip multicast` by the top four bits of the address, as RFC 1112 §4
 * has it; libpcap up to 1.10 takes 240.0.0.0 and what is above it as well.  The oracle is
 * made to mean what head means: the relation stands at the same place in the grammar. */
#define OLD_TEXT "ip multicast"
#define NEW_TEXT "ip[16] & 0xf0 = 0xe0"

static char *
as_head_means(const char *text)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	const char *at;

	if (!f)
		abort();
	for (; (at = strstr(text, OLD_TEXT)); text = at + strlen(OLD_TEXT))
		fprintf(f, "%.*s%s", (int)(at - text), text, NEW_TEXT);
	fputs(text, f);
	fclose(f);
	return out;
}

bool
oracle_open(struct oracle *o, const char *text, uint16_t linktype, bool optimised)
{
	char *meant;
	bool ok;

	memset(o, 0, sizeof *o);
	o->dead = pcap_open_dead(find_dlt(linktype), SNAPLEN);
	if (!o->dead) {
		strcpy(o->error, "pcap_open_dead failed");
		return false;
	}
	meant = as_head_means(text);
	ok = pcap_compile(o->dead, &o->program, meant, optimised, 0) == 0;
	free(meant);
	if (!ok) {
		snprintf(o->error, sizeof o->error, "%s", pcap_geterr(o->dead));
		o->program.bf_insns = NULL;
	}
	return ok;
}

void
oracle_close(struct oracle *o)
{
	if (o->program.bf_insns)
		pcap_freecode(&o->program);
	if (o->dead)
		pcap_close(o->dead);
	memset(o, 0, sizeof *o);
}

static uint8_t
filled_byte(const struct view *v, uint32_t at)
{
	if (at < v->caplen)
		return v->data[at];
	if (v->fill == FILL_NOISE)
		return (uint8_t)rng_mix(v->seed + at);
	return v->fill == FILL_ONES ? 0xff : 0;
}

/* OUTCOME_ACCEPT: *out is loaded; else what the packet's verdict is now. */
static enum outcome
load(const struct view *v, uint32_t at, uint32_t size, uint32_t *out)
{
	uint32_t value = 0;

	if (at > ADDRESS_END - size)
		return OUTCOME_REJECT;
	if (v->fill == FILL_NONE && (size > v->caplen || at > v->caplen - size))
		return OUTCOME_BEYOND;
	for (uint32_t i = 0; i < size; i++)
		value = value << 8 | filled_byte(v, at + i);
	*out = value;
	return OUTCOME_ACCEPT;
}

struct machine {
	uint32_t a, x, mem[BPF_MEMWORDS];
	bool wrapped; /* the sum of an address did not fit 32 bits */
};

/* False: division by zero. */
static bool
alu(struct machine *m, const struct bpf_insn *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_ADD: m->a += b; break;
	case BPF_SUB: m->a -= b; break;
	case BPF_MUL: m->a *= b; break;
	case BPF_DIV:
	case BPF_MOD:
		if (b == 0)
			return false;
		m->a = BPF_OP(i->code) == BPF_DIV ? m->a / b : m->a % b;
		break;
	case BPF_AND: m->a &= b; break;
	case BPF_OR: m->a |= b; break;
	case BPF_XOR: m->a ^= b; break;
	case BPF_LSH: m->a = b < 32 ? m->a << b : 0; break;
	case BPF_RSH: m->a = b < 32 ? m->a >> b : 0; break;
	case BPF_NEG: m->a = -m->a; break;
	}
	return true;
}

static bool
holds(const struct machine *m, const struct bpf_insn *i)
{
	const uint32_t b = BPF_SRC(i->code) == BPF_X ? m->x : i->k;

	switch (BPF_OP(i->code)) {
	case BPF_JEQ: return m->a == b;
	case BPF_JGT: return m->a > b;
	case BPF_JGE: return m->a >= b;
	case BPF_JSET: return (m->a & b) != 0;
	}
	return true;
}

/* Loads into A; result as of load(). */
static enum outcome
load_a(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	const uint32_t size = BPF_SIZE(i->code) == BPF_W   ? 4
			      : BPF_SIZE(i->code) == BPF_H ? 2
							   : 1;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM: m->a = i->k; break;
	case BPF_LEN: m->a = v->len; break;
	case BPF_MEM: m->a = m->mem[i->k]; break;
	case BPF_ABS: return load(v, i->k, size, &m->a);
	case BPF_IND:
		m->wrapped |= m->x + i->k < m->x;
		return load(v, m->x + i->k, size, &m->a);
	}
	return OUTCOME_ACCEPT;
}

static enum outcome
load_x(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	uint32_t byte;
	enum outcome got;

	switch (BPF_MODE(i->code)) {
	case BPF_IMM: m->x = i->k; break;
	case BPF_LEN: m->x = v->len; break;
	case BPF_MEM: m->x = m->mem[i->k]; break;
	case BPF_MSH:
		got = load(v, i->k, 1, &byte);
		if (got != OUTCOME_ACCEPT)
			return got;
		m->x = (byte & 15) << 2;
		break;
	}
	return OUTCOME_ACCEPT;
}

/* libpcap has validated the program: jumps stay inside, scratch cells exist.  There
 * are no loops in what the tests compile. */
static enum outcome
run(struct machine *m, const struct bpf_insn *i, const struct view *v)
{
	for (;; i++) {
		enum outcome got = OUTCOME_ACCEPT;

		switch (BPF_CLASS(i->code)) {
		case BPF_LD: got = load_a(m, i, v); break;
		case BPF_LDX: got = load_x(m, i, v); break;
		case BPF_ST: m->mem[i->k] = m->a; break;
		case BPF_STX: m->mem[i->k] = m->x; break;
		case BPF_ALU: got = alu(m, i) ? OUTCOME_ACCEPT : OUTCOME_REJECT; break;
		case BPF_JMP:
			i += BPF_OP(i->code) == BPF_JA ? i->k
			     : holds(m, i)             ? i->jt
						       : i->jf;
			break;
		case BPF_RET: return i->k ? OUTCOME_ACCEPT : OUTCOME_REJECT;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m->x = m->a;
			else
				m->a = m->x;
			break;
		}
		if (got != OUTCOME_ACCEPT)
			return got;
	}
}

enum outcome
oracle_run(const struct oracle *o, const struct view *v)
{
	struct machine m = { .a = 0 };

	return run(&m, o->program.bf_insns, v);
}

bool
oracle_confirmed(const struct oracle *o, const struct view *v)
{
	struct machine m = { .a = 0 };
	const enum outcome ours = run(&m, o->program.bf_insns, v);
	const unsigned theirs =
		bpf_filter(o->program.bf_insns, v->data, v->len, v->caplen);

	return m.wrapped ? theirs == 0 || ours == OUTCOME_ACCEPT
			 : (theirs != 0) == (ours == OUTCOME_ACCEPT);
}
