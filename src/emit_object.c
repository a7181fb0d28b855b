/* emit_object.c: a filter's body in, a whole program for its hook out. */
#include "emit_object.h"

#include <errno.h>
#include <linux/pkt_cls.h>
#include <stdlib.h>
#include <string.h>

#define PULL_MAX 0xffff /* bytes: the body reads no further in place */
#define BUF ((int)sizeof(struct filter_pktbuf))
#define BUF_AT(field) ((int)offsetof(struct filter_pktbuf, field) - BUF) /* from r10 */
#define SKB(field) ((int)offsetof(struct __sk_buff, field))

enum { R0, R1, R2, R3, R4, CONTEXT = 6, LENGTH = 8, STACK = 10 };

static void
put(struct object *o, unsigned code, unsigned dst, unsigned src, int off, int imm)
{
	o->main[o->count++] = (struct bpf_insn){ .code = (__u8)code,
		.dst_reg = dst & 15,
		.src_reg = src & 15,
		.off = (__s16)off,
		.imm = imm };
}

static void
move(struct object *o, unsigned dst, unsigned src)
{
	put(o, BPF_ALU64 | BPF_MOV | BPF_X, dst, src, 0, 0);
}

/* The number is filled in by who joins the two functions: see emit_elf.c. */
static void
call_match(struct object *o)
{
	move(o, R1, CONTEXT);
	o->call[o->calls++] = o->count;
	put(o, BPF_JMP | BPF_CALL, 0, BPF_PSEUDO_CALL, 0, -1);
}

static void
put_exit(struct object *o, int verdict)
{
	put(o, BPF_ALU | BPF_MOV | BPF_K, R0, 0, 0, verdict);
	put(o, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* By the verdict in r0; without one, the packet does not match. */
static void
decide(struct object *o, int accept, int reject)
{
	put(o, BPF_JMP32 | BPF_JEQ | BPF_K, R0, 0, 3, 0);
	put(o, BPF_JMP32 | BPF_JEQ | BPF_K, R0, 0, 2, (int)FILTER_BEYOND);
	put_exit(o, accept);
	put_exit(o, reject);
}

/* What is not in one piece is put there by the kernel, as far as the body reads. */
static void
main_of_tc(struct object *o, bool drop)
{
	int on = drop ? TC_ACT_UNSPEC : TC_ACT_SHOT;
	int off = drop ? TC_ACT_SHOT : TC_ACT_UNSPEC;
	move(o, CONTEXT, R1);
	call_match(o);
	put(o, BPF_JMP32 | BPF_JNE | BPF_K, R0, 0, 7, (int)FILTER_BEYOND);
	put(o, BPF_LDX | BPF_MEM | BPF_W, R2, CONTEXT, SKB(len), 0);
	put(o, BPF_JMP | BPF_JLE | BPF_K, R2, 0, 1, PULL_MAX);
	put(o, BPF_ALU | BPF_MOV | BPF_K, R2, 0, 0, PULL_MAX);
	move(o, R1, CONTEXT);
	put(o, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_pull_data);
	call_match(o);
	decide(o, off, on);
}

static void
main_of_xdp(struct object *o, bool drop)
{
	move(o, CONTEXT, R1);
	call_match(o);
	decide(o, drop ? XDP_DROP : XDP_PASS, drop ? XDP_PASS : XDP_DROP);
}

/* A 4-byte field of the context into the scratch. */
static void
copy_field(struct object *o, int from, int to, bool be16)
{
	put(o, BPF_LDX | BPF_MEM | BPF_W, R1, CONTEXT, from, 0);
	if (be16)
		put(o, BPF_ALU | BPF_END | BPF_TO_BE, R1, 0, 0, 16);
	put(o, BPF_STX | BPF_MEM | BPF_W, STACK, R1, to, 0);
}

static void
fill_scratch(struct object *o, uint32_t reach)
{
	copy_field(o, SKB(len), BUF_AT(len), false);
	copy_field(o, SKB(ifindex), BUF_AT(ifindex), false);
	copy_field(o, SKB(protocol), BUF_AT(protocol), true);
	copy_field(o, SKB(pkt_type), BUF_AT(pkttype), false);
	copy_field(o, SKB(vlan_present), BUF_AT(vlan_present), false);
	copy_field(o, SKB(vlan_tci), BUF_AT(vlan_tci), false);
	if (reach == 0)
		return;
	put(o, BPF_LDX | BPF_MEM | BPF_W, LENGTH, CONTEXT, SKB(len), 0);
	put(o, BPF_JMP | BPF_JLE | BPF_K, LENGTH, 0, 1, (int)reach);
	put(o, BPF_ALU | BPF_MOV | BPF_K, LENGTH, 0, 0, (int)reach);
	put(o, BPF_STX | BPF_MEM | BPF_W, STACK, LENGTH, BUF_AT(filled), 0);
	put(o, BPF_JMP | BPF_JEQ | BPF_K, LENGTH, 0, 6, 0);
	move(o, R1, CONTEXT);
	put(o, BPF_ALU | BPF_MOV | BPF_K, R2, 0, 0, 0);
	move(o, R3, STACK);
	put(o, BPF_ALU64 | BPF_ADD | BPF_K, R3, 0, 0, BUF_AT(data));
	move(o, R4, LENGTH);
	put(o, BPF_JMP | BPF_CALL, 0, 0, 0, BPF_FUNC_skb_load_bytes);
}

/* What it returns is how many bytes of the packet the socket keeps. */
static void
main_of_socket(struct object *o, bool drop)
{
	move(o, CONTEXT, R1);
	for (int at = -BUF; at < 0; at += 8)
		put(o, BPF_ST | BPF_MEM | BPF_DW, STACK, 0, at, 0);
	fill_scratch(o, o->body.reach);
	move(o, R2, STACK);
	put(o, BPF_ALU64 | BPF_ADD | BPF_K, R2, 0, 0, -BUF);
	call_match(o);
	if (drop)
		decide(o, 0, FILTER_SNAPLEN_MAX);
	else
		put(o, BPF_JMP | BPF_EXIT, 0, 0, 0, 0);
}

/* A global function may be called with no scratch, as far as the verifier knows. */
static const struct bpf_insn guard[] = {
	{ .code = BPF_JMP | BPF_JNE | BPF_K, .dst_reg = BPF_REG_2, .off = 2 },
	{ .code = BPF_ALU | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};
#define GUARD (sizeof(guard) / sizeof(guard[0]))

static void
copy_body(struct object *o)
{
	o->match_at = o->scratch ? GUARD : 0;
	o->match_count = o->match_at + (uint32_t)o->body.count;
	o->match = calloc(o->match_count, sizeof(*o->match));
	if (o->match == NULL)
		abort(); /* no memory: nothing useful is left to do */
	memcpy(o->match, guard, o->match_at * sizeof(*guard));
	memcpy(o->match + o->match_at, o->body.insns, o->body.count * sizeof(*o->match));
}

/* As in an object file: who loads it says where the data is. */
static void
find_sets(struct object *o)
{
	o->set = calloc(o->match_count, sizeof(*o->set));
	if (o->set == NULL)
		abort(); /* as above */
	for (uint32_t i = 0; i + 1 < o->match_count; i++) {
		struct bpf_insn *insn = &o->match[i];
		if (insn->code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insn->src_reg == BPF_PSEUDO_MAP_IDX_VALUE) {
			insn[0].src_reg = 0;
			insn[0].imm = insn[1].imm;
			insn[1].imm = 0;
			o->set[o->sets++] = i;
		}
		i++; /* the second half is no instruction */
	}
}

bool
object_make(
	const struct emit *e, const struct filter *f, struct object *o, struct diags *ds)
{
	const bool drop = emit_drops(e);
	*o = (struct object){ .scratch = e->hook->reads == FILTER_READS_CONTEXT };
	if (!filter_ebpf(f, e->hook->reads, &o->body, ds))
		return false;
	if (o->scratch)
		main_of_socket(o, drop);
	else if (e->hook->reads == FILTER_READS_XDP)
		main_of_xdp(o, drop);
	else
		main_of_tc(o, drop);
	copy_body(o);
	find_sets(o);
	return true;
}

void
object_free(struct object *o)
{
	free(o->match);
	free(o->set);
	filter_ebpf_free(&o->body);
	*o = (struct object){ 0 };
}
