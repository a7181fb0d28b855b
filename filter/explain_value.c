/* explain_value.c: a value in, as an English phrase out: bytes of the packet, metadata,
 * arithmetic over them.  What resolve and value.c had to rewrite is shown as it was
 * meant. */
#include <inttypes.h>

#include "explain.h"

static const char *const metas[METAS] = {
	[META_PROTOCOL] = "protocol, as the kernel says",
	[META_IFINDEX] = "interface index, as the kernel says",
	[META_HATYPE] = "device type, as the kernel says",
	[META_PKTTYPE] = "packet type, as the kernel says",
	[META_VLAN_PRESENT] = "number of VLAN tags that the kernel took off",
	[META_VLAN_TCI] = "VLAN tag that the kernel took off",
};

static const char *const ops[] = {
	[OP_ADD] = "+",
	[OP_SUB] = "-",
	[OP_MUL] = "*",
	[OP_DIV] = "/",
	[OP_MOD] = "%",
	[OP_AND] = "&",
	[OP_OR] = "|",
	[OP_XOR] = "^",
	[OP_SHL] = "<<",
	[OP_SHR] = ">>",
	[OP_EQ] = "=",
	[OP_GT] = ">",
	[OP_GE] = ">=",
};

static bool
is_op(const struct value *v, enum arith_op op)
{
	return v->kind == VALUE_ARITH && v->op == op;
}

static bool
is_op_const(const struct value *v, enum arith_op op, uint32_t k)
{
	return is_op(v, op) && v->b->kind == VALUE_CONST && v->b->k == k;
}

static bool
is_zero_minus(const struct value *v)
{
	return is_op(v, OP_SUB) && v->a->kind == VALUE_CONST && v->a->k == 0;
}

/* value.c, address_guarded: x, or what is beyond any packet. */
static const struct value *
guarded_address(const struct value *v)
{
	if (!is_op(v, OP_OR) || !is_op_const(v->a, OP_AND, INT32_MAX) ||
		!is_op_const(v->b, OP_SHR, 1) || !is_zero_minus(v->b->a))
		return NULL;
	const struct value *x = v->a->a, *top = v->b->a->b;
	return is_op_const(top, OP_SHR, 31) && top->a == x ? x : NULL;
}

/* value.c, shift_guarded: a << b with any b. */
static const struct value *
guarded_shift(const struct value *v, const struct value **by)
{
	if (!is_op(v, OP_AND) || !(is_op(v->a, OP_SHL) || is_op(v->a, OP_SHR)) ||
		!is_zero_minus(v->b) || !is_op_const(v->b->b, OP_SHR, 31) ||
		!is_op_const(v->b->b->a, OP_SUB, 1))
		return NULL;
	const struct value *high = v->b->b->a->a, *count = v->a->b;
	if (!is_op_const(high, OP_SHR, 5) || !is_op_const(count, OP_AND, 31) ||
		count->a != high->a)
		return NULL;
	*by = high->a;
	return v->a;
}

/* resolve_wlan.c, radiotap_length: the byte behind x, and x. */
const struct value *
explain_swapped(const struct value *v)
{
	if (!is_op(v, OP_OR) || !is_op_const(v->a, OP_SHL, 8))
		return NULL;
	const struct value *high = v->a->a, *x = v->b;
	bool loads = x->kind == VALUE_LOAD && high->kind == VALUE_LOAD && x->size == 1 &&
		     high->size == 1;
	return loads && high->a == x->a && high->k == x->k + 1 ? x : NULL;
}

/* resolve_wlan.c, bounded: v, where 2^24 and more rejects. */
static const struct value *
bounded(const struct value *v)
{
	if (!is_op_const(v, OP_AND, 0xffffff) || !is_op(v->a, OP_DIV) ||
		!is_op_const(v->a->b, OP_SHR, 31) || !is_op_const(v->a->b->a, OP_SUB, 1))
		return NULL;
	const struct value *high = v->a->b->a->a;
	return is_op_const(high, OP_SHR, 24) && high->a == v->a->a ? v->a->a : NULL;
}

static void
print_slot(const struct value *v, FILE *to)
{
	fputc('A' + (int)v->k, to);
}

/* Recursive: values are of bounded depth. */
static void
print(struct explain *e, const struct value *v, bool nested)
{
	const struct value *x, *by;
	switch (v->kind) {
	case VALUE_CONST: fprintf(e->to, "%" PRIu32, v->k); return;
	case VALUE_LOAD: {
		/* `byte at A` ends in no bracket of its own */
		bool apart =
			nested && v->a != NULL && v->a->kind == VALUE_SLOT && v->k == 0;
		fputs(apart ? "(" : "", e->to);
		explain_place(e, v->a, v->k, v->size);
		fputs(apart ? ")" : "", e->to);
		return;
	}
	case VALUE_LEN: fputs("length on the wire", e->to); return;
	case VALUE_META: fputs(metas[v->meta], e->to); return;
	case VALUE_SLOT: print_slot(v, e->to); return;
	case VALUE_FAULT: fputs("what is beyond any packet", e->to); return;
	case VALUE_ARITH: break;
	}
	if (e->length != NULL && v == e->length) {
		fputs("4*IHL", e->to);
		e->ihl_told = true;
		return;
	}
	if ((x = explain_swapped(v)) != NULL) {
		explain_place(e, x->a, x->k, 2);
		fputs(" little-endian", e->to);
		return;
	}
	if ((x = guarded_address(v)) != NULL || (x = bounded(v)) != NULL) {
		print(e, x, nested);
		return;
	}
	fputs(nested ? "(" : "", e->to);
	if ((x = guarded_shift(v, &by)) != NULL) {
		print(e, x->a, true);
		fprintf(e->to, " %s ", ops[x->op]);
		print(e, by, true);
	} else {
		print(e, v->a, true);
		bool bits = v->op >= OP_AND && v->op <= OP_XOR;
		fprintf(e->to, " %s ", ops[v->op]);
		if (bits && v->b->kind == VALUE_CONST)
			fprintf(e->to, "0x%" PRIx32, v->b->k);
		else
			print(e, v->b, true);
	}
	fputs(nested ? ")" : "", e->to);
}

void
explain_value(struct explain *e, const struct value *v)
{
	print(e, v, false);
}

/* base + off, as a sum: `14 + 4*IHL + 2` behind the IPv4 header of the layer in hand. */
static void
print_sum(struct explain *e, const struct value *base, uint32_t off)
{
	if (e->ihl != NULL && base == e->ihl) {
		struct place net = place_net(e->layer);
		uint32_t more = off - net.off;
		if (net.base != NULL) {
			print(e, net.base, true);
			fputs(" + ", e->to);
		}
		if (off < net.off)
			fprintf(e->to, "4*IHL + %" PRIu32, off);
		else if (net.off > 0)
			fprintf(e->to, "%" PRIu32 " + 4*IHL", net.off);
		else
			fputs("4*IHL", e->to);
		if (off >= net.off && more > 0)
			fprintf(e->to, " + %" PRIu32, more);
		e->ihl_told = true;
		return;
	}
	const struct value *x = guarded_address(base);
	print(e, x != NULL ? x : base, false);
	if (off > 0)
		fprintf(e->to, " + %" PRIu32, off);
}

void
explain_place(struct explain *e, const struct value *base, uint32_t off, uint32_t size)
{
	if (base == NULL && size == 1) {
		fprintf(e->to, "byte %" PRIu32, off);
		return;
	}
	if (base == NULL) {
		fprintf(e->to, "bytes %" PRIu32 "-%" PRIu32, off, off + size - 1);
		return;
	}
	if (size == 1)
		fputs("byte at ", e->to);
	else
		fprintf(e->to, "%" PRIu32 " bytes at ", size);
	bool sum = off > 0 || base->kind != VALUE_SLOT;
	fputs(sum ? "(" : "", e->to);
	print_sum(e, base, off);
	fputs(sum ? ")" : "", e->to);
}
