/* lists.h: long lists as expressions, each with packets that the first, a middle, the
 * last and none of its entries match: what the compiler makes tables of. */
#ifndef BPFCAP_TESTS_HOOKS_LISTS_H
#define BPFCAP_TESTS_HOOKS_LISTS_H

#include <stdint.h>

#define LIST_PACKETS 64
#define LIST_FRAME 60 /* bytes */

struct list {
	char *text; /* malloc'd */
	uint32_t packets;
	uint8_t packet[LIST_PACKETS][LIST_FRAME];
};

extern const unsigned lists; /* how many there are */

/* Ethernet. */
void list_make(unsigned which, struct list *);

#endif
