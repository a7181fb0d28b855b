/* filter_files.c: names of files come in from the compiler, their texts go out. */
#include "filter_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_file.h"

struct filter_text {
	struct filter_text *next;
	char *text;
};

static const char *
read_text(void *ctx, const char *name, const char *from, size_t *len, char *why,
	size_t size)
{
	(void)from; /* the name is a path from here already */
	struct filter_texts *texts = ctx;
	struct diags ds = { .count = 0 };
	struct filter_text *t = malloc(sizeof(*t));
	if (t == NULL)
		abort();
	bool ok = text_file_read(name, TEXT_FILE_MAX, &t->text, len, &ds);
	if (!ok) {
		free(t);
		snprintf(why, size, "%.100s", ds.count > 0 ? ds.diag[0].text : "");
		return NULL;
	}
	t->next = texts->first;
	texts->first = t;
	return t->text;
}

struct filter_files
filter_files(struct filter_texts *texts)
{
	return (struct filter_files){ .read = read_text, .ctx = texts };
}

void
filter_texts_free(struct filter_texts *texts)
{
	for (struct filter_text *t = texts->first, *next; t != NULL; t = next) {
		next = t->next;
		free(t->text);
		free(t);
	}
	texts->first = NULL;
}
