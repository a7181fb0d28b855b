/* diag.h: what a compile, or a step of the tool, has to say to the user.
 *
 * Errors are values: a step that can fail returns false (or NULL) and appends
 * to a `struct diags`.  Only src/main.c prints them.  Nothing here allocates. */
#ifndef BPFCAP_FILTER_DIAG_H
#define BPFCAP_FILTER_DIAG_H

#include <stdbool.h>
#include <stdint.h>

struct span {
	uint32_t at, len; /* bytes into the expression; len 0: no place */
};

enum severity { SEV_ERROR, SEV_WARNING, SEV_NOTE, SEV_DETAIL /* of the one before */ };

/* Stable: tests and the manual name these. */
enum diag_code {
#define X(code, name) DIAG_##code,
#include "diag.def"
#undef X
	DIAG_CODES
};

struct diag {
	enum diag_code code;
	enum severity severity;
	struct span span[2];   /* the fault, and what it clashes with */
	int err;               /* errno of a system call, else 0 */
	char file[80];         /* the place is in this file, */
	uint32_t line, column; /* ... here, from 1; spans are empty then */
	char text[200];        /* lower case, no newline: what is wrong */
	char hint[160];        /* what to write instead, or empty */
};

#define DIAGS_MAX 8

struct diags {
	unsigned count;   /* entries in use */
	unsigned dropped; /* messages beyond DIAGS_MAX */
	struct diag diag[DIAGS_MAX];
};

/* Appends a message; returns it so that a span or a hint can be added (a
 * scratch entry that is never shown when the list is full, never NULL). */
struct diag *diags_add(struct diags *, enum diag_code, enum severity, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

/* Appends an error, and always returns false, so that a step can
 * `return diags_error(...)`. */
bool diags_error(struct diags *, enum diag_code, struct span, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Sets the hint of the message that came last (no-op on an empty list). */
void diags_hint(struct diags *, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

bool diags_failed(const struct diags *); /* is there an error among them? */

const char *diag_code_name(enum diag_code);

#endif
