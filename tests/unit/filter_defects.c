/* filter_defects.c: what other compilers of this language are known to get wrong, one
 * test each, and the edges of arithmetic and of packets that were cut.  In: hand-made
 * frames; out: verdicts. */
#include "filter_frames.h"

enum { LINK_MTP2 = 140 };

static const struct frame port_frames[] = {
	{ 'a', ETHER("08 00") IP4("06") TCP("c0 00", "00 50", "02") },
	{ 'b', ETHER("08 00") IP4("11") UDP("00 52", "00 50") }, /* 82 > 80 */
	{ 'c', ETHER("08 00") IP4("11") UDP("00 52", "c0 00") },
	{ 'd', ETHER("08 00") IP4("11") UDP("c0 00", "00 50") },
	{ 'e', ETHER("86 dd") IP6("06") TCP("c0 00", "c0 00", "02") },
	{ 'f', ETHER("86 dd") IP6("11") UDP("00 50", "00 52") },
	{ 'g', ETHER("86 dd") IP6("11") UDP("00 52", "00 50") },
	{ 'h', ETHER("08 06") ARP },
	/* to 240.0.0.1, which is reserved, and 239.0.0.1, a multicast group */
	{ 'i', ETHER("08 00") "45 00 00 54 12 34 00 00 40 11 00 00 0a 00 00 01 f0 00 00 "
			      "01 " UDP("c0 00", "00 50") },
	{ 'j', ETHER("08 00") "45 00 00 54 12 34 00 00 40 11 00 00 0a 00 00 01 ef 00 00 "
			      "01 " UDP("c0 00", "00 50") },
};

static const struct verdicts port_rows[] = {
	/* libpcap's head, optimised, merges the two loads of different headers */
	{ .text = "(src port 82 or tcp) and (port 80 or tcp)", .match = "abeg" },
	{ .text = "(tcp or src port 82) and (tcp or port 80)", .match = "abeg" },
	{ .text = "(dst port 82 or tcp) and (src port 80 or tcp)", .match = "aef" },
	{ .text = "(src port 82 or tcp) and not (port 80 or tcp)", .match = "c" },
	/* 1.10.3 forgets to load the byte */
	{ .text = "byte 0 & 1", .match = "" },
	{ .text = "byte 0 & 2", .match = "abcdefghij" },
	{ .text = "byte 12 & 0x80", .match = "efg" },
	{ .text = "not byte 12 & 0x80", .match = "abcdhij" },
	{ .text = "byte 12 | 0", .match = "abcdefghij" },
	{ .text = "byte 13 | 0", .match = "efgh" },
	{ .text = "byte 13 > 6", .match = "efg" },
	/* 1.10.3 takes what is above 239 too: RFC 1112 §4 */
	{ .text = "ip multicast", .match = "j" },
	/* and does not ask for the protocol of a right operand */
	{ .text = "0 - ip[9] < 0xffffffff", .match = "abcdij" },
	{ .text = "0 = tcp[0] - 0xc0", .match = "a" },
	{ .text = "2 = tcp[13]", .match = "a" },
	/* or calls this a division by zero */
	{ .text = "12 / arp[1] = 12", .match = "h" },
	{ .text = "12 % (arp[1] + 1) = 0", .match = "h" },
};

static void
of_libpcap(void **state)
{
	(void)state;
	FRAMES_CHECK(port_frames, port_rows);
}

/* MTP3's label is dpc | opc << 14 | sls << 28, little-endian. */
static const struct frame ss7_frames[] = {
	{ 'a', "00 00 3f 83 2c 41 01 70" }, /* sio 131, dpc 300, opc 5, sls 7 */
	{ 'b', "00 00 3f 03 ff ff ff ff" }, /* all ones */
	{ 'c', "00 00 08 05 01 00 4b 00" }, /* dpc 1, opc 300, sls 0 */
	{ 'd', "00 00 3f 00 00 00 00 00" }, { 'e', "00 00 01 03 00 00 00 00" }, /* LSSU */
	{ 'f', "00 00 00 00 00 00 00 00" },                                     /* FISU */
};

static const struct verdicts ss7_rows[] = {
	{ .text = "sio 131", .match = "a" },
	{ .text = "sio != 3", .match = "acdf" }, /* 1.10.3 reads != as = */
	{ .text = "sio = 3", .match = "be" },
	{ .text = "sio (3 or 5)", .match = "bce" },
	{ .text = "sio <= 3", .match = "bdef" },
	{ .text = "sio <= 255", .match = "abcdef" },
	{ .text = "not sio > 254", .match = "abcdef" },
	{ .text = "dpc 300", .match = "a" },
	{ .text = "dpc 16383", .match = "b" },
	{ .text = "dpc != 16383", .match = "acdef" },
	{ .text = "dpc (1 or 300)", .match = "ac" },
	{ .text = "dpc 0", .match = "def" },
	/* a comparison is of the bytes as they are: 300 is 2c 01, 1 is 01 00 */
	{ .text = "dpc < 300", .match = "cdef" },
	{ .text = "dpc > 300", .match = "b" },
	{ .text = "dpc >= 1", .match = "abc" },
	{ .text = "dpc <= 16383", .match = "abcdef" },
	{ .text = "opc 300", .match = "c" },
	{ .text = "opc != 300", .match = "abdef" },
	{ .text = "opc 5", .match = "a" },
	{ .text = "opc 16383", .match = "b" },
	{ .text = "not opc (5 or 300)", .match = "bdef" },
	{ .text = "opc <= 16383", .match = "abcdef" },
	{ .text = "sls 7", .match = "a" },
	{ .text = "sls 15", .match = "b" },
	{ .text = "sls != 15", .match = "acdef" },
	{ .text = "sls > 6", .match = "ab" },
	{ .text = "sls <= 15", .match = "abcdef" },
	{ .text = "fisu or lssu", .match = "ef" },
	{ .text = "msu and not dpc 0", .match = "abc" },
};

static void
of_fields(void **state)
{
	(void)state;
	struct table tab = { .frame = ss7_frames,
		.frames = FRAME_COUNT(ss7_frames),
		.opts = try_opts(NULL) };
	tab.opts.linktype = LINK_MTP2;
	frames_check(&tab, ss7_rows, FRAME_COUNT(ss7_rows));
}

/* --- 32 bits ---------------------------------------------------------------------- */

/* 14 bytes of Ethernet, IPv4 with TTL 64 and TOS 0 at 14. */
static const char edge[] = ETHER("08 00") IP4("06") TCP("c0 00", "00 50", "02");

/* 't'rue, 'f'alse, or 'r'ejected: then so is its negation. */
static const struct {
	const char *text;
	char is;
} edges[] = {
	{ "1 - 2 > 0", 't' },
	{ "0 - 1 = 0xffffffff", 't' },
	{ "-1 = 4294967295", 't' },
	{ "0xffffffff + 2 = 1", 't' },
	{ "0xffffffff * 2 = 0xfffffffe", 't' },
	{ "- ip[8] = 0 - 64", 't' },
	{ "ip[8] - 65 > 0x7fffffff", 't' },
	{ "ip[8] - 65 < 0", 'f' },
	{ "len - 100 > 1000", 't' },
	{ "1 << 31 = 0x80000000", 't' },
	{ "1 << (ip[8] / 2 - 1) = 0x80000000", 't' },
	{ "1 << (ip[8] / 2) = 0", 't' }, /* the kernel would shift by 0 */
	{ "1 << ip[8] = 0", 't' },
	{ "0xffffffff >> (ip[8] / 2 - 1) = 1", 't' },
	{ "0xffffffff >> (ip[8] / 2) = 0", 't' },
	{ "0xffffffff >> ip[8] = 0", 't' },
	{ "1 << (ip[1] - 1) = 0", 't' },
	{ "1 << ip[1] = 1", 't' },
	{ "1 << (ip[8] >> 1) | 1 = 1", 't' },
	{ "64 / ip[8] = 1", 't' },
	{ "0xffffffff / ip[8] = 0x3ffffff", 't' },
	{ "1 / ip[1] = 0", 'r' },
	{ "1 % ip[1] = 0", 'r' },
	{ "0 / ip[1] >= 0", 'r' }, /* never left out, though all is >= 0 */
	{ "ip[1] / ip[1] = 1", 'r' },
	{ "0 * (1 / ip[1]) = 0", 'r' },
	{ "1 / (1 / ip[8]) = 0", 'r' },
	{ "ip[8] = 64 or 1 / ip[1] = 0", 't' }, /* from left to right */
	/* addresses */
	{ "ip[-1] = 0 or ip[-1] = 8", 't' },
	{ "ip[0 - 14] = 2", 't' },
	{ "ip[0 - 15] = 0", 'r' },
	{ "ip[ip[1] - 14] = 2", 't' },
	{ "ip[ip[1] - 15] = 0", 'r' },
	{ "ether[-1] = 0", 'r' },
	{ "ether[ip[1] - 1] = 0", 'r' },
	{ "ether[0xfffff000] = 0", 'r' }, /* ancillary data, to the kernel */
	{ "ether[0xfffff004] = 0", 'r' },
	{ "ether[0xffe00000:4] = 0", 'r' },
	{ "ether[ip[1] + 0xfffff000:4] = 0", 'r' },
	{ "ether[ip[1] - 4096 + 4:4] = 0", 'r' },
	{ "ip[0xffe00000 - 14:4] = 0", 'r' },
	{ "ip[0x7fffffff] = 0", 'r' },
	{ "ip[0x80000000] = 0", 'r' },
	{ "tcp[0x7fffffff] = 0", 'r' },
	{ "tcp[0 - 34] = 2", 't' },
	{ "tcp[0 - 35] = 2", 'r' },
	{ "tcp[ip[1] - 34] = 2", 't' },
	{ "ip[tcp[12] >> 2] = 0xc0", 't' },
	{ "ether[53] = 0", 't' },
	{ "ether[54] = 0", 'r' },
	{ "ether[52:2] = 0", 't' },
	{ "ether[53:2] = 0", 'r' },
	{ "ether[50:4] = 0", 't' },
	{ "ether[51:4] = 0", 'r' },
	/* precedence */
	{ "2 * 3 ^ 1 = 4", 't' },
	{ "4 + 10 % 3 = 5", 't' },
	{ "10 % 3 + 4 = 3", 't' },
	{ "100 % 30 % 7 = 0", 't' },
	{ "5 - 3 - 1 = 1", 't' },
	{ "7 & 3 | 8 = 11", 't' },
	{ "1 << 2 + 1 = 8", 't' },
	{ "6 / 2 * 3 = 9", 't' },
	{ "1 | 2 & 4 = 1", 't' },
	{ "020 = 0x10", 't' },
	{ "tcp[13] & 2 != 0", 't' },
};

/* What rejects all packets does not compile: then it is false. */
static bool
matches(const char *text, bool plain, uint32_t caplen)
{
	uint8_t data[FRAME_MAX];
	struct filter_opts o = try_opts(text);
	o.no_optimise = plain;
	struct filter_packet p = { .data = data, .len = frame_bytes(edge, data) };
	p.caplen = caplen < p.len ? caplen : p.len;
	const struct try t = try_compile(&o);
	if (t.filter == NULL && t.diags.diag[0].code != DIAG_NEVER)
		fail_msg("'%s': %s", text, t.diags.diag[0].text);
	const bool is = t.filter != NULL && frame_verdict(&t, p, text);
	filter_free(t.filter);
	return is;
}

static void
of_arithmetic(void **state)
{
	(void)state;
	bool ok = true;
	for (size_t i = 0; i < FRAME_COUNT(edges); i++)
		for (unsigned plain = 0; plain < 2; plain++) {
			char not [128];
			snprintf(not, sizeof(not ), "not (%s)", edges[i].text);
			const bool yes = matches(edges[i].text, plain, FRAME_MAX);
			const bool no = matches(not, plain, FRAME_MAX);
			const char is = yes && !no ? 't' : no && !yes ? 'f' : 'r';
			if (is == edges[i].is && !(yes && no))
				continue;
			print_error("'%s'%s is '%c'\n", edges[i].text,
				plain ? " plain" : "", is);
			ok = false;
		}
	assert_true(ok);
}

/* --- packets that were cut --------------------------------------------------------- */

static const struct {
	const char *text;
	uint32_t caplen;
	bool is;
} cuts[] = {
	{ "ip", 14, true },
	{ "ip", 13, false },
	{ "not ip", 13, false },
	{ "not arp", 13, false },
	{ "tcp", 24, true },
	{ "tcp", 23, false },
	{ "not udp", 23, false },
	{ "not udp", 24, true },
	{ "tcp port 80", 38, true },
	{ "tcp port 80", 37, false },
	{ "not tcp port 80", 37, false },
	{ "not tcp port 81", 37, false },
	{ "not tcp port 81", 38, true },
	{ "host 10.0.0.1", 30, true }, /* the source is enough */
	{ "host 10.0.0.1", 29, false },
	{ "not tcp[100] = 1", 54, false },
	{ "ip or tcp[100] = 1", 54, true },
	{ "ip or tcp[100] = 1", 14, true },
	{ "not ip or tcp port 80", 37, false },
	{ "not (arp or tcp[100] = 1)", 54, false },
	{ "tcp[0] = 1 or ip[30] = 80", 34, false },
	{ "tcp[0] = 0xc0 or ip[200] = 1", 54, true },
	{ "len = 54", 0, true }, /* on the wire */
	{ "greater 54", 1, true },
	{ "less 53", 20, false },
	{ "ether host 02:00:00:00:00:02", 12, true }, /* the source comes first */
	{ "ether host 02:00:00:00:00:02", 11, false },
	{ "port in {80, 443}", 37, false },
	{ "not port in {81, 443}", 37, false },
	{ "any.tcp[13] = 2", 47, false },
	{ "any.tcp[13] = 2", 48, true },
	{ "not vlan (ip)", 13, false },
	{ "not vlan (ip)", 14, true },
	{ "not protochain 17", 23, false },
};

/* From left to right with short circuit, a load beyond what was captured rejects.  There
 * is no row that is certain all the same (`tcp[100] = 1 or ip` of IPv4 is): the optimised
 * program may accept such ones. */
static void
of_cut_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < FRAME_COUNT(cuts); i++)
		for (unsigned plain = 0; plain < 2; plain++)
			if (matches(cuts[i].text, plain, cuts[i].caplen) != cuts[i].is)
				fail_msg("'%s', %u bytes%s: %d", cuts[i].text,
					cuts[i].caplen, plain ? ", plain" : "",
					!cuts[i].is);
}

/* --- size -------------------------------------------------------------------------- */

/* The instructions of a list of `n` items, of a fixed form. */
static size_t
list_length(uint32_t n, void (*item)(char *, uint32_t))
{
	char *text = malloc(n * 48), *to = text;
	struct diags ds = { 0 };
	size_t count = 0;
	assert_non_null(text);
	for (uint32_t i = 0; i < n; i++) {
		to = stpcpy(to, i > 0 ? " or " : "");
		item(to, i);
		to += strlen(to);
	}
	const struct filter_opts o = try_opts(text);
	const struct try t = try_compile(&o);
	assert_non_null(t.filter);
	assert_non_null(filter_cbpf(t.filter, &count, &ds));
	filter_free(t.filter);
	free(text);
	return count;
}

static void
scattered_host(char *to, uint32_t i)
{
	const uint32_t a = (i + 1) * 2654435761u;
	sprintf(to, "host %u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
}

static void
host_in_a_row(char *to, uint32_t i)
{
	sprintf(to, "host 10.0.%u.%u", i >> 8, i & 255);
}

static void
port_in_a_row(char *to, uint32_t i)
{
	sprintf(to, "port %u", 8000 + i);
}

/* libpcap makes a chain of each list: 5,759 instructions of 1,000 scattered hosts
 * (1.10.3, optimised), and the kernel takes 4,096.  Neighbours are one range. */
static void
of_lists(void **state)
{
	(void)state;
	assert_in_range(list_length(1000, scattered_host), 1000, 3300);
	assert_in_range(list_length(1024, host_in_a_row), 5, 20);
	assert_in_range(list_length(1000, port_in_a_row), 10, 35);
}

/* --- never ------------------------------------------------------------------------- */

static void
of_nothing_that_matches(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		uint16_t link;
		bool error;
	} rows[] = {
		{ "1 = 2", FILTER_LINK_EN10MB, true },
		{ "ip and not ip", FILTER_LINK_EN10MB, true },
		{ "ip and arp", FILTER_LINK_EN10MB, true },
		{ "tcp and udp", FILTER_LINK_EN10MB, true },
		{ "arp", FILTER_LINK_RAW, true },
		{ "ip6", FILTER_LINK_IPV4, true },
		{ "ipip (ip6)", FILTER_LINK_EN10MB, true },
		{ "vlan (ip) and ip", FILTER_LINK_EN10MB, true },
		/* libpcap does not see these */
		{ "ip[0] = 300", FILTER_LINK_EN10MB, false },
		{ "ip[0] & 1 = 2", FILTER_LINK_EN10MB, false },
		{ "tcp[13] > 255", FILTER_LINK_EN10MB, false },
	};
	for (size_t i = 0; i < FRAME_COUNT(rows); i++) {
		struct filter_opts o = try_opts(rows[i].text);
		o.linktype = rows[i].link;
		const struct try t = try_compile(&o);
		if (t.diags.count == 0 || t.diags.diag[0].code != DIAG_NEVER ||
			t.diags.diag[0].severity !=
				(rows[i].error ? SEV_ERROR : SEV_WARNING))
			fail_msg("'%s': %s", rows[i].text,
				t.diags.count ? t.diags.diag[0].text : "nothing is said");
		filter_free(t.filter);
		/* the plain program is made */
		o.no_optimise = true;
		assert_int_equal(try_code(&o), DIAG_NONE);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_libpcap),
		cmocka_unit_test(of_fields),
		cmocka_unit_test(of_arithmetic),
		cmocka_unit_test(of_cut_packets),
		cmocka_unit_test(of_lists),
		cmocka_unit_test(of_nothing_that_matches),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
