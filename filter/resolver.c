/* resolver.c: what all files of the resolve step call: places in the packet, entries,
 * messages, the text of a token. */
#include "resolver.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static struct place
place_at(struct place from, int off)
{
	from.off += (uint32_t)off;
	return from;
}

/* The link type's headers, when the packet (or what is inside a tunnel) begins there. */
struct layer
layer_of(const struct linktype *link, struct place start)
{
	return (struct layer){ .link = link,
		.header = place_at(start, link->header),
		.type = place_at(start, link->type_at),
		.payload = place_at(start, link->payload),
		.net = (uint32_t)link->net,
		.net_llc = (uint32_t)link->net_llc };
}

const struct value *
resolve_load(struct resolver *r, struct place p, uint32_t off, unsigned size)
{
	r->used |= p.needs;
	r->shifted |= p.shifted;
	return value_load(r->values, p.base, p.off + off, size);
}

struct place
place_net(const struct layer *l)
{
	struct place p = l->payload;
	p.off += l->net;
	p.shifted |= l->labels;
	return p;
}

const struct value *
resolve_net(struct resolver *r, uint32_t off, unsigned size)
{
	return resolve_load(r, place_net(&r->layer), off, size);
}

struct test *
resolve_masked(struct resolver *r, const struct value *v, uint32_t mask, uint32_t k)
{
	v = value_arith(r->values, OP_AND, v, value_const(r->values, mask));
	return test_equal(r->arena, v, k);
}

const struct value *
resolve_slot(struct resolver *r, uint32_t hi)
{
	if (r->slots < SLOTS)
		return value_slot(r->values, r->slots++, hi);
	resolve_fault(
		r, DIAG_REGISTERS, r->span, "too many encapsulations of varying length");
	diags_hint(r->diags, "%d places can be kept: write fewer of them", SLOTS);
	return NULL;
}

bool
resolve_entry(struct resolver *r, struct entry e, unsigned *out)
{
	if (r->entries < ENTRIES) {
		*out = r->entries;
		r->entry[r->entries++] = e;
		return true;
	}
	*out = ENTRIES;
	return e.shifts || resolve_fault(r, DIAG_SIZE, r->span,
				   "more than %d encapsulations", ENTRIES) != NULL;
}

struct test *
resolve_fault(
	struct resolver *r, enum diag_code code, struct span span, const char *fmt, ...)
{
	char text[sizeof(((struct diag *)0)->text)];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	diags_error(r->diags, code, span, "%s", text);
	return NULL;
}

struct test *
resolve_no_link(struct resolver *r, const char *what)
{
	const char *name = r->layer.link->name;
	if (r->layer.link == linktype_find(r->opts->linktype))
		name = r->linkname;
	return resolve_fault(
		r, DIAG_LINKTYPE, r->span, "'%s' not supported on %s", what, name);
}

struct test *
resolve_bad_qualifier(struct resolver *r, const struct ast *a, const char *what)
{
	const struct proto *p = proto_find(a->quals.proto);
	struct span span = a->quals.span.len ? a->quals.span : a->span;
	return resolve_fault(r, DIAG_QUALIFIER, span,
		"'%s' is not a valid qualifier for '%s'", p->name, what);
}

struct test *
resolve_wlan_only(struct resolver *r)
{
	resolve_fault(r, DIAG_LINKTYPE, r->span,
		"addr1 to addr4, ra and ta are valid for 802.11 syntax only");
	diags_hint(r->diags, "use 'src' or 'dst', or a MAC address on 802.11");
	return NULL;
}

struct test *
resolve_ends(struct resolver *r, enum qual_dir dir, struct test *src, struct test *dst)
{
	if (dir >= DIR_ADDR1)
		return resolve_wlan_only(r);
	if (dir == DIR_SRC || dir == DIR_DST)
		return dir == DIR_SRC ? src : dst;
	return dir == DIR_SRC_AND_DST ? test_and(r->arena, src, dst)
				      : test_or(r->arena, src, dst);
}

bool
resolve_in_range(
	struct resolver *r, struct span span, const char *what, uint32_t n, uint32_t max)
{
	return n <= max || diags_error(r->diags, DIAG_RANGE, span,
				   "%s %u greater than maximum %u", what, n, max);
}

const char *
resolve_text(struct resolver *r, const struct token *t)
{
	char *s = ARENA_ARRAY(r->arena, (size_t)t->span.len + 1, char);
	memcpy(s, r->opts->text + t->span.at, t->span.len);
	return s;
}
