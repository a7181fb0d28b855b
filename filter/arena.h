/* arena.h: memory with one lifetime.  Blocks are never freed one by one; all die with
 * the arena.  Aborts when the system has no memory (the size of what users give is
 * bounded before it comes here). */
#ifndef BPFCAP_FILTER_ARENA_H
#define BPFCAP_FILTER_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_chunk;

struct arena {
	struct arena_chunk *chunks; /* newest first; the first is the one in use */
};

/* Zeroed, aligned for any scalar, the arena's. */
void *arena_alloc(struct arena *, size_t bytes);

/* `n` objects of `size` bytes; aborts on overflow. */
void *arena_array(struct arena *, size_t n, size_t size);

/* A copy of `bytes` bytes. */
void *arena_copy(struct arena *, const void *from, size_t bytes);

/* Frees all; the arena is empty and may be used again. */
void arena_free(struct arena *);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, n, type) ((type *)arena_array((arena), (n), sizeof(type)))

/* Room for at least one more than `count` of `size` bytes: `from` itself, or a copy with
 * twice the room (*room, at least 16). */
void *arena_more(struct arena *, void *from, uint32_t count, uint32_t *room, size_t size);
#define ARENA_MORE(arena, array, count, room) \
	((array) = arena_more(arena, array, count, room, sizeof(*(array))))

#endif
