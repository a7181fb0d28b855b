/* sink.c: the sink that prints.
 *
 * In: packets.  Out: a line each, and the hex below it, to a FILE that stays the
 * caller's.  Owns the printer's text, caches and connection table. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../../filter/filter.h"
#include "dispatch.h"

struct sink_print {
	struct sink sink;
	struct printer printer;
	FILE *out;
	uint64_t number; /* of the packet, from 1 */
};

static bool
lost(struct diags *ds, int err)
{
	diags_error(ds, DIAG_WRITE, (struct span){ 0, 0 }, "standard output: %s",
		strerror(err));
	diags_hint(ds, "make room where the text goes, or read all that is printed");
	return false;
}

/* false: the record's lengths make no packet, and that is the line. */
static bool
header_right(struct printer *p, const struct packet *packet)
{
	if (packet->caplen && packet->len)
		return true;
	text_put(p, "[Invalid header: %s%s%s]", packet->caplen ? "" : "caplen==0",
		packet->caplen || packet->len ? "" : ", ", packet->len ? "" : "len==0");
	return false;
}

/* What became of it, which way it went, and by which queue: "xdp PASS in queue 2 ". */
static void
hook_print(struct printer *p, const struct packet *packet)
{
	static const char *const ways[] = {
		[PACKET_WAY_IN] = "in", [PACKET_WAY_OUT] = "out"
	};
	const bool told = packet->linktype == FILTER_LINK_LINUX_SLL2; /* by its header */
	if (packet->note)
		text_put(p, "%s ", packet->note);
	if (ways[packet->way] && !told)
		text_put(p, "%s ", ways[packet->way]);
	if (packet->queue > 0)
		text_put(p, "queue %u ", packet->queue - 1);
}

static void
packet_print(struct printer *p, const struct packet *packet, uint64_t number)
{
	struct cursor c = { packet->data, packet->caplen, packet->len };
	p->out.len = 0;
	p->out.closed = false;
	p->link_len = 0;
	p->depth = 0;
	p->proto = "";
	if (p->opts.number)
		text_put(p, "%5lu  ", (unsigned long)number);
	if (!header_right(p, packet)) {
		text_chr(p, '\n');
		return;
	}
	clock_print(p, packet->ts_ns);
	if (p->opts.hook && p->opts.verbose)
		hook_print(p, packet);
	const struct link_row *row = dispatch_link(packet->linktype);
	if (row)
		row->print(p, c);
	else
		hex_unknown(p, c, c.cap);
	p->out.closed = false; /* the mark is printed: hex and line end come behind it */
	hex_packet(p, c);
	text_chr(p, '\n');
}

static bool
print_write(struct sink *s, const struct packet *packet, struct diags *ds)
{
	struct sink_print *sp = (struct sink_print *)s;
	struct printer *p = &sp->printer;
	packet_print(p, packet, ++sp->number);
	if (fwrite(p->out.at, 1, p->out.len, sp->out) != p->out.len)
		return lost(ds, errno);
	return true;
}

static bool
print_flush(struct sink *s, struct diags *ds)
{
	struct sink_print *sp = (struct sink_print *)s;
	return fflush(sp->out) == 0 || lost(ds, errno);
}

static bool
print_close(struct sink *s, struct diags *ds)
{
	if (!s)
		return true;
	struct sink_print *sp = (struct sink_print *)s;
	bool ok = print_flush(s, ds);
	names_close(sp->printer.names);
	conns_close(sp->printer.conns);
	clock_close(sp->printer.clock);
	free(sp->printer.out.at);
	free(sp);
	return ok;
}

struct sink *
sink_print_open(const struct print_opts *opts, FILE *out)
{
	static const struct sink_ops ops = {
		.write = print_write, .flush = print_flush, .close = print_close
	};
	struct sink_print *sp = calloc(1, sizeof(*sp));
	if (!sp)
		abort();
	sp->sink.ops = &ops;
	sp->out = out;
	sp->printer.opts = *opts;
	sp->printer.hex_follows = opts->hex || opts->hex_ascii || opts->quiet;
	sp->printer.conns = conns_open();
	sp->printer.clock = clock_open();
	sp->printer.names = opts->numeric ? NULL : names_open();
	return &sp->sink;
}
