/* filter_sets.c: sets of ids: `port in {22, 80, 8000-8100}`, `host in @file`.  In: each
 * set and the same written out, random packets of tests/gen; out: verdicts that must be
 * equal.  And what is wrong with a set or a list: the code and the place. */
#include "filter_frames.h"

#include "../gen/packets.h"

#define PACKETS 3000 /* for each row */

/* Files, by name; NULL: "gone" cannot be read. */
static const char *
read_list(void *ctx, const char *name, const char *from, size_t *len, char *why,
	size_t size)
{
	static const struct {
		const char *name, *text;
	} files[] = {
		{ "hosts", "# ours\n10.0.0.1\n  10.0.0.2 # the "
			   "second\n\n2001:db8::1\r\n10.0" },
		{ "nets", "10.0.0.0/8\n2001:db8::/32\n" },
		{ "one", "10.0.0.1" },
		{ "ports", "53\n8000-8100\n#80\n22\n" },
		{ "empty", "# nothing\n\n" },
		{ "macs", "02:00:00:00:00:01\n02-00-00-00-00-02\n" },
		{ "two-a-line", "10.0.0.1\n10.0.0.2 10.0.0.3\n" },
		{ "bad-address", "10.0.0.1\n# b\n 10.0.0.300\n" },
		{ "bad-name", "10.0.0.1\nnowhere\n" },
		{ "bad-character", "10.0.0.1\n10.0.0.2\n\t~\n" },
		{ "bad-net", "10.0.0.0/8\n10.1.0.0/8\n" },
		{ "bad-port", "80\n70000\n" },
		{ "nested", "@one\n" },
		{ "comma", "10.0.0.1,10.0.0.2\n" },
	};
	(void)from;
	(void)ctx;
	for (size_t i = 0; i < FRAME_COUNT(files); i++)
		if (strcmp(files[i].name, name) == 0) {
			*len = strlen(files[i].text);
			return files[i].text;
		}
	snprintf(why, size, "no such file");
	return NULL;
}

static const struct filter_files files = { .read = read_list };

static struct filter_opts
with_files(const char *text)
{
	struct filter_opts o = try_opts(text);
	o.files = &files;
	return o;
}

static const char *const same[][2] = {
	{ "port in {53}", "port 53" },
	{ "port in {22, 53, 80, 8000-8100}",
		"port 22 or port 53 or port 80 or portrange 8000-8100" },
	{ "port in {53, 80,}", "port 53 or 80" },
	{ "port in {8100-8000, 80}", "port 80 or portrange 8000-8100" },
	{ "tcp port in {80, 443}", "tcp port (80 or 443)" },
	{ "src or dst port in {53, 80}", "src or dst port (53 or 80)" },
	{ "src and dst port in {53, 80}", "src and dst port (53 or 80)" },
	{ "udp src port in {1-1000}", "udp src portrange 1-1000" },
	{ "portrange in {1-100, 8000-9000}", "portrange 1-100 or 8000-9000" },
	{ "not port in {53, 80}", "not (port 53 or port 80)" },
	{ "port in {53} and not host in {10.0.0.1, 10.0.0.2}",
		"port 53 and not (host 10.0.0.1 or host 10.0.0.2)" },
	{ "not not port in {53, 80}", "port 53 or port 80" },
	{ "net in {10.0.0.0/8, 2001:db8::/32}", "net 10.0.0.0/8 or net 2001:db8::/32" },
	{ "src net in {10.0.0.0/16, 192.168.0.0 mask 255.255.0.0}",
		"src net 10.0/16 or src net 192.168.0.0/16" },
	{ "net in {10, 192.168}", "net 10.0.0.0/8 or net 192.168.0.0/16" },
	{ "host in {10.0.0.1, 2001:db8::1}", "host 10.0.0.1 or host 2001:db8::1" },
	{ "ip dst host in {10.0.0.1, 10.0.0.2}",
		"ip dst host 10.0.0.1 or ip dst host 10.0.0.2" },
	{ "src in {10.0.0.1, 10.0.0.2}", "src 10.0.0.1 or src 10.0.0.2" },
	{ "ether host in {02:00:00:00:00:01, 02:00:00:00:00:02}",
		"ether host 02:00:00:00:00:01 or ether host 02:00:00:00:00:02" },
	{ "ether src in {02:00:00:00:00:01}", "ether src 02:00:00:00:00:01" },
	{ "proto in {6, 17}", "proto 6 or proto 17" },
	{ "ip proto in {1, 6}", "ip proto 1 or ip proto 6" },
	{ "ether proto in {0x800, 0x86dd}", "ip or ip6" },
	{ "tcp[tcpflags] in {tcp-syn, tcp-rst, 0x12}",
		"tcp[tcpflags] = tcp-syn or tcp[tcpflags] = tcp-rst or tcp[tcpflags] = "
		"18" },
	{ "tcp[tcpflags] & (tcp-syn|tcp-ack) in {2, 18}",
		"tcp[13] & 18 = 2 or tcp[13] & 18 = 18" },
	{ "ip[8] in {1-63, 255}", "ip[8] >= 1 and ip[8] <= 63 or ip[8] = 255" },
	{ "ip[8] in {63-1}", "ip[8] >= 1 and ip[8] <= 63" },
	{ "not ip[8] in {1-63, 255}", "not (ip[8] >= 1 and ip[8] <= 63 or ip[8] = 255)" },
	{ "len in {60, 100-200}", "len = 60 or (len >= 100 and len <= 200)" },
	{ "len - 14 in {46}", "len = 60" },
	{ "udp and udp[0:2] in {53, 80} and ip",
		"udp and (udp[0:2] = 53 or udp[0:2] = 80) and ip" },
	{ "arp or port in {53, 80} or icmp", "arp or port 53 or port 80 or icmp" },
	{ "ip and (port in {53} or port in {80})", "ip and (port 53 or port 80)" },
	{ "tcp and port in {80}", "tcp and port 80" },
	/* files */
	{ "host in @hosts", "host 10.0.0.1 or 10.0.0.2 or 2001:db8::1 or 10.0" },
	{ "host in {@hosts}", "host 10.0.0.1 or 10.0.0.2 or 2001:db8::1 or 10.0" },
	{ "not host in @one", "not host 10.0.0.1" },
	{ "src host in {@one, 10.0.0.2, @one}", "src host 10.0.0.1 or 10.0.0.2" },
	{ "net in @nets", "net 10.0.0.0/8 or net 2001:db8::/32" },
	{ "dst net in {@nets, 192.168.0.0/16}",
		"dst net 10.0.0.0/8 or dst net 2001:db8::/32 or dst net 192.168.0.0/16" },
	{ "port in @ports", "port 53 or 22 or portrange 8000-8100" },
	{ "tcp dst port in {@ports, 80}",
		"tcp dst port (53 or 22 or 80) or tcp dst portrange 8000-8100" },
	{ "ether host in @macs", "ether host 02:00:00:00:00:01 or 02:00:00:00:00:02" },
	{ "host in @one and port in @ports and not host in @one",
		"host 10.0.0.1 and not host 10.0.0.1 and len < 100" },
};

/* How many match. */
static unsigned
agree(const struct filter *a, const struct filter *b, const char *text, uint16_t linktype)
{
	struct rng rng = { .state = 20260401 + linktype };
	unsigned matched = 0;
	for (unsigned i = 0; i < PACKETS; i++) {
		struct gen_packet g;
		packet_build_rich(&rng, linktype, &g);
		const uint32_t cut =
			rng_chance(&rng, 20) ? rng_below(&rng, g.len + 1) : g.len;
		const struct filter_packet p = {
			.data = g.data, .caplen = cut, .len = g.len
		};
		const uint32_t va = filter_match(a, &p), vb = filter_match(b, &p);
		if (filter_eval(a, &p) != va)
			fail_msg("'%s', packet %u: graph and program", text, i);
		/* of a packet that was cut, the rule leaves the verdict open */
		if (va != vb && cut == g.len)
			fail_msg("'%s', packet %u of link type %u: %u", text, i, linktype,
				va);
		matched += va != 0;
	}
	return matched;
}

static void
sets_are_lists(void **state)
{
	(void)state;
	static const uint16_t links[] = { FILTER_LINK_EN10MB, FILTER_LINK_LINUX_SLL };
	for (size_t i = 0; i < FRAME_COUNT(same); i++)
		for (size_t j = 0; j < FRAME_COUNT(links); j++) {
			struct filter_opts a = with_files(same[i][0]);
			a.linktype = links[j];
			struct filter_opts b = a;
			b.text = same[i][1];
			const bool macs = strstr(a.text, "ether host") ||
					  strstr(a.text, "ether src");
			const bool never = i == FRAME_COUNT(same) - 1;
			if (links[j] != FILTER_LINK_EN10MB && macs)
				continue;
			a.no_optimise = b.no_optimise = never;
			const struct try ta = try_compile(&a), tb = try_compile(&b);
			if (ta.filter == NULL || tb.filter == NULL)
				fail_msg("'%s': %s%s", a.text, ta.diags.diag[0].text,
					tb.diags.diag[0].text);
			const unsigned n = agree(ta.filter, tb.filter, a.text, links[j]);
			if ((n == 0) != never || n == PACKETS)
				fail_msg("'%s': matches %u of %u: nothing shown", a.text,
					n, PACKETS);
			filter_free(ta.filter);
			filter_free(tb.filter);
		}
}

static void
sets_that_are_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum diag_code code;
		uint32_t at, len; /* of the fault */
		const char *file; /* where it is, with the line and column */
		uint32_t line, column;
	} rows[] = {
		{ "port in {}", DIAG_SYNTAX, 5, 5, "", 0, 0 },
		{ "port in {22 80}", DIAG_SYNTAX, 12, 2, "", 0, 0 },
		{ "port in {22, 80", DIAG_SYNTAX, 15, 1, "", 0, 0 },
		{ "port in {22,, 80}", DIAG_SYNTAX, 12, 1, "", 0, 0 },
		{ "port in {,}", DIAG_SYNTAX, 9, 1, "", 0, 0 },
		{ "port in {22 and 80}", DIAG_SYNTAX, 12, 3, "", 0, 0 },
		{ "port in {10.0.0.1}", DIAG_QUALIFIER, 9, 8, "", 0, 0 },
		{ "port in {70000}", DIAG_RANGE, 9, 5, "", 0, 0 },
		{ "port in {1-70000}", DIAG_NAME, 9, 7, "", 0, 0 },
		{ "net in {10.1.0.0/8}", DIAG_PREFIX, 8, 10, "", 0, 0 },
		{ "host in {10.0.0.0/8}", DIAG_QUALIFIER, 9, 10, "", 0, 0 },
		{ "host in {1.2.3.400}", DIAG_ADDRESS, 9, 9, "", 0, 0 },
		{ "host in {1:2:3}", DIAG_ADDRESS, 9, 4, "", 0, 0 },
		{ "ip host in {2001:db8::1}", DIAG_QUALIFIER, 0, 7, "", 0, 0 },
		{ "tcp host in {10.0.0.1}", DIAG_QUALIFIER, 0, 8, "", 0, 0 },
		{ "tcp[13] in {}", DIAG_SYNTAX, 8, 5, "", 0, 0 },
		{ "tcp[13] in {syn}", DIAG_SYNTAX, 12, 3, "", 0, 0 },
		{ "tcp[13] in {10.0.0.1}", DIAG_SYNTAX, 12, 8, "", 0, 0 },
		{ "tcp[13] in 5", DIAG_SYNTAX, 8, 2, "", 0, 0 },
		{ "tcp in {80}", DIAG_SYNTAX, 4, 2, "", 0, 0 },
		/* a set ends what is in force */
		{ "host in {10.0.0.1} or 10.0.0.2", DIAG_SYNTAX, 22, 8, "", 0, 0 },
		/* in the file */
		{ "host in @gone", DIAG_FILE, 8, 5, "", 0, 0 },
		{ "host in {10.0.0.1, @gone}", DIAG_FILE, 19, 5, "", 0, 0 },
		{ "host in @empty", DIAG_SYNTAX, 5, 9, "", 0, 0 },
		{ "host in @two-a-line", DIAG_SYNTAX, 0, 0, "two-a-line", 2, 10 },
		{ "host in @bad-address", DIAG_ADDRESS, 0, 0, "bad-address", 3, 2 },
		{ "host in @bad-name", DIAG_NAME, 0, 0, "bad-name", 2, 1 },
		{ "host in @bad-character", DIAG_LEX, 0, 0, "bad-character", 3, 2 },
		{ "net in @bad-net", DIAG_PREFIX, 0, 0, "bad-net", 2, 1 },
		{ "port in @bad-port", DIAG_RANGE, 0, 0, "bad-port", 2, 1 },
		{ "host in @nets", DIAG_QUALIFIER, 0, 0, "nets", 1, 1 },
		{ "host in @nested", DIAG_SYNTAX, 0, 0, "nested", 1, 1 },
		{ "host in @comma", DIAG_SYNTAX, 0, 0, "comma", 1, 9 },
		{ "port 80 or host in @bad-address", DIAG_ADDRESS, 0, 0, "bad-address", 3,
			2 },
	};
	bool ok = true;
	for (size_t i = 0; i < FRAME_COUNT(rows); i++) {
		const struct filter_opts o = with_files(rows[i].text);
		const struct try t = try_compile(&o);
		const struct diag *d = &t.diags.diag[0];
		if (t.filter != NULL)
			print_error("'%s' compiles\n", rows[i].text);
		else if (d->code != rows[i].code || d->span[0].at != rows[i].at ||
			 d->span[0].len != rows[i].len ||
			 strcmp(d->file, rows[i].file) != 0 || d->line != rows[i].line ||
			 d->column != rows[i].column)
			print_error("'%s': %s %u+%u '%s' %u:%u: %s\n", rows[i].text,
				diag_code_name(d->code), d->span[0].at, d->span[0].len,
				d->file, d->line, d->column, d->text);
		else
			continue;
		ok = false;
		filter_free(t.filter);
	}
	assert_true(ok);
}

/* `in` is a name everywhere else. */
static void
in_is_no_keyword(void **state)
{
	(void)state;
	static const char *const texts[] = { "host in", "host in or 10.0.0.1", "port in",
		"net in and ip" };
	for (size_t i = 0; i < FRAME_COUNT(texts); i++) {
		const struct filter_opts o = try_opts(texts[i]);
		const struct try t = try_compile(&o);
		assert_null(t.filter);
		assert_int_equal(t.diags.diag[0].code, DIAG_NAME);
		assert_non_null(strstr(t.diags.diag[0].text, "'in'"));
	}
}

/* No callback at all. */
static void
no_files(void **state)
{
	(void)state;
	const struct filter_files none = { 0 };
	struct filter_opts o = try_opts("host in @one");
	assert_int_equal(try_code(&o), DIAG_FILE);
	o.files = &none;
	assert_int_equal(try_code(&o), DIAG_FILE);
}

/* --- a hundred thousand ------------------------------------------------------------ */

#define MANY 100000

static uint32_t
address(uint32_t n)
{
	return n * 2654435761u; /* odd: each once */
}

static const char *
read_many(void *ctx, const char *name, const char *from, size_t *len, char *why,
	size_t size)
{
	(void)name, (void)from, (void)why, (void)size;
	*len = strlen(ctx);
	return ctx;
}

static char *
many_hosts(void)
{
	char *text = malloc(MANY * 24 + 1), *to = text;
	assert_non_null(text);
	for (uint32_t n = 0; n < MANY; n++) {
		const uint32_t a = address(n);
		if (n % 10 == 9)
			to += sprintf(to, "2001:db8::%x:%x\n", a >> 16, a & 0xffff);
		else
			to += sprintf(to, "%u.%u.%u.%u\n", a >> 24, a >> 16 & 255,
				a >> 8 & 255, a & 255);
	}
	return text;
}

static void
a_hundred_thousand(void **state)
{
	(void)state;
	char *text = many_hosts();
	const struct filter_files many = { .read = read_many, .ctx = text };
	struct filter_opts o =
		try_opts("src host in @many and not dst port in {80, 443}");
	o.files = &many;
	const struct try t = try_compile(&o);
	if (t.filter == NULL)
		fail_msg("%s", t.diags.diag[0].text);
	for (uint32_t n = 0; n < MANY + 20000; n += 7) {
		const uint32_t a = address(n);
		const bool is = n < MANY, ip6 = n % 10 == 9;
		uint8_t four[54] = { [12] = 8,
			[14] = 0x45,
			[23] = 17,
			[26] = (uint8_t)(a >> 24),
			(uint8_t)(a >> 16),
			(uint8_t)(a >> 8),
			(uint8_t)a,
			[37] = 53 };
		uint8_t six[74] = { [12] = 0x86,
			0xdd,
			0x60,
			[20] = 17,
			[22] = 0x20,
			1,
			0x0d,
			0xb8,
			[34] = (uint8_t)(a >> 24),
			(uint8_t)(a >> 16),
			(uint8_t)(a >> 8),
			(uint8_t)a };
		const struct filter_packet p4 = { .data = four, .caplen = 54, .len = 54 };
		const struct filter_packet p6 = { .data = six, .caplen = 74, .len = 74 };
		assert_int_equal(filter_match(t.filter, &p4) != 0, is && !ip6);
		assert_int_equal(filter_match(t.filter, &p6) != 0, is && ip6);
		four[37] = 80;
		assert_int_equal(filter_match(t.filter, &p4), 0);
	}
	filter_free(t.filter);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_are_lists),
		cmocka_unit_test(sets_that_are_wrong),
		cmocka_unit_test(in_is_no_keyword),
		cmocka_unit_test(no_files),
		cmocka_unit_test(a_hundred_thousand),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
