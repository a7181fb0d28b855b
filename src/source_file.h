/* source_file.h: a capture file as a source. */
#ifndef BPFCAP_SOURCE_FILE_H
#define BPFCAP_SOURCE_FILE_H

#include "source.h"

/* Opens a classic capture; "-" is standard input.  `path` is borrowed until close.
 * NULL with an error in the diags when it cannot be opened or is no such file; a pipe
 * is waited for until its file header is there or a signal comes.
 *
 * source_next() gives SOURCE_IDLE too while a pipe, terminal or socket has nothing to
 * read.  stop() ends a file at once: the next call gives SOURCE_END.  There are no
 * stats: stats() returns false.  `snaplen` may exceed FILTER_SNAPLEN_MAX, as files say.
 */
struct source *source_file_open(const char *path, struct diags *);

#endif
