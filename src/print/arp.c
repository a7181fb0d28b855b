/* arp.c: ARP, RARP and inverse ARP (RFC 826, RFC 903, RFC 2390).
 *
 * In: the packet behind the link header.  Out: who asks whom, or who is where. */
#include "dispatch.h"

enum { REQUEST = 1, REPLY, REV_REQUEST, REV_REPLY, INV_REQUEST = 8, INV_REPLY };
enum { FIXED = 8, ETHERTYPE_IP = 0x0800, ETHERTYPE_TRAIL = 0x1000, IP4 = 4 };

static const struct name_row hardware[] = {
	/* Address Resolution Protocol Parameters, IANA */
	{ 1, "Ethernet" },
	{ 6, "TokenRing" },
	{ 7, "ArcNet" },
	{ 15, "FrameRelay" },
	{ 23, "Strip" },
	{ 24, "IEEE 1394" },
	{ 32, "InfiniBand" },
};

static const struct name_row operations[] = {
	/* ditto */
	{ REQUEST, "Request" },
	{ REPLY, "Reply" },
	{ REV_REQUEST, "Reverse Request" },
	{ REV_REPLY, "Reverse Reply" },
	{ INV_REQUEST, "Inverse Request" },
	{ INV_REPLY, "Inverse Reply" },
	{ 10, "NACK Reply" },
};

struct arp {
	struct cursor c;
	unsigned hw, proto, hw_len, proto_len, op;
	uint32_t sha, spa, tha,
		tpa; /* offsets: sender and target, hardware and protocol */
};

static void
hw_print(struct printer *p, const struct arp *a, uint32_t off)
{
	address_link(p, a->c, off, a->hw_len, a->hw != 15);
}

static void
proto_print(struct printer *p, const struct arp *a, uint32_t off, const char *bad_len)
{
	if (a->proto != ETHERTYPE_IP && a->proto != ETHERTYPE_TRAIL)
		text_str(p, "<wrong proto type>");
	else if (a->proto_len != IP4)
		text_str(p, bad_len);
	else
		address_ip4(p, a->c, off);
}

static bool
nonzero(struct printer *p, const struct arp *a, uint32_t off)
{
	uint8_t any = 0;
	for (uint32_t i = 0; i < a->hw_len; i++)
		any |= cursor_u8(p, a->c, off + i);
	return any != 0;
}

static void
types_print(struct printer *p, const struct arp *a)
{
	text_name(p, hardware, ROWS(hardware), a->hw, "Unknown Hardware (%u)");
	text_put(p, " (len %u), ", a->hw_len);
	const struct ether_row *row = dispatch_ether(a->proto);
	if (row)
		text_str(p, row->name);
	else
		text_put(p, "Unknown Protocol (0x%04x)", a->proto);
	text_put(p, " (len %u)", a->proto_len);
}

static void
request_print(struct printer *p, const struct arp *a)
{
	text_str(p, "who-has ");
	proto_print(p, a, a->tpa, "<wrong tplen>");
	if (nonzero(p, a, a->tha)) {
		text_str(p, " (");
		hw_print(p, a, a->tha);
		text_chr(p, ')');
	}
	text_str(p, " tell ");
	proto_print(p, a, a->spa, "<wrong splen>");
}

static void
operation_print(struct printer *p, const struct arp *a)
{
	switch (a->op) {
	case REQUEST: request_print(p, a); break;
	case REPLY:
		proto_print(p, a, a->spa, "<wrong splen>");
		text_str(p, " is-at ");
		hw_print(p, a, a->sha);
		break;
	case REV_REQUEST:
	case INV_REQUEST:
		text_str(p, "who-is ");
		hw_print(p, a, a->tha);
		text_str(p, " tell ");
		hw_print(p, a, a->sha);
		break;
	case REV_REPLY:
		hw_print(p, a, a->tha);
		text_str(p, " at ");
		proto_print(p, a, a->tpa, "<wrong tplen>");
		break;
	case INV_REPLY:
		hw_print(p, a, a->sha);
		text_str(p, " at ");
		proto_print(p, a, a->spa, "<wrong splen>");
		break;
	default: hex_unknown(p, a->c, a->c.cap); break;
	}
}

void
arp_print(struct printer *p, struct cursor c)
{
	p->proto = "arp";
	if (!p->opts.link_header)
		text_str(p, "ARP, ");
	struct arp a = { .c = c };
	a.hw = cursor_u16(p, c, 0);
	a.proto = cursor_u16(p, c, 2);
	a.hw_len = cursor_u8(p, c, 4);
	a.proto_len = cursor_u8(p, c, 5);
	a.op = cursor_u16(p, c, 6);
	a.sha = FIXED;
	a.spa = a.sha + a.hw_len;
	a.tha = a.spa + a.proto_len;
	a.tpa = a.tha + a.hw_len;
	if (!cursor_need(p, c, 0, a.tpa + a.proto_len))
		return;
	bool plain = (a.proto == ETHERTYPE_IP || a.proto == ETHERTYPE_TRAIL) &&
		     a.proto_len == IP4 && a.hw_len != 0;
	if (!plain || p->opts.verbose)
		types_print(p, &a);
	if (plain || p->opts.verbose) {
		text_str(p, p->opts.verbose ? ", " : "");
		text_name(p, operations, ROWS(operations), a.op, "Unknown (%u)");
		text_chr(p, ' ');
		operation_print(p, &a);
	}
	text_put(p, ", length %u", c.len);
}
