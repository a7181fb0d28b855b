/* filter_tables.c: the tables of the compiler are in order, and what it stands on works:
 * arena, messages, sets of ranges. */
#include "filter_try.h"

#include "../../filter/lex.h"
#include "../../filter/linktype.h"
#include "../../filter/proto.h"
#include "../../filter/ranges.h"

static const struct {
	const char *text, *class;
} keywords[] = {
#define X(text, class, value) { text, #class },
#include "../../filter/keyword.def"
#undef X
};
#define KEYWORDS (sizeof(keywords) / sizeof(keywords[0]))

static void
keywords_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < KEYWORDS; i++)
		if (strcmp(keywords[i - 1].text, keywords[i].text) >= 0)
			fail_msg("%s stands before %s", keywords[i - 1].text,
				keywords[i].text);
}

/* Each is found, alone and not as a part of a longer word. */
static void
keywords_are_tokens(void **state)
{
	(void)state;
	for (size_t i = 0; i < KEYWORDS; i++) {
		struct arena arena = { 0 };
		struct tokens ts;
		struct diags ds = { 0 };
		char text[128];
		snprintf(text, sizeof(text), "%s %s.q \\%s", keywords[i].text,
			keywords[i].text, keywords[i].text);
		assert_true(lex(text, &arena, &ts, &ds));
		assert_int_equal(ts.count, 4);
		const bool number = strcmp(keywords[i].class, "NUMBER") == 0;
		assert_int_equal(ts.token[0].kind, number ? TOK_NUMBER : TOK_WORD);
		assert_int_equal(ts.token[1].kind, TOK_NAME);
		assert_int_equal(ts.token[2].kind, TOK_NAME);
		assert_int_equal(ts.token[2].span.len, strlen(keywords[i].text));
		arena_free(&arena);
	}
}

/* By value they are searched for by halving: a row out of order would not be found. */
static void
linktypes_are_found(void **state)
{
	(void)state;
	unsigned known = 0;
	for (unsigned v = 0; v <= UINT16_MAX; v++) {
		const struct linktype *l = linktype_find((uint16_t)v);
		uint16_t back;
		assert_non_null(l);
		if (l->name == NULL) {
			assert_int_equal(l->key, KEY_NONE);
			continue;
		}
		known++;
		assert_int_equal(l->value, v);
		assert_string_equal(filter_linktype_name((uint16_t)v), l->name);
		assert_true(filter_linktype_by_name(l->name, &back));
		assert_int_equal(back, v);
		assert_true(l->type_at <= l->payload || l->payload == NOWHERE ||
			    l->key == KEY_JUNIPER);
		assert_true(l->mac == MAC_NONE || l->mac == MAC_WLAN ||
			    l->mac_dst != l->mac_src);
	}
	static const char *const names[] = { "EN10MB", "RAW", "LINUX_SLL", "IPV4", "IPV6",
		"LINUX_SLL2", "en10mb" };
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint16_t v;
		assert_true(filter_linktype_by_name(names[i], &v));
		assert_non_null(filter_linktype_name(v));
	}
	uint16_t v;
	assert_true(known >= 6);
	assert_false(filter_linktype_by_name("", &v));
	assert_false(filter_linktype_by_name("EN10", &v));
}

static void
protocols_are_in_place(void **state)
{
	(void)state;
	for (unsigned p = PROTO_NONE + 1; p < PROTOS; p++) {
		const struct proto *row = proto_find(p);
		uint32_t key;
		assert_int_equal(row->proto, p);
		assert_non_null(row->name);
		assert_true((row->level == LEVEL_NONE) ==
			    (p == PROTO_LINK || p == PROTO_RADIO));
		assert_true(row->level == LEVEL_LINK || row->key <= 255);
		if (row->link_name) {
			assert_true(proto_link_name(row->name, &key));
			assert_int_equal(key, row->key);
		} else
			assert_false(proto_link_name(row->name, &key));
		for (unsigned q = PROTO_NONE + 1; q < p; q++)
			assert_string_not_equal(row->name, proto_find(q)->name);
	}
}

static void
arena_gives_zeroed_aligned_memory(void **state)
{
	(void)state;
	struct arena a = { 0 };
	uint8_t *last = NULL;
	for (size_t n = 1; n < 70000; n = n * 2 + 1) {
		uint8_t *p = arena_alloc(&a, n);
		assert_int_equal((uintptr_t)p % _Alignof(max_align_t), 0);
		assert_true(p != last);
		for (size_t i = 0; i < n; i++)
			assert_int_equal(p[i], 0);
		memset(p, 0xff, n);
		last = p;
	}
	const char text[] = "kept";
	assert_string_equal(arena_copy(&a, text, sizeof(text)), text);
	arena_free(&a);
	uint64_t *again = ARENA_ARRAY(&a, 1000000, uint64_t);
	for (size_t i = 0; i < 1000000; i++)
		assert_int_equal(again[i], 0);
	arena_free(&a);
	arena_free(&a);
}

static void
messages_are_kept_up_to_a_number(void **state)
{
	(void)state;
	struct diags ds = { 0 };
	diags_hint(&ds, "to nothing");
	assert_false(diags_failed(&ds));
	diags_add(&ds, DIAG_NEVER, SEV_WARNING, "only a warning");
	assert_false(diags_failed(&ds));
	for (unsigned i = 0; i < DIAGS_MAX + 5; i++) {
		assert_false(diags_error(&ds, DIAG_SYNTAX, (struct span){ i, 1 },
			"%0300d", (int)i)); /* longer than there is room */
		diags_hint(&ds, "%0300d", (int)i);
	}
	assert_true(diags_failed(&ds));
	assert_int_equal(ds.count, DIAGS_MAX);
	assert_int_equal(ds.dropped, 6);
	for (unsigned i = 0; i < ds.count; i++) {
		assert_true(strlen(ds.diag[i].text) < sizeof(ds.diag[i].text));
		assert_true(strlen(ds.diag[i].hint) < sizeof(ds.diag[i].hint));
	}
	assert_int_equal(ds.diag[3].span[0].at, 2);
}

static void
codes_have_names(void **state)
{
	(void)state;
	for (unsigned c = 0; c < DIAG_CODES; c++) {
		assert_non_null(diag_code_name(c));
		for (unsigned d = 0; d < c; d++)
			assert_string_not_equal(diag_code_name(c), diag_code_name(d));
	}
}

static bool
holds(const struct ranges *r, uint32_t x)
{
	for (uint32_t i = 0; i < r->count; i++)
		if (r->range[i].lo <= x && x <= r->range[i].hi)
			return true;
	return false;
}

static void
check_form(const struct ranges *r)
{
	for (uint32_t i = 0; i < r->count; i++) {
		assert_true(r->range[i].lo <= r->range[i].hi);
		assert_true(i == 0 || r->range[i - 1].hi < r->range[i].lo);
	}
}

/* Against membership of each number below 32. */
static void
ranges_are_sets(void **state)
{
	(void)state;
	struct arena a = { 0 };
	srand(1);
	for (unsigned round = 0; round < 2000; round++) {
		const struct ranges *set[2];
		uint64_t want[2] = { 0, 0 };
		for (unsigned s = 0; s < 2; s++) {
			uint32_t lo = (uint32_t)rand() % 32, hi = (uint32_t)rand() % 32;
			if (lo > hi) {
				const uint32_t t = lo;
				lo = hi;
				hi = t;
			}
			set[s] = ranges_one(&a, lo, hi);
			want[s] = (2ull << hi) - (1ull << lo);
			for (unsigned i = rand() % 6; i > 0; i--) {
				const uint32_t x = (uint32_t)rand() % 32;
				set[s] = ranges_or(&a, set[s], ranges_one(&a, x, x));
				want[s] |= 1ull << x;
			}
		}
		const struct ranges *both = ranges_and(&a, set[0], set[1]);
		const struct ranges *either = ranges_or(&a, set[0], set[1]);
		check_form(both);
		check_form(either);
		for (uint32_t x = 0; x < 32; x++) {
			assert_int_equal(holds(both, x), (want[0] & want[1]) >> x & 1);
			assert_int_equal(holds(either, x), (want[0] | want[1]) >> x & 1);
		}
	}
	const struct ranges *ends =
		ranges_or(&a, ranges_one(&a, 0, 5), ranges_one(&a, 6, UINT32_MAX));
	assert_true(holds(ends, 0) && holds(ends, 6) && holds(ends, UINT32_MAX));
	const struct ranges *many = ranges_one(&a, 0, 0);
	for (uint32_t i = 1; many != NULL && i <= RANGES_MAX; i++)
		many = ranges_or(&a, many, ranges_one(&a, 2 * i, 2 * i));
	assert_null(many);
	arena_free(&a);
}

static void
near_words_are_offered(void **state)
{
	(void)state;
	static const char *const pairs[][2] = { { "tpc", "tcp" }, { "hots", "host" },
		{ "prot", "port" }, { "udpp", "udp" }, { "brodcast", "broadcast" } };
	for (unsigned i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		assert_string_equal(
			lex_nearest(pairs[i][0], (uint32_t)strlen(pairs[i][0])),
			pairs[i][1]);
	char longest[200];
	memset(longest, 'a', sizeof(longest));
	assert_null(lex_nearest(longest, sizeof(longest)));
	assert_null(lex_nearest("zzzzzz", 6));
	assert_null(lex_nearest("", 0));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keywords_are_sorted),
		cmocka_unit_test(keywords_are_tokens),
		cmocka_unit_test(linktypes_are_found),
		cmocka_unit_test(protocols_are_in_place),
		cmocka_unit_test(arena_gives_zeroed_aligned_memory),
		cmocka_unit_test(messages_are_kept_up_to_a_number),
		cmocka_unit_test(codes_have_names),
		cmocka_unit_test(ranges_are_sets),
		cmocka_unit_test(near_words_are_offered),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
