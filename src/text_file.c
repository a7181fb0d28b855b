/* text_file.c: in: a path; out: the bytes behind it, or which byte is no text. */
#include "text_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ROOM_FIRST ((size_t)4096) /* bytes, for what does not tell its size */
#define SHOWN_PATH 80U            /* bytes of a path in a message: its end tells more */

/* "PATH: what"; err 0 or an errno, which is told too. */
__attribute__((format(printf, 5, 6))) static bool
fail(struct diags *ds, const char *path, int err, const char *hint, const char *fmt, ...)
{
	char what[100];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	const size_t size = strlen(name);
	const bool cut = size > SHOWN_PATH;
	struct diag *d = diags_add(ds, DIAG_FILE, SEV_ERROR, "%s%s: %s%s%s",
		cut ? "..." : "", cut ? name + size - SHOWN_PATH : name, what,
		err != 0 ? ": " : "", err != 0 ? strerror(err) : "");
	d->err = err;
	diags_hint(ds, "%s", hint);
	return false;
}

/* Opens it; *size: what a regular file says, else 0. */
static int
open_text(const char *path, size_t *size, struct diags *ds)
{
	const bool standard = strcmp(path, "-") == 0;
	const int fd =
		standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	struct stat st;
	*size = 0;
	if (fd < 0 || fstat(fd, &st) < 0) {
		const int err = errno;
		fail(ds, path, err,
			err == EACCES  ? "check the file's owner and mode"
			: err == EINTR ? "a signal came before it could be opened"
				       : "check the name; - is standard input",
			"cannot open");
		return -1; /* fstat fails on what is not open only */
	}
	if (S_ISREG(st.st_mode) && st.st_size > 0)
		*size = (uint64_t)st.st_size < SIZE_MAX ? (size_t)st.st_size : SIZE_MAX;
	return fd;
}

/* The growing text; max + 1 bytes are read at most, of which the last tells that there
 * is more. */
struct growing {
	char *text;
	size_t len, room; /* room: bytes at text, of which len + 1 are needed */
};

static void
make_room(struct growing *g, size_t max)
{
	if (g->len + 1 < g->room)
		return;
	g->room = g->room > max / 2 ? max + 2 : 2 * g->room;
	g->text = realloc(g->text, g->room);
	if (!g->text)
		abort(); /* no memory: nothing useful is left to do */
}

static bool
read_all(int fd, const char *path, size_t max, struct growing *g, struct diags *ds)
{
	for (;;) {
		make_room(g, max);
		const ssize_t got = read(fd, g->text + g->len, g->room - g->len - 1);
		if (got == 0)
			return true;
		if (got < 0) {
			const int err = errno;
			return fail(ds, path, err,
				err == EISDIR  ? "name a file in it"
				: err == EINTR ? "a signal came before the end"
					       : "check the disk or the network mount",
				"byte %zu: cannot read", g->len);
		}
		g->len += (size_t)got;
		if (g->len > max)
			return fail(ds, path, 0, "is it the file that you mean?",
				"longer than %zu bytes", max);
	}
}

bool
text_file_read(const char *path, size_t max, char **out, size_t *len, struct diags *ds)
{
	size_t size;
	*out = NULL;
	*len = 0;
	const int fd = open_text(path, &size, ds);
	if (fd < 0)
		return false;
	struct growing g = { .room = size > max ? max + 2 : size + 2 };
	if (g.room < ROOM_FIRST)
		g.room = ROOM_FIRST;
	g.text = malloc(g.room);
	if (!g.text)
		abort(); /* as above */
	bool ok = read_all(fd, path, max, &g, ds);
	if (strcmp(path, "-") != 0)
		close(fd);
	g.text[g.len] = '\0';
	const size_t text = strlen(g.text);
	if (ok && text != g.len)
		ok = fail(
			ds, path, 0, "give a file of text", "byte %zu: a NUL byte", text);
	if (!ok) {
		free(g.text);
		return false;
	}
	*out = g.text;
	*len = g.len;
	return true;
}
