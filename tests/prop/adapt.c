/* adapt.c: an expression and a link type come in; out goes what libpcap 1.10.3 is to be
 * asked so that its program does what libpcap's head means. */
#include "adapt.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ETHERNET = 1, ARCNET = 7, RADIOTAP = 127, USER0 = 147 };
enum { BSD_NULL = 0, ENC = 109, BACNET = 165, PPI = 192, BRCM = 281, DSA = 284 };

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

static const char *const bacnet_words[] = { "$", "broadcast", "multicast", NULL };
static const char *const ppi_words[] = { "type", "subtype", "dir", "direction", NULL };
static const char *const not_ppi_words[] = { "vlan", "radio", NULL };

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

bool
adapt_both_orders(uint16_t linktype)
{
	return linktype == BSD_NULL || linktype == ENC;
}

#define ANY 0xffff

/* What 1.10.3 is told instead of what head is told.  Blanks stand for any blanks; words
 * are whole ones.  A relation stands where a primitive did: the grammar has them at the
 * same place, and ids inherit from neither. */
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

/* Bytes of `text` that are `pattern`, or 0. */
static size_t
match(const char *text, const char *pattern)
{
	const char *at = text;

	for (; *pattern; pattern++) {
		if (*pattern == ' ') {
			if (!isspace((unsigned char)*at))
				return 0;
			at += strspn(at, " \t\r\n");
		} else if (*at++ != *pattern) {
			return 0;
		}
	}
	return is_word((unsigned char)*at) ? 0 : (size_t)(at - text);
}

static size_t
match_row(const char *text, uint16_t linktype, const char **to)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		size_t len;

		if (texts[i].linktype != ANY && texts[i].linktype != linktype)
			continue;
		len = match(text, texts[i].from);
		*to = texts[i].to;
		if (len)
			return len;
	}
	return 0;
}

char *
adapt_text(const char *text, uint16_t linktype)
{
	char *out = NULL;
	size_t size;
	FILE *f = open_memstream(&out, &size);
	bool start = true; /* of a word */

	if (!f)
		abort();
	while (*text) {
		const char *to;
		const size_t len = start ? match_row(text, linktype, &to) : 0;

		start = !is_word((unsigned char)*text);
		if (len)
			fputs(to, f);
		else
			fputc(*text, f);
		text += len ? len : 1;
	}
	fclose(f);
	return out;
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

/* Behind an AH, libpcap goes on at 4 * (length + 2) from the start of the network header;
 * RFC 4302 §2.2 means that much behind the AH.  Its six instructions
 *	txa; add #1; tax; ldb [x + k]; add #2; mul #4; tax
 * become
 *	ldb [x + k + 1]; add #2; mul #4; add x; tax; txa; txa */
#define AH_STEPS 7

static bool
is_ah(const struct bpf_insn *i)
{
	static const struct bpf_insn steps[AH_STEPS] = {
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_IND | BPF_B, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 2),
		BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 4),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
	};

	for (int s = 0; s < AH_STEPS; s++)
		if (i[s].code != steps[s].code || (s != 3 && i[s].k != steps[s].k))
			return false;
	return true;
}

void
adapt_program(struct bpf_program *p)
{
	for (unsigned at = 0; at + AH_STEPS <= p->bf_len; at++) {
		struct bpf_insn *i = p->bf_insns + at;

		if (!is_ah(i))
			continue;
		i[0] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_IND | BPF_B, i[3].k + 1);
		i[1] = i[4];
		i[2] = i[5];
		i[3] = (struct bpf_insn)BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0);
		i[4] = i[6];
		i[5] = i[6] = (struct bpf_insn)BPF_STMT(BPF_MISC | BPF_TXA, 0);
	}
}
