/* stop.c: signals in; flags, which are all that a handler can reach, out. */
#include "stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t signals, asked;

static void
on_stop(int signal)
{
	(void)signal;
	signals++;
}

static void
on_ask(int signal)
{
	(void)signal;
	asked = 1;
}

/* A closed pipe and a file that may not grow are told where they happen. */
void
stop_prepare(void)
{
	signal(SIGUSR1, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
}

/* SIGHUP stays ignored where it was (nohup); SIGINT does not, for a shell without job
 * control ignores it in every background job. */
void
stop_catch(void)
{
	struct sigaction act = { .sa_handler = on_stop }, old;
	sigemptyset(&act.sa_mask);
	sigaction(SIGINT, &act, NULL);
	sigaction(SIGTERM, &act, NULL);
	if (sigaction(SIGHUP, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(SIGHUP, &act, NULL);
}

unsigned
stop_signals(void)
{
	return (unsigned)signals;
}

/* write(2) goes on behind this signal; poll(2) does not, so the loop comes by. */
void
stop_answer(void)
{
	struct sigaction act = { .sa_handler = on_ask, .sa_flags = SA_RESTART };
	sigemptyset(&act.sa_mask);
	sigaction(SIGUSR1, &act, NULL);
}

bool
stop_asked(void)
{
	const bool was = asked != 0;
	asked = 0;
	return was;
}
