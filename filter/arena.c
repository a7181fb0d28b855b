/* arena.c: a list of chunks, each twice as large as the one before up to a limit. */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_MIN ((size_t)16 << 10)
#define CHUNK_MAX ((size_t)4 << 20)
#define ALIGN 16

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size; /* bytes of data[] */
	_Alignas(ALIGN) unsigned char data[];
};

static struct arena_chunk *
chunk_new(struct arena *a, size_t at_least)
{
	size_t size = CHUNK_MIN;
	if (a->chunks != NULL)
		size = a->chunks->size < CHUNK_MAX ? a->chunks->size * 2 : CHUNK_MAX;
	if (size < at_least)
		size = at_least;
	struct arena_chunk *c = calloc(1, sizeof(*c) + size); /* fresh pages are zero */
	if (c == NULL)
		abort();
	c->next = a->chunks;
	c->size = size;
	a->chunks = c;
	return c;
}

void *
arena_alloc(struct arena *a, size_t bytes)
{
	size_t n = (bytes + ALIGN - 1) & ~(size_t)(ALIGN - 1);
	if (n < bytes)
		abort();
	struct arena_chunk *c = a->chunks;
	if (c == NULL || c->size - c->used < n)
		c = chunk_new(a, n);
	void *p = c->data + c->used;
	c->used += n;
	return p;
}

void *
arena_array(struct arena *a, size_t n, size_t size)
{
	if (size != 0 && n > SIZE_MAX / 2 / size)
		abort();
	return arena_alloc(a, n * size);
}

void *
arena_copy(struct arena *a, const void *from, size_t bytes)
{
	void *p = arena_alloc(a, bytes);
	if (bytes != 0)
		memcpy(p, from, bytes);
	return p;
}

void
arena_free(struct arena *a)
{
	for (struct arena_chunk *c = a->chunks, *next; c != NULL; c = next) {
		next = c->next;
		free(c);
	}
	a->chunks = NULL;
}

void *
arena_more(struct arena *a, void *from, uint32_t count, uint32_t *room, size_t size)
{
	if (count < *room)
		return from;
	*room = *room ? *room * 2 : 16;
	void *to = arena_array(a, *room, size);
	if (count > 0)
		memcpy(to, from, count * size);
	return to;
}
