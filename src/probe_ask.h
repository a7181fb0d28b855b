/* probe_ask.h: single questions to the kernel.  Each one fills an answer; none leaves
 * anything behind. */
#ifndef BPFCAP_PROBE_ASK_H
#define BPFCAP_PROBE_ASK_H

#include "iface.h"

enum probe_state { PROBE_NO, PROBE_YES, PROBE_UNKNOWN };

struct probe_answer {
	enum probe_state state;
	char text[120]; /* a value, or why not; may be empty */
};

/* What the questions share. */
struct probe_site {
	const struct iface *iface; /* NULL: none was named */
	int tracepoint; /* BTF id of kfree_skb; 0: not looked for yet, or < 0 */
};

struct probe_row {
	const char *group, *name;
	void (*ask)(struct probe_site *, const struct probe_row *, struct probe_answer *);
	unsigned a, b;    /* what to ask for, as the function has it */
	const char *path; /* ... */
};

typedef void probe_ask(
	struct probe_site *, const struct probe_row *, struct probe_answer *);

/* probe_bpf.c, or probe_none.c in a build --without-bpf */
void probe_begin(void);     /* before the first question */
probe_ask probe_program;    /* a: BPF_PROG_TYPE_, b: flags of its load */
probe_ask probe_helper;     /* a: BPF_PROG_TYPE_, b: BPF_FUNC_ */
probe_ask probe_map;        /* a: BPF_MAP_TYPE_, b: its flags */
probe_ask probe_subprogram; /* LD_ABS in a function that is called */
probe_ask probe_link;       /* a: BPF_PROG_TYPE_, b: enum bpf_attach_type */
probe_ask probe_clsact;     /* a: BPF_PROG_TYPE_, b: enum bpf_tc_attach_point */
probe_ask probe_reasons;    /* enum skb_drop_reason */
probe_ask probe_xdp_now;    /* the XDP program on the interface */
/* probe_system.c */
probe_ask probe_capability; /* a: CAP_ */
probe_ask probe_file;       /* path: a file that holds one line */
probe_ask probe_readable;   /* path: a file */
probe_ask probe_socket;     /* AF_PACKET */
probe_ask probe_driver;     /* of the interface */
probe_ask probe_native;     /* XDP in the interface's driver */

void probe_say(struct probe_answer *, enum probe_state, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For a call that failed: without the right to ask, there is no answer. */
void probe_say_errno(struct probe_answer *, int err);

#endif
