/* lookup.c: a look-up in a set in; the instructions that make it, and the table that they
 * read, out.
 *
 * Tables stand in one block of read-only bytes, filter_ebpf.data, which is a map's value
 * to the kernel: read in place, without a helper.  Its own maps take, ns a look-up of a
 * random number that is not there (kernel 6.18; the table: see emit.c):
 *
 *     numbers    16   1,000   10,000   100,000
 *     hash       19      20       39       267
 *     LPM trie   27      66      129       797
 *
 * and a bitmap of 65,536 numbers 0.2. */
#include <stdlib.h>
#include <string.h>

#include "../broken.h"
#include "../opcode.h"
#include "emit.h"

#define DATA_AT 0 /* which of filter_ebpf's maps: there is one */

static const struct placed *
place_table(struct emit *e, const struct set *set)
{
	struct placed *p = &e->placed[set->id];
	if (p->made)
		return p;
	table_make(set, e->arena, &p->table);
	p->made = true;
	p->at = e->data_bytes;
	e->data_bytes += p->table.parts_bytes + p->table.entry_bytes;
	return p;
}

/* dst = the address of a byte of the data. */
static void
put_address(struct emit *e, unsigned dst, size_t at)
{
	put(e, BPF_LD | BPF_IMM | BPF_DW, dst, BPF_PSEUDO_MAP_IDX_VALUE, 0, DATA_AT);
	put(e, 0, 0, 0, 0, (uint32_t)at);
}

/* r2 = where the part of r0 is, of `size` = 1 << bits bytes; clobbers r1. */
static void
put_part(struct emit *e, size_t at, unsigned shift, unsigned bits)
{
	put(e, BPF_ALU | BPF_MOV | BPF_X, R1, R0, 0, 0);
	if (shift > 0)
		put(e, BPF_ALU | BPF_RSH | BPF_K, R1, 0, 0, shift);
	if (bits > 0)
		put(e, BPF_ALU | BPF_LSH | BPF_K, R1, 0, 0, bits);
	put_address(e, R2, at);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R2, R1, 0, 0);
}

static void
look_in_bits(struct emit *e, const struct placed *p, const struct block *b,
	const struct block *next)
{
	put_part(e, p->at, 3, 0);
	put(e, BPF_LDX | BPF_MEM | BPF_B, R2, R2, 0, 0);
	put(e, BPF_ALU | BPF_AND | BPF_K, R0, 0, 0, 7);
	put(e, BPF_ALU | BPF_RSH | BPF_X, R2, R0, 0, 0);
	put(e, BPF_ALU | BPF_AND | BPF_K, R2, 0, 0, 1);
	branch(e, BPF_JMP32 | BPF_JEQ | BPF_K, R2, 0, 1, b, next);
}

/* r2 goes on by 1 << step entries where the one before that is below r0: without a jump,
 * which nothing could foretell. */
static void
put_step(struct emit *e, const struct table *t, unsigned step)
{
	const size_t size = (size_t)1 << t->entry_bits;
	const size_t by = (size << step) - (IS_BROKEN(STEP) ? size : 0);
	unsigned from = R2;
	size_t off = by - size;
	if (off > INT16_MAX) {
		put(e, BPF_ALU64 | BPF_MOV | BPF_X, R3, R2, 0, 0);
		put(e, BPF_ALU64 | BPF_ADD | BPF_K, R3, 0, 0, (uint32_t)off);
		from = R3;
		off = 0;
	}
	put(e, BPF_LDX | BPF_MEM | (t->keyed ? BPF_DW : BPF_W), R1, from, (int)off, 0);
	put(e, BPF_ALU64 | BPF_SUB | BPF_X, R1, R0, 0, 0);
	put(e, BPF_ALU64 | BPF_ARSH | BPF_K, R1, 0, 0, 63);
	put(e, BPF_ALU64 | BPF_AND | BPF_K, R1, 0, 0, (uint32_t)by);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R2, R1, 0, 0);
}

/* r2 = the entry that r0 is in, if it is in one, when r1 is the first to come into
 * question; clobbers r1, r3. */
static void
put_steps(struct emit *e, const struct placed *p)
{
	const struct table *t = &p->table;
	put(e, BPF_ALU | BPF_LSH | BPF_K, R1, 0, 0, t->entry_bits);
	put_address(e, R2, p->at + t->parts_bytes);
	put(e, BPF_ALU64 | BPF_ADD | BPF_X, R2, R1, 0, 0);
	for (unsigned step = t->steps; step-- > 0;)
		put_step(e, t, step);
}

/* Never; but the verifier does not know what is in the data. */
static void
check_first(struct emit *e, const struct table *t, const struct block *b)
{
	jump(e, BPF_JMP32 | BPF_JGE | BPF_K, R1, 0, t->entries, b->jf);
}

/* Where the condition is that what was looked for is not there. */
static void
put_missing(struct emit *e, unsigned code, unsigned dst, unsigned src, uint32_t imm,
	const struct block *b)
{
	(b->jf->jt == NULL ? leave : jump)(e, code, dst, src, imm, b->jf);
}

/* The end of a look-up that has found its entry at r2: what that gives goes to the slot.
 */
static void
put_given(struct emit *e, const struct table *t, const struct block *b,
	const struct block *next)
{
	put(e, BPF_LDX | BPF_MEM | BPF_W, R1, R2, (int)t->gives_at, 0);
	put(e, BPF_STX | BPF_MEM | BPF_DW, R_STACK, R1, slot_cell(e, b->slot), 0);
	if (b->jt != next)
		jump(e, BPF_JMP | BPF_JA, 0, 0, 0, b->jt);
}

static void
look_in_entries(struct emit *e, const struct placed *p, const struct block *b,
	const struct block *next)
{
	const struct table *t = &p->table;
	put_part(e, p->at, t->shift, 2);
	put(e, BPF_LDX | BPF_MEM | BPF_W, R1, R2, 0, 0);
	check_first(e, t, b);
	put_steps(e, p);
	put(e, BPF_LDX | BPF_MEM | BPF_W, R1, R2, t->points ? 0 : 4, 0);
	if (b->slot == NULL) {
		branch(e, BPF_JMP32 | (t->points ? BPF_JEQ : BPF_JGE) | BPF_X, R0, R1, 0,
			b, next);
		return;
	}
	put_missing(e, BPF_JMP32 | (t->points ? BPF_JNE : BPF_JLT) | BPF_X, R0, R1, 0, b);
	put_given(e, t, b, next);
}

/* r0 is the number, and becomes the key. */
static void
look_in_part(struct emit *e, const struct placed *p, const struct block *b,
	const struct block *next)
{
	const struct table *t = &p->table;
	put(e, BPF_LDX | BPF_MEM | BPF_DW, R1, R_STACK, slot_cell(e, b->within), 0);
	check_first(e, t, b);
	put(e, BPF_ALU64 | BPF_MOV | BPF_X, R2, R1, 0, 0);
	put(e, BPF_ALU64 | BPF_LSH | BPF_K, R2, 0, 0, 32);
	put(e, BPF_ALU64 | BPF_OR | BPF_X, R0, R2, 0, 0);
	put_steps(e, p);
	put(e, BPF_LDX | BPF_MEM | BPF_DW, R1, R2, 0, 0);
	if (t->entry_bits == 3) { /* of one number each */
		branch(e, BPF_JMP | BPF_JEQ | BPF_X, R0, R1, 0, b, next);
		return;
	}
	put(e, BPF_ALU64 | BPF_SUB | BPF_X, R1, R0, 0, 0);
	put(e, BPF_LDX | BPF_MEM | BPF_W, R3, R2, 8, 0);
	if (b->slot == NULL) {
		branch(e, BPF_JMP | BPF_JLE | BPF_X, R1, R3, 0, b, next);
		return;
	}
	put_missing(e, BPF_JMP | BPF_JGT | BPF_X, R1, R3, 0, b);
	put_given(e, t, b, next);
}

void
emit_lookup(struct emit *e, const struct block *b, const struct block *next)
{
	const struct placed *p = place_table(e, b->set);
	const struct table *t = &p->table;
	eval(e, b->v, R_VALUE);
	put(e, BPF_ALU | BPF_MOV | BPF_X, R0, R_VALUE, 0, 0);
	if (t->keyed) {
		look_in_part(e, p, b, next);
		return;
	}
	if (t->multiplier != 1)
		put(e, BPF_ALU | BPF_MUL | BPF_K, R0, 0, 0, t->multiplier);
	if (t->lo != 0)
		put(e, BPF_ALU | BPF_SUB | BPF_K, R0, 0, 0, t->lo);
	if (t->span != UINT32_MAX)
		jump(e, BPF_JMP32 | BPF_JGT | BPF_K, R0, 0, t->span - IS_BROKEN(TABLE),
			b->jf);
	if (t->entries == 0)
		look_in_bits(e, p, b, next);
	else
		look_in_entries(e, p, b, next);
}

void
lookup_keep(const struct emit *e, struct filter_ebpf *out)
{
	out->data = NULL;
	out->data_size = e->data_bytes;
	if (e->data_bytes == 0)
		return;
	out->data = malloc(e->data_bytes);
	if (out->data == NULL)
		abort();
	for (uint32_t i = 0; i < e->o->sets; i++) {
		const struct placed *p = &e->placed[i];
		if (!p->made)
			continue;
		if (p->table.parts_bytes > 0)
			memcpy(out->data + p->at, p->table.parts, p->table.parts_bytes);
		if (p->table.entries > 0)
			memcpy(out->data + p->at + p->table.parts_bytes, p->table.entry,
				p->table.entry_bytes);
	}
}
