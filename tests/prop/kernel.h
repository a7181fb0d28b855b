/* kernel.h: the kernel as a judge of packets: a filter on one end of a pair of sockets,
 * where what arrives has been accepted.  The packet's length is its captured length. */
#ifndef BPFCAP_TESTS_KERNEL_H
#define BPFCAP_TESTS_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sock_filter;

struct kernel {
	int fd[2]; /* [0] sends, [1] has the filter */
};

/* These return false with errno set. */
bool kernel_open(struct kernel *);
bool kernel_attach_cbpf(struct kernel *, const struct sock_filter *, size_t count);
bool kernel_attach_ebpf(struct kernel *, int program_fd);
void kernel_close(struct kernel *);

/* 1: accepted, whole; 0: rejected; -1: something else happened. */
int kernel_verdict(struct kernel *, const uint8_t *data, uint32_t caplen);

#endif
