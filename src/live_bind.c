/* live_bind.c: in: an interface; out: a packet socket bound to it, or the reason why
 * not in words. */
#include "live_bind.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static bool
refuse(struct diags *ds, enum diag_code code, const char *name, const char *what, int err)
{
	struct diag *d =
		diags_add(ds, code, SEV_ERROR, "%s: %s: %s", name, what, strerror(err));
	d->err = err;
	return false;
}

int
live_bind_open(const struct iface *iface, struct diags *ds)
{
	const int type = iface->cooked ? SOCK_DGRAM : SOCK_RAW;
	const int fd = socket(AF_PACKET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0)
		return fd;
	const bool right = errno == EPERM || errno == EACCES;
	refuse(ds, right ? DIAG_PERMISSION : DIAG_KERNEL, iface->name,
		"opening a packet socket", errno);
	diags_hint(ds, "%s",
		right ? "run as root, or setcap cap_net_raw+ep"
		      : "capturing needs a kernel with CONFIG_PACKET");
	return -1;
}

static bool
set_promisc(int fd, const struct iface *iface, struct diags *ds)
{
	const struct packet_mreq req = { .mr_ifindex = iface->index,
		.mr_type = PACKET_MR_PROMISC };
	if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &req, sizeof(req)) == 0)
		return true;
	refuse(ds, DIAG_DEVICE, iface->name, "promiscuous mode", errno);
	diags_hint(ds, "-p captures without it");
	return false;
}

/* Down when it is bound: the kernel says so in the socket's pending error. */
static bool
check_up(int fd, const struct iface *iface, struct diags *ds)
{
	int err = 0;
	socklen_t len = sizeof(err);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	if (err == 0)
		return true;
	if (err != ENETDOWN)
		return refuse(ds, DIAG_DEVICE, iface->name, "binding", err);
	struct diag *d = diags_add(
		ds, DIAG_DEVICE, SEV_ERROR, "%s: that device is not up", iface->name);
	d->err = err;
	diags_hint(ds, "ip link set dev %s up", iface->name);
	return false;
}

static bool
bind_to(int fd, uint16_t protocol, const struct live_opts *opts,
	const struct iface *iface, struct diags *ds)
{
	if (opts->promisc && iface->index != 0 && !set_promisc(fd, iface, ds))
		return false;
	const struct sockaddr_ll to = { .sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
		.sll_ifindex = iface->index };
	if (bind(fd, (const struct sockaddr *)&to, sizeof(to)) != 0) {
		refuse(ds, DIAG_DEVICE, iface->name, "binding", errno);
		diags_hint(ds, "is the interface still there? -D lists them");
		return false;
	}
	return check_up(fd, iface, ds);
}

/* A protocol of nobody: a socket without one is told nothing (net/packet/af_packet.c,
 * packet_notifier), and one with ETH_P_ALL costs each packet.  Reserved: RFC 1701 §B. */
#define PROTOCOL_NONE 0xffff

bool
live_bind_watch(
	int fd, const struct live_opts *opts, const struct iface *iface, struct diags *ds)
{
	return bind_to(fd, PROTOCOL_NONE, opts, iface, ds);
}

bool
live_bind_start(
	int fd, const struct live_opts *opts, const struct iface *iface, struct diags *ds)
{
	/* Each packet sent is cloned for the socket unless it says that it wants none.
	 * Kernels before 4.20 do not know the option: the program skips them anyway. */
	const int ignore = opts->direction == LIVE_IN || iface->loopback;
	if (ignore)
		setsockopt(
			fd, SOL_PACKET, PACKET_IGNORE_OUTGOING, &ignore, sizeof(ignore));
	return bind_to(fd, ETH_P_ALL, opts, iface, ds);
}

/* An interface that is deleted goes down first, and is gone a little later (net/core/
 * dev.c, unregister_netdevice_many): waits that long. */
static bool
disappears(const char *name)
{
	const struct timespec pause = { .tv_nsec = 10 * 1000 * 1000 };
	for (int tries = 0; tries < 20; tries++) {
		if (if_nametoindex(name) == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

void
live_bind_explain(int fd, const char *name, struct diag *fault)
{
	int err = 0;
	socklen_t len = sizeof(err);
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		err = errno;
	const char *what = "the interface went down";
	if (err != ENETDOWN && err != ENODEV && err != 0)
		what = strerror(err);
	else if (disappears(name))
		what = "the interface disappeared";
	*fault = (struct diag){ .code = DIAG_DEVICE, .severity = SEV_ERROR, .err = err };
	snprintf(fault->text, sizeof(fault->text), "%s: %s", name, what);
	snprintf(fault->hint, sizeof(fault->hint),
		"what came before is captured; start again when it is up");
}

void
live_bind_tell(const struct diag *fault, struct diags *ds)
{
	*diags_add(ds, fault->code, fault->severity, "%s", fault->text) = *fault;
}
