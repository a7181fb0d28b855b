/* parser.c: any text as a syntax tree: the leaves are in the order of the text and their
 * spans lie in it, or a message says where it went wrong. */
#include "target.h"

#include "../../filter/parse.h"
#include "lookup.h"

static void
check_leaves(const struct syntax *s, const struct tokens *ts)
{
	const struct source *last = &ts->source[ts->sources - 1];
	const uint32_t end = last->at + (uint32_t)strlen(ts->text + last->at);
	for (const struct ast *a = s->leaves; a != NULL; a = a->next_leaf) {
		REQUIRE(a->kind >= AST_ID);
		REQUIRE(a->span.at <= end && a->span.len <= end - a->span.at);
	}
	/* named filters alone have leaves, and no expression */
	REQUIRE(s->root == NULL || s->leaves != NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = target_text(data, size);
	if (text == NULL)
		return 0;
	struct arena arena = { 0 };
	struct tokens ts = { 0 };
	struct diags ds = { 0 };
	struct syntax s = { 0 };
	const struct lex_input in = { .text = text,
		.program = data[HEAD_FLAGS] & FLAG_PROGRAM,
		.files = data[HEAD_FLAGS] & FLAG_FILES ? &lookup_files : NULL };
	if (lex_sources(&in, &arena, &ts, &ds)) {
		if (parse(&ts, &arena, &s, &ds)) {
			REQUIRE(!diags_failed(&ds));
			check_leaves(&s, &ts);
		} else
			REQUIRE(diags_failed(&ds));
	}
	arena_free(&arena);
	free(text);
	return 0;
}
