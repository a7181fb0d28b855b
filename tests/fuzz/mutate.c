/* mutate.c: an input comes in, one like it goes out.  Works on the text's tokens: another
 * one for it, one more, some left out, twice, elsewhere, in parentheses, a phrase put
 * between; now and then on the head, or on bytes by LLVMFuzzerMutate(). */
#include "target.h"

#include <ctype.h>

#include "words.h"

struct edit {
	struct rng rng;
	uint8_t *data;
	size_t size, room;
};

/* A part of the text: offsets from the start of the input. */
struct part {
	size_t from, to;
};

static bool
is_word(uint8_t c)
{
	return isalnum(c) || c == '.' || c == '_' || c == '-' || c >= 0x80;
}

/* The token that has, or follows, a place drawn; blanks before it do not belong to it. */
static struct part
draw_token(struct edit *e)
{
	struct part p = { HEAD, HEAD };
	if (e->size <= HEAD)
		return p;
	p.from = HEAD + rng_below(&e->rng, (uint32_t)(e->size - HEAD));
	while (p.from > HEAD && is_word(e->data[p.from]) && is_word(e->data[p.from - 1]))
		p.from--;
	while (p.from < e->size && isspace(e->data[p.from]))
		p.from++;
	p.to = p.from;
	while (p.to < e->size && is_word(e->data[p.to]))
		p.to++;
	if (p.to == p.from && p.to < e->size)
		p.to++;
	return p;
}

/* From one token to another, most often near. */
static struct part
draw_range(struct edit *e)
{
	struct part p = draw_token(e);
	if (rng_chance(&e->rng, 20)) {
		const struct part q = draw_token(e);
		p.from = q.from < p.from ? q.from : p.from;
		p.to = q.to > p.to ? q.to : p.to;
	}
	for (uint32_t more = rng_below(&e->rng, 5); more > 0; more--) {
		while (p.to < e->size && isspace(e->data[p.to]))
			p.to++;
		while (p.to < e->size && is_word(e->data[p.to]))
			p.to++;
		if (p.to < e->size && rng_chance(&e->rng, 50))
			p.to++;
	}
	return p;
}

/* Puts `len` bytes, with blanks round them, in place of a part; too much: nothing. */
static void
replace(struct edit *e, struct part p, const void *text, size_t len)
{
	const bool before = len > 0 && p.from > HEAD && is_word(e->data[p.from - 1]);
	const bool behind = len > 0 && p.to < e->size && is_word(e->data[p.to]);
	const size_t add = len + before + behind, left = e->size - p.to;
	if (p.from + add + left > e->room)
		return;
	uint8_t *at = e->data + p.from;
	memmove(at + add, e->data + p.to, left);
	if (before)
		*at++ = ' ';
	memcpy(at, text, len);
	if (behind)
		at[len] = ' ';
	e->size = p.from + add + left;
}

static void
change_token(struct edit *e)
{
	const struct part p = draw_token(e);
	struct phrase w;
	words_token(&e->rng, (const char *)e->data + p.from, p.to - p.from, &w);
	replace(e, p, w.text, w.len);
}

static void
insert_token(struct edit *e)
{
	struct part p = draw_token(e);
	struct phrase w;
	words_token(&e->rng, "", 0, &w);
	p.to = p.from;
	replace(e, p, w.text, w.len);
}

static void
insert_phrase(struct edit *e)
{
	static const char *const joins[] = { "", " and ", " or ", " and not " };
	struct part p = draw_token(e);
	struct phrase w;
	char text[PHRASE_MAX + 20];
	const bool whole = rng_chance(&e->rng, 40);
	words_phrase(&e->rng, &w);
	p.from = whole ? e->size : p.from;
	p.to = whole || rng_chance(&e->rng, 50) ? p.from : p.to;
	const int n = snprintf(text, sizeof(text), "%s%s%s",
		whole ? joins[rng_below(&e->rng, 4)] : "", w.text,
		!whole ? joins[rng_below(&e->rng, 4)] : "");
	replace(e, p, text, (size_t)n);
}

static void
erase(struct edit *e)
{
	replace(e, draw_range(e), "", 0);
}

/* A part once more, there or elsewhere, once or many times. */
static void
repeat(struct edit *e)
{
	const struct part p = draw_range(e);
	const size_t len = p.to - p.from;
	char text[256];
	if (len == 0 || len > sizeof(text))
		return;
	memcpy(text, e->data + p.from, len);
	struct part to = rng_chance(&e->rng, 50) ? draw_token(e) : p;
	to.to = to.from;
	for (uint32_t n = rng_chance(&e->rng, 90) ? 1 : 1 + rng_below(&e->rng, 40); n > 0;
		n--)
		replace(e, to, text, len);
}

static void
enclose(struct edit *e)
{
	static const char *const opens[] = { "(", "not (", "[", "{", "vlan (",
		"inner (" };
	static const char *const closes[] = { ")", ")", "]", "}", ")", ")" };
	const struct part p = draw_range(e);
	const uint32_t i = rng_below(&e->rng, rng_chance(&e->rng, 60) ? 2 : 6);
	replace(e, (struct part){ p.to, p.to }, closes[i], 1);
	replace(e, (struct part){ p.from, p.from }, opens[i], strlen(opens[i]));
}

static void
change_head(struct edit *e)
{
	if (e->size >= HEAD)
		e->data[rng_below(&e->rng, HEAD)] = (uint8_t)rng_next(&e->rng);
}

static void
change_bytes(struct edit *e)
{
	if (e->size > HEAD && e->room > HEAD)
		e->size = HEAD + LLVMFuzzerMutate(
					 e->data + HEAD, e->size - HEAD, e->room - HEAD);
}

size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed)
{
	static void (*const edits[])(struct edit *) = { change_token, change_token,
		change_token, insert_token, insert_phrase, insert_phrase, erase, repeat,
		enclose, change_head, change_bytes, change_bytes };
	struct edit e = { { seed }, data, size, room };
	if (room < HEAD)
		return size;
	if (size < HEAD) {
		memset(data + size, 0, HEAD - size);
		e.size = HEAD;
	}
	for (uint32_t n = 1 + rng_below(&e.rng, 3); n > 0; n--)
		edits[rng_below(&e.rng, sizeof(edits) / sizeof(edits[0]))](&e);
	return e.size;
}
