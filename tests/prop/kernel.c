/* kernel.c: programs come in and are attached, packets come in and are sent through;
 * verdicts go out.  AF_UNIX datagram sockets run their filter within send(2)
 * (net/unix/af_unix.c, unix_dgram_sendmsg), so the answer is there when it returns. */
#include "kernel.h"

#include <errno.h>
#include <linux/filter.h>
#include <sys/socket.h>
#include <unistd.h>

bool
kernel_open(struct kernel *k)
{
	return socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, k->fd) == 0;
}

bool
kernel_attach_cbpf(struct kernel *k, const struct sock_filter *insns, size_t count)
{
	/* The kernel reads the program only; its declaration says otherwise. */
	const struct sock_fprog program = { .len = (unsigned short)count,
		.filter = (struct sock_filter *)(uintptr_t)insns };

	if (count > BPF_MAXINSNS) {
		errno = E2BIG;
		return false;
	}
	return setsockopt(k->fd[1], SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof program) == 0;
}

bool
kernel_attach_ebpf(struct kernel *k, int program_fd)
{
	return setsockopt(k->fd[1], SOL_SOCKET, SO_ATTACH_BPF, &program_fd,
		       sizeof program_fd) == 0;
}

void
kernel_close(struct kernel *k)
{
	close(k->fd[0]);
	close(k->fd[1]);
}

int
kernel_verdict(struct kernel *k, const uint8_t *data, uint32_t caplen)
{
	char byte;
	ssize_t n;

	if (send(k->fd[0], data, caplen, 0) != (ssize_t)caplen)
		return -1;
	n = recv(k->fd[1], &byte, 1, MSG_DONTWAIT | MSG_TRUNC);
	if (n < 0)
		return errno == EAGAIN ? 0 : -1;
	return n == (ssize_t)caplen ? 1 : -1;
}
