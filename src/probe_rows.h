/* probe_rows.h: what --hooks asks for, and what each hook needs of it. */
#ifndef BPFCAP_PROBE_ROWS_H
#define BPFCAP_PROBE_ROWS_H

#include "probe_ask.h"

/* Rows of the table. */
enum probe_feature {
	F_SOCKET,
	F_CLS,
	F_XDP,
	F_XDP_FRAGS,
	F_TRACING,
	F_SOCKET_RING,
	F_SOCKET_QUERY,
	F_SOCKET_TIME,
	F_SOCKET_BYTES,
	F_SOCKET_TAIL,
	F_CLS_RING,
	F_CLS_QUERY,
	F_CLS_TIME,
	F_CLS_BYTES,
	F_CLS_TAIL,
	F_XDP_RING,
	F_XDP_QUERY,
	F_XDP_TIME,
	F_XDP_LENGTH,
	F_XDP_BYTES,
	F_XDP_TAIL,
	F_TRACING_RING,
	F_TRACING_QUERY,
	F_TRACING_TIME,
	F_TRACING_BYTES,
	F_RING,
	F_ARRAY,
	F_HASH,
	F_PERCPU,
	F_PROGRAMS,
	F_FROZEN,
	F_BTF,
	F_SUBPROGRAM,
	F_TCX,
	F_CLSACT,
	F_XDP_LINK,
	F_REASONS,
	F_PACKET,
	F_OPTMEM,
	F_UNPRIVILEGED,
	F_CAP_BPF,
	F_CAP_PERFMON,
	F_CAP_NET_RAW,
	F_CAP_NET_ADMIN,
	F_CAP_SYS_ADMIN,
	F_DRIVER,
	F_NATIVE,
	F_XDP_NOW,
	FEATURES
};

/* Rows of one group stand together; those of the last are of an interface. */
extern const struct probe_row probe_rows[FEATURES];
#define PROBE_FIRST_OF_INTERFACE F_DRIVER

struct probe_hook {
	const char *name; /* as --hook has it */
	const char *sees;
	/* Rights first, for the first one that is missing is the reason that is told;
	 * FEATURES ends it. */
	enum probe_feature need[20];
	/* And one of these, of which the first that works is taken; or none. */
	struct probe_way {
		enum probe_feature need;
		const char *text; /* what is said where it is taken */
	} way[3];                 /* one without text ends it */
};

#define PROBE_HOOKS 6
extern const struct probe_hook probe_hooks[PROBE_HOOKS];

#endif
