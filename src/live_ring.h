/* live_ring.h: the reading end of a BPF ring buffer, one record at a time.
 *
 * libbpf's reader hands a record to a callback and frees it when that returns; here a
 * record stays valid until the next call, so a packet needs no copy. */
#ifndef BPFCAP_LIVE_RING_H
#define BPFCAP_LIVE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../filter/diag.h"

struct event;

struct live_ring {
	uint64_t *consumer; /* how far we have read, bytes since the beginning; NULL:
			     * not mapped */
	const uint64_t *producer; /* how far the kernel has written */
	const uint8_t *data;      /* `size` bytes, mapped twice in a row */
	size_t size;              /* a power of two */
	uint64_t at;              /* what the next record begins at, >= *consumer */
};

bool live_ring_open(struct live_ring *, int map_fd, size_t size, struct diags *);
/* The next record, valid until the next call; false when there is none now. */
bool live_ring_next(struct live_ring *, const struct event **);
void live_ring_close(struct live_ring *);

#endif
