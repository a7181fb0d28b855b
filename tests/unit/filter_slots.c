/* filter_slots.c: positions that depend on the packet, each in a slot: scopes deep and
 * side by side, and where the slots end.  In: generated expressions and frames; out:
 * verdicts, or the code of the refusal. */
#include "filter_frames.h"

#define TEXT 8192

/* `word (` n times, the innermost expression, `)` n times. */
static const char *
nested(char text[TEXT], const char *word, unsigned n, const char *inside)
{
	char *to = text;
	for (unsigned i = 0; i < n; i++)
		to += sprintf(to, "%s (", word);
	to += sprintf(to, "%s", inside);
	for (unsigned i = 0; i < n; i++)
		*to++ = ')';
	*to = '\0';
	return text;
}

/* `first` at the beginning, `between` n times, `last`. */
static uint32_t
layers(uint8_t out[FRAME_MAX], const char *first, const char *between, unsigned n,
	const char *last)
{
	uint32_t len = frame_bytes(first, out);
	for (unsigned i = 0; i < n; i++) {
		uint8_t more[FRAME_MAX];
		const uint32_t bytes = frame_bytes(between, more);
		assert_true(len + bytes <= FRAME_MAX);
		memcpy(out + len, more, bytes);
		len += bytes;
	}
	uint8_t more[FRAME_MAX];
	const uint32_t bytes = frame_bytes(last, more);
	assert_true(len + bytes <= FRAME_MAX);
	memcpy(out + len, more, bytes);
	return len + bytes;
}

static const struct {
	const char *word;
	const char *first, *between, *last;
	unsigned deepest; /* that all slots are enough for; UINT32_MAX: takes none */
} words[] = {
	{ "ipip", ETHER("08 00"), IP4("04"), IP4_9("06") TCP("c0 00", "00 50", "02"),
		16 },
	{ "vxlan", "",
		ETHER("08 00") IP4("11") UDP("c0 00", "12 b5") "08 00 00 00 00 00 2a 00 ",
		ETHER("08 00") IP4_9("06") TCP("c0 00", "00 50", "02"), 16 },
	{ "geneve", "",
		ETHER("08 00") IP4("11")
			UDP("c0 00", "17 c1") "01 00 65 58 00 00 2a 00 01 08 00 00 ",
		ETHER("08 00") IP4_9("06") TCP("c0 00", "00 50", "02"), 5 },
	{ "gre", ETHER("08 00"), IP4("2f") "20 00 08 00 00 00 00 07 ",
		IP4_9("06") TCP("c0 00", "00 50", "02"), 5 },
	{ "gtp", ETHER("08 00"),
		IP4("11") UDP("08 68",
			"08 68") "34 ff 00 40 00 00 00 2a 00 00 00 85 01 00 00 00 ",
		IP4_9("06") TCP("c0 00", "00 50", "02"), 8 },
	{ "vlan", MAC_2 MAC_1 "81 00 ", "00 07 81 00 ",
		"00 07 08 00 " IP4_9("06") TCP("c0 00", "00 50", "02"), UINT32_MAX },
};

/* Scopes of each depth, on frames of each. */
static void
deep(void **state)
{
	(void)state;
	for (size_t w = 0; w < FRAME_COUNT(words); w++)
		for (unsigned depth = 1; depth <= 5; depth++) {
			const bool tag = strcmp(words[w].word, "vlan") == 0;
			char text[TEXT];
			const struct filter_opts o = try_opts(nested(text, words[w].word,
				depth, "net 10.9.0.0/16 and tcp port 80"));
			const struct try t = try_compile(&o);
			if (t.filter == NULL)
				fail_msg("'%s': %s", text, t.diags.diag[0].text);
			for (unsigned n = 1; n <= 5; n++) {
				uint8_t data[FRAME_MAX];
				const uint32_t len = layers(data, words[w].first,
					words[w].between, n - tag, words[w].last);
				const struct filter_packet p = {
					.data = data, .caplen = len, .len = len
				};
				if (frame_verdict(&t, p, text) != (n == depth))
					fail_msg("'%s' and %u layers", text, n);
			}
			filter_free(t.filter);
		}
}

static void
too_deep(void **state)
{
	(void)state;
	for (size_t w = 0; w < FRAME_COUNT(words); w++) {
		const unsigned deepest = words[w].deepest;
		char text[TEXT];
		struct filter_opts o = try_opts(nested(text, words[w].word,
			deepest == UINT32_MAX ? 100 : deepest, "ip"));
		if (try_code(&o) != DIAG_NONE)
			fail_msg("'%s' is refused", text);
		if (deepest == UINT32_MAX)
			continue;
		nested(text, words[w].word, deepest + 1, "ip");
		if (try_code(&o) != DIAG_REGISTERS)
			fail_msg("'%s': %s", text, diag_code_name(try_code(&o)));
	}
}

/* Slots of a scope are free again behind it. */
static void
side_by_side(void **state)
{
	(void)state;
	char text[TEXT], *to = text;
	for (unsigned n = 0; n < 64; n++)
		to += sprintf(to, "%svxlan %u (port %u)", n ? " or " : "", n, 80 + n);
	struct filter_opts o = try_opts(text);
	const struct try t = try_compile(&o);
	if (t.filter == NULL)
		fail_msg("%s", t.diags.diag[0].text);
	uint8_t data[FRAME_MAX];
	const uint32_t len = frame_bytes(
		ETHER("08 00") IP4("11")
			UDP("c0 00", "12 b5") "08 00 00 00 00 00 00 00 " ETHER("08 00")
				IP4_9("06") TCP("c0 00", "00 00", "02"),
		data);
	const struct filter_packet p = { .data = data, .caplen = len, .len = len };
	for (unsigned vni = 0; vni < 70; vni++)
		for (unsigned port = 78; port < 150; port++) {
			data[48] = (uint8_t)vni;
			data[87] = (uint8_t)port; /* of TCP's destination */
			const bool is = vni < 64 && port == 80 + vni;
			assert_int_equal(filter_eval(t.filter, &p) != 0, is);
			assert_int_equal(filter_match(t.filter, &p) != 0, is);
		}
	filter_free(t.filter);
	sprintf(to, " or vxlan (ip)");
	assert_int_equal(try_code(&o), DIAG_SIZE);
}

/* Those of one relation, too; and the same index asks for one only. */
static void
of_relations(void **state)
{
	(void)state;
	char text[TEXT], *to = text;
	for (unsigned n = 0; n < 100; n++)
		to += sprintf(to, "%sany.tcp[%u] = %u", n ? " or " : "", n % 20, n);
	struct filter_opts o = try_opts(text);
	assert_int_equal(try_code(&o), DIAG_NONE);
	to = text + sprintf(text, "any.tcp[0]");
	for (unsigned n = 0; n < 20; n++)
		to += sprintf(to, " + any.tcp[%u]", n);
	sprintf(to, " > 9");
	assert_int_equal(try_code(&o), DIAG_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deep),
		cmocka_unit_test(too_deep),
		cmocka_unit_test(side_by_side),
		cmocka_unit_test(of_relations),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
