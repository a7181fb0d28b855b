/* report.h: messages on standard error. */
#ifndef BPFCAP_REPORT_H
#define BPFCAP_REPORT_H

#include "../filter/diag.h"

/* "bpfcap: what is wrong; what to do", the expression with a caret under the fault where
 * there is one (text may be NULL).  `verbose`: how often -v was given.  Without, notes
 * are left out, and warnings about the expression when standard error is no terminal;
 * details are for -vv. */
void report(const struct diags *, const char *text, unsigned verbose);

#endif
