/* filter_input.c: one frame as each kind of input has it: from a file, at a socket with a
 * VLAN tag beside it, at the XDP hook, and cooked, where the link header is metadata. In:
 * hand-made frames; out: the letters of those that match. */
#include "filter_frames.h"

#define HTTP(net) net("06") TCP("c0 00", "00 50", "02")

static const struct frame frames[] = {
	{ 'a', ETHER("08 00") HTTP(IP4) },
	{ 'b', ETHER("81 00") TAG("00 07", "08 00") HTTP(IP4) },
	{ 'c', ETHER("88 a8") TAG("20 08", "81 00") TAG("00 07", "08 00") HTTP(IP4) },
	{ 'd', ETHER("81 00") TAG("00 09", "86 dd") HTTP(IP6) },
	{ 'e', ETHER("86 dd") HTTP(IP6) },
};

static void
check(enum filter_input input, struct filter_packet as, const struct verdicts *rows,
	size_t count)
{
	struct table tab = {
		.frame = frames,
		.frames = FRAME_COUNT(frames),
		.opts = try_opts(NULL),
		.as = as,
	};
	tab.opts.input = input;
	frames_check(&tab, rows, count);
}

/* Metadata is there, and not looked at. */
static void
in_bytes(void **state)
{
	(void)state;
	static const struct verdicts rows[] = {
		{ .text = "vlan", .match = "bcd" },
		{ .text = "vlan 7", .match = "b" },
		{ .text = "vlan 5", .match = "" },
		{ .text = "vlan and ip", .match = "b" },
		{ .text = "vlan and vlan 7 and tcp port 80", .match = "c" },
		{ .text = "not vlan", .match = "ae" },
		{ .text = "len = 54", .match = "a" },
	};
	const struct filter_packet as = { .ifindex = 3,
		.protocol = 0x0800,
		.pkttype = 4,
		.vlan_present = true,
		.vlan_tci = 5 };
	check(FILTER_INPUT_FILE, as, rows, FRAME_COUNT(rows));
	check(FILTER_INPUT_XDP, as, rows, FRAME_COUNT(rows));
}

/* At a socket, and no tag was taken off: as from a file. */
static void
socket_without_tag(void **state)
{
	(void)state;
	static const struct verdicts rows[] = {
		{ .text = "vlan", .match = "bcd" },
		{ .text = "vlan 7", .match = "b" },
		{ .text = "vlan 8 and vlan 7", .match = "c" },
		{ .text = "vlan and ip", .match = "b" },
		{ .text = "vlan and tcp port 80", .match = "bd" },
		{ .text = "vlan and vlan and tcp port 80", .match = "c" },
		{ .text = "vlan (ip) or ip", .match = "ab" },
		{ .text = "vlan 7 (host 10.0.0.1) and ether[16:2] = 0x800",
			.match = "b" },
		{ .text = "not vlan", .match = "ae" },
		{ .text = "not vlan (ip)", .match = "acde" },
		/* the tag was not come to: what is behind it is not there */
		{ .text = "vlan or ip", .match = "bcd", .leaks = true },
		{ .text = "vlan 7 or vlan 8", .match = "b", .leaks = true },
		{ .text = "not vlan and not ip", .match = "ae", .leaks = true },
		{ .text = "ip or (vlan and ip)", .match = "ab" },
		{ .text = "len = 54", .match = "a" },
		{ .text = "inbound", .match = "abcde" },
		{ .text = "outbound", .match = "" },
		{ .text = "ifindex 3", .match = "abcde" },
		{ .text = "ifindex 4", .match = "" },
		{ .text = "not ifindex 4 and inbound and ip", .match = "a" },
	};
	const struct filter_packet as = { .ifindex = 3, .vlan_tci = 7 }; /* not present */
	check(FILTER_INPUT_SKB, as, rows, FRAME_COUNT(rows));
}

/* The tag 7 was taken off: the first `vlan` is that one and moves nothing, the next one
 * is in the bytes; `len` is without it. */
static void
socket_with_tag(void **state)
{
	(void)state;
	static const struct verdicts rows[] = {
		{ .text = "vlan", .match = "abcde" },
		{ .text = "vlan 7", .match = "abcde" },
		{ .text = "vlan 8", .match = "" },
		{ .text = "vlan 0", .match = "" },
		{ .text = "not vlan 8", .match = "abcde" },
		{ .text = "not vlan", .match = "" },
		{ .text = "vlan and ip", .match = "a" },
		{ .text = "vlan 7 and ip6", .match = "e" },
		{ .text = "vlan and tcp port 80", .match = "ae" },
		{ .text = "vlan and host 10.0.0.1", .match = "a" },
		{ .text = "vlan 7 and vlan", .match = "bcd" },
		{ .text = "vlan 7 and vlan 7", .match = "b" },
		{ .text = "vlan 7 and vlan 9 and ip6", .match = "d" },
		{ .text = "vlan and vlan and ip", .match = "b" },
		{ .text = "vlan and vlan 8 and vlan 7 and tcp[13] = 2", .match = "c" },
		{ .text = "vlan (vlan 8 (vlan 7 (tcp port 80)))", .match = "c" },
		{ .text = "vlan 7 (ip) or ip6", .match = "ae" },
		{ .text = "vlan 8 (ip) or ip6", .match = "e" },
		{ .text = "vlan (vlan (ip))", .match = "b" },
		{ .text = "inner (vlan 7 (ip6))", .match = "e" },
		{ .text = "vlan or ip", .match = "abcde", .leaks = true },
		{ .text = "vlan 8 or ip", .match = "", .leaks = true },
		{ .text = "ip", .match = "a" },
		{ .text = "ip or (vlan and ip)", .match = "a" },
		{ .text = "len = 54", .match = "a" },
		{ .text = "ether[12:2] = 0x800", .match = "a" },
		{ .text = "outbound and vlan 7 and ip", .match = "a" },
		{ .text = "inbound", .match = "" },
	};
	const struct filter_packet as = {
		.pkttype = 4, .vlan_present = true, .vlan_tci = 0xe007 /* priority 7 */
	};
	check(FILTER_INPUT_SKB, as, rows, FRAME_COUNT(rows));
}

/* Bytes from the network header on; what the cooked header would say is metadata. */
static const struct frame cooked_frames[] = {
	{ 'a', HTTP(IP4) },
	{ 'b', IP4("11") UDP("00 35", "c0 00") },
	{ 'c', IP4("04") IP4_9("06") TCP("c0 00", "00 50", "02") },
};

static void
check_cooked(struct filter_packet as, const struct verdicts *rows, size_t count)
{
	struct table tab = {
		.frame = cooked_frames,
		.frames = FRAME_COUNT(cooked_frames),
		.opts = try_opts(NULL),
		.as = as,
	};
	tab.opts.input = FILTER_INPUT_COOKED;
	tab.opts.linktype = FILTER_LINK_LINUX_SLL2;
	frames_check(&tab, rows, count);
}

static void
cooked(void **state)
{
	(void)state;
	static const struct verdicts rows[] = {
		{ .text = "ip", .match = "abc" },
		{ .text = "ip6 or arp", .match = "" },
		{ .text = "tcp port 80", .match = "a" },
		{ .text = "port 53 or 80", .match = "ab" },
		{ .text = "host 10.0.0.1", .match = "abc" },
		{ .text = "ip[9] = 17", .match = "b" },
		{ .text = "tcp[tcpflags] = tcp-syn", .match = "a" },
		{ .text = "ipip (tcp dst port 80)", .match = "c" },
		{ .text = "ipip (net 10.9.0.0/16) or udp", .match = "bc" },
		{ .text = "inner (tcp port 80)", .match = "ac" },
		{ .text = "any.tcp[2:2] = 80", .match = "a" },
		{ .text = "protochain 17", .match = "b" },
		/* of the record: with a header of 20 bytes */
		{ .text = "len = 60", .match = "a" },
		{ .text = "less 48", .match = "b" },
		{ .text = "greater 61", .match = "c" },
		/* fields of that header: protocol, interface, hardware type, packet type
		 */
		{ .text = "link[0:2] = 0x800", .match = "abc" },
		{ .text = "ether proto 0x800", .match = "abc" },
		{ .text = "link[4:4] = 3", .match = "abc" },
		{ .text = "link[8:2] = 1", .match = "abc" },
		{ .text = "link[10] = 1", .match = "abc" },
		{ .text = "byte 10 = 1", .match = "abc" },
		{ .text = "ifindex 3", .match = "abc" },
		{ .text = "ifindex 2", .match = "" },
		{ .text = "inbound", .match = "abc" },
		{ .text = "not outbound and udp", .match = "b" },
	};
	const struct filter_packet as = {
		.ifindex = 3, .protocol = 0x0800, .hatype = 1, .pkttype = 1
	};
	check_cooked(as, rows, FRAME_COUNT(rows));
}

static void
cooked_others(void **state)
{
	(void)state;
	/* the bytes look like IPv4, and are said to be none */
	static const struct verdicts unknown[] = {
		{ .text = "ip", .match = "" },
		{ .text = "not ip", .match = "abc" },
		{ .text = "tcp port 80", .match = "" },
		{ .text = "ether proto 0x88cc", .match = "abc" },
		{ .text = "outbound", .match = "abc" },
		{ .text = "inbound", .match = "" },
		{ .text = "len > 0 and not arp", .match = "abc" },
	};
	const struct filter_packet as = { .protocol = 0x88cc, .pkttype = 4 };
	check_cooked(as, unknown, FRAME_COUNT(unknown));
}

/* What an input kind cannot have. */
static void
refused(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum filter_input input;
		uint16_t link;
		enum diag_code code;
	} rows[] = {
		{ "inbound", FILTER_INPUT_FILE, FILTER_LINK_EN10MB, DIAG_LINKTYPE },
		{ "inbound", FILTER_INPUT_SKB, FILTER_LINK_EN10MB, DIAG_NONE },
		{ "inbound", FILTER_INPUT_XDP, FILTER_LINK_EN10MB, DIAG_UNSUPPORTED },
		{ "inbound", FILTER_INPUT_COOKED, FILTER_LINK_LINUX_SLL2, DIAG_NONE },
		{ "inbound", FILTER_INPUT_FILE, FILTER_LINK_LINUX_SLL2, DIAG_NONE },
		{ "ifindex 1", FILTER_INPUT_FILE, FILTER_LINK_EN10MB, DIAG_LINKTYPE },
		{ "ifindex 1", FILTER_INPUT_SKB, FILTER_LINK_EN10MB, DIAG_NONE },
		{ "ifindex 1", FILTER_INPUT_FILE, FILTER_LINK_LINUX_SLL2, DIAG_NONE },
		{ "vlan", FILTER_INPUT_COOKED, FILTER_LINK_LINUX_SLL2, DIAG_LINKTYPE },
		{ "vlan", FILTER_INPUT_XDP, FILTER_LINK_EN10MB, DIAG_NONE },
		{ "ether host 1:2:3:4:5:6", FILTER_INPUT_COOKED, FILTER_LINK_LINUX_SLL2,
			DIAG_LINKTYPE },
		{ "ip", FILTER_INPUT_COOKED, FILTER_LINK_EN10MB, DIAG_LINKTYPE },
	};
	for (size_t i = 0; i < FRAME_COUNT(rows); i++) {
		struct filter_opts o = try_opts(rows[i].text);
		o.input = rows[i].input;
		o.linktype = rows[i].link;
		const enum diag_code code = try_code(&o);
		if (code != rows[i].code)
			fail_msg("'%s', input %d: %s", rows[i].text, rows[i].input,
				diag_code_name(code));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(in_bytes),
		cmocka_unit_test(socket_without_tag),
		cmocka_unit_test(socket_with_tag),
		cmocka_unit_test(cooked),
		cmocka_unit_test(cooked_others),
		cmocka_unit_test(refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
