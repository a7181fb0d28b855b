/* ip6_options.c: hop-by-hop and destination options (RFC 8200 §4.2, RFC 2675,
 * RFC 2711, RFC 6275 §6.3).
 *
 * In: the extension header.  Out: its name, the options under -v, its length. */
#include "dispatch.h"

enum { PAD1 = 0, PADN = 1, ALERT = 5, JUMBO = 0xc2, HOME = 0xc9 };
enum { JUMBO_MIN = 65536 };

/* A jumbo payload counts in a hop-by-hop header, and only one. */
static void
jumbo_print(struct printer *p, struct cursor o, bool hop, uint32_t *jumbo)
{
	bool v = p->opts.verbose != 0;
	uint32_t len = cursor_u32(p, o, 2);
	if (!hop) {
		if (v)
			text_put(p, "(jumbo: %u - not a hop-by-hop option) ", len);
	} else if (*jumbo) {
		if (v)
			text_put(p, "(jumbo: %u - already seen) ", len);
	} else if (len < JUMBO_MIN) {
		if (v)
			text_put(p, "(jumbo: %u - < 65536) ", len);
	} else {
		*jumbo = len;
		if (v)
			text_put(p, "(jumbo: %u) ", len);
	}
}

/* false: its length is wrong, and what follows cannot be trusted. */
static bool
length_right(struct printer *p, const char *name, unsigned len, unsigned want)
{
	if (len == want)
		return true;
	text_put(p, "(%s: invalid len %u)", name, len);
	return false;
}

static bool
option_print(struct printer *p, struct cursor o, bool hop, uint32_t *jumbo)
{
	unsigned type = cursor_u8(p, o, 0), len = o.len - 2;
	bool v = p->opts.verbose != 0;
	switch (type) {
	case PADN:
		if (v)
			text_str(p, "(padn)");
		return true;
	case ALERT:
		if (!length_right(p, "rtalert", len, 2))
			return false;
		if (v)
			text_put(p, "(rtalert: 0x%04x) ", cursor_u16(p, o, 2));
		return true;
	case JUMBO:
		if (!length_right(p, "jumbo", len, 4))
			return false;
		jumbo_print(p, o, hop, jumbo);
		return true;
	case HOME:
		if (len < 16)
			return length_right(p, "homeaddr", len, 16);
		if (v) {
			text_str(p, "(homeaddr: ");
			address_ip6(p, o, 2);
			text_chr(p, ')');
		}
		return true;
	default:
		if (v)
			text_put(p, "(unknown opt-type 0x%02x len=%u)", type, len);
		return true;
	}
}

uint32_t
ip6_options_print(struct printer *p, struct cursor c, bool hop, uint32_t *jumbo)
{
	p->proto = hop ? "hbhopt" : "dstopt";
	uint32_t n = (cursor_u8(p, c, 1) + 1u) * 8;
	if (!cursor_need(p, c, 0, n))
		return 0;
	text_str(p, hop ? "HBH " : "DSTOPT ");
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
		if (!option_print(p, cursor_limit(cursor_skip(c, at), len), hop, jumbo)) {
			text_end(p);
			break;
		}
	}
	if (p->opts.verbose)
		text_chr(p, ' ');
	return n;
}
