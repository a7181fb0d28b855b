/* worst.c: a program comes in, the length of its longest way goes out.
 *
 * Jumps go forward, so that the ways from an instruction are known before those that
 * lead to it: one walk from the last to the first. */
#include "worst.h"

#include <stdlib.h>

/* The longest way that begins at `at`, or 0; later[] are those from there on. */
static unsigned
longest_from(const struct bpf_insn *insn, const unsigned *later, unsigned at,
	unsigned count, unsigned weight)
{
	const struct bpf_insn *i = insn + at;
	unsigned yes = at + 1, no = yes;

	if (BPF_CLASS(i->code) == BPF_RET)
		return weight;
	if (i->code == (BPF_JMP | BPF_JA)) {
		if (i->k >= count - at)
			return 0;
		yes = no = at + 1 + i->k;
	} else if (BPF_CLASS(i->code) == BPF_JMP) {
		yes += i->jt;
		no += i->jf;
	}
	if (yes >= count || no >= count || !later[yes] || !later[no])
		return 0;
	return weight + (later[yes] > later[no] ? later[yes] : later[no]);
}

unsigned
worst_path(const struct bpf_insn *insn, unsigned count, const unsigned *weight)
{
	unsigned *later = calloc(count, sizeof *later), worst;

	if (!later)
		abort();
	for (unsigned at = count; at--;)
		later[at] = longest_from(insn, later, at, count, weight ? weight[at] : 1);
	worst = later[0];
	free(later);
	return worst;
}
