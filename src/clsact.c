/* clsact.c: in: an interface; out: its qdisc clsact, and the filters there. */
#include "clsact.h"

#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ATTRIBUTES (TCA_MAX + 1)

/* Of what a dump has, with its attributes by type. */
typedef void visit(const struct tcmsg *, struct rtattr *const *, void *to);

struct request {
	struct nlmsghdr head;
	struct tcmsg tc;
};

/* Attributes by type, of those that `of` bytes hold; NULL: not there. */
static void
sort_attributes(struct rtattr *a, int of, struct rtattr **out, unsigned count)
{
	memset(out, 0, count * sizeof(*out));
	for (; RTA_OK(a, of); a = RTA_NEXT(a, of))
		if ((a->rta_type & NLA_TYPE_MASK) < count)
			out[a->rta_type & NLA_TYPE_MASK] = a;
}

/* Of what one read brought.  Returns -1 when more is to come, else 0 or an errno. */
static int
visit_all(struct nlmsghdr *m, size_t left, visit *see, void *to)
{
	for (; NLMSG_OK(m, left); m = NLMSG_NEXT(m, left)) {
		struct rtattr *a[ATTRIBUTES];
		struct tcmsg *tc = NLMSG_DATA(m);
		if (m->nlmsg_type == NLMSG_DONE)
			return 0;
		if (m->nlmsg_type == NLMSG_ERROR)
			return -((struct nlmsgerr *)NLMSG_DATA(m))->error;
		if (m->nlmsg_len < NLMSG_LENGTH(sizeof(*tc)))
			return EPROTO;
		sort_attributes(TCA_RTA(tc), (int)TCA_PAYLOAD(m), a, ATTRIBUTES);
		see(tc, a, to);
	}
	return -1;
}

static int
dump(unsigned type, int ifindex, uint32_t parent, visit *see, void *to)
{
	const struct timeval patience = { .tv_sec = 2 };
	const struct request ask = {
		.head = { .nlmsg_len = sizeof(ask),
			.nlmsg_type = (uint16_t)type,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP },
		.tc = { .tcm_family = AF_UNSPEC,
			.tcm_ifindex = ifindex,
			.tcm_parent = parent },
	};
	_Alignas(struct nlmsghdr) char bytes[1 << 15]; /* the kernel takes no more */
	const int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
	int err = -1;
	if (fd < 0)
		return errno;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (send(fd, &ask, sizeof(ask), 0) < 0)
		err = errno;
	while (err == -1) {
		const ssize_t got = recv(fd, bytes, sizeof(bytes), 0);
		if (got >= 0)
			err = visit_all((struct nlmsghdr *)bytes, (size_t)got, see, to);
		else if (errno != EINTR)
			err = errno;
	}
	close(fd);
	return err;
}

struct kind_search {
	int ifindex;
	enum clsact_kind kind;
};

/* The kernel gives those of all interfaces. */
static void
see_qdisc(const struct tcmsg *tc, struct rtattr *const *a, void *to)
{
	struct kind_search *k = to;
	if (tc->tcm_ifindex != k->ifindex || tc->tcm_parent != TC_H_CLSACT ||
		!a[TCA_KIND])
		return;
	k->kind = strcmp(RTA_DATA(a[TCA_KIND]), "clsact") == 0 ? CLSACT_BOTH
							       : CLSACT_INGRESS;
}

int
clsact_kind(int ifindex, enum clsact_kind *out)
{
	struct kind_search k = { .ifindex = ifindex };
	const int err = dump(RTM_GETQDISC, ifindex, 0, see_qdisc, &k);
	*out = k.kind;
	return err;
}

static uint32_t
number(const struct rtattr *a)
{
	uint32_t n = 0;
	if (a && RTA_PAYLOAD(a) >= sizeof(n))
		memcpy(&n, RTA_DATA(a), sizeof(n));
	return n;
}

/* By its handle, and by the name of one of the programs of bpf/tc.bpf.c, behind which
 * libbpf writes a number. */
static void
see_own(const struct tcmsg *tc, struct rtattr *options, struct clsact_view *v)
{
	struct rtattr *a[TCA_BPF_MAX + 1];
	const uint32_t mine = CLSACT_HANDLES * CLSACT_HANDLE_STEP - 1;
	if ((tc->tcm_handle & ~mine) != CLSACT_HANDLE || !options ||
		v->owns == CLSACT_OWN_MAX)
		return;
	sort_attributes(RTA_DATA(options), (int)RTA_PAYLOAD(options), a, TCA_BPF_MAX + 1);
	if (!a[TCA_BPF_NAME] ||
		(strncmp(RTA_DATA(a[TCA_BPF_NAME]), "tc_in:", 6) != 0 &&
			strncmp(RTA_DATA(a[TCA_BPF_NAME]), "tc_out:", 7) != 0))
		return;
	v->own[v->owns++] = (struct clsact_own){
		.handle = tc->tcm_handle,
		.program = number(a[TCA_BPF_ID]),
		.priority = (uint16_t)(TC_H_MAJ(tc->tcm_info) >> 16),
	};
}

static void
see_filter(const struct tcmsg *tc, struct rtattr *const *a, void *to)
{
	struct clsact_view *v = to;
	const uint16_t priority = (uint16_t)(TC_H_MAJ(tc->tcm_info) >> 16);
	const uint16_t protocol = ntohs((uint16_t)TC_H_MIN(tc->tcm_info));
	const bool bpf = a[TCA_KIND] && strcmp(RTA_DATA(a[TCA_KIND]), "bpf") == 0;
	v->filters++;
	if (number(a[TCA_CHAIN]) != 0)
		return;
	if (v->first == 0 || priority < v->first) {
		v->first = priority;
		v->joins = bpf && protocol == ETH_P_ALL;
	}
	if (bpf && protocol == ETH_P_ALL)
		see_own(tc, a[TCA_OPTIONS], v);
}

int
clsact_view(int ifindex, enum clsact_side side, struct clsact_view *out)
{
	static const uint32_t minor[CLSACT_SIDES] = {
		[CLSACT_IN] = TC_H_MIN_INGRESS, [CLSACT_OUT] = TC_H_MIN_EGRESS
	};
	memset(out, 0, sizeof(*out));
	return dump(RTM_GETTFILTER, ifindex, TC_H_MAKE(TC_H_CLSACT, minor[side]),
		see_filter, out);
}
