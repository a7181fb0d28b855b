/* tally.h: the sizes of our programs and of libpcap's, added up by link-type family. */
#ifndef BPFCAP_TESTS_TALLY_H
#define BPFCAP_TESTS_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "links.h"
#include "reason.h"

#define TALLY_LONG 20 /* terms; an expression of more is a long list */

struct sum {
	unsigned rows;                    /* expressions that both have a program for */
	unsigned same;                    /* listings that are the same text */
	unsigned shorter, longer, slower; /* longer, slower: without a reason */
	unsigned long ours, theirs;       /* instructions */
	unsigned long worst_ours, worst_theirs; /* on the longest way */
	unsigned exempt[REASONS];               /* longer or slower with a reason */
};

struct tally {
	struct sum family[FAMILIES], lists; /* lists: the long ones of all families */
	struct sum all, wired;              /* wired: all but wlan; by tally_print */
	unsigned failed;                    /* refused by libpcap or by us */
	double *ratio;                      /* ours / theirs of each row */
	size_t ratios, room;
	bool needed[REASON_ROWS]; /* by the row of reason.c */
	bool show_all;            /* not only those that are longer */
	bool skip_refused;        /* random ones: neither shown nor counted */
};

/* Compiles with both, compares, shows what is longer than it may be. */
void tally_try(struct tally *, uint16_t linktype, const char *text);
void tally_print(struct tally *);
void tally_free(struct tally *);

#endif
