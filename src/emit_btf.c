/* emit_btf.c: what the verifier wants to know of the functions of an object, as BTF
 * (Documentation/bpf/btf.rst): their arguments; and for its log and for dumps, from
 * which words of the expression an instruction comes. */
#include <bpf/btf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "emit_object.h"

#define WORDS 200       /* bytes of the expression in a line */
#define COLUMN_MAX 1023 /* 10 bits */

static const struct {
	const char *name;
	size_t at;
	bool wide;
} members[] = {
#define MEMBER(name)                                               \
	{                                                          \
#name, offsetof(struct filter_pktbuf, name), false \
	}
	MEMBER(len),
	MEMBER(filled),
	MEMBER(ifindex),
	MEMBER(protocol),
	MEMBER(hatype),
	MEMBER(pkttype),
	MEMBER(vlan_present),
	MEMBER(vlan_tci),
	{ "address", offsetof(struct filter_pktbuf, address), true },
	MEMBER(linear),
	MEMBER(unused),
#undef MEMBER
};

struct functions {
	int main, match; /* type ids */
};

/* struct filter_pktbuf. */
static int
add_scratch(struct btf *b, int u32)
{
	const int u64 = btf__add_int(b, "unsigned long long", 8, 0);
	const int byte = btf__add_int(b, "unsigned char", 1, 0);
	const int bytes = btf__add_array(b, u32, byte, FILTER_SCRATCH);
	const int buf = btf__add_struct(b, "filter_pktbuf", sizeof(struct filter_pktbuf));
	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		btf__add_field(b, members[i].name, members[i].wide ? u64 : u32,
			(__u32)members[i].at * 8, 0);
	btf__add_field(b, "data", bytes, offsetof(struct filter_pktbuf, data) * 8, 0);
	return btf__add_ptr(b, buf);
}

/* The context's type is known to the kernel by its name alone. */
static struct functions
add_functions(struct btf *b, const struct emit *e, const struct object *o)
{
	const bool xdp = e->hook->input == FILTER_INPUT_XDP;
	const int result = btf__add_int(b, "int", 4, BTF_INT_SIGNED);
	const int u32 = btf__add_int(b, "unsigned int", 4, 0);
	const int context =
		btf__add_ptr(b, btf__add_struct(b, xdp ? "xdp_md" : "__sk_buff", 0));
	const int scratch = o->scratch ? add_scratch(b, u32) : 0;
	struct functions f;
	const int main = btf__add_func_proto(b, result);
	btf__add_func_param(b, "ctx", context);
	f.main = btf__add_func(b, OBJECT_MAIN, BTF_FUNC_GLOBAL, main);
	const int match = btf__add_func_proto(b, result);
	btf__add_func_param(b, "ctx", context);
	if (o->scratch)
		btf__add_func_param(b, "buf", scratch);
	f.match = btf__add_func(b, OBJECT_MATCH, BTF_FUNC_GLOBAL, match);
	return f;
}

/* --- .BTF.ext ---------------------------------------------------------------------- */

struct bytes {
	char *at;
	size_t size;
};

static void
append(struct bytes *b, const void *from, size_t size)
{
	b->at = realloc(b->at, b->size + size);
	if (b->at == NULL)
		abort(); /* no memory: nothing useful is left to do */
	memcpy(b->at + b->size, from, size);
	b->size += size;
}

static void
append_number(struct bytes *b, uint32_t x)
{
	append(b, &x, sizeof(x));
}

/* Words of the expression, as one line. */
static int
add_words(struct btf *b, const char *text, struct span s)
{
	const size_t all = strlen(text);
	char words[WORDS + 1] = "";
	for (size_t i = 0; i < WORDS && i < s.len && s.at + i < all; i++) {
		const char c = text[s.at + i];
		words[i] = (unsigned char)c < ' ' || c == 0x7f ? ' ' : c;
	}
	return btf__add_str(b, words);
}

static void
append_line(struct bytes *lines, uint32_t insn, int file, int words, uint32_t column)
{
	append_number(lines, insn * sizeof(struct bpf_insn));
	append_number(lines, (uint32_t)file);
	append_number(lines, (uint32_t)words);
	append_number(lines, 1u << 10 | /* line 1 */
				     (column < COLUMN_MAX ? column : COLUMN_MAX));
}

/* A line where the words change; returns how many. */
static uint32_t
match_lines(struct btf *b, const struct emit *e, const struct object *o, int file,
	struct bytes *lines)
{
	const struct span whole = { 0, (uint32_t)strlen(e->text) };
	uint32_t count = 1;
	append_line(lines, 0, file, add_words(b, e->text, whole), 1);
	for (size_t i = 0; i < o->body.origins; i++) {
		const struct filter_origin *origin = &o->body.origin[i];
		const uint32_t at = origin->at + o->match_at;
		if (at == 0 || at >= o->match_count || origin->span[0].len == 0)
			continue;
		append_line(lines, at, file, add_words(b, e->text, origin->span[0]),
			origin->span[0].at + 1);
		count++;
	}
	return count;
}

/* What stands in front: offsets count from its end. */
static void
append_header(struct bytes *to, uint32_t functions, uint32_t lines)
{
	const uint16_t magic = 0xeb9f;
	const uint8_t version_and_flags[2] = { 1, 0 };
	append(to, &magic, sizeof(magic));
	append(to, version_and_flags, sizeof(version_and_flags));
	append_number(to, 24); /* its own size */
	append_number(to, 0);
	append_number(to, functions);
	append_number(to, functions);
	append_number(to, lines);
}

/* One section's records behind their number. */
static void
append_section(struct bytes *to, int name, uint32_t count, const struct bytes *records)
{
	append_number(to, (uint32_t)name);
	append_number(to, count);
	append(to, records->at, records->size);
}

static void
append_function(struct bytes *to, int section, int type)
{
	struct bytes record = { 0 };
	append_number(&record, 0); /* the section's first instruction */
	append_number(&record, (uint32_t)type);
	append_section(to, section, 1, &record);
	free(record.at);
}

static struct bytes
make_ext(struct btf *b, const struct emit *e, const struct object *o, struct functions f)
{
	const int file = btf__add_str(b, "expression");
	const int main = btf__add_str(b, e->hook->section);
	const int text = btf__add_str(b, ".text");
	const struct span whole = { 0, (uint32_t)strlen(e->text) };
	struct bytes functions = { 0 }, all_lines = { 0 }, lines = { 0 }, ext = { 0 };
	append_number(&functions, sizeof(struct bpf_func_info));
	append_function(&functions, main, f.main);
	append_function(&functions, text, f.match);
	append_number(&all_lines, sizeof(struct bpf_line_info));
	append_line(&lines, 0, file, add_words(b, e->text, whole), 1);
	append_section(&all_lines, main, 1, &lines);
	lines.size = 0;
	const uint32_t count = match_lines(b, e, o, file, &lines);
	append_section(&all_lines, text, count, &lines);
	append_header(&ext, (uint32_t)functions.size, (uint32_t)all_lines.size);
	append(&ext, functions.at, functions.size);
	append(&ext, all_lines.at, all_lines.size);
	free(functions.at);
	free(all_lines.at);
	free(lines.at);
	return ext;
}

bool
object_types(const struct emit *e, const struct object *o, struct object_types *out,
	struct diags *ds)
{
	struct btf *b = btf__new_empty();
	*out = (struct object_types){ 0 };
	if (b == NULL)
		return diags_error(ds, DIAG_KERNEL, (struct span){ 0, 0 },
			"%s: making BTF: %s", e->object->name, strerror(errno));
	const struct functions f = add_functions(b, e, o);
	const struct bytes ext = make_ext(b, e, o, f);
	__u32 size = 0;
	const void *raw = btf__raw_data(b, &size);
	struct bytes copy = { 0 };
	if (raw != NULL)
		append(&copy, raw, size);
	*out = (struct object_types){ copy.at, ext.at, copy.size, ext.size };
	btf__free(b);
	if (f.main > 0 && f.match > 0 && raw != NULL)
		return true;
	object_types_free(out);
	return diags_error(ds, DIAG_KERNEL, (struct span){ 0, 0 },
		"%s: libbpf makes no BTF of the functions", e->object->name);
}

void
object_types_free(struct object_types *t)
{
	free(t->btf);
	free(t->ext);
	*t = (struct object_types){ 0 };
}
