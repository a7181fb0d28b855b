/* tap.c: an interface that receives by a queue of choice, for the tests of queues.
 *
 *     tap NAME QUEUES     makes the interface and says "ready"; for each number that it
 *                         reads from a line, a datagram comes in by that queue; it ends,
 *                         and the interface with it, at the end of its input */
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define QUEUES 16

/* Ethernet, IPv4, UDP from 10.8.0.1 port 4242 to 10.8.0.2 port 4242; to nobody here. */
static const unsigned char frame[60] = { 2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 8, 0, 0x45,
	0, 0, 46, 0, 0, 0, 0, 64, 17, 0x66, 0xbf, 10, 8, 0, 1, 10, 8, 0, 2, 0x10, 0x92,
	0x10, 0x92, 0, 26 };

static int
fail(const char *what)
{
	fprintf(stderr, "tap: %s: %s\n", what, strerror(errno));
	return 1;
}

int
main(int argc, char **argv)
{
	struct ifreq request = { .ifr_flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE };
	const unsigned queues = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;
	int fd[QUEUES];
	unsigned queue;
	errno = EINVAL;
	if (queues == 0 || queues > QUEUES)
		return fail("tap NAME QUEUES");
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%.15s", argv[1]);
	for (unsigned i = 0; i < queues; i++) {
		fd[i] = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
		if (fd[i] < 0 || ioctl(fd[i], TUNSETIFF, &request) != 0)
			return fail(argv[1]);
	}
	fputs("ready\n", stderr);
	while (scanf("%u", &queue) == 1)
		if (queue >= queues ||
			write(fd[queue], frame, sizeof(frame)) != (ssize_t)sizeof(frame))
			return fail("sending");
	return 0;
}
