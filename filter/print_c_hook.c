/* print_c_hook.c: the table of what print_c.c writes for each hook.
 *
 * The verifier has to see that the number which is added to a packet's address is
 * bounded, and that what was compared is what is read: HIDE keeps the compiler from
 * rearranging either.  Fields of the context are read once, at the start: else compilers
 * compute their addresses apart from the loads, which the verifier refuses. */
#include "print_c.h"

/* clang-format off */
#define LICENCE "\nchar LICENSE[] SEC(\"license\") = \"Dual BSD/GPL\";\n"
#define CLANG " *     clang -target bpf -O2 -g -c FILTER.c -o FILTER.o\n"
#define HELPERS "#include <bpf/bpf_helpers.h>\n\n"
#define ENDIAN "#include <bpf/bpf_endian.h>\n"
#define SAYS \
	"/* The number in the `size` bytes at `off`; 0: they are not in the packet. */\n"

#define HIDE \
	"#define HIDE(x) asm volatile(\"\" : \"+r\"(x))\n" \
	"#define OFF_MAX 0x7fff\n" \
	"\n"

#define NUMBER \
	"static __always_inline __u32\n" \
	"number(const __u8 *at, __u32 size)\n" \
	"{\n" \
	"	if (size == 1)\n" \
	"		return at[0];\n" \
	"	if (size == 2)\n" \
	"		return at[0] << 8 | at[1];\n" \
	"	return (__u32)at[0] << 24 | at[1] << 16 | at[2] << 8 | at[3];\n" \
	"}\n" \
	"\n"

#define IN_PLACE \
	"	if (off <= OFF_MAX) {\n" \
	"		HIDE(off);\n" \
	"		at += off & OFF_MAX;\n" \
	"		HIDE(at);\n" \
	"		if (at + size <= end) {\n" \
	"			*x = number(at, size);\n" \
	"			return 1;\n" \
	"		}\n" \
	"	}\n"

#define BY_HELPER \
	"	if (bpf_skb_load_bytes(skb, off, copy, size) != 0)\n" \
	"		return 0;\n" \
	"	*x = number(copy, size);\n" \
	"	return 1;\n"

#define DATA(ctx) \
	"	const __u8 *data = (const __u8 *)(long)" ctx "->data;\n" \
	"	const __u8 *end = (const __u8 *)(long)" ctx "->data_end;\n" \
	"	(void)load; /* where the filter reads no byte */\n" \
	"	(void)data;\n" \
	"	(void)end;\n"

#define SKB_META \
	{ [META_PROTOCOL] = "bpf_ntohs(skb->protocol)", \
	  [META_IFINDEX] = "skb->ifindex", \
	  [META_PKTTYPE] = "skb->pkt_type", \
	  [META_VLAN_PRESENT] = "skb->vlan_present", \
	  [META_VLAN_TCI] = "skb->vlan_tci" }

static const struct c_hook socket_hook = {
	.name = "socket",
	.use = CLANG
	" *     bpftool prog load FILTER.o /sys/fs/bpf/filter\n",
	.open =
	"#include <linux/bpf.h>\n"
	"\n"
	ENDIAN HELPERS NUMBER SAYS
	"static __always_inline int\n"
	"load(struct __sk_buff *skb, __u32 off, __u32 size, __u32 *x)\n"
	"{\n"
	"	__u8 copy[4];\n"
	BY_HELPER
	"}\n"
	"\n",
	.head =
	"SEC(\"socket\")\n"
	"int\n"
	"filter(struct __sk_buff *skb)\n"
	"{\n"
	"	(void)load; /* where the filter reads no byte */\n"
	"	(void)skb;\n",
	.tail = LICENCE,
	.u32 = "__u32",
	.call = "skb",
	.len = "skb->len",
	.meta = SKB_META,
	.accept = { NULL, "0" },
	.reject = { "0", NULL },
};

static const struct c_hook tc_hook = {
	.name = "tc",
	.use = CLANG
	" *     tc qdisc add dev IFACE clsact\n"
	" *     tc filter add dev IFACE ingress bpf da obj FILTER.o sec tc\n",
	.open =
	"#include <linux/bpf.h>\n"
	"#include <linux/pkt_cls.h>\n"
	"\n"
	ENDIAN HELPERS HIDE NUMBER SAYS
	"static __always_inline int\n"
	"load(struct __sk_buff *skb, const __u8 *at, const __u8 *end, __u64 off, __u32 size,\n"
	"	__u32 *x)\n"
	"{\n"
	"	__u8 copy[4];\n"
	IN_PLACE
	"	/* or not in one piece */\n"
	BY_HELPER
	"}\n"
	"\n",
	.head =
	"SEC(\"tc\")\n"
	"int\n"
	"filter(struct __sk_buff *skb)\n"
	"{\n"
	DATA("skb"),
	.tail = LICENCE,
	.u32 = "__u32",
	.call = "skb, data, end",
	.len = "skb->len",
	.meta = SKB_META,
	.accept = { "TC_ACT_UNSPEC", "TC_ACT_SHOT" },
	.reject = { "TC_ACT_SHOT", "TC_ACT_UNSPEC" },
};

static const struct c_hook xdp_hook = {
	.name = "xdp",
	.use = CLANG
	" *     ip link set dev IFACE xdp obj FILTER.o sec xdp\n",
	.open =
	"#include <linux/bpf.h>\n"
	"\n"
	HELPERS HIDE NUMBER SAYS
	"static __always_inline int\n"
	"load(const __u8 *at, const __u8 *end, __u64 off, __u32 size, __u32 *x)\n"
	"{\n"
	IN_PLACE
	"	return 0;\n"
	"}\n"
	"\n",
	.head =
	"SEC(\"xdp\")\n"
	"int\n"
	"filter(struct xdp_md *ctx)\n"
	"{\n"
	DATA("ctx"),
	.tail = LICENCE,
	.u32 = "__u32",
	.call = "data, end",
	.len = "end - data",
	.meta = { [META_IFINDEX] = "ctx->ingress_ifindex" },
	.accept = { "XDP_PASS", "XDP_DROP" },
	.reject = { "XDP_DROP", "XDP_PASS" },
};

static const struct c_hook user_hook = {
	.name = "user",
	.use =
	" *     cc -O2 -c FILTER.c\n",
	.open =
	"#include <stdint.h>\n"
	"\n"
	"uint32_t filter(const uint8_t *data, uint32_t caplen, uint32_t wire_len);\n"
	"\n"
	SAYS
	"static inline int\n"
	"load(const uint8_t *data, uint32_t caplen, uint64_t off, uint32_t size, uint32_t *x)\n"
	"{\n"
	"	if (off + size > caplen)\n"
	"		return 0;\n"
	"	*x = 0;\n"
	"	for (uint32_t i = 0; i < size; i++)\n"
	"		*x = *x << 8 | data[off + i];\n"
	"	return 1;\n"
	"}\n"
	"\n",
	.head =
	"/* `caplen` bytes at data, of a packet of `wire_len`. */\n"
	"uint32_t\n"
	"filter(const uint8_t *data, uint32_t caplen, uint32_t wire_len)\n"
	"{\n"
	"	(void)data; /* what the filter does not ask for */\n"
	"	(void)caplen;\n"
	"	(void)wire_len;\n",
	.tail = "",
	.u32 = "uint32_t",
	.call = "data, caplen",
	.len = "wire_len",
	.accept = { NULL, "0" },
	.reject = { "0", NULL },
};
/* clang-format on */

static const struct c_hook *const hooks[] = {
	[FILTER_READS_SCRATCH] = &socket_hook,
	[FILTER_READS_CONTEXT] = &socket_hook,
	[FILTER_READS_LOADS] = &socket_hook,
	[FILTER_READS_SKB] = &tc_hook,
	[FILTER_READS_XDP] = &xdp_hook,
	[FILTER_READS_XDP_FRAGS] = &xdp_hook,
	[FILTER_READS_XDP_SCRATCH] = &xdp_hook,
	[FILTER_READS_MEMORY] = NULL,
	[FILTER_READS_BUFFER] = &user_hook,
};

const struct c_hook *
c_hook_of(enum filter_reads reads)
{
	return hooks[reads];
}

const char *
c_hooks_with(enum meta meta)
{
	return xdp_hook.meta[meta] != NULL  ? "socket, tc, xdp"
	       : tc_hook.meta[meta] != NULL ? "socket, tc"
					    : "";
}
