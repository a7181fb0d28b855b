/* filter_warn.c: warnings: what they say, which clauses they are about, when it is an
 * error instead, of short texts and of a mebibyte.  (How long looking for them takes:
 * tests/bench/compile.sh.) */
#include "filter_try.h"

enum { EN10MB = 1, IEEE802_11 = 105, PRISM = 119, RADIOTAP = 127, PPI = 192 };

struct row {
	const char *text;
	enum diag_code code;
	enum severity severity;
	const char *place[2]; /* what stands there; NULL: no place */
	const char *says;     /* a part of the message */
	uint16_t linktype;    /* 0: EN10MB */
	bool plain;           /* not optimised */
};

#define ERROR SEV_ERROR
#define WARNING SEV_WARNING

static const struct row rows[] = {
	/* read from left to right */
	{ "ip or arp and tcp", DIAG_PRECEDENCE, WARNING, { "ip or arp", "tcp" },
		": (ip or arp) and tcp", 0, false },
	{ "ip and arp or tcp", DIAG_PRECEDENCE, WARNING, { "ip and arp", "tcp" },
		": (ip and arp) or tcp", 0, false },
	{ "ip or arp and tcp or len > 5", DIAG_PRECEDENCE, WARNING,
		{ "ip or arp and tcp", "len > 5" }, ": ((ip or arp) and tcp) or len > 5",
		0, false },
	{ "host 1.2.3.4 or not 5.6.7.8 and 9.8.7.6", DIAG_PRECEDENCE, WARNING,
		{ "1.2.3.4 or not 5.6.7.8", "9.8.7.6" },
		": (host 1.2.3.4 or not host 5.6.7.8) and host 9.8.7.6", 0, false },
	{ "(ip or (tcp)) and udp or (len > 5)", DIAG_PRECEDENCE, WARNING,
		{ "(ip or (tcp)) and udp", "len > 5" },
		": ((ip or tcp) and udp) or len > 5", 0, false },
	{ "less 1 or less 2 or less 3 or less 4 and ip", DIAG_PRECEDENCE, WARNING,
		{ "less 1 or less 2 or less 3 or less 4", "ip" },
		": (less 1 or less 2 or ... or less 4) and ip", 0, false },
	{ "ip and not(arp\tor\n tcp and udp)", DIAG_PRECEDENCE, WARNING,
		{ "arp\tor\n tcp", "udp" }, ": (arp or tcp) and udp", 0, false },
	/* never */
	{ "ip and ip6", DIAG_NEVER, ERROR, { "ip6", "ip" },
		"expression rejects all packets: 'ip' and 'ip6' are never true together",
		0, false },
	{ "ip and ip6", DIAG_NEVER, WARNING, { "ip6", "ip" },
		"'ip' and 'ip6' are never true together", 0, true },
	{ "ip and len > 9 and not tcp and (arp or ip6)", DIAG_NEVER, ERROR,
		{ "arp or ip6", "ip" }, "'ip' and 'arp or ip6' are never", 0, false },
	{ "(ip and tcp) and (len > 9 and udp)", DIAG_NEVER, ERROR, { "udp", "tcp" },
		"'tcp' and 'udp' are never", 0, false },
	{ "tcp port 80 and not (ip or ip6)", DIAG_NEVER, ERROR,
		{ "not (ip or ip6)", "tcp port 80" },
		"'tcp port 80' and 'not (ip or ip6)' are never", 0, false },
	{ "port 1 and 2 and 3", DIAG_NEVER, ERROR, { "3", "port 1" },
		"'port 1' ... 'port 3' are never true together", 0, false },
	{ "(ip and ip6) or (tcp and udp)", DIAG_NEVER, ERROR, { "ip6", "ip" },
		"'ip' and 'ip6' are never", 0, false },
	{ "len > 9 and ip[0] = 300 and tcp", DIAG_NEVER, WARNING, { "ip[0] = 300", NULL },
		"'ip[0] = 300' is never true", 0, false },
	{ "len > 9 and not (ip6 or not ip6)", DIAG_NEVER, ERROR, { "not ip6", "ip6" },
		"rejects all packets: 'ip6' or 'not ip6' is always true", 0, false },
	{ "arp", DIAG_NEVER, ERROR, { "arp", NULL }, "'arp' is never true on RAW",
		FILTER_LINK_RAW, false },
	{ "1 = 2", DIAG_NEVER, ERROR, { "1 = 2", NULL }, "'1 = 2' is never true",
		FILTER_LINK_RAW, false },
	{ "not (len / (3 - 3) = 1)", DIAG_NEVER, ERROR,
		{ "not (len / (3 - 3) = 1)", NULL }, "is never true", 0, false },
	/* where libpcap does not look, it is no error */
	{ "protochain 6 and ip and ip6", DIAG_NEVER, WARNING, { "ip6", "ip" }, "", 0,
		false },
	{ "geneve and ip and ip6", DIAG_NEVER, WARNING, { "ip6", "ip" }, "", 0, false },
	{ "ip and ip6", DIAG_NEVER, WARNING, { "ip6", "ip" }, "", IEEE802_11, false },
	{ "ip and ip6", DIAG_NEVER, WARNING, { "ip6", "ip" }, "", RADIOTAP, false },
	{ "len < 5 and len > 5", DIAG_NEVER, WARNING, { "len > 5", "len < 5" }, "", PRISM,
		false },
	{ "type mgt and type data", DIAG_NEVER, ERROR, { "type data", "type mgt" }, "",
		IEEE802_11, false },
	{ "type mgt and type data", DIAG_NEVER, ERROR, { "type data", "type mgt" }, "",
		RADIOTAP, false },
	{ "len < 5 and len > 5", DIAG_NEVER, ERROR, { "len > 5", "len < 5" }, "", PPI,
		false },
	/* always */
	{ "tcp or not tcp", DIAG_ALWAYS, WARNING, { "not tcp", "tcp" },
		"expression accepts all packets: 'tcp' or 'not tcp' is always true", 0,
		false },
	{ "tcp or not tcp", DIAG_ALWAYS, WARNING, { "not tcp", "tcp" }, "", 0, true },
	{ "not port 80 or not tcp or not udp", DIAG_ALWAYS, WARNING,
		{ "not udp", "not tcp" }, "'not tcp' or 'not udp' is always", 0, false },
	{ "len > 5 or (arp or not (arp and len > 9))", DIAG_ALWAYS, WARNING,
		{ "not (arp and len > 9)", "arp" }, "'arp' or 'not (arp and len > 9)' is",
		0, false },
	{ "len < 5 or len = 6 or len > 6 or len = 5", DIAG_ALWAYS, WARNING,
		{ "len = 5", "len < 5" }, "one of 'len < 5' ... 'len = 5' is always", 0,
		false },
	{ "not (ip and ip6)", DIAG_ALWAYS, WARNING, { "ip6", "ip" },
		"accepts all packets: 'ip' and 'ip6' are never true together", 0, false },
	{ "ip", DIAG_ALWAYS, WARNING, { "ip", NULL }, "'ip' is always true on IPV4",
		FILTER_LINK_IPV4, false },
	{ "less 5 or len >= 0", DIAG_ALWAYS, WARNING, { "len >= 0", NULL },
		"'len >= 0' is always true", 0, false },
};

static void
check_place(const struct row *r, struct span s, const char *wanted)
{
	const size_t len = wanted != NULL ? strlen(wanted) : 0;
	if (s.len != len || (len > 0 && strncmp(r->text + s.at, wanted, len) != 0))
		fail_msg("'%s': place is %u+%u, not '%s'", r->text, s.at, s.len,
			wanted ? wanted : "");
}

static void
test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct row *r = &rows[i];
		struct filter_opts o = try_opts(r->text);
		o.linktype = r->linktype ? r->linktype : EN10MB;
		o.no_optimise = r->plain;
		struct try t = try_compile(&o);
		const struct diag *d = &t.diags.diag[0];
		filter_free(t.filter);
		if (t.diags.count == 0 || d->code != r->code ||
			d->severity != r->severity)
			fail_msg("'%s' on %u: %s", r->text, o.linktype, d->text);
		if (strstr(d->text, r->says) == NULL)
			fail_msg("'%s': %s", r->text, d->text);
		check_place(r, d->span[0], r->place[0]);
		check_place(r, d->span[1], r->place[1]);
	}
}

static void
test_none(void **state)
{
	static const char *const texts[] = { "", "ip", "ip or arp", "(ip or arp) and tcp",
		"ip and (arp or tcp)", "not ip and not arp", "((ip and tcp)) or arp",
		"(ip) or (arp and tcp)", "src or dst host 1.2.3.4 and tcp",
		"not (ip or arp) and tcp", "not (ip and tcp) or udp",
		"vlan 7 (ip or arp) and len > 5", "tcp or udp or sctp", "ip or ip6",
		"len < 5 or len > 5", "(port 80 or 81) and host 1.2.3.4",
		"port in {22, 80} and tcp", "(tcp and port in {22, 80}) or udp" };
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		for (unsigned plain = 0; plain < 2; plain++) {
			struct filter_opts o = try_opts(texts[i]);
			o.no_optimise = plain != 0;
			struct try t = try_compile(&o);
			filter_free(t.filter);
			if (t.diags.count != 0)
				fail_msg("'%s': %s", texts[i], t.diags.diag[0].text);
		}
	}
}

/* One a level; a few levels; all of them shorter than the message. */
static void
test_bounds(void **state)
{
	(void)state;
	const char *many = "(ip or arp and tcp) and (ip or arp and udp) and "
			   "(ip or arp and sctp) and (ip or arp and icmp)";
	struct filter_opts o = try_opts(many);
	o.no_optimise = true; /* it never matches */
	struct try t = try_compile(&o);
	unsigned told = 0;
	for (unsigned i = 0; i < t.diags.count; i++)
		told += t.diags.diag[i].code == DIAG_PRECEDENCE;
	assert_int_equal(told, 3);
	filter_free(t.filter);
	char text[4096] = "ip", *to = text + 2;
	for (unsigned i = 0; i < 100; i++)
		to += sprintf(to, " or len > %u and len < %u", i + 100000, i + 900000);
	o = try_opts(text);
	t = try_compile(&o);
	assert_int_equal(t.diags.count, 1);
	assert_int_equal(t.diags.diag[0].code, DIAG_PRECEDENCE);
	assert_non_null(strstr(t.diags.diag[0].text, "..."));
	filter_free(t.filter);
}

/* `first`, then `part` with numbers up to a mebibyte of it, then `last`. */
static char *
large(const char *first, const char *part, const char *last)
{
	const size_t room = 1u << 20;
	char *text = malloc(room + 100), *to = text;
	assert_non_null(text);
	to = stpcpy(to, first);
	for (unsigned i = 0; to < text + room - 100; i++)
		to += snprintf(to, 100, part, i % 60000);
	strcpy(to, last);
	return text;
}

static void
test_large(void **state)
{
	static const struct {
		const char *first, *part, *last;
		enum diag_code code;
	} texts[] = {
		{ "ip", " and not port %u", "", DIAG_NONE },
		{ "ip", " and not port %u", " and ip6", DIAG_NEVER },
		{ "ip and ip6", " and not port %u", "", DIAG_NEVER },
		{ "ip", " or port %u", " or not ip", DIAG_ALWAYS },
		/* nothing is searched, but each operand is a graph of its own */
		{ "tcp", " or (arp or port %u and udp)", "", DIAG_PRECEDENCE },
	};
	(void)state;
	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *text = large(texts[i].first, texts[i].part, texts[i].last);
		struct filter_opts o = try_opts(text);
		struct try t = try_compile(&o);
		filter_free(t.filter);
		free(text);
		assert_int_equal(t.diags.count > 0 ? t.diags.diag[0].code : DIAG_NONE,
			texts[i].code);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows),
		cmocka_unit_test(test_none), cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_large) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
