/* wrap.c: programs for BPF_PROG_TEST_RUN. */
#include "wrap.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../../src/sets.h"

#define LOG_SIZE (1u << 20)
#define BUF ((int)sizeof(struct filter_pktbuf))
#define AT(field) ((int)offsetof(struct filter_pktbuf, field))

/* Instructions, in the manner of the kernel's samples. */
#define INSN(c, d, s, o, i)                                                       \
	(struct bpf_insn)                                                         \
	{                                                                         \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (int16_t)(o), \
		.imm = (i)                                                        \
	}
#define MOV(d, s) INSN(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define MOV_K(d, k) INSN(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, k)
#define ADD(d, k) INSN(BPF_ALU64 | BPF_ADD | BPF_K, d, 0, 0, k)
#define CALL(k) INSN(BPF_JMP | BPF_CALL, 0, 0, 0, k)
#define LOAD(size, d, s, o) INSN(BPF_LDX | BPF_MEM | (size), d, s, o, 0)
#define STORE(size, d, s, o) INSN(BPF_STX | BPF_MEM | (size), d, s, o, 0)

struct code {
	struct bpf_insn insn[128];
	size_t count;
};

static void
put(struct code *c, struct bpf_insn i)
{
	c->insn[c->count++] = i;
}

#define SELF BUF          /* in the map's one value: its own address */
#define PACKET (SELF + 8) /* ... and the packet, for tracing */
#define HELPER_SKB_VLAN_PUSH 18
#define HELPER_SKB_LOAD 26 /* bpf_skb_load_bytes */
#define HELPER_SKB_CHANGE_TYPE 32
#define HELPER_XDP_LENGTH 188 /* bpf_xdp_get_buff_len */
#define HELPER_XDP_LOAD 189   /* bpf_xdp_load_bytes */

#define PAD 14 /* bytes: what a test run takes off a socket's packet */
#define ETH_P_8021Q_BE 0x0081
#define VLAN_NONE 0x10000u

/* r7 = the scratch: a map's value, since a stack wants aligned loads. */
static void
put_value(struct code *c, int map)
{
	put(c, MOV(6, 1));
	put(c, INSN(BPF_LD | BPF_IMM | BPF_DW, 7, BPF_PSEUDO_MAP_VALUE, 0, map));
	put(c, INSN(0, 0, 0, 0, 0));
}

/* The scratch gets the first `reach` bytes, of the captured length in r0; all else the
 * test has put there. */
static void
put_fill(struct code *c, uint32_t reach, int helper)
{
	put(c, MOV(4, 0));
	put(c, INSN(BPF_JMP | BPF_JLE | BPF_K, 4, 0, 1, (int)reach));
	put(c, MOV_K(4, (int)reach));
	put(c, STORE(BPF_W, 7, 4, AT(filled)));
	put(c, INSN(BPF_JMP | BPF_JEQ | BPF_K, 4, 0, 5, 0));
	put(c, MOV(1, 6));
	put(c, MOV_K(2, 0));
	put(c, MOV(3, 7));
	put(c, ADD(3, AT(data)));
	put(c, CALL(helper));
	put(c, MOV(1, 6));
	put(c, MOV(2, 7));
}

static void
put_skb_scratch(struct code *c, uint32_t reach)
{
	put(c, LOAD(BPF_W, 0, 6, (int)offsetof(struct __sk_buff, len)));
	put_fill(c, reach, HELPER_SKB_LOAD);
}

static void
put_xdp_scratch(struct code *c, uint32_t reach)
{
	put(c, CALL(HELPER_XDP_LENGTH));
	put_fill(c, reach, HELPER_XDP_LOAD);
}

/* tc: the packet's type is cb[1]; a tag is taken off it, as a device would have it, that
 * is cb[0] unless that is VLAN_NONE. */
static void
put_tag(struct code *c)
{
	put(c, MOV(6, 1));
	put(c, LOAD(BPF_W, 2, 6, (int)offsetof(struct __sk_buff, cb[1])));
	put(c, CALL(HELPER_SKB_CHANGE_TYPE));
	put(c, LOAD(BPF_W, 3, 6, (int)offsetof(struct __sk_buff, cb[0])));
	put(c, INSN(BPF_JMP | BPF_JEQ | BPF_K, 3, 0, 3, (int)VLAN_NONE));
	put(c, MOV(1, 6));
	put(c, MOV_K(2, ETH_P_8021Q_BE));
	put(c, CALL(HELPER_SKB_VLAN_PUSH));
	put(c, MOV(1, 6));
}

/* Tracing: the test has filled the scratch.  The packet's address is written and read
 * again: so it is a number to the verifier. */
static void
put_memory(struct code *c)
{
	put(c, STORE(BPF_DW, 7, 7, SELF));
	put(c, LOAD(BPF_DW, 1, 7, SELF));
	put(c, ADD(1, PACKET));
	put(c, STORE(BPF_DW, 7, 1, AT(address)));
	put(c, MOV(1, 7));
}

static bool
has_scratch(enum filter_reads reads)
{
	return reads == FILTER_READS_SCRATCH || reads == FILTER_READS_CONTEXT ||
	       reads == FILTER_READS_XDP_SCRATCH || reads == FILTER_READS_MEMORY;
}

/* What stands before the body. */
static void
put_caller(struct code *c, struct wrap *w)
{
	if (!has_scratch(w->reads)) {
		if (w->at == WRAP_TC_TAG)
			put_tag(c);
		return;
	}
	w->map = bpf_map_create(
		BPF_MAP_TYPE_ARRAY, "scratch", 4, PACKET + WRAP_PACKET_MAX, 1, NULL);
	put_value(c, w->map);
	if (w->at == WRAP_TRACING)
		put_memory(c);
	else if (w->at == WRAP_XDP)
		put_xdp_scratch(c, w->reach);
	else
		put_skb_scratch(c, w->reach);
}

static const enum bpf_prog_type types[] = {
	[WRAP_SOCKET] = BPF_PROG_TYPE_SOCKET_FILTER,
	[WRAP_TC] = BPF_PROG_TYPE_SCHED_CLS,
	[WRAP_TC_TAG] = BPF_PROG_TYPE_SCHED_CLS,
	[WRAP_XDP] = BPF_PROG_TYPE_XDP,
	[WRAP_TRACING] = BPF_PROG_TYPE_RAW_TRACEPOINT,
};

static void
last_words(const char *log, char *why, size_t size)
{
	const char *end = strstr(log, "\nprocessed ");
	size_t len = end ? (size_t)(end - log) : strlen(log);
	size_t from = len > size - 1 ? len - (size - 1) : 0;

	memcpy(why, log + from, len - from);
	why[len - from] = '\0';
}

bool
wrap_load_at(struct wrap *w, const struct filter_ebpf *e, enum filter_reads reads,
	enum wrap_at at)
{
	struct code c = { .count = 0 };
	char *log = malloc(LOG_SIZE);
	struct bpf_insn *insns = malloc((e->count + 128) * sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts);

	if (!log || !insns)
		abort();
	*w = (struct wrap){ .fd = -1,
		.map = -1,
		.sets = -1,
		.at = at,
		.reads = reads,
		.reach = e->reach };
	if (at == WRAP_XDP && reads != FILTER_READS_XDP)
		opts.prog_flags = BPF_F_XDP_HAS_FRAGS;
	put_caller(&c, w);
	memcpy(insns, c.insn, c.count * sizeof(*insns));
	memcpy(insns + c.count, e->insns, e->count * sizeof(*insns));
	if (e->data)
		w->sets = sets_open(e);
	sets_refer(insns + c.count, e->count, w->sets);
	w->fd = bpf_prog_load(types[at], "wrap", "GPL", insns, c.count + e->count, &opts);
	if (w->fd < 0) { /* once more, for the reason */
		w->err = errno;
		log[0] = '\0';
		opts.log_buf = log;
		opts.log_size = LOG_SIZE;
		opts.log_level = 1;
		w->fd = bpf_prog_load(
			types[at], "wrap", "GPL", insns, c.count + e->count, &opts);
		last_words(log, w->why, sizeof(w->why));
	}
	free(log);
	free(insns);
	return w->fd >= 0;
}

bool
wrap_load(struct wrap *w, const struct filter_ebpf *e, enum filter_reads reads)
{
	const bool xdp = reads == FILTER_READS_XDP || reads == FILTER_READS_XDP_FRAGS ||
			 reads == FILTER_READS_XDP_SCRATCH;

	return wrap_load_at(w, e, reads,
		xdp                            ? WRAP_XDP
		: reads == FILTER_READS_MEMORY ? WRAP_TRACING
					       : WRAP_TC);
}

static bool
put_scratch(const struct wrap *w, const struct filter_packet *p)
{
	static _Thread_local uint8_t value[PACKET + WRAP_PACKET_MAX];
	struct filter_pktbuf buf = { .len = p->len,
		.ifindex = p->ifindex,
		.protocol = p->protocol,
		.hatype = p->hatype,
		.pkttype = p->pkttype,
		.vlan_present = p->vlan_present,
		.vlan_tci = p->vlan_tci,
		.linear = p->caplen };
	const uint32_t key = 0;

	memset(value, 0, sizeof(value));
	if (w->at == WRAP_TRACING) {
		if (p->caplen > WRAP_PACKET_MAX)
			return false;
		buf.filled = p->caplen < w->reach ? p->caplen : w->reach;
		memcpy(buf.data, p->data, buf.filled);
		memcpy(value + PACKET, p->data, p->caplen);
	}
	memcpy(value, &buf, sizeof(buf));
	return bpf_map_update_elem(w->map, &key, value, BPF_ANY) == 0;
}

bool
wrap_can(const struct wrap *w, const struct filter_packet *p)
{
	if (w->map >= 0)
		return true;
	return p->len == p->caplen && p->ifindex == 1 &&
	       (w->at == WRAP_TC_TAG ? p->pkttype < 4 : !p->vlan_present);
}

/* What a socket's test run takes off, and the packet. */
static const uint8_t *
padded(const struct filter_packet *p)
{
	static _Thread_local uint8_t bytes[PAD + WRAP_PACKET_MAX];

	if (p->caplen > WRAP_PACKET_MAX)
		return NULL;
	memcpy(bytes + PAD, p->data, p->caplen);
	return bytes;
}

bool
wrap_run(struct wrap *w, const struct filter_packet *p, uint32_t *verdict)
{
	struct __sk_buff skb = { .cb = { p->vlan_present ? p->vlan_tci : VLAN_NONE,
					 p->pkttype } };
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = 1);

	if (!wrap_can(w, p) || (w->map >= 0 && !put_scratch(w, p)))
		return false;
	if (w->at == WRAP_TRACING) {
		opts.repeat = 0; /* raw tracepoints know no other */
	} else if (w->at == WRAP_SOCKET) {
		opts.data_in = padded(p);
		opts.data_size_in = PAD + p->caplen;
		if (!opts.data_in)
			return false;
	} else {
		opts.data_in = p->data;
		opts.data_size_in = p->caplen;
	}
	if (w->at == WRAP_TC_TAG) {
		opts.ctx_in = &skb;
		opts.ctx_size_in = sizeof(skb);
	}
	if (bpf_prog_test_run_opts(w->fd, &opts) != 0)
		return false;
	*verdict = opts.retval;
	return true;
}

void
wrap_unload(struct wrap *w)
{
	if (w->fd >= 0)
		close(w->fd);
	if (w->map >= 0)
		close(w->map);
	if (w->sets >= 0)
		close(w->sets);
	w->fd = w->map = w->sets = -1;
}
