/* print_json.c: a graph in, one JSON object out (RFC 8259), a line a node.  Its keys are
 * described in bpfcap(1), and stay.  A node's number is that of the other listings. */
#include "print.h"

#include <inttypes.h>
#include <string.h>

#include "linktype.h"

static const char *const inputs[] = {
	[FILTER_INPUT_FILE] = "file",
	[FILTER_INPUT_SKB] = "skb",
	[FILTER_INPUT_XDP] = "xdp",
	[FILTER_INPUT_COOKED] = "cooked",
};

/* Length of the character of UTF-8 that begins there (RFC 3629); 0: none does. */
static uint32_t
character(const unsigned char *s, uint32_t left)
{
	uint32_t len = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
	if ((s[0] >= 0x80 && s[0] < 0xc2) || s[0] > 0xf4 || len > left)
		return 0;
	for (uint32_t i = 1; i < len; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	bool bad = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
		   (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f);
	return bad ? 0 : len;
}

static void
print_string(FILE *to, const char *text, uint32_t len)
{
	const unsigned char *s = (const unsigned char *)text;
	fputc('"', to);
	for (uint32_t i = 0, n; i < len; i += n) {
		n = character(s + i, len - i);
		if (n == 0) {
			fputs("\\ufffd", to);
			n = 1;
		} else if (s[i] < ' ' || s[i] == 0x7f)
			fprintf(to, "\\u%04x", s[i]);
		else if (s[i] == '"' || s[i] == '\\')
			fprintf(to, "\\%c", s[i]);
		else
			fwrite(s + i, 1, n, to);
	}
	fputc('"', to);
}

static void
print_word(FILE *to, const char *key, const char *word)
{
	fprintf(to, "\"%s\": ", key);
	print_string(to, word, (uint32_t)strlen(word));
}

/* Recursive: values are of bounded depth. */
static void
print_object(const struct print *p, const struct value *v)
{
	static const char *const kinds[] = { [VALUE_CONST] = "const",
		[VALUE_LOAD] = "load",
		[VALUE_LEN] = "len",
		[VALUE_META] = "meta",
		[VALUE_ARITH] = "arith",
		[VALUE_SLOT] = "slot",
		[VALUE_FAULT] = "fault" };
	fprintf(p->to, "{\"kind\": \"%s\"", kinds[v->kind]);
	switch (v->kind) {
	case VALUE_CONST: fprintf(p->to, ", \"value\": %" PRIu32, v->k); break;
	case VALUE_LOAD:
		fprintf(p->to, ", \"size\": %u, \"offset\": %" PRIu32, v->size, v->k);
		if (v->a != NULL) {
			fputs(", \"base\": ", p->to);
			print_object(p, v->a);
		}
		break;
	case VALUE_META: fprintf(p->to, ", \"name\": \"%s\"", print_meta(v->meta)); break;
	case VALUE_SLOT: fprintf(p->to, ", \"slot\": %" PRIu32, v->k); break;
	case VALUE_ARITH:
		fprintf(p->to, ", \"op\": \"%s\", \"a\": ", print_op(v->op));
		print_object(p, v->a);
		fputs(", \"b\": ", p->to);
		print_object(p, v->b);
		break;
	case VALUE_LEN:
	case VALUE_FAULT: break;
	}
	fputc('}', p->to);
}

/* A node's number, or a leaf's name. */
static void
print_way(const struct print *p, const struct node *n)
{
	if (n->v != NULL)
		fprintf(p->to, "%" PRIu32, p->node[n->id].number);
	else
		fprintf(p->to, "\"%s\"", n->kind == NODE_ACCEPT ? "accept" : "reject");
}

static void
print_arms(const struct print *p, const struct node *n)
{
	fputs(", \"arms\": [", p->to);
	for (uint32_t i = 0; i < n->arms; i++) {
		const struct arm *a = &n->arm[i];
		fprintf(p->to, "%s{\"lo\": %" PRIu32 ", \"hi\": %" PRIu32 ", \"to\": ",
			i > 0 ? ", " : "", a->lo, a->hi);
		print_way(p, a->to);
		fputc('}', p->to);
	}
	fputs("], \"else\": ", p->to);
	print_way(p, n->other);
}

static void
print_places(const struct print *p, const struct node *n)
{
	fputs(", \"source\": [", p->to);
	for (const struct source_span *s = n->source; s != NULL; s = s->next)
		fprintf(p->to, "{\"at\": %" PRIu32 ", \"len\": %" PRIu32 "}%s",
			s->span.at, s->span.len, s->next != NULL ? ", " : "");
	fputc(']', p->to);
}

static void
print_node(const struct print *p, const struct node *n)
{
	bool part;
	const struct field *f = print_field_of(p, n, &part);
	fprintf(p->to, "    {\"id\": %" PRIu32 ", \"kind\": \"%s\"",
		p->node[n->id].number, n->kind == NODE_BIND ? "bind" : "test");
	if (n->kind == NODE_BIND)
		fprintf(p->to, ", \"slot\": %" PRIu32, n->slot->k);
	fputs(", \"value\": ", p->to);
	print_object(p, n->v);
	if (f != NULL) {
		fputs(", ", p->to);
		print_word(p->to, "field", f->name);
		fprintf(p->to, ", \"part\": %s", part ? "true" : "false");
	}
	if (n->kind == NODE_TEST)
		print_arms(p, n);
	else {
		fputs(", \"to\": ", p->to);
		print_way(p, n->other);
	}
	print_places(p, n);
	fputc('}', p->to);
}

static void
print_head(const struct print *p, const struct print_title *title)
{
	const struct print_source *s = p->source;
	const struct linktype *link = linktype_find(s->linktype);
	fputs("{\n  \"format\": \"bpfcap-graph\",\n  \"version\": 1,\n  ", p->to);
	print_word(p->to, "expression", s->text);
	fprintf(p->to, ",\n  \"linktype\": {\"value\": %u", s->linktype);
	if (link != NULL) {
		fputs(", ", p->to);
		print_word(p->to, "name", link->name);
	}
	fprintf(p->to, "},\n  \"input\": \"%s\",\n  \"snaplen\": %" PRIu32,
		inputs[s->input], p->g->snaplen);
	fprintf(p->to, ",\n  \"cost\": %" PRIu32 ",\n  \"root\": ", title->cost);
	print_way(p, p->g->root);
}

void
print_json(const struct graph *g, const struct print_source *source,
	const struct print_title *title, struct arena *scratch, FILE *to)
{
	struct print p;
	uint32_t left;
	print_begin(&p, g, source, scratch, to);
	print_head(&p, title);
	fputs(",\n  \"nodes\": [", to);
	left = p.nodes;
	for (uint32_t id = g->root->id + 1; id-- > 0;) {
		const struct node *n = g->node[id];
		if (!p.reached[id] || n->v == NULL)
			continue;
		fputs(left == p.nodes ? "\n" : ",\n", to);
		left--;
		print_node(&p, n);
	}
	fputs(p.nodes > 0 ? "\n  ]\n}\n" : "]\n}\n", to);
}
