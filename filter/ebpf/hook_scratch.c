/* hook_scratch.c: reading from a scratch that holds the packet's first bytes
 * (struct filter_pktbuf), and from elsewhere what lies beyond it. */
#include <stddef.h>

#include "../broken.h"
#include "../opcode.h"
#include "emit.h"

#define HELPER_PROBE_READ_KERNEL 113 /* linux/bpf.h: since 5.5 */
#define HELPER_XDP_LOAD_BYTES 189    /* since 5.18 */
#define CELL (-8)                    /* the hook's word of stack */

enum { ARG1 = 1, ARG2, ARG3, ARG4 };

void
scratch_begin(struct emit *e)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_CTX, R1, 0, 0);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_BYTES, R2, 0, 0);
}

void
scratch_begin_alone(struct emit *e)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_BYTES, R1, 0, 0);
}

void
scratch_check(struct emit *e, uint32_t bytes)
{
	put(e, BPF_LDX | BPF_MEM | BPF_W, R1, R_BYTES,
		offsetof(struct filter_pktbuf, filled), 0);
	leave(e, BPF_JMP32 | BPF_JLT | BPF_K, R1, 0, bytes - IS_BROKEN(FILLED),
		beyond_target(e));
	e->now.checked = bytes;
	if (bytes > e->reach)
		e->reach = bytes;
}

/* r2 = where the load begins, or its offset is `k` alone. */
static void
far_offset(struct emit *e, const struct value *v)
{
	if (v->a != NULL) {
		eval(e, v->a, R0);
		put(e, BPF_ALU | BPF_MOV | BPF_X, ARG2, R0, 0, 0);
		put(e, BPF_ALU | BPF_ADD | BPF_K, ARG2, 0, 0, v->k);
	} else
		put(e, BPF_ALU | BPF_MOV | BPF_K, ARG2, 0, 0, v->k);
}

/* The exit of LD_ABS and LD_IND on a packet that is too short means reject. */
void
far_by_context(struct emit *e, const struct value *v)
{
	unsigned mode = v->a != NULL ? BPF_IND : BPF_ABS;
	if (v->a != NULL)
		eval(e, v->a, R_BASE);
	put(e, BPF_LD | mode | opcode_size(v->size), 0, v->a != NULL ? R_BASE : 0, 0,
		v->k);
}

void
loads_begin(struct emit *e)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_CTX, R1, 0, 0);
}

void
loads_load(struct emit *e, const struct value *v, unsigned dst)
{
	far_by_context(e, v);
	if (dst != R0)
		put(e, BPF_ALU | BPF_MOV | BPF_X, dst, R0, 0, 0);
}

static void
take_cell(struct emit *e, const struct value *v)
{
	leave(e, BPF_JMP | (IS_BROKEN(CALL) ? BPF_JEQ : BPF_JNE) | BPF_K, R0, 0, 0,
		reject_target(e));
	put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), R0, R_STACK, CELL, 0);
	to_host_order(e, R0, v->size);
}

void
far_by_helper(struct emit *e, const struct value *v)
{
	far_offset(e, v);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, ARG1, R_CTX, 0, 0);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, ARG3, R_STACK, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_K, ARG3, 0, 0, (uint32_t)CELL);
	put(e, BPF_ALU | BPF_MOV | BPF_K, ARG4, 0, 0, v->size);
	put(e, BPF_JMP | BPF_CALL, 0, 0, 0, HELPER_XDP_LOAD_BYTES);
	take_cell(e, v);
}

void
far_by_probe(struct emit *e, const struct value *v)
{
	far_offset(e, v);
	put(e, BPF_ALU | BPF_MOV | BPF_X, ARG1, ARG2, 0, 0);
	put(e, BPF_ALU | BPF_ADD | BPF_K, ARG1, 0, 0, v->size);
	put(e, BPF_LDX | BPF_MEM | BPF_W, ARG3, R_BYTES,
		offsetof(struct filter_pktbuf, linear), 0);
	leave(e, BPF_JMP32 | BPF_JGT | BPF_X, ARG1, ARG3, 0, reject_target(e));
	put(e, BPF_LDX | BPF_MEM | BPF_DW, ARG3, R_BYTES,
		offsetof(struct filter_pktbuf, address), 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, ARG3, ARG2, 0, 0);
	put(e, BPF_ALU | BPF_MOV | BPF_K, ARG2, 0, 0, v->size);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, ARG1, R_STACK, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_K, ARG1, 0, 0, (uint32_t)CELL);
	put(e, BPF_JMP | BPF_CALL, 0, 0, 0, HELPER_PROBE_READ_KERNEL);
	take_cell(e, v);
}

/* At a computed offset that the scratch covers whatever it is. */
static void
load_near(struct emit *e, const struct value *v, unsigned dst, uint32_t end)
{
	int field = (int)(offsetof(struct filter_pktbuf, data) + v->k);
	if (e->now.base != v->a)
		eval(e, v->a, R_BASE);
	if (end > e->reach)
		e->reach = end;
	if (e->now.checked < end) {
		put(e, BPF_ALU | BPF_MOV | BPF_X, R1, R_BASE, 0, 0);
		put(e, BPF_ALU | BPF_ADD | BPF_K, R1, 0, 0, v->k + v->size);
		put(e, BPF_LDX | BPF_MEM | BPF_W, R2, R_BYTES,
			offsetof(struct filter_pktbuf, filled), 0);
		leave(e, BPF_JMP32 | BPF_JLT | BPF_X, R2, R1, 0, beyond_target(e));
	}
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R1, R_BYTES, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R1, R_BASE, 0, 0);
	put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst, R1, field, 0);
	to_host_order(e, dst, v->size);
}

/* Only an IPv4 header's length is a base of which every verifier knows the bound. */
void
scratch_load(struct emit *e, const struct value *v, unsigned dst)
{
	uint32_t off;
	uint64_t end = (uint64_t)(v->a != NULL ? v->a->hi : 0) + v->k + v->size;
	bool header =
		v->a != NULL && e->hook->arithmetic && value_is_header_length(v->a, &off);
	if (end > FILTER_SCRATCH || (v->a != NULL && !header)) {
		e->hook->far(e, v);
		if (dst != R0)
			put(e, BPF_ALU | BPF_MOV | BPF_X, dst, R0, 0, 0);
		return;
	}
	if (v->a != NULL) {
		load_near(e, v, dst, (uint32_t)end);
		return;
	}
	if (e->now.checked < end)
		scratch_check(e, (uint32_t)end);
	put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst, R_BYTES,
		(int)(offsetof(struct filter_pktbuf, data) + v->k), 0);
	to_host_order(e, dst, v->size);
}
