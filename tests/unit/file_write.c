/* file_write.c: the writer of capture files: what it writes is read back by our reader
 * and by libpcap; full disks, size limits, closed pipes, terminals. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* posix_openpt */
#endif
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>
#include <pcap/pcap.h>

#include "../../filter/filter.h"
#include "../../src/sink_pcap.h"
#include "../../src/source_file.h"
#include "file_build.h"

static const struct sink_pcap_opts ether = { .linktype = 1 };

struct place {
	int fd;
	char path[32];
};

static struct place
new_file(void)
{
	struct place at;
	at.fd = build_file((const uint8_t *)"", 0, at.path);
	assert_true(at.fd >= 0);
	return at;
}

static off_t
size_of(const struct place *at)
{
	struct stat st;
	assert_int_equal(fstat(at->fd, &st), 0);
	return st.st_size;
}

static uint8_t bytes[FILTER_SNAPLEN_MAX + 1];

/* Packet number i: all sizes up to 70, some large, one of the greatest. */
static struct packet
packet_number(uint32_t i)
{
	const uint32_t size = i == 500        ? FILTER_SNAPLEN_MAX
			      : i % 100 == 99 ? i * 61 % 65000
					      : i % 71;
	return (struct packet){
		.ts_ns = i * INT64_C(1000000007),
		.data = bytes + i % 251, /* so that the contents differ */
		.caplen = size < sizeof(bytes) - i % 251 ? size : 1000,
		.len = size + i % 3,
		.linktype = 1,
	};
}

static int
fill_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i ^ i >> 8);
	signal(SIGPIPE, SIG_IGN); /* as sink_pcap.h asks */
	signal(SIGXFSZ, SIG_IGN);
	return 0;
}

static void
write_packets(struct sink *k, uint32_t count)
{
	struct diags ds = { 0 };
	for (uint32_t i = 0; i < count; i++) {
		const struct packet p = packet_number(i);
		assert_true(k->ops->write(k, &p, &ds));
	}
	assert_int_equal(ds.count, 0);
}

/* Reads all that a source has and compares; returns how many came. */
static uint32_t
read_packets(const char *path, bool nano)
{
	struct diags ds = { 0 };
	struct source *s = source_file_open(path, &ds);
	assert_non_null(s);
	assert_int_equal(s->nano, nano);
	assert_int_equal(s->linktype, 1);
	assert_int_equal(s->snaplen, FILTER_SNAPLEN_MAX);
	struct packet p;
	uint32_t n = 0;
	enum source_status got;
	while ((got = source_next(s, &p, &ds)) == SOURCE_PACKET) {
		const struct packet want = packet_number(n++);
		assert_int_equal(p.ts_ns, want.ts_ns - (nano ? 0 : want.ts_ns % 1000));
		assert_int_equal(p.caplen, want.caplen);
		assert_int_equal(p.len, want.len);
		assert_memory_equal(p.data, want.data, want.caplen);
	}
	assert_int_equal(got, SOURCE_END);
	assert_int_equal(ds.count, 0);
	s->ops->close(s);
	return n;
}

static void
test_round_trip(void **state)
{
	(void)state;
	for (int nano = 0; nano < 2; nano++) {
		const struct place at = new_file();
		struct sink_pcap_opts opts = ether;
		opts.nano = nano;
		struct diags ds = { 0 };
		struct sink *k = sink_pcap_open(at.path, &opts, &ds);
		assert_non_null(k);
		write_packets(k, 2000);
		assert_true(k->ops->close(k, &ds));
		assert_int_equal(ds.count, 0);
		assert_int_equal(read_packets(at.path, nano), 2000);
		close(at.fd);
	}
}

static void
test_libpcap_reads(void **state)
{
	(void)state;
	const struct place at = new_file();
	struct sink_pcap_opts opts = ether;
	opts.nano = true;
	struct diags ds = { 0 };
	struct sink *k = sink_pcap_open(at.path, &opts, &ds);
	assert_non_null(k);
	write_packets(k, 1000);
	assert_true(k->ops->close(k, &ds));
	char err[PCAP_ERRBUF_SIZE];
	pcap_t *pc = pcap_open_offline_with_tstamp_precision(
		at.path, PCAP_TSTAMP_PRECISION_NANO, err);
	assert_non_null(pc);
	assert_int_equal(pcap_datalink(pc), DLT_EN10MB);
	assert_int_equal(pcap_snapshot(pc), FILTER_SNAPLEN_MAX);
	struct pcap_pkthdr *h;
	const uint8_t *data;
	uint32_t n = 0;
	while (pcap_next_ex(pc, &h, &data) == 1) {
		const struct packet want = packet_number(n++);
		assert_int_equal(
			h->ts.tv_sec * INT64_C(1000000000) + h->ts.tv_usec, want.ts_ns);
		assert_int_equal(h->caplen, want.caplen);
		assert_int_equal(h->len, want.len);
		assert_memory_equal(data, want.data, want.caplen);
	}
	assert_int_equal(n, 1000);
	pcap_close(pc);
	close(at.fd);
}

/* One packet written and read back by the reader. */
static struct packet
there_and_back(const struct packet *p, const struct sink_pcap_opts *opts)
{
	const struct place at = new_file();
	struct diags ds = { 0 };
	struct sink *k = sink_pcap_open(at.path, opts, &ds);
	assert_non_null(k);
	assert_true(k->ops->write(k, p, &ds));
	assert_true(k->ops->close(k, &ds));
	struct source *s = source_file_open(at.path, &ds);
	assert_non_null(s);
	struct packet back;
	assert_int_equal(source_next(s, &back, &ds), SOURCE_PACKET);
	assert_memory_equal(back.data, p->data, back.caplen);
	back.data = NULL;
	s->ops->close(s);
	close(at.fd);
	return back;
}

static void
test_clamped(void **state)
{
	(void)state;
	const struct {
		int64_t ts_ns, want_us, want_ns;
	} rows[] = {
		{ -1, 0, 0 },
		{ INT64_MIN, 0, 0 },
		{ 1999, 1000, 1999 },
		{ INT64_MAX, 4294967295999999000, 4294967295999999999 },
		{ 4294967295999999999, 4294967295999999000, 4294967295999999999 },
	};
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct packet p = { rows[i].ts_ns, bytes, 300, 400, .linktype = 1 };
		struct sink_pcap_opts opts = { .linktype = 1, .snaplen = 96 };
		struct packet back = there_and_back(&p, &opts);
		assert_int_equal(back.ts_ns, rows[i].want_us);
		assert_int_equal(back.caplen, 96);
		assert_int_equal(back.len, 400);
		opts = (struct sink_pcap_opts){ .linktype = 1, .nano = true };
		back = there_and_back(&p, &opts);
		assert_int_equal(back.ts_ns, rows[i].want_ns);
		assert_int_equal(back.caplen, 300);
	}
	/* More than any snap length allows. */
	const struct packet p = { 0, bytes, sizeof(bytes), sizeof(bytes), .linktype = 1 };
	const struct sink_pcap_opts opts = { .linktype = 1, .snaplen = UINT32_MAX };
	assert_int_equal(there_and_back(&p, &opts).caplen, FILTER_SNAPLEN_MAX);
}

static void
test_link_type(void **state)
{
	(void)state;
	const struct place at = new_file();
	struct diags ds = { 0 };
	struct sink *k = sink_pcap_open(at.path, &ether, &ds);
	assert_non_null(k);
	const struct packet odd = {
		.data = bytes, .caplen = 9, .len = 9, .linktype = 113
	};
	assert_false(k->ops->write(k, &odd, &ds));
	assert_int_equal(ds.count, 1);
	assert_non_null(strstr(ds.diag[0].text, "link type 113"));
	write_packets(k, 3); /* the others are not lost */
	assert_true(k->ops->close(k, &ds));
	assert_int_equal(read_packets(at.path, false), 3);
	close(at.fd);
}

static void
test_buffering(void **state)
{
	(void)state;
	const struct place at = new_file();
	struct sink_pcap_opts opts = ether;
	struct diags ds = { 0 };
	struct packet p = packet_number(7);
	struct sink *k = sink_pcap_open(at.path, &opts, &ds);
	assert_int_equal(size_of(&at), 24);
	assert_true(k->ops->write(k, &p, &ds));
	assert_int_equal(size_of(&at), 24);
	assert_true(k->ops->flush(k, &ds));
	assert_int_equal(size_of(&at), 24 + 16 + 7);
	assert_true(k->ops->close(k, &ds));

	opts.packet_buffered = true;
	k = sink_pcap_open(at.path, &opts, &ds);
	assert_int_equal(size_of(&at), 24);
	for (int i = 1; i < 4; i++) {
		assert_true(k->ops->write(k, &p, &ds));
		assert_int_equal(size_of(&at), 24 + i * (16 + 7));
	}
	assert_true(k->ops->close(k, &ds));
	close(at.fd);
}

static void
test_no_space(void **state)
{
	(void)state;
	struct diags ds = { 0 };
	assert_null(sink_pcap_open("/dev/full", &ether, &ds));
	assert_int_equal(ds.count, 1);
	assert_int_equal(ds.diag[0].err, ENOSPC);
	assert_non_null(strstr(ds.diag[0].text, "/dev/full: byte 0: "));
	assert_null(sink_pcap_open("/proc/no such directory/x", &ether, &ds));
	assert_int_equal(ds.diag[1].err, ENOENT);
}

static void
set_limit(rlim_t bytes_max)
{
	struct rlimit r;
	getrlimit(RLIMIT_FSIZE, &r);
	r.rlim_cur = bytes_max < r.rlim_max ? bytes_max : r.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &r), 0);
}

/* The file may have `limit` bytes: all whole packets within them stay readable. */
static void
write_limited(rlim_t limit, bool packet_buffered)
{
	const struct place at = new_file();
	struct sink_pcap_opts opts = ether;
	opts.packet_buffered = packet_buffered;
	struct diags ds = { 0 };
	set_limit(limit);
	struct sink *k = sink_pcap_open(at.path, &opts, &ds);
	if (!k) {
		set_limit(RLIM_INFINITY);
		assert_true(limit < 24);
		assert_int_equal(size_of(&at), 0);
		close(at.fd);
		return;
	}
	for (uint32_t i = 0; i < 20; i++) {
		const struct packet p = packet_number(i);
		if (!k->ops->write(k, &p, &ds))
			break;
	}
	const bool good = k->ops->close(k, &ds);
	set_limit(RLIM_INFINITY);
	off_t want = 24;
	uint32_t n = 0;
	for (; n < 20 && want + 16 + packet_number(n).caplen <= (off_t)limit; n++)
		want += 16 + packet_number(n).caplen;
	assert_int_equal(size_of(&at), want);
	assert_int_equal(read_packets(at.path, false), n);
	assert_int_equal(good, n == 20);
	assert_int_equal(ds.count, good ? 0 : 1);
	if (!good) {
		assert_int_equal(ds.diag[0].err, EFBIG);
		char lost[32];
		snprintf(lost, sizeof(lost), "; packets lost: %u",
			packet_buffered ? 1 : 20 - n);
		assert_non_null(strstr(ds.diag[0].text, lost));
	}
	close(at.fd);
}

static void
test_size_limit(void **state)
{
	(void)state;
	for (rlim_t limit = 0; limit < 600; limit++) {
		write_limited(limit, false);
		write_limited(limit, true);
	}
}

static void
test_closed_pipe(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[1]);
	struct diags ds = { 0 };
	struct sink *k = sink_pcap_open(path, &ether, &ds);
	assert_non_null(k);
	write_packets(k, 20);
	close(ends[0]);
	assert_false(k->ops->flush(k, &ds));
	assert_int_equal(ds.count, 1);
	assert_int_equal(ds.diag[0].err, EPIPE);
	assert_non_null(strstr(ds.diag[0].text, "byte 24: "));
	const struct packet p = packet_number(1);
	assert_false(k->ops->write(k, &p, &ds));
	assert_false(k->ops->close(k, &ds));
	assert_int_equal(ds.count, 1); /* said once */
	close(ends[1]);
}

/* Standard output, here a non-blocking pipe that is emptied slowly. */
static void
test_slow_pipe(void **state)
{
	(void)state;
	int ends[2];
	assert_int_equal(pipe(ends), 0);
	fflush(stdout); /* or the child has it twice */
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		close(ends[0]);
		fcntl(ends[1], F_SETFL, O_NONBLOCK);
		dup2(ends[1], STDOUT_FILENO);
		close(ends[1]);
		struct diags ds = { 0 };
		struct sink *k = sink_pcap_open("-", &ether, &ds);
		for (uint32_t i = 0; k && i < 1200; i++) {
			const struct packet p = packet_number(i);
			k->ops->write(k, &p, &ds);
		}
		_exit(k && k->ops->close(k, &ds) ? 0 : 1);
	}
	close(ends[1]);
	usleep(50000);
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	assert_int_equal(read_packets(path, false), 1200);
	close(ends[0]);
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* Appended by the shell (>> FILE): a failure cuts back our part only, and nothing when
 * another process has written behind it. */
static void
write_appended(bool other_writes)
{
	const struct place at = new_file();
	assert_int_equal(write(at.fd, "something", 9), 9);
	fflush(stdout);
	const pid_t child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(open(at.path, O_WRONLY | O_APPEND), STDOUT_FILENO);
		struct diags ds = { 0 };
		struct sink *k = sink_pcap_open("-", &ether, &ds);
		if (!k)
			_exit(1);
		if (other_writes && write(STDOUT_FILENO, "else", 4) != 4)
			_exit(2);
		const struct packet p = packet_number(60);
		k->ops->write(k, &p, &ds);
		set_limit(9 + 24 + 50);
		_exit(k->ops->close(k, &ds) || ds.diag[0].err != EFBIG ? 3 : 0);
	}
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(size_of(&at), 9 + 24 + (other_writes ? 50 : 0));
	char head[9];
	assert_int_equal(pread(at.fd, head, 9, 0), 9);
	assert_memory_equal(head, "something", 9);
	close(at.fd);
}

static void
test_append(void **state)
{
	(void)state;
	write_appended(false);
	write_appended(true);
}

static void
test_terminal(void **state)
{
	(void)state;
	const int pty = posix_openpt(O_RDWR | O_NOCTTY);
	if (pty < 0 || grantpt(pty) != 0 || unlockpt(pty) != 0)
		skip(); /* no pseudo-terminals here */
	struct diags ds = { 0 };
	assert_null(sink_pcap_open(ptsname(pty), &ether, &ds));
	assert_non_null(strstr(ds.diag[0].text, "terminal"));
	close(pty);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_libpcap_reads),
		cmocka_unit_test(test_clamped),
		cmocka_unit_test(test_link_type),
		cmocka_unit_test(test_buffering),
		cmocka_unit_test(test_no_space),
		cmocka_unit_test(test_size_limit),
		cmocka_unit_test(test_closed_pipe),
		cmocka_unit_test(test_slow_pipe),
		cmocka_unit_test(test_append),
		cmocka_unit_test(test_terminal),
	};
	return cmocka_run_group_tests(tests, fill_bytes, NULL);
}
