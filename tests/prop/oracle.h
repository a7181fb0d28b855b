/* oracle.h: what an expression means, by libpcap's unoptimised program.
 *
 * That program reads the expression strictly from left to right; it is run here by an
 * interpreter that knows when a load goes beyond the captured bytes, and that can go on
 * with made-up bytes there.  It is asked as for a file, not a live capture.  Addresses
 * are sums modulo 2^32, and bytes from 2^31 on do not exist: no packet has them, so such
 * a load rejects however the rest is filled. */
#ifndef BPFCAP_TESTS_ORACLE_H
#define BPFCAP_TESTS_ORACLE_H

#include <pcap/pcap.h>
#include <stdbool.h>
#include <stdint.h>

struct stand_in; /* adapt.h */

struct oracle {
	pcap_t *file;
	struct bpf_program program;
	uint32_t *since;  /* for an instruction that reads a scratch cell: the instruction
			   * that is to have written it, or a later one */
	bool both_orders; /* the first four bytes are a number in either byte order */
	bool radio;       /* libpcap works out where the frame is before all else */
	bool foreign;     /* libpcap's own interpreter does not know all of it */
	const struct stand_in *instead; /* the link type that was asked for; or NULL */
	bool silent; /* has no verdicts: the link type that stands in cannot say */
	char error[PCAP_ERRBUF_SIZE];
};

/* False when libpcap refuses: `error` says why.  Always to be closed. */
bool oracle_open(struct oracle *, const char *text, uint16_t linktype, bool optimised);
void oracle_close(struct oracle *);

enum outcome {
	OUTCOME_REJECT,
	OUTCOME_ACCEPT,
	OUTCOME_BEYOND, /* a load beyond the captured bytes was met, and nothing said
			 * how to fill them */
	OUTCOME_NONE,   /* libpcap's program says nothing that counts: it read a scratch
			 * cell that it had not written, or protochain went on and on */
};

enum fill { FILL_NONE, FILL_ZEROS, FILL_ONES, FILL_NOISE };

struct view {
	const uint8_t *data;
	uint32_t caplen; /* bytes at data */
	uint32_t len;    /* bytes on the wire */
	bool inside;     /* was in another packet: an address below 0 is in that one */
	enum fill fill;  /* of the bytes from caplen on */
	uint64_t seed;   /* of the noise */
};

enum outcome oracle_run(const struct oracle *, const struct view *);

/* Does libpcap's own interpreter give the same verdict?  `view` is without fill.  Where
 * the sum of an address wraps, libpcap rejects and we do not: that counts as the same. */
bool oracle_confirmed(const struct oracle *, const struct view *);

#endif
