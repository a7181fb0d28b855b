/* ebpf_way.c: ways of reading in, what a program is given by each out: its arguments, the
 * fields that it finds there, and what is so of the packets.  Written from filter.h and
 * linux/bpf.h, not from the hooks of the back end. */
#include <linux/bpf.h>
#include <stddef.h>

#include "ebpf.h"
#include "engine.h"

#define FIELD(type, member, what)                                        \
	{                                                                \
		.at = offsetof(struct type, member), .is = FIELD_##what, \
		.size = sizeof(((struct type *)NULL)->member)            \
	}
#define META(type, member, what)                                                  \
	{                                                                         \
		.at = offsetof(struct type, member), .is = FIELD_META, .size = 4, \
		.meta = META_##what                                               \
	}

static const struct field skb[] = {
	FIELD(__sk_buff, len, LEN),
	META(__sk_buff, pkt_type, PKTTYPE),
	{ .at = offsetof(struct __sk_buff, protocol),
		.is = FIELD_META_BE16,
		.size = 4,
		.meta = META_PROTOCOL },
	META(__sk_buff, vlan_present, VLAN_PRESENT),
	META(__sk_buff, vlan_tci, VLAN_TCI),
	META(__sk_buff, ifindex, IFINDEX),
	FIELD(__sk_buff, data, DATA),
	FIELD(__sk_buff, data_end, DATA_END),
	{ .size = 0 },
};

static const struct field xdp[] = {
	FIELD(xdp_md, data, DATA),
	FIELD(xdp_md, data_end, DATA_END),
	META(xdp_md, ingress_ifindex, IFINDEX),
	{ .size = 0 },
};

const struct field way_pktbuf[] = {
	FIELD(filter_pktbuf, len, LEN),
	FIELD(filter_pktbuf, filled, FILLED),
	META(filter_pktbuf, ifindex, IFINDEX),
	META(filter_pktbuf, protocol, PROTOCOL),
	META(filter_pktbuf, hatype, HATYPE),
	META(filter_pktbuf, pkttype, PKTTYPE),
	META(filter_pktbuf, vlan_present, VLAN_PRESENT),
	META(filter_pktbuf, vlan_tci, VLAN_TCI),
	FIELD(filter_pktbuf, address, ADDRESS),
	FIELD(filter_pktbuf, linear, LINEAR),
	{ .size = 0 },
};

#define ON(input) (1u << FILTER_INPUT_##input)

static const struct way ways[] = {
	[FILTER_READS_SCRATCH] = { skb, { KIND_CONTEXT, KIND_SCRATCH }, .skb = true,
		.inputs = ON(SKB) | ON(COOKED) },
	[FILTER_READS_CONTEXT] = { skb, { KIND_CONTEXT, KIND_SCRATCH }, .skb = true,
		.inputs = ON(SKB) | ON(COOKED) },
	[FILTER_READS_LOADS] = { skb, { KIND_CONTEXT }, .skb = true, .inputs = ON(SKB) },
	[FILTER_READS_SKB] = { skb, { KIND_CONTEXT }, .skb = true, .beyond = true,
		.pieces = true, .inputs = ON(SKB) },
	[FILTER_READS_SKB_SENT] = { skb, { KIND_CONTEXT }, .skb = true, .beyond = true,
		.pieces = true, .sent = true, .inputs = ON(SKB) },
	[FILTER_READS_XDP] = { xdp, { KIND_CONTEXT }, .xdp = true, .beyond = true,
		.whole = true, .inputs = ON(XDP) },
	[FILTER_READS_XDP_FRAGS] = { xdp, { KIND_CONTEXT }, .xdp = true, .beyond = true,
		.pieces = true, .inputs = ON(XDP) },
	[FILTER_READS_XDP_SCRATCH] = { xdp, { KIND_CONTEXT, KIND_SCRATCH }, .xdp = true,
		.inputs = ON(XDP) },
	[FILTER_READS_MEMORY] = { NULL, { KIND_SCRATCH }, .inputs = ON(COOKED) },
	[FILTER_READS_BUFFER] = { NULL, { KIND_PACKET, KIND_LENGTH }, .whole = true,
		.inputs = ON(FILE) },
};

const struct way *
way_of(enum filter_reads reads)
{
	return &ways[reads];
}

const struct field *
way_field(const struct field *f, size_t at, unsigned size)
{
	for (; f != NULL && f->size > 0; f++)
		if (f->at == at && f->size == size)
			return f;
	return NULL;
}

bool
engine_reads(enum filter_reads reads, enum filter_input input)
{
	return (ways[reads].inputs & 1u << input) != 0;
}
