/* probe_bpf.c: in: a feature of eBPF; out: whether the kernel takes it, by loading the
 * smallest program that has it, or by making the smallest map. */
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drop_reason.h"
#include "probe_ask.h"

#define LOG 4096 /* bytes */
#define MOV0(value)                                                 \
	{                                                           \
		.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = (value) \
	}
#define EXIT                               \
	{                                  \
		.code = BPF_JMP | BPF_EXIT \
	}
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void
probe_begin(void)
{
	libbpf_set_print(NULL); /* what it has to say is in its return values */
}

/* The rest of what a program of that type has to say when it is loaded; false: the
 * answer is given already. */
static bool
prepare(struct probe_site *site, unsigned type, struct bpf_prog_load_opts *opts,
	struct probe_answer *out)
{
	if (type == BPF_PROG_TYPE_XDP)
		opts->expected_attach_type = BPF_XDP;
	if (type != BPF_PROG_TYPE_TRACING)
		return true;
	if (site->tracepoint == 0) /* reads all of the kernel's BTF: once is enough */
		site->tracepoint =
			libbpf_find_vmlinux_btf_id("kfree_skb", BPF_TRACE_RAW_TP);
	if (site->tracepoint <= 0) {
		probe_say(out, PROBE_NO, "the kernel's BTF has no tracepoint kfree_skb");
		return false;
	}
	opts->expected_attach_type = BPF_TRACE_RAW_TP;
	opts->attach_btf_id = (uint32_t)site->tracepoint;
	return true;
}

static int
load(unsigned type, const struct bpf_insn *insns, size_t count,
	const struct bpf_prog_load_opts *opts)
{
	return bpf_prog_load(type, "probe", "Dual BSD/GPL", insns, count, opts);
}

void
probe_program(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	static const struct bpf_insn insns[] = { MOV0(0), EXIT };
	struct bpf_prog_load_opts opts = { .sz = sizeof(opts), .prog_flags = row->b };
	if (!prepare(site, row->a, &opts, out))
		return;
	const int fd = load(row->a, insns, COUNT(insns), &opts);
	if (fd < 0) {
		probe_say_errno(out, -fd);
		return;
	}
	close(fd);
	probe_say(out, PROBE_YES, "%s", "");
}

/* A call without arguments is refused whatever the helper is, but a helper that is not
 * there, or not for this type, in other words (kernel/bpf/verifier.c,
 * check_helper_call). */
void
probe_helper(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	static const char *const missing[] = { "invalid func", "unknown func",
		"cannot use helper" };
	const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .imm = (int)row->b }, MOV0(0), EXIT
	};
	char log[LOG] = "";
	struct bpf_prog_load_opts opts = { .sz = sizeof(opts),
		.log_buf = log,
		.log_size = sizeof(log),
		.log_level = 1 };
	if (!prepare(site, row->a, &opts, out))
		return;
	const int fd = load(row->a, insns, COUNT(insns), &opts);
	if (fd < 0 && log[0] == '\0') {
		probe_say_errno(out, -fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	for (size_t i = 0; fd < 0 && i < COUNT(missing); i++)
		if (strstr(log, missing[i])) {
			probe_say(out, PROBE_NO, "the kernel does not have it");
			return;
		}
	probe_say(out, PROBE_YES, "%s", "");
}

struct map_shape {
	unsigned type, key, value, entries; /* bytes, bytes, number */
};

void
probe_map(struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	static const struct map_shape shapes[] = { { BPF_MAP_TYPE_LPM_TRIE, 8, 8, 1 },
		{ BPF_MAP_TYPE_RINGBUF, 0, 0, 0 } };
	struct map_shape shape = { row->a, 4, 4, 1 };
	(void)site;
	for (size_t i = 0; i < COUNT(shapes); i++)
		if (shapes[i].type == row->a)
			shape = shapes[i];
	if (shape.entries == 0) /* a ring: pages */
		shape.entries = (unsigned)sysconf(_SC_PAGESIZE);
	struct bpf_map_create_opts opts = { .sz = sizeof(opts), .map_flags = row->b };
	const int fd = bpf_map_create(
		row->a, "probe", shape.key, shape.value, shape.entries, &opts);
	if (fd < 0) {
		probe_say_errno(out, -fd);
		return;
	}
	close(fd);
	probe_say(out, PROBE_YES, "%s", "");
}

/* Types of two functions that return int; their numbers are *outer and *inner.  The
 * descriptor, or -errno. */
static int
load_types(struct btf *btf, int *outer, int *inner)
{
	const int number = btf__add_int(btf, "int", 4, BTF_INT_SIGNED);
	const int proto = btf__add_func_proto(btf, number);
	*outer = btf__add_func(btf, "outer", BTF_FUNC_GLOBAL, proto);
	*inner = btf__add_func(btf, "inner", BTF_FUNC_STATIC, proto);
	if (number < 0 || proto < 0 || *outer < 0 || *inner < 0)
		return -ENOMEM;
	const int err = btf__load_into_kernel(btf);
	return err < 0 ? err : btf__fd(btf);
}

void
probe_subprogram(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	static const struct bpf_insn insns[] = {
		{ .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 1 },
		EXIT,
		{ .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = 6, .src_reg = 1 },
		{ .code = BPF_LD | BPF_ABS | BPF_B },
		MOV0(0),
		EXIT,
	};
	int outer, inner;
	(void)site;
	(void)row;
	struct btf *btf = btf__new_empty();
	const int types = btf ? load_types(btf, &outer, &inner) : -ENOMEM;
	if (types < 0) {
		probe_say_errno(out, -types);
		btf__free(btf);
		return;
	}
	const struct bpf_func_info info[] = { { 0, (uint32_t)outer },
		{ 2, (uint32_t)inner } };
	struct bpf_prog_load_opts opts = { .sz = sizeof(opts),
		.prog_btf_fd = (uint32_t)types,
		.func_info = info,
		.func_info_cnt = COUNT(info),
		.func_info_rec_size = sizeof(info[0]) };
	const int fd = load(BPF_PROG_TYPE_SOCKET_FILTER, insns, COUNT(insns), &opts);
	btf__free(btf);
	if (fd < 0) {
		probe_say_errno(out, -fd);
		return;
	}
	close(fd);
	probe_say(out, PROBE_YES, "%s", "");
}

#define OTHER_LO 1 /* ifindex of lo in a new namespace */
#define NOT_TRIED 255

/* Attaches to an interface; 0 or more, or -errno. */
typedef int attach(int fd, int ifindex, unsigned type);

static int
attach_link(int fd, int ifindex, unsigned type)
{
	struct bpf_link_create_opts opts = { .sz = sizeof(opts),
		.flags = type == BPF_XDP ? XDP_FLAGS_SKB_MODE : 0 };
	return bpf_link_create(fd, ifindex, type, &opts);
}

/* A qdisc or a kind of filter that is not there is ENOENT. */
static int
attach_clsact(int fd, int ifindex, unsigned point)
{
	struct bpf_tc_hook hook = {
		.sz = sizeof(hook), .ifindex = ifindex, .attach_point = point
	};
	struct bpf_tc_opts opts = { .sz = sizeof(opts), .prog_fd = fd };
	const int err = bpf_tc_hook_create(&hook);
	const int end = err < 0 ? err : bpf_tc_attach(&hook, &opts);
	return end == -ENOENT ? -EINVAL : end;
}

/* Runs in a child, and ends it: with the errno of the attachment, 0, or NOT_TRIED. */
static void
attach_elsewhere(attach *how, int fd, unsigned type)
{
	if (unshare(CLONE_NEWNET) != 0 && unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
		_exit(NOT_TRIED);
	const int got = how(fd, OTHER_LO, type);
	_exit(got >= 0 ? 0 : (-got < NOT_TRIED ? -got : EOPNOTSUPP));
}

/* Attached for a moment to the lo of a namespace that nobody else is in. */
static void
try_attach(attach *how, int fd, unsigned type, struct probe_answer *out)
{
	int status = 0;
	pid_t ended;
	const pid_t child = fork();
	if (child == 0)
		attach_elsewhere(how, fd, type);
	do
		ended = child < 0 ? child : waitpid(child, &status, 0);
	while (ended < 0 && child > 0 && errno == EINTR);
	if (ended != child || child < 0 || !WIFEXITED(status) ||
		WEXITSTATUS(status) == NOT_TRIED)
		probe_say(out, PROBE_UNKNOWN, "no network namespace to try it in");
	else if (WEXITSTATUS(status) == 0)
		probe_say(out, PROBE_YES, "%s", "");
	else if (WEXITSTATUS(status) == EINVAL)
		probe_say(out, PROBE_NO, "the kernel does not have it");
	else
		probe_say_errno(out, WEXITSTATUS(status));
}

static void
try_program(struct probe_site *site, const struct probe_row *row, attach *how,
	struct probe_answer *out)
{
	static const struct bpf_insn insns[] = { MOV0(0), EXIT };
	struct bpf_prog_load_opts opts = { .sz = sizeof(opts) };
	if (!prepare(site, row->a, &opts, out))
		return;
	const int fd = load(row->a, insns, COUNT(insns), &opts);
	if (fd < 0) {
		probe_say_errno(out, -fd);
		return;
	}
	try_attach(how, fd, row->b, out);
	close(fd);
}

void
probe_link(struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	try_program(site, row, attach_link, out);
}

void
probe_clsact(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	try_program(site, row, attach_clsact, out);
}

void
probe_reasons(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	struct drop_reasons reasons;
	struct diags ds = { 0 };
	(void)site;
	(void)row;
	if (!drop_reasons_open(&reasons, &ds)) {
		probe_say(out, PROBE_NO, "%.110s", ds.diag[0].text);
		drop_reasons_close(&reasons);
		return;
	}
	drop_reasons_close(&reasons);
	probe_say(out, PROBE_YES, "%s", "");
}

/* How a program is attached, as XDP_ATTACHED_ has it. */
static const char *
mode_name(unsigned mode)
{
	static const char *const names[] = { [XDP_ATTACHED_DRV] = "native",
		[XDP_ATTACHED_SKB] = "generic",
		[XDP_ATTACHED_HW] = "in hardware",
		[XDP_ATTACHED_MULTI] = "several ways" };
	return mode < COUNT(names) && names[mode] ? names[mode] : "in an unknown way";
}

void
probe_xdp_now(
	struct probe_site *site, const struct probe_row *row, struct probe_answer *out)
{
	struct bpf_xdp_query_opts now = { .sz = sizeof(now) };
	(void)row;
	const int err = bpf_xdp_query(site->iface->index, 0, &now);
	if (err != 0) {
		probe_say_errno(out, -err);
		return;
	}
	if (now.attach_mode == XDP_ATTACHED_NONE)
		probe_say(out, PROBE_NO, "%s", "");
	else
		probe_say(out, PROBE_YES, "program %u, %s",
			now.prog_id
				? now.prog_id
				: (now.drv_prog_id ? now.drv_prog_id : now.skb_prog_id),
			mode_name(now.attach_mode));
}
