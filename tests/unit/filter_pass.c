/* filter_pass.c: the passes one by one, on random expressions and packets: the verdict is
 * that of before, and the cost never rises. */
#include "filter_try.h"

#include "../../filter/lex.h"
#include "../../filter/parse.h"
#include "../../filter/pass.h"
#include "../../filter/step.h"
#include "../gen/packets.h"
#include "../prop/exprs.h"

enum { PACKETS = 40, ROUNDS = 1500, ROOM = 1 << 25 };

static struct gen_packet packets[PACKETS];
static uint8_t *bytes; /* a packet that goes on with ROOM zeros: no load is beyond it */

static bool
build_graph(const struct filter_opts *o, struct graph *g, struct arena *arena,
	struct arena *scratch)
{
	struct tokens ts;
	struct syntax syntax;
	struct diags ds = { 0 };
	graph_init(g, arena, o->snaplen);
	if (!lex(o->text, scratch, &ts, &ds) || !parse(&ts, scratch, &syntax, &ds) ||
		!resolve(o, &syntax, g, scratch, &ds))
		return false;
	build(g, &syntax, scratch);
	arena_free(scratch);
	return true;
}

struct verdicts {
	uint32_t whole[PACKETS], cut[PACKETS];
};

static void
judge(const struct graph *g, struct rng r, struct verdicts *v)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		struct filter_packet p = {
			.data = bytes, .caplen = ROOM, .len = packets[i].len
		};
		memset(bytes, 0, PACKET_MAX);
		memcpy(bytes, packets[i].data, packets[i].len);
		v->whole[i] = graph_eval(g, &p);
		p.caplen = rng_below(&r, p.len + 1);
		v->cut[i] = graph_eval(g, &p);
	}
}

/* Whole packets: the same.  Cut ones: what was accepted still is. */
static void
compare(const char *pass, const char *text, const struct verdicts *a,
	const struct verdicts *b)
{
	for (unsigned i = 0; i < PACKETS; i++) {
		if (a->whole[i] != b->whole[i])
			fail_msg("%s: '%s': packet %u: %u, then %u", pass, text, i,
				a->whole[i], b->whole[i]);
		if (a->cut[i] != 0 && b->cut[i] == 0)
			fail_msg("%s: '%s': packet %u, cut, is lost", pass, text, i);
	}
}

static void
all(struct graph *g, struct arena *scratch)
{
	optimise(g, scratch, NULL);
}

static const struct {
	const char *name;
	void (*run)(struct graph *, struct arena *);
} passes[] = {
#define X(symbol, name, level, run) { name, run },
#include "../../filter/pass.def"
#undef X
	{ "all", all },
};
enum { TRIED = sizeof(passes) / sizeof(passes[0]) };

struct trial {
	struct filter_opts opts;
	struct rng rng; /* says where packets are cut */
	struct verdicts before;
	struct arena arena, scratch;
	struct graph g;
};

static void
run(struct trial *t, unsigned pass, bool judged)
{
	struct verdicts after;
	const uint32_t cost = graph_cost(&t->g, &t->scratch);
	passes[pass].run(&t->g, &t->scratch);
	if (judged) {
		graph_check(&t->g);
		judge(&t->g, t->rng, &after);
		compare(passes[pass].name, t->opts.text, &t->before, &after);
	}
	/* the driver drops what rises; a pass alone seldom does */
	if (passes[pass].run == all)
		assert_true(graph_cost(&t->g, &t->scratch) <= cost);
	arena_free(&t->scratch);
}

/* One pass, judged before another one follows for the first time; then each of them
 * behind it. */
static bool
run_pairs(struct trial *t, unsigned first)
{
	bool judged = false, built = true;
	for (unsigned second = 0; built && second < TRIED; second++) {
		if (passes[second].run == NULL)
			continue;
		t->arena = t->scratch = (struct arena){ 0 };
		built = build_graph(&t->opts, &t->g, &t->arena, &t->scratch);
		if (built) {
			if (!judged)
				judge(&t->g, t->rng, &t->before);
			run(t, first, !judged);
			run(t, second, true);
			judged = true;
		}
		arena_free(&t->scratch);
		arena_free(&t->arena);
	}
	return built;
}

/* Two passes, in every order; not those of the back ends. */
static void
check(const char *text, uint16_t linktype, struct rng *r)
{
	struct trial t = { .opts = try_opts(text), .rng = *r };
	bool built = true;
	t.opts.linktype = linktype;
	t.opts.names = &expr_names;
	for (unsigned first = 0; built && first < TRIED; first++)
		if (passes[first].run != NULL)
			built = run_pairs(&t, first);
	rng_next(r);
}

static void
random_expressions(void **state)
{
	(void)state;
	static struct expr e;
	struct rng r = { 11 };
	const unsigned rounds = try_rounds(ROUNDS / 4);
	for (unsigned l = 0; packet_linktypes[l] != 0; l++) {
		const struct expr_kind kind = { .linktype = packet_linktypes[l] };
		for (unsigned i = 0; i < PACKETS; i++)
			packet_build(&r, packet_linktypes[l], &packets[i]);
		for (unsigned i = 0; i < rounds; i++) {
			e.len = 0;
			expr_build(&r, &kind, &e);
			check(e.text, packet_linktypes[l], &r);
		}
	}
}

static void
lists(void **state)
{
	(void)state;
	static const char *const forms[] = { "port %u", "host 10.0.0.%u", "ip[%u] = 1",
		"not udp port %u", "tcp[13] & %u != 0", "len > %u", "net 10.%u.0.0/16",
		"dst portrange 5-%u", "ether[0:2] = %u" };
	struct rng r = { 5 };
	const unsigned rounds = try_rounds(ROUNDS / 4);
	for (unsigned i = 0; i < PACKETS; i++)
		packet_build(&r, FILTER_LINK_EN10MB, &packets[i]);
	for (unsigned round = 0; round < rounds; round++) {
		char text[8192] = "", *to = text;
		const unsigned n = 2 + rng_below(&r, 12);
		const unsigned form = rng_below(&r, sizeof(forms) / sizeof(forms[0]));
		for (unsigned i = 0; i < n; i++) {
			const unsigned f =
				rng_chance(&r, 80)
					? form
					: rng_below(&r, sizeof(forms) / sizeof(forms[0]));
			to += sprintf(to, "%s",
				i == 0               ? ""
				: rng_chance(&r, 80) ? " or "
						     : " and ");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			to += sprintf(to, forms[f], rng_below(&r, 100));
#pragma GCC diagnostic pop
		}
		check(text, FILTER_LINK_EN10MB, &r);
	}
}

/* What the passes are there for. */
static void
tests_that_go(void **state)
{
	(void)state;
	static const char *const same[][2] = {
		{ "ip and ip and ip", "ip" },
		{ "ip or not ip", "1 = 1" },
		{ "ip and not ip", "1 = 2" },
		{ "not (ip and tcp) or (ip and tcp)", "1 = 1" },
		{ "len > 5 and len > 7 and len > 6", "len > 7" },
		{ "len > 5 or len > 7 or len > 6", "len > 5" },
		{ "len = 1 or len = 3 or len = 2", "len >= 1 and len <= 3" },
		{ "ip[8] = 3 and ip[8] = 4", "1 = 2" },
		{ "ip[8] != 3 or ip[8] != 4", "ip[8] >= 0" },
		{ "ip[8] >= 16 and ip[8] < 32", "ip[8] & 0xf0 = 16" },
	};
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		uint32_t cost[2];
		for (unsigned form = 0; form < 2; form++) {
			struct arena arena = { 0 }, scratch = { 0 };
			const struct filter_opts o = try_opts(same[i][form]);
			struct graph g;
			assert_true(build_graph(&o, &g, &arena, &scratch));
			optimise(&g, &scratch, NULL);
			cost[form] = graph_cost(&g, &scratch);
			arena_free(&scratch);
			arena_free(&arena);
		}
		if (cost[0] > cost[1])
			fail_msg("'%s' costs %u, '%s' %u", same[i][0], cost[0],
				same[i][1], cost[1]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_expressions),
		cmocka_unit_test(lists),
		cmocka_unit_test(tests_that_go),
	};
	bytes = calloc(1, ROOM);
	const int failed = bytes ? cmocka_run_group_tests(tests, NULL, NULL) : 99;
	free(bytes);
	return failed;
}
