/* filter_switches.c: each optimisation can be turned off, and does something: with any
 * choice of them, expressions mean on whole packets what they mean with none, accept the
 * cut packets that were accepted, and the program says what its own graph says. */
#include "filter_try.h"

#include <sys/mman.h>

#include "../../filter/pass.h"
#include "../gen/packets.h"
#include "../prop/exprs.h"

enum { PACKETS = 30, ROUNDS = 150, ALL = (1u << PASSES) - 1 };

static const char *const names[PASSES] = {
#define X(symbol, name, level, run) name,
#include "../../filter/pass.def"
#undef X
};

#define ROOM (1u << 31) /* bytes; no address is beyond it */

static struct gen_packet packets[PACKETS];
static uint8_t *bytes; /* a packet that goes on with zeros: no load is beyond it */
static unsigned longer[PASSES]; /* programs that are, without it */

static struct filter *
compile(const struct filter_opts *opts, uint32_t on)
{
	char list[16 * PASSES + 1] = "";
	struct filter_opts o = *opts;
	for (unsigned i = 0; i < PASSES; i++)
		if (pass_on(on, i)) {
			strcat(list, *list != '\0' ? "," : "");
			strcat(list, names[i]);
		}
	o.passes = list;
	return try_compile(&o).filter;
}

static size_t
length(const struct filter *f)
{
	struct diags ds = { 0 };
	size_t count;
	return filter_cbpf(f, &count, &ds) != NULL ? count : 0;
}

static void
compare(const struct filter *plain, const struct filter *f, struct rng r,
	const char *text, uint32_t on)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		struct filter_packet p = {
			.data = bytes, .caplen = ROOM, .len = packets[i].len
		};
		memset(bytes, 0, PACKET_MAX);
		memcpy(bytes, packets[i].data, packets[i].len);
		for (unsigned cut = 0; cut < 3; cut++) {
			const uint32_t want = filter_eval(plain, &p);
			const uint32_t got = filter_eval(f, &p);
			if (filter_match(f, &p) != got)
				fail_msg("'%s', passes %#x: packet %u: the program is "
					 "not its graph",
					text, on, i);
			if (cut == 0 ? want != got : want > got)
				fail_msg("'%s', passes %#x: packet %u: %u, then %u", text,
					on, i, want, got);
			p.caplen = cut == 0 ? p.len : rng_below(&r, p.len + 1);
		}
	}
}

/* Each pass alone, all but each, and some. */
static void
try_text(const char *text, uint16_t linktype, struct rng *r)
{
	struct filter_opts o = try_opts(text);
	o.linktype = linktype;
	o.names = &expr_names;
	struct filter *plain = compile(&o, 0), *all = compile(&o, ALL);
	for (unsigned i = 0; plain != NULL && i <= 2 * PASSES; i++) {
		const uint32_t one = 1u << i / 2;
		const uint32_t on = i == 2 * PASSES ? rng_next(r) & ALL
				    : i % 2 == 0    ? one
						    : ALL & ~one;
		struct filter *f = compile(&o, on);
		if (f == NULL) /* never true, which optimisation shows */
			continue;
		compare(plain, f, *r, text, on);
		if (i % 2 == 1 && all != NULL)
			longer[i / 2] += length(f) > length(all);
		filter_free(f);
	}
	rng_next(r);
	filter_free(plain);
	filter_free(all);
}

static void
make_packets(struct rng *r, uint16_t linktype)
{
	for (unsigned i = 0; i < PACKETS; i++)
		packet_build_rich(r, linktype, &packets[i]);
}

static void
random_expressions(void **state)
{
	(void)state;
	static struct expr e;
	static const uint16_t links[] = { 1, 101, 105, 113, 276, 9, 127 };
	struct rng r = { 23 };
	const unsigned rounds = try_rounds(ROUNDS);
	for (unsigned l = 0; l < sizeof(links) / sizeof(links[0]); l++) {
		const struct expr_kind kind = { .linktype = links[l] };
		make_packets(&r, links[l]);
		for (unsigned i = 0; i < rounds; i++) {
			e.len = 0;
			expr_build(&r, &kind, &e);
			try_text(e.text, links[l], &r);
		}
	}
}

/* Lists, long enough for all passes. */
static void
lists(void **state)
{
	(void)state;
	static const char *const forms[] = { "port %u", "host 10.%u.0.1",
		"net 10.%u.0.0/16", "ip src 10.%u.0.2", "ip[8] = %u",
		"not udp dst port %u" };
	struct rng r = { 29 };
	const unsigned rounds = try_rounds(60);
	make_packets(&r, FILTER_LINK_EN10MB);
	for (unsigned i = 0; i < rounds; i++) {
		char text[8192] = "", *to = text;
		const unsigned n = 2 + rng_below(&r, 60);
		const char *form = forms[rng_below(&r, sizeof(forms) / sizeof(forms[0]))];
		const char *other =
			forms[rng_below(&r, sizeof(forms) / sizeof(forms[0]))];
		for (unsigned j = 0; j < n; j++) {
			to += sprintf(to, "%s", j > 0 ? " or " : "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			to += sprintf(to, rng_chance(&r, 80) ? form : other,
				rng_below(&r, 256));
#pragma GCC diagnostic pop
		}
		try_text(text, FILTER_LINK_EN10MB, &r);
	}
}

/* Pairs of one thing, which some passes are for that random expressions have too seldom:
 * each address may stand in two fields. */
static void
pairs(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"src host (192.168.1.1 or 10.0.1.1 and 192.168.1.255 or 192.0.2.99) and "
		"aarp",
		"decnet and not (dst host 10.0.0.2 and 10.1.2.3 or 224.0.0.1 or "
		"192.168.1.1)",
		"not dst host (10.0.1.1 or 255.255.255.255 or 10.0.0.2 or 10.0.0.1) or "
		"not 127.0.0.1 and 255.255.255.255",
	};
	struct rng r = { 5 };
	const unsigned rounds = try_rounds(40);
	make_packets(&r, 164); /* JUNIPER_MONITOR */
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (unsigned j = 0; j < rounds; j++)
			try_text(texts[i], 164, &r);
}

/* `gather` is for time: what it makes, others make as well.  `entry` makes the longest
 * way shorter, and no program; `lookup` is eBPF's. */
static void
each_does_something(void **state)
{
	(void)state;
	if (try_rounds(ROUNDS) < ROUNDS) {
		print_message("some passes do something only in all of the rounds\n");
		skip();
	}
	for (unsigned i = 0; i < PASSES; i++) {
		print_message(
			"%s: %u programs are longer without it\n", names[i], longer[i]);
		if (i != PASS_GATHER && i != PASS_ENTRY && i != PASS_LOOKUP)
			assert_true(longer[i] > 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_expressions),
		cmocka_unit_test(lists),
		cmocka_unit_test(pairs),
		cmocka_unit_test(each_does_something),
	};
	bytes = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (bytes == MAP_FAILED) {
		puts("1..0 # SKIP no room for 2 GiB of zeros");
		return 77;
	}
	const int failed = cmocka_run_group_tests(tests, NULL, NULL);
	munmap(bytes, ROOM);
	return failed;
}
