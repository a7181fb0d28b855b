/* exprs.c: a generator comes in, a random expression of the filter language goes out:
 * primitives joined by `and`, `or`, `not` and parentheses.  The exprs_*.c beside it write
 * the primitives. */
#include "exprs.h"

#include <assert.h>
#include <stdarg.h>

#include "../gen/pool.h"
#include "exprs_parts.h"
#include "links.h"

void
expr_add(struct expr *e, const char *fmt, ...)
{
	const size_t room = sizeof e->text - e->len;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(e->text + e->len, room, fmt, ap);
	va_end(ap);
	assert(n >= 0 && "formats are constant and right");
	e->len += (size_t)n < room ? (size_t)n : room - 1;
}

/* A list so long that jumps over it do not fit the eight bits that cBPF has for them.
 * Most ids are distinct; some are those of packets. */
static void
add_long_list(struct draw *d)
{
	const uint32_t count = 30 + rng_below(d->r, 170);
	const bool hosts = rng_chance(d->r, 50);

	expr_add(d->e, hosts ? "host ( " : "dst port ( ");
	for (uint32_t i = 0; i < count; i++) {
		expr_add(d->e, i ? "or " : "");
		if (!hosts)
			expr_add(d->e, "%u ",
				rng_chance(d->r, 5) ? pool_port(d->r)
						    : rng_below(d->r, 65536));
		else if (rng_chance(d->r, 5))
			expr_add_ip4(d);
		else
			expr_add(d->e, "10.%u.%u.%u ", rng_below(d->r, 256),
				rng_below(d->r, 256), rng_below(d->r, 256));
	}
	expr_add(d->e, ") ");
}

static void
add_length(struct draw *d)
{
	expr_add(d->e, "%s %u ", rng_chance(d->r, 50) ? "less" : "greater",
		rng_below(d->r, 160));
}

static void
add_long(struct draw *d)
{
	if (rng_chance(d->r, 15))
		add_long_list(d);
	else
		expr_add_word(d);
}

static void
add_primitive(struct draw *d)
{
	static const struct part parts[] = {
		{ 48, 0, expr_add_head },
		{ 18, SUIT_TYPE, expr_add_word },
		{ 2, SUIT_TYPE, add_long },
		{ 4, 0, add_length },
		{ 20, 0, expr_add_arithmetic },
		{ 9, SUIT_TYPE, expr_add_layer },
		{ 3, 0, expr_add_link },
		{ 12, SUIT_LLC | SUIT_DIR, expr_add_link },
		{ 50, SUIT_WLAN | SUIT_PF | SUIT_ATM | SUIT_SS7, expr_add_link },
	};
	const unsigned suits = d->suits;

	/* A wrong primitive makes all of the expression wrong: few of them. */
	if (rng_chance(d->r, 1)) {
		expr_add_wrong(d);
		return;
	}
	if (rng_chance(d->r, 1)) /* that belongs to another link type */
		d->suits = ~0u;
	expr_add_part(d, parts, COUNT(parts));
	if (d->suits == ~0u)
		d->suits = suits;
}

static void
add_term(struct draw *d, unsigned depth)
{
	if (rng_chance(d->r, 15))
		expr_add(d->e, rng_chance(d->r, 70) ? "not " : "! ");
	if (depth && rng_chance(d->r, 35)) {
		const uint32_t terms = 1 + rng_below(d->r, 3);

		expr_add(d->e, "( ");
		for (uint32_t i = 0; i < terms; i++) {
			static const char *const joins[] = { "and ", "or ", "&& ",
				"|| " };

			if (i)
				expr_add(d->e, "%s", PICK(d->r, joins));
			add_term(d, depth - 1);
		}
		expr_add(d->e, ") ");
	} else {
		add_primitive(d);
	}
}

void
expr_build(struct rng *r, const struct expr_kind *kind, struct expr *e)
{
	const struct link *link = links_find(kind->linktype);
	struct draw d = { e, r, kind, link ? link->suits : 0, false };
	const uint32_t terms = 1 + rng_below(r, 4);

	e->len = 0;
	e->text[0] = '\0';
	for (uint32_t i = 0; i < terms; i++) {
		if (i)
			expr_add(e, rng_chance(r, 50) ? "and " : "or ");
		add_term(&d, 3);
	}
	if (e->len && e->text[e->len - 1] == ' ')
		e->text[--e->len] = '\0';
}
