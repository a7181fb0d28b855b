/* live_ring.c: in: the pages of a BPF ring buffer map; out: its records in order.
 *
 * Layout (kernel/bpf/ringbuf.c, struct bpf_ringbuf): a page with the consumer's
 * position, a page with the producer's, then the data, twice.  A record: 32 bits of
 * length and flags, 32 bits that are the kernel's, the bytes, to a multiple of 8. */
#include "live_ring.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is read is given back in pieces of this part of the ring, and when the ring is
 * empty: producers read the position for each record, on other CPUs. */
#define GIVE_BACK 64

static bool
refuse(struct diags *ds, int err)
{
	struct diag *d = diags_add(
		ds, DIAG_KERNEL, SEV_ERROR, "mapping the ring: %s", strerror(err));
	d->err = err;
	diags_hint(ds, "choose a smaller -B");
	return false;
}

bool
live_ring_open(struct live_ring *r, int map_fd, size_t size, struct diags *ds)
{
	const size_t page = sysconf(_SC_PAGESIZE);
	*r = (struct live_ring){ .size = size };
	void *const at = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, map_fd, 0);
	if (at == MAP_FAILED)
		return refuse(ds, errno);
	r->consumer = at;
	const void *const rest =
		mmap(NULL, page + 2 * size, PROT_READ, MAP_SHARED, map_fd, page);
	if (rest == MAP_FAILED) {
		const int err = errno;
		munmap(at, page);
		r->consumer = NULL;
		return refuse(ds, err);
	}
	r->producer = rest;
	r->data = (const uint8_t *)rest + page;
	return true;
}

static void
give_back(struct live_ring *r)
{
	__atomic_store_n(r->consumer, r->at, __ATOMIC_RELEASE);
}

bool
live_ring_next(struct live_ring *r, const struct event **out)
{
	if (r->at - *r->consumer >= r->size / GIVE_BACK)
		give_back(r);
	while (r->at < __atomic_load_n(r->producer, __ATOMIC_ACQUIRE)) {
		const uint8_t *record = r->data + (r->at & (r->size - 1));
		const uint32_t head =
			__atomic_load_n((const uint32_t *)record, __ATOMIC_ACQUIRE);
		if (head & BPF_RINGBUF_BUSY_BIT)
			break; /* reserved by a program that is still copying */
		const uint64_t len =
			head & ~(BPF_RINGBUF_BUSY_BIT | BPF_RINGBUF_DISCARD_BIT);
		r->at += (len + BPF_RINGBUF_HDR_SZ + 7) & ~7ULL;
		if (head & BPF_RINGBUF_DISCARD_BIT)
			continue;
		*out = (const struct event *)(record + BPF_RINGBUF_HDR_SZ);
		return true;
	}
	if (r->at != *r->consumer)
		give_back(r);
	return false;
}

void
live_ring_close(struct live_ring *r)
{
	if (!r->consumer)
		return;
	const size_t page = sysconf(_SC_PAGESIZE);
	munmap(r->consumer, page);
	munmap((void *)(uintptr_t)r->producer, page + 2 * r->size);
	r->consumer = NULL;
}
