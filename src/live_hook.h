/* live_hook.h: where in the kernel a capture looks at packets: a row of live_hook.c
 * each. */
#ifndef BPFCAP_LIVE_HOOK_H
#define BPFCAP_LIVE_HOOK_H

#include <stdbool.h>

#include "live.h"

struct live_hook {
	const char *name; /* as --hook has it */
	const char *note; /* what -v says of a capture there */
	/* Of interfaces whose packets have a link header there; _COOKED: all interfaces
	 * are captured so. */
	enum filter_input input;
	bool cooks;      /* -i any, and link headers that are replaced by LINUX_SLL2 */
	bool classic;    /* else by classic BPF, which sees the same packets */
	bool pcap;       /* and what only libpcap captures */
	bool received;   /* no packets that are sent */
	bool undirected; /* nor is it known which are: -Q does not work */
	bool everywhere; /* without -i: all interfaces */
	struct source *(*open)(const struct live_opts *, const struct iface *,
		const struct filter *, struct diags *);
};

/* NULL, and an error that lists them, when there is none of that name. */
const struct live_hook *live_hook_find(const char *name, struct diags *);

/* Whether packets of the interface, in the direction asked for, can be captured there,
 * and what the filter then is compiled for: the input, and iface->linktype. */
bool live_hook_fit(const struct live_hook *, struct iface *, enum live_direction,
	enum filter_input *out, struct diags *);

/* For what only libpcap captures: the interface itself, or the link type of -y. */
bool live_hook_fit_pcap(const struct live_hook *, const struct iface *, struct diags *);

#endif
