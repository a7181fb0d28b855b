/* splice.h: a compiled filter put into a kernel program, and that program loaded.
 *
 *     struct splice s;
 *     if (splice_begin(&s, &body, ds)) {
 *             skel = x_bpf__open();                  settings, sizes, autoload
 *             ok = skel && splice_load(&s, skel->skeleton, ds);
 *     }
 *     splice_end(&s);
 *
 * The programs that call the filter stand in sections "bpfcap/...", "bpfcap_tp/...".
 * libbpf keeps its section handlers and its message callback for the whole process: so
 * between begin and end no other thread may use libbpf. */
#ifndef BPFCAP_SPLICE_H
#define BPFCAP_SPLICE_H

#include <stdbool.h>
#include <stddef.h>

#include "../filter/diag.h"
#include "../filter/filter.h"

struct bpf_object_skeleton;
struct bpf_object;

#define SPLICE_OTHERS 3

struct splice {
	const struct filter_ebpf *body;
	struct splice_other {
		const char *section;
		const struct filter_ebpf *body;
	} other[SPLICE_OTHERS];           /* until the first without a body */
	const struct filter_ebpf *joined; /* the one of the program being loaded */
	struct bpf_object *object;        /* being loaded, else NULL */
	size_t first;                     /* instruction at which the body begins */
	const char *fault;                /* why the join failed, else NULL; static */
	int sets;                         /* map of theirs, until splice_end; -1: none */
	char *log;                        /* the verifier's, SPLICE_LOG bytes */
	char message[256];                /* libbpf's first warning, one line, or empty */
};

/* `body` is borrowed until splice_end.  It need not test its arguments for NULL. */
bool splice_begin(struct splice *, const struct filter_ebpf *body, struct diags *);
/* The programs whose sections begin with `section` get another body, of the same filter;
 * at most SPLICE_OTHERS times. */
void splice_other(struct splice *, const char *section, const struct filter_ebpf *body);
/* On refusal the error is DIAG_PERMISSION (no right to load) or DIAG_KERNEL. */
bool splice_load(struct splice *, struct bpf_object_skeleton *, struct diags *);
void splice_end(struct splice *);

#endif
