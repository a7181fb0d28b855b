/* live_feed.h: a source that a program of ours in the kernel feeds: the records of its
 * ring, and its counters.  Where that is attached is the affair of who opens it.
 *
 * The object has the maps `ring` and `counters` of bpf/, and a struct sock_config. */
#ifndef BPFCAP_LIVE_FEED_H
#define BPFCAP_LIVE_FEED_H

#include "../bpf/event.h"
#include "iface.h"
#include "live.h"
#include "live_clock.h"
#include "live_links.h"
#include "live_ring.h"

struct bpf_object;

enum live_feed_state { LIVE_FEED_RUNNING, LIVE_FEED_STOPPED, LIVE_FEED_BROKEN };

struct live_feed {
	struct source source; /* first */
	/* Takes the program off its hook, or NULL.  Called once. */
	void (*detach)(struct live_feed *);
	void (*free)(struct live_feed *); /* the object and the struct itself */
	/* What became of a packet, valid until the next; or NULL: by the verdict. */
	const char *(*note)(struct live_feed *, const struct event *);
	/* When all packets are delivered: warnings, if any; or NULL. */
	void (*end)(struct live_feed *, struct diags *);
	int fd; /* packet socket, which is told what becomes of the interface; -1: closed
		 */
	int ring_fd;
	enum live_feed_state state;
	struct live_ring ring;
	struct live_clock clock;
	struct live_links links;
	const struct counters *counters; /* one a CPU, mapped; or NULL */
	size_t counters_size;            /* bytes mapped */
	int cpus;
	struct diag fault; /* of a broken source: told when the ring is empty */
	char name[IFACE_NAME];
};

/* All but `detach` and `free`, which are NULL. */
bool live_feed_init(struct live_feed *, const struct live_opts *, const struct iface *,
	struct diags *);
/* What all programs are told, but for the members `skip_`. */
struct sock_config live_feed_config(
	const struct live_opts *, const struct iface *, uint32_t reach);
/* Sizes of the maps: between opening and loading the object. */
bool live_feed_size(const struct live_feed *, const struct live_opts *,
	struct bpf_object *, struct diags *);
/* The ring and the counters of the loaded object. */
bool live_feed_start(struct live_feed *, const struct live_opts *, struct bpf_object *,
	struct diags *);
/* An error of the kind that lets the caller fall back; returns false. */
bool live_feed_refuse(struct diags *, const char *what, int err);
/* Detaches, closes and frees. */
void live_feed_close(struct live_feed *);

#endif
