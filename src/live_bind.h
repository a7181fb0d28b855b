/* live_bind.h: a packet socket from its opening to its end.
 *
 * It is opened deaf (protocol 0) and bound once its filter is in place, so no packet
 * comes that the filter has not seen. */
#ifndef BPFCAP_LIVE_BIND_H
#define BPFCAP_LIVE_BIND_H

#include <stdbool.h>

#include "iface.h"
#include "live.h"

/* The socket, or -1 and an error. */
int live_bind_open(const struct iface *, struct diags *);

/* Promiscuous mode if asked for, outgoing packets ignored if not wanted, then bound. */
bool live_bind_start(
	int fd, const struct live_opts *, const struct iface *, struct diags *);

/* The same for a capture that is elsewhere: the socket gets no packets, but POLLERR. */
bool live_bind_watch(
	int fd, const struct live_opts *, const struct iface *, struct diags *);

/* After POLLERR: notes what happened to the interface ... */
void live_bind_explain(int fd, const char *name, struct diag *fault);
/* ... to be told when all packets before it are delivered. */
void live_bind_tell(const struct diag *fault, struct diags *);

#endif
