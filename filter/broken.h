/* broken.h: one-line faults in the compiler, for the test of the prover alone
 * (tests/prove/broken): each must be refuted.  In all other builds there are none. */
#ifndef BPFCAP_FILTER_BROKEN_H
#define BPFCAP_FILTER_BROKEN_H

#ifdef BPFCAP_BROKEN
enum broken {
	BROKEN_NOTHING,
	BROKEN_GRAPH,    /* a node's last arm is one number too short */
	BROKEN_BUILD,    /* `not` is forgotten */
	BROKEN_GATHER,   /* a list's last id is left out */
	BROKEN_THREAD,   /* where ways meet, what one of them knows is believed */
	BROKEN_RESTRICT, /* a test goes that makes a difference */
	BROKEN_PREFIX,   /* a prefix becomes a range that is too short */
	BROKEN_REGROUP,  /* a chain's last test is left out */
	BROKEN_SWITCH,   /* an arm of a switch is lost */
	BROKEN_SPLIT,    /* where ways meet, what the first of them knows is believed */
	BROKEN_PLACES,   /* of two tests that change places, one loses an arm */
	BROKEN_MERGE,    /* a node goes that some of its ways need */
	BROKEN_SHARE,    /* both ways into a shared look-up bind the same */
	BROKEN_ORDER,    /* a range's upper end is one too small */
	BROKEN_EMIT,     /* X is thought to hold what it held before */
	BROKEN_NUMBER,   /* registers keep what they hold on one of two ways */
	BROKEN_ENTRY,    /* a way passes over a load of X that it needs */
	BROKEN_DEAD,     /* what an instruction reads is thought dead before it */
	BROKEN_TAILS,    /* blocks with other false ways are taken to be equal */
	BROKEN_ENCODE,   /* a long jump goes one instruction too far */
	BROKEN_CHECK,    /* eBPF: one byte fewer is checked than is read */
	BROKEN_FILLED,   /* ... in the scratch */
	BROKEN_BASE,     /* what was checked from another base is believed */
	BROKEN_SWAP,     /* fields keep the order of the packet */
	BROKEN_SIGNED,   /* numbers are compared as if they had a sign */
	BROKEN_OPPOSITE, /* the opposite of > is < */
	BROKEN_BEYOND,   /* what lies elsewhere is rejected */
	BROKEN_STATE,    /* where ways meet, what one has in r8 is believed */
	BROKEN_MOVE,     /* a register is believed to keep what it held before a move */
	BROKEN_CALL,     /* a call that has failed is taken for one that has not */
	BROKEN_TABLE,    /* the last part of a table is left out */
	BROKEN_STEP,     /* a look-up goes on one entry too few */
	BROKEN_PART,     /* a stage gives the part behind the one that is meant */
	BROKEN_LENGTH,   /* a part's ranges are one number too short */
	BROKEN_FAULTS,
};
extern enum broken filter_broken; /* the one that is on */
#define IS_BROKEN(fault) (filter_broken == BROKEN_##fault)
#else
#define IS_BROKEN(fault) 0
#endif

#endif
