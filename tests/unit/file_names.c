/* file_names.c: look-ups of names, as far as every system has the same. */
#include <netdb.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "../../src/names.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_host),
		cmocka_unit_test(test_port),
		cmocka_unit_test(test_protocol),
		cmocka_unit_test(test_net),
		cmocka_unit_test(test_ether),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
