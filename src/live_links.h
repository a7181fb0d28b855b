/* live_links.h: hardware types of interfaces for cooked records.
 *
 * A socket filter does not see them, so the program looks them up in a map that is
 * filled from here: with all interfaces at the start, and with a new one when the first
 * record comes that lacks its type.  That record is then completed in a copy. */
#ifndef BPFCAP_LIVE_LINKS_H
#define BPFCAP_LIVE_LINKS_H

#include <stdint.h>

struct event;

struct live_links {
	int map_fd;    /* ifindex → struct link */
	uint8_t *copy; /* of the last completed record's bytes, or NULL */
};

void live_links_fill(struct live_links *, int map_fd);
/* The record's bytes with a complete cooked header; valid until the next call. */
const uint8_t *live_links_complete(struct live_links *, const struct event *);
void live_links_close(struct live_links *);

#endif
