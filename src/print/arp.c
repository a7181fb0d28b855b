/* arp.c: ARP, RARP and inverse ARP (RFC 826, RFC 903, RFC 2390).
 *
 * In: the packet behind the link header.  Out: who asks whom, or who is where. */
#include "dispatch.h"

enum { REQUEST = 1, REPLY, REV_REQUEST, REV_REPLY, INV_REQUEST = 8, INV_REPLY };
enum {
	FIXED = 8,
	ETHERTYPE_IP = 0x0800,
	ETHERTYPE_TRAIL = 0x1000,
	IP4 = 4,
	FRAME_RELAY = 15
};

static const struct name_row hardware[] = {
	/* Address Resolution Protocol Parameters, IANA */
	{ 1, "Ethernet" },
	{ 6, "TokenRing" },
	{ 7, "ArcNet" },
	{ FRAME_RELAY, "FrameRelay" },
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

/* A Q.922 address: seven bits of use in a byte, of which the second gives three
 * to other things; the last has its low bit set. */
static void
dlci_print(struct printer *p, struct cursor c, uint32_t off, uint32_t n)
{
	uint32_t first = cursor_u8(p, c, off), second = cursor_u8(p, c, off + 1);
	uint32_t dlci = (first & 0xfc) << 2 | (second & 0xf0) >> 4;
	if (!(second & 1) && n > 2) {
		uint32_t third = cursor_u8(p, c, off + 2);
		dlci = dlci << 7 | third >> 1;
		if (!(third & 1) && n > 3)
			dlci = dlci << 6 | cursor_u8(p, c, off + 3) >> 2;
	}
	text_put(p, "DLCI %u", dlci);
}

static void
hw_print(struct printer *p, const struct arp *a, uint32_t off)
{
	if (a->hw == FRAME_RELAY && a->hw_len > 1)
		dlci_print(p, a->c, off, a->hw_len);
	else
		address_link(p, a->c, off, a->hw_len, true);
}

static void
proto_print(struct printer *p, const struct arp *a, uint32_t off)
{
	if (a->proto != ETHERTYPE_IP && a->proto != ETHERTYPE_TRAIL)
		text_str(p, "<wrong proto type>");
	else if (a->proto_len != IP4)
		text_str(p, "<wrong len>");
	else
		address_ip4(p, "", a->c, off);
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
	proto_print(p, a, a->tpa);
	if (nonzero(p, a, a->tha)) {
		text_str(p, " (");
		hw_print(p, a, a->tha);
		text_chr(p, ')');
	}
	text_str(p, " tell ");
	proto_print(p, a, a->spa);
}

/* false: an operation that is shown as bytes, and ends the line. */
static bool
operation_print(struct printer *p, const struct arp *a)
{
	switch (a->op) {
	case REQUEST: request_print(p, a); break;
	case REPLY:
		proto_print(p, a, a->spa);
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
		proto_print(p, a, a->tpa);
		break;
	case INV_REPLY:
		hw_print(p, a, a->sha);
		text_str(p, " at ");
		proto_print(p, a, a->spa);
		break;
	default: hex_ascii(p, a->c, "\n\t"); return false;
	}
	return true;
}

void
arp_print(struct printer *p, struct cursor c)
{
	p->proto = "arp";
	if (!cursor_need(p, c, 0, FIXED))
		return;
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
	if (!p->opts.link_header)
		text_str(p, "ARP, ");
	bool plain = (a.proto == ETHERTYPE_IP || a.proto == ETHERTYPE_TRAIL) &&
		     a.proto_len == IP4 && a.hw_len != 0;
	if (!plain || p->opts.verbose)
		types_print(p, &a);
	if (plain || p->opts.verbose) {
		text_str(p, p->opts.verbose ? ", " : "");
		text_name(p, operations, ROWS(operations), a.op, "Unknown (%u)");
		text_chr(p, ' ');
		if (!operation_print(p, &a))
			return;
	}
	text_put(p, ", length %u", c.len);
}
