/* live_clock.c: in: boot-time stamps; out: nanoseconds since 1970-01-01 UTC. */
#include "live_clock.h"

#include <stdlib.h>
#include <time.h>

#define SECOND_NS 1000000000LL
#define NOISE_NS 10000 /* three calls, undisturbed, take less than 1 us */
#define TRIES 5

static int64_t
read_ns(clockid_t id)
{
	struct timespec ts;
	clock_gettime(id, &ts);
	return ts.tv_sec * SECOND_NS + ts.tv_nsec;
}

/* The offset by the quickest of a few tries: its error is at most half of the time
 * that it took. */
static int64_t
sample(int64_t *now_ns)
{
	int64_t best = INT64_MAX, offset = 0;
	for (int i = 0; i < TRIES && best > 1000; i++) {
		const int64_t before = read_ns(CLOCK_BOOTTIME);
		const int64_t utc = read_ns(CLOCK_REALTIME);
		const int64_t after = read_ns(CLOCK_BOOTTIME);
		if (after - before < best) {
			best = after - before;
			offset = utc - (before + (after - before) / 2);
		}
		*now_ns = after;
	}
	return offset;
}

void
live_clock_start(struct live_clock *c)
{
	int64_t now_ns = 0;
	c->offset_ns = sample(&now_ns);
	c->next_ns = now_ns + SECOND_NS;
}

int64_t
live_clock_utc(struct live_clock *c, uint64_t boot_ns)
{
	if ((int64_t)boot_ns >= c->next_ns) {
		int64_t now_ns = 0;
		const int64_t offset = sample(&now_ns);
		if (llabs(offset - c->offset_ns) > NOISE_NS)
			c->offset_ns = offset;
		c->next_ns = (int64_t)boot_ns + SECOND_NS;
	}
	return (int64_t)boot_ns + c->offset_ns;
}
