/* names.h: this system's names of hosts, networks, services, protocols. */
#ifndef BPFCAP_NAMES_H
#define BPFCAP_NAMES_H

#include "../filter/filter.h"

/* Look-ups through the C library (nsswitch.conf): files, DNS and what else is set up.
 * They may block for the resolver's time-out.  Static, without state. */
const struct filter_names *names_system(void);

#endif
