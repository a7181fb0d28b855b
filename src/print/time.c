/* time.c: the time stamp in front of a line, in the six forms of -t.
 *
 * In: nanoseconds since 1970.  Out: text.  Keeps the first and the last stamp
 * for the differences, and the last second in words: localtime_r() is slow. */
#include "printer.h"

#include <stdlib.h>
#include <time.h>

enum { NS = 1000000000 };

struct clock {
	bool started;
	int64_t first, last; /* ns */
	bool cached;
	int64_t second; /* that `tm` shows, s */
	struct tm tm;
};

struct clock *
clock_open(void)
{
	struct clock *k = calloc(1, sizeof(*k));
	if (!k)
		abort();
	tzset();
	return k;
}

void
clock_close(struct clock *k)
{
	free(k);
}

static void
fraction(struct printer *p, uint32_t ns)
{
	if (p->opts.nano)
		text_put(p, ".%09u ", ns);
	else
		text_put(p, ".%06u ", ns / 1000);
}

static void
hms(struct printer *p, const struct tm *tm)
{
	text_put(p, "%02d:%02d:%02d", tm->tm_hour, tm->tm_min, tm->tm_sec);
}

static void
calendar(struct printer *p, int64_t sec, bool date)
{
	struct clock *k = p->clock;
	if (!k->cached || k->second != sec) {
		time_t t = (time_t)sec;
		k->cached = localtime_r(&t, &k->tm) != NULL;
		k->second = sec;
	}
	if (!k->cached) {
		text_str(p, "[Error converting time]");
		return;
	}
	if (date)
		text_put(p, "%04d-%02d-%02d ", k->tm.tm_year + 1900, k->tm.tm_mon + 1,
			k->tm.tm_mday);
	hms(p, &k->tm);
}

/* The unit of the fraction is what the reader sees, so a difference is one of
 * whole microseconds unless nine digits were asked for. */
static void
difference(struct printer *p, int64_t ts, int64_t since)
{
	int64_t unit = p->opts.nano ? 1 : 1000;
	int64_t d =
		(int64_t)((uint64_t)(ts - ts % unit) - (uint64_t)(since - since % unit));
	text_chr(p, d < 0 ? '-' : ' ');
	uint64_t abs = d < 0 ? -(uint64_t)d : (uint64_t)d;
	time_t sec = (time_t)(abs / NS);
	struct tm tm;
	if (gmtime_r(&sec, &tm))
		hms(p, &tm);
	fraction(p, (uint32_t)(abs % NS));
}

void
clock_print(struct printer *p, int64_t ts)
{
	struct clock *k = p->clock;
	if (!k->started)
		k->first = k->last = ts;
	k->started = true;
	int64_t sec = ts / NS - (ts % NS < 0);
	uint32_t ns = (uint32_t)(ts - sec * NS);
	switch (p->opts.time) {
	case PRINT_TIME_NONE: break;
	case PRINT_TIME_EPOCH:
		text_put(p, "%ld", (long)sec);
		fraction(p, ns);
		break;
	case PRINT_TIME_DELTA: difference(p, ts, k->last); break;
	case PRINT_TIME_FIRST: difference(p, ts, k->first); break;
	case PRINT_TIME_OF_DAY:
	case PRINT_TIME_DATE:
		calendar(p, sec, p->opts.time == PRINT_TIME_DATE);
		fraction(p, ns);
		break;
	}
	k->last = ts;
}
