/* report.h: messages on standard error. */
#ifndef BPFCAP_REPORT_H
#define BPFCAP_REPORT_H

#include "../filter/diag.h"

/* "bpfcap: what is wrong; what to do", the expression with a caret under the fault where
 * there is one (text may be NULL).  Notes are left out unless `verbose`; so are warnings
 * about the expression when standard error is no terminal. */
void report(const struct diags *, const char *text, bool verbose);

#endif
