/* agree.c: do we mean what libpcap means, and do all of our back ends say the same?
 *
 * In: tests/prop/exprs.txt and random expressions; out: TAP, a line for each claim of
 * claim.def, and for each failure the smallest expression and the packet that show it.
 * Environment: AGREE_SEED (decimal), AGREE_RANDOM (number of random expressions),
 * AGREE_PACKETS (of each link type), AGREE_EBPF=0 (none), AGREE_SHOW (failures shown of
 * each claim), AGREE_GUARDS=1 (see struct expr_kind), AGREE_TRACE=1 (names each
 * expression on stderr), AGREE_EXPR and AGREE_LINK (this one expression only, on that
 * LINKTYPE_ number). */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "ebpf.h"
#include "exempt.h"
#include "exprs.h"
#include "shrink.h"

#define FAILURES_MAX 5 /* shown of each claim; the rest is only counted */
#define LINKS 4

struct campaign {
	struct check check;
	struct corpus corpus[LINKS];
	uint64_t failed[CLAIMS];
	uint64_t exempted;
};

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

static void
fill_corpora(struct campaign *c, uint32_t count)
{
	for (size_t i = 0; i < LINKS; i++) {
		struct rng r = { c->check.seed + 1000 * i };

		c->corpus[i].linktype = packet_linktypes[i];
		c->corpus[i].count = count;
		c->corpus[i].packet = calloc(count, sizeof *c->corpus[i].packet);
		if (!c->corpus[i].packet)
			abort();
		for (uint32_t n = 0; n < count; n++)
			packet_build(&r, packet_linktypes[i], &c->corpus[i].packet[n]);
	}
	c->check.corpus = c->corpus;
}

static const char *
verdict_text(enum outcome o)
{
	static const char *const texts[] = {
		[OUTCOME_REJECT] = "rejects",
		[OUTCOME_ACCEPT] = "accepts",
		[OUTCOME_BEYOND] = "loads beyond the capture",
	};

	return texts[o];
}

static void
show_packet(const struct failure *f, const char *text, uint16_t linktype)
{
	struct oracle o;

	if (oracle_open(&o, text, linktype, false))
		printf("#   libpcap's program from left to right: %s\n",
			verdict_text(oracle_run(&o, &f->view)));
	oracle_close(&o);
	printf("#   captured %" PRIu32 " of %" PRIu32 " bytes:\n", f->view.caplen,
		f->view.len);
	for (uint32_t i = 0; i < f->view.caplen; i++)
		printf("%s%02x",
			i % 32 ? ""
			: i    ? "\n#     "
			       : "#     ",
			f->view.data[i]);
	if (f->whole > f->view.caplen && f->whole - f->view.caplen <= 200)
		printf("\n#   and was cut from, going on:");
	for (uint32_t i = f->view.caplen;
		i < f->whole && f->whole - f->view.caplen <= 200; i++)
		printf("%s%02x", (i - f->view.caplen) % 32 ? "" : "\n#     ",
			f->view.data[i]);
	printf("\n");
}

static void
show_failure(struct campaign *c, struct expr *e, uint16_t linktype, struct failure *f)
{
	if (c->failed[f->claim] > setting("AGREE_SHOW", FAILURES_MAX))
		return;
	printf("# FAILED: %s\n#   in: %s\n", claim_text(f->claim), e->text);
	fflush(stdout);
	shrink_expr(&c->check, e, linktype, f);
	printf("#   expression: %s\n#   link type %u, %s program: %s\n", e->text,
		linktype, f->no_optimise ? "unoptimised" : "optimised", f->got);
	if (f->detail[0])
		printf("#   message: %s\n", f->detail);
	if (f->view.data)
		show_packet(f, e->text, linktype);
	fflush(stdout);
}

static void
try_expr(struct campaign *c, struct expr *e, uint16_t linktype)
{
	struct failure f;

	if (setting("AGREE_TRACE", 0)) /* says where an abort was */
		fprintf(stderr, "%u | %s\n", linktype, e->text);
	if (check_expr(&c->check, e->text, linktype, &f))
		return;
	if (exempt_reason(&f, e->text)) {
		c->exempted++;
		return;
	}
	c->failed[f.claim]++;
	show_failure(c, e, linktype, &f);
}

/* Ethernet's expressions are tried on the other link types as well. */
static bool
try_file(struct campaign *c, const char *path)
{
	struct expr_file in = { .f = fopen(path, "r") };
	uint16_t linktype;
	struct expr e;

	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return false;
	}
	while (expr_read(&in, &linktype, &e))
		for (size_t i = 0; i < LINKS; i++)
			if (packet_linktypes[i] == linktype ||
				linktype == packet_linktypes[0]) {
				struct expr copy = e; /* showing a failure changes it */

				try_expr(c, &copy, packet_linktypes[i]);
			}
	fclose(in.f);
	if (in.bad)
		printf("Bail out! %s:%u: not `link type | expression`\n", path, in.bad);
	return !in.bad;
}

static void
try_random(struct campaign *c, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		struct rng r = { rng_mix(c->check.seed + i) };
		const struct expr_kind kind = { packet_linktypes[i % LINKS],
			setting("AGREE_GUARDS", 0) != 0 };
		struct expr e;

		expr_build(&r, &kind, &e);
		try_expr(c, &e, kind.linktype);
	}
}

static int
report(const struct campaign *c)
{
	const struct check *k = &c->check;
	bool failed = false;

	printf("# %" PRIu64 " programs, %" PRIu64 " of ours too long for the kernel\n",
		k->programs, k->too_long);
	printf("# %" PRIu64 " of %" PRIu64 " whole packets matched\n", k->matched,
		k->tried);
	printf("# cut packets: %" PRIu64 " undecided by what was captured, %" PRIu64
	       " of them accepted; %" PRIu64 " expressions exempt\n",
		k->beyond, k->accepted_beyond, c->exempted);
	printf("1..%d\n", CLAIMS);
	for (int i = 0; i < CLAIMS; i++) {
		const bool tried = k->held[i] || c->failed[i];

		printf("%sok %d - %s", c->failed[i] ? "not " : "", i + 1,
			claim_text((enum claim)i));
		if (c->failed[i])
			printf(": %" PRIu64 " expressions fail", c->failed[i]);
		printf(tried ? " (%" PRIu64 ")\n" : " # SKIP tried %" PRIu64 " times\n",
			k->held[i]);
		failed |= c->failed[i] != 0;
	}
	return failed;
}

static void
open_kernel(struct campaign *c)
{
	const char *missing = setting("AGREE_EBPF", 1) ? ebpf_missing() : "AGREE_EBPF=0";

	c->check.with_kernel = kernel_open(&c->check.kernel);
	if (!c->check.with_kernel)
		missing = "no pair of AF_UNIX sockets";
	if (missing)
		printf("# eBPF is skipped: %s\n", missing);
	c->check.with_ebpf = !missing;
}

int
main(void)
{
	static struct campaign c;
	const char *srcdir = getenv("srcdir");
	const char *one = getenv("AGREE_EXPR");

	c.check.seed = setting("AGREE_SEED", 1);
	printf("# seed %" PRIu64 ", %s\n", c.check.seed, pcap_lib_version());
	fill_corpora(&c, (uint32_t)setting("AGREE_PACKETS", 200));
	open_kernel(&c);
	if (one) {
		struct expr e = { .len = 0 };

		expr_add(&e, "%s", one);
		try_expr(&c, &e, (uint16_t)setting("AGREE_LINK", 1));
	} else {
		char path[4096];

		snprintf(path, sizeof path, "%s/tests/prop/exprs.txt",
			srcdir ? srcdir : ".");
		if (!try_file(&c, path))
			return 99;
		try_random(&c, setting("AGREE_RANDOM", 2000));
	}
	for (size_t i = 0; i < LINKS; i++)
		free(c.corpus[i].packet);
	if (c.check.with_kernel)
		kernel_close(&c.check.kernel);
	return report(&c);
}
