/* conn.c: the TCP connections seen, for sequence numbers relative to the first.
 *
 * In: addresses and ports, lower end first.  Out: the numbers noted for them.
 * Memory is bounded: sets of four, in which the oldest makes room. */
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"

enum { SETS = 16384, WAYS = 4, KEY_MAX = 36 /* two IPv6 addresses, two ports */ };

struct slot {
	uint8_t key[KEY_MAX];
	uint8_t len; /* of the key; 0: free */
	uint32_t used;
	struct conn conn;
};

struct conns {
	uint32_t now; /* counts look-ups, to tell which slot is oldest */
	struct slot slot[SETS][WAYS];
};

/* Zeroed lazily by the kernel: a set that is never hit costs no memory. */
struct conns *
conns_open(void)
{
	struct conns *cs = calloc(1, sizeof(*cs));
	if (!cs)
		abort();
	return cs;
}

void
conns_close(struct conns *cs)
{
	free(cs);
}

/* FNV-1a, folded. */
static uint32_t
hash(const uint8_t *key, size_t len)
{
	uint64_t h = 0xcbf29ce484222325;
	for (size_t i = 0; i < len; i++)
		h = (h ^ key[i]) * 0x100000001b3;
	return (uint32_t)(h ^ h >> 29);
}

struct conn *
conns_find(struct conns *cs, const uint8_t *key, size_t len, bool *found)
{
	struct slot *set = cs->slot[hash(key, len) % SETS];
	struct slot *oldest = set;
	cs->now++;
	*found = true;
	for (unsigned i = 0; i < WAYS; i++) {
		struct slot *s = set + i;
		if (s->len == len && memcmp(s->key, key, len) == 0) {
			s->used = cs->now;
			return &s->conn;
		}
		if (cs->now - s->used > cs->now - oldest->used ||
			(!s->len && oldest->len))
			oldest = s;
	}
	*found = false;
	memcpy(oldest->key, key, len);
	oldest->len = (uint8_t)len;
	oldest->used = cs->now;
	oldest->conn = (struct conn){ 0 };
	return &oldest->conn;
}
