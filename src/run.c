/* run.c: the only loop over packets. */
#include "run.h"

#include <inttypes.h>
#include <stdio.h>

#include "stop.h"

struct loop {
	const struct options *o;
	struct plan *p;
	struct diags *ds;
	uint64_t captured;
	bool stopping;
};

static bool
matches(const struct plan *p, const struct packet *k)
{
	struct filter_packet f = { .data = k->data, .caplen = k->caplen, .len = k->len };
	return p->source->matched || filter_match(p->filter, &f) != 0;
}

static void
print_count(uint64_t n, const char *what, const char *between)
{
	fprintf(stderr, "%s%" PRIu64 " packet%s %s", between, n, n == 1 ? "" : "s", what);
}

/* A line each at the end, one line for SIGUSR1: what tcpdump prints. */
static void
print_stats(const struct loop *l, const char *between)
{
	struct source_stats stats;
	struct source *s = l->p->source;
	print_count(l->captured, "captured", "");
	if (s->ops->stats(s, &stats)) {
		print_count(stats.received, "received by filter", between);
		print_count(stats.dropped, "dropped by kernel", between);
	}
	fputc('\n', stderr);
}

/* After a signal: nothing new comes, what was captured is still delivered.  A second
 * signal ends that too. */
static bool
goes_on(struct loop *l)
{
	if (stop_signals() > 1)
		return false;
	if (stop_asked()) {
		fputs("bpfcap: ", stderr);
		print_stats(l, ", ");
	}
	if (stop_signals() > 0 && !l->stopping) {
		l->p->source->ops->stop(l->p->source);
		l->stopping = true;
	}
	return true;
}

/* *more: false when the loop ends. */
static bool
step(struct loop *l, bool *more)
{
	struct packet k;
	struct sink *sink = l->p->sink;
	switch (source_next(l->p->source, &k, l->ds)) {
	case SOURCE_PACKET:
		if (!matches(l->p, &k))
			return true;
		if (!sink->ops->write(sink, &k, l->ds) ||
			(l->o->packet_buffered && !sink->ops->flush(sink, l->ds)))
			return false;
		*more = ++l->captured != l->o->count;
		return true;
	case SOURCE_IDLE: return sink->ops->flush(sink, l->ds);
	case SOURCE_END: *more = false; return true;
	case SOURCE_FAILED: break;
	}
	return false;
}

bool
run(const struct options *o, struct plan *p, struct diags *ds)
{
	struct loop l = { .o = o, .p = p, .ds = ds };
	bool ok = true, more = true;
	stop_answer();
	while (more && ok && goes_on(&l))
		ok = step(&l, &more);
	ok = p->sink->ops->flush(p->sink, ds) && ok;
	if (p->live)
		print_stats(&l, "\n");
	return ok;
}
