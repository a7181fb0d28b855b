/* oracle.c: an expression comes in, libpcap compiles it as for a file of the link type.
 */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"
#include "links.h"

#define SNAPLEN 262144

/* A file without packets: what inbound and others ask of the handle is asked of a file.
 */
static pcap_t *
open_file(uint16_t linktype, char *error)
{
	const struct pcap_file_header h = {
		.magic = 0xa1b2c3d4,
		.version_major = PCAP_VERSION_MAJOR,
		.version_minor = PCAP_VERSION_MINOR,
		.snaplen = SNAPLEN,
		.linktype = linktype,
	};
	FILE *f = fmemopen(NULL, sizeof h, "w+");

	if (!f || fwrite(&h, sizeof h, 1, f) != 1)
		abort();
	rewind(f);
	return pcap_fopen_offline(f, error); /* has the stream now */
}

/* Does a tunnel's offset begin to be worked out here?  tax; add #2; st M[] */
static bool
is_offset(const struct bpf_insn *i, unsigned left)
{
	return left > 3 && i[0].code == (BPF_MISC | BPF_TAX) &&
	       i[1].code == (BPF_ALU | BPF_ADD | BPF_K) && i[1].k == 2 &&
	       i[2].code == BPF_ST;
}

/* Of the cells that a tunnel's offsets are in, none counts that was written before: it is
 * of a relation that had the cell to itself, and the tunnel is not in the packet. */
static void
find_since(struct oracle *o)
{
	uint32_t since[BPF_MEMWORDS] = { 0 }, tunnel = 0;

	o->since = calloc(o->program.bf_len, sizeof *o->since);
	if (!o->since)
		abort();
	for (uint32_t at = 0; at < o->program.bf_len; at++) {
		const struct bpf_insn *i = o->program.bf_insns + at;

		if (is_offset(i, o->program.bf_len - at))
			tunnel = at;
		/* its three cells are all written within sixteen instructions */
		if (BPF_CLASS(i->code) == BPF_ST || BPF_CLASS(i->code) == BPF_STX)
			if (tunnel && at < tunnel + 18)
				since[i->k] = tunnel;
		if ((BPF_CLASS(i->code) == BPF_LD || BPF_CLASS(i->code) == BPF_LDX) &&
			BPF_MODE(i->code) == BPF_MEM)
			o->since[at] = since[i->k];
	}
}

static bool
compile(struct oracle *o, struct adapted *a, uint16_t linktype, bool optimised)
{
	o->file = open_file(o->instead ? o->instead->instead : linktype, o->error);
	if (!o->file)
		return false;
	if (pcap_compile(o->file, &o->program, a->text, optimised, 0)) {
		snprintf(o->error, sizeof o->error, "%s", pcap_geterr(o->file));
		o->program.bf_insns = NULL;
		return false;
	}
	if (!optimised) {
		o->foreign = adapt_program(&o->program, linktype, a);
		find_since(o);
		o->radio = links_find(linktype) &&
			   links_find(linktype)->family == FAMILY_WLAN;
	}
	return true;
}

bool
oracle_open(struct oracle *o, const char *text, uint16_t linktype, bool optimised)
{
	struct adapted a;
	bool ok;

	memset(o, 0, sizeof *o);
	adapt_text(text, linktype, &a);
	o->instead = adapt_link(linktype, text);
	o->both_orders = adapt_both_orders(linktype);
	ok = compile(o, &a, linktype, optimised);
	o->silent = a.lost || adapt_is_spoilt(text, linktype) ||
		    (o->instead && o->instead->link_moves && adapt_asks_link(text));
	adapt_free(&a);
	return ok;
}

void
oracle_close(struct oracle *o)
{
	if (o->program.bf_insns)
		pcap_freecode(&o->program);
	if (o->file)
		pcap_close(o->file);
	free(o->since);
	memset(o, 0, sizeof *o);
}
