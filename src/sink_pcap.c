/* sink_pcap.c: packets → a classic capture file in this machine's byte order.
 *
 * Packets are gathered in one buffer that always begins and ends with a whole record,
 * and go out by write(2).  So what a failed write has left in the file can be cut back
 * to the end of a record, and the capture stays readable. */
#include "sink_pcap.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../filter/filter.h"

#define FLUSH_BYTES ((size_t)128 << 10) /* buffered before they are written */
#define SHOWN_PATH 60U                  /* bytes of a path in a message */

/* draft-ietf-opsawg-pcap §4 and §5. */
struct file_header {
	uint32_t magic;
	uint16_t major, minor;
	uint32_t unused[2]; /* time zone, accuracy: 0 in all files */
	uint32_t snaplen, linktype;
};
struct record_header {
	uint32_t seconds, fraction, caplen, len;
};
_Static_assert(sizeof(struct file_header) == 24, "as in the file");
_Static_assert(sizeof(struct record_header) == 16, "as in the file");

struct sink_pcap {
	struct sink base; /* first: the ops cast */
	struct sink_pcap_opts opts;
	const char *path;
	int fd;
	bool regular;  /* can be cut and synced */
	bool failed;   /* bytes were lost, and that was said */
	off_t start;   /* of a regular file: where the file header stands in it */
	uint64_t sent; /* bytes given to the kernel, whole records up to here */
	size_t used;   /* bytes of buffer, whole records */
	uint8_t buffer[FLUSH_BYTES + sizeof(struct record_header) + FILTER_SNAPLEN_MAX];
};

__attribute__((format(printf, 5, 6))) static bool
fail(const struct sink_pcap *k, struct diags *ds, int err, const char *hint,
	const char *fmt, ...)
{
	char what[140];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	const char *name = strcmp(k->path, "-") == 0 ? "standard output" : k->path;
	const size_t size = strlen(name);
	const bool cut = size > SHOWN_PATH;
	struct diag *d = diags_add(ds, DIAG_WRITE, SEV_ERROR, "%s%s: %s",
		cut ? "..." : "", cut ? name + size - SHOWN_PATH : name, what);
	d->err = err;
	diags_hint(ds, "%s", hint);
	return false;
}

static const char *
write_hint(int err)
{
	static const struct {
		int err;
		const char *hint;
	} hints[] = {
		{ ENOSPC, "free some space, or write to another file system" },
		{ EDQUOT, "free some of your quota, or write to another file system" },
		{ EFBIG,
			"raise the file size limit (ulimit -f), or write several files" },
		{ EPIPE, "the program that reads the pipe has ended" },
		{ EIO, "check the disk" },
	};
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (hints[i].err == err)
			return hints[i].hint;
	return "write to another file";
}

/* Writes all of it, or says with errno why only the *done first bytes. */
static bool
write_all(int fd, const uint8_t *data, size_t size, size_t *done)
{
	for (*done = 0; *done < size;) {
		const ssize_t put = write(fd, data + *done, size - *done);
		if (put >= 0) {
			*done += (size_t)put;
		} else if (errno == EAGAIN) {
			/* A pipe that we were given may be non-blocking. */
			struct pollfd p = { .fd = fd, .events = POLLOUT };
			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			return false;
		}
	}
	return true;
}

/* How many of the first `done` bytes in the buffer are whole records; the number of
 * records after them goes to *lost. */
static size_t
whole_records(const struct sink_pcap *k, size_t done, uint64_t *lost)
{
	size_t at = 0, whole = 0;
	for (*lost = 0; at < k->used;) {
		struct record_header h;
		memcpy(&h, k->buffer + at, sizeof(h));
		at += sizeof(h) + h.caplen;
		if (at <= done)
			whole = at;
		else
			++*lost;
	}
	return whole;
}

/* Cuts a regular file back to `sent` bytes, unless another process wrote to it too. */
static bool
cut_back(const struct sink_pcap *k, size_t beyond)
{
	const off_t whole = k->start + (off_t)k->sent;
	struct stat st;
	return k->regular && fstat(k->fd, &st) == 0 &&
	       st.st_size == whole + (off_t)beyond && ftruncate(k->fd, whole) == 0 &&
	       lseek(k->fd, whole, SEEK_SET) == whole;
}

static bool
flush_buffer(struct sink_pcap *k, struct diags *ds)
{
	if (k->failed)
		return false;
	size_t done;
	if (write_all(k->fd, k->buffer, k->used, &done)) {
		k->sent += k->used;
		k->used = 0;
		return true;
	}
	const int err = errno;
	const uint64_t place = k->sent + done;
	uint64_t lost;
	const size_t whole = whole_records(k, done, &lost);
	k->sent += whole;
	k->failed = true;
	/* Nothing to cut where the write stopped at the end of a record. */
	const bool clean = done == whole || cut_back(k, done - whole);
	return fail(k, ds, err, write_hint(err),
		"byte %" PRIu64 ": cannot write: %s; packets lost: %" PRIu64 "%s", place,
		strerror(err), lost, clean ? "" : "; the file ends within a packet");
}

/* The format has unsigned 32-bit seconds: earlier than 1970 becomes 1970, later than
 * February 2106 becomes the last moment that can be said. */
static void
set_time(struct record_header *h, int64_t ts_ns, bool nano)
{
	const int64_t last_ns = (int64_t)UINT32_MAX * 1000000000 + 999999999;
	const int64_t t = ts_ns < 0 ? 0 : ts_ns > last_ns ? last_ns : ts_ns;
	h->seconds = (uint32_t)(t / 1000000000);
	h->fraction = (uint32_t)(t % 1000000000) / (nano ? 1 : 1000);
}

static bool
write_packet(struct sink *s, const struct packet *p, struct diags *ds)
{
	struct sink_pcap *k = (struct sink_pcap *)s;
	if (k->failed)
		return false;
	if (p->linktype != k->opts.linktype)
		return fail(k, ds, 0,
			"write the packets of each link type to a file of their own",
			"a packet of link type %u does not fit into a file of link type "
			"%u",
			p->linktype, k->opts.linktype);
	struct record_header h = {
		.caplen = p->caplen < k->opts.snaplen ? p->caplen : k->opts.snaplen,
		.len = p->len,
	};
	set_time(&h, p->ts_ns, k->opts.nano);
	/* There is room: used < FLUSH_BYTES and caplen <= FILTER_SNAPLEN_MAX. */
	memcpy(k->buffer + k->used, &h, sizeof(h));
	if (h.caplen > 0)
		memcpy(k->buffer + k->used + sizeof(h), p->data, h.caplen);
	k->used += sizeof(h) + h.caplen;
	if (k->opts.packet_buffered || k->used >= FLUSH_BYTES)
		return flush_buffer(k, ds);
	return true;
}

static bool
flush(struct sink *s, struct diags *ds)
{
	return flush_buffer((struct sink_pcap *)s, ds);
}

/* Some file systems tell of a lost write only at fsync(2) or close(2). */
static bool
close_fd(struct sink_pcap *k, struct diags *ds)
{
	const bool synced = !k->regular || fsync(k->fd) == 0 || errno == EINVAL;
	const int sync_err = errno;
	const bool closed =
		close(k->fd) == 0 || errno == EINTR; /* EINTR: closed, on Linux */
	if (k->failed || (synced && closed))
		return !k->failed;
	const int err = synced ? errno : sync_err;
	return fail(k, ds, err, write_hint(err),
		"cannot finish the file: %s; packets may be missing in its %" PRIu64
		" bytes",
		strerror(err), k->sent);
}

static bool
close_sink(struct sink *s, struct diags *ds)
{
	struct sink_pcap *k = (struct sink_pcap *)s;
	flush_buffer(k, ds); /* a failure is remembered, and said */
	const bool good = close_fd(k, ds);
	free(k);
	return good;
}

static const struct sink_ops pcap_ops = { write_packet, flush, close_sink };

/* Standard output is duplicated, so that close(2) can tell of an error. */
static bool
open_fd(struct sink_pcap *k, struct diags *ds)
{
	const bool standard = strcmp(k->path, "-") == 0;
	k->fd = standard ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
			 : open(k->path,
				   O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
				   0666);
	struct stat st;
	if (k->fd < 0 || fstat(k->fd, &st) < 0) {
		const int err = errno;
		return fail(k, ds, err,
			err == EACCES ? "write to a directory of your own"
				      : write_hint(err),
			"cannot open for writing: %s", strerror(err));
	}
	if (isatty(k->fd))
		return fail(k, ds, 0, "send it to a file or a pipe",
			"is a terminal, and a capture is binary data");
	k->regular = S_ISREG(st.st_mode);
	if (!k->regular)
		return true;
	const bool append = fcntl(k->fd, F_GETFL) & O_APPEND; /* from the shell: >> */
	k->start = append ? st.st_size : lseek(k->fd, 0, SEEK_CUR);
	return true;
}

static bool
write_header(struct sink_pcap *k, struct diags *ds)
{
	const struct file_header h = {
		.magic = k->opts.nano ? 0xa1b23c4d : 0xa1b2c3d4,
		.major = 2,
		.minor = 4,
		.snaplen = k->opts.snaplen,
		.linktype = k->opts.linktype,
	};
	size_t done;
	if (write_all(k->fd, (const uint8_t *)&h, sizeof(h), &done)) {
		k->sent = sizeof(h);
		return true;
	}
	const int err = errno;
	cut_back(k, done);
	return fail(k, ds, err, write_hint(err),
		"byte %zu: cannot write the file header: %s", done, strerror(err));
}

struct sink *
sink_pcap_open(const char *path, const struct sink_pcap_opts *opts, struct diags *ds)
{
	struct sink_pcap *k = malloc(sizeof(*k));
	if (!k)
		abort(); /* no memory: nothing useful is left to do */
	memset(k, 0, offsetof(struct sink_pcap, buffer));
	k->base.ops = &pcap_ops;
	k->opts = *opts;
	if (opts->snaplen == 0 || opts->snaplen > FILTER_SNAPLEN_MAX)
		k->opts.snaplen = FILTER_SNAPLEN_MAX;
	k->path = path;
	if (!open_fd(k, ds) || !write_header(k, ds)) {
		if (k->fd >= 0)
			close(k->fd);
		free(k);
		return NULL;
	}
	return &k->base;
}
