/* match.c: what a packet costs in user space: by table look-up, by our VM and by
 * libpcap's on our cBPF, and by libpcap's on its own.
 *
 * In: an expression, or a kind of list (host, port) and its length.  Packets: 65,536 of
 * TCP over IPv4 with random addresses and ports, one of ten with one of the list.  Out:
 * one line: ns a packet of this process's time (the best of some runs), `-` where there
 * is no program.  Exit status 1: they disagree. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../filter/cbpf/cbpf.h"
#include "../../filter/filter.h"
#include "../gen/rng.h"

#define PACKETS 65536
#define BYTES 64
#define RUNS 5
#define THEIRS_MAX 500 /* entries that libpcap compiles in seconds */

enum way { BY_MATCH, BY_VM, BY_LIBPCAP, BY_LIBPCAP_ALONE, WAYS };

struct bench {
	const struct filter *filter;
	struct cbpf_prog program;   /* ours */
	struct bpf_program code[2]; /* ours and libpcap's own, for its VM */
	uint8_t (*packet)[BYTES];
};

static double
now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static char *
list(const char *kind, unsigned n)
{
	char *text = malloc((size_t)n * 40 + 1), *to = text;
	if (text == NULL)
		abort();
	for (unsigned i = 0; i < n; i++) {
		const unsigned x = i * 2654435761u;
		to += sprintf(to, "%s%s ", i ? " or " : "", kind);
		if (kind[0] == 'p')
			to += sprintf(to, "%u", i * 40503u & 0xffff);
		else
			to += sprintf(to, "%u.%u.%u.%u", x >> 24, x >> 16 & 255,
				x >> 8 & 255, x & 255);
	}
	return text;
}

static void
make_packets(uint8_t (*packet)[BYTES], unsigned n)
{
	struct rng r = { 1 };
	for (unsigned i = 0; i < PACKETS; i++) {
		uint8_t *b = packet[i];
		memset(b, 0, BYTES);
		b[12] = 8;
		b[14] = 0x45;
		b[23] = 6;
		for (unsigned at = 26; at < 38; at++) /* addresses and ports */
			b[at] = (uint8_t)rng_next(&r);
		if (rng_below(&r, 10) != 0)
			continue;
		const unsigned j = rng_below(&r, n), x = j * 2654435761u;
		const unsigned port = j * 40503u & 0xffff;
		for (unsigned k = 0; k < 4; k++)
			b[30 + k] = (uint8_t)(x >> (24 - 8 * k));
		b[36] = (uint8_t)(port >> 8);
		b[37] = (uint8_t)port;
	}
}

static unsigned
run(const struct bench *b, enum way way)
{
	const struct pcap_pkthdr header = { .caplen = BYTES, .len = BYTES };
	unsigned hits = 0;
	for (unsigned i = 0; i < PACKETS; i++) {
		const struct filter_packet p = {
			.data = b->packet[i], .caplen = BYTES, .len = BYTES
		};
		if (way == BY_MATCH)
			hits += filter_match(b->filter, &p) != 0;
		else if (way == BY_VM)
			hits += cbpf_run(&b->program, &p) != 0;
		else
			hits += pcap_offline_filter(&b->code[way == BY_LIBPCAP_ALONE],
					&header, b->packet[i]) != 0;
	}
	return hits;
}

/* Prints the ways' figures; false where they find different numbers of packets. */
static bool
print(const struct bench *b)
{
	unsigned hits[WAYS] = { 0 };
	bool agree = true;
	for (enum way way = BY_MATCH; way < WAYS; way++) {
		double best = 1e18;
		hits[way] = hits[BY_MATCH];
		if (way > BY_VM && b->code[way == BY_LIBPCAP_ALONE].bf_len == 0) {
			printf(" %9s", "-");
			continue;
		}
		for (unsigned i = 0; i < RUNS; i++) {
			const double from = now_ns();
			hits[way] = run(b, way);
			const double took = (now_ns() - from) / PACKETS;
			best = took < best ? took : best;
		}
		printf(" %9.1f", best);
		agree = agree && hits[way] == hits[BY_MATCH];
	}
	printf("\n");
	return agree;
}

int
main(int argc, char **argv)
{
	if (argc != 2 && argc != 3) {
		fprintf(stderr, "usage: match host|port NUMBER | match EXPRESSION\n");
		return 2;
	}
	const unsigned n = argc == 3 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	char *text = argc == 3 ? list(argv[1], n) : strdup(argv[1]);
	const struct filter_opts o = { .text = text,
		.linktype = FILTER_LINK_EN10MB,
		.snaplen = FILTER_SNAPLEN_MAX };
	struct diags ds = { 0 };
	struct filter *f;
	size_t count = 0;
	pcap_t *p = pcap_open_dead(DLT_EN10MB, FILTER_SNAPLEN_MAX);
	struct bench b = { .packet = malloc(PACKETS * sizeof(*b.packet)) };
	if (text == NULL || p == NULL || b.packet == NULL || !filter_compile(&o, &f, &ds))
		return 1;
	b.filter = f;
	b.program.insn = (struct sock_filter *)filter_cbpf(f, &count, &ds);
	b.program.count = (uint32_t)count;
	b.code[0] =
		(struct bpf_program){ (u_int)count, (struct bpf_insn *)b.program.insn };
	if (n <= THEIRS_MAX && pcap_compile(p, &b.code[1], text, 1, 0) != 0)
		b.code[1].bf_len = 0;
	make_packets(b.packet, n);
	printf("%-44.44s %6u", argv[1], n);
	const bool agree = count > 0 && print(&b);
	if (n <= THEIRS_MAX)
		pcap_freecode(&b.code[1]);
	pcap_close(p);
	filter_free(f);
	free(b.packet);
	free(text);
	return agree ? 0 : 1;
}
