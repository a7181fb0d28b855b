/* text_file.h: a file of text, whole: filters (-F), lists of addresses. */
#ifndef BPFCAP_TEXT_FILE_H
#define BPFCAP_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "../filter/diag.h"

#define TEXT_FILE_MAX ((size_t)64 << 20) /* bytes; what the tool reads at most */

/* Reads a regular file, a pipe, or standard input for "-", of at most `max` bytes and
 * without NUL bytes.  *out is NUL-terminated and the caller's, to free; *len counts its
 * bytes before that.  On failure *out is NULL and an error has been added; a signal ends
 * the waiting for a pipe. */
bool text_file_read(
	const char *path, size_t max, char **out, size_t *len, struct diags *);

#endif
