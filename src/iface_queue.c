/* iface_queue.c: in: an interface; out: whether its packets say by which queue they came.
 *
 * A driver of a device writes that into packets that are new.  One that hands over what
 * another interface has sent leaves the queue there that it was sent by, and calls it the
 * same (veth, lo: seen with 6.18); a bridge, a VLAN, that of the device below.  tun's
 * packets are new. */
#include <errno.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "iface.h"

#define ANSWER (1 << 15) /* bytes */

/* The attribute of that type among `of` bytes, or NULL. */
static struct rtattr *
find(struct rtattr *a, int of, unsigned type)
{
	for (; RTA_OK(a, of); a = RTA_NEXT(a, of))
		if ((a->rta_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

/* Of a device, which has a parent on a bus (since Linux 5.14); or of tun. */
static bool
tells(struct nlmsghdr *m)
{
	struct ifinfomsg *link = NLMSG_DATA(m);
	if (m->nlmsg_type != RTM_NEWLINK || m->nlmsg_len < NLMSG_LENGTH(sizeof(*link)))
		return false;
	const int of = (int)IFLA_PAYLOAD(m);
	if (find(IFLA_RTA(link), of, IFLA_PARENT_DEV_NAME))
		return true;
	struct rtattr *info = find(IFLA_RTA(link), of, IFLA_LINKINFO);
	struct rtattr *kind =
		info ? find(RTA_DATA(info), (int)RTA_PAYLOAD(info), IFLA_INFO_KIND)
		     : NULL;
	return kind && strcmp(RTA_DATA(kind), "tun") == 0;
}

bool
iface_tells_queue(int ifindex)
{
	const struct timeval patience = { .tv_sec = 2 };
	const struct {
		struct nlmsghdr head;
		struct ifinfomsg link;
	} ask = { { .nlmsg_len = sizeof(ask),
			  .nlmsg_type = RTM_GETLINK,
			  .nlmsg_flags = NLM_F_REQUEST },
		{ .ifi_index = ifindex } };
	_Alignas(struct nlmsghdr) char bytes[ANSWER];
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	ssize_t got = -1;
	if (fd < 0)
		return false;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &ask, sizeof(ask), 0) >= 0)
		do
			got = recv(fd, bytes, sizeof(bytes), 0);
		while (got < 0 && errno == EINTR);
	close(fd);
	struct nlmsghdr *m = (struct nlmsghdr *)bytes;
	return got > 0 && NLMSG_OK(m, (size_t)got) && tells(m);
}
