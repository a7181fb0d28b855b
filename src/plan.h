/* plan.h: what will be done, decided once: where packets come from, which program
 * matches them and where it runs, and where they go. */
#ifndef BPFCAP_PLAN_H
#define BPFCAP_PLAN_H

#include "options.h"
#include "sink.h"
#include "source.h"

struct plan {
	const char *text;      /* the expression, for messages; owned by the plan */
	char *file_text;       /* of -F; malloc'd, or NULL */
	struct filter *filter; /* of the source's link type and input kind */
	struct source *source;
	struct sink *sink;
	bool live;
};

/* All decided, opened and announced; false: the cause is in the diags, and the plan is
 * only good for plan_close. */
bool plan_make(const struct options *, struct plan *, struct diags *);

/* -d, --explain: compiles as plan_make would, and prints to standard output. */
bool plan_dump(const struct options *, struct plan *, struct diags *);

/* --prove: compiles for what plan_dump would, and proves it; false: not proved. */
bool plan_prove(const struct options *, struct plan *, struct diags *);

/* --diff: likewise with both expressions; messages on the second go to ds[1].  False:
 * they are not equal. */
bool plan_diff(const struct options *, struct plan *, struct diags ds[2]);

/* Closes what is open; false when data could not be written. */
bool plan_close(struct plan *, struct diags *);

#endif
