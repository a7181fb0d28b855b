/* number.c: value numbering: what the registers hold at the end of each block in, what
 * they hold at the start of the next ones out.  Values are hash-consed, so a value's
 * number is its address, and one that a register holds already is not loaded again. */
#include "registers.h"

#include "../broken.h"

void
numbering_init(struct numbering *n, struct arena *arena, uint32_t blocks)
{
	*n = (struct numbering){ ARENA_ARRAY(arena, blocks, struct registers),
		ARENA_ARRAY(arena, blocks, bool) };
}

void
numbering_arrive(struct numbering *n, uint32_t block, const struct registers *now)
{
	if (n->at == NULL)
		return;
	struct registers *at = &n->at[block];
	if (!n->seen[block])
		*at = *now;
	if (at->a != now->a && !IS_BROKEN(NUMBER))
		at->a = NULL;
	if (at->x != now->x)
		at->x = NULL;
	n->seen[block] = true;
}

struct registers
numbering_at(const struct numbering *n, uint32_t block)
{
	return n->at != NULL ? n->at[block] : (struct registers){ 0 };
}
