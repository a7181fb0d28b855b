/* resolve_pf.c: what OpenBSD's packet filter has noted in a pflog header
 * (net/if_pflog.h). */
#include "resolve.h"

#include <string.h>
#include <strings.h>

enum {
	PF_ACTION = 2,
	PF_REASON = 3,
	PF_IFNAME = 4,
	PF_RULESET = 20,
	PF_RULE = 36,
	PF_SUBRULE = 40
};
#define NAME_MAX_LEN 15 /* characters, without the NUL */

struct name {
	const char *name;
	uint8_t value;
};

static const struct name reasons[] = { { "match", 0 }, { "bad-offset", 1 },
	{ "fragment", 2 }, { "short", 3 }, { "normalize", 4 }, { "memory", 5 },
	{ "bad-timestamp", 6 }, { "congestion", 7 }, { "ip-option", 8 },
	{ "proto-cksum", 9 }, { "state-mismatch", 10 }, { "state-insert", 11 },
	{ "state-limit", 12 }, { "src-limit", 13 }, { "synproxy", 14 }, { NULL, 0 } };

static const struct name actions[] = { { "pass", 0 }, { "accept", 0 }, { "drop", 1 },
	{ "block", 1 }, { "scrub", 2 }, { "noscrub", 3 }, { "nat", 4 }, { "nonat", 5 },
	{ "binat", 6 }, { "nobinat", 7 }, { "rdr", 8 }, { "nordr", 9 },
	{ "synproxy-drop", 10 }, { NULL, 0 } };

static const struct value *
field(struct resolver *r, uint32_t off, unsigned size)
{
	return value_load(r->values, NULL, off, size);
}

/* A load and a test for each piece of the name: four bytes, two, one. */
static struct test *
name_at(struct resolver *r, uint32_t off, const struct token *t, const char *what)
{
	const char *text = resolve_text(r, t);
	uint32_t len = t->span.len;
	struct test *all = NULL;
	if (len > NAME_MAX_LEN)
		return resolve_fault(r, DIAG_RANGE, t->span,
			"%s can only be %d characters", what, NAME_MAX_LEN);
	for (uint32_t i = 0; i < len;) {
		unsigned size = len - i >= 4 ? 4 : len - i >= 2 ? 2 : 1;
		uint32_t k = 0;
		for (unsigned j = 0; j < size; j++)
			k = k << 8 | (uint8_t)text[i + j];
		all = test_and(
			r->arena, all, test_equal(r->arena, field(r, off + i, size), k));
		i += size;
	}
	return all;
}

static struct test *
named(struct resolver *r, uint32_t off, const struct token *t, const struct name *names,
	const char *what)
{
	if (t->kind == TOK_NUMBER)
		return test_equal(r->arena, field(r, off, 1), t->number);
	const char *text = resolve_text(r, t);
	for (const struct name *n = names; n->name != NULL; n++)
		if (strcasecmp(n->name, text) == 0)
			return test_equal(r->arena, field(r, off, 1), n->value);
	return resolve_fault(
		r, DIAG_NAME, t->span, "unknown PF %s \"%.80s\"", what, text);
}

struct test *
resolve_pf(struct resolver *r, const struct ast *a)
{
	static const char *const words[PRIMS] = { [PRIM_IFNAME] = "ifname",
		[PRIM_RSET] = "ruleset",
		[PRIM_RNR] = "rnr",
		[PRIM_SRNR] = "srnr",
		[PRIM_REASON] = "reason",
		[PRIM_ACTION] = "action" };
	if (r->layer.link->prefix != PREFIX_PFLOG) {
		resolve_fault(r, DIAG_LINKTYPE, a->span,
			"'%s' supported only on PFLOG linktype", words[a->prim]);
		diags_hint(r->diags, "it reads the header of OpenBSD's pflog interface");
		return NULL;
	}
	const struct token *t = a->arg;
	if (a->prim == PRIM_IFNAME)
		return name_at(r, PF_IFNAME, t, "ifname interface names");
	if (a->prim == PRIM_RSET)
		return name_at(r, PF_RULESET, t, "ruleset names");
	if (a->prim == PRIM_RNR)
		return test_equal(r->arena, field(r, PF_RULE, 4), t->number);
	if (a->prim == PRIM_SRNR)
		return test_equal(r->arena, field(r, PF_SUBRULE, 4), t->number);
	return a->prim == PRIM_REASON ? named(r, PF_REASON, t, reasons, "reason")
				      : named(r, PF_ACTION, t, actions, "action");
}
