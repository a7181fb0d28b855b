/* guest.c: other people's programs on an interface, for the tests of the hooks.
 *
 *     guest INTERFACE                         lists, a line a place: "in: NAME NAME"
 *     guest INTERFACE PLACE NAME [PLACE NAME] attaches programs, each by a link, says
 *                                             "ready" on stderr, waits for SIGTERM, and
 *                                             prints "NAME PACKETS" for each
 *
 * PLACE is in, out (tcx), xdp or xdp-generic; or in:PRIORITY, out:PRIORITY, which are
 * filters of the clsact qdisc, not listed, taken off at the end.  0: of any priority. */
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define GUESTS 8
#define NONE UINT32_MAX
#define LISTED 16

static const struct place {
	const char *name;
	enum bpf_prog_type type;
	int attach; /* BPF_TCX_INGRESS, BPF_TCX_EGRESS, BPF_XDP */
	uint32_t flags;
	int verdict; /* TCX_NEXT, XDP_PASS */
	int point;   /* enum bpf_tc_attach_point */
} places[] = {
	{ "in", BPF_PROG_TYPE_SCHED_CLS, 46, 0, -1, BPF_TC_INGRESS },
	{ "out", BPF_PROG_TYPE_SCHED_CLS, 47, 0, -1, BPF_TC_EGRESS },
	{ "xdp", BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_DRV_MODE, XDP_PASS, 0 },
	{ "xdp-generic", BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_SKB_MODE, XDP_PASS, 0 },
};
#define PLACES (sizeof(places) / sizeof(places[0]))

static int
fail(const char *what, int err)
{
	fprintf(stderr, "guest: %s: %s\n", what, strerror(err));
	exit(1);
}

#define INSN(c, d, s, o, i)                                                         \
	{                                                                           \
		.code = (c), .dst_reg = (d), .src_reg = (s), .off = (o), .imm = (i) \
	}

/* Adds one to the map's value, in place, and lets the packet go on. */
static int
load(const struct place *p, const char *name, int map)
{
	const struct bpf_insn insns[] = {
		INSN(BPF_LD | BPF_IMM | BPF_DW, 1, BPF_PSEUDO_MAP_VALUE, 0, map),
		INSN(0, 0, 0, 0, 0),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 2, 0, 0, 1),
		INSN(BPF_STX | BPF_ATOMIC | BPF_DW, 1, 2, 0, BPF_ADD),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, 0, 0, 0, p->verdict),
		INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0),
	};
	return bpf_prog_load(
		p->type, name, "GPL", insns, sizeof(insns) / sizeof(insns[0]), NULL);
}

struct visit {
	int map; /* counts */
	struct bpf_tc_hook hook;
	struct bpf_tc_opts filter; /* .handle 0: it is attached by a link */
};

/* "in:10": 10; "in": NONE. */
static uint32_t
priority_of(const char *where)
{
	const char *colon = strchr(where, ':');
	return colon ? (uint32_t)strtoul(colon + 1, NULL, 10) : NONE;
}

/* Adds the qdisc if it is not there. */
static int
attach_filter(struct visit *v, int prog, uint32_t priority)
{
	const int err = bpf_tc_hook_create(&v->hook);
	v->filter = (struct bpf_tc_opts){
		.sz = sizeof(v->filter), .prog_fd = prog, .priority = priority
	};
	return err < 0 && err != -EEXIST ? err : bpf_tc_attach(&v->hook, &v->filter);
}

static void
attach(struct visit *v, int ifindex, const char *where, const char *name)
{
	const struct place *p = places;
	const uint32_t priority = priority_of(where);
	const size_t len = strcspn(where, ":");
	while (p < places + PLACES &&
		(strncmp(p->name, where, len) != 0 || p->name[len] != '\0'))
		p++;
	if (p == places + PLACES || (priority != NONE && p->point == 0))
		fail(where, EINVAL);
	v->map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "guest", 4, 8, 1, NULL);
	v->hook = (struct bpf_tc_hook){ .sz = sizeof(v->hook),
		.ifindex = ifindex,
		.attach_point = (enum bpf_tc_attach_point)p->point };
	const int prog = load(p, name, v->map);
	const struct bpf_link_create_opts opts = { .sz = sizeof(opts),
		.flags = p->flags };
	const int got = prog < 0 ? prog
			: priority != NONE
				? attach_filter(v, prog, priority)
				: bpf_link_create(prog, ifindex,
					  (enum bpf_attach_type)p->attach, &opts);
	if (got < 0)
		fail(name, -got);
}

static void
detach(struct visit *v)
{
	if (v->filter.handle == 0)
		return;
	v->filter.prog_fd = v->filter.flags = 0;
	v->filter.prog_id = 0;
	bpf_tc_detach(&v->hook, &v->filter);
}

static void
print_name(uint32_t id)
{
	struct bpf_prog_info info = { 0 };
	uint32_t len = sizeof(info);
	const int fd = bpf_prog_get_fd_by_id(id);
	if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &len) == 0)
		printf(" %s", info.name);
	if (fd >= 0)
		close(fd);
}

static int
list(unsigned ifindex)
{
	for (size_t i = 0; i < 2; i++) {
		uint32_t ids[LISTED], count = LISTED;
		printf("%s:", places[i].name);
		if (bpf_prog_query((int)ifindex, (enum bpf_attach_type)places[i].attach,
			    0, NULL, ids, &count) == 0)
			for (uint32_t k = 0; k < count; k++)
				print_name(ids[k]);
		putchar('\n');
	}
	struct bpf_xdp_query_opts q = { .sz = sizeof(q) };
	printf("xdp:");
	if (bpf_xdp_query((int)ifindex, 0, &q) == 0 && q.prog_id != 0)
		print_name(q.prog_id);
	putchar('\n');
	return 0;
}

int
main(int argc, char **argv)
{
	const unsigned ifindex = argc > 1 ? if_nametoindex(argv[1]) : 0;
	struct visit visits[GUESTS] = { 0 };
	int guests = 0;
	sigset_t set;
	int signal;
	if (ifindex == 0 || argc % 2 != 0 || argc > 2 + 2 * GUESTS)
		return fail("guest INTERFACE [PLACE NAME]...", EINVAL);
	if (argc == 2)
		return list(ifindex);
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	for (int i = 2; i < argc; i += 2)
		attach(&visits[guests++], (int)ifindex, argv[i], argv[i + 1]);
	fputs("ready\n", stderr);
	sigwait(&set, &signal);
	for (int i = 0; i < guests; i++) {
		const uint32_t key = 0;
		uint64_t packets = 0;
		detach(&visits[i]);
		bpf_map_lookup_elem(visits[i].map, &key, &packets);
		printf("%s %llu\n", argv[3 + 2 * i], (unsigned long long)packets);
	}
	return 0;
}
