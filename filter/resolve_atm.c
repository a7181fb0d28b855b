/* resolve_atm.c: ATM cells as SunATM captures them: 4 bytes before the payload, which are
 * the kind of traffic, the VPI and the VCI (tcpdump.org, LINKTYPE_SUNATM). */
#include "resolve.h"

enum { VPI_AT = 1, VCI_AT = 2, MESSAGE_AT = 9 };

/* Words for a VPI of 0 and a VCI (ITU-T I.361 §2.2.3). */
static const struct {
	const char *word;
	uint8_t vci;
} channels[PRIMS] = {
	[PRIM_METAC] = { "metac", 1 },
	[PRIM_BCC] = { "bcc", 2 },
	[PRIM_OAMF4SC] = { "oamf4sc", 3 },
	[PRIM_OAMF4EC] = { "oamf4ec", 4 },
	[PRIM_SC] = { "sc", 5 },
	[PRIM_ILMIC] = { "ilmic", 16 },
	[PRIM_OAM] = { "oam", 0 },
	[PRIM_VPI] = { "vpi", 0 },
	[PRIM_VCI] = { "vci", 0 },
	[PRIM_CONNECTMSG] = { "connectmsg", 0 },
	[PRIM_METACONNECT] = { "metaconnect", 0 },
};

/* ITU-T Q.2931 §4.4: setup, call proceeding, connect, connect ack, release, release done
 */
static const uint8_t connect[] = { 5, 2, 7, 0x0f, 0x4d, 0x5a };
static const uint8_t meta_connect[] = { 5, 2, 7, 0x4d, 0x5a };

static const struct value *
field(struct resolver *r, uint32_t off, unsigned size)
{
	return resolve_load(r, r->layer.header, off, size);
}

static struct test *
channel(struct resolver *r, uint32_t vci)
{
	return test_and(r->arena, test_equal(r->arena, field(r, VPI_AT, 1), 0),
		test_equal(r->arena, field(r, VCI_AT, 2), vci));
}

static struct test *
oam(struct resolver *r)
{
	struct test *either =
		test_or(r->arena, test_equal(r->arena, field(r, VCI_AT, 2), 3),
			test_equal(r->arena, field(r, VCI_AT, 2), 4));
	return test_and(r->arena, test_equal(r->arena, field(r, VPI_AT, 1), 0), either);
}

static struct test *
message(struct resolver *r, uint32_t vci, const uint8_t *types, unsigned count)
{
	struct test *any = NULL;
	for (unsigned i = 0; i < count; i++)
		any = test_or(r->arena, any,
			test_equal(r->arena, field(r, MESSAGE_AT, 1), types[i]));
	return test_and(r->arena, channel(r, vci), any);
}

static uint32_t
as_is(uint32_t v)
{
	return v;
}

struct test *
resolve_atm(struct resolver *r, const struct ast *a)
{
	if (linktype_find(r->opts->linktype)->key != KEY_SUNATM) {
		resolve_fault(r, DIAG_LINKTYPE, a->span, "'%s' supported only on SUNATM",
			channels[a->prim].word);
		diags_hint(r->diags, "compile with -y SUNATM");
		return NULL;
	}
	if (channels[a->prim].vci != 0)
		return channel(r, channels[a->prim].vci);
	if (a->prim == PRIM_OAM)
		return oam(r);
	if (a->prim == PRIM_CONNECTMSG)
		return message(r, channels[PRIM_SC].vci, connect, sizeof(connect));
	if (a->prim == PRIM_METACONNECT)
		return message(
			r, channels[PRIM_METAC].vci, meta_connect, sizeof(meta_connect));
	if (a->prim == PRIM_VPI)
		return resolve_field_values(r, a, field(r, VPI_AT, 1), 255, as_is);
	return resolve_field_values(r, a, field(r, VCI_AT, 2), 65535, as_is);
}
