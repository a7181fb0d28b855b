/* exprs_file.c: a list of `link type | expression` lines comes in, one row at a time
 * goes out. */
#include "exprs.h"

#include <netdb.h>
#include <netinet/ether.h>
#include <netinet/in.h>
#include <string.h>

#include "links.h"

static bool
find_protocol(void *ctx, const char *name, uint8_t *out)
{
	const struct protoent *found = getprotobyname(name);

	(void)ctx;
	if (!found)
		return false;
	*out = (uint8_t)found->p_proto;
	return true;
}

static bool
find_port(void *ctx, const char *name, enum filter_transport transport, uint16_t *out)
{
	const struct servent *found =
		getservbyname(name, transport == FILTER_TCP ? "tcp" : "udp");

	(void)ctx;
	if (!found)
		return false;
	*out = ntohs((uint16_t)found->s_port);
	return true;
}

static bool
find_net(void *ctx, const char *name, uint32_t *out)
{
	const struct netent *found = getnetbyname(name);

	(void)ctx;
	if (!found)
		return false;
	*out = found->n_net;
	return true;
}

static void
add_addr(const struct sockaddr *from, struct filter_addr *to)
{
	to->family = from->sa_family == AF_INET ? 4 : 6;
	if (from->sa_family == AF_INET)
		memcpy(to->bytes, &((const struct sockaddr_in *)from)->sin_addr, 4);
	else
		memcpy(to->bytes, &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
}

static size_t
find_host(void *ctx, const char *name, struct filter_addr *out, size_t max)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *list = NULL;
	size_t count = 0;

	(void)ctx;
	if (getaddrinfo(name, NULL, &hints, &list))
		return 0;
	for (const struct addrinfo *a = list; a && count < max; a = a->ai_next)
		if (a->ai_family == AF_INET || a->ai_family == AF_INET6)
			add_addr(a->ai_addr, &out[count++]);
	freeaddrinfo(list);
	return count;
}

static bool
find_ether(void *ctx, const char *name, uint8_t out[6])
{
	struct ether_addr found;

	(void)ctx;
	if (ether_hostton(name, &found))
		return false;
	memcpy(out, found.ether_addr_octet, 6);
	return true;
}

const struct filter_names expr_names = {
	.host = find_host,
	.net = find_net,
	.port = find_port,
	.protocol = find_protocol,
	.ether = find_ether,
};

bool
expr_read(struct expr_file *in, uint16_t *linktype, struct expr *e)
{
	char line[EXPR_MAX];

	while (fgets(line, sizeof line, in->f)) {
		const char *bar = strchr(line, '|');
		const struct link *link;

		in->line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		link = bar && bar > line && bar[-1] == ' '
			       ? links_by_name(line, (unsigned)(bar - line) - 1)
			       : NULL;
		if (!link) {
			in->bad = in->line;
			return false;
		}
		*linktype = link->linktype;
		bar += bar[1] == ' ' ? 2 : 1;
		e->len = 0;
		expr_add(e, "%s", bar);
		return true;
	}
	return false;
}
