/* resolve_iso.c: ISO network protocols (ISO/IEC TR 9577), and the PDUs of IS-IS
 * (ISO/IEC 10589 §9). */
#include "resolve.h"

enum { ISO_ISIS = 0x83, PDU_TYPE = 4, PDU_MASK = 0x1f };

/* PDU types of each word, in the order of testing; 0 at the end. */
static const uint8_t words[PROTOS][6] = {
	[PROTO_L1] = { 26, 24, 18, 15, 17 },
	[PROTO_L2] = { 27, 25, 20, 16, 17 },
	[PROTO_IIH] = { 15, 16, 17 },
	[PROTO_LSP] = { 18, 20 },
	[PROTO_SNP] = { 26, 27, 24, 25 },
	[PROTO_CSNP] = { 24, 25 },
	[PROTO_PSNP] = { 26, 27 },
};

/* A byte of the ISO header, which stands in LLC without SNAP; Cisco HDLC pads before it.
 */
static const struct value *
iso_byte(struct resolver *r, uint32_t off)
{
	bool padded = r->layer.link->key == KEY_HDLC;
	return resolve_load(r, r->layer.payload, r->layer.net_llc + off + padded, 1);
}

struct test *
resolve_iso_proto(struct resolver *r, uint32_t number)
{
	const struct place nlpid = { .off = 2 };
	if (r->layer.link->key == KEY_FRELAY && r->layer.mpls == 0)
		return test_equal(
			r->arena, resolve_load(r, nlpid, 0, 2), 0x0300 | number);
	struct test *iso = resolve_link_type(r, proto_find(PROTO_ISO)->key);
	if (iso == NULL)
		return NULL;
	return test_and(r->arena, iso, test_equal(r->arena, iso_byte(r, 0), number));
}

struct test *
resolve_isis_pdu(struct resolver *r, uint32_t number)
{
	struct test *isis = resolve_iso_proto(r, ISO_ISIS);
	if (isis == NULL)
		return NULL;
	return test_and(r->arena, isis,
		resolve_masked(r, iso_byte(r, PDU_TYPE), PDU_MASK, number));
}

struct test *
resolve_isis_word(struct resolver *r, enum qual_proto word)
{
	struct test *any = NULL;
	for (const uint8_t *type = words[word]; *type != 0; type++) {
		struct test *one = resolve_isis_pdu(r, *type);
		if (one == NULL)
			return NULL;
		any = test_or(r->arena, any, one);
	}
	return any;
}
