/* way.c: the table of ways, and how each is made ready, run and put away. */
#include "way.h"

#include <errno.h>
#include <linux/filter.h>
#include <string.h>

#include "../../filter/cbpf/cbpf.h"
#include "machine.h"

#define ANCILLARY 0xfff00000u /* SKF_AD_OFF, SKF_LL_OFF and what is above */
#define SOCKET_MAX 2000       /* instructions; the kernel makes up to 16 of one */

static void
close_nothing(struct ready *r)
{
	(void)r;
}

/* --- in user space --------------------------------------------------------------- */

static enum way_open
open_match(struct ready *r, struct diags *ds)
{
	(void)r;
	(void)ds;
	return WAY_OPEN;
}

static enum way_run
run_match(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	*verdict = filter_match(r->filter, p);
	return WAY_RAN;
}

/* Too long, or too much arithmetic for 16 cells. */
static enum way_open
open_cbpf(struct ready *r, struct diags *ds)
{
	r->insns = filter_cbpf(r->filter, &r->count, ds);
	return r->insns ? WAY_OPEN : WAY_WITHOUT;
}

static enum way_run
run_cbpf(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	const struct cbpf_prog program = {
		.insn = (struct sock_filter *)(uintptr_t)r->insns,
		.count = (uint32_t)r->count,
	};

	*verdict = cbpf_run(&program, p);
	return WAY_RAN;
}

/* Does it ask for what is not in the packet's bytes? */
static bool
asks_ancillary(const struct ready *r)
{
	const struct sock_filter *i = r->insns;

	for (const struct sock_filter *end = i + r->count; i < end; i++)
		if (BPF_CLASS(i->code) == BPF_LD && BPF_MODE(i->code) == BPF_ABS &&
			i->k >= ANCILLARY)
			return true;
	return false;
}

static enum way_open
open_pcap(struct ready *r, struct diags *ds)
{
	const enum way_open open = open_cbpf(r, ds);

	return open == WAY_OPEN && asks_ancillary(r) ? WAY_WITHOUT : open;
}

static enum way_run
run_pcap(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	*verdict = way_pcap_run(r->insns, p);
	return WAY_RAN;
}

static enum way_open
open_body(struct ready *r, struct diags *ds)
{
	return filter_ebpf(r->filter, r->way->reads, &r->body, ds) ? WAY_OPEN
								   : WAY_WITHOUT;
}

static void
close_body(struct ready *r)
{
	filter_ebpf_free(&r->body);
}

static enum way_run
run_machine(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	if (!machine_run(&r->body, p->data, p->caplen, verdict))
		r->wrong = "an instruction that is none of ours, or an access to nowhere";
	return WAY_RAN;
}

/* --- the kernel's classic BPF ---------------------------------------------------- */

/* A packet on a pair of sockets has no device: its number is no verdict. */
static enum way_open
open_socket(struct ready *r, struct diags *ds)
{
	const enum way_open open = open_pcap(r, ds);

	if (open != WAY_OPEN)
		return open;
	if (!kernel_open(&r->socket))
		return WAY_WITHOUT;
	if (kernel_attach_cbpf(&r->socket, r->insns, r->count))
		return WAY_OPEN;
	const int err = errno;
	kernel_close(&r->socket);
	if (err == E2BIG || err == ENOMEM || (err == EINVAL && r->count > SOCKET_MAX))
		return WAY_WITHOUT; /* BPF_MAXINSNS, net.core.optmem_max, long jumps */
	diags_error(ds, DIAG_KERNEL, (struct span){ 0, 0 }, "SO_ATTACH_FILTER: %s",
		strerror(err));
	return WAY_REFUSED;
}

static enum way_run
run_socket(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	const int judged = kernel_verdict(&r->socket, p->data, p->caplen);

	if (judged < 0)
		r->wrong = "the pair of sockets failed, or the packet was cut";
	*verdict = judged > 0 ? filter_eval(r->filter, p) : 0;
	if (judged > 0 && *verdict == 0)
		*verdict = 1; /* accepted, which the graph does not */
	return WAY_RAN;
}

static void
close_socket(struct ready *r)
{
	kernel_close(&r->socket);
}

/* --- the kernel's hooks ---------------------------------------------------------- */

static enum way_open
open_wrap(struct ready *r, struct diags *ds)
{
	const enum way_open open = open_body(r, ds);

	if (open != WAY_OPEN ||
		wrap_load_at(&r->wrap, &r->body, r->way->reads, r->way->at))
		return open;
	diags_error(ds, DIAG_KERNEL, (struct span){ 0, 0 }, "%s: %.150s",
		strerror(r->wrap.err), r->wrap.why);
	wrap_unload(&r->wrap);
	close_body(r);
	return WAY_REFUSED;
}

static enum way_run
run_wrap(struct ready *r, const struct filter_packet *p, uint32_t *verdict)
{
	if (!wrap_run(&r->wrap, p, verdict))
		return WAY_NOT_RUN;
	return *verdict == FILTER_BEYOND ? WAY_BEYOND : WAY_RAN;
}

static void
close_wrap(struct ready *r)
{
	wrap_unload(&r->wrap);
	close_body(r);
}

#define IN(input) (1u << FILTER_INPUT_##input)
#define BYTES (IN(FILE) | IN(XDP))
#define ALL (BYTES | IN(SKB) | IN(COOKED))

#define KERNEL(reads_, at_)                                             \
	.root = true, .reads = FILTER_READS_##reads_, .at = WRAP_##at_, \
	.open = open_wrap, .run = run_wrap, .close = close_wrap

const struct way ways[] = {
	{ "filter_match", .inputs = ALL, .cuts = true, .open = open_match,
		.run = run_match, .close = close_nothing },
	{ "cBPF, ours", .inputs = ALL, .cuts = true, .open = open_cbpf, .run = run_cbpf,
		.close = close_nothing },
	{ "cBPF, libpcap", .inputs = BYTES, .cuts = true, .open = open_pcap,
		.run = run_pcap, .close = close_nothing },
	{ "cBPF, kernel", .inputs = ALL, .open = open_socket, .run = run_socket,
		.close = close_socket },
	{ "eBPF, user", .inputs = BYTES, .reads = FILTER_READS_BUFFER, .open = open_body,
		.run = run_machine, .close = close_body },
	{ "socket", .inputs = ALL, .cuts = true, KERNEL(SCRATCH, SOCKET) },
	{ "socket, LD_IND", .inputs = ALL, .cuts = true, KERNEL(CONTEXT, SOCKET) },
	{ "socket, LD_ABS", .inputs = IN(FILE) | IN(SKB), KERNEL(LOADS, TC_TAG) },
	{ "tc", .inputs = IN(FILE) | IN(SKB), KERNEL(SKB, TC_TAG) },
	{ "tc, scratch", .inputs = ALL, .cuts = true, KERNEL(SCRATCH, TC) },
	{ "XDP", .inputs = BYTES, KERNEL(XDP, XDP) },
	{ "XDP, fragments", .inputs = BYTES, KERNEL(XDP_FRAGS, XDP) },
	{ "XDP, scratch", .inputs = BYTES, .cuts = true, KERNEL(XDP_SCRATCH, XDP) },
	{ "drop", .inputs = ALL, .cuts = true, KERNEL(MEMORY, TRACING) },
};
const size_t way_count = sizeof ways / sizeof ways[0];
