/* report.c: diags in, text on standard error out. */
#include "report.h"

#include <stdio.h>
#include <string.h>

#define WIDTH 76 /* columns of the expression that are shown */

/* The part of the expression round the span, on one line, and carets below it. */
static void
quote(const char *text, struct span span)
{
	size_t len = strlen(text), from = 0;
	size_t at = span.at < len ? span.at : len;
	if (len > WIDTH && at > WIDTH / 2)
		from = at - WIDTH / 2;
	size_t end = len - from > WIDTH ? from + WIDTH : len;
	fputs("  ", stderr);
	for (size_t i = from; i < end; i++) {
		unsigned char c = (unsigned char)text[i];
		fputc(c < ' ' ? ' ' : c < 0x7f ? c : '?', stderr);
	}
	fprintf(stderr, "\n  %*s^", (int)(at - from), "");
	for (size_t i = at + 1; i < at + span.len && i < end; i++)
		fputc('~', stderr);
	fputc('\n', stderr);
}

void
report(const struct diags *ds, const char *text, bool verbose)
{
	static const char *const prefix[] = {
		[SEV_ERROR] = "", [SEV_WARNING] = "warning: ", [SEV_NOTE] = ""
	};
	for (unsigned i = 0; i < ds->count; i++) {
		const struct diag *d = &ds->diag[i];
		bool quoted = d->span[0].len > 0 && text != NULL;
		if (d->severity == SEV_NOTE && !verbose)
			continue;
		fputs("bpfcap: ", stderr);
		if (d->file[0] != '\0')
			fprintf(stderr, "%s:%u:%u: ", d->file, d->line, d->column);
		fprintf(stderr, "%s%s%s%s%s\n", quoted ? "filter: " : "",
			prefix[d->severity], d->text, d->hint[0] ? "; " : "", d->hint);
		if (quoted)
			quote(text, d->span[0]);
	}
	if (ds->dropped > 0)
		fprintf(stderr, "bpfcap: and %u more messages\n", ds->dropped);
}
