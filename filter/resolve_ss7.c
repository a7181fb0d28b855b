/* resolve_ss7.c: SS7 signal units: MTP2 (ITU-T Q.703 §2.2) and the routing label of MTP3
 * (Q.704 §2.2), whose fields are little-endian and packed; hence the masks below, which
 * are of a big-endian load.  The high-speed forms (Q.703 annex A) begin 3 bytes later. */
#include "resolve.h"

#include <stdio.h>

enum { LENGTH_AT = 2, SIO_AT = 3, LABEL_AT = 4, SLS_AT = 7, HIGH_SPEED = 3 };

static uint32_t
as_is(uint32_t v)
{
	return v;
}

/* The originating point code: 14 bits from bit 14 of the label. */
static uint32_t
opc_shown(uint32_t v)
{
	v <<= 14;
	return v >> 24 | (v >> 8 & 0xff00) | (v << 8 & 0xff0000) | v << 24;
}

static uint32_t
dpc_shown(uint32_t v)
{
	return (v >> 8 | v << 8) & 0xffff;
}

static uint32_t
sls_shown(uint32_t v)
{
	return v << 4;
}

static const struct field {
	const char *word;
	uint8_t at, size;
	uint32_t mask, max;
	uint32_t (*shown)(uint32_t);
} fields[PRIMS] = {
	[PRIM_SIO] = { "sio", SIO_AT, 1, 0xff, 255, as_is },
	[PRIM_OPC] = { "opc", LABEL_AT, 4, 0x00c0ff0f, 16383, opc_shown },
	[PRIM_DPC] = { "dpc", LABEL_AT, 2, 0xff3f, 16383, dpc_shown },
	[PRIM_SLS] = { "sls", SLS_AT, 1, 0xf0, 15, sls_shown },
	[PRIM_HSIO] = { "hsio", SIO_AT + HIGH_SPEED, 1, 0xff, 255, as_is },
	[PRIM_HOPC] = { "hopc", LABEL_AT + HIGH_SPEED, 4, 0x00c0ff0f, 16383, opc_shown },
	[PRIM_HDPC] = { "hdpc", LABEL_AT + HIGH_SPEED, 2, 0xff3f, 16383, dpc_shown },
	[PRIM_HSLS] = { "hsls", SLS_AT + HIGH_SPEED, 1, 0xf0, 15, sls_shown },
};

/* Kinds of signal unit, by the length indicator. */
static const struct unit {
	const char *word;
	uint8_t at, size;
	uint32_t mask, lo, hi;
} units[PRIMS] = {
	[PRIM_FISU] = { "fisu", LENGTH_AT, 1, 0x3f, 0, 0 },
	[PRIM_LSSU] = { "lssu", LENGTH_AT, 1, 0x3f, 1, 2 },
	[PRIM_MSU] = { "msu", LENGTH_AT, 1, 0x3f, 3, 0x3f },
	[PRIM_HFISU] = { "hfisu", 4, 2, 0xff80, 0, 0 },
	[PRIM_HLSSU] = { "hlssu", 4, 2, 0xff80, 1, 0x100 },
	[PRIM_HMSU] = { "hmsu", 4, 2, 0xff80, 0x101, UINT32_MAX },
};

static struct test *
one_value(struct resolver *r, const struct ast *a, const struct value *v,
	const struct token *t, uint32_t max, uint32_t (*shown)(uint32_t))
{
	const char *text = resolve_text(r, &(struct token){ .span = a->span });
	char word[24];
	snprintf(word, sizeof(word), "%s", text);
	for (char *c = word; *c != '\0'; c++)
		if (*c < 'a' || *c > 'z')
			*c = '\0';
	if (!resolve_in_range(r, t->span, word, t->number, max))
		return NULL;
	return resolve_against(r, v, a->op != 0 ? a->relop : REL_EQ, shown(t->number));
}

struct test *
resolve_field_values(struct resolver *r, const struct ast *a, const struct value *v,
	uint32_t max, uint32_t (*shown)(uint32_t))
{
	if (!a->list)
		return one_value(r, a, v, a->arg, max, shown);
	struct test *any = NULL;
	for (const struct token *t = a->arg; t->kind != ')'; t++) {
		if (t->kind != TOK_NUMBER)
			continue;
		struct test *one = one_value(r, a, v, t, max, shown);
		if (one == NULL)
			return NULL;
		any = test_or(r->arena, any, one);
	}
	return any;
}

struct test *
resolve_ss7(struct resolver *r, const struct ast *a)
{
	const struct field *f = &fields[a->prim];
	const struct unit *u = &units[a->prim];
	uint32_t base = linktype_find(r->opts->linktype)->ss7_at;
	if (base-- == 0) {
		resolve_fault(r, DIAG_LINKTYPE, a->span, "'%s' supported only on SS7",
			f->word != NULL ? f->word : u->word);
		diags_hint(r->diags, "compile with -y MTP2, MTP2_WITH_PHDR or ERF");
		return NULL;
	}
	const struct value *v =
		value_load(r->values, NULL, base + (f->word != NULL ? f->at : u->at),
			f->word != NULL ? f->size : u->size);
	v = value_arith(r->values, OP_AND, v,
		value_const(r->values, f->word != NULL ? f->mask : u->mask));
	if (f->word != NULL)
		return resolve_field_values(r, a, v, f->max, f->shown);
	return test_leaf(r->arena, v, u->lo, u->hi < v->hi ? u->hi : v->hi);
}
