/* theirs.c: an expression in, libpcap's optimised program on a socket out. */
#include "theirs.h"

#include <linux/filter.h>
#include <pcap/pcap.h>

bool
theirs_attach(struct kernel *k, const char *text)
{
	pcap_t *p = pcap_open_dead(DLT_EN10MB, 262144);
	struct bpf_program program;
	bool ok = false;

	if (p && pcap_compile(p, &program, text, 1, PCAP_NETMASK_UNKNOWN) == 0) {
		ok = kernel_open(k) &&
		     kernel_attach_cbpf(k, (const struct sock_filter *)program.bf_insns,
			     program.bf_len);
		pcap_freecode(&program);
	}
	if (p)
		pcap_close(p);
	return ok;
}

bool
theirs_attach_nothing(struct kernel *k)
{
	static const struct sock_filter none = { .code = BPF_RET | BPF_K };

	return kernel_open(k) && kernel_attach_cbpf(k, &none, 1);
}
