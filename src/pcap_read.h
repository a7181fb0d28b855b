/* pcap_read.h: the bytes of a classic capture file ("savefile") as values.
 *
 * Layout: draft-ietf-opsawg-pcap, and for what is older than that
 * tcpdump.org/manpages/pcap-savefile.5.  Nothing here reads a file. */
#ifndef BPFCAP_PCAP_READ_H
#define BPFCAP_PCAP_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../filter/diag.h"
#include "packet.h"

#define SAVEFILE_HEADER 24     /* bytes of the file header */
#define SAVEFILE_RECORD_MAX 24 /* bytes of the longest record header */

/* In which order a record has its two lengths. */
enum savefile_lengths {
	LENGTHS_CAPTURED_FIRST,  /* since version 2.4 */
	LENGTHS_ORIGINAL_FIRST,  /* before 2.3, and 543.0 (DG/UX) */
	LENGTHS_SMALLER_CAPTURED /* 2.3: both were written */
};

/* How to read the records; from the file header. */
struct savefile {
	bool swapped; /* the writer had the other byte order */
	bool nano;    /* fractions of seconds are nanoseconds, else microseconds */
	uint8_t record_bytes; /* of a record header: 16, or 24 in the modified format */
	uint16_t linktype;    /* LINKTYPE_ value */
	enum savefile_lengths lengths;
	uint32_t snaplen; /* as in the file; at least 1, at most INT32_MAX + 14 */
};

/* Why a header was refused. */
struct savefile_fault {
	enum diag_code code;
	char text[100];
	const char *hint; /* static */
};

/* Reads a file header of which `size` bytes are there, at most SAVEFILE_HEADER. */
bool savefile_header(
	struct savefile *, const uint8_t *head, size_t size, struct savefile_fault *);

/* Reads a record header, record_bytes of them.  Fills `packet` but for `data`;
 * *stored is the number of packet bytes that follow in the file, at most
 * FILTER_SNAPLEN_MAX, of which the first caplen are the packet.  A file may claim a
 * caplen above len: both are given as they are, as in tcpdump. */
bool savefile_record(const struct savefile *, const uint8_t *head, struct packet *packet,
	uint32_t *stored, struct savefile_fault *);

#endif
