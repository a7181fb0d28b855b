/* names.c: host, service and protocol names, behind a cache of fixed size.
 *
 * In: addresses and numbers.  Out: names that stay valid until the next call;
 * NULL when the resolver knows none.  Never called with -n. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "printer.h"

enum { ENTRIES = 4096, NAME_MAX_LEN = 128 };

/* kind: bytes of the address, or PORT with the number in `key`. */
enum { PORT = 1, PROTO = 2 };

struct entry {
	uint8_t kind; /* 0: free */
	bool known;
	uint8_t key[16];
	char name[NAME_MAX_LEN];
};

struct names {
	struct entry entry[ENTRIES];
};

struct names *
names_open(void)
{
	struct names *n = calloc(1, sizeof(*n));
	if (!n)
		abort();
	return n;
}

void
names_close(struct names *n)
{
	free(n);
}

static bool
resolve_host(struct entry *e)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6 };
	const struct sockaddr *sa = (const struct sockaddr *)&in;
	socklen_t len = sizeof(in);
	memcpy(&in.sin_addr, e->key, sizeof(in.sin_addr));
	if (e->kind == 16) {
		memcpy(&in6.sin6_addr, e->key, sizeof(in6.sin6_addr));
		sa = (const struct sockaddr *)&in6;
		len = sizeof(in6);
	}
	return getnameinfo(sa, len, e->name, sizeof(e->name), NULL, 0, NI_NAMEREQD) == 0;
}

static bool
resolve_port(struct entry *e)
{
	const char *proto = e->key[0] == IPPROTO_TCP   ? "tcp"
			    : e->key[0] == IPPROTO_UDP ? "udp"
						       : "sctp";
	struct servent entry, *found = NULL;
	char buf[1024];
	if (getservbyport_r(htons((uint16_t)(e->key[1] << 8 | e->key[2])), proto, &entry,
		    buf, sizeof(buf), &found) ||
		!found)
		return false;
	snprintf(e->name, sizeof(e->name), "%s", found->s_name);
	return true;
}

static bool
resolve_proto(struct entry *e)
{
	struct protoent entry, *found = NULL;
	char buf[1024];
	if (getprotobynumber_r(e->key[0], &entry, buf, sizeof(buf), &found) || !found)
		return false;
	snprintf(e->name, sizeof(e->name), "%s", found->p_name);
	return true;
}

/* One entry for each value of the hash: a clash replaces. */
static const char *
look(struct names *n, uint8_t kind, const uint8_t *key, size_t len,
	bool (*resolve)(struct entry *))
{
	uint32_t h = 2166136261u ^ kind;
	for (size_t i = 0; i < len; i++)
		h = (h ^ key[i]) * 16777619u;
	struct entry *e = &n->entry[(h ^ h >> 15) % ENTRIES];
	if (e->kind != kind || memcmp(e->key, key, len) != 0) {
		*e = (struct entry){ .kind = kind };
		memcpy(e->key, key, len);
		e->known = resolve(e);
	}
	return e->known ? e->name : NULL;
}

const char *
names_host(struct names *n, const uint8_t *addr, unsigned bytes)
{
	return look(n, (uint8_t)bytes, addr, bytes, resolve_host);
}

const char *
names_port(struct names *n, unsigned proto, unsigned port)
{
	uint8_t key[3] = { (uint8_t)proto, (uint8_t)(port >> 8), (uint8_t)port };
	return look(n, PORT, key, sizeof(key), resolve_port);
}

const char *
names_proto(struct names *n, unsigned proto)
{
	uint8_t key[1] = { (uint8_t)proto };
	return look(n, PROTO, key, sizeof(key), resolve_proto);
}
