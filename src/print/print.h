/* print.h: packets as text, one line each (and hex below it when asked for), in
 * tcpdump's format. */
#ifndef BPFCAP_PRINT_H
#define BPFCAP_PRINT_H

#include <stdbool.h>
#include <stdio.h>

#include "../packet.h"
#include "../sink.h"

enum print_time {
	PRINT_TIME_OF_DAY, /* default: 12:34:56.123456, local time zone */
	PRINT_TIME_NONE,   /* -t */
	PRINT_TIME_EPOCH,  /* -tt */
	PRINT_TIME_DELTA,  /* -ttt */
	PRINT_TIME_DATE,   /* -tttt */
	PRINT_TIME_FIRST,  /* -ttttt */
};

/* 0: no, 1: from the network header on (-x), 2: with the link header (-xx). */
struct print_opts {
	enum print_time time;
	unsigned numeric; /* -n: no names for addresses and ports */
	unsigned verbose; /* -v …; only what the printers of today know of it */
	bool hook;        /* --hook was given: with -v, what is known of a packet there */
	bool link_header; /* -e */
	bool quiet;       /* -q */
	bool number;      /* -# */
	bool absolute_seq;  /* -S */
	bool nano;          /* nine digits of fraction */
	unsigned hex;       /* -x, -xx */
	unsigned hex_ascii; /* -X, -XX */
	unsigned ascii;     /* -A, -AA */
};

/* A sink that prints to `out`, which stays the caller's. NULL never: aborts when the
 * system has no memory. */
struct sink *sink_print_open(const struct print_opts *, FILE *out);

#endif
