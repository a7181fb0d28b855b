/* exprs_link.c: appends the primitives that only some link types have: LLC, direction,
 * PF log, ATM, SS7; and those that ask for a byte of the link header. */
#include "../gen/pool.h"
#include "exprs_parts.h"
#include "links.h"

static void
add_llc(struct draw *d)
{
	static const char *const kinds[] = { "i", "s", "u", "rr", "rnr", "rej", "ui",
		"ua", "disc", "dm", "sabme", "test", "xid", "frmr", "I", "Sabme", NULL };

	expr_add(d->e, "llc ");
	if (rng_chance(d->r, 70))
		expr_add_one(d, kinds);
}

static void
add_direction(struct draw *d)
{
	expr_add(d->e, rng_chance(d->r, 50) ? "inbound " : "outbound ");
}

static void
add_ifindex(struct draw *d)
{
	expr_add(d->e, "ifindex %u ", pool_ifindex(d->r));
}

static void
add_byte(struct draw *d)
{
	static const char *const operators[] = { "=", "<", ">", "&", "|", NULL };

	expr_add(d->e, "byte %u ", rng_below(d->r, 24));
	expr_add_one(d, operators);
	expr_add(d->e, "%u ", rng_below(d->r, rng_chance(d->r, 50) ? 256 : 9));
}

static void
add_pf_name(struct draw *d)
{
	const char *interface = pool_pf_interface(d->r);
	const char *ruleset = pool_pf_ruleset(d->r);

	if (rng_chance(d->r, 50))
		expr_add(d->e, "%s %s ", rng_chance(d->r, 50) ? "on" : "ifname",
			*interface ? interface : "em0");
	else
		expr_add(d->e, "%s %s ", rng_chance(d->r, 50) ? "rset" : "ruleset",
			*ruleset ? ruleset : "main");
}

static void
add_pf_rule(struct draw *d)
{
	static const char *const words[] = { "rnr", "rulenum", "srnr", "subrulenum",
		NULL };

	expr_add_one(d, words);
	expr_add(d->e, "%u ", pool_rule(d->r));
}

static void
add_pf_reason(struct draw *d)
{
	static const char *const reasons[] = { "match", "bad-offset", "fragment", "short",
		"normalize", "memory", "bad-timestamp", "congestion", "ip-option",
		"proto-cksum", "state-mismatch", "state-insert", "state-limit",
		"src-limit", "synproxy", "Match", NULL };

	expr_add(d->e, "reason ");
	if (rng_chance(d->r, 70))
		expr_add_one(d, reasons);
	else
		expr_add(d->e, "%u ", pool_pf_reason(d->r));
}

static void
add_pf_action(struct draw *d)
{
	static const char *const actions[] = { "pass", "accept", "drop", "block", "scrub",
		"noscrub", "nat", "nonat", "binat", "nobinat", "rdr", "nordr",
		"synproxy-drop", "Pass", NULL };

	expr_add(d->e, "action ");
	expr_add_one(d, actions);
}

/* A field's value: `7`, `> 7`, `( 7 or 8 )`. */
static void
add_value(struct draw *d, uint32_t (*value)(struct rng *))
{
	static const char *const relations[] = { "=", "==", "!=", "<", ">",
		"<=", ">=", NULL };
	uint32_t more = 1 + rng_below(d->r, 3);

	switch (rng_below(d->r, 4)) {
	case 0:
		expr_add(d->e, "( %u ", value(d->r));
		for (; more; more--)
			expr_add(d->e, "or %u ", value(d->r));
		expr_add(d->e, ") ");
		break;
	case 1:
	case 2:
		expr_add_one(d, relations);
		expr_add(d->e, "%u ", value(d->r));
		break;
	default: expr_add(d->e, "%u ", value(d->r)); break;
	}
}

static uint32_t
draw_vpi(struct rng *r)
{
	return pool_vpi(r);
}

static uint32_t
draw_vci(struct rng *r)
{
	return pool_vci(r);
}

static void
add_circuit(struct draw *d)
{
	if (rng_chance(d->r, 50)) {
		expr_add(d->e, "vpi ");
		add_value(d, draw_vpi);
	} else {
		expr_add(d->e, "vci ");
		add_value(d, draw_vci);
	}
}

static void
add_atm(struct draw *d)
{
	static const char *const words[] = { "metac", "bcc", "oam", "oamf4", "oamf4ec",
		"oamf4sc", "sc", "ilmic", "connectmsg", "metaconnect", "llc", NULL };

	expr_add_one(d, words);
}

static void
add_signal(struct draw *d)
{
	static const char *const words[] = { "fisu", "lssu", "lsu", "msu", "hfisu",
		"hlssu", "hmsu", NULL };

	expr_add_one(d, words);
}

static uint32_t
draw_sio(struct rng *r)
{
	return pool_sio(r);
}

static uint32_t
draw_point(struct rng *r)
{
	return pool_point(r);
}

static uint32_t
draw_sls(struct rng *r)
{
	return pool_sls(r);
}

static void
add_mtp3(struct draw *d)
{
	static const struct {
		const char *word;
		uint32_t (*value)(struct rng *);
	} fields[] = {
		{ "sio", draw_sio },
		{ "opc", draw_point },
		{ "dpc", draw_point },
		{ "sls", draw_sls },
		{ "hsio", draw_sio },
		{ "hopc", draw_point },
		{ "hdpc", draw_point },
		{ "hsls", draw_sls },
	};
	const uint32_t which = rng_below(d->r, COUNT(fields));

	expr_add(d->e, "%s ", fields[which].word);
	add_value(d, fields[which].value);
}

void
expr_add_link(struct draw *d)
{
	static const struct part parts[] = {
		{ 2, 0, add_byte },
		{ 20, SUIT_LLC, add_llc },
		{ 20, SUIT_DIR, add_direction },
		{ 15, SUIT_IFINDEX, add_ifindex },
		{ 60, SUIT_WLAN, expr_add_air },
		{ 20, SUIT_PF, add_pf_name },
		{ 20, SUIT_PF, add_pf_rule },
		{ 20, SUIT_PF, add_pf_reason },
		{ 20, SUIT_PF, add_pf_action },
		{ 40, SUIT_ATM, add_circuit },
		{ 40, SUIT_ATM, add_atm },
		{ 30, SUIT_SS7, add_signal },
		{ 60, SUIT_SS7, add_mtp3 },
	};

	expr_add_part(d, parts, COUNT(parts));
}
