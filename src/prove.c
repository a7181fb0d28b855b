/* prove.c: what --prove and --diff say.  In: filters to compile, and the options; out:
 * the answer on standard output, each packet that shows it as a line and in hex, and in
 * the capture file of --witness.
 *
 * A packet is shown and written as a capture would have it: a VLAN tag that is metadata
 * goes back into the bytes, and a cooked packet gets its LINUX_SLL2 header.  Where the
 * file is standard output, the words go to standard error. */
#include "prove.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <net/ethernet.h>
#include <stdlib.h>
#include <string.h>

#include "../bpf/event.h"
#include "../filter/proof.h"
#include "sink_pcap.h"

#define VLAN_AT 12 /* IEEE 802.1Q: the tag follows the addresses */
#define VLAN_TAG 4

struct telling {
	const struct filter_opts *f; /* link type and input kind of the packets */
	FILE *to;
	struct sink *print, *file; /* file: NULL without --witness */
	struct diags *ds;
};

/* --- packets ----------------------------------------------------------------- */

/* The packet as it would be captured; its bytes are malloc'd. */
static struct packet
as_captured(const struct filter_opts *f, const struct filter_packet *w)
{
	const bool cooked = f->input == FILTER_INPUT_COOKED;
	const bool tag = f->input == FILTER_INPUT_SKB && w->vlan_present &&
			 f->linktype == FILTER_LINK_EN10MB && w->len >= VLAN_AT;
	const uint32_t more = cooked ? sizeof(struct sll2) : tag ? VLAN_TAG : 0;
	const uint32_t head = tag && w->caplen >= VLAN_AT ? VLAN_AT : 0;
	const uint32_t put = tag && head == 0 ? 0 : more;
	uint8_t *data = malloc((size_t)w->caplen + put + 1);
	if (data == NULL)
		abort();
	const struct sll2 link = { .protocol_be = htons(w->protocol),
		.ifindex_be = htonl(w->ifindex),
		.hatype_be = htons(w->hatype),
		.pkttype = w->pkttype };
	const uint16_t vlan[2] = { htons(ETHERTYPE_VLAN), htons(w->vlan_tci) };
	if (head > 0)
		memcpy(data, w->data, head);
	if (put > 0)
		memcpy(data + head, cooked ? (const void *)&link : vlan, put);
	if (w->caplen > head)
		memcpy(data + head + put, w->data + head, w->caplen - head);
	return (struct packet){ .data = data,
		.caplen = w->caplen + put,
		.len = w->len + more,
		.linktype = f->linktype };
}

/* What a filter on an interface can test besides the bytes.  The rest is in the cooked
 * header, which is shown. */
static void
tell_metadata(const struct telling *t, const struct filter_packet *w)
{
	static const char *const types[] = { "to this host", "broadcast", "multicast",
		"to another host", "outgoing" };
	if (t->f->input != FILTER_INPUT_SKB)
		return;
	fprintf(t->to, "\tinterface %" PRIu32 ", packet type %u", w->ifindex, w->pkttype);
	if (w->pkttype < sizeof(types) / sizeof(types[0]))
		fprintf(t->to, " (%s)", types[w->pkttype]);
	if (w->vlan_present)
		fprintf(t->to, ", VLAN tag 0x%04x taken off by the kernel", w->vlan_tci);
	fputc('\n', t->to);
}

/* "WHAT, 34 of 60 bytes: " and the packet as -xx prints it. */
static bool
tell_packet(struct telling *t, const char *what, const struct filter_witness *w)
{
	if (!w->found) {
		fprintf(t->to, "%s: too long to be shown\n", what);
		return true;
	}
	struct packet k = as_captured(t->f, &w->packet);
	bool ok = t->file == NULL || t->file->ops->write(t->file, &k, t->ds);
	fprintf(t->to, "%s, ", what);
	if (k.caplen != k.len)
		fprintf(t->to, "%" PRIu32 " of ", k.caplen);
	fprintf(t->to, "%" PRIu32 " byte%s", k.len, k.len == 1 ? "" : "s");
	fputs(k.caplen > 0 ? ": " : "\n", t->to);
	if (k.caplen > 0)
		ok = t->print->ops->write(t->print, &k, t->ds) && ok;
	tell_metadata(t, &w->packet);
	free((void *)(uintptr_t)k.data);
	return ok;
}

static bool
begin(struct telling *t, const struct options *o, const struct filter_opts *f,
	struct diags *ds)
{
	const char *file = o->witness;
	struct print_opts print = o->print;
	print.time = PRINT_TIME_NONE;
	print.numeric = 1; /* the addresses are nobody's */
	if (!print.hex_ascii && !print.ascii)
		print.hex = 2;
	const struct sink_pcap_opts opts = { .linktype = f->linktype };
	FILE *to = file != NULL && strcmp(file, "-") == 0 ? stderr : stdout;
	*t = (struct telling){ .f = f, .to = to, .ds = ds };
	t->file = file == NULL ? NULL : sink_pcap_open(file, &opts, ds);
	t->print = sink_print_open(&print, to);
	return file == NULL || t->file != NULL;
}

static bool
end(struct telling *t, bool ok)
{
	ok = t->print->ops->close(t->print, t->ds) && ok;
	return (t->file == NULL || t->file->ops->close(t->file, t->ds)) && ok;
}

static uint64_t
milliseconds(uint64_t ns)
{
	return (ns + 999999) / 1000000;
}

/* For -v: the time, and how much of the meaning is the prover's own reading. */
static void
note(struct diags *ds, uint64_t ns, uint32_t own, uint32_t resolved)
{
	diags_add(ds, DIAG_NONE, SEV_NOTE, "it took %" PRIu64 " ms", milliseconds(ns));
	if (own + resolved > 0)
		diags_add(ds, DIAG_NONE, SEV_NOTE,
			"relations: %" PRIu32 ", %" PRIu32
			" of them with the arithmetic that the compiler reads",
			own + resolved, resolved);
}

/* --- --prove ----------------------------------------------------------------- */

/* Of several programs, which one; what is not said is classic BPF. */
static void
tell_which(const struct telling *t, const struct filter_proof *p)
{
	if (p->which != FILTER_PROGRAM_CBPF)
		fprintf(t->to, "the program is %s\n", filter_program_name(p->which));
}

/* For -v: what was proved of which program. */
static void
note_programs(struct diags *ds, const struct filter_proof *p)
{
	static const char *const words[] = {
		[FILTER_PROVED] = "proved",
		[FILTER_REFUTED] = "refuted",
		[FILTER_UNDECIDED] = "not decided",
	};
	for (unsigned i = 0; i < FILTER_PROGRAMS; i++)
		if (p->program_is[i].tried)
			diags_add(ds, DIAG_NONE, SEV_NOTE, "%s: %s in %" PRIu64 " ms",
				filter_program_name(i), words[p->program_is[i].verdict],
				milliseconds(p->program_is[i].ns));
}

static void
tell_verdicts(const struct telling *t, const struct filter_proof *p)
{
	static const char *const verdict[] = { "rejects", "accepts" };
	fprintf(t->to, "the program %s it, the expression %s it", verdict[p->program > 0],
		verdict[p->expression > 0]);
	if (p->program > 0 && p->expression > 0 && p->program != p->expression)
		fprintf(t->to, ": %" PRIu32 " bytes against %" PRIu32, p->program,
			p->expression);
	fputc('\n', t->to);
}

static const char *const claims[] = {
	[FILTER_CLAIM_NONE] = "the program is wrong",
	[FILTER_CLAIM_MEANING] = "a packet for which program and expression differ",
	[FILTER_CLAIM_TRUNCATED] =
		"a truncated packet that the expression, read from left to "
		"right, accepts, and the program does not",
	[FILTER_CLAIM_DETERMINED] =
		"a truncated packet that the program accepts, and the expression "
		"may not",
	[FILTER_CLAIM_MACHINE] =
		"what the program does depends on the machine that runs it",
};

static bool
tell_refuted(struct telling *t, const struct filter_proof *p)
{
	const bool astray =
		p->claim == FILTER_CLAIM_MACHINE && p->which != FILTER_PROGRAM_CBPF;
	fprintf(t->to, "refuted in %" PRIu64 " ms: %s\n", milliseconds(p->ns),
		astray ? "the program reads what it has not checked, or shifts too far"
		       : claims[p->claim]);
	tell_which(t, p);
	if (p->why[0] != '\0')
		fprintf(t->to, "%s\n", p->why);
	if (!p->witness.found && p->why[0] != '\0')
		return true;
	if (p->claim != FILTER_CLAIM_MACHINE)
		tell_verdicts(t, p);
	const bool ok = tell_packet(t, "packet", &p->witness);
	if (p->witness.found && p->witness.piece < p->witness.packet.caplen)
		fprintf(t->to, "\tof its bytes in one piece: %" PRIu32 "\n",
			p->witness.piece);
	return ok;
}

static bool
tell_proof(struct telling *t, const struct filter_proof *p)
{
	bool ok;
	switch (p->verdict) {
	case FILTER_PROVED:
		fprintf(t->to, "proved in %" PRIu64 " ms\n", milliseconds(p->ns));
		return true;
	case FILTER_REFUTED:
		ok = tell_refuted(t, p);
		fputs("this is a defect of bpfcap: please report it\n", t->to);
		return ok;
	case FILTER_UNDECIDED: break;
	}
	fprintf(t->to, "not decided: %s\n", p->why);
	tell_which(t, p);
	return true;
}

bool
prove_program(const struct options *o, const struct filter_opts *f, struct diags *ds)
{
	const struct filter_proof_opts limits = { .limit_ms = o->prove_ms };
	struct filter_proof proof;
	struct telling t;
	if (!filter_prove(f, &limits, &proof, ds))
		return false;
	bool ok = begin(&t, o, f, ds);
	ok = end(&t, tell_proof(&t, &proof)) && ok;
	ok = ok && proof.verdict == FILTER_PROVED;
	note_programs(ds, &proof);
	note(ds, proof.ns, proof.relations, proof.resolved);
	filter_proof_free(&proof);
	return ok;
}

/* --- --diff ------------------------------------------------------------------ */

static void
tell_relation(const struct telling *t, const struct filter_difference *d)
{
	static const char *const words[] = {
		[FILTER_EQUAL] = "equal",
		[FILTER_A_IMPLIES_B] = "A implies B",
		[FILTER_B_IMPLIES_A] = "B implies A",
		[FILTER_DISJOINT] = "disjoint",
		[FILTER_OVERLAP] = "neither implies the other",
		[FILTER_RELATION_UNDECIDED] = "not decided",
	};
	fputs(words[d->relation], t->to);
	if (d->relation == FILTER_RELATION_UNDECIDED)
		fprintf(t->to, ": %s", d->why);
	fputc('\n', t->to);
	for (unsigned i = 0; i < 2; i++)
		if (d->never[i])
			fprintf(t->to, "%c accepts no packet\n", "AB"[i]);
}

bool
prove_diff(const struct options *o, const struct filter_opts *a,
	const struct filter_opts *b, struct diags ds[2])
{
	const struct filter_proof_opts limits = { .limit_ms = o->prove_ms };
	struct filter_difference d;
	struct telling t;
	if (!filter_diff(a, b, &limits, &d, ds))
		return false;
	bool ok = begin(&t, o, a, &ds[0]);
	tell_relation(&t, &d);
	const enum filter_relation r = d.relation;
	const bool overlap = r == FILTER_OVERLAP;
	const bool both = overlap || r == FILTER_DISJOINT; /* have one of their own */
	if (both || r == FILTER_B_IMPLIES_A)
		ok = tell_packet(&t, "only A accepts", &d.only[0]) && ok;
	if (both || r == FILTER_A_IMPLIES_B)
		ok = tell_packet(&t, "only B accepts", &d.only[1]) && ok;
	if (overlap)
		ok = tell_packet(&t, "both accept", &d.both) && ok;
	ok = end(&t, ok) && d.relation == FILTER_EQUAL;
	note(&ds[0], d.ns, d.relations, d.resolved);
	filter_difference_free(&d);
	return ok;
}
