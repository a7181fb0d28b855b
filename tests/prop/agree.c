/* agree.c: do we mean what libpcap means, and do all of our back ends say the same?
 *
 * In: tests/prop/exprs.txt, language.txt, exprs_bad.txt, peel.txt, peel_scoped.txt, and
 * random expressions for each family of link types (links.h); out: TAP, a line for each
 * claim of claim.def, and what shows a failure: the smallest expression, and a packet.
 *
 * The long run, which is not part of `make check` (an hour or two):
 *	AGREE_RANDOM=100000 AGREE_EBPF=1 tests/prop/agree
 * or one family at a time:
 *	AGREE_FAMILY=wlan AGREE_RANDOM=100000 AGREE_EBPF=1 tests/prop/agree
 *
 * Environment: AGREE_SEED (decimal), AGREE_RANDOM (number of random expressions of each
 * family), AGREE_FAMILY (this one only, no files), AGREE_PACKETS (of each link type),
 * AGREE_EBPF (percentage of expressions loaded as eBPF), AGREE_SHOW (failures shown of
 * each claim), AGREE_GUARDS=1 (see struct expr_kind), AGREE_TRACE=1 (names each
 * expression on stderr), AGREE_EXPR and AGREE_LINK (this one expression only, on that
 * LINKTYPE_ number). */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "../gen/pool.h"
#include "adapt.h"
#include "campaign.h"
#include "ebpf.h"
#include "links.h"
#include "peel.h"

#define RANDOM 120     /* expressions of each family */
#define PACKETS 150    /* of each link type */
#define EBPF_PERCENT 8 /* of expressions */
#define FAILURES 5     /* shown of each claim */

enum { ETHERNET = 1 };

static unsigned long
setting(const char *name, unsigned long otherwise)
{
	const char *text = getenv(name);

	return text && *text ? strtoul(text, NULL, 0) : otherwise;
}

/* Ethernet's expressions of exprs.txt are tried on these as well. */
static const uint16_t others[] = { 101, 113, 276 };

/* Of packets around VXLAN. */
static const uint16_t outers[] = { 1, 101, 113, 276 };

static void
try_line(struct campaign *c, struct expr *e, uint16_t linktype)
{
	campaign_try(c, e, linktype);
}

static void
try_on_others(struct campaign *c, struct expr *e, uint16_t linktype)
{
	for (size_t i = 0; linktype == ETHERNET && i < sizeof others / sizeof others[0];
		i++) {
		struct expr copy = *e; /* showing a failure changes it */

		campaign_try(c, &copy, others[i]);
	}
	campaign_try(c, e, linktype);
}

/* `expression | why` */
static void
try_bad(struct campaign *c, struct expr *e, uint16_t linktype)
{
	char *bar = e->text + e->len;

	while (bar > e->text && strncmp(bar, " | ", 3) != 0)
		bar--;
	*bar = '\0';
	e->len = (size_t)(bar - e->text);
	campaign_refuse(c, e, linktype, bar + 3);
}

/* `expression | tunnels | inner expression` */
static void
try_peel(struct campaign *c, struct expr *e, uint16_t linktype)
{
	char *tunnels = strstr(e->text, " | ");
	char *inner = tunnels ? strstr(tunnels + 3, " | ") : NULL;
	struct peel peel;

	if (!inner) {
		printf("# peel.txt: no three parts: %s\n", e->text);
		c->failed[CLAIM_PEEL]++;
		return;
	}
	*tunnels = *inner = '\0';
	if (!peel_read(tunnels + 3, &peel)) {
		printf("# peel.txt: no such tunnels: %s\n", tunnels + 3);
		c->failed[CLAIM_PEEL]++;
		return;
	}
	campaign_peel(c, &(struct peel_case){ e->text, inner + 3, linktype, &peel });
}

/* Random expressions behind `vxlan`, which libpcap 1.10.3 does not know. */
static void
try_vxlan(struct campaign *c, unsigned long count)
{
	for (unsigned long i = 0; i < count; i++) {
		struct rng r = { rng_mix(c->check.seed + i) + FAMILIES };
		const struct expr_kind kind = { .linktype = ETHERNET };
		const bool any = rng_chance(&r, 60);
		const uint32_t number = pool_vni(&r);
		struct expr text = { .len = 0 }, inner = { .len = 0 };
		struct oracle o;
		struct peel peel;
		char tunnel[32] = "vxlan";

		if (!any)
			snprintf(tunnel, sizeof tunnel, "vxlan %" PRIu32, number);
		peel_read(tunnel, &peel);
		expr_build(&r, &kind, &inner);
		expr_add(&text, "%s and ( %s )", tunnel, inner.text);
		/* link[] of another packet; headers at varying places */
		if (adapt_asks_link(inner.text) || strstr(inner.text, "protochain"))
			continue;
		if (oracle_open(&o, inner.text, ETHERNET, false))
			campaign_peel(c, &(struct peel_case){ text.text, inner.text,
						 outers[i % 4], &peel });
		oracle_close(&o);
	}
}

static bool
try_file(struct campaign *c, const char *name,
	void (*try)(struct campaign *, struct expr *, uint16_t linktype))
{
	const char *srcdir = getenv("srcdir");
	struct expr_file in = { .line = 0 };
	char path[4096];
	uint16_t linktype;
	struct expr e;

	snprintf(path, sizeof path, "%s/tests/prop/%s", srcdir ? srcdir : ".", name);
	in.f = fopen(path, "r");
	if (!in.f) {
		printf("Bail out! %s: cannot be opened\n", path);
		return false;
	}
	while (expr_read(&in, &linktype, &e))
		try(c, &e, linktype);
	fclose(in.f);
	if (in.bad)
		printf("Bail out! %s:%u: not `link type | expression`\n", path, in.bad);
	return !in.bad;
}

/* The link types of a family take turns. */
static uint16_t
pick_link(enum family f, unsigned long turn)
{
	unsigned long members = 0;

	for (const struct link *l = links; l->name; l++)
		members += l->family == f;
	assert(members && "no family is empty");
	turn %= members;
	for (const struct link *l = links;; l++)
		if (l->family == f && turn-- == 0)
			return l->linktype;
}

static void
try_family(struct campaign *c, enum family f, unsigned long count)
{
	const uint64_t tried = c->tried, pending = c->check.pending;
	const uint64_t programs = c->check.programs, exempted = c->exempted;

	for (unsigned long i = 0; i < count; i++) {
		struct rng r = { rng_mix(c->check.seed + i) + f };
		const struct expr_kind kind = {
			pick_link(f, i),
			setting("AGREE_GUARDS", 0) != 0,
		};
		struct expr e = { .len = 0 };

		expr_build(&r, &kind, &e);
		campaign_try(c, &e, kind.linktype);
	}
	printf("# %-8s %" PRIu64 " random expressions: %" PRIu64 " compiled, %" PRIu64
	       " not yet, %" PRIu64 " exempt\n",
		family_name(f), c->tried - tried, c->check.programs - programs,
		c->check.pending - pending, c->exempted - exempted);
	fflush(stdout);
}

static bool
try_families(struct campaign *c, const char *name)
{
	bool any = false;

	for (int f = 0; f < FAMILIES; f++)
		if (!name || strcmp(name, family_name((enum family)f)) == 0) {
			try_family(c, (enum family)f, setting("AGREE_RANDOM", RANDOM));
			any = true;
		}
	if (!any)
		printf("Bail out! AGREE_FAMILY=%s: no such family\n", name);
	return any;
}

static bool
try_all(struct campaign *c)
{
	const char *family = getenv("AGREE_FAMILY");

	if (!family)
		try_vxlan(c, setting("AGREE_RANDOM", RANDOM));
	return (family || (try_file(c, "exprs.txt", try_on_others) &&
				  try_file(c, "language.txt", try_line) &&
				  try_file(c, "exprs_bad.txt", try_bad) &&
				  try_file(c, "peel.txt", try_peel) &&
				  try_file(c, "peel_scoped.txt", try_peel))) &&
	       try_families(c, family);
}

static void
open_kernel(struct campaign *c)
{
	const unsigned percent = (unsigned)setting("AGREE_EBPF", EBPF_PERCENT);
	const char *missing = percent ? ebpf_missing() : "AGREE_EBPF=0";

	c->check.with_kernel = kernel_open(&c->check.kernel);
	if (!c->check.with_kernel)
		missing = "no pair of AF_UNIX sockets";
	if (missing)
		printf("# eBPF is skipped: %s\n", missing);
	c->check.ebpf_percent = missing ? 0 : percent;
}

int
main(void)
{
	static struct campaign c;
	const char *one = getenv("AGREE_EXPR");
	bool done = true;

	c.check.seed = setting("AGREE_SEED", 1);
	c.check.corpora = &c.corpora;
	c.corpora.seed = c.check.seed;
	c.corpora.packets = (uint32_t)setting("AGREE_PACKETS", PACKETS);
	c.show = setting("AGREE_SHOW", FAILURES);
	c.trace = setting("AGREE_TRACE", 0) != 0;
	printf("# seed %" PRIu64 ", %s\n", c.check.seed, pcap_lib_version());
	open_kernel(&c);
	if (one) {
		struct expr e = { .len = 0 };

		expr_add(&e, "%s", one);
		campaign_try(&c, &e, (uint16_t)setting("AGREE_LINK", ETHERNET));
	} else {
		done = try_all(&c);
	}
	corpora_free(&c.corpora);
	if (c.check.with_kernel)
		kernel_close(&c.check.kernel);
	return done ? campaign_report(&c) : 99;
}
