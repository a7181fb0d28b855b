/* iface.c: in: what the user calls a device; out: `struct iface`, or an error with
 * names that are near. */
#include "iface.h"

#include <errno.h>
#include <net/if.h> /* before the kernel's headers, which then leave its names out */
#include <linux/if_arp.h>
#include <pcap/pcap.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../filter/filter.h"
#include "near.h"

#define LINK_IEEE802_11 105
#define LINK_PRISM 119
#define LINK_RADIOTAP 127

/* tcpdump.org/linktypes; hardware types of <linux/if_arp.h>.  The address: what
 * the driver's header_ops.parse gives (net/ethernet/eth.c, eth_header_parse;
 * net/ipv4/ip_gre.c, ipgre_header_parse).  Sorted. */
static const struct iface_type types[] = {
	{ ARPHRD_ETHER, FILTER_LINK_EN10MB, false, 6, 6 },
	{ ARPHRD_SLIP, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_CSLIP, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_SLIP6, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_CSLIP6, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_RAWIP, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_TUNNEL, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_TUNNEL6, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_LOOPBACK, FILTER_LINK_EN10MB, false, 6, 6 },
	{ ARPHRD_SIT, FILTER_LINK_RAW, false, 0, 0 },
	{ ARPHRD_IPGRE, FILTER_LINK_LINUX_SLL2, true, 12, 4 },
	{ ARPHRD_IEEE80211, LINK_IEEE802_11, false, 0, 0 },
	{ ARPHRD_IEEE80211_PRISM, LINK_PRISM, false, 0, 0 },
	{ ARPHRD_IEEE80211_RADIOTAP, LINK_RADIOTAP, false, 0, 0 },
	{ ARPHRD_NONE, FILTER_LINK_RAW, false, 0, 0 },
};
#define TYPES (sizeof(types) / sizeof(types[0]))

const struct iface_type *
iface_type(uint16_t hatype)
{
	static const struct iface_type other = { ARPHRD_VOID, FILTER_LINK_LINUX_SLL2,
		true, 0, 0 };
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].hatype == hatype)
			return &types[i];
	return &other;
}

/* Asks the kernel; false and errno when `name` is no interface. */
static bool
query(const char *name, struct iface *out)
{
	struct ifreq req = { 0 };
	const size_t len = strlen(name);
	if (len == 0 || len >= sizeof(req.ifr_name)) {
		errno = ENODEV;
		return false;
	}
	memcpy(req.ifr_name, name, len);
	const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return false;
	bool ok = ioctl(fd, SIOCGIFINDEX, &req) == 0;
	if (ok)
		out->index = req.ifr_ifindex;
	ok = ok && ioctl(fd, SIOCGIFFLAGS, &req) == 0;
	if (ok) {
		out->up = req.ifr_flags & IFF_UP;
		out->loopback = req.ifr_flags & IFF_LOOPBACK;
	}
	ok = ok && ioctl(fd, SIOCGIFHWADDR, &req) == 0;
	if (ok)
		out->hatype = req.ifr_hwaddr.sa_family;
	const int err = errno;
	close(fd);
	errno = err;
	return ok;
}

bool
iface_hatype(const char *name, uint16_t *out)
{
	struct iface found;
	if (!query(name, &found))
		return false;
	*out = found.hatype;
	return true;
}

static bool
find_net(const char *name, struct iface *out)
{
	*out = (struct iface){ .kind = IFACE_NET };
	snprintf(out->name, sizeof(out->name), "%s", name);
	if (strcmp(name, IFACE_ANY) == 0) {
		out->cooked = out->up = true;
		out->hatype = ARPHRD_VOID;
		out->linktype = FILTER_LINK_LINUX_SLL2;
		return true;
	}
	if (!query(name, out))
		return false;
	const struct iface_type *t = iface_type(out->hatype);
	out->linktype = t->linktype;
	out->cooked = t->cooked;
	return true;
}

#define NEAR_MAX 4

static void
hint_near(const char *name, const pcap_if_t *list, struct diags *ds)
{
	char text[sizeof(((struct diag *)0)->hint)] = "";
	size_t used = 0;
	unsigned shown = 0;
	for (unsigned far = 0; far <= 2; far++)
		for (const pcap_if_t *d = list; d && shown < NEAR_MAX; d = d->next) {
			if (near_distance(name, d->name) != far ||
				used + strlen(d->name) + 40 > sizeof(text))
				continue;
			used += snprintf(text + used, sizeof(text) - used, "%s%s",
				shown++ ? ", " : "", d->name);
		}
	if (shown)
		diags_hint(ds, "near that name: %s; -D lists all", text);
	else
		diags_hint(ds, "-D lists the devices");
}

static bool
find_all(pcap_if_t **list, struct diags *ds)
{
	char text[PCAP_ERRBUF_SIZE] = "";
	if (pcap_findalldevs(list, text) == 0)
		return true;
	return diags_error(
		ds, DIAG_DEVICE, (struct span){ 0 }, "listing devices: %s", text);
}

/* A device of the list, by its number from 1, or by name; NULL: the first that is up
 * and no loopback, else the first. */
static const pcap_if_t *
pick(const pcap_if_t *list, const char *name)
{
	if (!name) {
		for (const pcap_if_t *d = list; d; d = d->next)
			if ((d->flags & PCAP_IF_UP) && !(d->flags & PCAP_IF_LOOPBACK) &&
				strcmp(d->name, IFACE_ANY) != 0)
				return d;
		return list;
	}
	char *end;
	errno = 0;
	const unsigned long number = strtoul(name, &end, 10);
	const bool numeric =
		name[0] >= '0' && name[0] <= '9' && *end == '\0' && errno == 0;
	unsigned long i = 1;
	for (const pcap_if_t *d = list; d; d = d->next, i++)
		if (numeric ? i == number : strcmp(d->name, name) == 0)
			return d;
	return NULL;
}

bool
iface_find(const char *name, struct iface *out, struct diags *ds)
{
	if (name && find_net(name, out))
		return true;
	if (name && errno != ENODEV)
		return diags_error(ds, DIAG_DEVICE, (struct span){ 0 }, "%.64s: %s", name,
			strerror(errno));
	pcap_if_t *list = NULL;
	if (!find_all(&list, ds))
		return false;
	const pcap_if_t *d = pick(list, name);
	bool ok = d && strlen(d->name) < IFACE_NAME;
	if (ok && !find_net(d->name, out)) {
		*out = (struct iface){
			.kind = IFACE_PCAP, .hatype = ARPHRD_VOID, .up = true
		};
		snprintf(out->name, sizeof(out->name), "%s", d->name);
	}
	if (!ok && !name) {
		diags_error(
			ds, DIAG_DEVICE, (struct span){ 0 }, "no device to capture on");
		diags_hint(ds, "capturing needs CAP_NET_RAW: run as root");
	} else if (!ok) {
		diags_add(
			ds, DIAG_DEVICE, SEV_ERROR, "%.64s: no such device exists", name)
			->err = ENODEV;
		hint_near(name, list, ds);
	}
	pcap_freealldevs(list);
	return ok;
}

/* Names of PCAP_IF_ flags, in tcpdump's order and words. */
static const struct {
	bpf_u_int32 mask, value;
	const char *text;
} flags[] = {
	{ PCAP_IF_UP, PCAP_IF_UP, "Up" },
	{ PCAP_IF_RUNNING, PCAP_IF_RUNNING, "Running" },
	{ PCAP_IF_LOOPBACK, PCAP_IF_LOOPBACK, "Loopback" },
	{ PCAP_IF_WIRELESS, PCAP_IF_WIRELESS, "Wireless" },
};

/* How an interface stands, by (flags & CONNECTION_STATUS) >> 4 and whether it is
 * wireless. */
static const char *const connections[4][2] = {
	{ "Connection status unknown", "Association status unknown" },
	{ "Connected", "Associated" }, { "Disconnected", "Not associated" },
	{ NULL, NULL }, /* not applicable */
};

static void
list_one(FILE *to, unsigned number, const pcap_if_t *d)
{
	fprintf(to, "%u.%s", number, d->name);
	if (d->description)
		fprintf(to, " (%s)", d->description);
	if (d->flags != 0) {
		const char *between = " [";
		for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
			if ((d->flags & flags[i].mask) == flags[i].value) {
				fprintf(to, "%s%s", between, flags[i].text);
				between = ", ";
			}
		if (between[0] == ' ')
			fputs(" [none", to);
		const unsigned status = (d->flags & PCAP_IF_CONNECTION_STATUS) >> 4;
		const char *text =
			connections[status & 3][(d->flags & PCAP_IF_WIRELESS) != 0];
		if (text)
			fprintf(to, ", %s", text);
		fputc(']', to);
	}
	fputc('\n', to);
}

bool
iface_list(FILE *to, struct diags *ds)
{
	pcap_if_t *list = NULL;
	if (!find_all(&list, ds))
		return false;
	unsigned number = 1;
	for (const pcap_if_t *d = list; d; d = d->next)
		list_one(to, number++, d);
	pcap_freealldevs(list);
	return true;
}
