/* reason.h: where the size claim lets our program be longer than libpcap's.
 *
 * Most reasons are single instructions of libpcap's program that stand for less than they
 * should: they are given the weight of what is missing.  Where that cannot be said of an
 * instruction, a row names expressions. */
#ifndef BPFCAP_TESTS_REASON_H
#define BPFCAP_TESTS_REASON_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

enum reason {
	REASON_NONE,
	REASON_WRONG, /* libpcap's program is not what the expression means */
	REASON_GUARD, /* ours checks a shift count or an address, theirs does not */
	REASON_CHAIN, /* protochain: unrolled, where libpcap's loops */
	REASONS
};

#define REASON_ROWS 64 /* more than there are */

/* Of an expression that is so many instructions longer: the number of the row that allows
 * it, or -1. */
int reason_find(uint16_t linktype, const char *text, unsigned more);
enum reason reason_kind(int row);
const char *reason_text(int row); /* NULL beyond the last row */

/* What each of libpcap's instructions counts for; why is the last reason for more than 1,
 * or REASON_NONE.  Returns the sum. */
unsigned reason_weigh(uint16_t linktype, const struct bpf_program *, unsigned *weight,
	enum reason *why);

#endif
