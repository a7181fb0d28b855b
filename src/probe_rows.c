/* probe_rows.c: the table of --hooks: a row a feature; a row a hook, with the features
 * that it needs. */
#include "probe_rows.h"

#include <linux/bpf.h>
#include <linux/capability.h>
#include <stddef.h>
#include <sys/socket.h>

#define BTF_FILE "/sys/kernel/btf/vmlinux"
#define OPTMEM "/proc/sys/net/core/optmem_max"
#define UNPRIVILEGED "/proc/sys/kernel/unprivileged_bpf_disabled"
#define TCX_INGRESS 46   /* linux/bpf.h, BPF_TCX_INGRESS: since 6.6 */
#define CLSACT_INGRESS 1 /* bpf/libbpf.h, BPF_TC_INGRESS */

#define SOCKET BPF_PROG_TYPE_SOCKET_FILTER
#define CLS BPF_PROG_TYPE_SCHED_CLS
#define XDP BPF_PROG_TYPE_XDP
#define TRACING BPF_PROG_TYPE_TRACING

static const char group_programs[] = "program types";
static const char group_helpers[] = "helpers";
static const char group_maps[] = "maps";
static const char group_kernel[] = "kernel";
static const char group_rights[] = "rights";
static const char group_interface[] = "interface";

#define HELPER(type, text, helper)                                    \
	{                                                             \
		group_helpers, text, probe_helper, type, helper, NULL \
	}
#define MAP(text, type, flags)                                 \
	{                                                      \
		group_maps, text, probe_map, type, flags, NULL \
	}

const struct probe_row probe_rows[FEATURES] = {
	[F_SOCKET] = { group_programs, "socket filter", probe_program, SOCKET, 0, NULL },
	[F_CLS] = { group_programs, "tc classifier", probe_program, CLS, 0, NULL },
	[F_XDP] = { group_programs, "xdp", probe_program, XDP, 0, NULL },
	[F_XDP_FRAGS] = { group_programs, "xdp, several fragments", probe_program, XDP,
		BPF_F_XDP_HAS_FRAGS, NULL },
	[F_TRACING] = { group_programs, "tracing", probe_program, TRACING, 0, NULL },
	[F_SOCKET_RING] = HELPER(
		SOCKET, "socket filter: ringbuf_reserve", BPF_FUNC_ringbuf_reserve),
	[F_SOCKET_QUERY] =
		HELPER(SOCKET, "socket filter: ringbuf_query", BPF_FUNC_ringbuf_query),
	[F_SOCKET_TIME] = HELPER(
		SOCKET, "socket filter: ktime_get_boot_ns", BPF_FUNC_ktime_get_boot_ns),
	[F_SOCKET_BYTES] =
		HELPER(SOCKET, "socket filter: skb_load_bytes", BPF_FUNC_skb_load_bytes),
	[F_SOCKET_TAIL] = HELPER(SOCKET, "socket filter: tail_call", BPF_FUNC_tail_call),
	[F_CLS_RING] =
		HELPER(CLS, "tc classifier: ringbuf_reserve", BPF_FUNC_ringbuf_reserve),
	[F_CLS_QUERY] =
		HELPER(CLS, "tc classifier: ringbuf_query", BPF_FUNC_ringbuf_query),
	[F_CLS_TIME] = HELPER(
		CLS, "tc classifier: ktime_get_boot_ns", BPF_FUNC_ktime_get_boot_ns),
	[F_CLS_BYTES] =
		HELPER(CLS, "tc classifier: skb_load_bytes", BPF_FUNC_skb_load_bytes),
	[F_CLS_TAIL] = HELPER(CLS, "tc classifier: tail_call", BPF_FUNC_tail_call),
	[F_XDP_RING] = HELPER(XDP, "xdp: ringbuf_reserve", BPF_FUNC_ringbuf_reserve),
	[F_XDP_QUERY] = HELPER(XDP, "xdp: ringbuf_query", BPF_FUNC_ringbuf_query),
	[F_XDP_TIME] = HELPER(XDP, "xdp: ktime_get_boot_ns", BPF_FUNC_ktime_get_boot_ns),
	[F_XDP_LENGTH] = HELPER(XDP, "xdp: xdp_get_buff_len", BPF_FUNC_xdp_get_buff_len),
	[F_XDP_BYTES] = HELPER(XDP, "xdp: xdp_load_bytes", BPF_FUNC_xdp_load_bytes),
	[F_XDP_TAIL] = HELPER(XDP, "xdp: tail_call", BPF_FUNC_tail_call),
	[F_TRACING_RING] =
		HELPER(TRACING, "tracing: ringbuf_reserve", BPF_FUNC_ringbuf_reserve),
	[F_TRACING_QUERY] =
		HELPER(TRACING, "tracing: ringbuf_query", BPF_FUNC_ringbuf_query),
	[F_TRACING_TIME] =
		HELPER(TRACING, "tracing: ktime_get_boot_ns", BPF_FUNC_ktime_get_boot_ns),
	[F_TRACING_BYTES] =
		HELPER(TRACING, "tracing: probe_read_kernel", BPF_FUNC_probe_read_kernel),
	[F_RING] = MAP("ring buffer", BPF_MAP_TYPE_RINGBUF, 0),
	[F_ARRAY] = MAP("array, mapped", BPF_MAP_TYPE_ARRAY, BPF_F_MMAPABLE),
	[F_HASH] = MAP("hash", BPF_MAP_TYPE_HASH, BPF_F_NO_PREALLOC),
	[F_PERCPU] = MAP("array, one a CPU", BPF_MAP_TYPE_PERCPU_ARRAY, 0),
	[F_PROGRAMS] = MAP("programs", BPF_MAP_TYPE_PROG_ARRAY, 0),
	[F_FROZEN] = MAP("array, read-only", BPF_MAP_TYPE_ARRAY, BPF_F_RDONLY_PROG),
	[F_BTF] = { group_kernel, "BTF", probe_readable, 0, 0, BTF_FILE },
	[F_SUBPROGRAM] = { group_kernel, "LD_ABS in subprograms", probe_subprogram, 0, 0,
		NULL },
	[F_TCX] = { group_kernel, "tcx links", probe_link, CLS, TCX_INGRESS, NULL },
	[F_CLSACT] = { group_kernel, "clsact qdisc with eBPF", probe_clsact, CLS,
		CLSACT_INGRESS, NULL },
	[F_XDP_LINK] = { group_kernel, "xdp links", probe_link, XDP, BPF_XDP, NULL },
	[F_REASONS] = { group_kernel, "reasons of drops", probe_reasons, 0, 0, NULL },
	[F_PACKET] = { group_kernel, "packet sockets", probe_socket, SOCK_RAW, 0, NULL },
	[F_OPTMEM] = { group_kernel, "net.core.optmem_max", probe_file, 0, 0, OPTMEM },
	[F_UNPRIVILEGED] = { group_kernel, "kernel.unprivileged_bpf_disabled", probe_file,
		0, 0, UNPRIVILEGED },
	[F_CAP_BPF] = { group_rights, "CAP_BPF", probe_capability, CAP_BPF, CAP_SYS_ADMIN,
		NULL },
	[F_CAP_PERFMON] = { group_rights, "CAP_PERFMON", probe_capability, CAP_PERFMON,
		CAP_SYS_ADMIN, NULL },
	[F_CAP_NET_RAW] = { group_rights, "CAP_NET_RAW", probe_capability, CAP_NET_RAW, 0,
		NULL },
	[F_CAP_NET_ADMIN] = { group_rights, "CAP_NET_ADMIN", probe_capability,
		CAP_NET_ADMIN, 0, NULL },
	[F_CAP_SYS_ADMIN] = { group_rights, "CAP_SYS_ADMIN", probe_capability,
		CAP_SYS_ADMIN, 0, NULL },
	[F_DRIVER] = { group_interface, "driver", probe_driver, 0, 0, NULL },
	[F_NATIVE] = { group_interface, "native xdp", probe_native, 0, 0, NULL },
	[F_XDP_NOW] = { group_interface, "an xdp program is there", probe_xdp_now, 0, 0,
		NULL },
};

#define ATTACHED F_CAP_BPF, F_CAP_NET_ADMIN, F_CAP_NET_RAW, F_PACKET
#define MAPS F_RING, F_ARRAY, F_PROGRAMS
#define TC_NEEDS                                                                 \
	ATTACHED, MAPS, F_CLS, F_CLS_RING, F_CLS_QUERY, F_CLS_TIME, F_CLS_BYTES, \
		F_CLS_TAIL
#define XDP_NEEDS                                                                \
	ATTACHED, MAPS, F_XDP, F_XDP_FRAGS, F_XDP_LINK, F_XDP_RING, F_XDP_QUERY, \
		F_XDP_TIME, F_XDP_LENGTH, F_XDP_BYTES, F_XDP_TAIL

const struct probe_hook probe_hooks[PROBE_HOOKS] = {
	{ "socket", "received and sent packets, after GRO, before netfilter",
		.need = { F_CAP_BPF, F_CAP_NET_RAW, F_PACKET, MAPS, F_SOCKET,
			F_SUBPROGRAM, F_SOCKET_RING, F_SOCKET_QUERY, F_SOCKET_TIME,
			F_SOCKET_BYTES, F_SOCKET_TAIL, FEATURES } },
	{ "tc", "received and sent packets, at traffic control",
		.need = { TC_NEEDS, FEATURES },
		.way = { { F_TCX, "tcx links" },
			{ F_CLSACT, "clsact: the kernel has no tcx links" } } },
	{ "tc-clsact", "received and sent packets, at traffic control, by clsact",
		.need = { TC_NEEDS, F_CLSACT, FEATURES } },
	{ "xdp", "received packets, in the driver where it can, else as xdp-generic",
		.need = { XDP_NEEDS, FEATURES } },
	{ "xdp-generic", "received packets, behind the driver",
		.need = { XDP_NEEDS, FEATURES } },
	{ "drop", "packets that the kernel drops, and why",
		.need = { F_CAP_BPF, F_CAP_PERFMON, F_RING, F_ARRAY, F_PERCPU, F_BTF,
			F_REASONS, F_TRACING, F_TRACING_RING, F_TRACING_QUERY,
			F_TRACING_TIME, F_TRACING_BYTES, FEATURES } },
};
