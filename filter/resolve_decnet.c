/* resolve_decnet.c: DECnet phase IV addresses (DNA Routing Layer 2.0.0, §9): an area and
 * a node, little-endian, in headers that are long or short, and padded or not. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

enum { AREA_MAX = 63, NODE_MAX = 1023 };

/* The first two bytes are a length; then flags, or one byte of padding and flags. */
static const struct form {
	bool padded, is_long;
} forms[] = { { false, false }, { true, false }, { false, true }, { true, true } };

static struct test *
address(struct resolver *r, const struct form *f, bool src, uint16_t addr)
{
	uint32_t flags = f->padded ? 3 : 2;
	uint32_t at = f->is_long ? (src ? 15 : 7) : (src ? 3 : 1);
	return test_equal(r->arena, resolve_net(r, flags + at, 2), addr);
}

static struct test *
is_form(struct resolver *r, const struct form *f)
{
	uint32_t kind = f->is_long ? 6 : 2;
	if (f->padded)
		return resolve_masked(r, resolve_net(r, 2, 2), 0xff07, 0x8100 | kind);
	return resolve_masked(r, resolve_net(r, 2, 1), 7, kind);
}

static struct test *
one_end(struct resolver *r, bool src, uint16_t addr)
{
	struct test *any = NULL;
	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		any = test_or(r->arena, any,
			test_and(r->arena, is_form(r, &forms[i]),
				address(r, &forms[i], src, addr)));
	return any;
}

static bool
parse_address(const char *text, uint16_t *out)
{
	char *end;
	unsigned long area = strtoul(text, &end, 10);
	if (text[0] < '0' || text[0] > '9' || *end != '.' || end[1] < '0' || end[1] > '9')
		return false;
	unsigned long node = strtoul(end + 1, &end, 10);
	*out = (uint16_t)(area << 10 | node);
	return *end == '\0' && area <= AREA_MAX && node <= NODE_MAX;
}

struct test *
resolve_decnet(struct resolver *r, const struct ast *a)
{
	uint16_t addr;
	const char *text = resolve_text(r, a->id.first);
	bool two_parts = a->id.kind == ID_IPV4 && a->id.first->parts == 2;
	if (a->quals.type == TYPE_NET)
		return resolve_bad_qualifier(r, a, "net");
	if (a->id.kind != ID_NAME && a->id.kind != ID_NUMBER && !two_parts)
		return resolve_bad_qualifier(r, a, "host");
	if (a->id.kind == ID_NUMBER) /* area and node in one, as libpcap has it */
		addr = (uint16_t)a->id.first->number;
	else if (!parse_address(text, &addr)) {
		resolve_fault(
			r, DIAG_ADDRESS, a->span, "invalid DECnet address '%.80s'", text);
		diags_hint(r->diags, "write area.node: up to %d.%d", AREA_MAX, NODE_MAX);
		return NULL;
	}
	addr = (uint16_t)(addr << 8 | addr >> 8); /* as a big-endian load sees it */
	struct test *decnet = resolve_link_type(r, proto_find(PROTO_DECNET)->key);
	if (decnet == NULL)
		return NULL;
	struct test *src = one_end(r, true, addr), *dst = one_end(r, false, addr);
	struct test *ends = resolve_ends(r, a->quals.dir, src, dst);
	return ends != NULL ? test_and(r->arena, decnet, ends) : NULL;
}
