/* live.h: sources that capture.  A source of each kind is opened by one function;
 * which of them to try is the plan's choice.
 *
 * When eBPF or a packet socket is not to be had, the last error is DIAG_PERMISSION or
 * DIAG_KERNEL: the caller may fall back.  DIAG_DEVICE: no other way would do better. */
#ifndef BPFCAP_LIVE_H
#define BPFCAP_LIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "../filter/diag.h"
#include "../filter/filter.h"
#include "iface.h"
#include "source.h"

#define LIVE_BUFFER_KIB 8192       /* when buffer_kib is 0 */
#define LIVE_BUFFER_MAX (1U << 20) /* KiB; a ring's size must fit in 32 bits */
#define LIVE_POLL_MS 100           /* how long next() waits before it says SOURCE_IDLE */

enum live_direction { LIVE_INOUT, LIVE_IN, LIVE_OUT };

struct live_opts {
	uint32_t snaplen;    /* bytes, 1..FILTER_SNAPLEN_MAX */
	uint32_t buffer_kib; /* of the ring; 0: default.  Raised to what one packet needs
			      */
	enum live_direction direction;
	bool promisc;
	bool immediate; /* deliver each packet at once, at 10 us a packet */
	/* -y: the LINKTYPE_ to capture with; live_pcap_open only, the other sources have
	 * but that of the interface. */
	bool has_linktype;
	uint16_t linktype;
	/* For live_pcap_open only: the filter, of FILTER_INPUT_FILE and `linktype`.
	 * Borrowed until close.  NULL: the caller matches. */
	const struct filter *user;
};

/* eBPF on a packet socket; the filter is of FILTER_INPUT_SKB, or _COOKED when the
 * interface is cooked.  Borrowed during the call only. */
struct source *live_sock_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);

/* eBPF at XDP, on one interface that is not cooked: in the driver if that can, or always
 * in front of the stack; the filter is of FILTER_INPUT_XDP. */
struct source *live_xdp_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);
struct source *live_xdp_generic_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);

/* eBPF where the kernel drops packets: of all interfaces in all network namespaces, or of
 * one; the filter is of FILTER_INPUT_COOKED.  Packets have notes: "drop NO_SOCKET". */
struct source *live_drop_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);

/* eBPF at tc, on one interface that is not cooked; the filter is of FILTER_INPUT_SKB.
 * What other programs there do to packets comes after it.  By tcx links, else by the
 * clsact qdisc; or always by that. */
struct source *live_tc_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);
struct source *live_tc_clsact_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);

/* AF_PACKET ring with the filter as cBPF; input kind as above.  When the kernel does
 * not take the program, all packets come to user space and the filter matches there what
 * it would have matched in the kernel, which a note (DIAG_FALLBACK) says.  Borrowed until
 * close. */
struct source *live_packet_open(const struct live_opts *, const struct iface *,
	const struct filter *, struct diags *);

/* A libpcap device (IFACE_PCAP), or an interface that is to be captured with another link
 * type than its own.  Packets come as a file would hold them, a VLAN tag that the kernel
 * took off being back, and are matched so: FILTER_INPUT_FILE.  The link type is known
 * once it is open: so `matched` is false unless opts->user was given, and the caller
 * matches. */
struct source *live_pcap_open(
	const struct live_opts *, const struct iface *, struct diags *);

/* The link types (LINKTYPE_) that a device can be captured with through libpcap, which
 * means opening it.  Returns how many; 0: an error was added. */
#define LIVE_LINKS_MAX 64
unsigned live_pcap_links(
	const struct iface *, uint16_t out[LIVE_LINKS_MAX], struct diags *);

#endif
