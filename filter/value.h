/* value.h: what a test looks at: hash-consed expressions over one packet.
 *
 * All values are unsigned 32-bit and wrap.  Equal expressions are one object, so
 * `==` on pointers is equality.  Evaluating a value may *fault* (a load beyond the
 * captured bytes, a division by zero); a fault rejects the packet at once.
 *
 * Invariants, kept by the constructors so that no back end needs a guard:
 *  - a load's address, base + off, never wraps and is below 2^31 (where that is not
 *    provable the base is rewritten so that a bad address becomes 0x7fffffff, which is
 *    beyond any packet);
 *  - a shift count is below 32 (a larger one gives 0, rewritten likewise);
 *  - a constant operand of a binary operation is on the right. */
#ifndef BPFCAP_FILTER_VALUE_H
#define BPFCAP_FILTER_VALUE_H

#include <stdbool.h>
#include <stdint.h>

#include "arena.h"
#include "filter.h"

enum value_kind {
	VALUE_CONST, /* k */
	VALUE_LOAD,  /* `size` bytes, big-endian, at a (or 0 when NULL) + k */
	VALUE_LEN,   /* length on the wire */
	VALUE_META,  /* field `meta` of the packet, which is not in its bytes */
	VALUE_ARITH, /* a op b */
	VALUE_SLOT,  /* what a bind node has put into slot k */
	VALUE_FAULT, /* always faults */
};

/* The last three compare: 1 or 0, and stand only at the top of a tested value. */
enum arith_op {
	OP_ADD,
	OP_SUB,
	OP_MUL,
	OP_DIV,
	OP_MOD,
	OP_AND,
	OP_OR,
	OP_XOR,
	OP_SHL,
	OP_SHR,
	OP_EQ,
	OP_GT,
	OP_GE
};

enum meta {
	META_PROTOCOL,
	META_IFINDEX,
	META_HATYPE,
	META_PKTTYPE,
	META_VLAN_PRESENT, /* 1: the kernel took a VLAN tag off */
	META_VLAN_TCI,     /* ... this one */
	METAS
};

/* Slots carry what depends on the way a packet took (where the header behind a tunnel
 * begins) past a place where ways meet.  Classic BPF keeps them in M[], of which there
 * are 16. */
#define SLOTS 16

struct value {
	enum value_kind kind;
	enum arith_op op;
	enum meta meta;
	uint8_t size; /* of a load: 1, 2 or 4 bytes */
	bool traps; /* may fault with all bytes captured: division by zero, bad address */
	uint16_t depth;  /* of the expression tree; leaves have 1 */
	uint32_t weight; /* nodes of the tree, saturating */
	uint16_t slots;  /* bit n: the value depends on slot n */
	uint32_t k;
	uint32_t lo, hi;           /* the value is within [lo, hi] on every packet */
	uint32_t id;               /* 0, 1, 2 … in order of making */
	const struct value *a, *b; /* operands */
	struct value *chain;       /* of the hash table */
};

/* The table in which they are unique. */
struct values {
	struct arena *arena;
	struct value **bucket; /* `buckets` of them, a power of two */
	uint32_t buckets, count;
};

/* What a relation may hold; larger ones are refused by resolve.  Bounds the recursion
 * over values, and the size of the code for one test. */
#define VALUE_DEPTH_MAX 1000
#define VALUE_WEIGHT_MAX 2000

void values_init(struct values *, struct arena *);

const struct value *value_const(struct values *, uint32_t k);
const struct value *value_len(struct values *);
const struct value *value_meta(struct values *, enum meta);
/* The content of a slot, which is at most `hi`. */
const struct value *value_slot(struct values *, unsigned slot, uint32_t hi);

/* Loads `size` bytes at base + off (mod 2^32); base may be NULL. */
const struct value *value_load(
	struct values *, const struct value *base, uint32_t off, unsigned size);
const struct value *value_arith(
	struct values *, enum arith_op, const struct value *a, const struct value *b);

/* The arithmetic that all agree on.  False: division or modulus by zero. */
bool arith_apply(enum arith_op, uint32_t a, uint32_t b, uint32_t *out);

/* Is a op b the same as b op a? */
bool arith_commutes(enum arith_op);

/* Evaluates on a packet, with the slots as bound so far; false on a fault. */
bool value_eval(const struct value *, const struct filter_packet *,
	const uint32_t slot[SLOTS], uint32_t *out);

/* Is it 4 * (byte at *off & 15), an IPv4 header length?  Both back ends know it. */
bool value_is_header_length(const struct value *, uint32_t *off);

#endif
