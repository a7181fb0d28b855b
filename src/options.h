/* options.h: the command line, read once; const from then on. */
#ifndef BPFCAP_OPTIONS_H
#define BPFCAP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "../filter/diag.h"
#include "../filter/filter.h"
#include "emit.h"
#include "live.h"
#include "live_hook.h"
#include "print/print.h"

enum mode {
	MODE_PACKETS,
	MODE_DUMP,
	MODE_EXPLAIN,
	MODE_PROVE,
	MODE_DIFF,
	MODE_LIST,
	MODE_LINKS,
	MODE_HOOKS,
	MODE_HELP,
	MODE_VERSION
};

struct options {
	enum mode mode;
	const char *device;      /* -i; NULL: the first one that is up */
	const char *read_file;   /* -r; NULL: capture */
	const char *write_file;  /* -w; NULL: print */
	const char *filter_file; /* -F */
	const char *user;        /* -Z; NULL: stay who we are */
	char *expression;        /* what is left of argv, joined; malloc'd */
	char *second;            /* --diff: the other expression; malloc'd */
	struct emit emit;        /* with MODE_DUMP, and with `listing` */
	bool listing;            /* --prove and -d */
	const char *witness;     /* --witness; NULL: no file */
	uint32_t prove_ms;       /* --prove-limit */
	bool list_links;         /* -L */
	bool has_linktype;       /* -y */
	uint16_t linktype;       /* its LINKTYPE_ */
	uint64_t count;          /* -c; 0: no limit */
	uint32_t snaplen;        /* -s, bytes */
	uint32_t buffer_kib;     /* -B; 0: default */
	enum live_direction direction;
	const struct live_hook *hook; /* --hook; without it auto, never NULL */
	unsigned verbose;             /* -v */
	bool no_promisc;              /* -p */
	bool no_optimise;             /* -O */
	const char *passes;           /* --opt-passes; NULL: all */
	bool packet_buffered;         /* -U */
	bool line_buffered;           /* -l */
	bool immediate;               /* --immediate-mode */
	bool json;                    /* --json */
	bool micro;                   /* --micro: even where the source is finer */
	struct print_opts print;
};

/* False: wrong usage, an error is in the diags.  Strings are argv's. */
bool options_parse(int argc, char **argv, struct options *, struct diags *);
void options_free(struct options *);

/* Usage, a line an option. */
void options_help(FILE *);

#endif
