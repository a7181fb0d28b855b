/* live_attach.h: what the hooks of one interface have in common: the right to use them,
 * and why they cannot be had. */
#ifndef BPFCAP_LIVE_ATTACH_H
#define BPFCAP_LIVE_ATTACH_H

#include "iface.h"
#include "live.h"

/* Whether this process may attach there; if not, an error that says what it lacks. */
bool live_attach_may(const char *hook, const struct iface *, struct diags *);

/* Why the kernel did not; `since`: the first one that can, or NULL: this one can.
 * Returns false. */
bool live_attach_refuse(const char *hook, const char *since, const struct iface *,
	int err, struct diags *);

#endif
