/* reason.c: a link type and an expression, or libpcap's program, come in; the reason goes
 * out why ours may be longer. */
#include "reason.h"

#include <stddef.h>
#include <string.h>

#define ANY 0xffff
enum {
	BSD_NULL = 0,
	ENC = 109,
	PFLOG = 117,
	PRISM = 119,
	AVS = 163,
	JUNIPER_VP = 183,
	PPI = 192
};

static const struct row {
	enum reason kind;
	uint16_t linktype; /* or ANY */
	const char *has;   /* the expression contains this */
	unsigned more;     /* instructions at most */
} rows[] = {
	/* libpcap 1.10.3 forgets the protocol of a right operand (gencode.c, gen_arth),
	 * and does not test for IPv4 */
	{ REASON_WRONG, ANY, "1 << (ip[9] & 7) = 64", 3 },
	/* The PDU type has five bits (ISO 10589 §9.5); 1.10.3 compares all eight */
	{ REASON_WRONG, ANY, "l1", 1 },
	{ REASON_WRONG, ANY, "l2", 1 },
	{ REASON_WRONG, ANY, "lsp", 1 },
	{ REASON_WRONG, ANY, "snp", 1 },
	{ REASON_WRONG, ANY, "isis proto", 1 },
	/* 1.10.3 keeps the radio header's length in a cell that the relation before had,
	 * and takes what that left for the length (gencode.c, gen_prevlinkhdr_check) */
	{ REASON_WRONG, ANY, "radio[2:2] > 8", 10 },
	{ REASON_WRONG, ANY, "radio[0:2] = 0x0000", 10 },
	/* The IPv4 header is taken to begin two bytes before the packet, so that a look
	 * behind it rejects, also in libpcap's unoptimised program; its optimiser drops
	 * the look */
	{ REASON_WRONG, JUNIPER_VP, "tcp dst portrange 68-8080 or tcp", 1 },
	/* An address that wraps, or passes 2^31, is beyond the packet: rsh; neg; rsh;
	 * tax; and; or, with the value worked out twice.  libpcap's wraps. */
	{ REASON_GUARD, ANY, "[len", 10 },
	{ REASON_GUARD, ANY, "[ip[2:2] - ", 10 },
	{ REASON_GUARD, ANY, "[udp[4:2] - ", 12 },
	{ REASON_GUARD, ANY, "[link[0:4]]", 7 },
	/* A shift by 32 or more gives 0: rsh; sub; rsh; neg; and, with the count loaded
	 * twice.  Machines differ there. */
	{ REASON_GUARD, ANY, "<< ip[9]", 6 },
	{ REASON_GUARD, ANY, ">> ip[9]", 6 },
	{ REASON_GUARD, ANY, "<< link[4]", 6 },
	/* ours: at most 16 headers, without a loop */
	{ REASON_CHAIN, ANY, "protochain", ~0u },
};
#define ROWS (sizeof rows / sizeof rows[0])
_Static_assert(ROWS <= REASON_ROWS, "room for a flag each");

/* Instructions that should be more of them. */
static const struct allowance {
	enum reason kind;
	uint16_t linktype, code;
	uint32_t k;
	unsigned more;
} allowances[] = {
#define JEQ (BPF_JMP | BPF_JEQ | BPF_K)
#define LD (BPF_LD | BPF_W | BPF_ABS)
#define LDB (BPF_LD | BPF_B | BPF_ABS)
	/* The address family has the byte order of the machine that wrote the file;
	 * libpcap knows one, we take both. */
	{ REASON_WRONG, BSD_NULL, JEQ, 0x02000000, 1 },
	{ REASON_WRONG, BSD_NULL, JEQ, 0x18000000, 1 },
	{ REASON_WRONG, BSD_NULL, JEQ, 0x1c000000, 1 },
	{ REASON_WRONG, BSD_NULL, JEQ, 0x1e000000, 1 },
	{ REASON_WRONG, ENC, JEQ, 0x02000000, 1 },
	{ REASON_WRONG, ENC, JEQ, 0x18000000, 1 },
	{ REASON_WRONG, ENC, JEQ, 0x1c000000, 1 },
	{ REASON_WRONG, ENC, JEQ, 0x1e000000, 1 },
	/* IPv6 is 24, 28 or 30 on the systems that have pflog; libpcap asks for the 10
	 * of Linux, which has none. */
	{ REASON_WRONG, PFLOG, JEQ, 10, 2 },
	/* Is it 802.11 at all?  ld [4]; jeq: 1.10.3 takes any PPI for radiotap's. */
	{ REASON_WRONG, PPI, LDB, 3, 2 },
	/* The header's length has 32 bits: rejected if the frame would not begin in the
	 * first 16 MiB.  rsh; sub; rsh; tax; ld; div; and */
	{ REASON_GUARD, AVS, LD, 4, 7 },
	{ REASON_GUARD, PRISM, LD, 4, 7 },
#undef JEQ
#undef LD
#undef LDB
};

int
reason_find(uint16_t linktype, const char *text, unsigned more)
{
	for (size_t i = 0; i < ROWS; i++)
		if ((rows[i].linktype == ANY || rows[i].linktype == linktype) &&
			more <= rows[i].more && strstr(text, rows[i].has))
			return (int)i;
	return -1;
}

enum reason
reason_kind(int row)
{
	return row >= 0 && (size_t)row < ROWS ? rows[row].kind : REASON_NONE;
}

const char *
reason_text(int row)
{
	return row >= 0 && (size_t)row < ROWS ? rows[row].has : NULL;
}

unsigned
reason_weigh(uint16_t linktype, const struct bpf_program *p, unsigned *weight,
	enum reason *why)
{
	unsigned sum = 0;

	*why = REASON_NONE;
	for (unsigned at = 0; at < p->bf_len; at++) {
		const struct bpf_insn *i = &p->bf_insns[at];

		weight[at] = 1;
		for (size_t n = 0; n < sizeof allowances / sizeof allowances[0]; n++) {
			const struct allowance *a = &allowances[n];

			if (a->linktype != linktype || a->code != i->code || a->k != i->k)
				continue;
			weight[at] += a->more;
			*why = a->kind;
		}
		sum += weight[at];
	}
	return sum;
}
