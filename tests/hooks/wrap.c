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

#define SELF BUF              /* in the map's one value: its own address */
#define PACKET (SELF + 8)     /* ... and the packet, for tracing */
#define HELPER_SKB_LOAD 26    /* bpf_skb_load_bytes */
#define HELPER_XDP_LENGTH 188 /* bpf_xdp_get_buff_len */
#define HELPER_XDP_LOAD 189   /* bpf_xdp_load_bytes */

/* r7 = the scratch: a map's value, since a stack wants aligned loads. */
static void
put_value(struct code *c, int map)
{
	put(c, MOV(6, 1));
	put(c, INSN(BPF_LD | BPF_IMM | BPF_DW, 7, BPF_PSEUDO_MAP_VALUE, 0, map));
	put(c, INSN(0, 0, 0, 0, 0));
}

/* The scratch gets the first `reach` bytes, of the length in r0. */
static void
put_fill(struct code *c, uint32_t reach, int helper)
{
	put(c, STORE(BPF_W, 7, 0, AT(len)));
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
	put(c, LOAD(BPF_W, 0, 6, (int)offsetof(struct xdp_md, ingress_ifindex)));
	put(c, STORE(BPF_W, 7, 0, AT(ifindex)));
	put(c, MOV(1, 6));
	put(c, CALL(HELPER_XDP_LENGTH));
	put_fill(c, reach, HELPER_XDP_LOAD);
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

/* What stands before the body: nothing where it is all. */
static void
put_caller(struct code *c, struct wrap *w)
{
	bool memory = w->reads == FILTER_READS_MEMORY;
	bool xdp = w->reads == FILTER_READS_XDP_SCRATCH;
	if (!memory && !xdp && w->reads != FILTER_READS_SCRATCH &&
		w->reads != FILTER_READS_CONTEXT)
		return;
	w->map = bpf_map_create(
		BPF_MAP_TYPE_ARRAY, "scratch", 4, PACKET + WRAP_PACKET_MAX, 1, NULL);
	put_value(c, w->map);
	if (memory)
		put_memory(c);
	else if (xdp)
		put_xdp_scratch(c, w->reach);
	else
		put_skb_scratch(c, w->reach);
}

static enum bpf_prog_type
type_of(enum filter_reads reads)
{
	switch (reads) {
	case FILTER_READS_XDP:
	case FILTER_READS_XDP_FRAGS:
	case FILTER_READS_XDP_SCRATCH: return BPF_PROG_TYPE_XDP;
	case FILTER_READS_MEMORY: return BPF_PROG_TYPE_RAW_TRACEPOINT;
	default: return BPF_PROG_TYPE_SCHED_CLS;
	}
}

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
wrap_load(struct wrap *w, const struct filter_ebpf *e, enum filter_reads reads)
{
	struct code c = { .count = 0 };
	char *log = malloc(LOG_SIZE);
	struct bpf_insn *insns = malloc((e->count + 128) * sizeof(*insns));
	LIBBPF_OPTS(bpf_prog_load_opts, opts);

	if (!log || !insns)
		abort();
	*w = (struct wrap){
		.fd = -1, .map = -1, .sets = -1, .reads = reads, .reach = e->reach
	};
	put_caller(&c, w);
	memcpy(insns, c.insn, c.count * sizeof(*insns));
	memcpy(insns + c.count, e->insns, e->count * sizeof(*insns));
	if (e->data)
		w->sets = sets_open(e);
	sets_refer(insns + c.count, e->count, w->sets);
	w->fd = bpf_prog_load(
		type_of(reads), "wrap", "GPL", insns, c.count + e->count, &opts);
	if (w->fd < 0) { /* once more, for the reason */
		log[0] = '\0';
		opts.log_buf = log;
		opts.log_size = LOG_SIZE;
		opts.log_level = 1;
		w->fd = bpf_prog_load(
			type_of(reads), "wrap", "GPL", insns, c.count + e->count, &opts);
		last_words(log, w->why, sizeof(w->why));
	}
	free(log);
	free(insns);
	return w->fd >= 0;
}

static bool
put_packet(const struct wrap *w, const uint8_t *data, uint32_t len)
{
	static _Thread_local uint8_t value[PACKET + WRAP_PACKET_MAX];
	struct filter_pktbuf buf = { .len = len, .linear = len };
	const uint32_t key = 0;

	if (len > WRAP_PACKET_MAX)
		return false;
	memset(value, 0, sizeof(value));
	buf.filled = len < w->reach ? len : w->reach;
	memcpy(buf.data, data, buf.filled);
	memcpy(value, &buf, sizeof(buf));
	memcpy(value + PACKET, data, len);
	return bpf_map_update_elem(w->map, &key, value, BPF_ANY) == 0;
}

bool
wrap_run(struct wrap *w, const uint8_t *data, uint32_t len, uint32_t *verdict)
{
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = 1);

	if (w->reads == FILTER_READS_MEMORY) {
		opts.repeat = 0; /* raw tracepoints know no other */
		if (!put_packet(w, data, len))
			return false;
	} else {
		opts.data_in = data;
		opts.data_size_in = len;
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
