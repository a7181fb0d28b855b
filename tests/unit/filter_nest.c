/* filter_nest.c: expressions that are large or deep: an error or a filter, in the time
 * and on the stack that a tool has. */
#include <sys/resource.h>

#include "filter_try.h"

#define DEPTH (1u << 20)

/* `n` times `part`, then `last`, then `n` times `close`. */
static char *
nested(const char *first, const char *part, size_t n, const char *last, const char *close)
{
	const size_t a = strlen(part), b = strlen(close), c = strlen(first),
		     d = strlen(last);
	char *text = malloc(c + n * (a + b) + d + 1), *to = text;
	assert_non_null(text);
	to = stpcpy(to, first);
	for (size_t i = 0; i < n; i++)
		to = stpcpy(to, part);
	to = stpcpy(to, last);
	for (size_t i = 0; i < n; i++)
		to = stpcpy(to, close);
	return text;
}

/* The code, after the back ends and an evaluation have been asked too. */
static enum diag_code
outcome(const char *text, bool plain)
{
	struct filter_opts o = try_opts(text);
	o.no_optimise = plain;
	struct try t = try_compile(&o);
	if (t.filter == NULL)
		return t.diags.diag[0].code;
	const uint8_t data[60] = { [12] = 8, [14] = 0x45, [23] = 6 };
	const struct filter_packet p = { .data = data, .caplen = 60, .len = 60 };
	struct filter_ebpf e = { 0 };
	struct diags ds = { 0 };
	assert_int_equal(filter_eval(t.filter, &p), filter_match(t.filter, &p));
	if (filter_ebpf(t.filter, FILTER_READS_SCRATCH, &e, &ds))
		filter_ebpf_free(&e);
	filter_free(t.filter);
	return DIAG_NONE;
}

struct row {
	const char *first, *part, *last, *close;
	enum diag_code code; /* DIAG_CODES: any */
};

/* Without the optimiser a part of it: all that is asked there is that nothing recurses.
 */
static void
check(const struct row *row, size_t n)
{
	for (unsigned plain = 0; plain < 2; plain++) {
		const size_t bytes = plain ? n / 8 : n;
		char *text = nested(row->first, row->part,
			bytes / (strlen(row->part) + strlen(row->close)), row->last,
			row->close);
		const enum diag_code code = outcome(text, plain);
		if (row->code != DIAG_CODES && code != row->code)
			fail_msg("'%s%s…%s%s…': %s", row->first, row->part, row->last,
				row->close, diag_code_name(code));
		free(text);
	}
}

static void
a_mebibyte(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "(", "", "", DIAG_PAREN },
		{ "host ", ":", "", "", DIAG_CODES },
		{ "", "(", "ip", ")", DIAG_NONE },
		{ "", "(", ")", ")", DIAG_PAREN },
		{ "", ")", "", "", DIAG_PAREN },
		{ "", "not ", "ip", "", DIAG_NONE },
		{ "", "!", "ip", "", DIAG_NONE },
		{ "", "not ", "", "", DIAG_SYNTAX },
		{ "", "!(", "ip", ")", DIAG_NONE },
		{ "", "not (tcp and ", "ip", ")", DIAG_NONE },
		{ "", "(tcp or ", "ip", ")", DIAG_NONE },
		{ "", "!(ip and ", "", "", DIAG_PAREN },
		{ "", "!(len > 5 or ", "ip", " and tcp)", DIAG_NONE },
		{ "host ", "(", "1.2.3.4", ")", DIAG_NONE },
		{ "host ", "not (1.2.3.4 or ", "1.2.3.4", ")", DIAG_CODES },
		{ "host 1.2.3.4 and ", "(", "", "", DIAG_PAREN },
		{ "host 1.2.3.4 and ", "!(5 or ", "7", ")", DIAG_NONE },
		{ "host 1.2.3.4 and ", "not ", "7", "", DIAG_NONE },
		{ "", "(", "1", ") = 1", DIAG_SYNTAX },
		{ "1 = ", "(", "1", ")", DIAG_NONE },
		{ "1 = ", "-", "1", "", DIAG_CODES },
		{ "1 = ", "(", "", "", DIAG_SYNTAX },
		{ "1 = ", "1+(", "1", ")", DIAG_CODES },
		{ "", "ip[", "0", "]", DIAG_SYNTAX },
		{ "1 = ", "ip[", "0", "]", DIAG_REGISTERS },
		{ "1 = ", "1 ^ ", "1", "", DIAG_CODES },
		{ "ip", " and ip", "", "", DIAG_NONE },
		{ "ip", " or tcp and udp", "", "", DIAG_CODES },
		{ "ip", " and and", "", "", DIAG_SYNTAX },
		{ "len > 1", " > 1", "", "", DIAG_SYNTAX },
		{ "host ", "a", "", "", DIAG_NAME },
		{ "", "a", "", "", DIAG_WORD },
		{ "port ", "1", "", "", DIAG_NUMBER },
		{ "port ", "0", "", "", DIAG_NONE },
		{ "host ", "1.", "", "", DIAG_NAME },
		{ "host ", "1:", "", "", DIAG_CODES },
		{ "host ", "\\", "", "", DIAG_NAME },
		{ "portrange ", "1-", "1", "", DIAG_RANGE },
		{ "", " ", "", "", DIAG_NONE },
		{ "", "\xff", "", "", DIAG_LEX },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i], try_rounds(DEPTH));
}

static void
numbered(const char *head, const char *form, uint32_t n, enum diag_code want)
{
	char *text = malloc((size_t)n * 40 + 100), *to = text;
	assert_non_null(text);
	to += sprintf(to, "%s", head);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t x = i * 2654435761u;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		to += sprintf(to, form, i ? " or " : "", x >> 24, x >> 16 & 255,
			x >> 8 & 255, x & 255);
#pragma GCC diagnostic pop
	}
	const enum diag_code code = outcome(text, false);
	if (want != DIAG_CODES && code != want)
		fail_msg("%u times '%s': %s", n, form, diag_code_name(code));
	free(text);
}

static void
a_hundred_thousand(void **state)
{
	(void)state;
	numbered("host ", "%s%u.%u.%u.%u", 100000, DIAG_NONE);
	numbered("", "%shost %u.%u.%u.%u", 100000, DIAG_NONE);
	numbered("port ", "%s%u", 65536, DIAG_NONE);
	numbered("", "%snet %u.%u.%u.%u/32", 50000, DIAG_NONE);
	numbered("host ", "%s2001:db8:%x:%x:%x::%x", 20000, DIAG_NONE);
	numbered("", "%sip[%u] & %u = %u", 20000, DIAG_NONE);
	static const struct row arithmetic[] = {
		{ "1 = ", "1 + ", "1", "", DIAG_CODES },
		{ "1 = ", "ip[0] + ", "1", "", DIAG_REGISTERS },
		{ "1 = ", "ip[1] * (", "1", ")", DIAG_REGISTERS },
		{ "1 = ", "ip[1] % ", "1", "", DIAG_REGISTERS },
		{ "1 = 1", " + 1", "", "", DIAG_CODES },
		{ "0 < len", " - 1", "", "", DIAG_CODES },
	};
	for (size_t i = 0; i < sizeof(arithmetic) / sizeof(arithmetic[0]); i++)
		check(&arithmetic[i], 100000 * (strlen(arithmetic[i].part) +
						       strlen(arithmetic[i].close)));
}

static void
too_long(void **state)
{
	(void)state;
	char *text = nested("", "   ip or", 9u << 20, " ip", "");
	struct filter_opts o = try_opts(text);
	assert_int_equal(try_code(&o), DIAG_SIZE);
	free(text);
	text = nested("", "(", 5u << 20, "", "");
	o = try_opts(text);
	assert_int_equal(try_code(&o), DIAG_SIZE);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mebibyte),
		cmocka_unit_test(a_hundred_thousand),
		cmocka_unit_test(too_long),
	};
	struct rlimit stack;
	/* 8 MiB, as a shell gives: a larger one would hide recursion */
	if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur > 8u << 20) {
		stack.rlim_cur = 8u << 20;
		setrlimit(RLIMIT_STACK, &stack);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
