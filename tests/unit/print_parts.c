/* print_parts.c: the parts that all packet printers stand on: tables, text,
 * addresses, checksums, connections, time stamps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../src/print/dispatch.h"

static struct printer printer = { .opts = { .numeric = 1 }, .proto = "test" };

static const char *
text(void)
{
	printer.out.closed = false;
	text_bytes(&printer, "", 1);
	printer.out.len = 0;
	return printer.out.at;
}

static void
tables_are_sorted(void **state)
{
	(void)state;
	for (size_t i = 1; i < dispatch_link_rows; i++)
		assert_true(dispatch_links[i - 1].type < dispatch_links[i].type);
	for (size_t i = 1; i < dispatch_ether_rows; i++)
		assert_true(dispatch_ethers[i - 1].type < dispatch_ethers[i].type);
	for (size_t i = 1; i < dispatch_proto_rows; i++)
		assert_true(dispatch_protos[i - 1].proto < dispatch_protos[i].proto);
	assert_null(dispatch_link(65535));
	assert_null(dispatch_proto(255));
	assert_string_equal(dispatch_ether(0x86dd)->name, "IPv6");
}

static void
text_is_that_of_printf(void **state)
{
	(void)state;
	char want[200];
	snprintf(want, sizeof(want), "%5u|%05u|%x|%04x|%-5s|%3s|%d|%c|%%|%lu|%06d", 42u,
		42u, 0xbeefu, 7u, "ab", "c", -17, 'z', ~0ul, -5);
	text_put(&printer, "%5u|%05u|%x|%04x|%-5s|%3s|%d|%c|%%|%lu|%06d", 42u, 42u,
		0xbeefu, 7u, "ab", "c", -17, 'z', ~0ul, -5);
	assert_string_equal(text(), want);
}

static void
text_ends_where_the_bytes_end(void **state)
{
	(void)state;
	const uint8_t b[3] = { 1, 2, 3 };
	const struct cursor c = { b, sizeof(b), 100 };
	text_put(&printer, "%u", cursor_u16(&printer, c, 1));
	assert_int_equal(cursor_u32(&printer, c, 0), 0);
	text_str(&printer, "dropped");
	assert_int_equal(cursor_u8(&printer, c, UINT32_MAX), 0);
	assert_false(text_open(&printer));
	assert_string_equal(text(), "515 [|test]");
	assert_int_equal(cursor_skip(c, 1000).cap, 0);
	assert_int_equal(cursor_limit(c, 2).cap, 2);
}

/* The system's inet_ntop() has the same rules: RFC 5952, embedded IPv4. */
static void
addresses_are_those_of_the_system(void **state)
{
	(void)state;
	uint32_t seed = 1;
	for (unsigned i = 0; i < 20000; i++) {
		uint8_t b[16];
		for (unsigned k = 0; k < sizeof(b); k += 2) {
			seed = seed * 1103515245 + 12345;
			const bool zero = seed >> 16 & 3;
			b[k] = zero ? 0 : (uint8_t)(seed >> 18);
			b[k + 1] = zero ? 0 : (uint8_t)(seed >> 24);
		}
		char want[INET6_ADDRSTRLEN];
		inet_ntop(AF_INET6, b, want, sizeof(want));
		address_ip6_plain(&printer, b);
		assert_string_equal(text(), want);
	}
}

static void
checksum_finds_what_was_meant(void **state)
{
	(void)state;
	/* A header of RFC 1071's kind: the field at 10 is left out first. */
	uint8_t h[20] = { 0x45, 0, 0, 0x3c, 0x1c, 0x46, 0x40, 0, 0x40, 6, 0, 0, 0xac,
		0x10, 0x0a, 0x63, 0xac, 0x10, 0x0a, 0x0c };
	const struct cursor c = { h, sizeof(h), sizeof(h) };
	const uint16_t wanted = checksum_wanted(0, checksum(c, sizeof(h), 0));
	assert_int_equal(wanted, 0xb1e6);
	h[10] = 0x12;
	assert_int_equal(checksum_wanted(0x1200, checksum(c, sizeof(h), 0)), wanted);
	h[10] = (uint8_t)(wanted >> 8);
	h[11] = (uint8_t)wanted;
	assert_int_equal(checksum(c, sizeof(h), 0), 0);
}

static void
connections_are_found_and_forgotten(void **state)
{
	(void)state;
	struct conns *cs = conns_open();
	bool found;
	uint8_t key[12] = "connection";
	conns_find(cs, key, sizeof(key), &found)->seq = 77;
	assert_false(found);
	assert_int_equal(conns_find(cs, key, sizeof(key), &found)->seq, 77);
	assert_true(found);
	/* Far more than the table holds: it stays as large as it is. */
	for (uint32_t i = 0; i < 300000; i++) {
		uint8_t other[12] = { 1 };
		memcpy(other + 4, &i, sizeof(i));
		conns_find(cs, other, sizeof(other), &found);
		assert_false(found);
	}
	conns_find(cs, key, sizeof(key), &found);
	assert_false(found);
	conns_close(cs);
}

static const char *
stamp(enum print_time form, bool nano, int64_t first, int64_t second)
{
	printer.opts.time = form;
	printer.opts.nano = nano;
	printer.clock = clock_open();
	clock_print(&printer, first);
	text();
	clock_print(&printer, second);
	clock_close(printer.clock);
	return text();
}

static void
time_has_six_forms(void **state)
{
	(void)state;
	setenv("TZ", "UTC-2", 1);
	const int64_t a = 1700000000123456789, b = 1700003661123499999,
		      day = 86400000000000;
	assert_string_equal(stamp(PRINT_TIME_OF_DAY, false, a, a), "00:13:20.123456 ");
	assert_string_equal(stamp(PRINT_TIME_NONE, false, a, a), "");
	assert_string_equal(stamp(PRINT_TIME_EPOCH, true, a, a), "1700000000.123456789 ");
	assert_string_equal(stamp(PRINT_TIME_DELTA, false, a, b), " 01:01:01.000043 ");
	assert_string_equal(stamp(PRINT_TIME_DELTA, true, a, b), " 01:01:01.000043210 ");
	assert_string_equal(stamp(PRINT_TIME_FIRST, false, b, a), "-01:01:01.000043 ");
	assert_string_equal(
		stamp(PRINT_TIME_DATE, false, a, a), "2023-11-15 00:13:20.123456 ");
	assert_string_equal(
		stamp(PRINT_TIME_DELTA, false, a, a + day), " 00:00:00.000000 ");
	setenv("TZ", "UTC0", 1);
	assert_string_equal(stamp(PRINT_TIME_DATE, false, a, 4294967295000000000),
		"2106-02-07 06:28:15.000000 ");
	assert_string_equal(
		stamp(PRINT_TIME_DATE, true, a, -1), "1969-12-31 23:59:59.999999999 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_sorted),
		cmocka_unit_test(text_is_that_of_printf),
		cmocka_unit_test(text_ends_where_the_bytes_end),
		cmocka_unit_test(addresses_are_those_of_the_system),
		cmocka_unit_test(checksum_finds_what_was_meant),
		cmocka_unit_test(connections_are_found_and_forgotten),
		cmocka_unit_test(time_has_six_forms),
	};
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	free(printer.out.at);
	return failed;
}
