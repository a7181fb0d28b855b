/* cbpf_dead.c: code without effect goes, and what can reject stays, on hand-made blocks.
 */
#include "filter_try.h"

#include "../../filter/cbpf/cbpf.h"

#define LDB(at) BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at)
#define LDI(k) BPF_STMT(BPF_LD | BPF_W | BPF_IMM, k)
#define LDM(cell) BPF_STMT(BPF_LD | BPF_W | BPF_MEM, cell)
#define LDXI(k) BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, k)
#define MSH(at) BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, at)
#define IND(at) BPF_STMT(BPF_LD | BPF_B | BPF_IND, at)
#define ST(cell) BPF_STMT(BPF_ST, cell)
#define STX(cell) BPF_STMT(BPF_STX, cell)
#define TAX BPF_STMT(BPF_MISC | BPF_TAX, 0)
#define ALU(op, k) BPF_STMT(BPF_ALU | (op) | BPF_K, k)
#define ALUX(op) BPF_STMT(BPF_ALU | (op) | BPF_X, 0)
#define JEQ BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 1, 0, 0)
#define JEQX BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0)

/* Two blocks, the first tests; `kept` bits of its instructions, and of the second's. */
static const struct {
	const char *what;
	struct sock_filter first[6], last, second[6];
	unsigned kept[2];
} rows[] = {
	{ "a store that nothing reads", { LDB(0), ST(3) }, JEQ, { LDB(1) }, { 1, 1 } },
	{ "... that the next block reads", { LDB(0), ST(3) }, JEQ, { LDM(3) }, { 3, 1 } },
	{ "... of another cell", { LDB(0), ST(3) }, JEQ, { LDM(4) }, { 1, 1 } },
	{ "... written again before", { LDB(0), ST(3) }, JEQ, { LDB(1), ST(3), LDM(3) },
		{ 1, 7 } },
	{ "... and of X", { LDXI(1), STX(3), LDB(0) }, JEQ, { LDB(1) }, { 4, 1 } },
	{ "X that the next block adds", { LDXI(1), LDB(0) }, JEQ, { IND(2) }, { 3, 1 } },
	{ "X that the test compares", { LDXI(1), LDB(0) }, JEQX, { LDB(1) }, { 3, 1 } },
	{ "a number overwritten", { LDI(1), LDI(2) }, JEQ, { LDB(1) }, { 2, 1 } },
	{ "a packet load overwritten rejects", { LDB(0), LDI(2) }, JEQ, { LDB(1) },
		{ 3, 1 } },
	{ "... so does one at X, and needs X", { LDXI(1), IND(0), LDI(2) }, JEQ,
		{ LDB(1) }, { 7, 1 } },
	{ "... and 4 * IHL", { MSH(0), LDI(2) }, JEQ, { LDB(1) }, { 3, 1 } },
	{ "arithmetic overwritten", { LDI(1), ALU(BPF_ADD, 2), LDB(0) }, JEQ, { LDB(1) },
		{ 4, 1 } },
	{ "a division by X rejects", { LDXI(0), LDI(1), ALUX(BPF_DIV), LDB(0) }, JEQ,
		{ LDB(1) }, { 15, 1 } },
	{ "a sum with X does not", { LDXI(0), LDI(1), ALUX(BPF_ADD), LDB(0) }, JEQ,
		{ LDB(1) }, { 8, 1 } },
	{ "a copy that nothing uses", { LDB(0), TAX }, JEQ, { LDB(1) }, { 1, 1 } },
};

static uint32_t
count(const struct sock_filter insn[6])
{
	uint32_t n = 0;
	while (n < 6 && (insn[n].code != 0 || insn[n].k != 0))
		n++;
	return n;
}

static void
check_kept(const char *what, const struct cbpf_block *b, const struct sock_filter *was,
	unsigned kept)
{
	uint32_t n = 0;
	for (unsigned i = 0; i < 6; i++) {
		if ((kept >> i & 1) == 0)
			continue;
		if (n == b->count || b->insn[n].code != was[i].code ||
			b->insn[n].k != was[i].k)
			fail_msg("%s: instruction %u is not there", what, i);
		n++;
	}
	if (n != b->count)
		fail_msg("%s: %u instructions, expected %u", what, b->count, n);
}

static void
every_row(void **state)
{
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct arena scratch = { 0 };
		struct sock_filter insn[2][6];
		struct cbpf_block b[4] = { 0 };
		memcpy(insn[0], rows[i].first, sizeof(insn[0]));
		memcpy(insn[1], rows[i].second, sizeof(insn[1]));
		for (unsigned j = 0; j < 4; j++)
			b[j].id = j;
		for (unsigned j = 0; j < 2; j++) {
			b[j].insn = insn[j];
			b[j].count = count(insn[j]);
			b[j].last = j == 0 ? rows[i].last : (struct sock_filter)JEQ;
			b[j].jt = j == 0 ? &b[1] : &b[2];
			b[j].jf = &b[3];
		}
		b[2].last = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 1);
		b[3].last = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
		cbpf_dead(b, 4, &scratch);
		check_kept(rows[i].what, &b[0], rows[i].first, rows[i].kept[0]);
		check_kept(rows[i].what, &b[1], rows[i].second, rows[i].kept[1]);
		arena_free(&scratch);
	}
}

/* A block of which nothing is left is gone round. */
static void
empty_block(void **state)
{
	(void)state;
	struct arena scratch = { 0 };
	struct sock_filter load = LDB(0), store[] = { LDI(3), ST(1) };
	struct cbpf_block b[4] = { { .insn = &load, .count = 1, .last = JEQ },
		{ .insn = store, .count = 2, .one_way = true, .id = 1 },
		{ .last = BPF_STMT(BPF_RET | BPF_K, 1), .id = 2 },
		{ .last = BPF_STMT(BPF_RET | BPF_K, 0), .id = 3 } };
	b[0].jt = &b[1];
	b[0].jf = &b[3];
	b[1].jt = b[1].jf = &b[2];
	cbpf_dead(b, 4, &scratch);
	assert_int_equal(b[1].count, 0);
	assert_ptr_equal(b[0].jt, &b[2]);
	assert_ptr_equal(b[0].jf, &b[3]);
	arena_free(&scratch);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row),
		cmocka_unit_test(empty_block),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
