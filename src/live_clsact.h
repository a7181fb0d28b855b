/* live_clsact.h: programs at tc by the clsact qdisc, for kernels that have no tcx links.
 *
 * What is attached so does not end with the process: another one, the keeper, waits for
 * this one's end, however that comes, and takes it off.  It alone keeps CAP_NET_ADMIN. */
#ifndef BPFCAP_LIVE_CLSACT_H
#define BPFCAP_LIVE_CLSACT_H

#include <sys/types.h>

#include "clsact.h"
#include "iface.h"
#include "live.h"

struct live_clsact {
	int ifindex;
	char name[IFACE_NAME];
	enum clsact_kind kind; /* CLSACT_NONE: not looked at yet */
	bool made;             /* the qdisc is bpfcap's: this one's, or one's before it */
	struct live_clsact_at {
		uint32_t program; /* its id; 0: none is attached */
		uint32_t handle;
		uint16_t priority;
		int lock; /* a socket whose name says that the owner lives; -1: none */
	} at[CLSACT_SIDES];
	pid_t keeper; /* 0: none */
	int life;     /* closed when this process ends, which the keeper sees */
};

enum live_clsact_end {
	LIVE_CLSACT_CLEAN,
	LIVE_CLSACT_GONE, /* somebody else had taken a filter of ours away */
	LIVE_CLSACT_LEFT, /* ours is there still */
};

void live_clsact_init(struct live_clsact *, const struct iface *);
/* Before all filters of others. */
bool live_clsact_attach(
	struct live_clsact *, enum clsact_side, int program_fd, struct diags *);
/* Starts the keeper: once all is attached. */
bool live_clsact_keep(struct live_clsact *, struct diags *);
/* Takes off what is attached, and the qdisc if nobody else uses it. */
enum live_clsact_end live_clsact_leave(struct live_clsact *);
/* What somebody has to know of that end. */
void live_clsact_tell(const struct live_clsact *, enum live_clsact_end, struct diags *);

#endif
