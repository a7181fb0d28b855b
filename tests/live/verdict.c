/* verdict.c: in: a filter's body and packets; out: what filter_skb() returns for them in
 * the kernel (bpf/verdict.bpf.c, by BPF_PROG_TEST_RUN). */
#include "verdict.h"

#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <string.h>

#include "../../bpf/event.h"
#include "../../src/splice.h"
#include "bpf/verdict.skel.h"

/* The test run takes a link header off first (net/bpf/test_run.c,
 * bpf_prog_test_run_skb: eth_type_trans): zeroes, so that it makes nothing of it. */
#define PAD 14

struct verdict {
	struct verdict_bpf *skel;
	uint8_t *bytes; /* PAD zeroes, then the packet */
	size_t size;
};

struct verdict *
verdict_open(const struct filter_ebpf *body, struct diags *ds)
{
	struct verdict *v = calloc(1, sizeof(*v));
	struct splice splice;
	bool ok = v && splice_begin(&splice, body, ds);
	if (ok) {
		v->skel = verdict_bpf__open();
		ok = v->skel != NULL;
		if (ok)
			v->skel->rodata->reach = body->reach;
		ok = ok && splice_load(&splice, v->skel->skeleton, ds);
	}
	if (v)
		splice_end(&splice);
	if (ok)
		return v;
	verdict_close(v);
	return NULL;
}

bool
verdict_run(struct verdict *v, const struct filter_packet *p, uint32_t *out)
{
	const size_t size = PAD + (size_t)p->caplen;
	if (size > v->size) {
		uint8_t *bytes = realloc(v->bytes, size);
		if (!bytes)
			return false;
		v->bytes = bytes;
		v->size = size;
	}
	memset(v->bytes, 0, PAD);
	if (p->caplen > 0)
		memcpy(v->bytes + PAD, p->data, p->caplen);
	v->skel->bss->meta = (struct pktbuf){ .len = p->len,
		.ifindex = p->ifindex,
		.protocol = p->protocol,
		.hatype = p->hatype,
		.pkttype = p->pkttype };
	struct bpf_test_run_opts opts = {
		.sz = sizeof(opts), .data_in = v->bytes, .data_size_in = size, .repeat = 1
	};
	if (bpf_prog_test_run_opts(bpf_program__fd(v->skel->progs.verdict), &opts) != 0)
		return false;
	*out = opts.retval;
	return true;
}

void
verdict_close(struct verdict *v)
{
	if (!v)
		return;
	verdict_bpf__destroy(v->skel);
	free(v->bytes);
	free(v);
}
