/* lookup.h: names and files that are always the same, wherever a test runs. */
#ifndef BPFCAP_TESTS_FUZZ_LOOKUP_H
#define BPFCAP_TESTS_FUZZ_LOOKUP_H

#include "../../filter/filter.h"

/* What a name means is made of its first letter and its length; some are unknown. */
extern const struct filter_names lookup_names;

/* Lists and parts of programs; which one a name stands for depends on its first letter,
 * and some cannot be read. */
extern const struct filter_files lookup_files;

#endif
