/* stop.h: the signals that end a run in good order, or ask how it goes. */
#ifndef BPFCAP_STOP_H
#define BPFCAP_STOP_H

#include <stdbool.h>

/* At the start: SIGPIPE and SIGXFSZ are errors of write(2), SIGUSR1 does nothing. */
void stop_prepare(void);

/* Before something is opened that is to be closed in good order: from here on SIGINT,
 * SIGTERM and SIGHUP are counted.  Until then they end the program: a filter may take
 * long to compile. */
void stop_catch(void);
unsigned stop_signals(void);

/* From here on SIGUSR1 is noted. */
void stop_answer(void);
/* Has there been one since it was asked last? */
bool stop_asked(void);

#endif
