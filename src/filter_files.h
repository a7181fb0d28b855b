/* filter_files.h: the files that an expression names (`@file`, include), for the
 * compiler. */
#ifndef BPFCAP_FILTER_FILES_H
#define BPFCAP_FILTER_FILES_H

#include "../filter/filter.h"

/* Texts that have been read; all zero: none. */
struct filter_texts {
	struct filter_text *first;
};

/* The callback; texts stay in `texts`. */
struct filter_files filter_files(struct filter_texts *texts);

void filter_texts_free(struct filter_texts *);

#endif
