/* filter_reach.c: words that shift what stands to their right, and come to it on some
 * ways only: a base that was not reached makes a test false, and a warning says where
 * that can be.  In: hand-made frames, expressions; out: letters of frames, warnings. */
#include "filter_frames.h"

#define UDP_IN(outer) outer UDP("00 35", "00 50")
#define GENEVE UDP("c0 00", "17 c1") "02 00 65 58 00 00 2a 00 01 08 00 01 aa bb cc dd "

static const struct frame frames[] = {
	{ 'a', ETHER("08 00") UDP_IN(IP4("11")) },
	{ 'b', ETHER("81 00") TAG("00 01", "08 00") UDP_IN(IP4("11")) },
	{ 'c', ETHER("81 00") TAG("00 02", "81 00") TAG("00 01", "08 00")
			UDP_IN(IP4("11")) },
	{ 'd', ETHER("08 06") ARP }, /* at 16, its protocol is 0x800 */
	{ 'e', ETHER("08 00") IP4("11") GENEVE ETHER("08 00") UDP_IN(IP4_9("11")) },
	{ 'f', ETHER("08 00") IP4("11") GENEVE ETHER("08 06") ARP },
	{ 'g', ETHER("81 00") TAG("00 02", "86 dd") UDP_IN(IP6("11")) },
	/* shorter than Geneve's header: what is behind it cannot be read */
	{ 'h', ETHER("08 00") IP4("11") "c0 00 17 c1 " },
	/* 0x800 where the type stands behind a tag, and no tag */
	{ 'i', ETHER("86 dd") "60 00 08 00 00 40 06 40 20 01 0d b8 00 00 00 00 00 00 00 "
			      "00 00 00 00 01 "
			      "20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 " TCP(
				      "00 35", "00 50", "02") },
};

static const struct verdicts bases_not_reached_rows[] = {
	{ .text = "geneve and ip", .match = "e" },
	{ .text = "geneve or ip", .match = "ef", .leaks = true },
	{ .text = "geneve or ip or udp", .match = "ef", .leaks = true },
	{ .text = "geneve and ip or arp", .match = "ef", .leaks = true },
	{ .text = "(geneve and ip) or (geneve and arp)", .match = "e", .leaks = true },
	{ .text = "not geneve and ip", .match = "", .leaks = true },
	{ .text = "not geneve and not ip", .match = "abcdgi", .leaks = true },
	{ .text = "not (geneve and ip)", .match = "abcdfgi" },
	{ .text = "ip or geneve", .match = "aefh" },
	{ .text = "ip and geneve and ip", .match = "e" },
	{ .text = "arp or (geneve and ip)", .match = "de" },
	{ .text = "geneve and (ip or arp)", .match = "ef" },
	{ .text = "(geneve or arp) and ip", .match = "e", .leaks = true },
};

static void
bases_not_reached(void **state)
{
	(void)state;
	FRAMES_CHECK(frames, bases_not_reached_rows);
}

/* Nor is a base that was not reached the packet's beginning: there, at the type of what
 * would be behind Geneve, an address says 0x800. */
static const struct frame beginning_frames[] = {
	{ 'a', "08 00 00 00 00 01 " MAC_1 "08 06 " ARP },
	{ 'b', "08 00 45 00 00 54 12 34 00 00 40 11 08 00 " UDP_IN(IP4("11")) },
};

static const struct verdicts not_the_beginning_rows[] = {
	{ .text = "geneve or ip", .match = "", .leaks = true },
	{ .text = "geneve or not ip", .match = "ab", .leaks = true },
	{ .text = "not geneve and ip", .match = "", .leaks = true },
	{ .text = "geneve or ip[9] = 0x34", .match = "", .leaks = true },
	{ .text = "geneve or udp", .match = "", .leaks = true },
	{ .text = "vxlan or ether host 02:00:00:00:00:01", .match = "", .leaks = true },
	{ .text = "vxlan or ether[0] = 8", .match = "", .leaks = true },
	{ .text = "ether[0] = 8 or vxlan", .match = "ab" },
};

static void
not_the_beginning(void **state)
{
	(void)state;
	FRAMES_CHECK(beginning_frames, not_the_beginning_rows);
}

/* Offsets behind a tag do not depend on the packet: what libpcap reads there is read. */
static const struct verdicts tags_in_bytes_rows[] = {
	/* idioms without a warning */
	{ .text = "vlan and ip", .match = "b" },
	{ .text = "vlan and (ip or ip6)", .match = "bg" },
	{ .text = "ip or (vlan and ip)", .match = "abefh" },
	{ .text = "ip or ip6 or (vlan and (ip or ip6))", .match = "abefghi" },
	{ .text = "ip or (vlan and ip) or (vlan and ip)",
		.match = "abcefh",
		.leaks = true },
	{ .text = "vlan and vlan and ip", .match = "c" },
	{ .text = "vlan", .match = "bcg" },
	{ .text = "not vlan", .match = "adefhi" },
	{ .text = "ip and not vlan", .match = "aefh" },
	{ .text = "vlan and not ip", .match = "cg" },
	{ .text = "not (vlan and ip)", .match = "acdefghi" },
	{ .text = "not (not vlan or not ip)", .match = "b" },
	{ .text = "(vlan 1 and ip) and port 53", .match = "b" },
	{ .text = "arp or vlan", .match = "bcdg" },
	{ .text = "len > 40 and vlan and len > 40 and udp", .match = "bg" },
	/* what reads nothing behind the tag needs no warning either */
	{ .text = "vlan or len > 0", .match = "abcdefghi" },
	{ .text = "vlan or ether host 02:00:00:00:00:01", .match = "abcdefghi" },
	{ .text = "vlan or ether[12:2] = 0x0806", .match = "bcdg" },
	{ .text = "vlan or less 40", .match = "bcgh" },
	{ .text = "vlan or ether multicast", .match = "bcg" },
	/* the shift, where there need be no tag */
	{ .text = "vlan or ip", .match = "bcdgi", .leaks = true },
	{ .text = "vlan 1 or vlan 2", .match = "b", .leaks = true },
	{ .text = "vlan 2 or vlan 1", .match = "cg", .leaks = true },
	{ .text = "(vlan and ip) or arp", .match = "b", .leaks = true },
	{ .text = "not vlan and ip", .match = "di", .leaks = true },
	{ .text = "not vlan and not ip", .match = "aefh", .leaks = true },
	{ .text = "(vlan or arp) and ip", .match = "b", .leaks = true },
	{ .text = "not (vlan and ip) and udp", .match = "g", .leaks = true },
	{ .text = "vlan or tcp[tcpflags] = tcp-syn", .match = "bcg", .leaks = true },
	{ .text = "vlan or host 10.0.0.1", .match = "bcg", .leaks = true },
	{ .text = "vlan or port 53", .match = "bcg", .leaks = true },
	{ .text = "vlan or portrange 1-9", .match = "bcg", .leaks = true },
	{ .text = "vlan or net 10.0.0.0/8", .match = "bcg", .leaks = true },
	{ .text = "vlan or ip[9] = 17", .match = "bcg", .leaks = true },
	{ .text = "vlan or ether proto 0x800", .match = "bcdgi", .leaks = true },
	{ .text = "vlan or ip broadcast", .match = "bcdg", .leaks = true },
	{ .text = "vlan or pppoed", .match = "bcg", .leaks = true },
	{ .text = "vlan or mpls", .match = "bcg", .leaks = true },
	{ .text = "vlan or any.tcp[0] = 1", .match = "bcg", .leaks = true },
	{ .text = "vlan or proto 17", .match = "bcg", .leaks = true },
	{ .text = "vlan or ip protochain 17", .match = "bcg", .leaks = true },
	{ .text = "vlan or inner (ip)", .match = "bcdgi", .leaks = true },
	{ .text = "vlan or vlan (ip)", .match = "bcg", .leaks = true },
	/* scoped: there is none */
	{ .text = "vlan (ip) or ip", .match = "abefh" },
	{ .text = "vlan 1 (ip) or vlan 2 (ip) or ip", .match = "abefh" },
	{ .text = "not vlan (ip) and ip", .match = "aefh" },
	/* (of h all bytes that matter are there) */
	{ .text = "geneve (ip) or ip", .match = "aefh" },
	{ .text = "vlan 2 (vlan (ip) or ip6) or arp", .match = "cdg" },
	{ .text = "vlan 2 (vlan or ip6)", .match = "c", .leaks = true },
	{ .text = "(vlan (ip) or geneve (ip)) and len > 0", .match = "be" },
	{ .text = "inner (ip) or arp", .match = "abcdefh" },
};

static void
tags_in_bytes(void **state)
{
	(void)state;
	FRAMES_CHECK(frames, tags_in_bytes_rows);
}

/* One warning, however often it leaks; what leaks from two words is told of the first. */
static void
warnings_counted(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		unsigned count;
		struct span fault, word; /* of the first */
	} rows[] = {
		{ "vlan or ip or arp or tcp", 1, { 8, 2 }, { 0, 4 } },
		{ "vlan 1 or vlan 2 or ip", 1, { 10, 6 }, { 0, 6 } },
		{ "geneve or mpls or ip", 1, { 10, 4 }, { 0, 6 } },
		{ "pppoes or tcp port 80", 1, { 10, 11 }, { 0, 6 } },
		{ "vxlan 42 or port 80", 1, { 12, 7 }, { 0, 8 } },
		{ "mpls 5 or ip6", 1, { 10, 3 }, { 0, 6 } },
		{ "ip or not vlan and arp", 1, { 19, 3 }, { 10, 4 } },
		{ "(vlan and ip) or (vlan and arp)", 1, { 18, 4 }, { 1, 4 } },
	};
	for (size_t i = 0; i < FRAME_COUNT(rows); i++) {
		const struct filter_opts o = try_opts(rows[i].text);
		struct try t = try_compile(&o);
		const struct diag *d = NULL;
		unsigned n = 0;
		for (unsigned j = t.diags.count; j-- > 0;)
			if (t.diags.diag[j].code == DIAG_LEAK &&
				t.diags.diag[j].severity == SEV_WARNING) {
				d = &t.diags.diag[j];
				n++;
			}
		if (t.filter == NULL || d == NULL || n != rows[i].count)
			fail_msg("'%s': %u warnings", rows[i].text, n);
		if (memcmp(&d->span[0], &rows[i].fault, sizeof(struct span)) != 0 ||
			memcmp(&d->span[1], &rows[i].word, sizeof(struct span)) != 0)
			fail_msg("'%s': %u+%u, %u+%u", rows[i].text, d->span[0].at,
				d->span[0].len, d->span[1].at, d->span[1].len);
		assert_non_null(strstr(d->hint, "(…)"));
		filter_free(t.filter);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bases_not_reached),
		cmocka_unit_test(not_the_beginning),
		cmocka_unit_test(tags_in_bytes),
		cmocka_unit_test(warnings_counted),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
