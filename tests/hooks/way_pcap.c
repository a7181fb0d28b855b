/* way_pcap.c: classic BPF as an array of the kernel's struct sock_filter, which is
 * libpcap's struct bpf_insn, and a packet in; libpcap's verdict out. */
#include <pcap.h>

#include "way.h"

uint32_t
way_pcap_run(const void *insns, const struct filter_packet *p)
{
	return bpf_filter(insns, p->data, p->len, p->caplen);
}
