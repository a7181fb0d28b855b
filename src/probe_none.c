/* probe_none.c: in place of probe_bpf.c in a build --without-bpf: no to all. */
#include "probe_ask.h"

void
probe_begin(void)
{
}

#define NONE(name)                                                          \
	void name(struct probe_site *site, const struct probe_row *row,     \
		struct probe_answer *out)                                   \
	{                                                                   \
		(void)site;                                                 \
		(void)row;                                                  \
		probe_say(out, PROBE_NO, "this build has no eBPF capture"); \
	}
NONE(probe_program)
NONE(probe_helper)
NONE(probe_map)
NONE(probe_subprogram)
NONE(probe_link)
NONE(probe_clsact)
NONE(probe_reasons)
NONE(probe_xdp_now)
