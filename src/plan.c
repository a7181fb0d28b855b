/* plan.c: options in, a plan out.  It alone decides where the filter runs: in the kernel
 * as eBPF, there as classic BPF, or here.  -v says what was chosen, and why. */
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter_files.h"
#include "linktext.h"
#include "names.h"
#include "privilege.h"
#include "prove.h"
#include "report.h"
#include "sink_pcap.h"
#include "source_file.h"
#include "stop.h"
#include "text_file.h"

static bool
plan_text(const struct options *o, struct plan *p, struct diags *ds)
{
	p->text = o->expression;
	if (o->filter_file == NULL)
		return true;
	size_t len;
	bool ok = text_file_read(o->filter_file, TEXT_FILE_MAX, &p->file_text, &len, ds);
	p->text = p->file_text;
	return ok;
}

/* --emit of a graph, with -v: as it was built, and behind each optimisation. */
static bool
traces(const struct options *o)
{
	return o->mode == MODE_DUMP && o->verbose > 0 && o->emit.object == NULL &&
	       (o->emit.format == FILTER_FORMAT_IR ||
		       o->emit.format == FILTER_FORMAT_DOT);
}

static struct filter_opts
to_compile(const struct options *o, const struct plan *p, uint16_t linktype,
	enum filter_input input, const struct filter_files *files)
{
	return (struct filter_opts){ .text = p->text,
		.files = files,
		.program = o->filter_file != NULL,
		.name = o->filter_file,
		.linktype = linktype,
		.input = input,
		.snaplen = o->snaplen,
		.no_optimise = o->no_optimise,
		.passes = o->passes,
		.trace = traces(o) ? stdout : NULL,
		.trace_format =
			o->emit.object == NULL ? o->emit.format : FILTER_FORMAT_IR,
		.names = names_system() };
}

/* With --explain it is printed what the filter is, and there is none. */
static bool
compile(const struct options *o, const struct plan *p, uint16_t linktype,
	enum filter_input input, struct filter **out, struct diags *ds)
{
	struct filter_texts texts = { 0 };
	const struct filter_files files = filter_files(&texts);
	const struct filter_opts opts = to_compile(o, p, linktype, input, &files);
	bool ok = o->mode == MODE_EXPLAIN ? filter_explain(&opts, stdout, ds)
					  : filter_compile(&opts, out, ds);
	filter_texts_free(&texts);
	return ok;
}

static void
note(struct diags *ds, const char *text)
{
	diags_add(ds, DIAG_FALLBACK, SEV_NOTE, "%s", text);
}

/* Why a way was not taken, as a note for -v in place of an error. */
static void
demote(struct diags *ds, unsigned from)
{
	for (unsigned i = from; i < ds->count; i++)
		if (ds->diag[i].severity == SEV_ERROR)
			ds->diag[i].severity = SEV_NOTE;
}

static bool
may_fall_back(const struct diags *ds)
{
	enum diag_code code = ds->count > 0 ? ds->diag[ds->count - 1].code : DIAG_NONE;
	return code == DIAG_PERMISSION || code == DIAG_KERNEL || code == DIAG_TOO_LONG ||
	       code == DIAG_REGISTERS;
}

/* eBPF in the kernel, else, where the hook has that, classic BPF. */
static bool
open_net(const struct live_hook *hook, const struct live_opts *live,
	const struct iface *iface, struct plan *p, struct diags *ds)
{
	unsigned before = ds->count;
	stop_catch();
	p->source = hook->open(live, iface, p->filter, ds);
	if (p->source != NULL) {
		note(ds, hook->note);
		return true;
	}
	if (!hook->classic || !may_fall_back(ds))
		return false;
	unsigned after = ds->count;
	p->source = live_packet_open(live, iface, p->filter, ds);
	if (p->source == NULL) { /* both causes are told, where they differ */
		const struct diag *last = &ds->diag[ds->count - 1];
		if (ds->count > 1 && strcmp(last[-1].text, last->text) == 0)
			ds->count--;
		return false;
	}
	demote(ds, before < after ? before : 0);
	note(ds,
		p->source->user
			? "capturing all packets, on an AF_PACKET ring, and matching here"
			: "capturing with the filter as classic BPF, on an AF_PACKET "
			  "ring");
	return true;
}

/* Is it libpcap that gives the packets: a device that only it knows, or an interface
 * with a link type that is not the one we capture it with? */
static bool
through_pcap(const struct options *o, const struct iface *i)
{
	return i->kind == IFACE_PCAP || (o->has_linktype && o->linktype != i->linktype);
}

static bool
open_pcap(const struct options *o, struct live_opts *live, const struct iface *iface,
	struct plan *p, struct diags *ds)
{
	live->has_linktype = o->has_linktype;
	live->linktype = o->linktype;
	/* Known beforehand, so that nothing is opened for an expression that is wrong. */
	if (o->has_linktype &&
		!compile(o, p, o->linktype, FILTER_INPUT_FILE, &p->filter, ds))
		return false;
	live->user = p->filter;
	stop_catch();
	p->source = live_pcap_open(live, iface, ds);
	if (p->source == NULL)
		return false;
	note(ds, "capturing through libpcap; the filter matches in user space");
	return p->filter != NULL ||
	       compile(o, p, p->source->linktype, FILTER_INPUT_FILE, &p->filter, ds);
}

static bool
open_live(const struct options *o, struct plan *p, struct diags *ds)
{
	struct iface iface;
	enum filter_input input;
	p->live = true;
	const bool all = o->device == NULL && o->hook->everywhere;
	if (!iface_find(all ? IFACE_ANY : o->device, &iface, ds))
		return false;
	struct live_opts live = { .snaplen = o->snaplen,
		.buffer_kib = o->buffer_kib,
		.direction = o->direction,
		.promisc = !o->no_promisc,
		.immediate = o->immediate };
	if (through_pcap(o, &iface))
		return live_hook_fit_pcap(o->hook, &iface, ds) &&
		       open_pcap(o, &live, &iface, p, ds);
	return live_hook_fit(o->hook, &iface, o->direction, &input, ds) &&
	       compile(o, p, iface.linktype, input, &p->filter, ds) &&
	       open_net(o->hook, &live, &iface, p, ds);
}

/* A file has its link type: -y and -L do nothing, which is said where it matters. */
static bool
open_reader(const struct options *o, struct plan *p, struct diags *ds)
{
	p->source = source_file_open(o->read_file, ds);
	if (p->source == NULL)
		return false;
	char type[LINKTEXT_MAX];
	linktext_name(p->source->linktype, type, sizeof(type));
	if (o->has_linktype && o->linktype != p->source->linktype)
		diags_add(ds, DIAG_USAGE, SEV_WARNING,
			"-y has no effect: the file's link type is %s", type);
	if (o->list_links)
		diags_add(ds, DIAG_USAGE, SEV_WARNING,
			"-L has no effect with -r: the file's link type is %s", type);
	return true;
}

static bool
open_file(const struct options *o, struct plan *p, struct diags *ds)
{
	if (!open_reader(o, p, ds) ||
		!compile(o, p, p->source->linktype, FILTER_INPUT_FILE, &p->filter, ds))
		return false;
	stop_catch();
	return true;
}

/* Packets are parsed without the rights that capturing took. */
static bool
give_up_rights(const struct options *o, const struct plan *p, struct diags *ds)
{
	if (o->user != NULL)
		return privilege_become(o->user, ds);
	return !p->live || privilege_limit(ds);
}

static bool
open_sink(const struct options *o, struct plan *p, struct diags *ds)
{
	const struct source *s = p->source;
	if (o->write_file == NULL) {
		p->sink = sink_print_open(&o->print, stdout);
		return true;
	}
	/* A file keeps what its source has; a capture is in microseconds unless asked. */
	struct sink_pcap_opts opts = { .linktype = s->linktype,
		.snaplen = p->live ? o->snaplen : s->snaplen,
		.nano = !o->micro && (o->print.nano || (!p->live && s->nano)),
		.packet_buffered = o->packet_buffered };
	p->sink = sink_pcap_open(o->write_file, &opts, ds);
	return p->sink != NULL;
}

static void
announce(const struct options *o, const struct plan *p)
{
	char type[128];
	linktext(p->source->linktype, type, sizeof(type));
	if (p->live)
		fprintf(stderr,
			"bpfcap: listening on %s, link-type %s, snapshot length %u "
			"bytes\n",
			p->source->name, type, o->snaplen);
	else
		fprintf(stderr,
			"reading from file %s, link-type %s, snapshot length %u\n",
			o->read_file, type, p->source->snaplen);
}

bool
plan_make(const struct options *o, struct plan *p, struct diags *ds)
{
	*p = (struct plan){ 0 };
	if (!plan_text(o, p, ds))
		return false;
	if (!(o->read_file != NULL ? open_file(o, p, ds) : open_live(o, p, ds)))
		return false;
	if (!give_up_rights(o, p, ds) || !open_sink(o, p, ds))
		return false;
	announce(o, p);
	return true;
}

/* A file's packets, or those of the hook that was named; of -y's link type, or Ethernet.
 */
static void
dump_without_device(const struct options *o, uint16_t *linktype, enum filter_input *input)
{
	if (!o->hook->pcap)
		*input = o->hook->input;
	emit_input(&o->emit, true, linktype, input);
	if (o->has_linktype)
		*linktype = o->linktype;
	else if (*linktype != FILTER_LINK_EN10MB)
		return;
	else if (*input == FILTER_INPUT_COOKED)
		*linktype = FILTER_LINK_LINUX_SLL2;
	else
		fprintf(stderr, "Warning: assuming Ethernet\n");
}

/* What -d and --explain compile for: the link type of the file, of the interface (-y:
 * another one that it has), -y's, or Ethernet. */
static bool
dump_target(const struct options *o, struct plan *p, uint16_t *linktype,
	enum filter_input *input, struct diags *ds)
{
	struct iface iface;
	*input = FILTER_INPUT_FILE;
	*linktype = FILTER_LINK_EN10MB;
	if (o->read_file != NULL) {
		if (open_reader(o, p, ds))
			*linktype = p->source->linktype;
		return p->source != NULL;
	}
	if (o->device == NULL) {
		dump_without_device(o, linktype, input);
		return true;
	}
	if (!iface_find(o->device, &iface, ds))
		return false;
	if (through_pcap(o, &iface)) {
		if (!live_hook_fit_pcap(o->hook, &iface, ds))
			return false;
		const struct live_opts live = { .snaplen = o->snaplen,
			.has_linktype = o->has_linktype,
			.linktype = o->linktype };
		p->source = live_pcap_open(&live, &iface, ds);
		if (p->source != NULL)
			*linktype = p->source->linktype;
		return p->source != NULL;
	}
	bool ok = live_hook_fit(o->hook, &iface, o->direction, input, ds);
	*linktype = iface.linktype;
	return ok;
}

static bool
write_emitted(const struct options *o, const struct plan *p, struct diags *ds)
{
	struct emit emit = o->emit;
	emit.text = p->text;
	return emit_write(&emit, p->filter, ds);
}

bool
plan_dump(const struct options *o, struct plan *p, struct diags *ds)
{
	uint16_t linktype;
	enum filter_input input;
	*p = (struct plan){ 0 };
	if (!plan_text(o, p, ds) || !dump_target(o, p, &linktype, &input, ds))
		return false;
	emit_input(&o->emit, false, &linktype, &input);
	return emit_fits(&o->emit, linktype, input, ds) &&
	       compile(o, p, linktype, input, &p->filter, ds) &&
	       (o->mode == MODE_EXPLAIN || traces(o) || write_emitted(o, p, ds));
}

/* What is wrong with the expression is said by the proof. */
static bool
print_listing(const struct options *o, struct plan *p, const struct filter_opts *opts,
	struct diags *ds)
{
	struct diags unsaid = { 0 };
	return !filter_compile(opts, &p->filter, &unsaid) || write_emitted(o, p, ds);
}

bool
plan_prove(const struct options *o, struct plan *p, struct diags *ds)
{
	uint16_t linktype;
	enum filter_input input;
	struct filter_texts texts = { 0 };
	const struct filter_files files = filter_files(&texts);
	*p = (struct plan){ 0 };
	if (!plan_text(o, p, ds) || !dump_target(o, p, &linktype, &input, ds))
		return false;
	const struct filter_opts opts = to_compile(o, p, linktype, input, &files);
	bool ok = (!o->listing || print_listing(o, p, &opts, ds)) &&
		  prove_program(o, &opts, ds);
	filter_texts_free(&texts);
	return ok;
}

bool
plan_diff(const struct options *o, struct plan *p, struct diags ds[2])
{
	uint16_t linktype;
	enum filter_input input;
	struct filter_texts texts = { 0 };
	const struct filter_files files = filter_files(&texts);
	*p = (struct plan){ 0 };
	if (!plan_text(o, p, &ds[0]) || !dump_target(o, p, &linktype, &input, &ds[0]))
		return false;
	const struct filter_opts a = to_compile(o, p, linktype, input, &files);
	struct filter_opts b = a;
	b.text = o->second;
	b.program = false;
	b.name = NULL;
	bool ok = prove_diff(o, &a, &b, ds);
	filter_texts_free(&texts);
	return ok;
}

bool
plan_close(struct plan *p, struct diags *ds)
{
	bool ok = p->sink == NULL || p->sink->ops->close(p->sink, ds);
	if (p->source != NULL)
		p->source->ops->close(p->source);
	filter_free(p->filter);
	free(p->file_text);
	*p = (struct plan){ 0 };
	return ok;
}
