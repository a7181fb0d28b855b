/* sets.c: in: the data of a filter's body; out: a map that has it, and instructions that
 * read it there.
 *
 * A map of one element can be read in place, without a helper (kernel 5.2).  Frozen, and
 * read-only to programs, it never changes: a set that is to be another is another map,
 * and a program that has it. */
#include "sets.h"

#include <bpf/bpf.h>
#include <errno.h>
#include <linux/bpf.h>
#include <unistd.h>

int
sets_open(const struct filter_ebpf *body)
{
	const uint32_t first = 0;
	const struct bpf_map_create_opts opts = { .sz = sizeof(opts),
		.map_flags = BPF_F_RDONLY_PROG };
	if (body->data_size > INT32_MAX)
		return -E2BIG;
	const int fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "sets", sizeof(first),
		(uint32_t)body->data_size, 1, &opts);
	if (fd < 0)
		return -errno;
	if (bpf_map_update_elem(fd, &first, body->data, BPF_ANY) == 0 &&
		bpf_map_freeze(fd) == 0)
		return fd;
	const int err = -errno;
	close(fd);
	return err;
}

void
sets_refer(struct bpf_insn *insns, size_t count, int fd)
{
	for (size_t i = 0; i < count; i++) {
		if (insns[i].code != (BPF_LD | BPF_IMM | BPF_DW))
			continue;
		if (insns[i].src_reg == BPF_PSEUDO_MAP_IDX_VALUE) {
			insns[i].src_reg = BPF_PSEUDO_MAP_VALUE;
			insns[i].imm = fd;
		}
		i++; /* its second half */
	}
}
