/* origin.c: the spans of the block that is being written in; a table of instructions and
 * places in the expression out, so that what the kernel says of an instruction can be
 * said of what was typed. */
#include <stdlib.h>
#include <string.h>

#include "emit.h"

static uint32_t
end_of(struct span s)
{
	return s.at + s.len;
}

/* The first of the spans, and what the others reach over. */
static struct filter_origin
summarise(uint32_t at, const struct source_span *source)
{
	struct filter_origin o = { .at = at };
	for (const struct source_span *s = source; s != NULL; s = s->next)
		if (s == source || s->span.at < o.span[0].at)
			o.span[0] = s->span;
	for (const struct source_span *s = source; s != NULL; s = s->next) {
		struct span *rest = &o.span[1];
		if (s->span.at < end_of(o.span[0]))
			continue; /* that span itself, or within it */
		uint32_t end = end_of(s->span);
		uint32_t from = s->span.at;
		if (rest->len > 0) {
			end = end > end_of(*rest) ? end : end_of(*rest);
			from = from < rest->at ? from : rest->at;
		}
		*rest = (struct span){ from, end - from };
	}
	return o;
}

void
origin_mark(struct emit *e, const struct source_span *source)
{
	if (e->origins > 0 && e->source == source)
		return;
	ARENA_MORE(e->arena, e->origin, e->origins, &e->origin_room);
	e->origin[e->origins++] = summarise(e->count, source);
	e->source = source;
}

void
origin_keep(const struct emit *e, struct filter_ebpf *out)
{
	out->origin = malloc((e->origins + 1) * sizeof(*out->origin));
	if (out->origin == NULL)
		abort();
	if (e->origins > 0)
		memcpy(out->origin, e->origin, e->origins * sizeof(*out->origin));
	out->origins = e->origins;
}

bool
filter_ebpf_origin(const struct filter_ebpf *e, size_t insn, struct span out[2])
{
	size_t lo = 0, hi = e->origins; /* what holds for insn is before hi */
	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		if (e->origin[mid].at <= insn)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (insn >= e->count || hi == 0 || e->origin[hi - 1].span[0].len == 0)
		return false;
	memcpy(out, e->origin[hi - 1].span, sizeof(e->origin[hi - 1].span));
	return true;
}
