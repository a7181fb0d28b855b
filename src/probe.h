/* probe.h: --hooks: what this kernel, the rights of this process and an interface allow,
 * found out by trying it. */
#ifndef BPFCAP_PROBE_H
#define BPFCAP_PROBE_H

#include <stdbool.h>
#include <stdio.h>

#include "../filter/diag.h"

/* `device`: as -i has it, or NULL for no interface.  A table for people, or JSON.
 * Nothing is changed in the system, and nothing stays.  False: there is no such device.
 */
bool probe_print(const char *device, bool json, FILE *, struct diags *);

#endif
