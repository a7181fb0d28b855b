/* live_clsact.c: in: a program and a side of an interface; out: a filter of the clsact
 * qdisc there, which is taken off by a process that outlives this one.
 *
 * A filter that a bpfcap left all the same (both were killed) goes when the next one
 * comes: a living owner holds a socket that is named after the program. */
#include "live_clsact.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "privilege.h"

/* Where nobody is: who comes later and names no priority, comes behind (net/sched/
 * cls_api.c, tcf_auto_prio), and a small number is left for who names one. */
#define PRIORITY 4242

static const enum bpf_tc_attach_point points[CLSACT_SIDES] = {
	[CLSACT_IN] = BPF_TC_INGRESS, [CLSACT_OUT] = BPF_TC_EGRESS
};
static const char *const side_names[CLSACT_SIDES] = {
	[CLSACT_IN] = "ingress", [CLSACT_OUT] = "egress"
};

static struct bpf_tc_hook
hook_of(int ifindex, enum bpf_tc_attach_point point)
{
	return (struct bpf_tc_hook){ .sz = sizeof(struct bpf_tc_hook),
		.ifindex = ifindex,
		.attach_point = point };
}

void
live_clsact_init(struct live_clsact *c, const struct iface *iface)
{
	*c = (struct live_clsact){ .ifindex = iface->index,
		.at = { { .lock = -1 }, { .lock = -1 } } };
	memcpy(c->name, iface->name, sizeof(c->name));
}

static bool
refuse(const struct live_clsact *c, const char *what, int err, struct diags *ds)
{
	const bool right = err == EPERM || err == EACCES;
	struct diag *d = diags_add(ds, right ? DIAG_PERMISSION : DIAG_DEVICE, SEV_ERROR,
		"%s: %s: %s", c->name, what,
		err == ENOENT ? "the kernel does not have it" : strerror(err));
	d->err = err;
	diags_hint(ds,
		right ? "run as root, or setcap cap_net_admin+ep" : "take --hook socket");
	return false;
}

/* A name in the interface's network namespace, free again when the last process that has
 * the socket is gone.  The socket, or -errno. */
static int
lock_owner(uint32_t program)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	const int len = snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1,
		"bpfcap-clsact-%u", program);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && bind(fd, (const struct sockaddr *)&name,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
					   (size_t)len)) == 0)
		return fd;
	const int err = errno;
	if (fd >= 0)
		close(fd);
	return -err;
}

static int
take_off(int ifindex, enum clsact_side side, uint32_t handle, uint16_t priority)
{
	const struct bpf_tc_hook hook = hook_of(ifindex, points[side]);
	const struct bpf_tc_opts opts = {
		.sz = sizeof(opts), .handle = handle, .priority = priority
	};
	return bpf_tc_detach(&hook, &opts);
}

/* What bpfcaps that are dead have left.  If one of them, or one that lives, had made the
 * qdisc, the last of all takes it away. */
static void
take_over(struct live_clsact *c, enum clsact_side side, const struct clsact_view *v,
	struct diags *ds)
{
	for (unsigned i = 0; i < v->owns; i++) {
		const struct clsact_own *own = &v->own[i];
		if (own->handle & CLSACT_HANDLE_MADE)
			c->made = true;
		const int lock = lock_owner(own->program);
		if (lock < 0)
			continue;
		if (take_off(c->ifindex, side, own->handle, own->priority) == 0)
			diags_add(ds, DIAG_HOOK, SEV_NOTE,
				"%s: took away the %s filter of a bpfcap that was killed",
				c->name, side_names[side]);
		close(lock);
	}
}

static bool
look(const struct live_clsact *c, enum clsact_side side, struct clsact_view *v,
	struct diags *ds)
{
	const int err = clsact_view(c->ifindex, side, v);
	return err == 0 || refuse(c, "reading the tc filters", err, ds);
}

/* The qdisc, which is made if there is none, and rid of what is dead. */
static bool
enter(struct live_clsact *c, struct diags *ds)
{
	struct bpf_tc_hook both = hook_of(c->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	struct clsact_view v;
	const int made = bpf_tc_hook_create(&both);
	if (made < 0 && made != -EEXIST)
		return refuse(c, "adding the clsact qdisc", -made, ds);
	c->made = made == 0;
	const int err = clsact_kind(c->ifindex, &c->kind);
	if (err != 0)
		return refuse(c, "reading the qdiscs", err, ds);
	for (enum clsact_side side = CLSACT_IN; side < CLSACT_SIDES; side++) {
		if (side == CLSACT_OUT && c->kind != CLSACT_BOTH)
			break;
		if (!look(c, side, &v, ds))
			return false;
		take_over(c, side, &v, ds);
	}
	return true;
}

/* A qdisc `ingress` would take a filter for what goes out, and show it what comes in
 * (net/sched/sch_ingress.c, ingress_tcf_block). */
static bool
has_side(const struct live_clsact *c, enum clsact_side side, struct diags *ds)
{
	if (c->kind == CLSACT_BOTH || side == CLSACT_IN)
		return true;
	diags_add(ds, DIAG_DEVICE, SEV_ERROR,
		"%s: an ingress qdisc is there, which has no place for what goes out",
		c->name);
	diags_hint(ds, "-Q in captures what comes in; or take --hook socket");
	return false;
}

/* Before the first one; or with it, where there is no number before: a program is put in
 * front of those with the same priority (net/sched/cls_bpf.c, cls_bpf_change). */
static bool
choose_priority(const struct live_clsact *c, enum clsact_side side, uint16_t *out,
	struct diags *ds)
{
	struct clsact_view v;
	if (!look(c, side, &v, ds))
		return false;
	*out = v.first == 0 || v.first > PRIORITY ? PRIORITY : v.first - 1;
	if (*out > 0)
		return true;
	*out = v.first;
	if (v.joins)
		return true;
	diags_add(ds, DIAG_DEVICE, SEV_ERROR,
		"%s: an %s filter has priority 1: nothing can be before it", c->name,
		side_names[side]);
	diags_hint(ds, "give that filter another priority, or take --hook socket");
	return false;
}

/* A handle that no other bpfcap has at that priority.  Returns 0, or an errno. */
static int
put(const struct live_clsact *c, enum clsact_side side, int program_fd,
	struct live_clsact_at *at)
{
	const struct bpf_tc_hook hook = hook_of(c->ifindex, points[side]);
	uint32_t handle = CLSACT_HANDLE | (c->made ? CLSACT_HANDLE_MADE : 0);
	int err = -EEXIST;
	for (int i = 0; i < CLSACT_HANDLES && err == -EEXIST; i++) {
		struct bpf_tc_opts opts = { .sz = sizeof(opts),
			.prog_fd = program_fd,
			.handle = handle,
			.priority = at->priority };
		err = bpf_tc_attach(&hook, &opts);
		at->handle = handle;
		handle += CLSACT_HANDLE_STEP;
	}
	return -err;
}

bool
live_clsact_attach(
	struct live_clsact *c, enum clsact_side side, int program_fd, struct diags *ds)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	struct live_clsact_at *at = &c->at[side];
	if (c->kind == CLSACT_NONE && !enter(c, ds))
		return false;
	if (!has_side(c, side, ds) || !choose_priority(c, side, &at->priority, ds))
		return false;
	if (bpf_obj_get_info_by_fd(program_fd, &info, &len) != 0)
		return refuse(c, "asking for the program's id", errno, ds);
	at->lock = lock_owner(info.id); /* first: else another bpfcap takes it away */
	if (at->lock < 0)
		return refuse(c, "saying whose filter it is", -at->lock, ds);
	const int err = put(c, side, program_fd, at);
	if (err != 0)
		return refuse(c, "adding a filter to the clsact qdisc", err, ds);
	at->program = info.id;
	return true;
}

/* Whether the filter was there, and no other in its place. */
static enum live_clsact_end
remove_filter(const struct live_clsact *c, enum clsact_side side)
{
	const struct live_clsact_at *at = &c->at[side];
	const struct bpf_tc_hook hook = hook_of(c->ifindex, points[side]);
	struct bpf_tc_opts opts = {
		.sz = sizeof(opts), .handle = at->handle, .priority = at->priority
	};
	if (bpf_tc_query(&hook, &opts) != 0 || opts.prog_id != at->program)
		return LIVE_CLSACT_GONE;
	return take_off(c->ifindex, side, at->handle, at->priority) == 0
		       ? LIVE_CLSACT_CLEAN
		       : LIVE_CLSACT_LEFT;
}

/* The qdisc has no filter, of whoever it would be. */
static bool
is_empty(const struct live_clsact *c)
{
	struct clsact_view in, out;
	enum clsact_kind kind;
	return clsact_kind(c->ifindex, &kind) == 0 && kind == CLSACT_BOTH &&
	       clsact_view(c->ifindex, CLSACT_IN, &in) == 0 && in.filters == 0 &&
	       clsact_view(c->ifindex, CLSACT_OUT, &out) == 0 && out.filters == 0;
}

/* Where a filter is gone, so may be the qdisc that it was in, and another be there. */
static enum live_clsact_end
clear(const struct live_clsact *c)
{
	enum live_clsact_end end = LIVE_CLSACT_CLEAN;
	for (enum clsact_side side = CLSACT_IN; side < CLSACT_SIDES; side++) {
		const enum live_clsact_end this = c->at[side].program != 0
							  ? remove_filter(c, side)
							  : LIVE_CLSACT_CLEAN;
		if (this > end)
			end = this;
	}
	struct bpf_tc_hook both = hook_of(c->ifindex, BPF_TC_INGRESS | BPF_TC_EGRESS);
	if (end == LIVE_CLSACT_CLEAN && c->made && is_empty(c))
		bpf_tc_hook_destroy(&both);
	return end;
}

/* The other process.  What ends this one by the terminal or its name does not end it. */
static void
stay(const struct live_clsact *c, int death)
{
	struct diags ds = { 0 };
	char byte;
	setsid();
	signal(SIGINT, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	prctl(PR_SET_NAME, "bpfcap-clsact");
	if (!privilege_limit_to_net_admin(&ds))
		_exit(LIVE_CLSACT_LEFT);
	while (read(death, &byte, 1) < 0 && errno == EINTR)
		;
	_exit(clear(c));
}

bool
live_clsact_keep(struct live_clsact *c, struct diags *ds)
{
	int life[2];
	if (pipe2(life, O_CLOEXEC) != 0)
		return refuse(c, "making a pipe", errno, ds);
	const pid_t child = fork();
	if (child == 0) {
		close(life[1]);
		stay(c, life[0]);
	}
	close(life[0]);
	if (child < 0) {
		const int err = errno;
		close(life[1]);
		return refuse(c, "starting a process", err, ds);
	}
	c->keeper = child;
	c->life = life[1];
	return true;
}

static enum live_clsact_end
wait_for(pid_t keeper)
{
	int status;
	pid_t ended;
	do
		ended = waitpid(keeper, &status, 0);
	while (ended < 0 && errno == EINTR);
	if (ended < 0) /* SIGCHLD is ignored: it has ended, how is not known */
		return LIVE_CLSACT_CLEAN;
	return WIFEXITED(status) ? (enum live_clsact_end)WEXITSTATUS(status)
				 : LIVE_CLSACT_LEFT;
}

enum live_clsact_end
live_clsact_leave(struct live_clsact *c)
{
	enum live_clsact_end end;
	if (c->keeper > 0) {
		close(c->life);
		end = wait_for(c->keeper);
	} else {
		end = clear(c);
	}
	for (enum clsact_side side = CLSACT_IN; side < CLSACT_SIDES; side++)
		if (c->at[side].lock >= 0)
			close(c->at[side].lock);
	return end;
}

void
live_clsact_tell(const struct live_clsact *c, enum live_clsact_end end, struct diags *ds)
{
	for (enum clsact_side side = CLSACT_IN; side < CLSACT_SIDES; side++) {
		const struct live_clsact_at *at = &c->at[side];
		if (at->program == 0 || end == LIVE_CLSACT_CLEAN)
			continue;
		if (end == LIVE_CLSACT_GONE) {
			diags_add(ds, DIAG_DEVICE, SEV_WARNING,
				"%s: somebody took bpfcap's filter away from the clsact "
				"qdisc: packets since then are missing",
				c->name);
			return;
		}
		diags_add(ds, DIAG_DEVICE, SEV_WARNING,
			"%s: the %s filter of this capture is still there", c->name,
			side_names[side]);
		diags_hint(ds, "tc filter del dev %s %s prio %u handle 0x%x bpf", c->name,
			side_names[side], at->priority, at->handle);
	}
}
