/* null.c: BSD loopback: link types NULL and LOOP (tcpdump.org/linktypes).
 *
 * In: the packet, which begins with an address family in the byte order of the
 * machine that wrote it (NULL) or of the network (LOOP).  Out: the line. */
#include "dispatch.h"

enum { HEADER = 4 };

static const struct name_row families[] = {
	/* AF_ values of the BSDs; IPv6 differs among them */
	{ 2, "IPv4" }, { 24, "IPv6" }, { 28, "IPv6" }, { 30, "IPv6" }
};

static void
family_print(struct printer *p, struct cursor packet, uint32_t family)
{
	p->link_len = HEADER;
	const char *name = dispatch_name(families, ROWS(families), family);
	if (p->opts.link_header) {
		if (p->opts.quiet)
			text_put(p, "%s", name ? name : "Unknown");
		else
			text_put(p, "AF %s (%u)", name ? name : "Unknown", family);
		text_put(p, ", length %u: ", packet.len);
	}
	struct cursor c = cursor_skip(packet, HEADER);
	if (!name)
		hex_unknown(p, c, c.cap);
	else if (family == 2)
		ip_print(p, c);
	else
		ip6_print(p, c);
}

void
null_print(struct printer *p, struct cursor packet)
{
	p->proto = "null";
	if (!cursor_need(p, packet, 0, HEADER))
		return;
	uint32_t family = cursor_u32(p, packet, 0);
	/* No family is that high: the bytes are in the other order. */
	if (family & 0xffff0000)
		family = __builtin_bswap32(family);
	family_print(p, packet, family);
}

void
loop_print(struct printer *p, struct cursor packet)
{
	p->proto = "null";
	if (cursor_need(p, packet, 0, HEADER))
		family_print(p, packet, cursor_u32(p, packet, 0));
}
