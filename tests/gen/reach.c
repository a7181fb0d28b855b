/* reach.c: do rich packets reach both outcomes of what the language can ask?
 *
 * In: reach.tab, an expression a line; out: TAP, a line for each link type.  Each
 * expression is compiled by libpcap for a file of each link type that takes it, and run
 * over packets of that type: it must accept some of them and reject some.
 * Environment: REACH_PACKETS (of each link type), REACH_LINK (this LINKTYPE_ only),
 * REACH_SEED, REACH_SHOW=1 (counts the branches that went both ways, shows the rest). */
#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "packets.h"

enum { TAKEN = 1, PASSED = 2, BOTH = 3 };
enum { STEPS_MAX = 100000, INSNS_MAX = 4096, LINES_MAX = 1000, LINE_MAX_LENGTH = 256 };

/* One word of the machine. */
struct cell {
	uint32_t value;
	bool known; /* no packet has a say in it */
	bool set;
};

struct machine {
	const struct gen_packet *packet;
	struct cell a, x, mem[BPF_MEMWORDS];
	uint8_t *seen; /* of each instruction: TAKEN, PASSED */
	bool varies;   /* the packet had a say in the verdict */
	bool unset;    /* a cell was read that nothing had been stored in */
};

struct report {
	unsigned expressions, failed;
	unsigned branches, one_way;
};

struct corpus {
	uint16_t linktype;
	unsigned count;
	struct gen_packet *packets;
	bool show; /* the branches that went one way */
};

static bool
load(const struct gen_packet *p, uint64_t at, uint32_t size, uint32_t *out)
{
	if (at + size > p->len)
		return false;
	*out = 0;
	for (uint32_t i = 0; i < size; i++)
		*out = *out << 8 | p->data[at + i];
	return true;
}

/* False: the load or the arithmetic ends the program, and rejects. */
static bool
step_load(struct machine *m, const struct bpf_insn *i)
{
	static const uint32_t sizes[] = { 4, 2, 1 };
	const uint32_t size = sizes[BPF_SIZE(i->code) >> 3];
	struct cell *to = BPF_CLASS(i->code) == BPF_LD ? &m->a : &m->x;
	struct cell v = { i->k, true, true };

	switch (BPF_MODE(i->code)) {
	case BPF_IMM: break;
	case BPF_LEN: v = (struct cell){ m->packet->len, false, true }; break;
	case BPF_MEM:
		v = m->mem[i->k];
		m->unset |= !v.set;
		break;
	case BPF_ABS:
		v.known = false;
		if (!load(m->packet, i->k, size, &v.value))
			return false;
		break;
	case BPF_IND:
		v.known = false;
		if (!load(m->packet, (uint32_t)(i->k + m->x.value), size, &v.value))
			return false;
		break;
	case BPF_MSH:
		v.known = false;
		if (!load(m->packet, i->k, 1, &v.value))
			return false;
		v.value = (v.value & 15) * 4;
		break;
	default: abort();
	}
	*to = v;
	return true;
}

static bool
step_alu(struct machine *m, const struct bpf_insn *i)
{
	const uint32_t v = BPF_SRC(i->code) == BPF_X ? m->x.value : i->k;
	uint32_t *a = &m->a.value;

	if (BPF_SRC(i->code) == BPF_X && BPF_OP(i->code) != BPF_NEG)
		m->a.known = m->a.known && m->x.known;
	switch (BPF_OP(i->code)) {
	case BPF_ADD: *a += v; return true;
	case BPF_SUB: *a -= v; return true;
	case BPF_MUL: *a *= v; return true;
	case BPF_OR: *a |= v; return true;
	case BPF_AND: *a &= v; return true;
	case BPF_XOR: *a ^= v; return true;
	case BPF_LSH: *a = v < 32 ? *a << v : 0; return true;
	case BPF_RSH: *a = v < 32 ? *a >> v : 0; return true;
	case BPF_NEG: *a = -*a; return true;
	case BPF_DIV: return v != 0 ? (*a /= v, true) : false;
	case BPF_MOD: return v != 0 ? (*a %= v, true) : false;
	default: abort();
	}
}

static uint32_t
jump(struct machine *m, const struct bpf_insn *i, uint32_t at)
{
	const bool by_x = BPF_SRC(i->code) == BPF_X;
	const uint32_t v = by_x ? m->x.value : i->k, a = m->a.value;
	bool taken;

	switch (BPF_OP(i->code)) {
	case BPF_JA: m->seen[at] = BOTH; return i->k;
	case BPF_JEQ: taken = a == v; break;
	case BPF_JGT: taken = a > v; break;
	case BPF_JGE: taken = a >= v; break;
	case BPF_JSET: taken = a & v; break;
	default: abort();
	}
	if (i->jt == i->jf || (m->a.known && (!by_x || m->x.known)))
		m->seen[at] = BOTH;
	else
		m->varies = true;
	m->seen[at] |= taken ? TAKEN : PASSED;
	return taken ? i->jt : i->jf;
}

static void
step_store(struct machine *m, const struct bpf_insn *i)
{
	m->mem[i->k] = BPF_CLASS(i->code) == BPF_ST ? m->a : m->x;
	m->mem[i->k].set = true;
}

/* The verdict. */
static bool
run(struct machine *m, const struct bpf_program *program)
{
	uint32_t steps = 0;

	for (uint32_t at = 0; steps < STEPS_MAX; at++, steps++) {
		const struct bpf_insn *i = &program->bf_insns[at];

		switch (BPF_CLASS(i->code)) {
		case BPF_LD:
		case BPF_LDX:
			if (!step_load(m, i))
				return false;
			break;
		case BPF_ALU:
			if (!step_alu(m, i))
				return false;
			break;
		case BPF_ST:
		case BPF_STX: step_store(m, i); break;
		case BPF_JMP: at += jump(m, i, at); break;
		case BPF_RET: return i->k != 0;
		case BPF_MISC:
			if (BPF_MISCOP(i->code) == BPF_TAX)
				m->x = m->a;
			else
				m->a = m->x;
			break;
		}
	}
	return false;
}

static void
bail(const char *what)
{
	printf("Bail out! %s%s%s\n", what, errno ? ": " : "",
		errno ? strerror(errno) : "");
	exit(1);
}

/* libpcap's handle for a file of the link type that holds no packet. */
static pcap_t *
open_file(uint16_t linktype)
{
	/* in this machine's order: the magic number says so */
	const uint16_t version[2] = { 2, 4 };
	uint32_t header[6] = { 0xa1b2c3d4, [4] = 262144, [5] = linktype };
	char error[PCAP_ERRBUF_SIZE];
	FILE *f = tmpfile();

	memcpy(&header[1], version, sizeof version);
	if (!f || fwrite(header, sizeof header, 1, f) != 1)
		bail("tmpfile");
	rewind(f);
	pcap_t *pcap = pcap_fopen_offline(f, error);
	if (!pcap)
		fclose(f);
	return pcap;
}

static bool
is_branch(const struct bpf_insn *i)
{
	return BPF_CLASS(i->code) == BPF_JMP && BPF_OP(i->code) != BPF_JA;
}

/* Whether it reads before the packet, as libpcap does where a header has no place that
 * it knows of: the offset, -1 and less, has wrapped.  Such a word cannot hold. */
static bool
reads_before(const struct bpf_program *program)
{
	for (uint32_t i = 0; i < program->bf_len; i++) {
		const struct bpf_insn *in = &program->bf_insns[i];
		const bool loads =
			BPF_CLASS(in->code) == BPF_LD || BPF_CLASS(in->code) == BPF_LDX;

		if (loads && BPF_MODE(in->code) != BPF_IMM && in->k >= 0x80000000)
			return true;
	}
	return false;
}

static unsigned
count_one_way(const struct bpf_program *program, const uint8_t *seen, bool show)
{
	unsigned count = 0;

	for (uint32_t i = 0; i < program->bf_len; i++) {
		if (!is_branch(&program->bf_insns[i]) || seen[i] == BOTH)
			continue;
		count++;
		if (show)
			printf("#     %s: %s\n", bpf_image(&program->bf_insns[i], (int)i),
				seen[i] == TAKEN    ? "always taken"
				: seen[i] == PASSED ? "never taken"
						    : "not reached");
	}
	return count;
}

/* Whether some of the packets are accepted and some rejected, or it is not up to them;
 * or libpcap reads memory that it has not set, as after `geneve` where the payload has
 * no fixed place, so that its verdicts are not what the words mean. */
static bool
try_program(const struct bpf_program *program, const struct corpus *c, struct report *rep)
{
	uint8_t seen[INSNS_MAX] = { 0 };
	unsigned accepted = 0, tried = 0;
	bool varies = false, unset = false, done = false;

	for (; tried < c->count && !done; tried++) {
		struct machine m = { .packet = &c->packets[tried], .seen = seen };

		m.a.known = m.x.known = true;
		for (int k = 0; k < BPF_MEMWORDS; k++)
			m.mem[k].known = true;
		accepted += run(&m, program);
		varies |= m.varies;
		unset |= m.unset;
		done = !c->show && accepted > 0 && accepted <= tried;
	}
	for (uint32_t i = 0; i < program->bf_len; i++)
		rep->branches += is_branch(&program->bf_insns[i]);
	rep->one_way += count_one_way(program, seen, c->show);
	return unset || !varies || (accepted > 0 && accepted < tried);
}

/* "!" and link types, separated by commas, before the expression: there, or everywhere
 * if there are none, one outcome is all that libpcap's program has. */
static const char *
skip_exceptions(const char *line, uint16_t linktype, bool *excepted)
{
	*excepted = false;
	if (*line != '!')
		return line;
	*excepted = *++line == ' ';
	while (*line != '\0' && *line != ' ') {
		char *end;

		*excepted |= strtoul(line, &end, 10) == linktype;
		if (end == line)
			break;
		line = end + (*end == ',');
	}
	return line + (*line == ' ');
}

static void
try_line(pcap_t *pcap, const char *line, const struct corpus *c, struct report *rep)
{
	bool excepted;
	const char *text = skip_exceptions(line, c->linktype, &excepted);
	struct bpf_program program;

	if (pcap_compile(pcap, &program, text, 1, 0) != 0)
		return;
	if (c->show)
		printf("# %s\n", text);
	rep->expressions++;
	if (program.bf_len <= INSNS_MAX && !try_program(&program, c, rep) && !excepted &&
		!reads_before(&program)) {
		rep->failed++;
		printf("# %u: one outcome only: %s\n", c->linktype, text);
	}
	pcap_freecode(&program);
}

/* The table comes in, lines that are empty or comments left out. */
static unsigned
read_table(const char *path, char lines[][LINE_MAX_LENGTH])
{
	FILE *f = fopen(path, "r");
	unsigned n = 0;

	if (!f)
		bail(path);
	while (n < LINES_MAX && fgets(lines[n], LINE_MAX_LENGTH, f)) {
		lines[n][strcspn(lines[n], "\n")] = '\0';
		if (lines[n][0] != '\0' && lines[n][0] != '#')
			n++;
	}
	fclose(f);
	return n;
}

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static bool
try_linktype(struct corpus *c, char lines[][LINE_MAX_LENGTH], unsigned count)
{
	struct report rep = { 0 };
	struct rng r = { setting("REACH_SEED", 1) + c->linktype };
	pcap_t *pcap = open_file(c->linktype);
	const char *name = pcap ? pcap_datalink_val_to_name(pcap_datalink(pcap)) : NULL;

	for (unsigned i = 0; i < c->count; i++)
		packet_build_rich(&r, c->linktype, &c->packets[i]);
	for (unsigned i = 0; pcap && i < count; i++)
		try_line(pcap, lines[i], c, &rep);
	printf("%s - %u %s: %u of %u expressions", rep.failed ? "not ok" : "ok",
		c->linktype, name ? name : "", rep.expressions - rep.failed,
		rep.expressions);
	if (c->show)
		printf(", %u of %u branches", rep.branches - rep.one_way, rep.branches);
	printf("\n");
	if (pcap)
		pcap_close(pcap);
	return rep.failed == 0;
}

int
main(int argc, char **argv)
{
	static char lines[LINES_MAX][LINE_MAX_LENGTH];
	const char *srcdir = getenv("srcdir");
	char path[4096];
	bool ok = true;

	snprintf(path, sizeof path, "%s/tests/gen/reach.tab", srcdir ? srcdir : ".");
	const unsigned count = read_table(argc > 1 ? argv[1] : path, lines);
	const unsigned long only = setting("REACH_LINK", 0x10000);
	struct corpus c = { .count = (unsigned)setting("REACH_PACKETS", 20000),
		.show = setting("REACH_SHOW", 0) };

	c.packets = calloc(c.count, sizeof *c.packets);
	if (!c.packets)
		abort();
	printf("1..%u\n", only < 0x10000 ? 1 : packet_rich_count());
	for (unsigned i = 0; i < packet_rich_count(); i++) {
		if (i > 0 && packet_rich_linktype(i) <= c.linktype)
			bail("link types do not ascend");
		c.linktype = packet_rich_linktype(i);
		if (only == 0x10000 || only == c.linktype)
			ok &= try_linktype(&c, lines, count);
	}
	free(c.packets);
	return !ok;
}
