/* lexer.c: any text as tokens: they lie in the text one behind the other, parentheses
 * match, and a refusal says where. */
#include "target.h"

#include "../../filter/lex.h"
#include "lookup.h"

/* Of the expression, or of the list of a file. */
static uint32_t
check_tokens(const struct tokens *ts, uint32_t from, uint32_t end)
{
	const struct span *before = NULL;
	uint32_t i = from;
	for (; ts->token[i].kind != TOK_END; i++) {
		const struct token *t = &ts->token[i];
		REQUIRE(i + 1 < ts->count && t->span.len > 0 && t->kind != TOK_BAD);
		REQUIRE(t->span.at <= end && t->span.len <= end - t->span.at);
		/* what is included stands behind, and has its own order */
		REQUIRE(before == NULL || ts->sources > 1 ||
			before->at + before->len <= t->span.at);
		if (t->kind == '(' && t->match != 0)
			REQUIRE(t->match > i && t->match < ts->count &&
				ts->token[t->match].kind == ')');
		if (t->kind == TOK_NAME)
			(void)lex_nearest(ts->text + t->span.at, t->span.len);
		before = &t->span;
	}
	return i + 1;
}

static void
check_all(const struct tokens *ts)
{
	const struct source *last = &ts->source[ts->sources - 1];
	const uint32_t end = last->at + (uint32_t)strlen(ts->text + last->at);
	uint32_t at = 0;
	REQUIRE(ts->count > 0 && ts->count <= end + 1 + ts->sources);
	while (at < ts->count)
		at = check_tokens(ts, at, end);
	REQUIRE(at == ts->count);
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
	const struct lex_input in = { .text = text,
		.program = data[HEAD_FLAGS] & FLAG_PROGRAM,
		.files = data[HEAD_FLAGS] & FLAG_FILES ? &lookup_files : NULL };
	if (lex_sources(&in, &arena, &ts, &ds)) {
		REQUIRE(ds.count == 0);
		check_all(&ts);
	} else
		REQUIRE(diags_failed(&ds));
	arena_free(&arena);
	free(text);
	return 0;
}
