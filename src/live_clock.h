/* live_clock.h: time stamps of the kernel's boot clock as UTC.
 *
 * The offset between the two changes only when somebody sets the clock: it is looked at
 * once a second, and taken over when it differs by more than the looking's own error. */
#ifndef BPFCAP_LIVE_CLOCK_H
#define BPFCAP_LIVE_CLOCK_H

#include <stdint.h>

struct live_clock {
	int64_t offset_ns; /* CLOCK_REALTIME - CLOCK_BOOTTIME */
	int64_t next_ns;   /* boot time at which to look again */
};

void live_clock_start(struct live_clock *);
/* UTC in nanoseconds for a stamp just taken from the ring, in order of age. */
int64_t live_clock_utc(struct live_clock *, uint64_t boot_ns);

#endif
