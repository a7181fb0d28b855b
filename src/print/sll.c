/* sll.c: packets of Linux's "any" device: link types LINUX_SLL and LINUX_SLL2
 * (tcpdump.org/linktypes).
 *
 * In: the packet.  Out: direction and address as asked for, then the payload. */
#include <net/if.h>

#include "dispatch.h"

enum { SLL_HEADER = 16, SLL2_HEADER = 20, MAC = 6 };

static const char *
direction(unsigned type)
{
	/* <linux/if_packet.h> */
	static const char *const names[] = { "In", "B", "M", "P", "Out" };
	return type < ROWS(names) ? names[type] : "?";
}

static void
payload_print(struct printer *p, struct cursor c, unsigned type)
{
	const struct ether_row *row = dispatch_ether(type);
	if (row && row->print)
		row->print(p, c);
	else
		hex_unknown(p, c, c.cap);
}

void
sll_print(struct printer *p, struct cursor packet)
{
	p->proto = "sll";
	if (!cursor_need(p, packet, 0, SLL_HEADER))
		return;
	unsigned type = cursor_u16(p, packet, 14);
	p->link_len = SLL_HEADER;
	if (p->opts.link_header) {
		text_put(p, "%3s ", direction(cursor_u16(p, packet, 0)));
		if (cursor_u16(p, packet, 4) == MAC) {
			address_mac(p, packet, 6);
			text_chr(p, ' ');
		}
		ether_type_print(p, type);
		text_put(p, ", length %u: ", packet.len);
	}
	payload_print(p, cursor_skip(packet, SLL_HEADER), type);
}

void
sll2_print(struct printer *p, struct cursor packet)
{
	p->proto = "sll2";
	if (!cursor_need(p, packet, 0, SLL2_HEADER))
		return;
	unsigned type = cursor_u16(p, packet, 0);
	p->link_len = SLL2_HEADER;
	char name[IF_NAMESIZE];
	unsigned ifindex = cursor_u32(p, packet, 4);
	if (if_indextoname(ifindex, name))
		text_put(p, "%-5s ", name);
	else
		text_put(p, "ifindex %u ", ifindex);
	text_put(p, "%-3s ", direction(cursor_u8(p, packet, 10)));
	if (p->opts.link_header) {
		if (cursor_u8(p, packet, 11) == MAC) {
			address_mac(p, packet, 12);
			text_chr(p, ' ');
		}
		ether_type_print(p, type);
		text_put(p, ", length %u: ", packet.len);
	}
	payload_print(p, cursor_skip(packet, SLL2_HEADER), type);
}
