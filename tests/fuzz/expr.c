/* expr.c: any text as an expression: an error that says where, or a filter that can be
 * printed in all forms and for which all back ends give one verdict.
 *
 * The same text is compiled with and without the optimiser.  L2R, the text read from left
 * to right, is what the program without it does: what L2R accepts is accepted, and where
 * L2R needed nothing beyond the captured bytes it is right. */
#include "target.h"

#include <linux/bpf.h>

#include "../gen/packets.h"
#include "lookup.h"
#include "machine.h"

enum { PACKETS = 4, CUTS = 3, COOKED_HEADER = 20 };

struct pair {
	struct filter_opts opts;
	struct filter *filter[2]; /* optimised, L2R */
	const struct sock_filter *insns[2];
	size_t count[2];
	bool guarded; /* arithmetic may be kept from leaving the packet by a test */
};

static struct filter_opts
options(const uint8_t *head, const char *text)
{
	const bool cooked = head[HEAD_FLAGS] & FLAG_COOKED;
	return (struct filter_opts){ .text = text,
		.linktype = cooked ? FILTER_LINK_LINUX_SLL2
				   : packet_rich_linktype(
					     head[HEAD_LINK] % packet_rich_count()),
		.input = cooked                        ? FILTER_INPUT_COOKED
			 : head[HEAD_FLAGS] & FLAG_SKB ? FILTER_INPUT_SKB
						       : FILTER_INPUT_FILE,
		.snaplen = head[HEAD_FLAGS] & FLAG_SNAPLEN ? 96 : FILTER_SNAPLEN_MAX,
		.netmask = head[HEAD_FLAGS] & FLAG_NETMASK ? 0xffffff00 : UINT32_MAX,
		.names = head[HEAD_FLAGS] & FLAG_NAMES ? &lookup_names : NULL,
		.files = head[HEAD_FLAGS] & FLAG_FILES ? &lookup_files : NULL,
		.program = head[HEAD_FLAGS] & FLAG_PROGRAM,
		.name = head[HEAD_FLAGS] & FLAG_PROGRAM ? "p" : NULL };
}

/* Spans in the text (a caret may stand just behind it), and nothing in a message that a
 * terminal would take for a command. */
static void
check_diags(const struct diags *ds, const char *text)
{
	const uint32_t length = (uint32_t)strlen(text);
	REQUIRE(ds->count <= DIAGS_MAX);
	for (unsigned i = 0; i < ds->count; i++) {
		const struct diag *d = &ds->diag[i];
		for (unsigned s = 0; s < 2; s++)
			REQUIRE(d->span[s].at <= length &&
				d->span[s].len <= length + 1 - d->span[s].at);
		REQUIRE(d->file[0] == '\0'
				? d->line == 0
				: d->line > 0 && d->column > 0 && d->span[0].len == 0);
		REQUIRE(d->code > DIAG_NONE && d->code < DIAG_CODES);
		REQUIRE(memchr(d->text, '\0', sizeof(d->text)) != NULL &&
			d->text[0] != '\0');
		REQUIRE(memchr(d->hint, '\0', sizeof(d->hint)) != NULL);
		for (const char *c = d->text; *c != '\0'; c++)
			REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
		for (const char *c = d->hint; *c != '\0'; c++)
			REQUIRE((unsigned char)*c >= ' ' && *c != 0x7f);
	}
}

static void
check_prints(const struct filter *f)
{
	char *text = NULL;
	size_t size = 0, count;
	FILE *to = open_memstream(&text, &size);
	REQUIRE(to != NULL);
	for (enum filter_format m = FILTER_FORMAT_LISTING; m <= FILTER_FORMAT_DECIMAL;
		m++) {
		struct diags ds = { 0 }, same = { 0 };
		const long before = ftell(to);
		const bool ok = filter_print(f, m, to, &ds);
		REQUIRE(ok == !diags_failed(&ds) && ok == (ftell(to) > before));
		REQUIRE(ok == (filter_cbpf(f, &count, &same) != NULL));
	}
	fclose(to);
	free(text);
}

/* Jumps go forward and stay within; the last instruction leaves. */
static void
check_ebpf(const struct filter *f, enum filter_reads reads)
{
	struct filter_ebpf e;
	struct diags ds = { 0 };
	if (!filter_ebpf(f, reads, &e, &ds)) {
		REQUIRE(diags_failed(&ds));
		return;
	}
	for (size_t i = 0; i < e.count; i++) {
		const unsigned class = BPF_CLASS(e.insns[i].code);
		const unsigned op = BPF_OP(e.insns[i].code);
		if ((class == BPF_JMP || class == BPF_JMP32) && op != BPF_EXIT)
			REQUIRE(e.insns[i].off >= 0 &&
				i + 1 + (size_t)e.insns[i].off < e.count);
	}
	REQUIRE(e.reach <= FILTER_SCRATCH);
	REQUIRE(e.count > 0 && e.insns[e.count - 1].code == (BPF_JMP | BPF_EXIT));
	filter_ebpf_free(&e);
}

/* One filter, one packet: the graph, the library's machine and ours. */
static struct machine_result
verdict(const struct pair *c, unsigned which, const struct filter_packet *p)
{
	const uint32_t eval = filter_eval(c->filter[which], p);
	struct machine_result r = { eval, true, false };
	REQUIRE(eval == 0 || eval == c->opts.snaplen);
	REQUIRE(eval == filter_match(c->filter[which], p));
	if (c->insns[which] != NULL) {
		r = machine_run(c->insns[which], c->count[which], p);
		REQUIRE(!r.strange);
		REQUIRE(r.verdict == eval);
	}
	return r;
}

/* `whole`: the same packet with all of its bytes. */
static void
compare(const struct pair *c, const struct filter_packet *p,
	const struct filter_packet *whole)
{
	struct machine_result plain = { 0, true, false }, best = { 0 };
	if (c->filter[1] != NULL)
		plain = verdict(c, 1, p);
	if (c->filter[0] != NULL)
		best = verdict(c, 0, p);
	/* what L2R accepts */
	REQUIRE(plain.verdict == 0 || best.verdict != 0);
	/* where nothing was missing */
	if (!c->guarded && !plain.fault)
		REQUIRE((plain.verdict != 0) == (best.verdict != 0));
	if (!c->guarded && best.verdict != 0 && plain.verdict == 0 && whole != p) {
		const struct machine_result r = verdict(c, 1, whole);
		REQUIRE(r.verdict != 0 || r.fault);
	}
}

/* In an allocation of its own, so that a read beyond it is seen. */
static uint8_t *
exactly(const uint8_t *data, uint32_t n)
{
	uint8_t *copy = malloc(n > 0 ? n : 1);
	REQUIRE(copy != NULL);
	if (n > 0)
		memcpy(copy, data, n);
	return copy;
}

static struct filter_packet
show(const struct filter_opts *o, const struct gen_packet *g, struct rng *rng)
{
	const uint8_t *d = g->data;
	struct filter_packet p = { .data = d, .caplen = g->len, .len = g->len };
	if (o->input == FILTER_INPUT_FILE)
		return p;
	p.ifindex = 1 + rng_below(rng, 4);
	p.pkttype = (uint8_t)rng_below(rng, 5);
	p.protocol = g->len > 14 ? (uint16_t)(d[12] << 8 | d[13]) : 0;
	p.hatype = (uint16_t)(rng_chance(rng, 80) ? 1 : rng_next(rng));
	p.vlan_present = rng_chance(rng, 30);
	p.vlan_tci = p.vlan_present ? (uint16_t)rng_next(rng) : 0;
	if (o->input == FILTER_INPUT_COOKED && g->len >= COOKED_HEADER) {
		p.protocol = (uint16_t)(d[0] << 8 | d[1]);
		p.data += COOKED_HEADER;
		p.caplen = p.len -= COOKED_HEADER;
	}
	return p;
}

static void
judge(const struct pair *c, const struct gen_packet *g, struct rng *rng, uint8_t cut)
{
	struct filter_packet whole = show(&c->opts, g, rng);
	uint8_t *data = exactly(whole.data, whole.caplen);
	whole.data = data;
	compare(c, &whole, &whole);
	for (unsigned i = 0; i < CUTS && whole.caplen > 0; i++) {
		struct filter_packet p = whole;
		const uint32_t near = i == 0 ? 1u + cut : 90;
		p.caplen = rng_below(rng, near < whole.caplen ? near : whole.caplen);
		uint8_t *part = exactly(data, p.caplen);
		p.data = part;
		compare(c, &p, &whole);
		free(part);
	}
	free(data);
}

/* Rich packets, and one of nothing but zeros that hardly ends. */
static void
judge_all(const struct pair *c, const uint8_t *head)
{
	static const uint8_t zeros[1 << 16];
	struct rng rng = { head[HEAD_SEED] };
	const struct filter_packet empty = {
		.data = zeros, .caplen = sizeof(zeros), .len = sizeof(zeros)
	};
	for (unsigned i = 0; i < PACKETS; i++) {
		struct gen_packet g;
		packet_build_rich(&rng, c->opts.linktype, &g);
		judge(c, &g, &rng, head[HEAD_CUT]);
	}
	compare(c, &empty, &empty);
}

/* Is there an operator, or another index, in an index?  Then an address may be kept in
 * the packet by a guard, which is a test like another and no fault. */
static bool
is_guarded(const char *text)
{
	unsigned depth = 0;
	for (; *text != '\0'; text++) {
		if (depth > 0 && (strchr("+-*/%&|^<>[", *text) != NULL))
			return true;
		depth += *text == '[';
		depth -= *text == ']' && depth > 0;
	}
	return false;
}

static bool
says_never(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].severity == SEV_ERROR)
			return ds->diag[i].code == DIAG_NEVER;
	return false;
}

/* A filter that never matches is refused, by the optimiser alone: any other difference
 * between the two is a fault. */
static void
compile(struct pair *c, const struct filter_opts *o)
{
	struct diags ds[2] = { { 0 }, { 0 } };
	for (unsigned i = 0; i < 2; i++) {
		struct filter_opts opts = *o;
		opts.no_optimise = i == 1;
		const bool ok = filter_compile(&opts, &c->filter[i], &ds[i]);
		REQUIRE(ok == (c->filter[i] != NULL) && ok == !diags_failed(&ds[i]));
		check_diags(&ds[i], o->text);
		if (ok) {
			struct diags why = { 0 };
			c->insns[i] = filter_cbpf(c->filter[i], &c->count[i], &why);
		}
	}
	if (c->filter[0] == NULL && c->filter[1] != NULL)
		REQUIRE(says_never(&ds[0]));
	else
		REQUIRE((c->filter[0] != NULL) == (c->filter[1] != NULL));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = target_text(data, size);
	if (text == NULL)
		return 0;
	struct pair c = { .opts = options(data, text), .guarded = is_guarded(text) };
	compile(&c, &c.opts);
	for (unsigned i = 0; i < 2; i++)
		if (c.filter[i] != NULL) {
			check_prints(c.filter[i]);
			check_ebpf(c.filter[i], data[HEAD_FLAGS] & FLAG_CONTEXT
							? FILTER_READS_CONTEXT
							: FILTER_READS_SCRATCH);
		}
	if (c.filter[1] != NULL)
		judge_all(&c, data);
	filter_free(c.filter[0]);
	filter_free(c.filter[1]);
	free(text);
	return 0;
}
