/* emit.h: --emit: a filter as something else, for a hook, into a file.
 *
 * In: a compiled filter; out: text, or an object file, on standard output or in the file
 * of -o.  Forms that are the compiler's own are filter.h's; the others are rows here. */
#ifndef BPFCAP_EMIT_H
#define BPFCAP_EMIT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../filter/diag.h"
#include "../filter/filter.h"

/* What programs are made for, by the name of --hook. */
struct emit_hook {
	const char *name;
	enum filter_reads reads;
	enum filter_input input;
	uint16_t linktype;   /* when nobody names one; 0: Ethernet is assumed */
	bool drop;           /* without --action, packets that match are dropped */
	const char *section; /* of an object file; NULL: there is none for it */
};

struct emit;
struct emit_object {
	const char *name;
	bool (*make)(const struct emit *, const struct filter *, FILE *, struct diags *);
	bool binary;
};

enum emit_action { EMIT_DEFAULT, EMIT_PASS, EMIT_DROP };

struct emit {
	enum filter_format format;        /* the compiler's, when `object` is NULL */
	const struct emit_object *object; /* or one of this room */
	const struct emit_hook *hook;     /* NULL: the form knows none */
	const char *output;               /* -o; NULL or "-": standard output */
	enum emit_action action;          /* --action: of packets that match */
	const char *text;                 /* the expression, that spans are into */
};

/* Sets format or object.  False: there is none of that name, an error lists them. */
bool emit_form_find(const char *name, struct emit *, struct diags *);

/* Checks the options against each other, and finds the hook; `hook`: --hook, or NULL. */
bool emit_settle(struct emit *, const char *hook, struct diags *);

/* What the form is compiled for.  `assumed`: nobody has named the link type. */
void emit_input(
	const struct emit *, bool assumed, uint16_t *linktype, enum filter_input *);

/* False, and an error: the form is not for packets that begin with that header. */
bool emit_fits(const struct emit *, uint16_t linktype, enum filter_input, struct diags *);

bool emit_drops(const struct emit *);

/* Writes the filter to e->output. */
bool emit_write(const struct emit *, const struct filter *, struct diags *);

/* emit_elf.c, emit_kernel.c; emit_none.c in a build without libbpf. */
bool emit_elf(const struct emit *, const struct filter *, FILE *, struct diags *);
bool emit_xlated(const struct emit *, const struct filter *, FILE *, struct diags *);
bool emit_jited(const struct emit *, const struct filter *, FILE *, struct diags *);

#endif
