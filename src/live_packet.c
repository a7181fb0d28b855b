/* live_packet.c: in: packets of an interface that the filter accepts as classic BPF; out:
 * a source that reads them from an AF_PACKET ring (TPACKET_V3), for those who have
 * CAP_NET_RAW only.
 *
 * Layout of a block: Documentation/networking/packet_mmap.rst.  What the kernel has taken
 * off a packet (VLAN tag, link header of cooked ones) is put before it in place: the
 * ring keeps HEADROOM bytes free for that. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "live.h"
#include "live_bind.h"
#include "privilege.h"

#define HEADROOM 32   /* bytes, at least sizeof(struct sll2) */
#define RETIRE_MS 50  /* a block that is not full is handed over after so long */
#define DRAIN_MS 1000 /* ... and at most so long after stop() */
#define BLOCK_MIN (1U << 17)
#define BLOCK_ROOM 4096 /* bytes of a block that are not the packet's; ample */
#define FRAME 2048      /* means nothing to V3, but is checked */
#define VLAN_AT 12      /* IEEE 802.1Q: the tag follows the addresses */
#define VLAN_TAG 4

enum state { RUNNING, STOPPED, BROKEN };

struct live_packet {
	struct source source; /* first */
	int fd;
	enum state state;
	uint8_t *map;
	size_t map_size, block_size;
	unsigned blocks, block; /* number, and the one that is read or waited for */
	uint32_t left;       /* packets of it that are not delivered; 0: it is not ours */
	uint8_t *at;         /* the next of them */
	int64_t deadline_ns; /* of the drain, CLOCK_MONOTONIC */
	uint64_t packets, drops; /* of PACKET_STATISTICS, which forgets when read */
	uint64_t read, ignored, captured; /* of the ring; not wanted; delivered */
	const struct filter *user;        /* NULL: the kernel has matched */
	uint32_t kept;                    /* bytes of a packet in the ring */
	struct live_opts opts;
	unsigned lo_ifindex;
	bool cooked, tags; /* what has to be put back */
	struct diag fault; /* of a broken source: told when the ring is empty */
	char name[IFACE_NAME];
};

static struct live_packet *
self(struct source *s)
{
	return (struct live_packet *)s;
}

static bool
refuse(struct diags *ds, enum diag_code code, const char *what, const char *name)
{
	const int err = errno;
	struct diag *d =
		diags_add(ds, code, SEV_ERROR, "%s: %s: %s", name, what, strerror(err));
	d->err = err;
	return false;
}

static int64_t
now_ns(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static struct tpacket_block_desc *
current(const struct live_packet *l)
{
	return (struct tpacket_block_desc *)(l->map + l->block * l->block_size);
}

/* Gives back a block that is read, takes the next if the kernel is done with it. */
static bool
turn_block(struct live_packet *l)
{
	struct tpacket_block_desc *b = current(l);
	if (l->at) {
		__atomic_store_n(
			&b->hdr.bh1.block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
		l->block = (l->block + 1) % l->blocks;
		l->at = NULL;
		b = current(l);
	}
	if (!(__atomic_load_n(&b->hdr.bh1.block_status, __ATOMIC_ACQUIRE) &
		    TP_STATUS_USER))
		return false;
	l->left = b->hdr.bh1.num_pkts;
	l->at = (uint8_t *)b + b->hdr.bh1.offset_to_first_pkt;
	return true;
}

/* Outgoing packets on lo come in again; the others may not be asked for.  Where the
 * kernel knows PACKET_IGNORE_OUTGOING few come this far. */
static bool
wanted(const struct live_packet *l, const struct sockaddr_ll *from)
{
	if (from->sll_pkttype != PACKET_OUTGOING)
		return l->opts.direction != LIVE_OUT;
	return l->opts.direction != LIVE_IN &&
	       (unsigned)from->sll_ifindex != l->lo_ifindex;
}

/* Puts the tag back, between addresses and ethertype; where the snap length has cut it
 * off it still counts. */
static void
put_tag(const struct tpacket3_hdr *h, struct packet *p, uint8_t *data)
{
	p->len += VLAN_TAG;
	if (p->caplen < VLAN_AT)
		return;
	const bool told = h->tp_status & TP_STATUS_VLAN_TPID_VALID;
	const uint16_t tpid = told ? h->hv1.tp_vlan_tpid : ETH_P_8021Q;
	const uint16_t tag[2] = { htons(tpid), htons(h->hv1.tp_vlan_tci) };
	memmove(data - VLAN_TAG, data, VLAN_AT);
	memcpy(data - VLAN_TAG + VLAN_AT, tag, VLAN_TAG);
	p->data = data - VLAN_TAG;
	p->caplen += VLAN_TAG;
}

static unsigned
read16(const uint8_t *p)
{
	return p[0] << 8 | p[1];
}

/* May this be a packet of IPv4 or IPv6 (RFC 791, RFC 8200)? */
static bool
is_ip(unsigned type, const struct packet *p)
{
	const uint8_t *d = p->data;
	if (type == ETH_P_IP)
		return d[0] >> 4 == 4 && read16(d + 2) <= p->len;
	return type == ETH_P_IPV6 && d[0] >> 4 == 6 && read16(d + 4) + 40 <= p->len;
}

/* The protocol of what a cooked packet's data begins with.  Of a tagged one the kernel
 * names what is behind all tags (net/packet/af_packet.c, vlan_get_protocol_dgram, v6.10),
 * but the second tag of one that was received is still in the data.  The type of that tag
 * is not to be had. */
static uint16_t
data_protocol(const struct tpacket3_hdr *h, const struct sockaddr_ll *from,
	const struct packet *p)
{
	const unsigned type = ntohs(from->sll_protocol);
	if (!(h->tp_status & TP_STATUS_VLAN_VALID) || p->caplen < 6 || is_ip(type, p))
		return type;
	const unsigned next = read16(p->data + 2);
	return next == type || next == ETH_P_8021Q || next == ETH_P_8021AD ? ETH_P_8021Q
									   : type;
}

static void
put_cooked(const struct sockaddr_ll *from, uint16_t protocol, struct packet *p,
	uint8_t *data)
{
	struct sll2 h = {
		.protocol_be = htons(protocol),
		.ifindex_be = htonl(from->sll_ifindex),
		.hatype_be = htons(from->sll_hatype),
		.pkttype = from->sll_pkttype,
		.addr_len = from->sll_halen,
	};
	memcpy(h.addr, from->sll_addr,
		h.addr_len < sizeof(h.addr) ? h.addr_len : sizeof(h.addr));
	memcpy(data - sizeof(h), &h, sizeof(h));
	p->data = data - sizeof(h);
	p->caplen += sizeof(h);
	p->len += sizeof(h);
}

/* Matches what the kernel's filter would have been given: the packet as it lies in the
 * ring, from which the tag is off. */
static bool
matches(const struct live_packet *l, const struct tpacket3_hdr *h,
	const struct sockaddr_ll *from, uint16_t protocol, const struct packet *p)
{
	const struct filter_packet f = {
		.data = p->data,
		.caplen = p->caplen,
		.len = p->len,
		.ifindex = from->sll_ifindex,
		.protocol = protocol,
		.hatype = from->sll_hatype,
		.pkttype = from->sll_pkttype,
		.vlan_present = h->tp_status & TP_STATUS_VLAN_VALID,
		.vlan_tci = h->hv1.tp_vlan_tci,
	};
	return filter_match(l->user, &f) > 0;
}

/* The packet at `h`; false when it is not to be delivered. */
static bool
fill(struct live_packet *l, struct tpacket3_hdr *h, struct packet *p)
{
	const struct sockaddr_ll *from =
		(const struct sockaddr_ll *)((const uint8_t *)h +
					     TPACKET_ALIGN(sizeof(*h)));
	uint8_t *const data = (uint8_t *)h + h->tp_mac;
	*p = (struct packet){
		.ts_ns = h->tp_sec * 1000000000LL + h->tp_nsec,
		.data = data,
		.caplen = h->tp_snaplen,
		.len = h->tp_len,
		.linktype = l->source.linktype,
		.way = from->sll_pkttype == PACKET_OUTGOING ? PACKET_WAY_OUT
							    : PACKET_WAY_IN,
	};
	if (!wanted(l, from)) {
		l->ignored++;
		return false;
	}
	const uint16_t protocol =
		l->cooked ? data_protocol(h, from, p) : ntohs(from->sll_protocol);
	if (l->user && !matches(l, h, from, protocol, p))
		return false;
	if (l->cooked)
		put_cooked(from, protocol, p, data);
	else if (l->tags && (h->tp_status & TP_STATUS_VLAN_VALID) && p->len >= VLAN_AT)
		put_tag(h, p, data);
	if (p->caplen > l->opts.snaplen)
		p->caplen = l->opts.snaplen;
	return true;
}

static void
count_statistics(struct live_packet *l)
{
	struct tpacket_stats_v3 now;
	socklen_t len = sizeof(now);
	if (getsockopt(l->fd, SOL_PACKET, PACKET_STATISTICS, &now, &len) != 0)
		return;
	l->packets += now.tp_packets; /* with the drops */
	l->drops += now.tp_drops;
}

/* After stop(): all that the kernel counted is read, or it has taken too long. */
static bool
drained(struct live_packet *l)
{
	count_statistics(l);
	return l->read >= l->packets - l->drops || now_ns() > l->deadline_ns;
}

static void
leave(struct live_packet *l, enum state state)
{
	static struct sock_filter none[] = { { .code = BPF_RET | BPF_K, .k = 0 } };
	const struct sock_fprog program = { .len = 1, .filter = none };
	if (l->state != RUNNING)
		return;
	/* Nothing new comes; what is in the open block is handed over by its timer. */
	setsockopt(l->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
	l->state = state;
	l->deadline_ns = now_ns() + DRAIN_MS * 1000000LL;
}

/* Waits for a block; SOURCE_PACKET: look again. */
static enum source_status
doze(struct live_packet *l, bool again, struct diags *ds)
{
	const bool over = l->state != RUNNING && drained(l);
	if (over && l->state == STOPPED)
		return SOURCE_END;
	if (over) {
		live_bind_tell(&l->fault, ds);
		return SOURCE_FAILED;
	}
	if (again)
		return SOURCE_IDLE;
	struct pollfd fd = { .fd = l->fd, .events = POLLIN };
	if (poll(&fd, 1, l->state == RUNNING ? LIVE_POLL_MS : RETIRE_MS) > 0 &&
		(fd.revents & POLLERR) && l->state == RUNNING) {
		live_bind_explain(l->fd, l->name, &l->fault);
		leave(l, BROKEN);
	}
	return SOURCE_PACKET;
}

static enum source_status
packet_next(struct source *s, struct packet *p, struct diags *ds)
{
	struct live_packet *l = self(s);
	for (bool dozed = false;;) {
		if (l->left == 0 && !turn_block(l)) {
			const enum source_status status = doze(l, dozed, ds);
			if (status != SOURCE_PACKET)
				return status;
			dozed = true;
			continue;
		}
		if (l->left == 0)
			continue; /* a block that was retired empty */
		struct tpacket3_hdr *h = (struct tpacket3_hdr *)l->at;
		l->left--;
		l->at += h->tp_next_offset;
		l->read++;
		if (fill(l, h, p)) {
			l->captured++;
			return SOURCE_PACKET;
		}
	}
}

static void
packet_stop(struct source *s)
{
	leave(self(s), STOPPED);
}

/* Where user space matches, it is not known whether a dropped packet would have. */
static bool
packet_stats(struct source *s, struct source_stats *out)
{
	struct live_packet *l = self(s);
	count_statistics(l);
	*out = (struct source_stats){
		.seen = l->packets - l->ignored,
		.received = l->user ? l->captured + l->drops : l->packets - l->ignored,
		.dropped = l->drops,
	};
	return true;
}

static void
packet_close(struct source *s)
{
	struct live_packet *l = self(s);
	if (l->map)
		munmap(l->map, l->map_size);
	if (l->fd >= 0)
		close(l->fd);
	free(l);
}

static const struct source_ops packet_ops = {
	.next = packet_next,
	.stop = packet_stop,
	.stats = packet_stats,
	.close = packet_close,
};

static bool
map_ring(struct live_packet *l, struct diags *ds)
{
	const int version = TPACKET_V3, headroom = HEADROOM;
	const uint64_t kib = l->opts.buffer_kib ? l->opts.buffer_kib : LIVE_BUFFER_KIB;
	l->block_size = BLOCK_MIN;
	while (l->block_size < (uint64_t)l->kept + BLOCK_ROOM)
		l->block_size *= 2;
	const uint64_t room = (kib < LIVE_BUFFER_MAX ? kib : LIVE_BUFFER_MAX) * 1024;
	l->blocks = room / l->block_size < 2 ? 2 : room / l->block_size;
	const struct tpacket_req3 req = {
		.tp_block_size = l->block_size,
		.tp_block_nr = l->blocks,
		.tp_frame_size = FRAME,
		.tp_frame_nr = l->block_size / FRAME * l->blocks,
		.tp_retire_blk_tov = l->opts.immediate ? 1 : RETIRE_MS,
	};
	if (setsockopt(l->fd, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) !=
			0 ||
		setsockopt(l->fd, SOL_PACKET, PACKET_RESERVE, &headroom,
			sizeof(headroom)) != 0 ||
		setsockopt(l->fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) != 0) {
		refuse(ds, DIAG_KERNEL, "setting up the packet ring", l->name);
		diags_hint(ds, "choose a smaller -B");
		return false;
	}
	l->map_size = l->block_size * l->blocks;
	void *const at =
		mmap(NULL, l->map_size, PROT_READ | PROT_WRITE, MAP_SHARED, l->fd, 0);
	if (at == MAP_FAILED)
		return refuse(ds, DIAG_KERNEL, "mapping the packet ring", l->name);
	l->map = at;
	return true;
}

static bool
attach_code(const struct live_packet *l, const struct sock_filter *code, size_t count)
{
	const struct sock_fprog program = {
		.len = count,
		.filter = (struct sock_filter *)(uintptr_t)code, /* which only reads it */
	};
	return setsockopt(l->fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)) == 0;
}

/* Why the kernel does not run the filter, and what does; `err` 0: it was not asked. */
static void
tell_refusal(struct diags *ds, size_t count, const char *unwritten, int err)
{
	const char *const user = "matching in user space";
	const char *const ebpf = "as eBPF, for which this process needs CAP_BPF, it "
				 "would run in the kernel";
	const bool memory = err == ENOMEM;
	struct diag *d;
	if (unwritten != NULL)
		d = diags_add(ds, DIAG_FALLBACK, SEV_NOTE,
			"the filter is no classic BPF (%.100s): %s", unwritten, user);
	else if (count > BPF_MAXINSNS)
		d = diags_add(ds, DIAG_FALLBACK, SEV_NOTE,
			"the filter has %zu instructions as classic BPF, of which the "
			"kernel takes %d: %s",
			count, BPF_MAXINSNS, user);
	else
		d = diags_add(ds, DIAG_FALLBACK, SEV_NOTE,
			"the kernel does not take the filter's %zu instructions of "
			"classic BPF (%.40s): %s",
			count,
			memory ? "net.core.optmem_max is too small" : strerror(err),
			user);
	d->err = err;
	if (!privilege_has(PRIVILEGE_BPF))
		diags_hint(ds, memory ? "%s; or raise that sysctl" : "%s", ebpf);
	else if (memory)
		diags_hint(ds, "raise that sysctl");
}

/* The filter in the kernel, or all packets, and all of their bytes, for the filter may
 * look beyond the snap length. */
static bool
attach(struct live_packet *l, const struct filter *filter, struct diags *ds)
{
	const struct sock_filter all = { .code = BPF_RET | BPF_K,
		.k = FILTER_SNAPLEN_MAX };
	struct diags refusal = { 0 };
	size_t count = 0;
	const struct sock_filter *code = filter_cbpf(filter, &count, &refusal);
	const bool fits = code && count <= BPF_MAXINSNS;
	l->kept = l->opts.snaplen;
	if (fits && attach_code(l, code, count))
		return true;
	tell_refusal(ds, count, code ? NULL : refusal.diag[0].text, fits ? errno : 0);
	l->user = filter;
	l->source.user = true;
	l->kept = FILTER_SNAPLEN_MAX;
	return attach_code(l, &all, 1) ||
	       refuse(ds, DIAG_KERNEL, "attaching a filter", l->name);
}

struct source *
live_packet_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	struct live_packet *l = calloc(1, sizeof(*l));
	if (!l) {
		refuse(ds, DIAG_KERNEL, "capturing", iface->name);
		return NULL;
	}
	memcpy(l->name, iface->name, sizeof(l->name));
	l->source = (struct source){
		.ops = &packet_ops,
		.name = l->name,
		.linktype = iface->linktype,
		.snaplen = opts->snaplen,
		.nano = true,
		.matched = true,
	};
	l->opts = *opts;
	l->cooked = iface->cooked;
	l->tags = iface->linktype == FILTER_LINK_EN10MB;
	l->lo_ifindex = if_nametoindex("lo");
	l->fd = live_bind_open(iface, ds);
	if (l->fd >= 0 && attach(l, filter, ds) && map_ring(l, ds) &&
		live_bind_start(l->fd, opts, iface, ds))
		return &l->source;
	packet_close(&l->source);
	return NULL;
}
