/* filter_ebpf.c: eBPF bodies by their form: jumps go forward and inside, also in programs
 * that are longer than a jump; registers and the scratch are used as hooks allow. */
#include <linux/bpf.h>

#include "filter_try.h"

#define TEXT_MAX (4 << 20)
#define LIST_MOST 160 /* instructions of a list, however long */

enum { R_CTX = 6, R_FRAME = 10, STACK = 512 };

static bool
is_jump(const struct bpf_insn *i)
{
	const unsigned class = BPF_CLASS(i->code), op = BPF_OP(i->code);
	return (class == BPF_JMP || class == BPF_JMP32) && op != BPF_EXIT &&
	       op != BPF_CALL;
}

static void
check_loads(const struct bpf_insn *i, uint32_t reach)
{
	const unsigned class = BPF_CLASS(i->code), mode = BPF_MODE(i->code);
	const int size = BPF_SIZE(i->code) == BPF_B   ? 1
			 : BPF_SIZE(i->code) == BPF_H ? 2
			 : BPF_SIZE(i->code) == BPF_W ? 4
						      : 8;
	if (class == BPF_LD && mode != BPF_IMM) {
		assert_true(mode == BPF_ABS || mode == BPF_IND);
		assert_true(mode == BPF_IND || i->imm >= 0);
	}
	if (class == BPF_LDX && i->src_reg != R_FRAME && i->src_reg == 7) {
		const int data = offsetof(struct filter_pktbuf, data);
		assert_true(i->off >= 0 && i->off + size <= data + FILTER_SCRATCH);
		assert_true(i->off < data || i->off + size <= data + (int)reach);
	}
	if ((class == BPF_STX || class == BPF_ST) && i->dst_reg == R_FRAME)
		assert_true(i->off < 0 && i->off >= -STACK);
}

/* The address of a byte of the data takes two. */
static size_t
check_address(const struct filter_ebpf *e, size_t i)
{
	const struct bpf_insn *insn = &e->insns[i];
	if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
		return i;
	assert_true(i + 1 < e->count);
	assert_int_equal(insn->src_reg, BPF_PSEUDO_MAP_IDX_VALUE);
	assert_int_equal(insn->imm, 0);
	assert_int_equal(insn[1].code, 0);
	assert_true((uint32_t)insn[1].imm < e->data_size);
	return i + 1;
}

/* Every instruction is reached but by jumping back, and the end is a return. */
static size_t
check(const struct filter *f)
{
	struct filter_ebpf e;
	struct diags ds = { 0 };
	if (!filter_ebpf(f, FILTER_READS_SCRATCH, &e, &ds))
		fail_msg("%s", ds.diag[0].text);
	assert_true(e.count > 0 && e.reach <= FILTER_SCRATCH);
	const size_t n = e.count;
	bool *reached = calloc(n, sizeof(*reached));
	assert_non_null(reached);
	reached[0] = true;
	for (size_t i = 0; i < n; i++) {
		const struct bpf_insn *insn = &e.insns[i];
		const unsigned op = BPF_OP(insn->code);
		const bool jumps = is_jump(insn);
		const bool exits = !jumps && BPF_CLASS(insn->code) == BPF_JMP;
		assert_true(reached[i]);
		i = check_address(&e, i);
		assert_true(insn->dst_reg <= R_FRAME && insn->src_reg <= R_FRAME);
		if (jumps) {
			assert_true(insn->off >= 0);
			assert_true(i + 1 + (size_t)insn->off < n);
			reached[i + 1 + (size_t)insn->off] = true;
		} else if (exits)
			assert_int_equal(op, BPF_EXIT);
		else
			check_loads(insn, e.reach);
		if (!exits && !(jumps && op == BPF_JA)) {
			assert_true(i + 1 < n);
			reached[i + 1] = true;
		}
	}
	assert_int_equal(e.insns[n - 1].code, BPF_JMP | BPF_EXIT);
	free(reached);
	filter_ebpf_free(&e);
	assert_null(e.insns);
	return n;
}

static size_t
check_text(const char *text, uint16_t linktype, enum filter_input input, bool plain)
{
	struct filter_opts o = try_opts(text);
	o.linktype = linktype;
	o.input = input;
	o.no_optimise = plain;
	struct try t = try_compile(&o);
	if (t.filter == NULL)
		return 0;
	const size_t n = check(t.filter);
	filter_free(t.filter);
	return n;
}

static void
small_ones(void **state)
{
	(void)state;
	static const char *const texts[] = { "", "ip", "not ip", "ip and tcp port 8080",
		"host 2001:db8::1", "port 53", "ip[ip[8]] = 1", "ip[len] = 1",
		"ip[8] / ip[9] = 2", "tcp[13] & 7 != 0", "ether[5000] = 1",
		"link[0:2] = 4", "ip6 multicast or less 5", "ip[0:4] << ip[4] > 5",
		"ip[159] = 1 and ip[160] = 1", "len - 5 > len / 3", "1 = 1",
		"ip[ip[ip[ip[0]]]] + ip[ip[1]] * ip[ip[2]] = 3" };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (unsigned plain = 0; plain < 2; plain++) {
			assert_true(check_text(texts[i], FILTER_LINK_EN10MB,
					    FILTER_INPUT_SKB, plain) > 0);
			check_text(texts[i], FILTER_LINK_RAW, FILTER_INPUT_SKB, plain);
			check_text(texts[i], FILTER_LINK_LINUX_SLL2, FILTER_INPUT_COOKED,
				plain);
		}
}

/* A list of `n` numbers that are far from each other. */
static char *
list(const char *head, const char *form, uint32_t n)
{
	char *text = malloc(TEXT_MAX), *to = text;
	assert_non_null(text);
	to += sprintf(to, "%s ", head);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t x = i * 2654435761u;
		assert_true(to < text + TEXT_MAX - 64);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		to += sprintf(to, i ? " or " : "");
		to += sprintf(to, form, x >> 24, x >> 16 & 255, x >> 8 & 255, x & 255);
#pragma GCC diagnostic pop
	}
	return text;
}

/* All but the look-ups, which make short programs of long lists. */
#define TREES "gather,thread,restrict,prefix,regroup,switch,share"

static size_t
check_trees(const char *text)
{
	struct filter_opts o = try_opts(text);
	o.input = FILTER_INPUT_SKB;
	o.passes = TREES;
	struct try t = try_compile(&o);
	assert_non_null(t.filter);
	const size_t n = check(t.filter);
	filter_free(t.filter);
	return n;
}

static void
long_ones(void **state)
{
	(void)state;
	static const struct {
		const char *head, *form;
		uint32_t n;
		size_t least; /* instructions; 0: not asked */
	} rows[] = {
		{ "host", "%u.%u.%u.%u", 20000, 32768 },
		{ "src host", "%u.%u.%u.%u", 50000, 32768 },
		{ "host", "2001:db8:%x:%x:%x:%x::", 5000, 16001 },
		{ "net", "%u.%u.%u.%u/32", 10000, 0 },
		{ "", "ip[%u] * ip[%u] + ip[%u] = %u", 5000, 32768 },
		{ "", "tcp[%u] ^ %u = %u | %u", 5000, 5000 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = list(rows[i].head, rows[i].form, rows[i].n);
		const size_t n = check_trees(text);
		if (n < rows[i].least || n == 0)
			fail_msg(
				"%s %s: %zu instructions", rows[i].head, rows[i].form, n);
		assert_true(check_text(text, FILTER_LINK_EN10MB, FILTER_INPUT_SKB,
				    false) <= n);
		free(text);
	}
}

/* Lists of one word or of several become tables, and the program is short; but not what
 * has no tables. */
static void
lists_as_tables(void **state)
{
	(void)state;
	static const struct {
		const char *head, *form;
	} rows[] = {
		{ "src host", "%u.%u.%u.%u" },
		{ "host", "%u.%u.%u.%u" },
		{ "ip6 src host", "2001:db8:%x%02x::%x%02x" },
		{ "host", "2001:db8:%x:%x:%x:%x::" },
		{ "ip6 dst host", "%x:%x:%x::%x" },
		{ "not net", "2001:db8:%x%02x:%x%02x::/64" },
		{ "ether src", "02:00:%x:%x:%x:%x" },
		{ "ether host", "%x:%x:%x:%x:00:01" },
		{ "tcp and ether dst", "02:%x:%x:%x:%x:01" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = list(rows[i].head, rows[i].form, 2000);
		struct filter_opts o = try_opts(text);
		o.input = FILTER_INPUT_SKB;
		struct try t = try_compile(&o);
		assert_non_null(t.filter);
		for (enum filter_reads r = 0; r <= FILTER_READS_BUFFER; r++) {
			struct filter_ebpf e;
			struct diags ds = { 0 };
			if (!filter_ebpf(t.filter, r, &e, &ds))
				continue;
			if ((r != FILTER_READS_CONTEXT) != (e.count <= LIST_MOST) ||
				(r != FILTER_READS_CONTEXT) != (e.data_size > 0))
				fail_msg("%s %s, %u: %zu instructions, %zu bytes",
					rows[i].head, rows[i].form, r, e.count,
					e.data_size);
			filter_ebpf_free(&e);
		}
		filter_free(t.filter);
		free(text);
	}
}

/* More jumps to go on with than an island has room for: refused, and soon. */
static void
jumps_too_long(void **state)
{
	(void)state;
	char *text = malloc(TEXT_MAX), *to = text;
	assert_non_null(text);
	for (uint32_t i = 0; i < 40000; i++) {
		const uint32_t x = i * 2654435761u;
		to += sprintf(to, "%sip6 src host 2001:db8:%x:%x::%x", i ? " or " : "",
			x >> 16, x & 0xffff, i % 15000);
	}
	struct filter_opts o = try_opts(text);
	o.passes = TREES;
	struct try t = try_compile(&o);
	assert_non_null(t.filter);
	struct filter_ebpf e;
	struct diags ds = { 0 };
	assert_false(filter_ebpf(t.filter, FILTER_READS_SKB, &e, &ds));
	assert_int_equal(ds.diag[0].code, DIAG_TOO_LONG);
	filter_free(t.filter);
	free(text);
}

/* About where islands for far jumps are put. */
static void
lengths_about_an_island(void **state)
{
	(void)state;
	char *text = malloc(TEXT_MAX);
	assert_non_null(text);
	for (uint32_t n = 3900; n < 4400; n += 29) {
		char *to = text;
		for (uint32_t i = 0; i < n; i++)
			to += sprintf(to, "%sip[%u] != %u", i ? " and " : "", 8 + i % 9,
				i / 9 % 256);
		check_text(text, FILTER_LINK_EN10MB, FILTER_INPUT_SKB, true);
	}
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_ones),
		cmocka_unit_test(long_ones),
		cmocka_unit_test(lists_as_tables),
		cmocka_unit_test(jumps_too_long),
		cmocka_unit_test(lengths_about_an_island),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
