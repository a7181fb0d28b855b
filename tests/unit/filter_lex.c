/* filter_lex.c: text in, tokens out: every form, the longest match, ties, refusals. */
#include "filter_try.h"

#include "../../filter/lex.h"

/* Tokens as text, so that a test is one line: w:word n:number 4:address/parts 6:bytes
 * m:bytes 8:byte i:name, an operator as itself. */
static void
put_bytes(FILE *f, const char *kind, const uint8_t *b, unsigned n)
{
	fputs(kind, f);
	for (unsigned i = 0; i < n; i++)
		fprintf(f, "%02x", b[i]);
}

static void
put_token(FILE *f, const char *text, const struct token *t)
{
	static const struct {
		int kind;
		const char *text;
	} signs[] = { { TOK_LE, "<=" }, { TOK_GE, ">=" }, { TOK_NE, "!=" },
		{ TOK_EQ, "==" }, { TOK_SHL, "<<" }, { TOK_SHR, ">>" } };
	for (unsigned i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (signs[i].kind == t->kind)
			fputs(signs[i].text, f);
	if (t->kind < TOK_END)
		fputc(t->kind, f);
	if (t->kind == TOK_NUMBER)
		fprintf(f, "n:%u", t->number);
	if (t->kind == TOK_IPV4)
		fprintf(f, "4:%08x/%u", t->number, t->parts);
	if (t->kind == TOK_IPV6)
		put_bytes(f, "6:", t->bytes, 16);
	if (t->kind == TOK_MAC)
		put_bytes(f, "m:", t->bytes, 6);
	if (t->kind == TOK_MAC8)
		put_bytes(f, "8:", t->bytes, 1);
	if (t->kind == TOK_NAME || t->kind == TOK_WORD)
		fprintf(f, "%c:%.*s", t->kind == TOK_NAME ? 'i' : 'w', (int)t->span.len,
			text + t->span.at);
}

/* "!code at+len" when it is refused. */
static void
check(const char *text, const char *want)
{
	struct arena arena = { 0 };
	struct tokens ts;
	struct diags ds = { 0 };
	char got[4096] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");
	assert_non_null(f);
	if (lex(text, &arena, &ts, &ds)) {
		assert_int_equal(ts.token[ts.count - 1].kind, TOK_END);
		for (uint32_t i = 0; i + 1 < ts.count; i++) {
			fputs(i > 0 ? " " : "", f);
			put_token(f, text, &ts.token[i]);
		}
		assert_int_equal(ds.count, 0);
	} else
		fprintf(f, "!%s %u+%u", diag_code_name(ds.diag[0].code),
			ds.diag[0].span[0].at, ds.diag[0].span[0].len);
	fclose(f);
	if (strcmp(got, want) != 0)
		fail_msg("'%s' gives '%s', not '%s'", text, got, want);
	arena_free(&arena);
}

struct row {
	const char *text, *tokens;
};

static void
check_all(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(row[i].text, row[i].tokens);
}
#define CHECK(rows) check_all(rows, sizeof(rows) / sizeof((rows)[0]))

static void
numbers(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "0", "n:0" },
		{ "80", "n:80" },
		{ "4294967295", "n:4294967295" },
		{ "4294967296", "!number 0+10" },
		{ "99999999999999999999999999999999", "!number 0+32" },
		{ "010", "n:8" },
		{ "00", "n:0" },
		{ "037777777777", "m:037777777777" },
		{ "0037777777777", "n:4294967295" },
		{ "0040000000000", "!number 0+13" },
		{ "08", "!number 0+2" },
		{ "0x1F", "n:31" },
		{ "0XfFfFfFfF", "n:4294967295" },
		{ "0x100000000", "!number 0+11" },
		{ "0x000000000ff", "n:255" },
		{ "icmp-echo", "n:8" },
		{ "tcp-ack", "n:16" },
		{ "tcpflags", "n:13" },
		{ "icmp6-multicastrouterterm", "n:153" },
	};
	CHECK(rows);
}

static void
addresses(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "1.2.3.4", "4:01020304/4" },
		{ "1.2.3", "4:01020300/3" },
		{ "1.2", "4:01020000/2" },
		{ "010.008.09.1", "4:0a080901/4" },
		{ "255.255.255.255", "4:ffffffff/4" },
		{ "256.1.1.1", "4:00000000/4" }, /* a fault where it is used */
		{ "1.2.3.0x4", "4:00000000/4" },
		{ "1.2.3.4.5", "i:1.2.3.4.5" },
		{ "1.2.", "i:1.2." },
		{ "1.2.3.4/8", "4:01020304/4 / n:8" },
		{ "1.2.3.4.5.6", "m:010203040506" },
		{ "1:2:3:4:5:6", "m:010203040506" },
		{ "aA-bb-c-0-1-22", "m:aabb0c000122" },
		{ "aabb.ccdd.eeff", "m:aabbccddeeff" },
		{ "1234.5678.9012", "m:123456789012" },
		{ "001122334455", "m:001122334455" },
		{ "0011223344556", "n:1246611822" },
		{ "00112233445z", "i:00112233445z" },
		{ "00112233445", "n:19478309" },
		{ "aabbccddeeff", "m:aabbccddeeff" },
		{ "aabbccddeef", "i:aabbccddeef" },
		{ "aabbccddeeffa", "i:aabbccddeeffa" },
		{ "1:2:3:4:5", "!address 0+8" },
		{ "1:2:", "!address 0+4" },
		{ "1:2", "n:1 : n:2" },
		{ "1:", "n:1 :" },
		{ "a:b::", "6:000a000b000000000000000000000000" },
		{ "$5", "8:05" },
		{ "$fF", "8:ff" },
		{ "$fff", "8:ff i:f" },
		{ "$", "!lex 0+1" },
		{ "$g", "!lex 0+1" },
	};
	CHECK(rows);
}

static void
ipv6_addresses(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "::", "6:00000000000000000000000000000000" },
		{ "::1", "6:00000000000000000000000000000001" },
		{ "1::", "6:00010000000000000000000000000000" },
		{ "2001:db8::1", "6:20010db8000000000000000000000001" },
		{ "1:2:3:4:5:6:7:8", "6:00010002000300040005000600070008" },
		{ "1:2:3:4:5:6:7::", "6:00010002000300040005000600070000" },
		{ "::2:3:4:5:6:7:8", "6:00000002000300040005000600070008" },
		{ "1::3:4:5:6:7:8", "6:00010000000300040005000600070008" },
		{ "FE80::aBcD", "6:fe80000000000000000000000000abcd" },
		{ "::1.2.3.4", "6:00000000000000000000000001020304" },
		{ "::ffff:1.2.3.4", "6:00000000000000000000ffff01020304" },
		{ "1:2:3:4:5:6:1.2.3.4", "6:00010002000300040005000601020304" },
		{ "::256.1.1.1", "!address 0+11" },
		{ "2001:db8::/32", "6:20010db8000000000000000000000000 / n:32" },
		{ "::1]", "6:00000000000000000000000000000001 ]" },
		{ "[::1", "[ 6:00000000000000000000000000000001" },
	};
	CHECK(rows);
}

static void
words_and_names(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "" },
		{ " \t\r\n", "" },
		{ "tcp", "w:tcp" },
		{ "tcpfoo", "i:tcpfoo" },
		{ "tcp-foo", "i:tcp-foo" },
		{ "TCP", "i:TCP" },
		{ "10-2", "i:10-2" },
		{ "80-90", "i:80-90" },
		{ "10 - 2", "n:10 - n:2" },
		{ "10 -2", "n:10 - n:2" },
		{ "10- 2", "n:10 - n:2" },
		{ "a-", "i:a -" },
		{ "a_b.c-d", "i:a_b.c-d" },
		{ "www.example.org.", "i:www.example.org." },
		{ "a--b", "i:a--b" },
		{ "-a", "- i:a" },
		{ "_a", "!lex 0+1" },
		{ "x86_64", "i:x86_64" },
		{ "\\tcp", "i:tcp" },
		{ "\\a/b#c", "i:a/b#c" },
		{ "\\tcp)", "i:tcp )" },
		{ "\\tcp!x", "i:tcp w:! i:x" },
		{ "\\", "!lex 0+1" },
		{ "\\ x", "!lex 0+1" },
		{ "es-is is-is", "w:es-is w:is-is" },
		{ "icmp6-echoo", "i:icmp6-echoo" },
		{ "not and or", "w:not w:and w:or" },
		{ "! && ||", "w:! w:&& w:||" },
		{ "a&&b||!c", "i:a w:&& i:b w:|| w:! i:c" },
	};
	CHECK(rows);
}

static void
operators(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "+-*/%&|^<> =()[]:", "+ - * / % & | ^ < > = ( ) [ ] :" },
		{ ">=<=!===<<>>", ">= <= != == << >>" },
		{ ">>>", ">> >" },
		{ ">>=", ">> =" },
		{ "<=>", "<= >" },
		{ "!==", "!= =" },
		{ "===", "== =" },
		{ "&&&", "w:&& &" },
		{ "|||", "w:|| |" },
		{ "ip[6:2]&0x1fff!=0", "w:ip [ n:6 : n:2 ] & n:8191 != n:0" },
		{ ";", "!lex 0+1" },
		{ "ip ~ 2", "!lex 3+1" },
		{ "ip \"x\"", "!lex 3+1" },
		{ "\x7f", "!lex 0+1" },
		{ "\xc3\xa9", "!lex 0+2" },
		{ "ip\x01", "!lex 2+1" },
		{ "ip\ftcp", "!lex 2+1" },
	};
	CHECK(rows);
}

/* A ')' knows nothing; a '(' knows its ')'. */
static void
parentheses_match(void **state)
{
	(void)state;
	struct arena arena = { 0 };
	struct tokens ts;
	struct diags ds = { 0 };
	assert_true(lex(") ( ( ) ( ( ) )", &arena, &ts, &ds));
	const uint32_t match[] = { 0, 0, 3, 0, 7, 6, 0, 0 };
	for (uint32_t i = 0; i < sizeof(match) / sizeof(match[0]); i++)
		assert_int_equal(ts.token[i].match, match[i]);
	arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers),
		cmocka_unit_test(addresses),
		cmocka_unit_test(ipv6_addresses),
		cmocka_unit_test(words_and_names),
		cmocka_unit_test(operators),
		cmocka_unit_test(parentheses_match),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
