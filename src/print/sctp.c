/* sctp.c: SCTP (RFC 9260).
 *
 * In: the packet and its network header.  Out: ports and the chunks. */
#include "dispatch.h"

enum { HEADER = 12, CHUNK = 4, SCTP = 132 };

static const struct name_row types[] = {
	/* Stream Control Transmission Protocol Parameters, IANA */
	{ 0, "DATA" },
	{ 1, "INIT" },
	{ 2, "INIT ACK" },
	{ 3, "SACK" },
	{ 4, "HB REQ" },
	{ 5, "HB ACK" },
	{ 6, "ABORT" },
	{ 7, "SHUTDOWN" },
	{ 8, "SHUTDOWN ACK" },
	{ 9, "OP ERR" },
	{ 10, "COOKIE ECHO" },
	{ 11, "COOKIE ACK" },
	{ 12, "ECN ECHO" },
	{ 13, "ECN CWR" },
	{ 14, "SHUTDOWN COMPLETE" },
	{ 0xa2, "FOR CUM TSN" },
	{ 0xc0, "REL CTRL" },
	{ 0xc1, "REL CTRL ACK" },
};

static const struct name_row payloads[] = {
	/* ditto, payload protocol identifiers */
	{ 0, "unspecified" },
	{ 1, "ISDN Q.921" },
	{ 2, "M2UA" },
	{ 3, "M3UA" },
	{ 4, "SUA" },
	{ 5, "M2PA" },
	{ 6, "V5.2" },
	{ 7, "H.248" },
	{ 8, "BICC" },
	{ 9, "TALI" },
	{ 10, "DUA" },
	{ 11, "ASAP" },
	{ 12, "ENRP" },
	{ 13, "H.323" },
	{ 14, "Q.IPC" },
	{ 15, "SIMCO" },
	{ 16, "DDPSC" },
	{ 17, "DDPSSC" },
	{ 18, "S1AP" },
	{ 19, "RUA" },
	{ 20, "HNBAP" },
	{ 21, "ForCES HP" },
	{ 22, "ForCES MP" },
	{ 23, "ForCES LP" },
	{ 24, "SBc-AP" },
	{ 27, "X2AP" },
};

static void
data_print(struct printer *p, struct cursor c, unsigned flags)
{
	if (c.len < 12) {
		text_put(p, "bogus chunk length %u]", c.len + CHUNK);
		return;
	}
	text_str(p, flags & 2 ? "(B)" : "");
	text_str(p, flags & 1 ? "(E)" : "");
	if (flags & 3)
		text_chr(p, ' ');
	text_put(p, "[TSN: %u] [SID: %u] [SSEQ %u] [PPID ", cursor_u32(p, c, 0),
		cursor_u16(p, c, 4), cursor_u16(p, c, 6));
	text_name(p, payloads, ROWS(payloads), cursor_u32(p, c, 8), "0x%x");
	text_str(p, "] ");
	if (p->opts.verbose > 1) {
		text_str(p, "[Payload");
		if (!p->hex_follows) {
			text_chr(p, ':');
			hex_ascii(
				p, cursor_limit(cursor_skip(c, 12), c.len - 12), "\n\t");
		}
		text_chr(p, ']');
	}
}

static void
init_print(struct printer *p, struct cursor c, unsigned flags)
{
	(void)flags;
	text_put(p, "[init tag: %u] [rwnd: %u] [OS: %u] [MIS: %u] [init TSN: %u] ",
		cursor_u32(p, c, 0), cursor_u32(p, c, 4), cursor_u16(p, c, 8),
		cursor_u16(p, c, 10), cursor_u32(p, c, 12));
}

static void
sack_print(struct printer *p, struct cursor c, unsigned flags)
{
	(void)flags;
	unsigned gaps = cursor_u16(p, c, 8), dups = cursor_u16(p, c, 10);
	uint32_t tsn = cursor_u32(p, c, 0), at = 12;
	text_put(p, "[cum ack %u] [a_rwnd %u] [#gap acks %u] [#dup tsns %u] ", tsn,
		cursor_u32(p, c, 4), gaps, dups);
	for (unsigned i = 0; i < gaps && at + 4 <= c.len && text_open(p); i++, at += 4)
		text_put(p, "\n\t\t[gap ack block #%u: start = %u, end = %u] ", i + 1,
			tsn + cursor_u16(p, c, at), tsn + cursor_u16(p, c, at + 2));
	for (unsigned i = 0; i < dups && at + 4 <= c.len && text_open(p); i++, at += 4)
		text_put(p, "\n\t\t[dup TSN #%u: %u] ", i + 1, cursor_u32(p, c, at));
}

static void
chunk_print(struct printer *p, struct cursor c, unsigned type, unsigned flags)
{
	if (type == 0)
		data_print(p, c, flags);
	else if (type == 1 || type == 2)
		init_print(p, c, flags);
	else if (type == 3)
		sack_print(p, c, flags);
}

static void
chunks_print(struct printer *p, struct cursor c)
{
	uint32_t padded;
	unsigned count = 1;
	for (uint32_t at = 0; at < c.len && text_open(p); at += padded, count++) {
		const char *lead = p->opts.verbose ? "\n\t" : " ";
		if (c.len - at < CHUNK) {
			text_put(p, "%s%u) [chunk descriptor cut off at end of packet]",
				lead, count);
			return;
		}
		unsigned type = cursor_u8(p, c, at), flags = cursor_u8(p, c, at + 1);
		uint32_t n = cursor_u16(p, c, at + 2);
		if (n < CHUNK) {
			text_put(p,
				"%s%u) [Bad chunk length %u, < size of chunk descriptor]",
				lead, count, n);
			return;
		}
		if (n > c.len - at) {
			text_put(p,
				"%s%u) [Bad chunk length %u, > remaining data in packet]",
				lead, count, n);
			return;
		}
		text_put(p, "%s(%u) [", lead, count);
		text_name(p, types, ROWS(types), type, "Unknown chunk type: 0x%x");
		text_str(p, "] ");
		chunk_print(p, cursor_skip(cursor_limit(cursor_skip(c, at), n), CHUNK),
			type, flags);
		padded = (n + 3) & ~3u;
		if (padded > c.len - at)
			padded = c.len - at;
		if (p->opts.verbose < 2)
			text_str(p, "");
	}
}

void
sctp_print(struct printer *p, struct cursor c, const struct net *net)
{
	p->proto = "sctp";
	if (c.len < HEADER) {
		text_put(p, "truncated-sctp - %u bytes missing!", HEADER - c.len);
		return;
	}
	unsigned sport = cursor_u16(p, c, 0), dport = cursor_u16(p, c, 2);
	if (net->proto == SCTP) {
		address_net(p, net, net->src);
		text_put(p, ".%u > ", sport);
		address_net(p, net, net->dst);
		text_put(p, ".%u: sctp", dport);
	} else
		text_put(p, "%u > %u: sctp", sport, dport);
	if (!p->opts.quiet)
		chunks_print(p, cursor_skip(c, HEADER));
}
