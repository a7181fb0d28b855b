/* clsact.h: what the clsact qdisc of an interface has, by rtnetlink: the filters of other
 * people, and bpfcap's, which their handles tell. */
#ifndef BPFCAP_CLSACT_H
#define BPFCAP_CLSACT_H

#include <stdbool.h>
#include <stdint.h>

enum clsact_side { CLSACT_IN, CLSACT_OUT, CLSACT_SIDES };

enum clsact_kind {
	CLSACT_NONE,
	CLSACT_INGRESS, /* the qdisc `ingress`: no place for what goes out */
	CLSACT_BOTH,
};

/* "bpf", a number, and whether a bpfcap has made the qdisc. */
#define CLSACT_HANDLE 0x62706600U
#define CLSACT_HANDLE_MADE 1U
#define CLSACT_HANDLE_STEP 2U
#define CLSACT_HANDLES 128

/* A filter of bpfcap's. */
struct clsact_own {
	uint32_t handle, program; /* the latter: its id */
	uint16_t priority;
};

#define CLSACT_OWN_MAX 32 /* more are not told of */

struct clsact_view {
	unsigned filters; /* of all, in all chains */
	uint16_t first;   /* the lowest priority of chain 0; 0: none */
	bool joins;       /* it is of eBPF programs for all protocols, and takes more */
	unsigned owns;
	struct clsact_own own[CLSACT_OWN_MAX];
};

/* Both return 0, or an errno. */
int clsact_kind(int ifindex, enum clsact_kind *);
int clsact_view(int ifindex, enum clsact_side, struct clsact_view *);

#endif
