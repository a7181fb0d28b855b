/* hook.h: how a program at a hook of the kernel reads a packet's bytes, and what else is
 * known of the packet there.  A row of hook.c each. */
#ifndef BPFCAP_FILTER_EBPF_HOOK_H
#define BPFCAP_FILTER_EBPF_HOOK_H

#include <stdbool.h>
#include <stdint.h>

#include "../filter.h"
#include "../value.h"

struct emit;

/* A field of the context or of struct filter_pktbuf, 4 bytes each. */
struct hook_field {
	int16_t at; /* offset + 1; 0: this hook has no such thing */
	bool be16;  /* in network order */
	uint8_t is; /* what it always is; 0: what is there */
};

struct hook {
	const char *name;
	/* What a packet gets whose bytes are not where this program looks: 0, or
	 * FILTER_BEYOND where another program may find them. */
	uint32_t beyond;
	uint32_t insns_max;   /* of a body; 0: any number */
	uint32_t extent_max;  /* bytes that one check may be for */
	unsigned stack;       /* words that the functions below use, from 0 on */
	bool fields_in_bytes; /* of the scratch; else of the context */
	bool base_is_address; /* in R_BASE; else its number */
	bool arithmetic;      /* the verifier takes scratch + number */
	bool no_tables; /* nor does it take an address to which numbers are added in steps
			 */
	struct hook_field len; /* or by `length` */
	struct hook_field meta[METAS];
	struct hook_field data, data_end; /* of the context */

	/* From the arguments to R_CTX and R_BYTES. */
	void (*begin)(struct emit *);
	/* Leaves unless that many bytes are there; at most extent_max. */
	void (*check)(struct emit *, uint32_t bytes);
	/* dst = the load, in host order; clobbers r0-r5, R_BASE. */
	void (*load)(struct emit *, const struct value *, unsigned dst);
	/* dst = the length on the wire; or NULL. */
	void (*length)(struct emit *, unsigned dst);
	/* r0 = the load, of bytes that are beyond the scratch; clobbers r0-r5, R_BASE. */
	void (*far)(struct emit *, const struct value *);
};

const struct hook *hook_of(enum filter_reads);

/* Fills `text` with the names of the rows that have the field. */
void hook_names_with(enum meta, char *text, unsigned size);

/* hook_scratch.c: the first bytes, in a struct filter_pktbuf. */
void scratch_begin(struct emit *);       /* f(context, scratch) */
void scratch_begin_alone(struct emit *); /* f(scratch) */
void scratch_check(struct emit *, uint32_t bytes);
void scratch_load(struct emit *, const struct value *, unsigned dst);
void loads_begin(struct emit *); /* f(context), without a scratch */
void loads_load(struct emit *, const struct value *, unsigned dst);
void far_by_context(struct emit *, const struct value *); /* LD_ABS, LD_IND of an skb */
void far_by_helper(struct emit *, const struct value *);  /* bpf_xdp_load_bytes */
void far_by_probe(struct emit *, const struct value *);   /* bpf_probe_read_kernel */

/* hook_direct.c: the packet itself, between two addresses. */
void direct_begin(struct emit *);        /* f(context) */
void direct_begin_buffer(struct emit *); /* f(data, length) */
void direct_check(struct emit *, uint32_t bytes);
void direct_load(struct emit *, const struct value *, unsigned dst);
void direct_length(struct emit *, unsigned dst);     /* data_end - data */
void direct_length_all(struct emit *, unsigned dst); /* bpf_xdp_get_buff_len */

#endif
