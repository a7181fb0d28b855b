/* filter_let.c: programs, as -F gives them: named filters, comments, includes.  In: the
 * text of each and the same as one expression; out: listings that must be equal.  And
 * what is wrong with a program: the code and the place, in which file. */
#include "filter_frames.h"

struct reads {
	unsigned count;
	char from[4][16]; /* of the first ones: the file that names it */
};

static const struct {
	const char *name, *text;
} texts[] = {
	{ "lib", "# names\nlet web = tcp port (80 or 443)\nlet dns = port 53 # both\n" },
	{ "outer", "include sub/lib2\nlet both = inner1 or icmp\n" },
	{ "sub/lib2", "include lib3\nlet inner1 = net3 and tcp\n" },
	{ "lib3", "let net3 = net 10.0.0.0/8" },
	{ "sub/lib3", "let net3 = net 10.0.0.0/8" },
	{ "expr", "tcp\n" },
	{ "circle", "include circle\n" },
	{ "one", "include two\n" },
	{ "two", "let x = tcp\ninclude one\n" },
	{ "bad", "let ok1 = tcp\n\nlet bad1 = tcp\n\tand porrt 80\n" },
	{ "bad-name", "# first\nlet bad2 = host nowhere\n" },
	{ "bad-lex", "let bad3 = tcp and ~\n" },
	{ "again", "let web = udp\n" },
	{ "late", "ip\n" },
	{ "hosts", "10.0.0.1\n10.0.0.2\n" },
	{ "bad-hosts", "10.0.0.1\n10.0.0.256\n" },
};

static const char *
read_text(void *ctx, const char *name, const char *from, size_t *len, char *why,
	size_t size)
{
	struct reads *r = ctx;
	if (r->count < FRAME_COUNT(r->from))
		snprintf(r->from[r->count], sizeof(r->from[0]), "%s", from ? from : "-");
	r->count++;
	for (size_t i = 0; i < FRAME_COUNT(texts); i++)
		if (strcmp(texts[i].name, name) == 0) {
			*len = strlen(texts[i].text);
			return texts[i].text;
		}
	snprintf(why, size, "no such file");
	return NULL;
}

static const struct {
	const char *program, *same;
} same[] = {
	{ "let web = tcp port 80\nweb", "tcp port 80" },
	{ "let web = tcp port 80\n\nweb and host 10.0.0.1",
		"tcp port 80 and host 10.0.0.1" },
	{ "let a = ip or arp\nlet b = tcp port 80\nb and a\n",
		"tcp port 80 and (ip or arp)" },
	/* a name stands for its body in parentheses */
	{ "let a = ip or arp\nudp and a", "udp and (ip or arp)" },
	{ "let a = ip or arp\nnot a", "not (ip or arp)" },
	{ "let a = ip or arp\nnot (a or icmp)", "not (ip or arp or icmp)" },
	{ "let a = tcp\nlet b = not a\nlet c = b and ip\nnot c or port 80",
		"not (not tcp and ip) or port 80" },
	{ "let a = tcp\na or a and a", "tcp" },
	/* blanks, comments, lines that go on */
	{ "let a =\n\tip\n  or arp # both\n\n# c\na", "ip or arp" },
	{ "let a = (ip\nor arp\n)\na", "ip or arp" },
	{ "let a = port in {53,\n80}\na", "port 53 or 80" },
	{ "let a = ip\r\n\tor arp\r\na\r\n", "ip or arp" },
	{ "# a comment\nip # or arp\n#or icmp\n or rarp", "ip or rarp" },
	{ "let\ta\t=\ttcp\na", "tcp" },
	{ "let a=tcp\na", "tcp" },
	{ "let long-name.1 = tcp\nlong-name.1", "tcp" },
	{ "ip\nor\narp", "ip or arp" }, /* no let: lines mean nothing */
	{ "# nothing\n", "" },
	{ "let a = tcp\n", "" },
	/* words are words before '(' only, and `in` before '{' or '@' */
	{ "let gre = udp\ngre or gre (ip)", "udp or gre (ip)" },
	{ "let in = udp\nin or port in {53}", "udp or port 53" },
	/* what a body shifts stays in it, what is shifted where it is used does not */
	{ "let a = tcp\nlet b = vlan and ip\nb or a", "vlan (ip) or tcp" },
	{ "let t = vlan 7\nt or ip", "vlan 7 (len >= 0) or ip" },
	{ "let a = arp\nvlan (a)", "vlan (arp)" },
	{ "let a = any.tcp[0] = 1\na", "any.tcp[0] = 1" },
	{ "let h = host in @hosts\nnot h", "not (host 10.0.0.1 or 10.0.0.2)" },
	/* includes */
	{ "include lib\nweb or dns", "tcp port (80 or 443) or port 53" },
	{ "include \"lib\"  \nweb", "tcp port (80 or 443)" },
	{ "let a = arp\ninclude lib\nlet b = web and ip\na or b",
		"arp or (tcp port (80 or 443) and ip)" },
	{ "include outer\nboth", "net 10.0.0.0/8 and tcp or icmp" },
	{ "include expr", "tcp" },
	{ "include expr\n or udp", "tcp or udp" },
	{ "include lib3\ninclude lib\nweb and net3",
		"tcp port (80 or 443) and net 10.0.0.0/8" },
};

static struct filter_opts
program_of(const char *text, const struct filter_files *files)
{
	struct filter_opts o = try_opts(text);
	o.program = true;
	o.name = "main";
	o.files = files;
	return o;
}

static void
programs_are_expressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAME_COUNT(same); i++) {
		struct reads reads = { 0 };
		const struct filter_files files = { .read = read_text, .ctx = &reads };
		struct filter_opts o = program_of(same[i].program, &files);
		char *program = try_listing(&o);
		o.text = same[i].same;
		o.program = false;
		char *expression = try_listing(&o);
		if (strcmp(program, expression) != 0)
			fail_msg("'%s' is not '%s':\n%s\n%s", same[i].program, o.text,
				program, expression);
		free(program);
		free(expression);
	}
}

/* A shift ends with the body: in frames, as the listings above could be wrong alike. */
static const struct frame frames[] = {
	{ 'a', ETHER("08 00") IP4("06") TCP("c0 00", "00 50", "02") },
	{ 'b', ETHER("81 00") TAG("00 07", "08 00") IP4("06")
			TCP("c0 00", "00 50", "02") },
	{ 'c', ETHER("08 06") ARP },
};

static const struct verdicts shift_rows[] = {
	{ .text = "let t = vlan and ip\nt or ip", .match = "ab" },
	{ .text = "let t = vlan 7\nt", .match = "b" },
	{ .text = "let t = vlan 7\nt or arp", .match = "bc" },
	{ .text = "let t = vlan\nlet u = t or arp\nnot u", .match = "a" },
	{ .text = "let t = vlan or ip\nt", .match = "bc", .leaks = true },
	{ .text = "let p = tcp port 80\nvlan (p) or p", .match = "ab" },
	{ .text = "let p = tcp port 80\nvlan and p", .match = "b" },
	{ .text = "let p = tcp port 80\nvlan or p", .match = "b", .leaks = true },
};

static void
shifts_end(void **state)
{
	(void)state;
	const struct table tab = { .frame = frames,
		.frames = FRAME_COUNT(frames),
		.opts = program_of(NULL, NULL) };
	frames_check(&tab, shift_rows, FRAME_COUNT(shift_rows));
}

struct wrong {
	const char *text;
	enum diag_code code;
	uint32_t at, len; /* in the text itself, */
	const char *file; /* ... or in another file */
	uint32_t line, column;
};

static const struct wrong wrong[] = {
	/* names */
	{ "let a = b\nlet b = tcp\na", DIAG_NAME, 8, 1, "", 0, 0 },
	{ "let a = a\na", DIAG_NAME, 8, 1, "", 0, 0 },
	{ "let a = tcp\nlet a = udp\na", DIAG_NAME, 16, 1, "", 0, 0 },
	{ "let tcp = udp\ntcp", DIAG_SYNTAX, 4, 3, "", 0, 0 },
	{ "let len = udp\nlen", DIAG_SYNTAX, 4, 3, "", 0, 0 },
	{ "let tcp-syn = udp\nip", DIAG_SYNTAX, 4, 7, "", 0, 0 },
	{ "let 5 = udp\nip", DIAG_SYNTAX, 4, 1, "", 0, 0 },
	{ "let 10.0.0.1 = udp\nip", DIAG_SYNTAX, 4, 8, "", 0, 0 },
	{ "let a = tcp\naa", DIAG_WORD, 12, 2, "", 0, 0 },
	{ "let a = tcp\na 80", DIAG_SYNTAX, 14, 2, "", 0, 0 },
	{ "let a = tcp\nhost a", DIAG_NAME, 17, 1, "", 0, 0 },
	{ "let a = tcp\nhost 10.0.0.1 or a", DIAG_NAME, 29, 1, "", 0, 0 },
	{ "let a = host 10.0.0.1\na or 10.0.0.2", DIAG_SYNTAX, 27, 8, "", 0, 0 },
	/* form */
	{ "let", DIAG_SYNTAX, 3, 1, "", 0, 0 },
	{ "let a", DIAG_SYNTAX, 5, 1, "", 0, 0 },
	{ "let a tcp\na", DIAG_SYNTAX, 6, 3, "", 0, 0 },
	{ "let a =\nip", DIAG_SYNTAX, 4, 1, "", 0, 0 },
	{ "let a = tcp or\na", DIAG_SYNTAX, 14, 1, "", 0, 0 },
	{ "let a = tcp)\na", DIAG_PAREN, 11, 1, "", 0, 0 },
	{ "let a = tcp udp\na", DIAG_SYNTAX, 12, 3, "", 0, 0 },
	{ "ip\nlet a = tcp", DIAG_SYNTAX, 3, 3, "", 0, 0 },
	{ " let a = tcp\na", DIAG_WORD, 1, 3, "", 0, 0 },
	/* faults in a body are at their place in it */
	{ "let a = tcp\n\tand porrt 80\na", DIAG_WORD, 17, 5, "", 0, 0 },
	{ "let a = host nowhere\nip and a", DIAG_NAME, 13, 7, "", 0, 0 },
	{ "let a = port 70000\nlet b = a\nb", DIAG_RANGE, 13, 5, "", 0, 0 },
	{ "let a = ip ~ tcp\na", DIAG_LEX, 11, 1, "", 0, 0 },
	/* includes */
	{ "include nofile\nip", DIAG_FILE, 8, 6, "", 0, 0 },
	{ "ip\ninclude nofile", DIAG_FILE, 11, 6, "", 0, 0 },
	{ "include circle\nip", DIAG_FILE, 0, 0, "circle", 1, 9 },
	{ "include one\nip", DIAG_FILE, 0, 0, "two", 2, 9 },
	{ "include main\nip", DIAG_FILE, 8, 4, "", 0, 0 },
	{ "include bad\nbad1", DIAG_WORD, 0, 0, "bad", 4, 6 },
	{ "include bad-name\nbad2", DIAG_NAME, 0, 0, "bad-name", 2, 17 },
	{ "include bad-lex\nip", DIAG_LEX, 0, 0, "bad-lex", 1, 20 },
	{ "include lib\ninclude again\nweb", DIAG_NAME, 0, 0, "again", 1, 5 },
	{ "include late\ninclude lib\nweb", DIAG_SYNTAX, 0, 0, "lib", 2, 1 },
	{ "let h = host in @bad-hosts\nh", DIAG_ADDRESS, 0, 0, "bad-hosts", 2, 1 },
	{ "let h = host in @nofile\nh", DIAG_FILE, 16, 7, "", 0, 0 },
};

/* Nobody uses them, and they are as wrong. */
static const struct wrong unused[] = {
	{ "let a = tcp porrt 80\nudp", DIAG_SYNTAX, 12, 5, "", 0, 0 },
	{ "let a = tcp)\nip", DIAG_PAREN, 11, 1, "", 0, 0 },
	/* which goes on to the end of the text */
	{ "let a = (tcp\na", DIAG_PAREN, 8, 1, "", 0, 0 },
	{ "let a = tcp or\nip", DIAG_SYNTAX, 14, 1, "", 0, 0 },
	{ "let a = tcp let b = udp\nip", DIAG_SYNTAX, 12, 3, "", 0, 0 },
	{ "let a = port 70000\nip", DIAG_RANGE, 13, 5, "", 0, 0 },
	{ "include bad\nip", DIAG_WORD, 0, 0, "bad", 4, 6 },
};

static void
check_wrong(const struct wrong *rows, size_t count)
{
	bool ok = true;
	for (size_t i = 0; i < count; i++) {
		const struct wrong *w = &rows[i];
		struct reads reads = { 0 };
		const struct filter_files files = { .read = read_text, .ctx = &reads };
		const struct filter_opts o = program_of(w->text, &files);
		const struct try t = try_compile(&o);
		const struct diag *d = &t.diags.diag[0];
		if (t.filter != NULL)
			print_error("'%s' compiles\n", w->text);
		else if (d->code != w->code || d->span[0].at != w->at ||
			 d->span[0].len != w->len || strcmp(d->file, w->file) != 0 ||
			 d->line != w->line || d->column != w->column)
			print_error("'%s': %s %u+%u '%s' %u:%u: %s\n", w->text,
				diag_code_name(d->code), d->span[0].at, d->span[0].len,
				d->file, d->line, d->column, d->text);
		else
			continue;
		ok = false;
		filter_free(t.filter);
	}
	assert_true(ok);
}

static void
programs_that_are_wrong(void **state)
{
	(void)state;
	check_wrong(wrong, FRAME_COUNT(wrong));
}

static void
unused_bodies(void **state)
{
	(void)state;
	check_wrong(unused, FRAME_COUNT(unused));
}

/* On the command line there are neither comments nor lets nor includes. */
static void
expressions_are_no_programs(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum diag_code code;
	} rows[] = {
		{ "let a = tcp\na", DIAG_WORD },
		{ "ip # or arp", DIAG_LEX },
		{ "include lib", DIAG_WORD },
		{ "host let", DIAG_NAME },
		{ "host include", DIAG_NAME },
	};
	struct reads reads = { 0 };
	const struct filter_files files = { .read = read_text, .ctx = &reads };
	for (size_t i = 0; i < FRAME_COUNT(rows); i++) {
		struct filter_opts o = try_opts(rows[i].text);
		o.files = &files;
		assert_int_equal(try_code(&o), rows[i].code);
	}
	assert_int_equal(reads.count, 0);
}

/* The callback is told which file names a file. */
static void
names_count_from_their_file(void **state)
{
	(void)state;
	struct reads reads = { 0 };
	const struct filter_files files = { .read = read_text, .ctx = &reads };
	struct filter_opts o =
		program_of("include outer\nboth and host in @hosts", &files);
	assert_int_equal(try_code(&o), DIAG_NONE);
	assert_int_equal(reads.count, 4);
	assert_string_equal(reads.from[0], "main");
	assert_string_equal(reads.from[1], "outer");
	assert_string_equal(reads.from[2], "sub/lib2");
	assert_string_equal(reads.from[3], "main");
	/* a file that several lists are from is read once */
	o.text = "src in @hosts or dst in @hosts";
	reads.count = 0;
	assert_int_equal(try_code(&o), DIAG_NONE);
	assert_int_equal(reads.count, 1);
}

/* 2 to the power of `n` uses: small text, and no end of memory and time. */
static void
doubling(void **state)
{
	(void)state;
	char text[4096], *to = text;
	to += sprintf(to, "let a0 = tcp port 80\n");
	for (unsigned n = 1; n < 60; n++)
		to += sprintf(to, "let a%u = a%u or a%u\n", n, n - 1, n - 1);
	sprintf(to, "a59\n");
	const struct filter_opts o = program_of(text, NULL);
	assert_int_equal(try_code(&o), DIAG_SIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(programs_are_expressions),
		cmocka_unit_test(shifts_end),
		cmocka_unit_test(programs_that_are_wrong),
		cmocka_unit_test(unused_bodies),
		cmocka_unit_test(expressions_are_no_programs),
		cmocka_unit_test(names_count_from_their_file),
		cmocka_unit_test(doubling),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
