/* sll.c: packets of Linux's "any" device: link types LINUX_SLL and LINUX_SLL2
 * (tcpdump.org/linktypes).
 *
 * In: the packet.  Out: direction and address as asked for, then the payload. */
#include <net/if.h>

#include "dispatch.h"

enum { SLL_HEADER = 16, SLL2_HEADER = 20, TAG = 4, MAC = 6 };

static const char *
direction(unsigned type)
{
	/* <linux/if_packet.h> */
	static const char *const names[] = { "In", "B", "M", "P", "Out" };
	return type < ROWS(names) ? names[type] : "?";
}

struct sll {
	struct cursor packet;
	unsigned type, address_len;
	uint32_t address; /* offset */
	void (*direction)(struct printer *, const struct sll *);
};

static void
header_print(struct printer *p, const struct sll *s)
{
	if (s->address_len == MAC) {
		address_mac(p, "", s->packet, s->address);
		text_chr(p, ' ');
	}
	if (!p->opts.quiet) {
		ether_type_print(p, s->type);
		text_put(p, ", length %u: ", s->packet.len);
	}
}

/* Tags are few here, and the type behind one is always named. */
static unsigned
tags_print(struct printer *p, struct cursor *c, unsigned type)
{
	while (type == 0x8100 && text_open(p)) {
		p->proto = "vlan";
		if (!cursor_need(p, *c, 0, TAG))
			break;
		unsigned tci = cursor_u16(p, *c, 0);
		type = cursor_u16(p, *c, 2);
		if (p->opts.link_header)
			text_put(p, "vlan %u, p %u%s, ", tci & 0xfff, tci >> 13,
				tci & 0x1000 ? ", DEI" : "");
		const struct ether_row *row = dispatch_ether(type);
		if (!p->opts.quiet)
			text_put(p, "ethertype %s, ", row ? row->name : "Unknown");
		*c = cursor_skip(*c, TAG);
		p->link_len += TAG;
	}
	return type;
}

static void
payload_print(struct printer *p, struct sll *s, struct cursor c)
{
	const uint32_t header = p->link_len;
	unsigned type = tags_print(p, &c, s->type);
	const struct ether_row *row = dispatch_ether(type);
	if (row && row->print) {
		row->print(p, c);
		return;
	}
	if (!p->opts.link_header) {
		s->packet.len -= p->link_len - header; /* tags do not count here */
		s->direction(p, s);
		header_print(p, s);
	}
	hex_unknown(p, c, c.cap);
}

static void
sll_direction(struct printer *p, const struct sll *s)
{
	text_put(p, "%3s ", direction(cursor_u16(p, s->packet, 0)));
}

void
sll_print(struct printer *p, struct cursor packet)
{
	p->proto = "sll";
	if (!cursor_need(p, packet, 0, SLL_HEADER))
		return;
	struct sll s = { .packet = packet,
		.type = cursor_u16(p, packet, 14),
		.address_len = cursor_u16(p, packet, 4),
		.address = 6,
		.direction = sll_direction };
	p->link_len = SLL_HEADER;
	if (p->opts.link_header) {
		s.direction(p, &s);
		header_print(p, &s);
	}
	payload_print(p, &s, cursor_skip(packet, SLL_HEADER));
}

static void
sll2_direction(struct printer *p, const struct sll *s)
{
	text_put(p, "ifindex %u ", cursor_u32(p, s->packet, 4));
}

/* The name that the system has for it now: in a file of another it may be wrong. */
static void
interface_print(struct printer *p, uint32_t ifindex)
{
	if (ifindex != p->ifindex || !ifindex) { /* asking is a system call */
		_Static_assert(sizeof(p->ifname) >= IF_NAMESIZE, "a name fits");
		p->ifindex = ifindex;
		if (!if_indextoname(ifindex, p->ifname))
			p->ifname[0] = '\0';
	}
	if (p->ifname[0])
		text_put(p, "%-5s ", p->ifname);
	else
		text_put(p, "ifindex %u ", ifindex);
}

void
sll2_print(struct printer *p, struct cursor packet)
{
	p->proto = "sll2";
	if (!cursor_need(p, packet, 0, SLL2_HEADER))
		return;
	struct sll s = { .packet = packet,
		.type = cursor_u16(p, packet, 0),
		.address_len = cursor_u8(p, packet, 11),
		.address = 12,
		.direction = sll2_direction };
	p->link_len = SLL2_HEADER;
	interface_print(p, cursor_u32(p, packet, 4));
	text_put(p, "%-3s ", direction(cursor_u8(p, packet, 10)));
	if (p->opts.link_header) {
		s.direction(p, &s);
		header_print(p, &s);
	}
	payload_print(p, &s, cursor_skip(packet, SLL2_HEADER));
}
