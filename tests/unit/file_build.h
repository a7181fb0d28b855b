/* file_build.h: capture files built byte by byte, for the tests of the reader. */
#ifndef BPFCAP_TEST_FILE_BUILD_H
#define BPFCAP_TEST_FILE_BUILD_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BUILD_MAX 4096

struct build {
	bool big; /* byte order of the file */
	uint8_t bytes[BUILD_MAX];
	size_t size;
};

static inline void
put(struct build *b, uint32_t value, size_t size)
{
	for (size_t i = 0; i < size; i++)
		b->bytes[b->size++] = (uint8_t)(value >> 8 * (b->big ? size - 1 - i : i));
}

static inline void
put_header(struct build *b, uint32_t magic, uint32_t snaplen, uint32_t link)
{
	put(b, magic, 4);
	put(b, 2, 2);
	put(b, 4, 2);
	put(b, 0, 4);
	put(b, 0, 4);
	put(b, snaplen, 4);
	put(b, link, 4);
}

/* A record whose bytes are tag, tag + 1, …; `extra` bytes of header beyond 16. */
static inline void
put_record(struct build *b, const uint32_t head[4], size_t extra, uint8_t tag)
{
	for (int i = 0; i < 4; i++)
		put(b, head[i], 4);
	for (size_t i = 0; i < extra; i++)
		put(b, 0xee, 1);
	for (uint32_t i = 0; i < head[2]; i++)
		put(b, (uint8_t)(tag + i), 1);
}

/* A file without a name, to be opened by the path that goes to `path`. */
static inline int
build_file(const uint8_t *bytes, size_t size, char path[32])
{
	FILE *f = tmpfile();
	if (!f)
		return -1;
	const int fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
	fclose(f);
	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		return -1;
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
