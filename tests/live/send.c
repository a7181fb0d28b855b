/* send.c: known traffic for the live tests.
 *
 *     send udp ADDRESS COUNT SIZE [GAP_US]        datagrams of SIZE payload bytes
 *     send raw INTERFACE COUNT SIZE [VLAN [INNER]] frames of SIZE bytes, by AF_PACKET
 *     send hex INTERFACE                          a frame for each line of input
 *
 * The UDP payload begins with "BPFC" and the number of the packet, from 0, in 32 bits
 * of network order; the ports are 4242.  Prints the nanoseconds a packet took. */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netpacket/packet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT 4242
#define SIZE_MAX_UDP 65507 /* RFC 768: 65,535 - 20 - 8 */
#define MARK "BPFC"

static uint8_t buffer[65536];

static int
fail(const char *what)
{
	fprintf(stderr, "send: %s: %s\n", what, strerror(errno));
	return 1;
}

static double
now_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void
put16(uint8_t *to, unsigned value)
{
	to[0] = value >> 8;
	to[1] = value;
}

/* Sends `count` times what is in the buffer; the number goes to `mark` + 4. */
static int
send_all(int fd, unsigned long count, size_t size, uint8_t *mark, long gap_us)
{
	const double begun = now_ns();
	for (unsigned long i = 0; i < count; i++) {
		const uint32_t number = htonl(i);
		memcpy(mark + 4, &number, sizeof(number));
		while (send(fd, buffer, size, 0) < 0)
			if (errno != ENOBUFS && errno != EINTR && errno != ECONNREFUSED)
				return fail("send");
		if (gap_us > 0)
			usleep(gap_us);
	}
	printf("%.0f\n", count ? (now_ns() - begun) / count : 0);
	return 0;
}

static int
send_udp(const char *address, unsigned long count, size_t size, long gap_us)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	const int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (fd < 0 || inet_pton(AF_INET, address, &to.sin_addr) != 1 || size < 8 ||
		size > SIZE_MAX_UDP)
		return fail("udp");
	const struct sockaddr_in from = { .sin_family = AF_INET,
		.sin_port = htons(PORT) };
	const int one = 1;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, (const struct sockaddr *)&from, sizeof(from)) != 0 ||
		connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return fail("bind or connect");
	memcpy(buffer, MARK, 4);
	return send_all(fd, count, size, buffer, gap_us);
}

/* Ethernet, tags, IPv4 (RFC 791) and UDP without a checksum, 10.9.0.1 → 10.9.0.2. */
static uint8_t *
build(size_t size, unsigned tags, const unsigned *vlan)
{
	memset(buffer, 0xff, 6); /* to all */
	memcpy(buffer + 6, "\x02\0\0\0\0\x01", 6);
	uint8_t *p = buffer + 12;
	for (unsigned i = 0; i < tags; i++, p += 4) {
		put16(p, tags == 2 && i == 0 ? 0x88a8 : 0x8100);
		put16(p + 2, vlan[i]);
	}
	put16(p, 0x0800);
	uint8_t *ip = p + 2;
	const size_t len = size - (ip - buffer);
	memcpy(ip, "\x45\0\0\0\0\0\0\0\x40\x11\0\0\x0a\x09\0\x01\x0a\x09\0\x02", 20);
	put16(ip + 2, len);
	uint32_t sum = 0;
	for (int i = 0; i < 20; i += 2)
		sum += ip[i] << 8 | ip[i + 1];
	put16(ip + 10, ~(sum + (sum >> 16)));
	uint8_t *udp = ip + 20;
	put16(udp, PORT);
	put16(udp + 2, PORT);
	put16(udp + 4, len - 20);
	memcpy(udp + 8, MARK, 4);
	return udp + 8;
}

static int
send_raw(const char *name, unsigned long count, size_t size, unsigned tags,
	const unsigned *vlan)
{
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name) };
	const int fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return fail(name);
	if (size < 60 || size > sizeof(buffer))
		return fail("size");
	return send_all(fd, count, size, build(size, tags, vlan), 0);
}

/* Two hex digits a byte, a frame a line. */
static int
send_hex(const char *name)
{
	static char line[2 * sizeof(buffer) + 2];
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_ifindex = if_nametoindex(name) };
	const int fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		return fail(name);
	while (fgets(line, sizeof(line), stdin)) {
		size_t size = 0;
		while (size < sizeof(buffer) &&
			sscanf(line + 2 * size, "%2hhx", &buffer[size]) == 1)
			size++;
		if (send(fd, buffer, size, 0) < 0)
			return fail("send");
	}
	return 0;
}

int
main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "hex") == 0)
		return send_hex(argv[2]);
	if (argc < 5) {
		fprintf(stderr, "usage: send udp ADDRESS COUNT SIZE [GAP_US]\n"
				"       send raw INTERFACE COUNT SIZE [VLAN [INNER]]\n"
				"       send hex INTERFACE\n");
		return 2;
	}
	const unsigned long count = strtoul(argv[3], NULL, 0);
	const size_t size = strtoul(argv[4], NULL, 0);
	if (strcmp(argv[1], "udp") == 0)
		return send_udp(argv[2], count, size, argc > 5 ? atol(argv[5]) : 0);
	unsigned vlan[2] = { 0 };
	for (int i = 5; i < argc && i < 7; i++)
		vlan[i - 5] = strtoul(argv[i], NULL, 0);
	return send_raw(argv[2], count, size, argc > 6 ? 2 : argc - 5, vlan);
}
