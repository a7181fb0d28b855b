/* probe_system.c: in: questions about rights, settings and the interface; out: what the
 * system says without eBPF: capabilities, files, ioctl(2), netlink. */
#include <cap-ng.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/ethtool.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "probe_ask.h"

void
probe_say(struct probe_answer *a, enum probe_state state, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	a->state = state;
	vsnprintf(a->text, sizeof(a->text), fmt, ap);
	va_end(ap);
}

void
probe_say_errno(struct probe_answer *a, int err)
{
	const bool right = err == EPERM || err == EACCES;
	probe_say(a, right ? PROBE_UNKNOWN : PROBE_NO, "%s",
		right ? "no right to try it" : strerror(err));
}

void
probe_capability(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	(void)site;
	if (capng_get_caps_process() != 0) {
		probe_say(out, PROBE_UNKNOWN, "%s", strerror(errno));
		return;
	}
	/* CAP_BPF and CAP_PERFMON are parts of the older CAP_SYS_ADMIN */
	const bool has = capng_have_capability(CAPNG_EFFECTIVE, row->a) == 1;
	const bool admin =
		row->b != 0 && capng_have_capability(CAPNG_EFFECTIVE, row->b) == 1;
	probe_say(out, has || admin ? PROBE_YES : PROBE_NO, "%s",
		!has && admin ? "by CAP_SYS_ADMIN" : "");
}

void
probe_file(struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	char line[80] = "";
	(void)site;
	FILE *f = fopen(row->path, "re");
	if (!f) {
		probe_say(out, errno == EACCES ? PROBE_UNKNOWN : PROBE_NO, "%s: %s",
			row->path, strerror(errno));
		return;
	}
	const bool read = fgets(line, sizeof(line), f) != NULL;
	fclose(f);
	line[strcspn(line, "\n")] = '\0';
	probe_say(out, read ? PROBE_YES : PROBE_NO, "%s", line);
}

void
probe_readable(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	(void)site;
	if (access(row->path, R_OK) == 0)
		probe_say(out, PROBE_YES, "%s", "");
	else
		probe_say(out, errno == EACCES ? PROBE_UNKNOWN : PROBE_NO, "%s: %s",
			row->path, strerror(errno));
}

void
probe_socket(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	(void)site;
	const int fd =
		socket(AF_PACKET, (int)row->a | SOCK_CLOEXEC, 0); /* hears nothing */
	if (fd < 0) {
		probe_say_errno(out, errno);
		return;
	}
	close(fd);
	probe_say(out, PROBE_YES, "%s", "");
}

void
probe_driver(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	struct ethtool_drvinfo info = { .cmd = ETHTOOL_GDRVINFO };
	struct ifreq request = { .ifr_data = (void *)&info };
	(void)row;
	snprintf(request.ifr_name, sizeof(request.ifr_name), "%.15s", site->iface->name);
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const int err = fd < 0 || ioctl(fd, SIOCETHTOOL, &request) != 0 ? errno : 0;
	if (fd >= 0)
		close(fd);
	if (err != 0)
		probe_say(out, PROBE_NO, "%s",
			err == EOPNOTSUPP ? "it has no name" : strerror(err));
	else
		probe_say(out, PROBE_YES, "%.*s", (int)sizeof(info.driver), info.driver);
}

/* A request of generic netlink with one attribute, and room for what comes back. */
struct message {
	struct nlmsghdr head;
	struct genlmsghdr command;
	uint8_t rest[4096];
};

/* Its answer in `m`; 0, or an errno. */
static int
ask_kernel(int fd, struct message *m, unsigned type, unsigned command,
	const struct nlattr *a)
{
	memset(m, 0, sizeof(*m));
	m->head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) + NLA_ALIGN(a->nla_len);
	m->head.nlmsg_type = (uint16_t)type;
	m->head.nlmsg_flags = NLM_F_REQUEST;
	m->command = (struct genlmsghdr){ .cmd = (uint8_t)command, .version = 1 };
	memcpy(m->rest, a, a->nla_len);
	if (send(fd, m, m->head.nlmsg_len, 0) < 0)
		return errno;
	const ssize_t got = recv(fd, m, sizeof(*m), 0);
	if (got < 0)
		return errno;
	if ((size_t)got < NLMSG_LENGTH(GENL_HDRLEN) || m->head.nlmsg_len > (size_t)got)
		return EPROTO;
	if (m->head.nlmsg_type != NLMSG_ERROR)
		return 0;
	int err;
	memcpy(&err, &m->command, sizeof(err)); /* struct nlmsgerr */
	return err < 0 ? -err : EPROTO;
}

/* The attribute `type` of at least `size` bytes, copied; false: there is none. */
static bool
find_attribute(const struct message *m, unsigned type, void *to, size_t size)
{
	const size_t end = m->head.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN);
	struct nlattr a;
	for (size_t at = 0; at + sizeof(a) <= end; at += NLA_ALIGN(a.nla_len)) {
		memcpy(&a, m->rest + at, sizeof(a));
		if (a.nla_len < sizeof(a) || at + a.nla_len > end)
			return false;
		if ((a.nla_type & NLA_TYPE_MASK) != type)
			continue;
		if (a.nla_len < NLA_HDRLEN + size)
			return false;
		memcpy(to, m->rest + at + NLA_HDRLEN, size);
		return true;
	}
	return false;
}

/* linux/netdev.h, since 6.3; not in all header packages yet. */
#define NETDEV_FAMILY "netdev"
#define NETDEV_DEV_GET 1       /* NETDEV_CMD_DEV_GET */
#define NETDEV_IFINDEX 1       /* NETDEV_A_DEV_IFINDEX */
#define NETDEV_FEATURES 3      /* NETDEV_A_DEV_XDP_FEATURES */
#define NETDEV_XDP_BASIC 1ULL  /* NETDEV_XDP_ACT_BASIC */
#define NETDEV_XDP_FRAGS 32ULL /* NETDEV_XDP_ACT_RX_SG */

/* What XDP can do in the driver, by the kernel's own table; 0, or an errno. */
static int
xdp_features(int fd, unsigned ifindex, uint64_t *out)
{
	struct message m;
	uint16_t family;
	struct {
		struct nlattr head;
		char name[8];
	} by_name = { { NLA_HDRLEN + sizeof(NETDEV_FAMILY), CTRL_ATTR_FAMILY_NAME },
		NETDEV_FAMILY };
	struct {
		struct nlattr head;
		uint32_t ifindex;
	} by_index = { { sizeof(by_index), NETDEV_IFINDEX }, ifindex };
	int err = ask_kernel(fd, &m, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, &by_name.head);
	if (err == 0 && !find_attribute(&m, CTRL_ATTR_FAMILY_ID, &family, sizeof(family)))
		err = EPROTO;
	if (err == 0)
		err = ask_kernel(fd, &m, family, NETDEV_DEV_GET, &by_index.head);
	if (err == 0 && !find_attribute(&m, NETDEV_FEATURES, out, sizeof(*out)))
		err = EPROTO;
	return err;
}

/* Attaching a program in a driver may reset the card: so it is asked, not tried. */
void
probe_native(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	const struct timeval patience = { .tv_sec = 2 };
	uint64_t features = 0;
	(void)row;
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	const int err =
		fd < 0 ? errno
		       : xdp_features(fd, (unsigned)site->iface->index, &features);
	if (fd >= 0)
		close(fd);
	if (err != 0)
		probe_say(out, PROBE_UNKNOWN, "the kernel does not say (before 6.3): %s",
			strerror(err));
	else if (features & NETDEV_XDP_BASIC)
		probe_say(out, PROBE_YES, "%s",
			features & NETDEV_XDP_FRAGS ? "jumbo frames too"
						    : "no jumbo frames");
	else
		probe_say(out, PROBE_NO, "the driver has none");
}
