/* filter_any.c: chains of headers: `any.tcp[…]` and its kin, which find the transport
 * header over IPv4 and behind IPv6's extension headers, and `protochain`.  In: hand-made
 * frames; out: the letters of those that match. */
#include "filter_frames.h"

/* RFC 8200 §4.3 - 4.6: 8 bytes each; the second byte counts 8 bytes more */
#define HOP(next) next " 00 01 04 00 00 00 00 "
#define HOP_16(next) next " 01 01 0c 00 00 00 00 00 00 00 00 00 00 00 00 "
#define FRAGMENT(next, offset) next " 00 " offset " 00 00 00 07 "
/* RFC 4302: in words of 4 bytes, less two: 24 bytes */
#define AUTH(next) \
	next " 04 00 00 00 00 01 00 00 00 00 01 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac "
/* hop-by-hop options, numbers 0 and 60 are alike to us */
#define HOP_4 HOP("00") HOP("00") HOP("00") HOP("00")
#define HOP_15 HOP_4 HOP_4 HOP_4 HOP("00") HOP("00") HOP("00")
#define SYN TCP("c0 00", "00 50", "02") /* 49152 > 80 */
#define DNS UDP("00 35", "c0 00")

static const struct frame any_frames[] = {
	{ 'a', ETHER("08 00") IP4("06") SYN },
	/* two words of options */
	{ 'b', ETHER("08 00") "47 00 00 54 12 34 00 00 40 06 00 00 0a 00 00 01 0a 00 00 "
			      "02 "
			      "01 01 01 01 01 01 01 00 " SYN },
	/* more fragments, and a later one */
	{ 'c', ETHER("08 00") "45 00 00 54 12 34 20 00 40 06 00 00 0a 00 00 01 0a 00 00 "
			      "02 " SYN },
	{ 'd', ETHER("08 00") "45 00 00 54 12 34 00 08 40 06 00 00 0a 00 00 01 0a 00 00 "
			      "02 " SYN },
	{ 'e', ETHER("86 dd") IP6("06") SYN },
	{ 'f', ETHER("86 dd") IP6("00") HOP("06") SYN },
	/* hop-by-hop, routing, destination options, of 16, 8, 16 bytes */
	{ 'g', ETHER("86 dd") IP6("00") HOP_16("2b") HOP("3c") HOP_16("06") SYN },
	{ 'h', ETHER("86 dd") IP6("2c") FRAGMENT("06", "00 01") SYN },
	{ 'i', ETHER("86 dd") IP6("2c") FRAGMENT("06", "00 08") SYN },
	{ 'j', ETHER("86 dd") IP6("33") AUTH("06") SYN },
	{ 'k', ETHER("86 dd") IP6("00") HOP("33") AUTH("3c") HOP("06") SYN },
	{ 'l', ETHER("86 dd") IP6("00") HOP_15 HOP("06") SYN },           /* 16 */
	{ 'm', ETHER("86 dd") IP6("00") HOP_15 HOP("00") HOP("06") SYN }, /* 17 */
	{ 'n', ETHER("86 dd") IP6("3c") HOP("11") DNS },
	{ 'o', ETHER("08 00") IP4("11") DNS },
	{ 'p', ETHER("86 dd") IP6("3c") HOP("3a") ICMP6("88") },
	{ 'q', ETHER("86 dd") IP6("3a") ICMP6("88") },
	/* ESP ends the chain, and so does "no next header" */
	{ 'r', ETHER("86 dd") IP6("32") HOP("06") SYN },
	{ 's', ETHER("86 dd") IP6("3b") HOP("06") SYN },
	{ 't', ETHER("08 00") IP4("33") AUTH("06") SYN },
	{ 'u', ETHER("08 06") ARP },
	{ 'v', ETHER("86 dd") IP6("3c")
			HOP("84") "c0 00 00 50 00 00 00 00 00 00 00 00 " },
};

static const struct verdicts any_rows[] = {
	{ .text = "any.tcp[2:2] = 80", .match = "abcefghjkl" },
	{ .text = "any.tcp[0:2] = 80", .match = "" },
	{ .text = "any.tcp[tcpflags] & tcp-syn != 0", .match = "abcefghjkl" },
	{ .text = "any.tcp[13] = tcp-syn", .match = "abcefghjkl" },
	{ .text = "any.tcp[13] != tcp-syn", .match = "" },
	{ .text = "not any.tcp[13] = tcp-syn", .match = "dimnopqrstuv" },
	{ .text = "any.tcp[4:4] = 1 and any.tcp[8:4] = 2", .match = "abcefghjkl" },
	{ .text = "any.tcp[0:2] > any.tcp[2:2]", .match = "abcefghjkl" },
	{ .text = "any.tcp[(any.tcp[12] >> 4) * 3 - 2] = 2", .match = "abcefghjkl" },
	{ .text = "any.tcp[0] in {1, 0xc0}", .match = "abcefghjkl" },
	{ .text = "any.tcp[13] & 2 = 2 and not ip", .match = "efghjkl" },
	{ .text = "any.tcp[0] = 0xc0 and any.udp[0] = 0", .match = "" },
	{ .text = "any.tcp[0] = 0xc0 or any.udp[0] = 0", .match = "abcefghjklno" },
	{ .text = "any.udp[0:2] = 53", .match = "no" },
	{ .text = "any.sctp[2:2] = 80", .match = "v" },
	{ .text = "any.icmp6[icmp6type] = icmp6-neighboradvert", .match = "pq" },
	/* the same, without `any`: IPv4 only; icmp6 behind no other header */
	{ .text = "tcp[2:2] = 80", .match = "abc" },
	{ .text = "udp[0:2] = 53", .match = "o" },
	{ .text = "icmp6[icmp6type] = icmp6-neighboradvert", .match = "q" },
};

static void
any_transport(void **state)
{
	(void)state;
	FRAMES_CHECK(any_frames, any_rows);
}

static const struct verdicts chain_rows[] = {
	{ .text = "ip6 protochain 6", .match = "efghijkl" },
	{ .text = "ip protochain 6", .match = "abcdt" },
	{ .text = "protochain 6", .match = "abcdefghijklt" },
	{ .text = "not protochain 6", .match = "mnopqrsuv" },
	{ .text = "protochain 17", .match = "no" },
	{ .text = "ip6 protochain 58", .match = "pq" },
	/* the headers that are stepped over are in the chain themselves */
	{ .text = "ip6 protochain 0", .match = "fgklm" },
	{ .text = "ip6 protochain 60", .match = "gknpv" },
	{ .text = "ip6 protochain 51", .match = "jk" },
	{ .text = "ip6 protochain 44", .match = "hi" },
	{ .text = "ip protochain 51", .match = "t" },
	{ .text = "protochain 50", .match = "r" },
	{ .text = "protochain 59", .match = "s" },
	{ .text = "ip6 protochain 132 or ip protochain 17", .match = "ov" },
	{ .text = "protochain 6 and not tcp", .match = "fgjklt" },
	{ .text = "vlan (protochain 6) or protochain 17", .match = "no" },
};

static void
protochain(void **state)
{
	(void)state;
	FRAMES_CHECK(any_frames, chain_rows);
}

/* The authentication header is stepped over from where it is, not from the packet's
 * beginning, so that none comes back to itself: libpcap's loop has no end there.  A
 * length of 0 or 1 words is shorter than the header, and still goes on. */
static const struct frame auth_frames[] = {
	{ 'a', ETHER("08 00") IP4("33") "33 00 33 00 33 00 33 00 06 00 00 00 " },
	{ 'b', ETHER("86 dd")
			IP6("33") "33 00 00 00 00 00 00 00 33 00 00 00 00 00 00 00 06 00 "
				  "00 00 00 00 00 00 " SYN },
	{ 'c', ETHER("08 00") IP4("33") "33 ff 00 00 " SYN },
	{ 'd', ETHER("08 00") "45 33 33 33 33 33 33 33 40 33 33 33 33 33 33 33 33 33 33 "
			      "33 "
			      "33 00 33 00 33 00 33 00 33 00 33 00 33 00 33 00 33 00 33 "
			      "00 " },
};

static const struct verdicts auth_rows[] = {
	{ .text = "ip protochain 51", .match = "acd" },
	{ .text = "ip protochain 6", .match = "a" },
	{ .text = "ip6 protochain 6", .match = "b" },
	{ .text = "any.tcp[2:2] = 80", .match = "b" },
};

static void
authentication_headers(void **state)
{
	(void)state;
	FRAMES_CHECK(auth_frames, auth_rows);
}

/* A chain as long as a packet, of headers of 8 bytes: it is left after 16. */
static void
no_endless_chain(void **state)
{
	(void)state;
	static uint8_t data[60014] = { [12] = 0x86, 0xdd, 0x60 };
	static const char *const texts[] = { "ip6 protochain 6", "protochain 58",
		"any.tcp[0] = 0", "any.icmp6[0] = 0", "not protochain 6" };
	const struct filter_packet p = {
		.data = data, .caplen = sizeof(data), .len = sizeof(data)
	};
	for (size_t i = 0; i < FRAME_COUNT(texts); i++) {
		const struct filter_opts o = try_opts(texts[i]);
		const struct try t = try_compile(&o);
		assert_non_null(t.filter);
		for (unsigned n = 0; n < 256; n++) { /* every header there can be */
			memset(data + 54, (int)n, sizeof(data) - 54);
			data[20] = (uint8_t)n;
			assert_int_equal(
				filter_eval(t.filter, &p), filter_match(t.filter, &p));
		}
		memset(data + 20, 0, sizeof(data) - 20);
		assert_int_equal(filter_match(t.filter, &p) != 0, i == 4);
		filter_free(t.filter);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_transport),
		cmocka_unit_test(protochain),
		cmocka_unit_test(authentication_headers),
		cmocka_unit_test(no_endless_chain),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
