/* live_links.c: in: the system's interfaces; out: rows of the map `links` (bpf/event.h)
 * and cooked headers that are complete. */
#include "live_links.h"

#include <bpf/bpf.h>
#include <net/if.h> /* before the kernel's headers, which then leave its names out */
#include <linux/if_arp.h>
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../bpf/event.h"
#include "iface.h"

/* Tells the program of an interface.  A failure (no right to bpf(2) any more) leaves
 * it unknown there, and each of its records is completed here. */
static bool
learn(const struct live_links *l, unsigned ifindex, struct link *out)
{
	char name[IF_NAMESIZE];
	uint16_t hatype;
	if (!if_indextoname(ifindex, name) || !iface_hatype(name, &hatype))
		return false;
	const struct iface_type *t = iface_type(hatype);
	*out = (struct link){
		.hatype = hatype,
		.addr_at = t->addr_at,
		.addr_len = t->addr_len,
		.no_queues = iface_tells_queue((int)ifindex) ? 0 : EVENT_NO_QUEUES,
	};
	bpf_map_update_elem(l->map_fd, &ifindex, out, BPF_ANY);
	return true;
}

void
live_links_fill(struct live_links *l, int map_fd)
{
	*l = (struct live_links){ .map_fd = map_fd };
	struct if_nameindex *all = if_nameindex();
	for (const struct if_nameindex *i = all; i && i->if_index != 0; i++) {
		struct link link;
		learn(l, i->if_index, &link);
	}
	if_freenameindex(all);
}

const uint8_t *
live_links_complete(struct live_links *l, const struct event *e)
{
	struct link link;
	if (!(e->flags & EVENT_COOKED) || e->hatype != ARPHRD_VOID ||
		e->caplen < sizeof(struct sll2) || !learn(l, e->ifindex, &link))
		return e->data;
	uint8_t *to = realloc(l->copy, e->caplen);
	if (!to)
		return e->data;
	l->copy = to;
	memcpy(to, e->data, e->caplen);
	struct sll2 h;
	memcpy(&h, to, sizeof(h));
	h.hatype_be = htons(link.hatype);
	if (h.addr_len != link.addr_len) { /* the program took it for Ethernet */
		h.addr_len = 0;
		memset(h.addr, 0, sizeof(h.addr));
	}
	memcpy(to, &h, sizeof(h));
	return to;
}

void
live_links_close(struct live_links *l)
{
	free(l->copy);
	l->copy = NULL;
}
