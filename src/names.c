/* names.c: names in an expression → numbers, asked of the system.
 *
 * Fills the callbacks of `struct filter_names`; a name that is unknown, or that cannot
 * be looked up now, is not found. */
#include "names.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/ethernet.h>
#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#define FAMILY_MAX 100              /* addresses of a name, a family */
#define ENTRY_BYTES 1024            /* for the strings of one entry, at first */
#define ENTRY_MAX ((size_t)1 << 20) /* and at most: a line of a file with its aliases */
#define ETHERS "/etc/ethers"

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

/* The first FAMILY_MAX addresses of each family, IPv4 before IPv6, each ascending, each
 * once: the same name gives the same program whatever order the server answers in. */
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
	size_t given = 0, of_family = 0;
	for (size_t i = 0; i < used && given < max; i++) {
		if (i > 0 && by_bytes(&all[i - 1], &all[i]) == 0)
			continue;
		if (i == 0 || all[i - 1].family != all[i].family)
			of_family = 0;
		if (of_family++ < FAMILY_MAX)
			out[given++] = all[i];
	}
	free(all);
	return given;
}

/* Room for an entry's strings: the C library says ERANGE until it is enough.  *text is
 * NULL at first, and to be freed. */
static bool
grow(char **text, size_t *size)
{
	if (*size >= ENTRY_MAX)
		return false;
	free(*text);
	*size = *size == 0 ? ENTRY_BYTES : *size * 4;
	*text = malloc(*size);
	if (!*text)
		abort(); /* no memory: nothing useful is left to do */
	return true;
}

/* glibc's networks have all four bytes (loopback is 127.0.0.0, not 127), and are given
 * so: `net loopback` then means what it means to libpcap. */
static bool
look_up_net(void *ctx, const char *name, uint32_t *out)
{
	(void)ctx;
	struct netent entry, *found = NULL;
	char *text = NULL;
	size_t size = 0;
	int status = ERANGE, err;
	while (status == ERANGE && grow(&text, &size))
		status = getnetbyname_r(name, &entry, text, size, &found, &err);
	if (found)
		*out = found->n_net;
	free(text);
	return found != NULL;
}

static bool
look_up_port(void *ctx, const char *name, enum filter_transport transport, uint16_t *out)
{
	(void)ctx;
	struct servent entry, *found = NULL;
	char *text = NULL;
	size_t size = 0;
	int status = ERANGE;
	const char *protocol = transport == FILTER_TCP ? "tcp" : "udp";
	while (status == ERANGE && grow(&text, &size))
		status = getservbyname_r(name, protocol, &entry, text, size, &found);
	if (found)
		*out = ntohs((uint16_t)found->s_port);
	free(text);
	return found != NULL;
}

static bool
look_up_protocol(void *ctx, const char *name, uint8_t *out)
{
	(void)ctx;
	struct protoent entry, *found = NULL;
	char *text = NULL;
	size_t size = 0;
	int status = ERANGE;
	while (status == ERANGE && grow(&text, &size))
		status = getprotobyname_r(name, &entry, text, size, &found);
	const int number = found ? found->p_proto : -1;
	free(text);
	if (number < 0 || number > UINT8_MAX)
		return false;
	*out = (uint8_t)number;
	return true;
}

/* Six numbers of one or two hexadecimal digits, and nothing behind them. */
static bool
parse_mac(const char *text, uint8_t out[6])
{
	static const char digits[] = "0123456789abcdefABCDEF";
	for (unsigned i = 0; i < 6; i++) {
		const size_t n = strspn(text, digits);
		if (n < 1 || n > 2 || text[n] != (i < 5 ? ':' : '\0'))
			return false;
		out[i] = (uint8_t)strtoul(text, NULL, 16);
		text += n + 1;
	}
	return true;
}

/* A line of ethers(5), "8:0:20:1:2:3 name # comment": its address, if it is of that
 * name.  `line` is cut into words. */
static bool
parse_ethers(char *line, const char *name, uint8_t out[6])
{
	static const char blank[] = " \t\r\n";
	char *rest = NULL;
	line[strcspn(line, "#")] = '\0';
	const char *address = strtok_r(line, blank, &rest);
	const char *owner = strtok_r(NULL, blank, &rest);
	return owner && strcasecmp(owner, name) == 0 && parse_mac(address, out);
}

/* The file itself: the C library gives up at its first line of 1,024 bytes, and takes a
 * carriage return for a part of the name. */
static bool
read_ethers(const char *name, uint8_t out[6])
{
	FILE *f = fopen(ETHERS, "re");
	if (!f)
		return false;
	char *line = NULL;
	size_t size = 0;
	bool found = false;
	while (!found && getline(&line, &size, f) > 0)
		found = parse_ethers(line, name, out);
	free(line);
	fclose(f);
	return found;
}

static bool
look_up_ether(void *ctx, const char *name, uint8_t out[6])
{
	(void)ctx;
	struct ether_addr found;
	if (ether_hostton(name, &found) != 0)
		return read_ethers(name, out);
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
