/* addr.c: addresses as text. */
#include "addr.h"

#include <string.h>

int
addr_hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static uint32_t
hex_run(const char *s, uint32_t max)
{
	uint32_t n = 0;
	while (n < max && addr_hex(s[n]) >= 0)
		n++;
	return n;
}

bool
addr_parse_ipv4(const char *s, uint32_t len, uint32_t *out, uint8_t *parts)
{
	uint32_t value = 0, part = 0, digits = 0;
	uint8_t n = 0;
	for (uint32_t i = 0; i <= len; i++) {
		if (i < len && s[i] >= '0' && s[i] <= '9') {
			part = part * 10 + (uint32_t)(s[i] - '0');
			digits++;
			if (part > 255)
				return false;
		} else if ((i == len || s[i] == '.') && digits > 0 && n < 4) {
			value |= part << (24 - 8 * n++);
			part = digits = 0;
		} else
			return false;
	}
	*out = value;
	*parts = n;
	return n >= 2;
}

/* Six groups, all joined by the same character. */
static uint32_t
match_groups(const char *s, char joint)
{
	uint32_t n = 0;
	for (unsigned group = 0; group < 6; group++) {
		if (group > 0 && s[n++] != joint)
			return 0;
		uint32_t digits = hex_run(s + n, 2);
		if (digits == 0)
			return 0;
		n += digits;
	}
	return n;
}

uint32_t
addr_match_mac(const char *s)
{
	uint32_t best = 0;
	if (addr_hex(s[0]) < 0)
		return 0;
	for (const char *joint = ":-."; *joint != '\0'; joint++) {
		uint32_t n = match_groups(s, *joint);
		best = n > best ? n : best;
	}
	if (best < 14 && hex_run(s, 5) == 4 && s[4] == '.' && hex_run(s + 5, 5) == 4 &&
		s[9] == '.' && hex_run(s + 10, 4) == 4)
		best = 14;
	if (best < 12 && hex_run(s, 12) == 12)
		best = 12;
	return best;
}

void
addr_parse_mac(const char *s, uint32_t len, uint8_t out[6])
{
	bool pairs = len == 12 && hex_run(s, 12) == 12;
	bool quads = len == 14 && s[4] == '.' && s[9] == '.' && hex_run(s, 5) == 4;
	uint32_t at = 0;
	for (unsigned i = 0; i < 6; i++) {
		uint32_t digits = pairs || quads ? 2 : hex_run(s + at, 2);
		unsigned v = 0;
		for (uint32_t d = 0; d < digits; d++)
			v = v * 16 + (unsigned)addr_hex(s[at + d]);
		out[i] = (uint8_t)v;
		at += digits;
		if (!pairs && (!quads || i % 2 == 1))
			at++; /* the joint */
	}
}

struct ip6_form {
	uint16_t group[8];
	unsigned groups; /* written */
	int gap;         /* index of the group before which :: stands, or -1 */
	bool bad_tail;   /* a dotted tail that is out of range */
};

static uint32_t
match_dotted(const char *s)
{
	uint32_t n = 0;
	for (unsigned part = 0; part < 4; part++) {
		if (part > 0 && s[n++] != '.')
			return 0;
		uint32_t from = n;
		while (s[n] >= '0' && s[n] <= '9' && n - from < 3)
			n++;
		if (n == from)
			return 0;
	}
	return n;
}

/* Reads the longest IPv6 form; 0 when there is none. */
static uint32_t
read_ip6(const char *s, struct ip6_form *f)
{
	uint32_t at = 0, best = 0;
	struct ip6_form last = { .gap = -1 };
	*f = last;
	if (s[0] == ':' && s[1] == ':') {
		f->gap = 0;
		at = best = 2;
		last = *f;
	}
	while (f->groups < 8) {
		uint32_t dotted = f->groups <= 6 ? match_dotted(s + at) : 0;
		uint32_t digits = hex_run(s + at, 4);
		if (dotted > 0 && (f->gap >= 0 || f->groups == 6)) {
			uint32_t ip = 0;
			uint8_t parts;
			f->bad_tail = !addr_parse_ipv4(s + at, dotted, &ip, &parts);
			f->group[f->groups++] = (uint16_t)(ip >> 16);
			f->group[f->groups++] = (uint16_t)ip;
			return at + dotted;
		}
		if (digits == 0)
			break;
		unsigned v = 0;
		for (uint32_t d = 0; d < digits; d++)
			v = v * 16 + (unsigned)addr_hex(s[at + d]);
		f->group[f->groups++] = (uint16_t)v;
		at += digits;
		if (f->groups == 8 ? f->gap < 0 : f->gap >= 0) {
			best = at;
			last = *f;
		}
		if (s[at] != ':')
			break;
		if (s[at + 1] == ':' && f->gap < 0) {
			f->gap = (int)f->groups;
			at += 2;
			best = at;
			last = *f;
		} else
			at++;
	}
	*f = last;
	return best;
}

uint32_t
addr_match_ipv6(const char *s)
{
	struct ip6_form f;
	return s[0] == ':' || addr_hex(s[0]) >= 0 ? read_ip6(s, &f) : 0;
}

bool
addr_parse_ipv6(const char *s, uint32_t len, uint8_t out[16])
{
	struct ip6_form f;
	if (read_ip6(s, &f) != len || f.bad_tail || (f.gap >= 0 && f.groups > 7))
		return false;
	memset(out, 0, 16);
	unsigned head = f.gap >= 0 ? (unsigned)f.gap : f.groups;
	for (unsigned i = 0; i < f.groups; i++) {
		unsigned at = i < head ? i : 8 - f.groups + i;
		out[2 * at] = (uint8_t)(f.group[i] >> 8);
		out[2 * at + 1] = (uint8_t)f.group[i];
	}
	return true;
}
