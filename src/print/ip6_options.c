/* ip6_options.c: hop-by-hop and destination options (RFC 8200 §4.2, RFC 2675,
 * RFC 2711, RFC 6275 §6.3).
 *
 * In: the extension header.  Out: its name, the options under -v, its length. */
#include "dispatch.h"

enum { PAD1 = 0, PADN = 1, ALERT = 5, JUMBO = 0xc2, HOME = 0xc9 };
enum { JUMBO_MIN = 65536 };

struct options {
	bool hop;         /* hop-by-hop, not destination */
	uint32_t payload; /* of the fixed header, bytes */
	uint32_t *jumbo;  /* takes the length of a jumbo payload, once */
};

static void
jumbo_print(struct printer *p, struct cursor o, const struct options *s)
{
	uint32_t len = cursor_u32(p, o, 2);
	const char *why = !s->hop           ? "- not a hop-by-hop option"
			  : *s->jumbo       ? "- already seen"
			  : s->payload      ? "- payload len != 0"
			  : len < JUMBO_MIN ? "- < 65536"
					    : NULL;
	if (!why)
		*s->jumbo = len;
	if (!p->opts.verbose)
		return;
	if (why)
		text_put(p, "(jumbo: %u %s) ", len, why);
	else
		text_put(p, "(jumbo: %u) ", len);
}

static void
alert_print(struct printer *p, struct cursor o, const struct options *s)
{
	(void)s;
	if (p->opts.verbose)
		text_put(p, "(rtalert: 0x%04x) ", cursor_u16(p, o, 2));
}

static void
home_print(struct printer *p, struct cursor o, const struct options *s)
{
	(void)s;
	if (!p->opts.verbose)
		return;
	address_ip6(p, "(homeaddr: ", o, 2);
	text_chr(p, ')');
}

static const struct {
	uint8_t type, len; /* len without type and length */
	const char *name;
	void (*print)(struct printer *, struct cursor, const struct options *);
} forms[] = {
	{ ALERT, 2, "rtalert", alert_print },
	{ JUMBO, 4, "jumbo", jumbo_print },
	{ HOME, 16, "homeaddr", home_print },
};

/* One option of `len` bytes behind type and length; `o` has all the rest of the
 * header.  false: its length is wrong, and what follows cannot be trusted. */
static bool
option_print(struct printer *p, struct cursor o, unsigned len, const struct options *s)
{
	unsigned type = cursor_u8(p, o, 0);
	for (size_t i = 0; i < ROWS(forms); i++) {
		if (forms[i].type != type)
			continue;
		if (o.len < forms[i].len + 2u)
			text_put(p, "(%s: trunc)", forms[i].name);
		else if (len != forms[i].len)
			text_put(p, "(%s: invalid len %u)", forms[i].name, len);
		else {
			forms[i].print(p, o, s);
			return true;
		}
		return false;
	}
	if (!p->opts.verbose)
		return true;
	if (type == PADN)
		text_str(p, "(padn)");
	else
		text_put(p, "(unknown opt-type 0x%02x len=%u)", type, len);
	return true;
}

uint32_t
ip6_options_print(
	struct printer *p, struct cursor c, bool hop, uint32_t payload, uint32_t *jumbo)
{
	p->proto = hop ? "hbhopt" : "dstopt";
	uint32_t n = (cursor_u8(p, c, 1) + 1u) * 8;
	if (!cursor_need(p, c, 0, n))
		return 0;
	text_str(p, hop ? "HBH " : "DSTOPT ");
	if (!hop && !p->opts.verbose)
		return n;
	const struct options s = { hop, payload, jumbo };
	uint32_t len;
	for (uint32_t at = 2; at < n && text_open(p); at += len) {
		len = 1;
		if (c.at[at] == PAD1) {
			if (p->opts.verbose)
				text_str(p, "(pad1)");
			continue;
		}
		if (at + 1 >= n || c.at[at + 1] + 2u > n - at) {
			text_end(p);
			break;
		}
		len = c.at[at + 1] + 2u;
		if (!option_print(
			    p, cursor_limit(cursor_skip(c, at), n - at), len - 2, &s)) {
			text_end(p);
			break;
		}
	}
	if (p->opts.verbose)
		text_chr(p, ' ');
	return n;
}
