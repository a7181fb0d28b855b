/* filter_cbpf.c: blocks of classic BPF get their places: jumps at the limit of what eight
 * bits reach and beyond it, judged by running the program against the blocks. */
#include "filter_try.h"

#include "../../filter/cbpf/cbpf.h"
#include "../gen/rng.h"

static const uint8_t bytes[4] = { 3, 1, 4, 1 };

/* The verdict of the blocks as they stand; only the instructions made below. */
static uint32_t
run_blocks(const struct cbpf_block *b)
{
	uint32_t a = 0;
	for (;;) {
		for (uint32_t i = 0; i < b->count; i++)
			switch (b->insn[i].code) {
			case BPF_LD | BPF_B | BPF_ABS: a = bytes[b->insn[i].k]; break;
			case BPF_ALU | BPF_ADD | BPF_K: a += b->insn[i].k; break;
			case BPF_ALU | BPF_MUL | BPF_K: a *= b->insn[i].k; break;
			default: fail_msg("no such code");
			}
		if (b->jt == NULL)
			return b->last.k;
		const uint32_t k = b->last.k;
		const bool taken = BPF_OP(b->last.code) == BPF_JEQ   ? a == k
				   : BPF_OP(b->last.code) == BPF_JGT ? a > k
								     : (a & k) != 0;
		b = taken ? b->jt : b->jf;
	}
}

static struct cbpf_block *
make_blocks(struct arena *arena, uint32_t n)
{
	struct cbpf_block *b = ARENA_ARRAY(arena, n, struct cbpf_block);
	for (uint32_t i = 0; i < n; i++)
		b[i].id = i;
	return b;
}

/* `count` instructions, no two blocks with the same. */
static void
fill(struct arena *arena, struct cbpf_block *b, uint32_t count)
{
	b->insn = ARENA_ARRAY(arena, count + 1, struct sock_filter);
	b->count = count;
	for (uint32_t i = 0; i < count; i++)
		b->insn[i] = (struct sock_filter)BPF_STMT(
			i % 7 == 0 ? BPF_ALU | BPF_MUL | BPF_K
				   : BPF_ALU | BPF_ADD | BPF_K,
			2 * (b->id + i) + 1);
}

static void
branch(struct cbpf_block *b, unsigned op, uint32_t k, struct cbpf_block *jt,
	struct cbpf_block *jf)
{
	b->last = (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | op | BPF_K), k, 0, 0);
	b->jt = jt;
	b->jf = jf;
}

static void
finish(struct cbpf_block *b, uint32_t verdict)
{
	b->last = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, verdict);
}

/* Jumps stay inside and go forward; the last instruction returns. */
static void
check_program(const struct cbpf_prog *p)
{
	for (uint32_t i = 0; i < p->count; i++) {
		const struct sock_filter *f = &p->insn[i];
		if (BPF_CLASS(f->code) != BPF_JMP)
			continue;
		if (BPF_OP(f->code) == BPF_JA)
			assert_true((uint64_t)i + 1 + f->k < p->count);
		else
			assert_true(i + 1 + f->jt < p->count && i + 1 + f->jf < p->count);
	}
	assert_int_equal(BPF_CLASS(p->insn[p->count - 1].code), BPF_RET);
}

static void
check(struct cbpf_block *b, uint32_t n, struct arena *arena, struct cbpf_prog *p)
{
	const struct filter_packet packet = {
		.data = bytes, .caplen = sizeof(bytes), .len = sizeof(bytes)
	};
	const uint32_t want = run_blocks(b);
	cbpf_encode(b, n, false, arena, p);
	check_program(p);
	assert_int_equal(cbpf_run(p, &packet), want);
}

/* How many instructions leap: those that eight bits did not reach. */
static uint32_t
leaps(const struct cbpf_prog *p)
{
	uint32_t n = 0;
	for (uint32_t i = 0; i < p->count; i++)
		n += p->insn[i].code == (BPF_JMP | BPF_JA);
	return n;
}

/* The longest distance of a conditional jump. */
static unsigned
longest(const struct cbpf_prog *p)
{
	unsigned n = 0;
	for (uint32_t i = 0; i < p->count; i++) {
		n = p->insn[i].jt > n ? p->insn[i].jt : n;
		n = p->insn[i].jf > n ? p->insn[i].jf : n;
	}
	return n;
}

/* One test over `distance` instructions to another test, taken or not.  Returns whether
 * the jump leaps. */
static bool
one_jump(uint32_t distance, bool taken, bool swapped, unsigned *reach)
{
	struct arena arena = { 0 };
	struct cbpf_block *b = make_blocks(&arena, 5);
	struct cbpf_prog p;
	fill(&arena, &b[0], 1);
	b[0].insn[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0);
	if (swapped)
		branch(&b[0], BPF_JEQ, taken ? 4 : 3, &b[1], &b[2]);
	else
		branch(&b[0], BPF_JEQ, taken ? 3 : 4, &b[2], &b[1]);
	fill(&arena, &b[1], distance - 1); /* and its own jump */
	branch(&b[1], BPF_JSET, 1, &b[2], &b[3]);
	fill(&arena, &b[2], 2);
	branch(&b[2], BPF_JGT, 100, &b[3], &b[4]);
	finish(&b[3], 11);
	finish(&b[4], 12);
	check(b, 5, &arena, &p);
	const uint32_t n = leaps(&p);
	assert_int_equal(p.count, 2 + distance + 3 + 2 + n);
	*reach = longest(&p);
	arena_free(&arena);
	return n > 0;
}

/* What 255 instructions reach does not leap; what needs one more does. */
static void
jumps_reach_255(void **state)
{
	(void)state;
	for (unsigned form = 0; form < 4; form++) {
		unsigned reach = 0, before = 0;
		uint32_t distance = 200;
		while (!one_jump(distance, form & 1, form & 2, &reach)) {
			assert_true(reach >= before);
			before = reach;
			distance++;
		}
		assert_int_equal(before, 255);
		assert_in_range(distance, 250, 256);
		for (; distance < 600; distance++)
			assert_true(one_jump(distance, form & 1, form & 2, &reach));
	}
}

/* Both ways far; leaping makes others far in their turn. */
static void
chains_of_far_jumps(void **state)
{
	(void)state;
	for (uint32_t n = 240; n < 270; n++) {
		struct arena arena = { 0 };
		struct cbpf_block *b = make_blocks(&arena, 2 * n + 2);
		struct cbpf_prog p;
		for (uint32_t i = 0; i < 2 * n; i++) {
			fill(&arena, &b[i], 1);
			/* to the next, or to what the same number of the second half is
			 */
			branch(&b[i], BPF_JGT, 0x7fffffff - 1000003 * i,
				i < n ? &b[i + n] : &b[2 * n], &b[i + 1]);
		}
		finish(&b[2 * n], 1);
		finish(&b[2 * n + 1], 2);
		b[2 * n - 1].jf = &b[2 * n + 1];
		check(b, 2 * n + 2, &arena, &p);
		assert_true(leaps(&p) > 0);
		arena_free(&arena);
	}
}

static void
random_blocks(void **state)
{
	(void)state;
	struct rng r = { 3 };
	static const unsigned ops[] = { BPF_JEQ, BPF_JGT, BPF_JSET };
	for (unsigned round = 0; round < 3000; round++) {
		struct arena arena = { 0 };
		const uint32_t n = 3 + rng_below(&r, 60);
		struct cbpf_block *b = make_blocks(&arena, n);
		struct cbpf_prog p;
		const uint32_t large = rng_below(&r, 300);
		for (uint32_t i = 0; i < n; i++) {
			if (i + 2 >= n) {
				finish(&b[i], i);
				continue;
			}
			fill(&arena, &b[i],
				rng_below(&r, rng_chance(&r, 20) ? large + 1 : 4));
			branch(&b[i], ops[rng_below(&r, 3)],
				rng_next(&r) >> rng_below(&r, 32),
				&b[i + 1 + rng_below(&r, n - i - 1)],
				&b[i + 1 +
					rng_below(
						&r, rng_chance(&r, 50) ? 2 : n - i - 1)]);
		}
		check(b, n, &arena, &p);
		arena_free(&arena);
	}
}

/* Through the whole compiler: port lists whose accept is some 255 instructions away. */
static void
lists_about_as_long_as_a_jump(void **state)
{
	(void)state;
	for (unsigned n = 1; n < 700; n += n < 230 || n > 270 ? 13 : 1) {
		char text[16384], *to = text;
		for (unsigned i = 0; i < n; i++)
			to += sprintf(to, "%sip[%u] = %u", i ? " or " : "", i % 20,
				3 * i % 256);
		for (unsigned plain = 0; plain < 2; plain++) {
			struct filter_opts o = try_opts(text);
			o.no_optimise = plain;
			struct try t = try_compile(&o);
			assert_non_null(t.filter);
			uint8_t data[60] = { [12] = 8 };
			for (unsigned v = 0; v < 256; v++) {
				memset(data + 14, (int)v, 20);
				struct filter_packet p = {
					.data = data, .caplen = 60, .len = 60
				};
				assert_int_equal(filter_match(t.filter, &p),
					filter_eval(t.filter, &p));
				p.caplen = 14 + v % 30;
				assert_int_equal(filter_match(t.filter, &p),
					filter_eval(t.filter, &p));
			}
			filter_free(t.filter);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(jumps_reach_255),
		cmocka_unit_test(chains_of_far_jumps),
		cmocka_unit_test(random_blocks),
		cmocka_unit_test(lists_about_as_long_as_a_jump),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
