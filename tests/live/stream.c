/* stream.c: TCP whose payload lies in pages of a file and not behind the headers, for the
 * tests of the hooks.
 *
 *     stream listen PORT BYTES          reads that many, says "ready" on stderr when it
 *                                       listens, and prints how many came
 *     stream send ADDRESS PORT BYTES    all of them 0x5a, by sendfile(2) */
#include <arpa/inet.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <unistd.h>

#define FILL 0x5a

static int
fail(const char *what)
{
	fprintf(stderr, "stream: %s: %s\n", what, strerror(errno));
	return 1;
}

static int
receive(uint16_t port, size_t bytes)
{
	const struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int one = 1, fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
		listen(fd, 1) != 0)
		return fail("listen");
	fputs("ready\n", stderr);
	const int peer = accept(fd, NULL, NULL);
	static char buffer[65536];
	size_t got = 0;
	for (ssize_t n; got < bytes && (n = read(peer, buffer, sizeof(buffer))) > 0;)
		got += (size_t)n;
	printf("%zu\n", got);
	return got == bytes ? 0 : fail("read");
}

static int
transmit(const char *address, uint16_t port, size_t bytes)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(port) };
	const int fd = socket(AF_INET, SOCK_STREAM, 0);
	const int file = memfd_create("payload", 0);
	if (fd < 0 || file < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 ||
		ftruncate(file, (off_t)bytes) != 0)
		return fail("socket");
	void *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	if (at == MAP_FAILED)
		return fail("mmap");
	memset(at, FILL, bytes);
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return fail("connect");
	for (off_t done = 0; (size_t)done < bytes;)
		if (sendfile(fd, file, &done, bytes - (size_t)done) <= 0)
			return fail("sendfile");
	close(fd);
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 4 && strcmp(argv[1], "listen") == 0)
		return receive((uint16_t)atoi(argv[2]), strtoul(argv[3], NULL, 0));
	if (argc == 5 && strcmp(argv[1], "send") == 0)
		return transmit(
			argv[2], (uint16_t)atoi(argv[3]), strtoul(argv[4], NULL, 0));
	fprintf(stderr, "usage: stream listen PORT BYTES | send ADDRESS PORT BYTES\n");
	return 2;
}
