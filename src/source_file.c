/* source_file.c: a capture file, pipe or standard input → packets, in its order.
 *
 * All are read with read(2) into one buffer, of which records are borrowed in place.
 * Mapping the file would be no gain: a walk over 600 MB in the page cache took 80 ms
 * mapped (MADV_SEQUENTIAL), 46 ms read in pieces of 128 KiB; and a mapped file that is
 * cut while it is read (`tcpdump -C -W` does that to old files) is a SIGBUS, which no
 * check beforehand excludes.  So a file that shrinks simply ends early here. */
#include "source_file.h"

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
#include "pcap_read.h"

#define READ_BYTES ((size_t)128 << 10) /* asked for at once; stays in the L2 cache */
#define BUFFER_BYTES (READ_BYTES + SAVEFILE_RECORD_MAX + FILTER_SNAPLEN_MAX)
#define IDLE_MS 250    /* as source.h promises */
#define SHOWN_PATH 80U /* bytes of a path in a message: its end tells more */

struct source_file {
	struct source base; /* first: the ops cast */
	struct savefile format;
	int fd;
	bool polled;    /* not a regular file: wait with poll, so that signals are seen */
	bool ended;     /* read(2) gave 0 */
	bool over;      /* the end, or a failure, has been reported */
	size_t at, end; /* bytes not yet delivered: buffer[at] to buffer[end - 1] */
	uint64_t offset;  /* of buffer[at] in the file */
	uint64_t packets; /* delivered */
	uint8_t buffer[BUFFER_BYTES];
};

enum fill { FILL_DONE, FILL_ENDED, FILL_IDLE, FILL_FAILED };

/* "NAME: byte N: what", `err` 0 or an errno. */
__attribute__((format(printf, 6, 7))) static bool
fail(const struct source_file *f, struct diags *ds, enum diag_code code, int err,
	const char *hint, const char *fmt, ...)
{
	char what[100];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	const char *name =
		strcmp(f->base.name, "-") == 0 ? "standard input" : f->base.name;
	const size_t size = strlen(name);
	const bool cut = size > SHOWN_PATH;
	struct diag *d = diags_add(ds, code, SEV_ERROR, "%s%s: byte %" PRIu64 ": %s",
		cut ? "..." : "", cut ? name + size - SHOWN_PATH : name, f->offset, what);
	d->err = err;
	diags_hint(ds, "%s", hint);
	return false;
}

/* Has `need` bytes at buffer[at], or says why there are fewer.  What was read before
 * an interruption is kept.  need <= BUFFER_BYTES. */
static enum fill
fill(struct source_file *f, size_t need, struct diags *ds)
{
	if (f->end - f->at >= need)
		return FILL_DONE;
	memmove(f->buffer, f->buffer + f->at, f->end - f->at);
	f->end -= f->at;
	f->at = 0;
	while (f->end < need && !f->ended) {
		if (f->polled) {
			struct pollfd p = { .fd = f->fd, .events = POLLIN };
			if (poll(&p, 1, IDLE_MS) <= 0)
				return FILL_IDLE; /* time-out or signal */
		}
		size_t room = sizeof(f->buffer) - f->end;
		room = room < READ_BYTES ? room : READ_BYTES;
		const ssize_t got = read(f->fd, f->buffer + f->end, room);
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			return FILL_IDLE;
		if (got < 0) {
			const int err = errno;
			f->offset += f->end; /* where the reading failed */
			fail(f, ds, DIAG_FILE, err,
				err == EISDIR ? "name a capture file in it"
					      : "check the disk or the network mount",
				"cannot read: %s", strerror(err));
			return FILL_FAILED;
		}
		f->ended = got == 0;
		f->end += (size_t)got;
	}
	return f->end >= need ? FILL_DONE : FILL_ENDED;
}

static enum source_status
give_up(struct source_file *f)
{
	f->over = true;
	return SOURCE_FAILED;
}

/* The file ended where `need` bytes of `what` should be. */
static enum source_status
cut_short(struct source_file *f, const char *what, size_t need, struct diags *ds)
{
	fail(f, ds, DIAG_DAMAGED, 0,
		"all packets before it were read; the writer was stopped, or is still at "
		"work",
		"%s of packet %" PRIu64 " is cut short: %zu of %zu bytes", what,
		f->packets + 1, f->end - f->at, need);
	return give_up(f);
}

static enum source_status
next(struct source *s, struct packet *packet, struct diags *ds)
{
	struct source_file *f = (struct source_file *)s;
	if (f->over)
		return SOURCE_END;
	const size_t head = f->format.record_bytes;
	const enum fill got = fill(f, head, ds);
	if (got == FILL_IDLE)
		return SOURCE_IDLE;
	if (got == FILL_FAILED)
		return give_up(f);
	if (got == FILL_ENDED) {
		if (f->end > f->at)
			return cut_short(f, "the header", head, ds);
		f->over = true;
		return SOURCE_END;
	}
	uint32_t stored;
	struct savefile_fault fault;
	if (!savefile_record(&f->format, f->buffer + f->at, packet, &stored, &fault)) {
		fail(f, ds, fault.code, 0, fault.hint, "%s", fault.text);
		return give_up(f);
	}
	switch (fill(f, head + stored, ds)) {
	case FILL_IDLE: return SOURCE_IDLE; /* the header is decoded again: it is cheap */
	case FILL_FAILED: return give_up(f);
	case FILL_ENDED: return cut_short(f, "the record", head + stored, ds);
	case FILL_DONE: break;
	}
	packet->data = f->buffer + f->at + head;
	f->at += head + stored;
	f->offset += head + stored;
	f->packets++;
	return SOURCE_PACKET;
}

static void
stop(struct source *s)
{
	((struct source_file *)s)->over = true;
}

static bool
stats(struct source *s, struct source_stats *out)
{
	(void)s, (void)out;
	return false;
}

static void
close_file(struct source *s)
{
	struct source_file *f = (struct source_file *)s;
	if (f->fd >= 0 && strcmp(f->base.name, "-") != 0)
		close(f->fd);
	free(f);
}

static const struct source_ops file_ops = { next, stop, stats, close_file };

static bool
open_fd(struct source_file *f, const char *path, struct diags *ds)
{
	const bool standard = strcmp(path, "-") == 0;
	f->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	if (f->fd < 0 || fstat(f->fd, &st) < 0) {
		const int err = errno;
		fail(f, ds, DIAG_FILE, err,
			err == EACCES ? "check the file's owner and mode"
				      : "check the name; - is standard input",
			"cannot open: %s", strerror(err));
		return false;
	}
	f->polled = !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
	if (!f->polled)
		posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL); /* advice: may fail */
	return true;
}

/* A pipe's writer may take its time: waits, but not through a signal. */
static bool
read_header(struct source_file *f, struct diags *ds)
{
	enum fill got;
	do {
		errno = 0;
		got = fill(f, SAVEFILE_HEADER, ds);
	} while (got == FILL_IDLE && errno != EINTR);
	if (got == FILL_FAILED)
		return false;
	if (got == FILL_IDLE)
		return fail(f, ds, DIAG_FILE, EINTR, "",
			"interrupted while waiting for the file header");
	struct savefile_fault fault;
	const size_t size = f->end < SAVEFILE_HEADER ? f->end : SAVEFILE_HEADER;
	if (!savefile_header(&f->format, f->buffer, size, &fault))
		return fail(f, ds, fault.code, 0, fault.hint, "%s", fault.text);
	f->at = SAVEFILE_HEADER;
	f->offset = SAVEFILE_HEADER;
	return true;
}

struct source *
source_file_open(const char *path, struct diags *ds)
{
	struct source_file *f = malloc(sizeof(*f));
	if (!f)
		abort(); /* no memory: nothing useful is left to do */
	memset(f, 0, offsetof(struct source_file, buffer));
	f->base.ops = &file_ops;
	f->base.name = path;
	f->fd = -1;
	if (!open_fd(f, path, ds) || !read_header(f, ds)) {
		close_file(&f->base);
		return NULL;
	}
	f->base.linktype = f->format.linktype;
	f->base.snaplen = f->format.snaplen;
	f->base.nano = f->format.nano;
	return &f->base;
}
