/* filter_explain.c: explanations of the expressions of tests/prop: each term is quoted,
 * messages are those of a compile, and the numbers of captured bytes are true of packets
 * that are cut there.  And of deep expressions: no recursion, and output that grows with
 * the text. */
#include <sys/resource.h>

#include "filter_try.h"

#include "../../filter/lex.h"
#include "../../filter/parse.h"
#include "../gen/packets.h"

enum { PACKETS = 40, DEPTH = 1 << 20 };

/* malloc'd; *ok: what filter_explain returned. */
static char *
explained(const struct filter_opts *o, struct diags *ds, size_t *size, bool *ok)
{
	char *text = NULL;
	FILE *f = open_memstream(&text, size);
	assert_non_null(f);
	*ok = filter_explain(o, f, ds);
	fclose(f);
	return text;
}

/* Each leaf's own text is in it. */
static void
check_quotes(const char *text, const char *out)
{
	struct arena arena = { 0 };
	struct tokens ts;
	struct syntax syntax;
	struct diags ds = { 0 };
	assert_true(lex(text, &arena, &ts, &ds));
	assert_true(parse(&ts, &arena, &syntax, &ds));
	for (const struct ast *a = syntax.leaves; a != NULL; a = a->next_leaf) {
		if (a->kind == AST_SCOPE_BEGIN || a->kind == AST_SCOPE_END)
			continue;
		char *leaf = strndup(text + a->span.at, a->span.len);
		for (char *c = leaf; *c != '\0'; c++)
			*c = *c == '\t' || *c == '\n' ? ' ' : *c;
		if (strstr(out, leaf) == NULL)
			fail_msg("'%s': no '%s' in:\n%s", text, leaf, out);
		free(leaf);
	}
	arena_free(&arena);
}

/* The number before `what` in a line of the end; `otherwise` when there is no such line.
 */
static uint32_t
number_before(const char *out, const char *before, const char *what, uint32_t otherwise)
{
	const char *end = strstr(out, "\nTruncated packets:\n");
	assert_non_null(end);
	for (const char *at = strstr(end, what); at != NULL; at = strstr(at + 1, what)) {
		const char *line = at;
		while (line[-1] != '\n')
			line--;
		line += strspn(line, " ");
		if (strncmp(line, before, strlen(before)) == 0)
			return (uint32_t)strtoul(line + strlen(before), NULL, 10);
	}
	return otherwise;
}

static uint32_t
verdict(const struct filter *f, const struct gen_packet *g, uint32_t caplen)
{
	const struct filter_packet p = {
		.data = g->data, .caplen = caplen, .len = g->len
	};
	return filter_eval(f, &p);
}

/* Fewer than the least are never accepted; as many as suffice give the verdict of all. */
static void
check_bounds(const struct filter_opts *o, const struct filter *f, const char *out)
{
	const uint32_t least = number_before(out, "Fewer than ", " captured byte", 0);
	const uint32_t fixed = number_before(out, "", ": no test at a constant", 0);
	const uint32_t moving = number_before(out, "", ": no test at a computed", 0);
	const bool open = strstr(out, "\n  How many the others") != NULL;
	const uint32_t enough = fixed > moving ? fixed : moving;
	struct rng rng = { 7 };
	for (unsigned i = 0; i < PACKETS; i++) {
		struct gen_packet g;
		packet_build_rich(&rng, o->linktype, &g);
		for (uint32_t n = 0; n < least && n <= g.len; n++)
			if (verdict(f, &g, n) != 0)
				fail_msg("'%s': accepted with %u of %u bytes", o->text, n,
					least);
		const uint32_t whole = verdict(f, &g, g.len);
		for (uint32_t n = enough; !open && n < g.len && n < enough + 40; n++)
			if (verdict(f, &g, n) != whole)
				fail_msg("'%s': %u bytes do not suffice", o->text, n);
	}
}

static void
check_expression(const char *text, uint16_t linktype, bool plain)
{
	struct filter_opts o = try_opts(text);
	struct diags ds = { 0 };
	size_t size;
	bool ok;
	o.linktype = linktype;
	o.no_optimise = plain;
	struct try t = try_compile(&o);
	char *out = explained(&o, &ds, &size, &ok);
	if (ok != (t.filter != NULL) || ds.count != t.diags.count ||
		memcmp(&ds, &t.diags, sizeof(ds)) != 0)
		fail_msg("'%s': not the messages of a compile", text);
	if (ok) {
		check_quotes(text, out);
		if (packet_rich_knows(linktype))
			check_bounds(&o, t.filter, out);
	}
	filter_free(t.filter);
	free(out);
}

/* Rows: link type | expression; `tail` further fields. */
static unsigned
check_file(const char *name, unsigned tail)
{
	char path[4096], *line = NULL;
	const char *dir = getenv("srcdir");
	size_t room = 0;
	unsigned count = 0;
	snprintf(path, sizeof(path), "%s/%s", dir != NULL ? dir : ".", name);
	FILE *f = fopen(path, "r");
	if (f == NULL)
		fail_msg("%s cannot be read: set srcdir to the source tree", path);
	while (getline(&line, &room, f) > 0) {
		char *bar = strstr(line, " | ");
		uint16_t linktype;
		if (line[0] == '#' || bar == NULL)
			continue;
		*bar = '\0';
		line[strcspn(line, " ")] = '\0';
		char *text = bar + 3, *end = text + strcspn(text, "\n");
		*end = '\0';
		for (unsigned i = 0; i < tail; i++) {
			char *last = NULL;
			for (char *b = text; (b = strstr(b, " | ")) != NULL; b++)
				last = b;
			if (last != NULL)
				*last = '\0';
		}
		if (!filter_linktype_by_name(line, &linktype))
			fail_msg("%s: unknown link type %s", name, line);
		check_expression(text, linktype, count % 4 == 0);
		count++;
	}
	free(line);
	fclose(f);
	return count;
}

static void
expressions(void **state)
{
	(void)state;
	assert_true(check_file("tests/prop/exprs.txt", 0) > 500);
	assert_true(check_file("tests/prop/language.txt", 0) > 500);
	assert_true(check_file("tests/prop/peel_scoped.txt", 2) > 20);
}

static void
all_link_types(void **state)
{
	static const char *const texts[] = { "ip", "tcp port 80", "host 10.0.0.1", "arp",
		"ip6 host 2001:db8::1", "ether host 02:00:00:00:00:01", "vlan 1 and ip",
		"mpls and ip", "iso", "atalk", "inbound", "link[0] = 1", "multicast",
		"ip protochain 6", "tcp[tcpflags] & tcp-syn != 0", "vxlan (ip)",
		"geneve or tcp", "inner (udp)", "len > 60", "not port 53", "llc" };
	(void)state;
	for (unsigned l = 0; l < packet_rich_count(); l++)
		for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
			check_expression(texts[i], packet_rich_linktype(l), i % 2);
}

static void
deep(void **state)
{
	static const struct {
		const char *part, *last, *close;
	} rows[] = { { "(", "ip", ")" }, { "not ", "ip", "" },
		{ "not (tcp and ", "ip", ")" }, { "not (len > 5 or ", "ip", ")" },
		{ "ip and ", "ip", "" }, { "ip or tcp and ", "ip", "" } };
	(void)state;
	for (unsigned i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const size_t a = strlen(rows[i].part), c = strlen(rows[i].close);
		const size_t n = DEPTH / 8 / (a + c);
		char *text = malloc(n * (a + c) + 10), *to = text;
		assert_non_null(text);
		for (size_t j = 0; j < n; j++)
			to = stpcpy(to, rows[i].part);
		to = stpcpy(to, rows[i].last);
		for (size_t j = 0; j < n; j++)
			to = stpcpy(to, rows[i].close);
		const struct filter_opts o = try_opts(text);
		struct diags ds = { 0 };
		size_t size;
		bool ok;
		char *out = explained(&o, &ds, &size, &ok);
		assert_true(ok);
		assert_true(size < 4096 + n * 4000);
		free(out);
		free(text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions),
		cmocka_unit_test(all_link_types),
		cmocka_unit_test(deep),
	};
	struct rlimit stack;
	/* 8 MiB, as a shell gives: a larger one would hide recursion */
	if (getrlimit(RLIMIT_STACK, &stack) == 0 && stack.rlim_cur > 8u << 20) {
		stack.rlim_cur = 8u << 20;
		setrlimit(RLIMIT_STACK, &stack);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
