/* gather.c: a syntax tree in; out: the same with each long run of plain ids in a list
 * (`host A or host B or …`, `port in {…}`, `not host A and not host B …`) as one leaf.
 *
 * Such a leaf asks all its ids of one field before it looks at the next field, where the
 * list asks all fields for one id.  No packet is read further for that: the list's first
 * id has already looked at all of the fields but those behind the one that matches, and
 * a field that is looked at in several loads (IPv6, MAC) is followed only as far as an id
 * of the list agrees (DESIGN: truncated packets).  Names, what has a fault, and `src and
 * dst`, which asks for one id at both ends, stay as they are. */
#include "ids.h"

#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "ast.h"
#include "step.h"

enum class { CLASS_NONE, CLASS_IP4, CLASS_IP6, CLASS_MAC, CLASS_PORT };
#define CLASSES (CLASS_PORT + 1)

struct plain {
	enum class class;
	uint32_t lo, mask; /* IPv4; of a port: lo, hi */
	struct address address;
};

struct gather {
	const char *text; /* what spans are places in */
	struct arena *arena;
};

/* --- one id ---------------------------------------------------------------------- */

static bool
plain_ip4(const struct ast *a, struct plain *p)
{
	const struct id *id = &a->id;
	uint32_t n;
	p->class = CLASS_IP4;
	p->lo = id->first->number;
	switch (id->kind) {
	case ID_IPV4: p->mask = UINT32_MAX << (32 - 8 * id->first->parts); break;
	case ID_IPV4_MASK: p->mask = id->second->number; break;
	case ID_IPV4_LEN:
		n = id->second->number;
		p->mask = n == 0 || n > 32 ? 0 : UINT32_MAX << (32 - n);
		break;
	case ID_NUMBER:
	case ID_IPV6:
	case ID_IPV6_LEN:
	case ID_MAC:
	case ID_MAC8:
	case ID_NAME: return false;
	}
	bool ranges = (~p->mask & (~p->mask + 1)) == 0;
	return p->mask != 0 && ranges && (p->lo & ~p->mask) == 0 &&
	       (id->kind == ID_IPV4 || a->quals.type == TYPE_NET);
}

static bool
plain_ip6(const struct ast *a, struct plain *p)
{
	const struct id *id = &a->id;
	p->class = CLASS_IP6;
	p->address.bits = id->kind == ID_IPV6_LEN ? id->second->number : 128;
	if (p->address.bits == 0 || p->address.bits > 128 ||
		(id->kind == ID_IPV6_LEN && a->quals.type != TYPE_NET))
		return false;
	for (uint32_t i = 0; i < 16; i++) {
		p->address.word[i / 4] =
			p->address.word[i / 4] << 8 | id->first->bytes[i];
		uint32_t kept = p->address.bits > 8 * i ? p->address.bits - 8 * i : 0;
		if (kept < 8 && (id->first->bytes[i] & 0xff >> kept) != 0)
			return false;
	}
	return true;
}

static bool
plain_mac(const struct ast *a, struct plain *p)
{
	const uint8_t *b = a->id.first->bytes;
	p->class = CLASS_MAC;
	p->address.bits = MAC_BITS;
	p->address.word[0] =
		(uint32_t)b[2] << 24 | (uint32_t)b[3] << 16 | (uint32_t)b[4] << 8 | b[5];
	p->address.word[1] = (uint32_t)b[0] << 8 | b[1];
	return true;
}

static bool
plain_port(const struct gather *g, const struct ast *a, struct plain *p)
{
	const struct token *t = a->id.first;
	const char *s = g->text + t->span.at;
	char *end;
	unsigned long lo = t->number, hi = lo;
	if (a->id.kind == ID_NAME) { /* 8000-8100 */
		if (a->quals.type != TYPE_PORTRANGE || s[0] < '0' || s[0] > '9')
			return false;
		lo = strtoul(s, &end, 10);
		if (*end != '-' || end[1] < '0' || end[1] > '9')
			return false;
		hi = strtoul(end + 1, &end, 10);
		if (end != s + t->span.len)
			return false;
	} else if (a->id.kind != ID_NUMBER)
		return false;
	*p = (struct plain){ CLASS_PORT, (uint32_t)lo, (uint32_t)hi, { { 0 }, 0, 0 } };
	return lo <= hi && hi <= 65535;
}

/* What the id stands for; false where that takes more than a look at it. */
static bool
plain_id(const struct gather *g, const struct ast *a, struct plain *p)
{
	enum qual_proto q = a->quals.proto;
	bool ip4 = q == PROTO_NONE || q == PROTO_IP || q == PROTO_ARP || q == PROTO_RARP;
	bool ip6 = q == PROTO_NONE || q == PROTO_IP6;
	bool port =
		q == PROTO_NONE || q == PROTO_TCP || q == PROTO_UDP || q == PROTO_SCTP;
	*p = (struct plain){ 0 };
	if (a->kind != AST_ID || a->quals.dir > DIR_SRC_OR_DST)
		return false;
	switch (a->quals.type) {
	case TYPE_NONE:
	case TYPE_HOST:
	case TYPE_NET:
		if (a->id.kind == ID_MAC)
			return q == PROTO_LINK && a->quals.type != TYPE_NET &&
			       plain_mac(a, p);
		if (a->id.kind == ID_IPV6 || a->id.kind == ID_IPV6_LEN)
			return ip6 && plain_ip6(a, p);
		return ip4 && plain_ip4(a, p);
	case TYPE_PORT:
	case TYPE_PORTRANGE: return port && plain_port(g, a, p);
	case TYPE_PROTO:
	case TYPE_PROTOCHAIN:
	case TYPE_GATEWAY: break;
	}
	return false;
}

/* --- a run of them --------------------------------------------------------------- */

/* The operand's leaf, where it may be one of a run: in an `and` those are negated. */
static struct ast *
leaf_of(const struct ast *list, struct ast *operand)
{
	if (operand == NULL || list->kind == AST_OR)
		return operand;
	return operand->kind == AST_NOT ? operand->first : NULL;
}

static bool
same_quals(const struct ast *a, const struct ast *b)
{
	bool ports_a = a->quals.type == TYPE_PORT || a->quals.type == TYPE_PORTRANGE;
	bool ports_b = b->quals.type == TYPE_PORT || b->quals.type == TYPE_PORTRANGE;
	return ports_a == ports_b && a->quals.proto == b->quals.proto &&
	       a->quals.dir == b->quals.dir;
}

/* How many operands from `first` on are ids of one run; *last: the last of them. */
static uint32_t
run_length(const struct gather *g, const struct ast *list, struct ast *first,
	struct ast **last)
{
	const struct ast *head = leaf_of(list, first), *before = NULL;
	struct plain p;
	uint32_t n = 0;
	for (struct ast *o = first; o != NULL; o = o->next) {
		const struct ast *leaf = leaf_of(list, o);
		if (leaf == NULL || (before != NULL && before->next_leaf != leaf) ||
			!same_quals(head, leaf) || !plain_id(g, leaf, &p))
			break;
		before = leaf;
		*last = o;
		n++;
	}
	return n;
}

static void
add_id(struct ids *ids, const struct plain *p, uint32_t seq)
{
	struct arm arm = { p->lo, p->mask, NULL, seq, FORM_POINTS };
	switch (p->class) {
	case CLASS_IP4: ids->ip4[ids->ip4s++] = arm; break;
	case CLASS_IP6:
		ids->ip6[ids->ip6s] = p->address;
		ids->ip6[ids->ip6s++].seq = seq;
		break;
	case CLASS_MAC:
		ids->mac[ids->macs] = p->address;
		ids->mac[ids->macs++].seq = seq;
		break;
	case CLASS_PORT:
		arm.form = arm.lo == arm.hi ? FORM_POINTS : FORM_GE;
		ids->port[ids->ports++] = arm;
		break;
	case CLASS_NONE: break;
	}
}

/* The n ids from `first` on; IPv4 with its mask in `hi`. */
static struct ids *
collect(const struct gather *g, const struct ast *list, struct ast *first, uint32_t n)
{
	struct ids *ids = ARENA_NEW(g->arena, struct ids);
	struct plain p;
	uint32_t count[CLASSES] = { 0 }, seq = 0;
	for (struct ast *o = first; seq < n; o = o->next, seq++) {
		plain_id(g, leaf_of(list, o), &p);
		ids->ip6_first = seq == 0 ? p.class == CLASS_IP6 : ids->ip6_first;
		count[p.class]++;
	}
	ids->ip4 = ARENA_ARRAY(g->arena, count[CLASS_IP4], struct arm);
	ids->ip6 = ARENA_ARRAY(g->arena, count[CLASS_IP6], struct address);
	ids->mac = ARENA_ARRAY(g->arena, count[CLASS_MAC], struct address);
	ids->port = ARENA_ARRAY(g->arena, count[CLASS_PORT], struct arm);
	seq = 0;
	for (struct ast *o = first; seq < n; o = o->next, seq++) {
		plain_id(g, leaf_of(list, o), &p);
		if (!IS_BROKEN(GATHER) || seq + 1 < n)
			add_id(ids, &p, seq);
	}
	return ids;
}

/* The run becomes its first operand. */
static void
fold(const struct gather *g, struct ast *list, struct ast *first, struct ast *last,
	uint32_t n)
{
	struct ids *ids = collect(g, list, first, n);
	struct ast *leaf = leaf_of(list, first), *end = leaf_of(list, last);
	ids_sort(ids);
	leaf->ids = ids;
	leaf->next_leaf = end->next_leaf;
	if (end->span.at >= leaf->span.at)
		leaf->span.len = end->span.at + end->span.len - leaf->span.at;
	first->span = list->kind == AST_OR ? leaf->span : first->span;
	first->next = last->next;
	if (list->last == last)
		list->last = first;
}

static void
gather_list(const struct gather *g, struct ast *list)
{
	for (struct ast *o = list->first, *last; o != NULL; o = o->next) {
		uint32_t n = run_length(g, list, o, &last);
		if (n >= IDS_MIN)
			fold(g, list, o, last, n);
		else if (n > 1)
			o = last; /* no run begins inside one that is too short */
	}
}

/* A stack of its own: the depth is the user's. */
void
gather(const struct tokens *tokens, struct syntax *syntax, struct arena *arena)
{
	struct arena scratch = { 0 };
	struct gather g = { tokens->text, arena };
	struct ast **open = NULL;
	uint32_t depth = 0, room = 0;
	ARENA_MORE(&scratch, open, depth, &room);
	if (syntax->root != NULL)
		open[depth++] = syntax->root;
	while (depth > 0) {
		struct ast *a = open[--depth];
		if (a->kind == AST_AND || a->kind == AST_OR)
			gather_list(&g, a);
		for (struct ast *o = a->first; o != NULL; o = o->next) {
			if (o->first == NULL)
				continue;
			ARENA_MORE(&scratch, open, depth, &room);
			open[depth++] = o;
		}
	}
	arena_free(&scratch);
}
