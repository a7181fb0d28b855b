/* filter_try.h: one compile, for the unit tests of the compiler: text in, a filter or the
 * first message out. */
#ifndef BPFCAP_TESTS_FILTER_TRY_H
#define BPFCAP_TESTS_FILTER_TRY_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../filter/filter.h"

struct
try {
	struct filter *filter; /* NULL: it did not compile */
	struct diags diags;
};

/* How many of these rounds: all, or one of TEST_SHARE, for builds that are slow. */
static inline unsigned
try_rounds(unsigned all)
{
	const char *text = getenv("TEST_SHARE");
	const unsigned share = text ? (unsigned)strtoul(text, NULL, 10) : 1;
	return share > 1 ? (all + share - 1) / share : all;
}

static inline struct filter_opts
try_opts(const char *text)
{
	return (struct filter_opts){ .text = text,
		.linktype = FILTER_LINK_EN10MB,
		.snaplen = FILTER_SNAPLEN_MAX,
		.netmask = 0xffffff00 };
}

static inline struct try
try_compile(const struct filter_opts *opts)
{
	struct try t = { 0 };
	const bool ok = filter_compile(opts, &t.filter, &t.diags);
	if (ok != (t.filter != NULL) || ok == diags_failed(&t.diags))
		fail_msg("'%.80s': result and messages differ", opts->text);
	return t;
}

/* The code of the first error; DIAG_NONE when there is none. */
static inline enum diag_code
try_code(const struct filter_opts *opts)
{
	struct try t = try_compile(opts);
	const bool ok = t.filter != NULL;
	filter_free(t.filter);
	return ok ? DIAG_NONE : t.diags.diag[0].code;
}

/* The listing, malloc'd; an expression that does not compile fails the test. */
static inline char *
try_listing(const struct filter_opts *opts)
{
	struct try t = try_compile(opts);
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	if (t.filter == NULL)
		fail_msg("'%.80s': %s", opts->text, t.diags.diag[0].text);
	assert_non_null(f);
	assert_true(filter_print(t.filter, FILTER_FORMAT_LISTING, f, &t.diags));
	fclose(f);
	filter_free(t.filter);
	return text;
}

#endif
