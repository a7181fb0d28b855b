/* file_read.c: the reader of capture files against files built here: every format,
 * every way to be cut or damaged, pipes. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/time.h>

#include <cmocka.h>

#include "../../filter/filter.h"
#include "../../src/source_file.h"
#include "file_build.h"

#define MAGIC_US 0xa1b2c3d4
#define MAGIC_NS 0xa1b23c4d
#define MAGIC_MODIFIED 0xa1b2cd34

static const uint32_t plain[3][4] = {
	{ 1, 2, 5, 5 },
	{ 4000000000, 999999, 0, 70 },
	{ 3, 4, 60, 1500 },
};

static void
build_plain(struct build *b, uint32_t magic)
{
	put_header(b, magic, 65535, 1);
	for (uint8_t i = 0; i < 3; i++)
		put_record(b, plain[i], magic == MAGIC_MODIFIED ? 8 : 0, i * 16);
}

static struct source *
open_bytes(const uint8_t *bytes, size_t size, struct diags *ds)
{
	char path[32];
	const int fd = build_file(bytes, size, path);
	assert_true(fd >= 0);
	struct source *s = source_file_open(path, ds);
	close(fd);
	if (s)
		s->name = "x.pcap"; /* `path` ends here */
	return s;
}

static void
check_bytes(const struct packet *p, uint8_t tag)
{
	for (uint32_t i = 0; i < p->caplen; i++)
		assert_int_equal(p->data[i], (uint8_t)(tag + i));
}

static void
check_plain(const struct packet *p, unsigned i, bool nano)
{
	const int64_t unit = nano ? 1 : 1000;
	assert_int_equal(
		p->ts_ns, plain[i][0] * INT64_C(1000000000) + plain[i][1] * unit);
	assert_int_equal(p->caplen, plain[i][2]);
	assert_int_equal(p->len, plain[i][3]);
	assert_int_equal(p->linktype, 1);
	check_bytes(p, (uint8_t)(i * 16));
}

static void
test_formats(void **state)
{
	(void)state;
	static const uint32_t all[] = { MAGIC_US, MAGIC_NS, MAGIC_MODIFIED };
	for (unsigned i = 0; i < 6; i++) {
		struct build b = { .big = i & 1 };
		build_plain(&b, all[i / 2]);
		struct diags ds = { 0 };
		struct source *s = open_bytes(b.bytes, b.size, &ds);
		assert_non_null(s);
		const bool nano = all[i / 2] == MAGIC_NS;
		assert_int_equal(s->nano, nano);
		assert_int_equal(s->linktype, 1);
		assert_int_equal(
			s->snaplen, all[i / 2] == MAGIC_MODIFIED ? 65549 : 65535);
		assert_false(s->matched);
		struct packet p;
		for (unsigned n = 0; n < 3; n++) {
			assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
			check_plain(&p, n, nano);
		}
		assert_int_equal(source_next(s, &p, &ds), SOURCE_END);
		assert_int_equal(source_next(s, &p, &ds), SOURCE_END);
		assert_int_equal(ds.count, 0);
		s->ops->close(s);
	}
}

/* Cut at every length: all whole packets come, then an error that tells the place. */
static void
test_cut(void **state)
{
	(void)state;
	struct build b = { 0 };
	build_plain(&b, MAGIC_US);
	const size_t ends[] = { 24, 24 + 21, 24 + 21 + 16, b.size };
	for (size_t size = 0; size < b.size; size++) {
		struct diags ds = { 0 };
		struct source *s = open_bytes(b.bytes, size, &ds);
		if (size < 24) {
			assert_null(s);
			assert_int_equal(ds.count, 1);
			continue;
		}
		assert_non_null(s);
		struct packet p;
		unsigned n = 0;
		for (; ends[n + 1] <= size; n++) {
			assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
			check_plain(&p, n, false);
		}
		const bool whole = ends[n] == size;
		assert_int_equal(
			source_next(s, &p, &ds), whole ? SOURCE_END : SOURCE_FAILED);
		assert_int_equal(diags_failed(&ds), !whole);
		if (!whole) {
			char place[64];
			snprintf(place, sizeof(place), "x.pcap: byte %zu: ", ends[n]);
			assert_memory_equal(ds.diag[0].text, place, strlen(place));
			assert_int_equal(ds.diag[0].code, DIAG_DAMAGED);
			assert_true(ds.diag[0].hint[0] != 0);
		}
		assert_int_equal(source_next(s, &p, &ds), SOURCE_END);
		assert_true(ds.count <= 1);
		s->ops->close(s);
	}
}

static void
test_refused(void **state)
{
	(void)state;
	static const struct {
		const char *bytes;
		size_t size;
		const char *word; /* in the message */
	} rows[] = {
		{ "", 0, "is empty" },
		{ "\xd4\xc3", 2, "only 2 bytes" },
		{ "\x0a\x0d\x0d\x0a\x1c\0\0\0", 8, "pcapng" },
		{ "\x1f\x8b\x08\0\0", 5, "gzip" },
		{ "\x28\xb5\x2f\xfd", 4, "zstd" },
		{ "\xfd"
		  "7zXZ\0",
			6, "xz" },
		{ "BZh9", 4, "bzip2" },
		{ "some text, not a capture at all", 31, "not a capture file" },
		{ "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\1\0\1\0\0", 23,
			"23 of 24" },
		{ "\xd4\xc3\xb2\xa1\2\0\5\0\0\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0", 24, "2.5" },
		{ "\xd4\xc3\xb2\xa1\1\0\4\0\0\0\0\0\0\0\0\0\0\0\1\0\1\0\0\0", 24, "1.4" },
		{ "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\1\0\2\0\x24\2", 24,
			"link" },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct diags ds = { 0 };
		assert_null(
			open_bytes((const uint8_t *)rows[i].bytes, rows[i].size, &ds));
		assert_int_equal(ds.count, 1);
		assert_non_null(strstr(ds.diag[0].text, rows[i].word));
		assert_non_null(strstr(ds.diag[0].text, "byte 0: "));
		assert_true(ds.diag[0].hint[0] != 0);
	}
}

static void
test_not_opened(void **state)
{
	(void)state;
	struct diags ds = { 0 };
	assert_null(source_file_open("/proc/self/no such file", &ds));
	assert_int_equal(ds.count, 1);
	assert_int_equal(ds.diag[0].err, ENOENT);
	assert_null(source_file_open("/proc/self", &ds));
	assert_int_equal(ds.count, 2);
	assert_int_equal(ds.diag[1].err, EISDIR);
	char path[300];
	memset(path, 'a', sizeof(path) - 1);
	memcpy(path + sizeof(path) - 6, ".pcap", 6);
	assert_null(source_file_open(path, &ds));
	assert_non_null(strstr(ds.diag[2].text, "aaa.pcap: byte 0: cannot open"));
}

/* One record in a file with the given header fields. */
static enum source_status
read_one(const struct build *b, struct packet *p, struct source **s, struct diags *ds)
{
	*s = open_bytes(b->bytes, b->size, ds);
	assert_non_null(*s);
	return source_next(*s, p, ds);
}

static void
test_header_fields(void **state)
{
	(void)state;
	static const struct {
		uint32_t snaplen, link, want_snaplen, want_caplen;
		uint16_t want_link;
	} rows[] = {
		{ 0, 1, FILTER_SNAPLEN_MAX, 60, 1 },
		{ 0xffffffff, 101, FILTER_SNAPLEN_MAX, 60, 101 },
		{ 0x80000000, 101, FILTER_SNAPLEN_MAX, 60, 101 },
		{ 1000000, 276, 1000000, 60, 276 },
		{ 40, 1, 40, 40, 1 }, /* stored more than the snap length */
		{ 65535, 0x44000001, 65535, 60, 1 }, /* FCS of 4 bytes */
		{ 65535, 65535, 65535, 60, 65535 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct build b = { .big = i & 1 };
		put_header(&b, MAGIC_US, rows[i].snaplen, rows[i].link);
		put_record(&b, plain[2], 0, 7);
		put_record(&b, plain[0], 0, 9);
		struct diags ds = { 0 };
		struct packet p;
		struct source *s;
		assert_int_equal(read_one(&b, &p, &s, &ds), SOURCE_PACKET);
		assert_int_equal(s->snaplen, rows[i].want_snaplen);
		assert_int_equal(s->linktype, rows[i].want_link);
		assert_int_equal(p.linktype, rows[i].want_link);
		assert_int_equal(p.caplen, rows[i].want_caplen);
		assert_int_equal(p.len, 1500);
		check_bytes(&p, 7);
		assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
		check_bytes(&p, 9);
		s->ops->close(s);
	}
}

/* Versions before 2.4 have the lengths in another order. */
static void
test_versions(void **state)
{
	(void)state;
	static const struct {
		uint16_t major, minor;
		uint32_t first, second, caplen, len;
	} rows[] = {
		{ 2, 2, 9, 5, 5, 9 },
		{ 2, 0, 5, 5, 5, 5 },
		{ 2, 3, 9, 5, 5, 9 },
		{ 2, 3, 5, 9, 5, 9 },
		{ 2, 4, 5, 9, 5, 9 },
		{ 2, 4, 5, 3, 5, 3 },
		{ 543, 0, 9, 5, 5, 9 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct build b = { 0 };
		put(&b, MAGIC_US, 4);
		put(&b, rows[i].major, 2);
		put(&b, rows[i].minor, 2);
		put(&b, 0, 4);
		put(&b, 0, 4);
		put(&b, 65535, 4);
		put(&b, 1, 4);
		put(&b, 0, 4);
		put(&b, 0, 4);
		put(&b, rows[i].first, 4);
		put(&b, rows[i].second, 4);
		for (uint8_t n = 0; n < 5; n++)
			put(&b, n, 1);
		struct diags ds = { 0 };
		struct packet p;
		struct source *s;
		assert_int_equal(read_one(&b, &p, &s, &ds), SOURCE_PACKET);
		assert_int_equal(p.caplen, rows[i].caplen);
		assert_int_equal(p.len, rows[i].len);
		assert_int_equal(source_next(s, &p, &ds), SOURCE_END);
		s->ops->close(s);
	}
}

static void
test_too_long(void **state)
{
	(void)state;
	struct build b = { 0 };
	build_plain(&b, MAGIC_US);
	const uint32_t bad[4] = { 1, 1, FILTER_SNAPLEN_MAX + 1, 9 };
	for (int i = 0; i < 4; i++)
		put(&b, bad[i], 4);
	struct diags ds = { 0 };
	struct source *s = open_bytes(b.bytes, b.size, &ds);
	struct packet p;
	for (unsigned n = 0; n < 3; n++)
		assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_FAILED);
	assert_string_equal(ds.diag[0].text, "x.pcap: byte 137: a record claims 262145 "
					     "captured bytes, more than 262144");
	s->ops->close(s);
}

/* The fraction carries; it may be as much as 32 bits hold. */
static void
test_time(void **state)
{
	(void)state;
	struct build b = { 0 };
	put_header(&b, MAGIC_US, 0, 1);
	const uint32_t head[4] = { 0xffffffff, 0xffffffff, 1, 1 };
	put_record(&b, head, 0, 0);
	struct diags ds = { 0 };
	struct packet p;
	struct source *s;
	assert_int_equal(read_one(&b, &p, &s, &ds), SOURCE_PACKET);
	assert_int_equal(
		p.ts_ns, INT64_C(4294967295) * 1000000000 + INT64_C(4294967295) * 1000);
	s->ops->close(s);
}

/* Each packet of a pipe comes when it is whole, without more behind it. */
static void
test_pipe(void **state)
{
	(void)state;
	struct build b = { 0 };
	build_plain(&b, MAGIC_NS);
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	const int saved = dup(STDIN_FILENO);
	assert_true(dup2(ends[0], STDIN_FILENO) == STDIN_FILENO);
	close(ends[0]);
	assert_int_equal(write(ends[1], b.bytes, 30), 30);
	struct diags ds = { 0 };
	struct source *s = source_file_open("-", &ds);
	assert_non_null(s);
	struct packet p;
	assert_int_equal(source_next(s, &p, &ds), SOURCE_IDLE); /* 6 bytes of a header */
	assert_int_equal(write(ends[1], b.bytes + 30, 12), 12);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_IDLE); /* 2 bytes of a packet */
	assert_int_equal(write(ends[1], b.bytes + 42, 3), 3);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
	check_plain(&p, 0, true);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_IDLE);
	assert_int_equal(write(ends[1], b.bytes + 45, b.size - 46), (ssize_t)b.size - 46);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_PACKET);
	check_plain(&p, 1, true);
	close(ends[1]);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_FAILED); /* a byte is missing */
	assert_string_equal(ds.diag[0].text, "standard input: byte 61: the record of "
					     "packet 3 is cut short: 75 of 76 bytes");
	s->ops->close(s);
	assert_true(dup2(saved, STDIN_FILENO) == STDIN_FILENO);
	close(saved);
}

static void
on_alarm(int sig)
{
	(void)sig;
}

/* A signal ends the wait for a header that never comes. */
static void
test_pipe_interrupted(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	struct sigaction old;
	const struct sigaction act = { .sa_handler = on_alarm };
	sigaction(SIGALRM, &act, &old);
	/* Repeated, for the case that the first comes before the wait begins. */
	const struct itimerval soon = { { 0, 50000 }, { 0, 50000 } }, off = { 0 };
	setitimer(ITIMER_REAL, &soon, NULL);
	struct diags ds = { 0 };
	assert_null(source_file_open(path, &ds));
	setitimer(ITIMER_REAL, &off, NULL);
	sigaction(SIGALRM, &old, NULL);
	assert_int_equal(ds.diag[0].err, EINTR);
	close(ends[0]);
	close(ends[1]);
}

/* Sizes from 0 to the greatest, over many fills of the buffer; at `cut` packets the
 * file is cut under the reader's hands (0: never). */
static void
read_large(unsigned cut)
{
	static uint8_t packet[FILTER_SNAPLEN_MAX];
	FILE *f = tmpfile();
	assert_non_null(f);
	struct build b = { 0 };
	put_header(&b, MAGIC_US, FILTER_SNAPLEN_MAX, 1);
	assert_int_equal(fwrite(b.bytes, 1, b.size, f), b.size);
	const unsigned total = 400;
	for (uint32_t i = 0; i < total; i++) {
		const uint32_t size = i % 50 == 49 ? FILTER_SNAPLEN_MAX : i * 37 % 9000;
		const uint32_t head[4] = { i, 0, size, size };
		memset(packet, (int)i, size);
		assert_int_equal(fwrite(head, 1, 16, f), 16);
		assert_int_equal(fwrite(packet, 1, size, f), size);
	}
	assert_int_equal(fflush(f), 0);
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fileno(f));
	struct diags ds = { 0 };
	struct source *s = source_file_open(path, &ds);
	assert_non_null(s);
	struct packet p;
	uint32_t n = 0;
	enum source_status got;
	while ((got = source_next(s, &p, &ds)) == SOURCE_PACKET) {
		assert_int_equal(p.ts_ns, n * INT64_C(1000000000));
		assert_int_equal(
			p.caplen, n % 50 == 49 ? FILTER_SNAPLEN_MAX : n * 37 % 9000);
		for (uint32_t i = 0; i < p.caplen; i++)
			if (p.data[i] != (uint8_t)n)
				fail();
		n++;
		if (n == cut)
			assert_int_equal(ftruncate(fileno(f), 1000), 0);
	}
	if (cut) {
		assert_true(n >= cut && n < total);
		assert_true(got == SOURCE_FAILED || got == SOURCE_END);
	} else {
		assert_int_equal(n, total);
		assert_int_equal(got, SOURCE_END);
	}
	s->ops->close(s);
	fclose(f);
}

static void
test_large(void **state)
{
	(void)state;
	read_large(0);
}

static void
test_shrinks(void **state)
{
	(void)state;
	read_large(60);
}

static void
test_stop(void **state)
{
	(void)state;
	struct build b = { 0 };
	build_plain(&b, MAGIC_US);
	struct diags ds = { 0 };
	struct packet p;
	struct source *s;
	assert_int_equal(read_one(&b, &p, &s, &ds), SOURCE_PACKET);
	struct source_stats stats;
	assert_false(s->ops->stats(s, &stats));
	s->ops->stop(s);
	assert_int_equal(source_next(s, &p, &ds), SOURCE_END);
	s->ops->close(s);
}

/* Any bytes: an orderly end, and every packet given is readable (ASan watches). */
static void
test_mutated(void **state)
{
	(void)state;
	uint32_t seed = 20260101;
	for (unsigned round = 0; round < 3000; round++) {
		struct build b = { .big = round & 1 };
		build_plain(&b, round & 2 ? MAGIC_NS : MAGIC_MODIFIED);
		const unsigned changes = round % 5 + 1;
		for (unsigned i = 0; i < changes; i++) {
			seed = seed * 1664525 + 1013904223;
			b.bytes[(seed >> 8) % b.size] ^= (uint8_t)(1 << (seed >> 28 & 7));
		}
		struct diags ds = { 0 };
		struct source *s = open_bytes(b.bytes, b.size, &ds);
		if (!s) {
			assert_true(diags_failed(&ds));
			continue;
		}
		struct packet p;
		enum source_status got;
		uint8_t sum = 0;
		while ((got = source_next(s, &p, &ds)) == SOURCE_PACKET) {
			assert_true(p.caplen <= b.size);
			for (uint32_t i = 0; i < p.caplen; i++)
				sum ^= p.data[i];
		}
		assert_int_equal(got == SOURCE_FAILED, diags_failed(&ds));
		__asm__ volatile("" : : "r"(sum)); /* the reads are not optimised away */
		s->ops->close(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_cut),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_not_opened),
		cmocka_unit_test(test_header_fields),
		cmocka_unit_test(test_versions),
		cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_pipe),
		cmocka_unit_test(test_pipe_interrupted),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_shrinks),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_mutated),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
