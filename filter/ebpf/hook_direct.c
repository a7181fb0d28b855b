/* hook_direct.c: reading from the packet itself, between data and data_end.
 *
 * R_BYTES is where it begins; data_end is read again for each check, which costs an
 * instruction and no register.  R_BASE holds an address, of which the verifier knows
 * how far it has been checked. */
#include "../broken.h"
#include "../opcode.h"
#include "emit.h"

#define BASE_MAX 0x7fffu            /* the verifier's bound of what is added is 0xffff */
#define HELPER_XDP_GET_BUFF_LEN 188 /* linux/bpf.h: since 5.18 */
#define END_CELL (-8)               /* of a buffer: where it ends, on the stack */

void
direct_begin(struct emit *e)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_CTX, R1, 0, 0);
	put(e, BPF_LDX | BPF_MEM | BPF_W, R_BYTES, R_CTX, e->hook->data.at - 1, 0);
}

void
direct_begin_buffer(struct emit *e)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_BYTES, R1, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R1, R2, 0, 0);
	put(e, BPF_STX | BPF_MEM | BPF_DW, R_STACK, R1, END_CELL, 0);
}

static void
load_end(struct emit *e, unsigned dst)
{
	if (e->hook->data_end.at != 0)
		put(e, BPF_LDX | BPF_MEM | BPF_W, dst, R_CTX, e->hook->data_end.at - 1,
			0);
	else
		put(e, BPF_LDX | BPF_MEM | BPF_DW, dst, R_STACK, END_CELL, 0);
}

/* Leaves unless `bytes` from the address in `reg` on are there. */
static void
check_from(struct emit *e, unsigned reg, uint32_t bytes)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R2, reg, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_K, R2, 0, 0, bytes - IS_BROKEN(CHECK));
	load_end(e, R1);
	leave(e, BPF_JMP | BPF_JGT | BPF_X, R2, R1, 0, beyond_target(e));
}

void
direct_check(struct emit *e, uint32_t bytes)
{
	check_from(e, R_BYTES, bytes);
	e->now.checked = bytes;
}

/* R_BASE = where the base of `v` is, with the load's bytes there. */
static void
load_base(struct emit *e, const struct value *v)
{
	uint32_t off, bytes = v->k + v->size;
	if (e->now.base != v->a) {
		eval(e, v->a, R0);
		if (e->hook->beyond != 0 && !value_is_header_length(v->a, &off))
			leave(e, BPF_JMP | BPF_JGT | BPF_K, R0, 0, BASE_MAX,
				beyond_target(e));
		put(e, BPF_ALU64 | BPF_MOV | BPF_X, R_BASE, R_BYTES, 0, 0);
		put(e, BPF_ALU64 | BPF_ADD | BPF_X, R_BASE, R0, 0, 0);
		e->now.base = v->a;
		if (!IS_BROKEN(BASE))
			e->now.base_checked = 0;
	}
	if (e->now.base_checked >= bytes)
		return;
	check_from(e, R_BASE, bytes);
	e->now.base_checked = bytes;
}

/* Further on than an instruction's offset reaches.  In the kernel the verifier's bounds
 * end there too, and another program has to look. */
static void
load_far_on(struct emit *e, const struct value *v, unsigned dst)
{
	if (e->hook->beyond != 0) {
		put(e, BPF_ALU | BPF_MOV | BPF_K, R0, 0, 0, 0);
		leave(e, BPF_JMP32 | BPF_JEQ | BPF_K, R0, 0, 0, beyond_target(e));
		put(e, BPF_ALU | BPF_MOV | BPF_K, dst, 0, 0, 0);
		return;
	}
	unsigned from = v->a != NULL ? R_BASE : R_BYTES;
	if (v->a != NULL)
		load_base(e, v);
	else
		check_from(e, R_BYTES, v->k + v->size);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R1, from, 0, 0);
	put(e, BPF_ALU64 | BPF_ADD | BPF_K, R1, 0, 0, v->k);
	put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst, R1, 0, 0);
}

void
direct_load(struct emit *e, const struct value *v, unsigned dst)
{
	uint64_t end = (uint64_t)v->k + v->size;
	if (end > e->hook->extent_max)
		load_far_on(e, v, dst);
	else {
		if (v->a != NULL)
			load_base(e, v);
		else if (e->now.checked < end)
			direct_check(e, (uint32_t)end);
		put(e, BPF_LDX | BPF_MEM | opcode_size(v->size), dst,
			v->a != NULL ? R_BASE : R_BYTES, (int)v->k, 0);
	}
	if (dst == R_BASE)
		e->now.base = NULL;
	to_host_order(e, dst, v->size);
}

void
direct_length(struct emit *e, unsigned dst)
{
	load_end(e, R1);
	put(e, BPF_ALU64 | BPF_SUB | BPF_X, R1, R_BYTES, 0, 0);
	put(e, BPF_ALU | BPF_MOV | BPF_X, dst, R1, 0, 0);
}

void
direct_length_all(struct emit *e, unsigned dst)
{
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R1, R_CTX, 0, 0);
	put(e, BPF_JMP | BPF_CALL, 0, 0, 0, HELPER_XDP_GET_BUFF_LEN);
	if (dst != R0)
		put(e, BPF_ALU | BPF_MOV | BPF_X, dst, R0, 0, 0);
}
