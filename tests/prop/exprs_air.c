/* exprs_air.c: appends the primitives of 802.11: type, subtype, direction.  Names and
 * numbers: IEEE 802.11 §9.2.4.1.3. */
#include "exprs_parts.h"

#define SUBTYPES_MAX 24

static const struct {
	const char *names[3]; /* of the type */
	unsigned value;       /* of the type, in the frame control byte */
	const char *subtypes[SUBTYPES_MAX];
} types[] = {
	{ { "mgt", "management", NULL }, 0,
		{ "assoc-req", "assocreq", "assoc-resp", "assocresp", "reassoc-req",
			"reassocreq", "reassoc-resp", "reassocresp", "probe-req",
			"probereq", "probe-resp", "proberesp", "beacon", "atim",
			"disassoc", "disassociation", "auth", "authentication", "deauth",
			"deauthentication", NULL } },
	{ { "ctl", "control", NULL }, 4,
		{ "bar", "ba", "ps-poll", "rts", "cts", "ack", "cf-end", "cf-end-ack",
			NULL } },
	{ { "data", NULL }, 8,
		{ "data", "data-cf-ack", "data-cf-poll", "data-cf-ack-poll", "null",
			"cf-ack", "cf-poll", "cf-ack-poll", "qos-data", "qos-data-cf-ack",
			"qos-data-cf-poll", "qos-data-cf-ack-poll", "qos", "qos-cf-poll",
			"qos-cf-ack-poll", NULL } },
};

static void
add_subtype(struct draw *d, uint32_t type)
{
	if (rng_chance(d->r, 70))
		expr_add_one(d, types[type].subtypes);
	else
		expr_add(d->e, "0x%x ", rng_below(d->r, 16) << 4);
}

static void
add_type(struct draw *d)
{
	const uint32_t type = rng_below(d->r, COUNT(types));

	expr_add(d->e, "type ");
	if (rng_chance(d->r, 70))
		expr_add_one(d, types[type].names);
	else
		expr_add(d->e, "%u ", types[type].value);
	if (rng_chance(d->r, 50)) {
		expr_add(d->e, "subtype ");
		add_subtype(d, type);
	}
}

static void
add_lone_subtype(struct draw *d)
{
	expr_add(d->e, "subtype ");
	expr_add_one(d, types[rng_below(d->r, COUNT(types))].subtypes);
}

static void
add_dir(struct draw *d)
{
	static const char *const dirs[] = { "nods", "tods", "fromds", "dstods", "ToDS",
		"0", "1", "2", "3", NULL };

	expr_add(d->e, rng_chance(d->r, 70) ? "dir " : "direction ");
	expr_add_one(d, dirs);
}

void
expr_add_air(struct draw *d)
{
	static const struct part parts[] = {
		{ 60, 0, add_type },
		{ 20, 0, add_lone_subtype },
		{ 20, 0, add_dir },
	};

	/* The protocol is decoration: any will do. */
	if (rng_chance(d->r, 40))
		expr_add(d->e, "wlan ");
	else if (rng_chance(d->r, 5))
		expr_add(d->e, "tcp ");
	expr_add_part(d, parts, COUNT(parts));
}
