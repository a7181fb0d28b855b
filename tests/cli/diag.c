/* diag.c: the rows of error.tab in, the same rows out with the diag code and the place
 * that the compiler gives: `expression | link | code | at+len`.  What is no row is handed
 * through.  No names are known.  An expression that compiles has the code `none`, or that
 * of its first warning. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../filter/filter.h"

/* Cuts the last field off; NULL when there is none. */
static char *
cut(char *row)
{
	char *at = NULL;
	for (char *s = strstr(row, " | "); s != NULL; s = strstr(s + 1, " | "))
		at = s;
	if (at == NULL)
		return NULL;
	*at = '\0';
	return at + 3;
}

static bool
linktype_of(const char *name, uint16_t *out)
{
	char *end;
	*out = (uint16_t)strtoul(name, &end, 10);
	return (end != name && *end == '\0') || filter_linktype_by_name(name, out);
}

static bool
judge(const char *text, const char *link)
{
	struct filter_opts opts = {
		.text = text, .input = FILTER_INPUT_FILE, .snaplen = FILTER_SNAPLEN_MAX
	};
	struct filter *filter;
	struct diags ds = { 0 };
	if (!linktype_of(link, &opts.linktype))
		return false;
	bool ok = filter_compile(&opts, &filter, &ds);
	filter_free(filter);
	const struct diag *d = &ds.diag[0];
	if (ok != !diags_failed(&ds) || (ds.count == 0 && !ok))
		return false;
	printf("%s | %s | %s | %u+%u\n", text, link,
		ds.count > 0 ? diag_code_name(d->code) : "none", d->span[0].at,
		d->span[0].len);
	return true;
}

int
main(void)
{
	char *row = NULL;
	size_t room = 0;
	bool ok = true;
	while (ok && getline(&row, &room, stdin) > 0) {
		row[strcspn(row, "\n")] = '\0';
		if (row[0] == '#' || row[0] == '\0') {
			puts(row);
			continue;
		}
		char *at = cut(row), *code = at ? cut(row) : NULL;
		char *link = code ? cut(row) : NULL;
		ok = link != NULL && judge(row, link);
		if (!ok)
			fprintf(stderr, "diag: not to be judged: %s\n", row);
	}
	free(row);
	return ok ? 0 : 1;
}
