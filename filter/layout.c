/* layout.c: depth first, the false side first, each block placed when all behind it are:
 * from the last to the first.  A stack of its own: a chain may be as long as the
 * expression. */
#include "layout.h"

#include <string.h>

enum state { NEW, ENTERED, PLACED };

uint32_t
layout(struct arena *arena, const struct ways *ways, uint32_t count, uint32_t root,
	uint32_t *row)
{
	uint32_t *stack = ARENA_ARRAY(arena, 2 * (size_t)count + 2, uint32_t);
	uint8_t *state = ARENA_ARRAY(arena, count, uint8_t);
	uint32_t depth = 0, first = count;
	stack[depth++] = root;
	while (depth > 0) {
		uint32_t b = stack[depth - 1];
		const struct ways *w = &ways[b];
		if (state[b] == NEW) {
			state[b] = ENTERED;
			if (w->jt != LAYOUT_NONE && state[w->jt] == NEW)
				stack[depth++] = w->jt;
			if (w->jf != LAYOUT_NONE && state[w->jf] == NEW)
				stack[depth++] = w->jf;
			continue;
		}
		if (state[b] == ENTERED) {
			state[b] = PLACED;
			row[--first] = b;
		}
		depth--;
	}
	memmove(row, row + first, (count - first) * sizeof(*row));
	return count - first;
}
