/* filter_names.c: names are looked up through a table, as a tool would do it through the
 * system: the filter is the one of the numbers, or there is a message. */
#include "filter_try.h"

static size_t
host(void *ctx, const char *name, struct filter_addr *out, size_t max)
{
	static const struct {
		const char *name;
		struct filter_addr addr;
	} rows[] = {
		{ "one", { 4, { 10, 0, 0, 1 } } },
		{ "two", { 4, { 10, 0, 0, 1 } } },
		{ "two", { 4, { 10, 0, 0, 2 } } },
		{ "six", { 6, { 0x20, 1, 0x0d, 0xb8, [15] = 6 } } },
		{ "dual", { 4, { 10, 0, 0, 7 } } },
		{ "dual", { 6, { 0x20, 1, 0x0d, 0xb8, [15] = 7 } } },
		{ "tcp", { 4, { 10, 0, 0, 9 } } },
	};
	size_t n = 0;
	++*(unsigned *)ctx;
	if (strcmp(name, "many") == 0)
		for (; n < max; n++)
			out[n] = (struct filter_addr){ 4,
				{ 10, 1, (uint8_t)(n >> 8), (uint8_t)n } };
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].name, name) == 0 && n < max)
			out[n++] = rows[i].addr;
	return n;
}

static bool
net(void *ctx, const char *name, uint32_t *out)
{
	(void)ctx;
	*out = strcmp(name, "ten") == 0 ? 10 : 0xac10;
	return strcmp(name, "ten") == 0 || strcmp(name, "office") == 0;
}

static bool
port(void *ctx, const char *name, enum filter_transport t, uint16_t *out)
{
	static const struct {
		const char *name;
		int tcp, udp; /* -1: not known */
	} rows[] = { { "web", 80, -1 }, { "dns", 53, 53 }, { "tftp", -1, 69 },
		{ "split", 512, 513 }, { "end", 90, 90 }, { "r-cmd", 514, -1 } };
	(void)ctx;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const int n = t == FILTER_TCP ? rows[i].tcp : rows[i].udp;
		if (strcmp(rows[i].name, name) != 0 || n < 0)
			continue;
		*out = (uint16_t)n;
		return true;
	}
	return false;
}

static bool
protocol(void *ctx, const char *name, uint8_t *out)
{
	(void)ctx;
	*out = strcmp(name, "tcp") == 0 ? 6 : 47;
	return strcmp(name, "tcp") == 0 || strcmp(name, "gre") == 0;
}

static bool
ether(void *ctx, const char *name, uint8_t out[6])
{
	(void)ctx;
	memcpy(out, (const uint8_t[]){ 0, 17, 34, 51, 68, 85 }, 6);
	return strcmp(name, "card") == 0;
}

static unsigned host_calls;
static const struct filter_names names = { .host = host,
	.net = net,
	.port = port,
	.protocol = protocol,
	.ether = ether,
	.ctx = &host_calls };

static struct filter_opts
with_names(const char *text)
{
	struct filter_opts o = try_opts(text);
	o.names = &names;
	return o;
}

static void
names_are_what_they_stand_for(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "host one", "host 10.0.0.1" },
		{ "src one", "src 10.0.0.1" },
		{ "arp host one", "arp host 10.0.0.1" },
		{ "host six", "host 2001:db8::6" },
		{ "ip6 dst host dual", "ip6 dst host 2001:db8::7" },
		{ "ip host dual", "ip host 10.0.0.7" },
		{ "rarp host dual", "rarp host 10.0.0.7" },
		{ "host dual", "host 10.0.0.7 or host 2001:db8::7" },
		{ "host two", "host 10.0.0.1 or host 10.0.0.2" },
		{ "not host two", "not (host 10.0.0.1 or host 10.0.0.2)" },
		{ "host one or six", "host 10.0.0.1 or 2001:db8::6" },
		{ "host \\tcp", "host 10.0.0.9" },
		{ "net ten", "net 10" },
		{ "src net office", "src net 172.16.0.0/16" },
		{ "ip net ten", "ip net 10.0.0.0/8" },
		{ "port dns", "port 53" },
		{ "udp port dns", "udp port 53" },
		{ "sctp port dns", "sctp port 53" },
		{ "port web", "tcp port 80" },
		{ "tcp port web", "tcp port 80" },
		{ "dst port tftp", "udp dst port 69" },
		{ "port split", "tcp port 512" },
		{ "port r-cmd", "tcp port 514" },
		{ "portrange dns-90", "portrange 53-90" },
		{ "portrange dns-end", "portrange 53-90" },
		{ "portrange end-dns", "portrange 53-90" },
		{ "portrange web-web", "tcp port 80" },
		{ "tcp portrange web-dns", "tcp portrange 53-80" },
		{ "portrange tftp-web", "portrange 69-80" },
		{ "proto gre", "proto 47" },
		{ "ip proto \\tcp", "ip proto 6" },
		{ "ip6 proto gre", "ip6 proto 47" },
		{ "ether proto \\arp", "arp" },
		{ "ether proto lldp", "ether proto 0x88cc" },
		{ "ether proto slow", "ether proto 0x8809" },
		{ "ether proto loopback", "ether proto 0x9000" },
		{ "ether proto \\stp", "stp" },
		{ "ether host card", "ether host 00:11:22:33:44:55" },
		{ "ether src card", "ether src 0-11-22-33-44-55" },
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		struct filter_opts o = with_names(same[i][0]);
		char *a = try_listing(&o);
		o.text = same[i][1];
		char *b = try_listing(&o);
		if (strcmp(a, b) != 0)
			fail_msg("'%s' is not '%s':\n%s\n%s", same[i][0], same[i][1], a,
				b);
		free(a);
		free(b);
	}
}

static void
names_that_are_none(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		enum diag_code code;
		const char *says;
	} rows[] = {
		{ "host nowhere", DIAG_NAME, "unknown host 'nowhere'" },
		{ "ip6 host one", DIAG_NAME,
			"unknown host 'one' for specified address family" },
		{ "ip host six", DIAG_NAME,
			"unknown host 'six' for specified address family" },
		{ "arp host six", DIAG_NAME,
			"unknown host 'six' for specified address family" },
		{ "tcp host one", DIAG_QUALIFIER,
			"'tcp' is not a valid qualifier for 'host <Internet hostname>'" },
		{ "net nowhere", DIAG_NAME, "unknown network 'nowhere'" },
		{ "ip6 net ten", DIAG_QUALIFIER,
			"'ip6' is not a valid qualifier for 'net <IPv4 network name>'" },
		{ "port nowhere", DIAG_NAME, "unknown port 'nowhere'" },
		{ "udp port web", DIAG_NAME, "port 'web' is tcp" },
		{ "tcp port tftp", DIAG_NAME, "port 'tftp' is udp" },
		{ "sctp port web", DIAG_NAME, "port 'web' is tcp" },
		{ "ip port web", DIAG_QUALIFIER,
			"'ip' is not a valid qualifier for 'port'" },
		{ "portrange web", DIAG_RANGE, "port range 'web' contains no hyphen" },
		{ "portrange web-dns-1", DIAG_RANGE,
			"port range 'web-dns-1' contains more than one hyphen" },
		{ "portrange \\-web", DIAG_RANGE,
			"port range '-web' has no starting port" },
		{ "portrange \\web-", DIAG_RANGE,
			"port range 'web-' has no ending port" },
		{ "portrange dns-nowhere", DIAG_NAME, "'nowhere' is not a valid port" },
		{ "portrange 1-65536", DIAG_NAME, "'65536' is not a valid port" },
		{ "proto nowhere", DIAG_NAME, "unknown 'proto' value 'nowhere'" },
		{ "ip proto nowhere", DIAG_NAME, "unknown 'ip proto' value 'nowhere'" },
		{ "ip6 proto nowhere", DIAG_NAME, "unknown 'ip6 proto' value 'nowhere'" },
		{ "ether proto gre", DIAG_NAME, "unknown 'link proto' value 'gre'" },
		{ "ether host one", DIAG_NAME, "unknown Ethernet-like host 'one'" },
		{ "port 65536", DIAG_RANGE,
			"port number 65536 greater than maximum 65535" },
		{ "proto 256", DIAG_RANGE,
			"protocol number 256 greater than maximum 255" },
		{ "ether proto 65536", DIAG_RANGE,
			"EtherType 65536 greater than maximum 65535" },
		{ "ether proto 1500", DIAG_RANGE,
			"LLC DSAP 1500 greater than maximum 255" },
		{ "net 10.0.0.0/33", DIAG_RANGE,
			"netmask length 33 greater than maximum 32" },
		{ "net ::/129", DIAG_RANGE, "mask length must be <= 128" },
		{ "net 10.0.0.1/8", DIAG_PREFIX,
			"non-network bits set in \"10.0.0.1/8\"" },
		{ "ether host 1.2.3.4", DIAG_QUALIFIER,
			"illegal link-layer address '1.2.3.4'" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct filter_opts o = with_names(rows[i].text);
		struct try t = try_compile(&o);
		if (t.filter != NULL)
			fail_msg("'%s' compiles", rows[i].text);
		assert_string_equal(t.diags.diag[0].text, rows[i].says);
		assert_int_equal(t.diags.diag[0].code, rows[i].code);
	}
}

/* Without a table, and with one that lacks the function. */
static void
no_names_at_all(void **state)
{
	(void)state;
	static const char *const texts[] = { "host one", "net ten", "port web",
		"proto gre", "ether host card", "portrange web-dns" };
	static const struct filter_names none = { 0 };
	for (size_t i = 0; i < 2 * sizeof(texts) / sizeof(texts[0]); i++) {
		struct filter_opts o = try_opts(texts[i / 2]);
		o.names = i % 2 ? &none : NULL;
		assert_int_equal(try_code(&o), DIAG_NAME);
	}
	struct filter_opts o = try_opts("ether proto lldp"); /* needs none */
	assert_int_equal(try_code(&o), DIAG_NONE);
}

static void
names_of_many_addresses(void **state)
{
	(void)state;
	struct filter_opts o = with_names("src host many");
	struct try t = try_compile(&o);
	assert_non_null(t.filter);
	for (unsigned i = 0; i < 400; i++) {
		uint8_t data[34] = {
			[12] = 8, [26] = 10, 1, (uint8_t)(i >> 8), (uint8_t)i
		};
		const struct filter_packet p = { .data = data, .caplen = 34, .len = 34 };
		assert_int_equal(filter_match(t.filter, &p) != 0, i < 200);
	}
	filter_free(t.filter);
	host_calls = 0;
	o.text = "host one or host one or one";
	assert_int_equal(try_code(&o), DIAG_NONE);
	assert_in_range(host_calls, 1, 3);
}

/* The mask of `ip broadcast` comes with the options. */
static void
netmask_of_broadcast(void **state)
{
	(void)state;
	struct filter_opts o = try_opts("ip broadcast");
	char *a = try_listing(&o);
	o.text = "ip[16:4] & 0xff = 0 or ip[16:4] & 0xff = 0xff";
	char *b = try_listing(&o);
	assert_string_equal(a, b);
	free(a);
	free(b);
	o.text = "ip broadcast";
	o.netmask = UINT32_MAX;
	assert_int_equal(try_code(&o), DIAG_UNSUPPORTED);
	o.text = "ip";
	o.snaplen = 0;
	assert_int_equal(try_code(&o), DIAG_RANGE);
	o.snaplen = FILTER_SNAPLEN_MAX + 1;
	assert_int_equal(try_code(&o), DIAG_RANGE);
	o.snaplen = 1;
	o.input = FILTER_INPUT_COOKED;
	assert_int_equal(try_code(&o), DIAG_LINKTYPE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_what_they_stand_for),
		cmocka_unit_test(names_that_are_none),
		cmocka_unit_test(no_names_at_all),
		cmocka_unit_test(names_of_many_addresses),
		cmocka_unit_test(netmask_of_broadcast),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
