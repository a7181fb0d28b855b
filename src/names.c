/* names.c: names in an expression → numbers, asked of the system.
 *
 * Fills the callbacks of `struct filter_names`; a name that is unknown, or that cannot
 * be looked up now, is not found. */
#include "names.h"

#include <arpa/inet.h>
#include <net/ethernet.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

/* Bytes for the strings of one entry (RFC 6335 §5.1 has at most 15 a name; aliases). */
#define ENTRY_BYTES 4096

_Static_assert(sizeof(struct filter_addr) == 17, "no padding: compared with memcmp");

static int
by_bytes(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct filter_addr));
}

static bool
copy_addr(const struct addrinfo *from, struct filter_addr *to)
{
	*to = (struct filter_addr){ 0 };
	if (from->ai_family == AF_INET) {
		struct sockaddr_in in;
		memcpy(&in, from->ai_addr, sizeof(in));
		to->family = 4;
		memcpy(to->bytes, &in.sin_addr, 4);
		return true;
	}
	if (from->ai_family == AF_INET6) {
		struct sockaddr_in6 in6;
		memcpy(&in6, from->ai_addr, sizeof(in6));
		to->family = 6;
		memcpy(to->bytes, &in6.sin6_addr, 16);
		return true;
	}
	return false;
}

/* All addresses, IPv4 before IPv6, each ascending, each once: the same name gives the
 * same program whatever order the server answers in. */
static size_t
look_up_host(void *ctx, const char *name, struct filter_addr *out, size_t max)
{
	(void)ctx;
	/* One socket type, or each address would come once a type. */
	const struct addrinfo hints = { .ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	if (max == 0 || getaddrinfo(name, NULL, &hints, &list) != 0)
		return 0;
	size_t count = 0;
	for (const struct addrinfo *i = list; i; i = i->ai_next)
		count++;
	struct filter_addr *all = calloc(count ? count : 1, sizeof(*all));
	if (!all)
		abort(); /* no memory: nothing useful is left to do */
	size_t used = 0;
	for (const struct addrinfo *i = list; i; i = i->ai_next)
		used += copy_addr(i, &all[used]);
	freeaddrinfo(list);
	qsort(all, used, sizeof(*all), by_bytes);
	size_t given = 0;
	for (size_t i = 0; i < used && given < max; i++)
		if (i == 0 || by_bytes(&all[i - 1], &all[i]) != 0)
			out[given++] = all[i];
	free(all);
	return given;
}

/* glibc's networks have all four bytes (loopback is 127.0.0.0, not 127), and are given
 * so: `net loopback` then means what it means to libpcap. */
static bool
look_up_net(void *ctx, const char *name, uint32_t *out)
{
	(void)ctx;
	struct netent entry, *found = NULL;
	char text[ENTRY_BYTES];
	int err;
	if (getnetbyname_r(name, &entry, text, sizeof(text), &found, &err) != 0 || !found)
		return false;
	*out = found->n_net;
	return true;
}

static bool
look_up_port(void *ctx, const char *name, enum filter_transport transport, uint16_t *out)
{
	(void)ctx;
	struct servent entry, *found = NULL;
	char text[ENTRY_BYTES];
	const char *protocol = transport == FILTER_TCP ? "tcp" : "udp";
	if (getservbyname_r(name, protocol, &entry, text, sizeof(text), &found) != 0 ||
		!found)
		return false;
	*out = ntohs((uint16_t)found->s_port);
	return true;
}

static bool
look_up_protocol(void *ctx, const char *name, uint8_t *out)
{
	(void)ctx;
	struct protoent entry, *found = NULL;
	char text[ENTRY_BYTES];
	if (getprotobyname_r(name, &entry, text, sizeof(text), &found) != 0 || !found)
		return false;
	if (found->p_proto < 0 || found->p_proto > UINT8_MAX)
		return false;
	*out = (uint8_t)found->p_proto;
	return true;
}

static bool
look_up_ether(void *ctx, const char *name, uint8_t out[6])
{
	(void)ctx;
	struct ether_addr found;
	if (ether_hostton(name, &found) != 0)
		return false;
	memcpy(out, found.ether_addr_octet, 6);
	return true;
}

const struct filter_names *
names_system(void)
{
	static const struct filter_names names = {
		.host = look_up_host,
		.net = look_up_net,
		.port = look_up_port,
		.protocol = look_up_protocol,
		.ether = look_up_ether,
	};
	return &names;
}
