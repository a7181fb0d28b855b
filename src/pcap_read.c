/* pcap_read.c: file and record headers of classic captures → values.
 *
 * In: bytes that the caller has checked to be there.  Out: how to read the records,
 * one record's lengths and time stamp, or what is wrong with them. */
#include "pcap_read.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../filter/filter.h"
#include "dlt.h"

/* First four bytes, as a number in the writer's byte order. */
struct magic {
	uint32_t value;
	bool nano;
	uint8_t record_bytes; /* 0: not this format, `text` and `hint` say what it is */
	const char *text, *hint;
};

static const char not_capture_hint[] =
	"give a file that tcpdump -w or bpfcap -w has written";

static const struct magic magics[] = {
	{ 0x0a0d0d0a, false, 0, "this is a pcapng file, which is not read yet",
		"convert it with: editcap -F pcap IN OUT" },
	{ 0xa1b23c4d, true, 16, NULL, NULL }, { 0xa1b2c3d4, false, 16, NULL, NULL },
	{ 0xa1b2cd34, false, 24, NULL, NULL }, /* Linux 2.x, "Kuznetsov's" */
};

/* Compressed files, by their first bytes: RFC 1952 §2.3.1, RFC 8878 §3.1.1, xz and bzip2
 * file formats. */
static const struct {
	uint8_t size, bytes[6];
	const char *text, *hint;
} compressed[] = {
	{ 2, { 0x1f, 0x8b }, "this is a gzip file", "use: gzip -dc FILE | bpfcap -r -" },
	{ 3, { 'B', 'Z', 'h' }, "this is a bzip2 file",
		"use: bzip2 -dc FILE | bpfcap -r -" },
	{ 4, { 0x28, 0xb5, 0x2f, 0xfd }, "this is a zstd file",
		"use: zstd -dc FILE | bpfcap -r -" },
	{ 6, { 0xfd, '7', 'z', 'X', 'Z', 0 }, "this is an xz file",
		"use: xz -dc FILE | bpfcap -r -" },
};

__attribute__((format(printf, 4, 5))) static bool
refuse(struct savefile_fault *fault, enum diag_code code, const char *hint,
	const char *fmt, ...)
{
	fault->code = code;
	fault->hint = hint;
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(fault->text, sizeof(fault->text), fmt, ap);
	va_end(ap);
	return false;
}

static uint32_t
load32(const uint8_t *at, bool swapped)
{
	uint32_t value;
	memcpy(&value, at, sizeof(value));
	return swapped ? __builtin_bswap32(value) : value;
}

static uint16_t
load16(const uint8_t *at, bool swapped)
{
	uint16_t value;
	memcpy(&value, at, sizeof(value));
	return swapped ? __builtin_bswap16(value) : value;
}

static const struct magic *
find_magic(const uint8_t *head, bool *swapped)
{
	for (size_t i = 0; i < sizeof(magics) / sizeof(magics[0]); i++)
		for (int swap = 0; swap < 2; swap++)
			if (load32(head, swap) == magics[i].value) {
				*swapped = swap;
				return &magics[i];
			}
	return NULL;
}

static bool
refuse_unknown(const uint8_t *head, size_t size, struct savefile_fault *fault)
{
	for (size_t i = 0; i < sizeof(compressed) / sizeof(compressed[0]); i++)
		if (size >= compressed[i].size &&
			memcmp(head, compressed[i].bytes, compressed[i].size) == 0)
			return refuse(fault, DIAG_FILE, compressed[i].hint, "%s",
				compressed[i].text);
	if (size == 0)
		return refuse(fault, DIAG_FILE, not_capture_hint, "the file is empty");
	if (size < 4)
		return refuse(fault, DIAG_FILE, not_capture_hint,
			"not a capture file: only %zu bytes", size);
	return refuse(fault, DIAG_FILE, not_capture_hint,
		"not a capture file: it begins with %02x %02x %02x %02x", head[0],
		head[1], head[2], head[3]);
}

/* Versions, as libpcap takes them: 2.0 to 2.4 and DG/UX's 543.0. */
static bool
set_version(
	struct savefile *s, uint16_t major, uint16_t minor, struct savefile_fault *fault)
{
	if (!(major == 2 && minor <= 4) && !(major == 543 && minor == 0))
		return refuse(fault, DIAG_FILE, "versions 2.0 to 2.4 are read",
			"capture file of version %u.%u", major, minor);
	if (major == 543 || minor < 3)
		s->lengths = LENGTHS_ORIGINAL_FIRST;
	else
		s->lengths =
			minor == 3 ? LENGTHS_SMALLER_CAPTURED : LENGTHS_CAPTURED_FIRST;
	return true;
}

bool
savefile_header(struct savefile *s, const uint8_t *head, size_t size,
	struct savefile_fault *fault)
{
	*s = (struct savefile){ 0 };
	const struct magic *m = size >= 4 ? find_magic(head, &s->swapped) : NULL;
	if (!m)
		return refuse_unknown(head, size, fault);
	if (m->record_bytes == 0)
		return refuse(fault, DIAG_FILE, m->hint, "%s", m->text);
	if (size < SAVEFILE_HEADER)
		return refuse(fault, DIAG_DAMAGED,
			"the file holds no packets; capture again",
			"the file header is cut short: %zu of %d bytes", size,
			SAVEFILE_HEADER);
	s->nano = m->nano;
	s->record_bytes = m->record_bytes;
	if (!set_version(
		    s, load16(head + 4, s->swapped), load16(head + 6, s->swapped), fault))
		return false;
	/* Bytes 8 to 15 (time zone, accuracy) have never been used. */
	s->snaplen = load32(head + 16, s->swapped);
	if (s->snaplen == 0 || s->snaplen > INT32_MAX)
		s->snaplen = FILTER_SNAPLEN_MAX;
	/* Bits 26 to 31 tell the length of the frame check sequence, which stays in the
	 * bytes; bits 16 to 25 are reserved, and nonzero in no file but other systems'
	 * (draft-ietf-opsawg-pcap §4). */
	const uint32_t link = load32(head + 20, s->swapped);
	if (link & 0x03ff0000)
		return refuse(fault, DIAG_FILE,
			"the file header is damaged, or of a system with link types of "
			"its own",
			"unknown link type %u", link & 0x03ffffff);
	s->linktype = dlt_file_link((uint16_t)link);
	/* Captures in the modified format may have got their Ethernet header after they
	 * were cut to the snap length. */
	if (m->record_bytes > 16 && s->linktype == FILTER_LINK_EN10MB)
		s->snaplen += 14;
	return true;
}

/* Seconds are unsigned (so the format lasts until 2106).  A fraction of a second or
 * more, which a damaged or odd file may hold, carries into the seconds. */
static int64_t
time_of(const struct savefile *s, const uint8_t *head)
{
	const int64_t seconds = load32(head, s->swapped);
	const int64_t fraction = load32(head + 4, s->swapped);
	return seconds * 1000000000 + fraction * (s->nano ? 1 : 1000);
}

bool
savefile_record(const struct savefile *s, const uint8_t *head, struct packet *packet,
	uint32_t *stored, struct savefile_fault *fault)
{
	uint32_t caplen = load32(head + 8, s->swapped);
	uint32_t len = load32(head + 12, s->swapped);
	if (s->lengths == LENGTHS_ORIGINAL_FIRST ||
		(s->lengths == LENGTHS_SMALLER_CAPTURED && caplen > len)) {
		const uint32_t first = caplen;
		caplen = len;
		len = first;
	}
	/* The modified format has eight bytes more: interface, protocol, packet type. */
	if (caplen > FILTER_SNAPLEN_MAX)
		return refuse(fault, DIAG_DAMAGED,
			"the file is damaged here; the packets before it were read",
			"a record claims %u captured bytes, more than %d", caplen,
			FILTER_SNAPLEN_MAX);
	*stored = caplen;
	*packet = (struct packet){
		.ts_ns = time_of(s, head),
		/* Some writers store more than their snap length: cut, as libpcap does.
		 */
		.caplen = caplen < s->snaplen ? caplen : s->snaplen,
		.len = len,
		.linktype = s->linktype,
	};
	return true;
}
