/* splice.c: in: a filter's body and an opened skeleton; out: a loaded program that
 * calls it, or what the kernel has against it.
 *
 * libbpf hands a program over just before the load, its subprograms appended and
 * relocated.  There the body of the stub, filter_skb() (bpf/scratch.h) or the like, which
 * is the last, is replaced. */
#include "splice.h"

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <assert.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../bpf/event.h"
#include "privilege.h"
#include "refusal.h"
#include "sets.h"

#define SPLICE_LOG (1U << 20) /* bytes; kernels before 6.4 fail when it is too short */
#define NOWHERE UINT32_MAX

_Static_assert(sizeof(struct pktbuf) == sizeof(struct filter_pktbuf), "one struct");
_Static_assert(EVENT_SCRATCH == FILTER_SCRATCH, "one struct");
_Static_assert(EVENT_SNAP_MAX == FILTER_SNAPLEN_MAX, "longest capture");
#define SAME(m) (offsetof(struct pktbuf, m) == offsetof(struct filter_pktbuf, m))
_Static_assert(
	SAME(len) && SAME(filled) && SAME(ifindex) && SAME(protocol), "one struct");
_Static_assert(SAME(hatype) && SAME(pkttype), "one struct");
_Static_assert(SAME(vlan_present) && SAME(vlan_tci) && SAME(data), "one struct");
_Static_assert(SAME(address) && SAME(linear), "one struct");

/* What is between begin and end, for libbpf's callbacks: the one for messages has no
 * argument of ours, and the section handler, once registered, keeps its own for good.
 * (It stays registered: when the last one is taken away, libbpf before 1.3 keeps a
 * pointer to freed memory.) */
static _Thread_local struct splice *current;
static bool registered; /* the handlers of all kinds */

/* What programs there are, by their sections: where the filter goes, and which of its
 * arguments is the pointer to the scratch. */
struct kind {
	const char *section; /* "x+" is that of "x/..." */
	enum bpf_prog_type type;
	enum bpf_attach_type attach;
	const char *stub;
	uint8_t scratch; /* BPF_REG_; 0: the filter reads in place and has none */
};
static const struct kind kinds[] = {
	{ "bpfcap+", BPF_PROG_TYPE_SOCKET_FILTER, 0, "filter_skb", BPF_REG_2 },
	{ "bpfcap_loads+", BPF_PROG_TYPE_SOCKET_FILTER, 0, "filter_loads", 0 },
	{ "bpfcap_tp+", BPF_PROG_TYPE_TRACING, BPF_TRACE_RAW_TP, "filter_memory",
		BPF_REG_1 },
	{ "bpfcap_tc+", BPF_PROG_TYPE_SCHED_CLS, 0, "filter_packet", 0 },
	{ "bpfcap_tc_far+", BPF_PROG_TYPE_SCHED_CLS, 0, "filter_skb", BPF_REG_2 },
	{ "bpfcap_xdp+", BPF_PROG_TYPE_XDP, BPF_XDP, "filter_packet", 0 },
	{ "bpfcap_xdp_far+", BPF_PROG_TYPE_XDP, BPF_XDP, "filter_frame", BPF_REG_2 },
};
#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int
listen_in(enum libbpf_print_level level, const char *fmt, va_list ap)
{
	if (!current || level != LIBBPF_WARN || current->message[0] != '\0')
		return 0; /* the first says most, what follows are echoes */
	char *const to = current->message;
	vsnprintf(to, sizeof(current->message), fmt, ap);
	to[strcspn(to, "\n")] = '\0';
	return 0;
}

/* The instruction at which the stub starts, by its name in the BTF; NOWHERE when it is
 * missing or not the last function. */
static uint32_t
find_stub(const struct splice *s, const struct bpf_prog_load_opts *opts, const char *stub)
{
	const struct btf *btf = bpf_object__btf(s->object);
	const char *info = opts->func_info;
	uint32_t at = NOWHERE, last = 0;
	for (uint32_t i = 0; btf && info && i < opts->func_info_cnt; i++) {
		struct bpf_func_info f;
		memcpy(&f, info + (size_t)i * opts->func_info_rec_size, sizeof(f));
		const struct btf_type *type = btf__type_by_id(btf, f.type_id);
		const char *name = type ? btf__name_by_offset(btf, type->name_off) : NULL;
		if (name && strcmp(name, stub) == 0)
			at = f.insn_off;
		if (f.insn_off > last)
			last = f.insn_off;
	}
	return at == last && at != 0 ? at : NOWHERE;
}

/* Source lines of the old body mean nothing for the new one; the verifier wants one at
 * the first instruction of each function. */
static void
trim_lines(struct bpf_prog_load_opts *opts, uint32_t stub)
{
	const char *info = opts->line_info;
	uint32_t keep = 0;
	for (uint32_t i = 0; info && i < opts->line_info_cnt; i++) {
		struct bpf_line_info line;
		memcpy(&line, info + (size_t)i * opts->line_info_rec_size, sizeof(line));
		if (line.insn_off <= stub)
			keep = i + 1;
	}
	opts->line_info_cnt = keep;
}

/* The verifier lets a caller in principle pass NULL to a global function, so the new
 * body begins with that test. */
static const struct bpf_insn prologue[] = {
	{ .code = BPF_JMP | BPF_JNE | BPF_K, .off = 2 }, /* of kind.scratch */
	{ .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0 },
	{ .code = BPF_JMP | BPF_EXIT },
};
#define PROLOGUE (sizeof(prologue) / sizeof(prologue[0]))

/* The map of the body's sets, when it has any. */
static int
open_sets(struct splice *s)
{
	if (s->body->data_size == 0 || s->sets >= 0)
		return 0;
	const int fd = sets_open(s->body);
	if (fd >= 0)
		s->sets = fd;
	else
		snprintf(s->message, sizeof(s->message),
			"no map for the %zu bytes of its sets: %s", s->body->data_size,
			strerror(-fd));
	return fd < 0 ? fd : 0;
}

/* All have the same sets, for they are of one filter. */
static const struct filter_ebpf *
body_of(const struct splice *s, const struct bpf_program *prog)
{
	const char *section = bpf_program__section_name(prog);
	for (size_t i = 0; i < SPLICE_OTHERS && s->other[i].body; i++)
		if (strncmp(section, s->other[i].section, strlen(s->other[i].section)) ==
			0)
			return s->other[i].body;
	return s->body;
}

static int
join(struct bpf_program *prog, struct bpf_prog_load_opts *opts, long cookie)
{
	struct splice *s = current;
	const struct kind *kind = &kinds[cookie];
	if (!s)
		return -EINVAL; /* opened through splice_begin, loaded without */
	const uint32_t stub = find_stub(s, opts, kind->stub);
	if (stub == NOWHERE || stub >= bpf_program__insn_cnt(prog)) {
		s->fault = "its last function is not the filter's";
		return -EINVAL;
	}
	const int refused = open_sets(s);
	if (refused)
		return refused;
	const struct filter_ebpf *const body = body_of(s, prog);
	if (body->data_size != s->body->data_size) {
		s->fault = "its filters are not the same";
		return -EINVAL;
	}
	const size_t test = kind->scratch ? PROLOGUE : 0;
	const size_t count = stub + test + body->count;
	s->joined = body;
	s->first = stub + test;
	struct bpf_insn *insns = calloc(count, sizeof(*insns));
	if (!insns)
		return -ENOMEM;
	memcpy(insns, bpf_program__insns(prog), stub * sizeof(*insns));
	memcpy(insns + stub, prologue, test * sizeof(*insns));
	memcpy(insns + s->first, body->insns, body->count * sizeof(*insns));
	if (test > 0)
		insns[stub].dst_reg = kind->scratch;
	sets_refer(insns + s->first, body->count, s->sets);
	const int err = bpf_program__set_insns(prog, insns, count);
	free(insns);
	trim_lines(opts, stub);
	return err;
}

static bool
register_kinds(struct diags *ds)
{
	for (size_t i = 0; i < KINDS && !registered; i++) {
		const struct libbpf_prog_handler_opts opts = { .sz = sizeof(opts),
			.cookie = (long)i,
			.prog_prepare_load_fn = join };
		const int id = libbpf_register_prog_handler(
			kinds[i].section, kinds[i].type, kinds[i].attach, &opts);
		if (id < 0)
			return diags_error(ds, DIAG_KERNEL, (struct span){ 0 },
				"libbpf takes no section handler: %s", strerror(-id));
	}
	registered = true;
	return true;
}

bool
splice_begin(struct splice *s, const struct filter_ebpf *body, struct diags *ds)
{
	*s = (struct splice){ .body = body, .sets = -1 };
	s->log = calloc(1, SPLICE_LOG);
	if (!s->log)
		return diags_error(ds, DIAG_KERNEL, (struct span){ 0 }, "out of memory");
	current = s;
	libbpf_set_print(listen_in);
	return register_kinds(ds);
}

void
splice_other(struct splice *s, const char *section, const struct filter_ebpf *body)
{
	size_t i = 0;
	while (i < SPLICE_OTHERS && s->other[i].body)
		i++;
	assert(i < SPLICE_OTHERS);
	s->other[i] = (struct splice_other){ section, body };
}

void
splice_end(struct splice *s)
{
	libbpf_set_print(NULL); /* silent: what it says comes as a diag */
	current = NULL;
	if (s->sets >= 0)
		close(s->sets);
	s->sets = -1;
	free(s->log);
	s->log = NULL;
}

static void
explain_permission(const struct splice *s, int err, struct diags *ds)
{
	const bool able = privilege_has(PRIVILEGE_BPF);
	struct diag *d = diags_add(ds, DIAG_PERMISSION, SEV_ERROR,
		able ? "loading eBPF: %s, although this process has CAP_BPF; %.99s"
		     : "loading eBPF: %s: this process does not have CAP_BPF",
		strerror(err), s->message);
	d->err = err;
	diags_hint(ds, "%s",
		able ? "look for a kernel lockdown, a seccomp filter, or a user namespace"
		     : "run as root, or setcap cap_bpf,cap_perfmon,cap_net_raw+ep");
}

/* Tells apart: no right, no memory, the verifier's refusal, a kernel too old. */
static void
explain(struct splice *s, int err, struct diags *ds)
{
	if (err == EPERM) {
		explain_permission(s, err, ds);
		return;
	}
	const char *what = "loading eBPF: ", *why = s->message;
	const char *hint = "capture by eBPF needs kernel 5.10 with CONFIG_BPF_SYSCALL";
	if (s->fault) {
		why = s->fault;
		hint = "bpfcap was built wrongly: build it again";
	} else if (s->log[0] != '\0') {
		const struct refusal r = {
			.log = s->log, .err = err, .body = s->joined, .first = s->first
		};
		refusal_explain(&r, ds);
		return;
	} else if (err == E2BIG) {
		why = "the filter has more than 1,000,000 instructions";
		hint = "lists of addresses, nets and ports become tables; have fewer "
		       "entries in other lists";
	} else if (err == ENOMEM) {
		why = "no memory for program and ring";
		hint = "choose a smaller -B; on kernels before 5.11 raise ulimit -l";
	} else if (why[0] == '\0') {
		why = strerror(err);
	}
	diags_add(ds, DIAG_KERNEL, SEV_ERROR, "%s%s", what, why)->err = err;
	diags_hint(ds, "%s", hint);
}

bool
splice_load(struct splice *s, struct bpf_object_skeleton *skeleton, struct diags *ds)
{
	s->object = *skeleton->obj;
	struct bpf_program *prog;
	bpf_object__for_each_program(prog, s->object)
	{
		if (strncmp(bpf_program__section_name(prog), "bpfcap", 6) == 0 &&
			bpf_program__autoload(prog))
			bpf_program__set_log_buf(prog, s->log, SPLICE_LOG);
	}
	const int err = bpf_object__load_skeleton(skeleton);
	if (err)
		explain(s, -err, ds);
	s->object = NULL;
	return err == 0;
}
