/* splice.c: hand-made filter bodies, joined, loaded, and run or refused.  TAP. */
#include <errno.h>
#include <linux/bpf.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "../../src/privilege.h"
#include "verdict.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define R(op, d, s, o, i)                                                            \
	{                                                                            \
		.code = (op), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}
#define MOV64_IMM(d, i) R(BPF_ALU64 | BPF_MOV | BPF_K, d, 0, 0, i)
#define MOV64_REG(d, s) R(BPF_ALU64 | BPF_MOV | BPF_X, d, s, 0, 0)
#define LDX(size, d, s, o) R(BPF_LDX | (size) | BPF_MEM, d, s, o, 0)
#define LD_ABS_B(i) R(BPF_LD | BPF_B | BPF_ABS, 0, 0, 0, i)
#define JNE(d, i, o) R(BPF_JMP | BPF_JNE | BPF_K, d, 0, o, i)
#define EXIT R(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)
#define BUF(m) ((int)offsetof(struct filter_pktbuf, m))

static const struct bpf_insn accept_all[] = { MOV64_IMM(0, 262144), EXIT };
static const struct bpf_insn reject_all[] = { MOV64_IMM(0, 0), EXIT };
static const struct bpf_insn give_len[] = { LDX(BPF_W, 0, 2, BUF(len)), EXIT };
static const struct bpf_insn give_filled[] = { LDX(BPF_W, 0, 2, BUF(filled)), EXIT };
static const struct bpf_insn give_byte_9[] = { LDX(BPF_B, 0, 2, BUF(data) + 9), EXIT };
static const struct bpf_insn give_hatype[] = { LDX(BPF_W, 0, 2, BUF(hatype)), EXIT };
static const struct bpf_insn abs_700_is_7[] = { MOV64_REG(6, 1), LD_ABS_B(700),
	JNE(0, 7, 2), MOV64_IMM(0, 96), EXIT, MOV64_IMM(0, 0), EXIT };
static const struct bpf_insn beyond[] = { LDX(BPF_B, 0, 2, sizeof(struct filter_pktbuf)),
	EXIT };
static const struct bpf_insn endless[] = { MOV64_IMM(0, 0),
	R(BPF_JMP | BPF_JA, 0, 0, -2, 0), EXIT };

static const struct trial {
	const char *name;
	const struct bpf_insn *body;
	size_t count;
	uint32_t reach, caplen, len;
	bool loads;
	uint32_t verdict;
} trials[] = {
	{ "accepts", accept_all, COUNT(accept_all), 0, 60, 60, true, 262144 },
	{ "rejects", reject_all, COUNT(reject_all), 0, 60, 60, true, 0 },
	{ "length on the wire", give_len, COUNT(give_len), 0, 60, 1514, true, 1514 },
	{ "scratch full", give_filled, COUNT(give_filled), 160, 161, 161, true, 160 },
	{ "scratch of its reach", give_filled, COUNT(give_filled), 34, 61, 61, true, 34 },
	{ "short packet", give_filled, COUNT(give_filled), 160, 20, 20, true, 20 },
	{ "one byte", give_filled, COUNT(give_filled), 160, 1, 1, true, 1 },
	{ "byte of the packet", give_byte_9, COUNT(give_byte_9), 10, 20, 20, true, 9 },
	{ "metadata", give_hatype, COUNT(give_hatype), 0, 20, 20, true, 772 },
	{ "LD_ABS beyond the scratch", abs_700_is_7, COUNT(abs_700_is_7), 160, 1000, 1000,
		true, 0 },
	{ "LD_ABS beyond the packet", abs_700_is_7, COUNT(abs_700_is_7), 160, 700, 1000,
		true, 0 },
	{ "read beyond the scratch", beyond, COUNT(beyond), 160, 60, 60, false, 0 },
	{ "endless loop", endless, COUNT(endless), 0, 60, 60, false, 0 },
};

static unsigned number, failed;

static void
report(bool ok, const char *name)
{
	failed += !ok;
	printf("%s %u - %s\n", ok ? "ok" : "not ok", ++number, name);
}

static void
show(const struct diags *ds)
{
	for (unsigned i = 0; i < ds->count; i++)
		printf("# %s: %s (%s)\n", diag_code_name(ds->diag[i].code),
			ds->diag[i].text, ds->diag[i].hint);
}

/* The packet's byte at n is n modulo 256; 700 is 0xbc. */
static void
try(const struct trial *t)
{
	uint8_t bytes[1024];
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i;
	const struct filter_ebpf body = { .insns = (struct bpf_insn *)(uintptr_t)t->body,
		.count = t->count,
		.reach = t->reach };
	const struct filter_packet p = {
		.data = bytes, .caplen = t->caplen, .len = t->len, .hatype = 772
	};
	struct diags ds = { 0 };
	struct verdict *v = verdict_open(&body, &ds);
	uint32_t got = 1;
	bool ok = (v != NULL) == t->loads;
	show(&ds);
	if (ok && v)
		ok = verdict_run(v, &p, &got) && got == t->verdict;
	else
		ok = ok && ds.count == 2 && ds.diag[0].code == DIAG_KERNEL &&
		     ds.diag[0].err != 0 && ds.diag[1].severity == SEV_DETAIL;
	if (!ok)
		printf("# verdict %u, expected %u\n", got, t->verdict);
	report(ok, t->name);
	if (v && t->body == abs_700_is_7 && t->caplen > 700) {
		bytes[700] = 7;
		report(verdict_run(v, &p, &got) && got == 96, "LD_ABS finds its byte");
	}
	verdict_close(v);
}

int
main(void)
{
	struct diags ds = { 0 };
	if (!privilege_has(PRIVILEGE_BPF)) {
		printf("1..0 # SKIP this process does not have CAP_BPF\n");
		return 77;
	}
	const struct filter_ebpf none = {
		.insns = (struct bpf_insn *)(uintptr_t)accept_all,
		.count = COUNT(accept_all)
	};
	struct verdict *v = verdict_open(&none, &ds);
	if (!v && ds.count > 0 && ds.diag[0].err == EPERM) {
		printf("1..0 # SKIP %s\n", ds.diag[0].text);
		return 77;
	}
	verdict_close(v);
	for (size_t i = 0; i < COUNT(trials); i++)
		try(&trials[i]);
	printf("1..%u\n", number);
	return failed != 0;
}
