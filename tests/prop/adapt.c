/* adapt.c: an expression and a link type come in; out goes what libpcap 1.10.3 is to be
 * asked so that its program does what libpcap's head means. */
#include "adapt.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "links.h"

enum { ETHERNET = 1, ARCNET = 7, RADIOTAP = 127, USER0 = 147 };
enum {
	BSD_NULL = 0,
	SLIP = 8,
	ENC = 109,
	BACNET = 165,
	PFLOG = 117,
	PPI = 192,
	BRCM = 281,
	DSA = 284
};

/* DSA has a tag of four bytes between the addresses and the type; asked for at an address
 * that no frame has, its first byte is found. */
#define DSA_TAG "0x40000000"
static uint32_t
place_dsa(uint32_t at)
{
	if (at == 0x40000000)
		return 12;
	return at < 12 ? at : at + 4;
}

/* ARCnet has the source in byte 0, the destination in byte 1. */
static uint32_t
place_bacnet(uint32_t at)
{
	return at == 0 ? 4 : at == 1 ? 3 : at;
}

/* The address family of IPv6 in a file is that of the system that wrote it, 24, 28 or 30;
 * 1.10.3 asks for this machine's. */
static uint8_t
value_pflog(uint32_t at, uint8_t byte)
{
	if (at != 1)
		return byte;
	if (byte == 24 || byte == 28 || byte == 30)
		return AF_INET6;
	return byte == AF_INET6 ? 255 : byte;
}

static const char *const bacnet_words[] = { "$", "broadcast", "multicast", NULL };
static const char *const ppi_words[] = { "type", "subtype", "dir", "direction", NULL };
static const char *const not_ppi_words[] = { "radio", NULL };

/* Link types that 1.10.3 knows nothing or something else of. */
static const struct stand_in stand_ins[] = {
	{ BRCM, ETHERNET, .place = place_dsa, .link_moves = true },
	{ DSA, ETHERNET, .place = place_dsa, .link_moves = true },
	/* in 1.10.3, a type test there looks for a Juniper header */
	{ BACNET, ARCNET, .when = bacnet_words, .place = place_bacnet,
		.link_moves = true },
	{ .linktype = BACNET, .instead = USER0 },
	/* Without an index in its header (which 0x69000000 means), radiotap has 802.11's
	 * frames where PPI has them. */
	{ PPI, RADIOTAP, .when = ppi_words, .never = not_ppi_words, .magic_at = 4,
		.magic = 0x69000000 },
	{ PFLOG, PFLOG, .value = value_pflog, .link_moves = true },
	/* `unknown data link type` in 1.10.3, offsets only in head */
	{ .linktype = 2, .instead = USER0 },
	{ .linktype = 3, .instead = USER0 },
	{ .linktype = 4, .instead = USER0 },
	{ .linktype = 5, .instead = USER0 },
};

static bool
is_word(int c)
{
	return isalnum(c) || (c && strchr("_-.\\", c));
}

static bool
has_word(const char *text, const char *const *words)
{
	for (const char *at = text; *at; at++) {
		if (at > text && is_word((unsigned char)at[-1]))
			continue;
		for (const char *const *w = words; *w; w++)
			if (strncmp(at, *w, strlen(*w)) == 0 &&
				(**w == '$' || !is_word((unsigned char)at[strlen(*w)])))
				return true;
	}
	return false;
}

const struct stand_in *
adapt_link(uint16_t linktype, const char *text)
{
	for (size_t i = 0; i < sizeof stand_ins / sizeof stand_ins[0]; i++) {
		const struct stand_in *s = &stand_ins[i];

		if (s->linktype == linktype && (!s->when || has_word(text, s->when)) &&
			(!s->never || !has_word(text, s->never)))
			return s;
	}
	return NULL;
}

/* On 802.11, libpcap keeps the offset of the frame in a cell whose number these words
 * change: what is left of them reads a cell that nobody wrote. */
bool
adapt_is_spoilt(const char *text, uint16_t linktype)
{
	static const char *const words[] = { "pppoes", "geneve", NULL };
	const struct link *link = links_find(linktype);

	return link && link->family == FAMILY_WLAN && has_word(text, words);
}

bool
adapt_both_orders(uint16_t linktype)
{
	return linktype == BSD_NULL || linktype == ENC;
}

#define ANY 0xffff

/* What 1.10.3 is told instead of what head is told.  Blanks stand for any blanks, # for a
 * number (in `to`, the first one and the second one); words are whole ones.  A relation
 * stands where a primitive did: the grammar has them at the same place, and ids inherit
 * from neither. */
static const struct {
	uint16_t linktype; /* or ANY */
	const char *from, *to;
} texts[] = {
	/* 1.10.3 takes 240.0.0.0 and what is above it as well; RFC 1112 §4 */
	{ ANY, "ip multicast", "ip[16] & 0xf0 = 0xe0" },
	{ BRCM, "inbound", "link[" DSA_TAG "] & 0xe0 = 0" },
	{ BRCM, "outbound", "link[" DSA_TAG "] & 0xe0 = 0x20" },
	{ DSA, "inbound", "link[" DSA_TAG "] & 0x40 = 0" },
	{ DSA, "outbound", "link[" DSA_TAG "] & 0xc0 = 0x40" },
	{ BACNET, "broadcast", "link dst host $ff" },
	{ BACNET, "multicast", "link dst host $ff" },
	{ BACNET, "link broadcast", "link dst host $ff" },
	{ BACNET, "link multicast", "link dst host $ff" },
	{ SLIP, "outbound", "link[0] = 1" },
	/* 1.10.3 forgets to load the byte */
	{ ANY, "byte # & #", "link[#] & # != 0" },
	{ ANY, "byte # | #", "link[#] | # != 0" },
	/* 1.10.3 takes != for = */
	{ ANY, "vpi != #", "not vpi #" },
	{ ANY, "vci != #", "not vci #" },
	{ ANY, "sio != #", "not sio #" },
	{ ANY, "opc != #", "not opc #" },
	{ ANY, "dpc != #", "not dpc #" },
	{ ANY, "sls != #", "not sls #" },
	{ ANY, "hsio != #", "not hsio #" },
	{ ANY, "hopc != #", "not hopc #" },
	{ ANY, "hdpc != #", "not hdpc #" },
	{ ANY, "hsls != #", "not hsls #" },
	/* names that are new: IEEE 802.3 annex 57A, IEEE 802.1AB §7.5, IEEE 802.11
	 * §9.3.1.7 and §9.3.1.8 */
	{ ANY, "slow", "0x8809" },
	{ ANY, "lldp", "0x88cc" },
	{ ANY, "type ctl subtype bar", "type ctl subtype 0x80" },
	{ ANY, "type ctl subtype ba", "type ctl subtype 0x90" },
	{ ANY, "type control subtype bar", "type ctl subtype 0x80" },
	{ ANY, "type control subtype ba", "type ctl subtype 0x90" },
	{ ANY, "type 4 subtype bar", "type ctl subtype 0x80" },
	{ ANY, "type 4 subtype ba", "type ctl subtype 0x90" },
	{ ANY, "subtype bar", "type ctl subtype 0x80" },
	{ ANY, "subtype ba", "type ctl subtype 0x90" },
};

struct number {
	const char *at;
	size_t len;
};

/* Bytes of `text` that are `pattern`, or 0. */
static size_t
match(const char *text, const char *pattern, struct number numbers[2])
{
	const char *at = text;
	unsigned count = 0;

	for (; *pattern; pattern++) {
		if (*pattern == ' ') {
			if (pattern[1] != '!' && pattern[1] != '&' && pattern[1] != '|' &&
				pattern[1] != '#' && !isspace((unsigned char)*at))
				return 0;
			at += strspn(at, " \t\r\n");
		} else if (*pattern == '#') {
			numbers[count].at = at;
			numbers[count].len = strspn(at, "0123456789abcdefxX");
			if (!isdigit((unsigned char)*at))
				return 0;
			at += numbers[count++].len;
		} else if (*at++ != *pattern) {
			return 0;
		}
	}
	return is_word((unsigned char)*at) ? 0 : (size_t)(at - text);
}

/* Writes the row that the text begins with; bytes of the text, or 0. */
static size_t
write_row(FILE *f, const char *text, uint16_t linktype)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		struct number numbers[2];
		unsigned count = 0;
		size_t len;

		if (texts[i].linktype != ANY && texts[i].linktype != linktype)
			continue;
		len = match(text, texts[i].from, numbers);
		for (const char *to = texts[i].to; len && *to; to++) {
			if (*to != '#')
				fputc(*to, f);
			else
				fprintf(f, "%.*s", (int)numbers[count].len,
					numbers[count].at);
			count += *to == '#';
		}
		if (len)
			return len;
	}
	return 0;
}

/* `$5`, `$05`: the number of that address instead. */
static size_t
write_mac8(FILE *f, const char *text, struct adapted *out)
{
	const size_t digits = strspn(text + 1, "0123456789abcdefABCDEF");
	const uint8_t byte = (uint8_t)strtoul(text + 1, NULL, 16);
	unsigned i = 0;

	if (*text != '$' || !digits || digits > 2)
		return 0;
	while (i < out->mac8s && out->mac8[i] != byte)
		i++;
	out->lost |= i == MAC8_MAX;
	if (i == MAC8_MAX)
		i = 0;
	if (i == out->mac8s)
		out->mac8[out->mac8s++] = byte;
	fprintf(f, "$%x", i);
	return 1 + digits;
}

static char *
write_rows(const char *text, uint16_t linktype)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	bool start = true; /* of a word */

	if (!f)
		abort();
	while (*text) {
		const size_t len = start ? write_row(f, text, linktype) : 0;

		start = !is_word((unsigned char)text[len ? len - 1 : 0]);
		if (!len)
			fputc(*text, f);
		text += len ? len : 1;
	}
	fclose(f);
	return out;
}

void
adapt_text(const char *text, uint16_t linktype, struct adapted *out)
{
	char *rows = write_rows(text, linktype);
	size_t size;
	FILE *f;

	memset(out, 0, sizeof *out);
	f = open_memstream(&out->text, &size);
	if (!f)
		abort();
	for (const char *at = rows; *at;) {
		const size_t len = write_mac8(f, at, out);

		if (!len)
			fputc(*at, f);
		at += len ? len : 1;
	}
	fclose(f);
	free(rows);
}

void
adapt_free(struct adapted *a)
{
	free(a->text);
	a->text = NULL;
}

bool
adapt_asks_link(const char *text)
{
	static const char *const words[] = { "link", "ether", "ppp", "slip", "fddi", "tr",
		"wlan", "byte" };

	for (; *text; text++) {
		for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
			const size_t len = strlen(words[i]);

			if (strncmp(text, words[i], len) == 0 &&
				(text[len + strspn(text + len, " \t\r\n")] == '[' ||
					words[i][0] == 'b'))
				return true;
		}
	}
	return false;
}
