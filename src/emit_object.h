/* emit_object.h: a whole program from a filter's body: what an object file holds.
 *
 *     main: what the hook calls; it calls `match` and says what becomes of the packet
 *     match: the filter's body, a global function */
#ifndef BPFCAP_EMIT_OBJECT_H
#define BPFCAP_EMIT_OBJECT_H

#include <linux/bpf.h>
#include <stdbool.h>
#include <stddef.h>

#include "emit.h"

#define OBJECT_MAIN "bpfcap_filter" /* names of the functions */
#define OBJECT_MATCH "bpfcap_match"
#define OBJECT_MAIN_MAX 96 /* instructions */
#define OBJECT_CALLS 2
#define OBJECT_LICENCE "Dual BSD/GPL"

struct object {
	struct bpf_insn main[OBJECT_MAIN_MAX];
	uint32_t count;              /* of them */
	uint32_t call[OBJECT_CALLS]; /* which of them call match */
	uint32_t calls;
	struct bpf_insn *match;
	uint32_t match_count;
	uint32_t match_at; /* where in `match` the filter's body begins */
	uint32_t *set;     /* in `match`: what refers to body.data, with imm its offset */
	uint32_t sets;
	bool scratch; /* match(context, struct filter_pktbuf *), else (context) */
	struct filter_ebpf body;
};

/* emit_object.c */
bool object_make(
	const struct emit *, const struct filter *, struct object *, struct diags *);
void object_free(struct object *);

/* emit_btf.c: types of the functions, and the expression as their source: sections .BTF
 * and .BTF.ext, malloc'd. */
struct object_types {
	void *btf, *ext;
	size_t btf_size, ext_size;
};
bool object_types(const struct emit *, const struct object *, struct object_types *,
	struct diags *);
void object_types_free(struct object_types *);

#endif
