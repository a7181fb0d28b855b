/* adapt.h: where the language is that of a later libpcap than the one that is linked:
 * what to ask the older one instead, so that its answer is the later one's.  All such
 * places are the tables in adapt.c. */
#ifndef BPFCAP_TESTS_ADAPT_H
#define BPFCAP_TESTS_ADAPT_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

/* Another link type to ask for. */
struct stand_in {
	uint16_t linktype, instead;
	const char *const *when;  /* only if the text has one of these; NULL: always */
	const char *const *never; /* ... and none of these */
	uint32_t (*place)(uint32_t at); /* where what is loaded at `at` is in the packet;
					 * NULL: there */
	uint8_t (*value)(uint32_t at, uint8_t byte); /* what a byte is to be taken for;
						      * NULL: itself */
	uint32_t magic_at, magic; /* 32 bits that a packet must have, unless magic is 0 */
	bool link_moves; /* link[] means other bytes: nothing can be asked of it */
};

/* NULL: the link type itself. */
const struct stand_in *adapt_link(uint16_t linktype, const char *text);

/* Does libpcap's program mix up its own offsets? */
bool adapt_is_spoilt(const char *text, uint16_t linktype);

/* Is the type field in either byte order, where the older one looks at the file's only?
 */
bool adapt_both_orders(uint16_t linktype);

#define MAC8_MAX 16

/* What to compile, and what to do to the program then. */
struct adapted {
	char *text;
	uint8_t mac8[MAC8_MAX]; /* 1.10.3 takes `$3` for 0xd3, whatever was there before
				 * the 3: addresses are numbered, and put in their
				 * places in the program */
	unsigned mac8s;
	bool lost; /* more addresses than digits; no scratch cell left */
};

void adapt_text(const char *text, uint16_t linktype, struct adapted *out);
void adapt_free(struct adapted *);

/* Is a byte of the link header asked for by its offset? */
bool adapt_asks_link(const char *text);

/* The program that says the same to the interpreter of oracle_vm.c.  True: libpcap's own
 * interpreter does not know all that is in it. */
bool adapt_program(struct bpf_program *, uint16_t linktype, struct adapted *);

/* Marks a load of which only the low five bits count. */
#define ADAPT_LOW5 1 /* in the jt of a BPF_LD, which means nothing there */

#endif
