/* oracle.c: an expression comes in, libpcap compiles it as for a file of the link type.
 */
#include "oracle.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt.h"

#define SNAPLEN 262144

/* A file without packets: what inbound, NULL's byte order and others ask of the handle is
 * asked of a file. */
static pcap_t *
open_file(uint16_t linktype, bool swapped, char *error)
{
	struct pcap_file_header h = {
		.magic = 0xa1b2c3d4,
		.version_major = PCAP_VERSION_MAJOR,
		.version_minor = PCAP_VERSION_MINOR,
		.snaplen = SNAPLEN,
		.linktype = linktype,
	};
	FILE *f;

	if (swapped) {
		h.magic = __builtin_bswap32(h.magic);
		h.version_major = __builtin_bswap16(h.version_major);
		h.version_minor = __builtin_bswap16(h.version_minor);
		h.snaplen = __builtin_bswap32(h.snaplen);
		h.linktype = __builtin_bswap32(h.linktype);
	}
	f = fmemopen(NULL, sizeof h, "w+");
	if (!f || fwrite(&h, sizeof h, 1, f) != 1)
		abort();
	rewind(f);
	return pcap_fopen_offline(f, error); /* has the stream now, or has closed it */
}

static bool
compile(struct oracle *o, const char *text, uint16_t linktype, bool optimised)
{
	const bool swapped = o->file != NULL;
	pcap_t **file = swapped ? &o->file_swapped : &o->file;
	struct bpf_program *program = swapped ? &o->swapped : &o->program;

	*file = open_file(o->instead ? o->instead->instead : linktype, swapped, o->error);
	if (!*file)
		return false;
	if (pcap_compile(*file, program, text, optimised, 0)) {
		snprintf(o->error, sizeof o->error, "%s", pcap_geterr(*file));
		program->bf_insns = NULL;
		return false;
	}
	if (!optimised)
		adapt_program(program);
	return true;
}

bool
oracle_open(struct oracle *o, const char *text, uint16_t linktype, bool optimised)
{
	char *meant = adapt_text(text, linktype);
	bool ok;

	memset(o, 0, sizeof *o);
	o->instead = adapt_link(linktype, text);
	o->silent = o->instead && o->instead->link_moves && adapt_asks_link(text);
	ok = compile(o, meant, linktype, optimised) &&
	     (!adapt_both_orders(linktype) || compile(o, meant, linktype, optimised));
	free(meant);
	return ok;
}

void
oracle_close(struct oracle *o)
{
	if (o->program.bf_insns)
		pcap_freecode(&o->program);
	if (o->swapped.bf_insns)
		pcap_freecode(&o->swapped);
	if (o->file)
		pcap_close(o->file);
	if (o->file_swapped)
		pcap_close(o->file_swapped);
	memset(o, 0, sizeof *o);
}
