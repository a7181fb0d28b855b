/* diag.c: appending to a list of messages. */
#include "diag.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const code_names[] = {
#define X(code, name) name,
#include "diag.def"
#undef X
};

/* What is quoted from an expression or a file may hold anything. */
static void
make_printable(char *s)
{
	for (; *s != '\0'; s++)
		if ((unsigned char)*s < ' ' || *s == 0x7f)
			*s = '?';
}

static struct diag *
append(struct diags *ds, enum diag_code code, enum severity severity, const char *fmt,
	va_list ap)
{
	if (ds->count == DIAGS_MAX) {
		ds->dropped++;
		ds->count--; /* the last one is the least wanted: it may be an echo */
	}
	struct diag *d = &ds->diag[ds->count++];
	*d = (struct diag){ .code = code, .severity = severity };
	vsnprintf(d->text, sizeof(d->text), fmt, ap);
	make_printable(d->text);
	return d;
}

struct diag *
diags_add(struct diags *ds, enum diag_code code, enum severity severity, const char *fmt,
	...)
{
	va_list ap;
	va_start(ap, fmt);
	struct diag *d = append(ds, code, severity, fmt, ap);
	va_end(ap);
	return d;
}

bool
diags_error(struct diags *ds, enum diag_code code, struct span span, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	append(ds, code, SEV_ERROR, fmt, ap)->span[0] = span;
	va_end(ap);
	return false;
}

void
diags_hint(struct diags *ds, const char *fmt, ...)
{
	if (ds->count == 0)
		return;
	struct diag *d = &ds->diag[ds->count - 1];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(d->hint, sizeof(d->hint), fmt, ap);
	make_printable(d->hint);
	va_end(ap);
}

bool
diags_failed(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		if (ds->diag[i].severity == SEV_ERROR)
			return true;
	return false;
}

const char *
diag_code_name(enum diag_code code)
{
	return (unsigned)code < DIAG_CODES ? code_names[code] : "unknown";
}
