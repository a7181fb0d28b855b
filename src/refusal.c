/* refusal.c: in: the verifier's log, and the body that was loaded; out: a message that
 * says which part of the expression was refused, why in words, and what to do.
 *
 * The log's last line but for asides is the complaint.  It names an instruction
 * ("unreachable insn 7"), or is about the one listed last before it ("7: (71) r0 = ..."):
 * kernel/bpf/verifier.c. */
#include "refusal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define NOWHERE SIZE_MAX

#define FEWER "make it smaller: lists as sets, as in host in @file, or fewer entries"
#define NEWER "a newer kernel has what is missing; --hook socket needs least of it"
#define DEFECT "a defect of bpfcap, or of the kernel: report the filter and uname -r"
#define RIGHTS "run as root, or setcap cap_bpf,cap_perfmon,cap_net_admin,cap_net_raw+ep"

/* What is in a complaint, and what it means; the first that fits.  kernel/bpf/verifier.c,
 * v5.10 to v6.18. */
static const struct kind {
	const char *sign, *cause, *hint;
	bool whole; /* not one instruction is to blame but all of them */
} kinds[] = {
	{ "BPF program is too large", "checking it takes more than 1,000,000 steps",
		FEWER, true },
	{ "jumps is too complex", "more than 8,192 of its branches are open at once",
		FEWER, true },
	{ "combined stack size", "it needs more than 512 bytes of stack", FEWER, true },
	{ "invalid write to stack", "it needs more than 512 bytes of stack", FEWER,
		false },
	{ "from stack", "it reads memory that it has not written", DEFECT, false },
	{ "unreachable insn", "nothing leads to its code", DEFECT, false },
	{ "back-edge", "it has a loop", DEFECT, false },
	{ "infinite loop", "it has a loop without an end", DEFECT, false },
	{ "jump out of range", "a jump of it leads nowhere", DEFECT, false },
	{ "not an exit", "its code has no end", DEFECT, false },
	{ "to packet", "it reads beyond what it has checked of the packet", DEFECT,
		false },
	{ "outside of the packet", "it reads beyond what it has checked of the packet",
		DEFECT, false },
	{ "outside of the", "it reads beyond its memory", DEFECT, false },
	{ "invalid access to memory", "it reads beyond its memory", DEFECT, false },
	{ "invalid access to map", "it reads beyond a set", DEFECT, false },
	{ "bpf_context access", "it asks for metadata that this hook does not have",
		DEFECT, false },
	{ "pointer arithmetic", "it may not compute addresses", RIGHTS, false },
	{ "pointer comparison", "it may not compare addresses", RIGHTS, false },
	{ "leaks addr", "it may not compute addresses", RIGHTS, false },
	{ "math between", "it computes an address without known bounds", DEFECT, false },
	{ "unbounded", "it computes an address without known bounds", DEFECT, false },
	{ "min value", "it computes an address without known bounds", DEFECT, false },
	{ "max value", "it computes an address without known bounds", DEFECT, false },
	{ "!read_ok", "it uses a value that is not known", DEFECT, false },
	{ "invalid mem access", "it reads at what is no address", DEFECT, false },
	{ "expected=", "it hands a function what that does not take", DEFECT, false },
	{ "invalid func", "this kernel lacks a function that it calls", NEWER, false },
	{ "unknown func", "this kernel lacks a function that it calls", NEWER, false },
	{ "cannot use helper", "this kernel lacks a function that it calls", NEWER,
		false },
	{ "unknown opcode", "this kernel lacks an instruction that it uses", NEWER,
		false },
	{ "LD_ABS", "this kernel does not let it read so far into a packet", NEWER,
		false },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static const struct kind other = { "", "for a reason that -vv shows", DEFECT, false };

static const struct kind *
kind_of(const char *complaint)
{
	for (size_t i = 0; i < KINDS; i++)
		if (strstr(complaint, kinds[i].sign) != NULL)
			return &kinds[i];
	return &other;
}

/* The start of the line before `line`, or NULL. */
static char *
line_before(const char *log, char *line)
{
	if (line == log)
		return NULL;
	line--; /* its newline */
	while (line > log && line[-1] != '\n')
		line--;
	return line;
}

/* Statistics at the end, and what stands between them and a complaint. */
static bool
is_aside(const char *line)
{
	static const char *const starts[] = { "processed ", "verification time",
		"stack depth", "cur state:", "old state:", "\n" };
	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++)
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	return line[0] == '\0';
}

/* The last line that is a complaint; the log ends with it. */
static char *
last_complaint(char *log)
{
	char *line = line_before(log, log + strlen(log) + 1);
	while (line != NULL && line != log && is_aside(line))
		line = line_before(log, line);
	if (line == NULL)
		return log;
	line[strcspn(line, "\n")] = '\0';
	return line;
}

/* "12: (71) r0 = *(u8 *)(r2 +300)" */
static bool
is_listing(const char *line, size_t *insn)
{
	char *end;
	if (line[0] < '0' || line[0] > '9')
		return false;
	*insn = strtoul(line, &end, 10);
	return strncmp(end, ": (", 3) == 0;
}

static size_t
blamed(const char *log, char *complaint)
{
	size_t insn;
	const char *named = strstr(complaint, "insn ");
	if (named != NULL && named[5] >= '0' && named[5] <= '9')
		return strtoul(named + 5, NULL, 10);
	for (char *line = complaint; line != NULL; line = line_before(log, line))
		if (is_listing(line, &insn))
			return insn;
	return NOWHERE;
}

void
refusal_explain(const struct refusal *r, struct diags *ds)
{
	const char *what = "the filter";
	char *complaint = last_complaint(r->log);
	const struct kind *kind = kind_of(complaint);
	const size_t insn = blamed(r->log, complaint);
	struct span span[2] = { { 0, 0 }, { 0, 0 } };
	if (!kind->whole && insn != NOWHERE && insn >= r->first &&
		filter_ebpf_origin(r->body, insn - r->first, span))
		what = "this part of the filter";
	struct diag *d = diags_add(ds, DIAG_KERNEL, SEV_ERROR,
		"the kernel's verifier refuses %s: %s", what, kind->cause);
	d->err = r->err;
	memcpy(d->span, span, sizeof(span));
	diags_hint(ds, "%s", kind->hint);
	if (insn != NOWHERE)
		diags_add(ds, DIAG_KERNEL, SEV_DETAIL,
			"the verifier's words, of instruction %zu: %s", insn, complaint);
	else
		diags_add(ds, DIAG_KERNEL, SEV_DETAIL, "the verifier's words: %s",
			complaint);
}
