/* meaning_list.c: long lists of operands as one flat term, where none of them faults.
 * Operands in, in the order of the text; what is thought of the whole out. */
#include "meaning.h"

struct list
list_begin(struct reader *r, bool both, const struct env *env)
{
	return (struct list){ .r = r, .both = both, .env = env };
}

const struct env *
list_env(const struct list *l)
{
	if (l->count == 0)
		return l->env;
	const struct thought *last = &l->operand[l->count - 1];
	return l->both ? last->yes : last->no;
}

void
list_add(struct list *l, struct thought t)
{
	ARENA_MORE(&l->r->p->arena, l->operand, l->count, &l->room);
	l->operand[l->count++] = t;
}

/* Some operand can fault, or has bound a slot. */
static bool
is_plain(const struct list *l)
{
	for (uint32_t i = 0; i < l->count; i++) {
		const struct thought *t = &l->operand[i];
		if (t->ok != l->r->p->yes || t->yes != l->env || t->no != l->env)
			return false;
	}
	return true;
}

struct thought
list_end(struct list *l)
{
	struct prover *p = l->r->p;
	if (is_plain(l) && l->count > 1) {
		Z3_ast *is = ARENA_ARRAY(&p->arena, l->count, Z3_ast);
		for (uint32_t i = 0; i < l->count; i++)
			is[i] = l->operand[i].is;
		Z3_ast all = l->both ? Z3_mk_and(p->z, l->count, is)
				     : Z3_mk_or(p->z, l->count, is);
		return (struct thought){ p->yes, all, l->env, l->env };
	}
	struct thought t = l->operand[l->count - 1];
	for (uint32_t i = l->count - 1; i-- > 0;)
		t = meaning_both(l->r, l->both, l->operand[i], t);
	return t;
}
