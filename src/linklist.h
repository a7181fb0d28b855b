/* linklist.h: what -L prints. */
#ifndef BPFCAP_LINKLIST_H
#define BPFCAP_LINKLIST_H

#include <stdbool.h>
#include <stdio.h>

#include "../filter/diag.h"

/* The link types that the device (NULL: the default one) can be captured with, in
 * tcpdump's format. */
bool linklist_print(const char *device, FILE *, struct diags *);

#endif
