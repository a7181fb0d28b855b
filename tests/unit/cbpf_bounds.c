/* cbpf_bounds.c: classic BPF where jumps come to the limit of eight bits: blocks at each
 * distance round it, and lists of every length up to 700.  Judges are our own machine,
 * libpcap's (bpf_validate, bpf_filter) and the kernel's, where it takes the program; all
 * have to say what the blocks, or the decision graph, say. */
#include "filter_try.h"

#include <errno.h>
#include <pcap/pcap.h>

#include "../../filter/cbpf/cbpf.h"
#include "../prop/kernel.h"

enum { FRAME = 64, LENGTHS = 700 };

static struct kernel kernel;
static unsigned attached;   /* programs that the kernel took */
static unsigned verdict[2]; /* how often rejected, accepted */
static unsigned jump[256];  /* conditional jumps by distance, both sides */
static unsigned leaps;      /* `ja` over more than 255 */

static void
count_jumps(const struct sock_filter *insn, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (BPF_CLASS(insn[i].code) != BPF_JMP)
			continue;
		leaps += BPF_OP(insn[i].code) == BPF_JA && insn[i].k > 255;
		jump[insn[i].jt]++;
		jump[insn[i].jf]++;
	}
}

/* The limit has been met from both sides, and both verdicts. */
static void
check_reached(void)
{
	for (unsigned i = 252; i < 256; i++)
		assert_true(jump[i] > 0);
	assert_true(leaps > 0 && verdict[0] > 0 && verdict[1] > 0);
	memset(jump, 0, sizeof(jump));
	leaps = verdict[0] = verdict[1] = attached = 0;
}

/* --- judges ------------------------------------------------------------------------ */

struct judged {
	const struct sock_filter *insn;
	size_t count;
	bool in_kernel;
};

/* Both structures are 16-bit code, two bytes, 32-bit operand. */
_Static_assert(sizeof(struct sock_filter) == sizeof(struct bpf_insn), "one layout");

static const struct bpf_insn *
theirs(const struct judged *j)
{
	return (const struct bpf_insn *)(const void *)j->insn;
}

/* Too long for the kernel, or for its option memory, is no fault here. */
static struct judged
judge(const struct sock_filter *insn, size_t count, bool with_kernel, const char *what)
{
	struct judged j = { insn, count, false };
	count_jumps(insn, count);
	if (!bpf_validate(theirs(&j), (int)count))
		fail_msg("%s: %zu instructions: libpcap finds them invalid", what, count);
	if (with_kernel && count <= BPF_MAXINSNS) {
		j.in_kernel = kernel_attach_cbpf(&kernel, insn, count);
		if (!j.in_kernel && errno != ENOMEM)
			fail_msg("%s: %zu instructions: the kernel says %s", what, count,
				strerror(errno));
		attached += j.in_kernel;
	}
	return j;
}

static void
expect(const struct judged *j, const uint8_t *data, uint32_t len, bool accepted,
	const char *what)
{
	const struct cbpf_prog prog = { (struct sock_filter *)(uintptr_t)j->insn,
		(uint32_t)j->count };
	const struct filter_packet p = { .data = data, .caplen = len, .len = len };
	verdict[accepted]++;
	if ((cbpf_run(&prog, &p) != 0) != accepted)
		fail_msg("%s: %zu instructions: our machine differs", what, j->count);
	if ((bpf_filter(theirs(j), data, len, len) != 0) != accepted)
		fail_msg("%s: %zu instructions: libpcap's differs", what, j->count);
	if (j->in_kernel && kernel_verdict(&kernel, data, len) != (int)accepted)
		fail_msg("%s: %zu instructions: the kernel's differs", what, j->count);
}

/* --- blocks ------------------------------------------------------------------------ */

/* `count` instructions that change nothing but X. */
static void
fill(struct arena *arena, struct cbpf_block *b, uint32_t count)
{
	b->insn = ARENA_ARRAY(arena, count + 1, struct sock_filter);
	for (b->count = 0; b->count < count; b->count++)
		b->insn[b->count] = (struct sock_filter)BPF_STMT(
			BPF_LDX | BPF_W | BPF_IMM, b->id * 1000 + b->count);
}

static void
test_byte(struct arena *arena, struct cbpf_block *b, uint32_t at, uint32_t k)
{
	fill(arena, b, b->count);
	b->insn[b->count++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at);
	b->last = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, k, 0, 0);
}

static void
finish(struct cbpf_block *b, uint32_t verdict)
{
	b->last = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
}

enum { NEAR, FAR_TRUE, FAR_FALSE, FAR_BOTH, SHAPES };

/* Test 0 goes to 1 and to what `shape` makes far: blocks 3 and 4, which lie behind `gap`
 * instructions of block 2; block 1 has a jump over them as well, so that one's stand-in
 * is near the end of the other's reach. */
static void
one_gap(unsigned shape, uint32_t gap, uint32_t lead, bool exits_last)
{
	struct arena arena = { 0 };
	struct cbpf_block *b = ARENA_ARRAY(&arena, 7, struct cbpf_block);
	struct cbpf_prog prog;
	uint8_t data[4] = { 0 };
	char what[80];
	for (uint32_t i = 0; i < 7; i++)
		b[i].id = i;
	test_byte(&arena, &b[0], 0, 1);
	b[1].count = lead;
	test_byte(&arena, &b[1], 1, 1);
	b[2].count = gap;
	test_byte(&arena, &b[2], 2, 1);
	test_byte(&arena, &b[3], 3, 1);
	test_byte(&arena, &b[4], 3, 0);
	finish(&b[5], 7);
	finish(&b[6], 0);
	b[0].jt = shape == FAR_TRUE || shape == FAR_BOTH ? &b[3] : &b[1];
	b[0].jf = shape == FAR_FALSE || shape == FAR_BOTH ? &b[4] : &b[1];
	if (shape == FAR_BOTH) /* keeps the others in the row */
		b[0].jt = &b[1];
	b[1].jt = &b[2];
	b[1].jf = shape == NEAR ? &b[2] : &b[3];
	b[2].jt = &b[3];
	b[2].jf = &b[4];
	b[3].jt = b[4].jt = &b[5];
	b[3].jf = b[4].jf = &b[6];
	cbpf_encode(b, 7, exits_last, &arena, &prog);
	snprintf(what, sizeof(what), "shape %u, gap %u, lead %u%s", shape, gap, lead,
		exits_last ? ", exits last" : "");
	const struct judged j = judge(prog.insn, prog.count, true, what);
	for (unsigned bits = 0; bits < 16; bits++) {
		const struct cbpf_block *at = b;
		for (unsigned i = 0; i < 4; i++)
			data[i] = bits >> i & 1;
		while (at->jt != NULL)
			at = data[at->insn[at->count - 1].k] == at->last.k ? at->jt
									   : at->jf;
		expect(&j, data, sizeof(data), at->last.k != 0, what);
	}
	arena_free(&arena);
}

static void
every_gap(void **state)
{
	(void)state;
	static const uint32_t middle[] = { 255, 510, 765 };
	for (unsigned shape = 0; shape < SHAPES; shape++)
		for (unsigned m = 0; m < sizeof(middle) / sizeof(middle[0]); m++)
			for (uint32_t gap = middle[m] - 9; gap < middle[m] + 6; gap++)
				for (uint32_t lead = 0; lead < 3; lead++) {
					one_gap(shape, gap, lead, false);
					one_gap(shape, gap, lead, true);
				}
	check_reached();
}

/* --- lists ------------------------------------------------------------------------- */

/* Scattered, the same on every run, none twice. */
static uint32_t
host_of(uint32_t i)
{
	return 0x0a000000u | (i * 2654435761u >> 9 & 0x007ff000u) | i;
}

static uint16_t
port_of(uint32_t i)
{
	return (uint16_t)((i * 40503u & 0xff00u) + i / 256 * 3 + (i & 0xffu) * 256 % 251);
}

static void
put16(uint8_t *to, uint32_t x)
{
	to[0] = (uint8_t)(x >> 8);
	to[1] = (uint8_t)x;
}

static void
put32(uint8_t *to, uint32_t x)
{
	put16(to, x >> 16);
	put16(to + 2, x & 0xffff);
}

/* An IPv4 datagram with UDP, at `to`. */
static void
put_datagram(uint8_t *to, uint32_t src, uint32_t dst, uint16_t sport, uint16_t dport)
{
	memset(to, 0, 28);
	to[0] = 0x45;
	to[9] = 17;
	put32(to + 12, src);
	put32(to + 16, dst);
	put16(to + 20, sport);
	put16(to + 22, dport);
}

struct list {
	const char *name;
	const char *before, *between, *behind; /* the first id, the others */
	bool ports;
	uint32_t at;           /* the datagram in the frame */
	uint8_t header[FRAME]; /* what comes before it */
};

static const struct list lists[] = {
	{ "hosts", "host ", " or host ", "", false, 14, { [12] = 8 } },
	{ "sources", "ip and src host (", " or ", ")", false, 14, { [12] = 8 } },
	{ "not hosts", "ip and not (host ", " or host ", ")", false, 14, { [12] = 8 } },
	{ "ports", "port ", " or port ", "", true, 14, { [12] = 8 } },
	/* slots: the network header is behind a tag, or is not */
	{ "ports in MPLS", "mpls and (ip and udp and (port ", " or port ", "))", true, 18,
		{ [12] = 0x88, 0x47, [16] = 1 } },
	{ "hosts in Geneve", "geneve and (ip and (dst host ", " or dst host ", "))",
		false, 50,
		{ [12] = 8,
			[14] = 0x45,
			[23] = 17,
			[36] = 6081 >> 8,
			6081 & 0xff,
			[44] = 8 } },
};

static char *
write_list(const struct list *l, uint32_t n)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	assert_non_null(f);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t h = host_of(i);
		fputs(i == 0 ? l->before : l->between, f);
		if (l->ports)
			fprintf(f, "%u", port_of(i));
		else
			fprintf(f, "%u.%u.%u.%u", h >> 24, h >> 16 & 255, h >> 8 & 255,
				h & 255);
	}
	fputs(l->behind, f);
	fclose(f);
	return text;
}

/* First, middle, last of the list, and what is not in it, at either end. */
static void
try_packets(const struct list *l, const struct filter *filter, const struct judged *j,
	uint32_t n, const char *what)
{
	const uint32_t hit[] = { 0, n / 2, n - 1, LENGTHS + 1 };
	uint8_t frame[FRAME + 28];
	for (unsigned i = 0; i < 8; i++) {
		const uint32_t id = hit[i / 2];
		const bool source = i % 2 != 0;
		const uint32_t len = l->at + 28;
		const uint32_t a = l->ports ? 1 : host_of(id), b = 0xc0000201;
		const uint16_t p = l->ports && id <= LENGTHS ? port_of(id) : 65000;
		memcpy(frame, l->header, l->at);
		put_datagram(frame + l->at, source ? a : b, source ? b : a,
			source ? p : 65001, source ? 65001 : p);
		const struct filter_packet packet = {
			.data = frame, .caplen = len, .len = len
		};
		expect(j, frame, len, filter_eval(filter, &packet) != 0, what);
	}
}

static void
try_list(const struct list *l, uint32_t n, const char *passes)
{
	char *text = write_list(l, n), what[64];
	struct filter_opts o = try_opts(text);
	o.passes = passes;
	struct try t = try_compile(&o);
	size_t count;
	if (t.filter == NULL)
		fail_msg("%s × %u: %s", l->name, n, t.diags.diag[0].text);
	const struct sock_filter *insn = filter_cbpf(t.filter, &count, &t.diags);
	assert_non_null(insn);
	snprintf(what, sizeof(what), "%s × %u%s%s", l->name, n, passes ? ", " : "",
		passes ? passes : "");
	const struct judged j = judge(insn, count, true, what);
	try_packets(l, t.filter, &j, n, what);
	filter_free(t.filter);
	free(text);
}

/* Of all passes; and as chains of tests of one value, which are longest. */
static void
every_length(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		for (uint32_t n = 1; n <= LENGTHS; n++) {
			try_list(&lists[i], n, NULL);
			if (n % 7 == 0)
				try_list(&lists[i], n, "thread,values");
		}
	print_message("the kernel took %u programs\n", attached);
	assert_true(attached > LENGTHS);
	check_reached();
}

static int
open_kernel(void **state)
{
	(void)state;
	return kernel_open(&kernel) ? 0 : -1;
}

static int
close_kernel(void **state)
{
	(void)state;
	kernel_close(&kernel);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(every_gap, open_kernel, close_kernel),
		cmocka_unit_test_setup_teardown(every_length, open_kernel, close_kernel),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
