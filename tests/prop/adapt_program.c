/* adapt_program.c: a program of libpcap 1.10.3 comes in; it goes out as head's, in the
 * places where head's is another one. */
#include <string.h>

#include "adapt.h"

/* Behind an AH, libpcap goes on at 4 * (length + 2) from the start of the network header;
 * RFC 4302 §2.2 means that much behind the AH.  Its six instructions
 *	txa; add #1; tax; ldb [x + k]; add #2; mul #4; tax
 * become
 *	ldb [x + k + 1]; add #2; mul #4; add x; tax; txa; txa */
#define AH_STEPS 7

static bool
is_ah(const struct bpf_insn *i)
{
	static const struct bpf_insn steps[AH_STEPS] = {
		BPF_STMT(BPF_MISC | BPF_TXA, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_LD | BPF_IND | BPF_B, 0),
		BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 2),
		BPF_STMT(BPF_ALU | BPF_MUL | BPF_K, 4),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
	};

	for (int s = 0; s < AH_STEPS; s++)
		if (i[s].code != steps[s].code || (s != 3 && i[s].k != steps[s].k))
			return false;
	return true;
}

static void
mend_ah(struct bpf_insn *i)
{
	i[0] = (struct bpf_insn)BPF_STMT(BPF_LD | BPF_IND | BPF_B, i[3].k + 1);
	i[1] = i[4];
	i[2] = i[5];
	i[3] = (struct bpf_insn)BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0);
	i[4] = i[6];
	i[5] = i[6] = (struct bpf_insn)BPF_STMT(BPF_MISC | BPF_TXA, 0);
}

static bool
is_code(const struct bpf_insn *i, uint16_t code, uint32_t k)
{
	return i->code == code && i->k == k;
}

static bool
is_equal(const struct bpf_insn *i)
{
	return i->code == (BPF_JMP | BPF_JEQ | BPF_K);
}

static bool
is_byte(const struct bpf_insn *i)
{
	return i->code == (BPF_LD | BPF_B | BPF_ABS) ||
	       i->code == (BPF_LD | BPF_B | BPF_IND);
}

/* The IS-IS PDU type has five bits (ISO 10589 §9.5), of which 1.10.3 makes eight.
 *	[ldb [p]]; jeq #0x83; [ldx M[]]; ldb [p + 4]; jeq #type
 * and on Cisco HDLC, which pads, [p + 4] instead of [p + 3].  Frame Relay's first
 * comparison is of 16 bits, 0x383. */
static bool
mend_isis(struct bpf_insn *i, unsigned left)
{
	struct bpf_insn *pdu = i + 1;

	if (left < 4 || !is_equal(i) || i->jt != 0 || (i->k != 0x83 && i->k != 0x383))
		return false;
	pdu += pdu->code == (BPF_LDX | BPF_MEM | BPF_W);
	if (!is_byte(pdu) || !is_equal(pdu + 1) || pdu[1].k > 31)
		return false;
	if (i->k == 0x83 && !(is_byte(i - 1) && pdu->code == i[-1].code &&
				    (pdu->k == i[-1].k + 4 || pdu->k == i[-1].k + 3)))
		return false;
	pdu->jt = ADAPT_LOW5;
	pdu->k += i->k == 0x83 && pdu->k == i[-1].k + 3;
	return true;
}

/* The session of PPPoE is 16 bits at 2; 1.10.3 loads 32 at 0 and drops half, which fails
 * where the network header is at -2.
 *	ld [p]; [and #0xffff] becomes ldh [p + 2] */
static void
mend_session(struct bpf_insn *i)
{
	if (BPF_CLASS(i[0].code) == BPF_LD && BPF_SIZE(i[0].code) == BPF_W &&
		(BPF_MODE(i[0].code) == BPF_ABS || BPF_MODE(i[0].code) == BPF_IND) &&
		is_code(i + 1, BPF_ALU | BPF_AND | BPF_K, 0xffff)) {
		i[0].code = BPF_LD | BPF_H | BPF_MODE(i[0].code);
		i[0].k += 2;
	}
}

/* ldb [0 or 1]; jeq #0xdN: the N-th address of one byte. */
static bool
mend_mac8(struct bpf_insn *i, const struct adapted *a)
{
	if (i[0].code != (BPF_LD | BPF_B | BPF_ABS) || i[0].k > 1 || !is_equal(i + 1) ||
		i[1].k < 0xd0 || i[1].k >= 0xd0 + a->mac8s)
		return false;
	i[1].k = a->mac8[i[1].k - 0xd0];
	return true;
}

/* libpcap works the offset of a link header out first, and keeps it in a cell that a
 * relation further left in the text may have had before: then the relation spoils it
 * (`radio[2] = 0 or dir tods`).  The cell of the offset is the first that is written, and
 * X keeps a copy:
 *	st M[cell]; tax
 * or, of the payload's offset, txa; add #24; st M[cell], changed later by + 2 and & ~3.
 */
#define PROLOGUE 10 /* the first is in so many instructions */

static bool
is_payload_offset(const struct bpf_insn *st)
{
	return is_code(st - 1, BPF_ALU | BPF_ADD | BPF_K, 24) ||
	       is_code(st - 1, BPF_ALU | BPF_ADD | BPF_K, 2) ||
	       is_code(st - 1, BPF_ALU | BPF_AND | BPF_K, 0xfffffffc);
}

/* A relation writes a cell once and reads it once, before its jump. */
static void
rename_use(struct bpf_insn *st, const struct bpf_insn *end, uint32_t cell)
{
	const uint32_t was = st->k;

	st->k = cell;
	for (struct bpf_insn *i = st + 1; i < end && BPF_CLASS(i->code) != BPF_JMP; i++)
		if ((BPF_CLASS(i->code) == BPF_LD || BPF_CLASS(i->code) == BPF_LDX) &&
			BPF_MODE(i->code) == BPF_MEM && i->k == was) {
			i->k = cell;
			return;
		}
}

static uint32_t
find_unused(const struct bpf_program *p)
{
	uint32_t cell = BPF_MEMWORDS;

	while (cell--) {
		unsigned at = 0;

		while (at < p->bf_len &&
			!(p->bf_insns[at].k == cell &&
				(BPF_CLASS(p->bf_insns[at].code) == BPF_ST ||
					BPF_CLASS(p->bf_insns[at].code) == BPF_STX)))
			at++;
		if (at == p->bf_len)
			break;
	}
	return cell;
}

static bool
separate(struct bpf_program *p, unsigned from, bool payload)
{
	const uint32_t cell = p->bf_insns[from].k;

	for (unsigned at = from + 1; at < p->bf_len; at++) {
		struct bpf_insn *i = p->bf_insns + at;
		uint32_t unused;

		if (!is_code(i, BPF_ST, cell) || (payload && is_payload_offset(i)))
			continue;
		unused = find_unused(p);
		if (unused >= BPF_MEMWORDS)
			return false;
		rename_use(i, p->bf_insns + p->bf_len, unused);
	}
	return true;
}

/* False: there are not cells enough. */
static bool
mend_cells(struct bpf_program *p)
{
	bool ok = true;

	for (unsigned at = 1; at + 1 < p->bf_len; at++) {
		const struct bpf_insn *i = p->bf_insns + at;

		if (i->code != BPF_ST)
			continue;
		if (at < PROLOGUE && i[1].code == (BPF_MISC | BPF_TAX))
			ok &= separate(p, at, false);
		else if (at > 1 && is_code(i - 2, BPF_MISC | BPF_TXA, 0) &&
			 is_code(i - 1, BPF_ALU | BPF_ADD | BPF_K, 24))
			return ok && separate(p, at, true);
		else
			break;
	}
	return ok;
}

bool
adapt_program(struct bpf_program *p, uint16_t linktype, struct adapted *a)
{
	/* SS7 has no ISO, but fields as far from one another */
	const bool ss7 = linktype == 139 || linktype == 140 || linktype == 197;
	bool foreign = false;

	a->lost |= !mend_cells(p);

	for (unsigned at = 0; at < p->bf_len; at++) {
		struct bpf_insn *i = p->bf_insns + at;
		const unsigned left = p->bf_len - at;

		if (left >= AH_STEPS && is_ah(i))
			mend_ah(i);
		foreign |= at && !ss7 && mend_isis(i, left);
		if (left >= 2)
			mend_session(i);
		at += left >= 2 && mend_mac8(i, a);
	}
	return foreign;
}
