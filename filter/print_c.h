/* print_c.h: what a program in C says differently at each hook. */
#ifndef BPFCAP_FILTER_PRINT_C_H
#define BPFCAP_FILTER_PRINT_C_H

#include "filter.h"
#include "value.h"

struct c_hook {
	const char *name;
	const char *use;  /* how to make use of it: a line each, of a comment */
	const char *open; /* what stands before the function: load() among it */
	const char *head; /* of the function */
	const char *tail; /* behind it */
	const char *u32;
	const char *call; /* the first arguments of load() */
	const char *len;
	const char *meta[METAS]; /* NULL: not known there */
	/* Verdicts; [1]: where matching packets are dropped.  NULL: the snap length. */
	const char *accept[2], *reject[2];
};

/* print_c_hook.c.  NULL: there is no program in C for it. */
const struct c_hook *c_hook_of(enum filter_reads);
/* Names of hooks that have it, for a message; empty: none. */
const char *c_hooks_with(enum meta);

#endif
