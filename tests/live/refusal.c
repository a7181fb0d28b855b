/* refusal.c: what is said when the kernel's verifier refuses a filter.
 *
 * In: expressions, whose compiled bodies get one wrong instruction in one part of them;
 * and expressions that are too much for the verifier as they are.  Out: TAP: the running
 * kernel refuses them, and the message points at that part and says why in words. */
#include <errno.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/privilege.h"
#include "verdict.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define R(op, d, s, o, i)                                                            \
	{                                                                            \
		.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}
#define R_CTX 6
#define R_BYTES 7

static const struct trial {
	const char *text;
	const char *part;     /* whose first instruction is replaced; NULL: the last */
	struct bpf_insn insn; /* by this one */
	const char *cause;    /* what is said of it */
	const char *and;      /* the second place, or NULL */
	bool whole;           /* it is no part that is to blame */
} trials[] = {
	{ .text = "ip and tcp port 80",
		.part = "80",
		.insn = R(BPF_LDX | BPF_MEM | BPF_W, 0, R_BYTES, 4000, 0),
		.cause = "beyond its memory" },
	{ .text = "arp and ether[5] = 7",
		.part = "arp",
		.insn = R(BPF_LDX | BPF_MEM | BPF_B, 0, R_BYTES, -1, 0),
		.cause = "beyond its memory" },
	{ .text = "arp or ether[200] = 7",
		.part = "ether[200] = 7",
		.insn = R(BPF_ALU64 | BPF_MOV | BPF_X, 8, 5, 0, 0),
		.cause = "value that is not known" },
	{ .text = "arp or len > 7",
		.part = "len > 7",
		.insn = R(BPF_JMP | BPF_JNE | BPF_K, R_BYTES, 0, -1, 0),
		.cause = "a loop" },
	{ .text = "arp or len > 7",
		.part = "arp",
		.insn = R(BPF_JMP | BPF_JNE | BPF_K, R_BYTES, 0, 30000, 0),
		.cause = "leads nowhere" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "len > 7",
		.insn = R(BPF_LDX | BPF_MEM | BPF_W, 0, R_CTX, 4000, 0),
		.cause = "does not have" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_STX | BPF_MEM | BPF_DW, 10, R_BYTES, -600, 0),
		.cause = "512 bytes of stack" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_STX | BPF_MEM | BPF_DW, 10, R_BYTES, -400, 0),
		.cause = "512 bytes of stack",
		.whole = true },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_LDX | BPF_MEM | BPF_W, 8, 8, 0, 0),
		.cause = "no address" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_ALU64 | BPF_MUL | BPF_K, R_BYTES, 0, 0, 3),
		.cause = "compute addresses" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_JMP | BPF_CALL, 0, 0, 0, 9999),
		.cause = "lacks a function" },
	{ .text = "len > 7 and ether[5] = 3",
		.part = "ether[5] = 3",
		.insn = R(BPF_JMP | BPF_CALL, 0, 0, 0, 6), /* trace_printk */
		.cause = "hands a function" },
	{ .text = "len > 7 and ether[5] = 3", /* its place is not in the log */
		.part = "len > 7",
		.insn = R(0xff, 0, 0, 0, 0),
		.cause = "lacks an instruction",
		.whole = true },
	{ .text = "len > 7 and ether[5] = 3",
		.insn = R(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, 0),
		.cause = "no end",
		.whole = true },
	{ .text = "tcp port 80 or arp or udp port 0x50",
		.part = "80",
		.insn = R(BPF_LDX | BPF_MEM | BPF_W, 0, R_BYTES, 4000, 0),
		.cause = "beyond its memory",
		.and = "0x50" },
};

static unsigned number, failed;

static void
report(bool ok, const char *what, const char *text)
{
	failed += !ok;
	printf("%s %u - %s: %.60s\n", ok ? "ok" : "not ok", ++number, what, text);
}

static bool
is_at(const char *text, struct span s, const char *part)
{
	return s.len == strlen(part) && strncmp(text + s.at, part, s.len) == 0;
}

/* The first instruction that comes from that part; the last of all when there is none. */
static size_t
find(const struct filter_ebpf *body, const struct trial *t)
{
	struct span span[2];
	for (size_t i = 0; t->part && i < body->count; i++)
		if (filter_ebpf_origin(body, i, span) &&
			is_at(t->text, span[0], t->part) &&
			(!t->and || is_at(t->text, span[1], t->and)))
			return i;
	return body->count - 1;
}

static bool
make(const char *text, struct filter **f, struct filter_ebpf *body, struct diags *ds)
{
	const struct filter_opts opts = {
		.text = text, .linktype = 1, .input = FILTER_INPUT_SKB, .snaplen = 65535
	};
	return filter_compile(&opts, f, ds) &&
	       filter_ebpf(*f, FILTER_READS_SCRATCH, body, ds);
}

static void
show(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		printf("# %s (%s) at %u+%u\n", ds->diag[i].text, ds->diag[i].hint,
			ds->diag[i].span[0].at, ds->diag[i].span[0].len);
}

/* What every refusal is: one error in words, and the verifier's own as a detail. */
static bool
is_refusal(const struct diags *ds, const char *cause)
{
	return ds->count == 2 && ds->diag[0].severity == SEV_ERROR &&
	       ds->diag[0].code == DIAG_KERNEL && ds->diag[0].err != 0 &&
	       ds->diag[0].hint[0] != '\0' && strstr(ds->diag[0].text, cause) &&
	       strchr(ds->diag[0].text, '#') == NULL &&
	       ds->diag[1].severity == SEV_DETAIL;
}

static void
try(const struct trial *t)
{
	struct filter *f = NULL;
	struct filter_ebpf body = { .insns = NULL };
	struct diags ds = { 0 };
	bool ok = make(t->text, &f, &body, &ds);
	if (ok) {
		body.insns[find(&body, t)] = t->insn;
		struct verdict *v = verdict_open(&body, &ds);
		ok = v == NULL && is_refusal(&ds, t->cause);
		verdict_close(v);
	}
	const struct diag *d = &ds.diag[0];
	if (ok && !t->whole)
		ok = is_at(t->text, d->span[0], t->part) &&
		     strstr(d->text, "this part of the filter");
	else if (ok)
		ok = d->span[0].len == 0 && strstr(d->text, "refuses the filter");
	if (ok && t->and)
		ok = is_at(t->text, d->span[1], t->and);
	else if (ok)
		ok = d->span[1].len == 0;
	show(&ds);
	report(ok, t->cause, t->text);
	filter_ebpf_free(&body);
	filter_free(f);
}

/* Hosts with a port each: an alternative is several tests, any of which leads to the next
 * alternative: no list, which would be a table, nor a row. */
static void
try_large(unsigned terms)
{
	enum { TERM = 64 };
	char *text = malloc((size_t)terms * TERM), *to = text;
	struct filter *f = NULL;
	struct filter_ebpf body = { .insns = NULL };
	struct diags ds = { 0 };
	if (!text)
		abort();
	for (unsigned i = 0; i < terms; i++)
		to += snprintf(to, TERM, "%s(host 10.0.%u.%u and port %u)",
			i > 0 ? " or " : "", i >> 8, i & 255, i % 50000);
	struct verdict *v = make(text, &f, &body, &ds) ? verdict_open(&body, &ds) : NULL;
	const bool ok = !v && is_refusal(&ds, "branches are open at once") &&
			strstr(ds.diag[0].text, "refuses the filter:") &&
			ds.diag[0].span[0].len == 0;
	show(&ds);
	report(ok, "a large one", text);
	verdict_close(v);
	filter_ebpf_free(&body);
	filter_free(f);
	free(text);
}

int
main(void)
{
	struct diags ds = { 0 };
	struct filter *f = NULL;
	struct filter_ebpf body = { .insns = NULL };
	if (!privilege_has(PRIVILEGE_BPF)) {
		printf("1..0 # SKIP this process does not have CAP_BPF\n");
		return 77;
	}
	struct verdict *v = make("ip", &f, &body, &ds) ? verdict_open(&body, &ds) : NULL;
	if (!v && ds.count > 0 && ds.diag[0].err == EPERM) {
		printf("1..0 # SKIP %s\n", ds.diag[0].text);
		return 77;
	}
	report(v != NULL, "what is right is taken", "ip");
	verdict_close(v);
	filter_ebpf_free(&body);
	filter_free(f);
	for (size_t i = 0; i < COUNT(trials); i++)
		try(&trials[i]);
	try_large(5000);
	printf("1..%u\n", number);
	return failed != 0;
}
