/* drop_reason.h: why the kernel drops packets, by name: enum skb_drop_reason of its BTF.
 */
#ifndef BPFCAP_DROP_REASON_H
#define BPFCAP_DROP_REASON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../filter/diag.h"

struct drop_reasons {
	char **name;    /* by number, malloc'd; NULL: no such number */
	unsigned count; /* entries of `name` */
};

/* False, and an error, where the kernel has no BTF or gives no reasons (before 5.17). */
bool drop_reasons_open(struct drop_reasons *, struct diags *);
/* `reason` is that of struct event: "NO_SOCKET", or numbers where there is no name. */
void drop_reasons_print(
	const struct drop_reasons *, uint16_t reason, char *to, size_t size);
void drop_reasons_close(struct drop_reasons *);

#endif
