/* size.c: a program in, the length of its longest way out.  Jumps go forward only. */
#include "cbpf.h"

uint32_t
cbpf_worst(const struct cbpf_prog *p, struct arena *scratch)
{
	uint32_t *from = ARENA_ARRAY(scratch, p->count + 1, uint32_t);
	for (uint32_t at = p->count; at-- > 0;) {
		const struct sock_filter *i = &p->insn[at];
		uint32_t yes = at + 1, no = yes;
		if (BPF_CLASS(i->code) == BPF_RET) {
			from[at] = 1;
			continue;
		}
		if (i->code == (BPF_JMP | BPF_JA)) {
			yes = no = at + 1 + i->k;
		} else if (BPF_CLASS(i->code) == BPF_JMP) {
			yes += i->jt;
			no += i->jf;
		}
		from[at] = 1 + (from[yes] > from[no] ? from[yes] : from[no]);
	}
	return from[0];
}
