/* way.h: a way of getting a verdict: an interpreter of ours or of libpcap, the kernel's
 * classic BPF, or one of its hooks; all of them say what the decision graph says. */
#ifndef BPFCAP_TESTS_HOOKS_WAY_H
#define BPFCAP_TESTS_HOOKS_WAY_H

#include <stddef.h>
#include <stdio.h>

#include "../../filter/filter.h"
#include "../prop/kernel.h"
#include "wrap.h"

#define WAY_INPUTS 4 /* enum filter_input */

enum way_open {
	WAY_OPEN,
	WAY_REFUSED, /* the kernel does not take it: diags say why */
	WAY_WITHOUT, /* it cannot be written for this way: a limit that is known */
};

enum way_run { WAY_RAN, WAY_BEYOND /* not where this way looks */, WAY_NOT_RUN };

struct way; /* a row of the table */

/* A filter made ready for a way. */
struct ready {
	const struct way *way;
	const struct filter *filter;
	struct filter_ebpf body;
	struct wrap wrap;
	struct kernel socket;
	const void *insns; /* classic BPF, the filter's */
	size_t count;
	const char *wrong; /* it cannot be run; static */
};

struct way {
	const char *name;
	unsigned inputs; /* bits, by enum filter_input: what it can be asked for */
	bool root;       /* it takes privileges */
	bool cuts;       /* the length on the wire may be more than what is there */
	enum filter_reads reads;
	enum wrap_at at;
	enum way_open (*open)(struct ready *, struct diags *);
	enum way_run (*run)(struct ready *, const struct filter_packet *, uint32_t *);
	void (*close)(struct ready *);
};

extern const struct way ways[];
extern const size_t way_count;

/* libpcap's interpreter: way_pcap.c, whose header does not go with the kernel's. */
uint32_t way_pcap_run(const void *insns, const struct filter_packet *);

#endif
