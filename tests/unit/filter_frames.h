/* filter_frames.h: frames written in hex and expressions in, the verdicts of all that can
 * give one out: the graph and the cBPF of it, as built and optimised, the packet whole
 * and cut behind each byte. */
#ifndef BPFCAP_TESTS_FILTER_FRAMES_H
#define BPFCAP_TESTS_FILTER_FRAMES_H

#include <ctype.h>

#include "filter_try.h"

#define FRAME_MAX 512 /* bytes */

/* Headers as they are on the wire; numbers are hex strings of their width.  Lengths and
 * checksums are not right: no filter reads them unless told to. */
#define MAC_1 "02 00 00 00 00 01 "
#define MAC_2 "02 00 00 00 00 02 "
#define MAC_3 "02 00 00 00 00 03 "
#define ETHER(type) MAC_2 MAC_1 type " "
#define TAG(id, type) id " " type " " /* behind a type of 8100 */
/* 10.0.0.1 > 10.0.0.2, and 10.9.0.1 > 10.9.0.2 */
#define IP4(proto) "45 00 00 54 12 34 00 00 40 " proto " 00 00 0a 00 00 01 0a 00 00 02 "
#define IP4_9(proto) "45 00 00 54 12 34 00 00 40 " proto " 00 00 0a 09 00 01 0a 09 00 02 "
/* 2001:db8::1 > 2001:db8::2 */
#define IP6(next)                                                                        \
	"60 00 00 00 00 40 " next " 40 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01 " \
	"20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 02 "
#define UDP(from, to) from " " to " 00 40 00 00 "
/* with sequence numbers 1 and 2 */
#define TCP(from, to, flags) \
	from " " to " 00 00 00 01 00 00 00 02 50 " flags " 20 00 00 00 00 00 "
#define ICMP6(type) type " 00 00 00 00 00 00 00 "
#define ARP "00 01 08 00 06 04 00 01 " MAC_1 "0a 00 00 01 00 00 00 00 00 00 0a 00 00 02 "

struct frame {
	char name; /* one letter */
	const char *hex;
};

struct verdicts {
	const char *text;
	const char *match; /* the letters of the frames that match */
	bool leaks;        /* there is a warning: what a word shifts, leaks */
};

/* What all rows of a table share.  `as` is a packet without bytes: its metadata. */
struct table {
	const struct frame *frame;
	unsigned frames;
	struct filter_opts opts;
	struct filter_packet as;
};

static inline uint32_t
frame_bytes(const char *hex, uint8_t out[FRAME_MAX])
{
	uint32_t digits = 0;
	for (; *hex != '\0'; hex++) {
		const int c = tolower((unsigned char)*hex);
		if (c == ' ')
			continue;
		assert_true(isxdigit(c) && digits < 2 * FRAME_MAX);
		const uint8_t v = (uint8_t)(c <= '9' ? c - '0' : c - 'a' + 10);
		uint8_t *to = &out[digits++ / 2];
		*to = (uint8_t)(digits % 2 ? v << 4 : *to | v);
	}
	assert_int_equal(digits % 2, 0);
	return digits / 2;
}

/* The packet, all of it: with padding that is never looked at, so that ASan sees reads
 * past it. */
static inline bool
frame_verdict(const struct try *t, struct filter_packet p, const char *text)
{
	uint8_t *exact = malloc(p.caplen + 1);
	assert_non_null(exact);
	memcpy(exact + 1, p.data, p.caplen);
	p.data = exact + 1;
	const uint32_t eval = filter_eval(t->filter, &p);
	const uint32_t match = filter_match(t->filter, &p);
	free(exact);
	if (eval != match)
		fail_msg("'%s', %u of %u bytes: the graph says %u, the program %u", text,
			p.caplen, p.len, eval, match);
	return eval != 0;
}

/* Would the packet be accepted whatever came behind its end, as far as two ways to go on
 * tell? */
static inline bool
frame_determined(const struct try *plain, struct filter_packet p)
{
	static uint8_t longer[FRAME_MAX + 512];
	for (unsigned fill = 0; fill <= 0xff; fill += 0xff) {
		memset(longer, (int)fill, sizeof(longer));
		memcpy(longer, p.data, p.caplen);
		struct filter_packet on = p;
		on.data = longer;
		on.caplen = sizeof(longer);
		if (filter_eval(plain->filter, &on) == 0)
			return false;
	}
	return true;
}

/* Both filters of a text on one packet, whole and cut: what the plain one (which reads
 * from left to right) accepts, the optimised one does; and what that one accepts, it
 * accepts whole, as the bytes that were cut off cannot matter.  Of a packet that is too
 * short for what is asked of it, the same holds of the bytes that it never had. */
static inline bool
frame_check(const struct try *optimised, const struct try *plain, struct filter_packet p,
	const char *text)
{
	const bool whole = frame_verdict(optimised, p, text);
	if (frame_verdict(plain, p, text) != whole &&
		!(whole && frame_determined(plain, p)))
		fail_msg("'%s': %d optimised, else %d", text, whole, !whole);
	for (uint32_t cut = 0; cut < p.len; cut++) {
		p.caplen = cut;
		const bool is = frame_verdict(optimised, p, text);
		const bool left = frame_verdict(plain, p, text);
		if (left && !is)
			fail_msg(
				"'%s', %u bytes: accepted, but not optimised", text, cut);
		if (is && !whole)
			fail_msg("'%s', %u bytes: accepted, but not whole", text, cut);
	}
	return whole;
}

static inline bool
has_leak(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].code == DIAG_LEAK)
			return true;
	return false;
}

/* Prints what is wrong. */
static inline bool
frames_check_row(const struct table *tab, const struct verdicts *row)
{
	struct filter_opts opts = tab->opts;
	opts.text = row->text;
	const struct try optimised = try_compile(&opts);
	opts.no_optimise = true;
	const struct try plain = try_compile(&opts);
	if (optimised.filter == NULL || plain.filter == NULL) {
		print_error("'%s' does not compile: %s\n", row->text,
			(optimised.filter == NULL ? optimised : plain)
				.diags.diag[0]
				.text);
		filter_free(plain.filter);
		return false;
	}
	char got[64] = "";
	for (unsigned i = 0; i < tab->frames; i++) {
		uint8_t data[FRAME_MAX];
		struct filter_packet p = tab->as;
		p.data = data;
		p.caplen = p.len = frame_bytes(tab->frame[i].hex, data);
		if (frame_check(&optimised, &plain, p, row->text))
			strncat(got, &tab->frame[i].name, 1);
	}
	filter_free(optimised.filter);
	filter_free(plain.filter);
	const bool leaks = has_leak(&optimised.diags) == row->leaks;
	const bool matches = strcmp(got, row->match) == 0;
	if (!leaks)
		print_error("'%s': a warning that it leaks is %s\n", row->text,
			row->leaks ? "missing" : "wrong");
	if (!matches)
		print_error(
			"'%s' matches \"%s\", not \"%s\"\n", row->text, got, row->match);
	return leaks && matches;
}

static inline void
frames_check(const struct table *tab, const struct verdicts *row, size_t rows)
{
	bool ok = true;
	for (size_t i = 0; i < rows; i++)
		ok = frames_check_row(tab, &row[i]) && ok;
	assert_true(ok);
}

#define FRAME_COUNT(a) (sizeof(a) / sizeof((a)[0]))
/* All rows over all frames, of the link type of try_opts, as a file. */
#define FRAMES_CHECK(frames_, rows_)                            \
	frames_check(&(const struct table){ .frame = (frames_), \
			     .frames = FRAME_COUNT(frames_),    \
			     .opts = try_opts(NULL) },          \
		rows_, FRAME_COUNT(rows_))

#endif
