/* hook.c: the table of hooks: a row for each way in which bytes are read. */
#include "hook.h"

#include <assert.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define BUF(field)                                                         \
	{                                                                  \
		.at = (int16_t)(offsetof(struct filter_pktbuf, field) + 1) \
	}
#define SKB(field)                                                     \
	{                                                              \
		.at = (int16_t)(offsetof(struct __sk_buff, field) + 1) \
	}
#define XDP(field)                                                  \
	{                                                           \
		.at = (int16_t)(offsetof(struct xdp_md, field) + 1) \
	}

#define SCRATCH_FIELDS                                                          \
	.fields_in_bytes = true, .extent_max = FILTER_SCRATCH, .len = BUF(len), \
	.check = scratch_check, .load = scratch_load

#define SKB_META                                                                \
	{                                                                       \
		[META_PROTOCOL] = BUF(protocol), [META_IFINDEX] = BUF(ifindex), \
		[META_HATYPE] = BUF(hatype), [META_PKTTYPE] = BUF(pkttype),     \
		[META_VLAN_PRESENT] = BUF(vlan_present),                        \
		[META_VLAN_TCI] = BUF(vlan_tci),                                \
	}

#define SKB_IN_PLACE                                                                   \
	.beyond = FILTER_BEYOND, .extent_max = PACKET_EXTENT, .base_is_address = true, \
	.len = SKB(len), .data = SKB(data), .data_end = SKB(data_end),                 \
	.begin = direct_begin, .check = direct_check, .load = direct_load

#define SKB_META_IN_PLACE                                                       \
	[META_PROTOCOL] = { .at = offsetof(struct __sk_buff, protocol) + 1,     \
		.be16 = true },                                                 \
	[META_IFINDEX] = SKB(ifindex), [META_VLAN_PRESENT] = SKB(vlan_present), \
	[META_VLAN_TCI] = SKB(vlan_tci)

#define PKTTYPE_AT offsetof(struct __sk_buff, pkt_type)
/* linux/if_packet.h, PACKET_OUTGOING, which only a packet socket's copy has in itself */
#define PKTTYPE_SENT 4

#define PACKET_EXTENT 0x7fff /* the verifier's bound is 0xffff (MAX_PACKET_OFF) */

static const struct hook hooks[] = {
	[FILTER_READS_SCRATCH] = { "socket", SCRATCH_FIELDS, .meta = SKB_META,
		.arithmetic = true, .begin = scratch_begin, .far = far_by_context },
	[FILTER_READS_CONTEXT] = { "socket", SCRATCH_FIELDS, .meta = SKB_META,
		.no_tables = true, .begin = scratch_begin, .far = far_by_context },
	[FILTER_READS_LOADS] = { "socket", .insns_max = FILTER_LOADS_INSNS,
		.len = SKB(len),
		.meta = { SKB_META_IN_PLACE, [META_PKTTYPE] = SKB(pkt_type) },
		.begin = loads_begin, .load = loads_load },
	[FILTER_READS_SKB] = { "tc", SKB_IN_PLACE,
		.meta = { SKB_META_IN_PLACE, [META_PKTTYPE] = SKB(pkt_type) } },
	[FILTER_READS_SKB_SENT] = { "tc", SKB_IN_PLACE,
		.meta = { SKB_META_IN_PLACE, [META_PKTTYPE] = { .at = PKTTYPE_AT + 1,
						     .is = PKTTYPE_SENT } } },
	[FILTER_READS_XDP] = { "xdp", .beyond = FILTER_BEYOND,
		.extent_max = PACKET_EXTENT, .base_is_address = true,
		.meta = { [META_IFINDEX] = XDP(ingress_ifindex) }, .data = XDP(data),
		.data_end = XDP(data_end), .begin = direct_begin, .check = direct_check,
		.load = direct_load, .length = direct_length },
	[FILTER_READS_XDP_FRAGS] = { "xdp", .beyond = FILTER_BEYOND,
		.extent_max = PACKET_EXTENT, .base_is_address = true,
		.meta = { [META_IFINDEX] = XDP(ingress_ifindex) }, .data = XDP(data),
		.data_end = XDP(data_end), .begin = direct_begin, .check = direct_check,
		.load = direct_load, .length = direct_length_all },
	[FILTER_READS_XDP_SCRATCH] = { "xdp", SCRATCH_FIELDS,
		.meta = { [META_IFINDEX] = BUF(ifindex) }, .stack = 1, .arithmetic = true,
		.begin = scratch_begin, .far = far_by_helper },
	[FILTER_READS_MEMORY] = { "drop", SCRATCH_FIELDS, .meta = SKB_META, .stack = 1,
		.arithmetic = true, .begin = scratch_begin_alone, .far = far_by_probe },
	[FILTER_READS_BUFFER] = { "user", .extent_max = PACKET_EXTENT, .stack = 1,
		.base_is_address = true, .begin = direct_begin_buffer,
		.check = direct_check, .load = direct_load, .length = direct_length },
};
#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

const struct hook *
hook_of(enum filter_reads reads)
{
	assert((size_t)reads < HOOKS);
	return &hooks[reads];
}

void
hook_names_with(enum meta meta, char *text, unsigned size)
{
	const char *before = "";
	size_t at = 0;
	text[0] = '\0';
	for (size_t i = 0; i < HOOKS && at < size; i++) {
		if (hooks[i].meta[meta].at == 0 || strcmp(hooks[i].name, before) == 0)
			continue;
		at += (size_t)snprintf(
			text + at, size - at, "%s%s", at > 0 ? ", " : "", hooks[i].name);
		before = hooks[i].name;
	}
}
