/* table.h: a set as bytes that a program can look a number up in without a loop. */
#ifndef BPFCAP_FILTER_EBPF_TABLE_H
#define BPFCAP_FILTER_EBPF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../set.h"

#define TABLE_STEPS_MAX 31

/* x is worked out from the number v first:
 *
 *     x = v * multiplier - lo (mod 2^32); x > span: not in the set
 *
 * Without entries there is a bitmap: the set has x when bit x & 7 of byte x >> 3 is 1.
 *
 * Else the numbers 0 … span are cut in parts of 1 << shift, and entries stand in a row by
 * their greatest number; part x >> shift of `parts` says with which entry the part
 * begins. Of those from there on the first that is not below x is found in `steps` steps,
 * which go on by 1 << (steps - 1) … 2, 1 entries, where the entry before that is below x.
 * It has x when it begins with x or below.  What is read so is always within `bytes`.
 *
 * Where the set has parts of its own (`keyed`), x is v as it is, a part begins where the
 * one who looks up says, and an entry is found by its key, the part's first entry and the
 * greatest number, as one number of 64 bits.  It has x if the key is not further above
 * that of x than the range is long: another part's is, by more than its greatest number.
 * Steps are for the longest part.
 *
 * An entry, of the machine's words:
 *
 *                  single numbers           ranges
 *     uint32_t     x [gives]                greatest least [gives 0]
 *     keyed        uint64_t key             uint64_t key, uint32_t length gives
 *
 * where all keyed ones are as ranges are when something is given. */
struct table {
	uint32_t multiplier; /* 1, or odd where all are single numbers */
	uint32_t lo, span;
	uint32_t entries;
	unsigned shift, steps;
	unsigned entry_bits; /* an entry has 1 << entry_bits bytes */
	unsigned gives_at;   /* of them, from here on what is given; 0: nothing is */
	bool points;         /* single numbers */
	bool keyed;          /* no `parts` */
	const void *parts;   /* or the bitmap */
	const void *entry;
	size_t parts_bytes; /* multiples of 8 */
	size_t entry_bytes; /* with what steps may pass over at the end */
};

/* In `arena`. */
void table_make(const struct set *, struct arena *, struct table *);

#endif
