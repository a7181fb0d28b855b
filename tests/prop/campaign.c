/* campaign.c: expressions come in one by one; counts, and the smallest expression and the
 * packet of each failure, go out as TAP. */
#include "campaign.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "exempt.h"
#include "shrink.h"

static const char *
verdict_text(enum outcome o)
{
	static const char *const texts[] = {
		[OUTCOME_REJECT] = "rejects",
		[OUTCOME_ACCEPT] = "accepts",
		[OUTCOME_BEYOND] = "loads beyond the capture",
		[OUTCOME_NONE] = "reads what it has not written, or loops",
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
	if (c->failed[f->claim] > c->show)
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

static bool
changes_meaning(const struct failure *f)
{
	return f->claim == CLAIM_NEVER || f->claim == CLAIM_MATCHES ||
	       f->claim == CLAIM_REJECTS || (f->claim == CLAIM_COMPILES && f->theirs);
}

static void
note_failure(struct campaign *c, struct expr *e, uint16_t linktype, struct failure *f)
{
	if (exempt_reason(f, e->text)) {
		c->exempted++;
		return;
	}
	c->failed[f->claim]++;
	c->failed[CLAIM_KEEPS] += changes_meaning(f);
	show_failure(c, e, linktype, f);
}

void
campaign_try(struct campaign *c, struct expr *e, uint16_t linktype)
{
	const uint64_t programs = c->check.programs;
	struct failure f;

	if (c->trace)
		fprintf(stderr, "%u | %s\n", linktype, e->text);
	c->tried++;
	if (!check_expr(&c->check, e->text, linktype, &f))
		note_failure(c, e, linktype, &f);
	else if (c->check.programs != programs)
		c->check.held[CLAIM_KEEPS]++;
}

void
campaign_refuse(
	struct campaign *c, const struct expr *e, uint16_t linktype, const char *gist)
{
	const bool head_only = strncmp(gist, "head:", 5) == 0;
	struct failure f;

	if (c->trace)
		fprintf(stderr, "%u | %s\n", linktype, e->text);
	c->tried++;
	if (check_refused(&c->check, e->text, linktype, head_only, &f))
		return;
	c->failed[f.claim]++;
	printf("# FAILED: %s\n#   expression: %s\n#   link type %u: %s\n#   should be: "
	       "%s\n",
		claim_text(f.claim), e->text, linktype, f.got, gist);
}

void
campaign_peel(struct campaign *c, const struct peel_case *pc)
{
	struct failure f;

	c->tried++;
	if (c->trace)
		fprintf(stderr, "%u | %s\n", pc->linktype, pc->text);
	if (check_peel(&c->check, pc, &f))
		return;
	if (c->failed[f.claim]++ >= c->show)
		return;
	printf("# FAILED: %s\n#   expression: %s\n#   inner: %s\n#   link type %u, %s "
	       "program: %s\n",
		claim_text(f.claim), pc->text, pc->inner, pc->linktype,
		f.no_optimise ? "unoptimised" : "optimised", f.got);
	if (f.detail[0])
		printf("#   message: %s\n", f.detail);
	if (f.view.data)
		show_packet(&f, pc->text, pc->linktype);
}

int
campaign_report(const struct campaign *c)
{
	const struct check *k = &c->check;
	bool failed = false;

	printf("# %" PRIu64 " programs, %" PRIu64 " of ours too long for the kernel\n",
		k->programs, k->too_long);
	printf("# %" PRIu64 " of %" PRIu64 " whole packets matched\n", k->matched,
		k->tried);
	printf("# %" PRIu64 " pairs of expression and link type, %" PRIu64
	       " refused by both, %" PRIu64 " not compiled yet\n",
		c->tried, k->refused, k->pending);
	printf("# %" PRIu64 " packets of which the oracle says nothing\n", k->unsaid);
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
