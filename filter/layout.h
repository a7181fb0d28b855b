/* layout.h: blocks with two ways on, put in a row as tcpdump's listings have them. */
#ifndef BPFCAP_FILTER_LAYOUT_H
#define BPFCAP_FILTER_LAYOUT_H

#include <stdint.h>

#include "arena.h"

#define LAYOUT_NONE UINT32_MAX

struct ways {
	uint32_t jt, jf; /* ids; LAYOUT_NONE for a block that ends */
};

/* Fills `row` with the ids that the root reaches, each behind all that lead to it; ids
 * are below `count`, and there is no cycle.  Returns how many. */
uint32_t layout(struct arena *, const struct ways *, uint32_t count, uint32_t root,
	uint32_t *row);

#endif
