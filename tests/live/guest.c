/* guest.c: other people's programs on an interface, for the tests of the hooks.
 *
 *     guest INTERFACE                         lists, a line a place: "in: NAME NAME"
 *     guest INTERFACE PLACE NAME [PLACE NAME] attaches programs, each by a link, says
 *                                             "ready" on stderr, waits for SIGTERM, and
 *                                             prints "NAME PACKETS" for each
 *
 * PLACE is in, out (tcx), xdp or xdp-generic. */
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
#define LISTED 16

static const struct place {
	const char *name;
	enum bpf_prog_type type;
	int attach; /* BPF_TCX_INGRESS, BPF_TCX_EGRESS, BPF_XDP */
	uint32_t flags;
	int verdict; /* TCX_NEXT, XDP_PASS */
} places[] = {
	{ "in", BPF_PROG_TYPE_SCHED_CLS, 46, 0, -1 },
	{ "out", BPF_PROG_TYPE_SCHED_CLS, 47, 0, -1 },
	{ "xdp", BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_DRV_MODE, XDP_PASS },
	{ "xdp-generic", BPF_PROG_TYPE_XDP, BPF_XDP, XDP_FLAGS_SKB_MODE, XDP_PASS },
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

/* Returns the map that counts. */
static int
attach(unsigned ifindex, const char *where, const char *name)
{
	const struct place *p = places;
	while (p < places + PLACES && strcmp(p->name, where) != 0)
		p++;
	if (p == places + PLACES)
		fail(where, EINVAL);
	const int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "guest", 4, 8, 1, NULL);
	const int prog = load(p, name, map);
	const struct bpf_link_create_opts opts = { .sz = sizeof(opts),
		.flags = p->flags };
	const int link = prog < 0 ? prog
				  : bpf_link_create(prog, (int)ifindex,
					    (enum bpf_attach_type)p->attach, &opts);
	if (link < 0)
		fail(name, -link);
	return map;
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
	int maps[GUESTS], guests = 0;
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
		maps[guests++] = attach(ifindex, argv[i], argv[i + 1]);
	fputs("ready\n", stderr);
	sigwait(&set, &signal);
	for (int i = 0; i < guests; i++) {
		const uint32_t key = 0;
		uint64_t packets = 0;
		bpf_map_lookup_elem(maps[i], &key, &packets);
		printf("%s %llu\n", argv[3 + 2 * i], (unsigned long long)packets);
	}
	return 0;
}
