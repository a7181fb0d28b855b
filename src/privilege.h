/* privilege.h: what this process may do, and giving it up. */
#ifndef BPFCAP_PRIVILEGE_H
#define BPFCAP_PRIVILEGE_H

#include <stdbool.h>

#include "../filter/diag.h"

enum privilege {
	PRIVILEGE_BPF,       /* load eBPF: CAP_BPF, or CAP_SYS_ADMIN */
	PRIVILEGE_POINTERS,  /* compute with pointers in it: CAP_PERFMON, or CAP_SYS_ADMIN
			      */
	PRIVILEGE_NET_RAW,   /* open a packet socket: CAP_NET_RAW */
	PRIVILEGE_NET_ADMIN, /* attach to interfaces: CAP_NET_ADMIN */
};

bool privilege_has(enum privilege);

/* Becomes `user` for good: groups, gid, uid; no capability remains (tcpdump's -Z).
 * Call it with all sources open, and before the output files are. */
bool privilege_become(const char *user, struct diags *);

/* For a process that had file capabilities or runs as root and stays that user: gives
 * up every capability but those to open and write the files that the user names
 * (CAP_DAC_OVERRIDE, CAP_FOWNER), and bars new ones by execve. */
bool privilege_limit(struct diags *);
/* The same for a process that does one thing: it keeps that right alone. */
bool privilege_limit_to_net_admin(struct diags *);

#endif
