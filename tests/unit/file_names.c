/* file_names.c: look-ups of names, as far as every system has the same; link types
 * against what libpcap says and writes. */
#include <netdb.h>
#include <pcap/pcap.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/dlt.h"
#include "../../src/linktext.h"
#include "../../src/names.h"
#include "../../src/near.h"

static void
test_host(void **state)
{
	(void)state;
	const struct filter_names *n = names_system();
	struct filter_addr out[100];
	const size_t count = n->host(n->ctx, "localhost", out, 100);
	if (count == 0) {
		print_message("/etc/hosts has no localhost\n");
		skip();
	}
	for (size_t i = 0; i < count; i++) {
		assert_true(out[i].family == 4 || out[i].family == 6);
		if (i > 0) /* ascending, each once */
			assert_true(memcmp(&out[i - 1], &out[i], sizeof(out[0])) < 0);
	}
	struct filter_addr few[2] = { { .family = 99 }, { .family = 99 } };
	assert_int_equal(n->host(n->ctx, "localhost", few, 1), 1);
	assert_memory_equal(&few[0], &out[0], sizeof(out[0]));
	assert_int_equal(few[1].family, 99);
	assert_int_equal(n->host(n->ctx, "localhost", few, 0), 0);
}

static void
test_port(void **state)
{
	(void)state;
	if (!getservbyname("domain", "udp")) {
		print_message("no /etc/services here\n");
		skip();
	}
	const struct filter_names *n = names_system();
	uint16_t port = 0;
	assert_true(n->port(n->ctx, "domain", FILTER_UDP, &port));
	assert_int_equal(port, 53);
	assert_true(n->port(n->ctx, "ssh", FILTER_TCP, &port));
	assert_int_equal(port, 22);
	assert_true(n->port(n->ctx, "tftp", FILTER_UDP, &port));
	assert_int_equal(port, 69);
	assert_false(n->port(n->ctx, "tftp", FILTER_TCP, &port));
	assert_false(n->port(n->ctx, "no such service", FILTER_TCP, &port));
	assert_false(n->port(n->ctx, "", FILTER_TCP, &port));
}

static void
test_protocol(void **state)
{
	(void)state;
	if (!getprotobyname("tcp")) {
		print_message("no /etc/protocols here\n");
		skip();
	}
	const struct filter_names *n = names_system();
	uint8_t protocol = 0;
	assert_true(n->protocol(n->ctx, "tcp", &protocol));
	assert_int_equal(protocol, 6);
	assert_true(n->protocol(n->ctx, "ospf", &protocol));
	assert_int_equal(protocol, 89);
	assert_false(n->protocol(n->ctx, "no such protocol", &protocol));
}

static void
test_net(void **state)
{
	(void)state;
	const struct filter_names *n = names_system();
	uint32_t net;
	assert_false(n->net(n->ctx, "no such network", &net));
	const struct netent *loopback = getnetbyname("loopback");
	if (!loopback) {
		print_message("/etc/networks has no loopback\n");
		skip();
	}
	const uint32_t want = loopback->n_net;
	assert_true(n->net(n->ctx, "loopback", &net));
	assert_int_equal(net, want);
}

static void
test_ether(void **state)
{
	(void)state;
	const struct filter_names *n = names_system();
	uint8_t mac[6];
	assert_false(n->ether(n->ctx, "no such station", mac));
}

#define DLTS 400 /* beyond all that are assigned */

/* The LINKTYPE_ that libpcap writes into a file for a DLT_; false: it writes none. */
static bool
written_link(int dlt, uint32_t *out)
{
	char *bytes = NULL;
	size_t size = 0;
	pcap_t *p = pcap_open_dead(dlt, 65535);
	FILE *f = open_memstream(&bytes, &size);
	assert_non_null(p);
	assert_non_null(f);
	pcap_dumper_t *d = pcap_dump_fopen(p, f);
	if (d) {
		pcap_dump_close(d); /* and f */
		assert_true(size >= 24);
		memcpy(out, bytes + 20, sizeof(*out));
	} else {
		fclose(f);
	}
	pcap_close(p);
	free(bytes);
	return d != NULL;
}

/* The DLT_ that libpcap takes the number in a file for. */
static int
read_dlt(uint32_t number)
{
	uint32_t header[6] = { 0xa1b2c3d4, 0, 0, 0, 65535, number };
	const uint16_t version[2] = { 2, 4 };
	char text[PCAP_ERRBUF_SIZE];
	memcpy(&header[1], version, sizeof(version));
	pcap_t *p = pcap_fopen_offline(fmemopen(header, sizeof(header), "r"), text);
	assert_non_null(p);
	const int dlt = pcap_datalink(p);
	pcap_close(p);
	return dlt;
}

static void
test_link_numbers(void **state)
{
	(void)state;
	unsigned count = 0;
	for (int dlt = 0; dlt < DLTS; dlt++) {
		uint32_t link;
		if (!written_link(dlt, &link))
			continue;
		assert_int_equal(dlt_to_link(dlt), link);
		assert_int_equal(dlt_of_link((uint16_t)link), read_dlt(link));
		assert_int_equal(dlt_file_link((uint16_t)link), link);
		count++;
	}
	assert_true(count > 190);
	for (unsigned number = 0; number < DLTS; number++) {
		const int dlt = read_dlt(number);
		assert_int_equal(dlt_of_link((uint16_t)number), dlt);
		assert_int_equal(dlt_file_link((uint16_t)number), dlt_to_link(dlt));
	}
}

static void
test_link_names(void **state)
{
	(void)state;
	for (int dlt = 0; dlt < DLTS; dlt++) {
		char text[LINKTEXT_MAX], want[512], lower[LINKTEXT_MAX];
		const uint16_t link = dlt_to_link(dlt);
		uint16_t parsed;
		if (dlt_of_link(link) != dlt)
			continue; /* 100 to 103 and 106 are no DLT_ */
		const char *name = pcap_datalink_val_to_name(dlt);
		linktext(link, text, sizeof(text));
		if (!name) {
			snprintf(want, sizeof(want), "%d", link);
			assert_string_equal(text, want);
			continue;
		}
		snprintf(want, sizeof(want), "%s (%s)", name,
			pcap_datalink_val_to_description(dlt));
		assert_string_equal(text, want);
		assert_true(linktext_parse(name, &parsed));
		assert_int_equal(parsed, link);
		snprintf(lower, sizeof(lower), "dlt_%s", name);
		for (char *c = lower; *c; c++)
			*c |= *c >= 'A' && *c <= 'Z' ? 0x20 : 0;
		assert_true(linktext_parse(lower, &parsed));
		assert_int_equal(parsed, link);
	}
	static const char *const bad[] = { "", "NOSUCH", "65536", "-1", "1x", "0x1", " 1",
		"EN10MB ", "DLT_", "DLT_1", "99999999999999999999999" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		uint16_t parsed = 7;
		assert_false(linktext_parse(bad[i], &parsed));
		assert_int_equal(parsed, 7);
	}
	uint16_t parsed;
	assert_true(linktext_parse("65535", &parsed));
	assert_int_equal(parsed, 65535);
	assert_true(linktext_parse("12", &parsed)); /* as in a file: RAW */
	assert_int_equal(parsed, 101);
}

static void
test_near(void **state)
{
	(void)state;
	static const struct {
		const char *a, *b;
		unsigned distance;
	} rows[] = {
		{ "", "", 0 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "abc", "ABC", 0 },
		{ "abc", "acb", 2 },
		{ "eth0", "eth1", 1 },
		{ "linux_sl", "LINUX_SLL2", 2 },
		{ "kitten", "sitting", 3 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		assert_int_equal(near_distance(rows[i].a, rows[i].b), rows[i].distance);
	char longest[NEAR_FAR + 2];
	memset(longest, 'x', sizeof(longest));
	longest[NEAR_FAR + 1] = '\0';
	assert_int_equal(near_distance(longest, "x"), NEAR_FAR);
	assert_int_equal(near_distance("x", longest), NEAR_FAR);
	longest[NEAR_FAR] = '\0';
	assert_int_equal(near_distance(longest, longest), 0);
	assert_int_equal(near_distance(longest, "x"), NEAR_FAR - 1);
}

static void
test_link_hint(void **state)
{
	(void)state;
	static const struct {
		const char *text, *hint;
	} rows[] = {
		{ "EN10M", "near that name: EN10MB; -L lists an interface's" },
		{ "linux_sl", "near that name: LINUX_SLL, LINUX_SLL2; -L lists an "
			      "interface's" },
		{ "%s%n",
			"give a name such as EN10MB, or a LINKTYPE_ number; -L lists an "
			"interface's" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diags ds = { 0 };
		diags_error(&ds, DIAG_USAGE, (struct span){ 0 }, "unknown");
		linktext_hint(rows[i].text, &ds);
		assert_string_equal(ds.diag[0].hint, rows[i].hint);
	}
	struct diags ds = { 0 };
	diags_error(&ds, DIAG_USAGE, (struct span){ 0 }, "unknown");
	linktext_hint("ethernet", &ds); /* what it stands for comes first */
	assert_non_null(strstr(ds.diag[0].hint, "name: EN10MB, "));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_ether),
		cmocka_unit_test(test_link_numbers),
		cmocka_unit_test(test_link_names),
		cmocka_unit_test(test_near),
		cmocka_unit_test(test_link_hint),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
