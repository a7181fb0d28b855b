/* trial.c: an expression comes in, it is compiled and proved, and counted; a packet that
 * refutes it is given to the program itself, which must say of it what the prover says.
 */
#include "trial.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "../../filter/cbpf/cbpf.h"
#include "../../filter/prove/engine.h"
#include "../prop/exprs.h"
#include "vm.h"

static const char *const claims[] = {
	[FILTER_CLAIM_NONE] = "none",
	[FILTER_CLAIM_MEANING] = "complete packets: what the expression means",
	[FILTER_CLAIM_TRUNCATED] = "truncated: left to right accepts, so it does",
	[FILTER_CLAIM_DETERMINED] = "truncated: it accepts, so is any filling",
	[FILTER_CLAIM_MACHINE] = "all machines run it alike",
};

const char *
trial_input_name(enum filter_input input)
{
	static const char *const names[] = {
		[FILTER_INPUT_FILE] = "file",
		[FILTER_INPUT_SKB] = "skb",
		[FILTER_INPUT_XDP] = "xdp",
		[FILTER_INPUT_COOKED] = "cooked",
	};
	return names[input];
}

void
trial_print_packet(const struct filter_witness *w)
{
	const struct filter_packet *p = &w->packet;
	if (!w->found) {
		printf("#   (no packet that can be shown)\n");
		return;
	}
	printf("#   captured %" PRIu32 " of %" PRIu32 ", in one piece %" PRIu32
	       ", ifindex %" PRIu32
	       ", protocol 0x%04x, hatype %u, type %u, tag %u 0x%04x\n#  ",
		p->caplen, p->len, w->piece, p->ifindex, p->protocol, p->hatype,
		p->pkttype, p->vlan_present, p->vlan_tci);
	for (uint32_t i = 0; i < p->caplen && i < 512; i++)
		printf(" %02x", p->data[i]);
	printf("%s\n", p->caplen > 512 ? " ..." : "");
}

uint32_t
trial_run(const struct filter *f, unsigned program, const struct filter_witness *w,
	bool *stray)
{
	struct diags ds = { 0 };
	struct filter_ebpf body;
	*stray = false;
	if (program == FILTER_PROGRAM_CBPF) {
		size_t count;
		const struct cbpf_prog prog = { .insn = (struct sock_filter *)filter_cbpf(
							f, &count, &ds) };
		return cbpf_run(&prog, &w->packet);
	}
	const enum filter_reads reads = (enum filter_reads)(program - 1);
	if (!filter_ebpf(f, reads, &body, &ds))
		return 0;
	uint32_t v = vm_run(&body, reads, w, stray);
	filter_ebpf_free(&body);
	return v;
}

/* Says the program of the packet what it is said to say?  Of what machines do otherwise
 * only eBPF's can be seen. */
static bool
is_like(const struct filter_opts *opts, const struct filter_proof *p)
{
	struct filter *f;
	struct diags ds = { 0 };
	const bool machine = p->claim == FILTER_CLAIM_MACHINE;
	bool stray;
	if (!p->witness.found || (machine && p->which == FILTER_PROGRAM_CBPF))
		return true;
	if (!filter_compile(opts, &f, &ds))
		return false;
	const uint32_t is = trial_run(f, p->which, &p->witness, &stray);
	filter_free(f);
	return machine ? stray : is == p->program && p->program != p->expression;
}

static void
say(const struct trials *t, const struct filter_opts *opts, const char *what)
{
	const char *link = filter_linktype_name(opts->linktype);
	(void)t;
	printf("# %s: %s, %s: %.300s\n", what, link != NULL ? link : "?",
		trial_input_name(opts->input), opts->text);
}

static void
refuted(struct trials *t, const struct filter_opts *opts, const struct filter_proof *p)
{
	bool like = is_like(opts, p);
	t->unlike += !like;
	if (t->refuted++ >= t->show)
		return;
	say(t, opts, "refuted");
	printf("#   %s: claim: %s; program %" PRIu32 ", expression %" PRIu32 " %s\n",
		filter_program_name(p->which), claims[p->claim], p->program,
		p->expression, p->why);
	trial_print_packet(&p->witness);
	if (!like)
		printf("#   but the program does not say this of the packet\n");
}

/* The compiler says that it matches nothing: does it? */
static void
prove_never(struct trials *t, const struct filter_opts *opts)
{
	const struct filter_proof_opts limits = { .limit_ms = t->limit_ms };
	struct filter_difference d;
	struct diags ds[2] = { 0 };
	t->never++;
	if (!engine_diff(opts, opts, &limits, &d, ds)) {
		t->refused++;
	} else if (d.relation == FILTER_RELATION_UNDECIDED) {
		t->undecided++;
	} else if (!d.never[0] && t->wrongly++ < t->show) {
		say(t, opts, "refused, though it can match");
	}
	filter_difference_free(&d);
}

/* Classic BPF is the same for files and at XDP: it is proved of the former. */
static uint32_t
programs(struct trials *t, enum filter_input input)
{
	unsigned ways[FILTER_PROGRAMS] = { 0 }, n = 0;
	for (unsigned i = 1; i < FILTER_PROGRAMS; i++)
		if (engine_reads((enum filter_reads)(i - 1), input))
			ways[n++] = i;
	const uint32_t ebpf = n > 0 ? 1u << ways[t->turn++ / 2 % n] : 0;
	return input == FILTER_INPUT_XDP ? ebpf : 1u << FILTER_PROGRAM_CBPF | ebpf;
}

static void
count(struct trials *t, const struct filter_opts *opts, const struct filter_proof *p)
{
	t->tried++;
	t->relations += p->relations;
	t->resolved += p->resolved;
	t->ns += p->ns;
	if (p->ns > t->slowest_ns)
		t->slowest_ns = p->ns;
	for (unsigned i = 0; i < FILTER_PROGRAMS; i++) {
		t->program[i].tried += p->program_is[i].tried;
		t->program[i].verdict[p->program_is[i].verdict] += p->program_is[i].tried;
		t->program[i].ns += p->program_is[i].ns;
	}
	if (p->verdict == FILTER_PROVED) {
		t->proved++;
	} else if (p->verdict == FILTER_REFUTED) {
		refuted(t, opts, p);
	} else if (t->undecided++ < t->show) {
		say(t, opts, "not decided");
		printf("#   %s: %s\n", filter_program_name(p->which), p->why);
	}
}

void
trial_prove(
	struct trials *t, const char *text, uint16_t linktype, enum filter_input input)
{
	const struct filter_proof_opts limits = { .limit_ms = t->limit_ms,
		.programs = programs(t, input) };
	const struct filter_opts opts = { .text = text,
		.linktype = linktype,
		.input = input,
		.snaplen = FILTER_SNAPLEN_MAX,
		.netmask = 0xffffff00,
		.names = &expr_names };
	struct filter_proof p;
	struct diags ds = { 0 };
	if (t->trace)
		fprintf(stderr, "%u %s: %s\n", linktype, trial_input_name(input), text);
	if (engine_prove(&opts, &limits, &p, &ds))
		count(t, &opts, &p);
	else if (ds.count > 0 && ds.diag[0].code == DIAG_NEVER)
		prove_never(t, &opts);
	else
		t->refused++;
	filter_proof_free(&p);
}
