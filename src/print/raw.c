/* raw.c: packets that begin with the IP header: link types RAW, IPV4, IPV6.
 *
 * In: the packet.  Out: the line. */
#include "dispatch.h"

void
ip_any_print(struct printer *p, struct cursor c)
{
	p->proto = "ip";
	if (c.len < 1) {
		text_put(p, "truncated-ip %u", c.len);
		return;
	}
	unsigned version = cursor_u8(p, c, 0) >> 4;
	if (version == 4)
		ip_print(p, c);
	else if (version == 6)
		ip6_print(p, c);
	else
		text_put(p, "IP%u (invalid)", version);
}

void
raw_print(struct printer *p, struct cursor c)
{
	p->proto = "raw";
	if (p->opts.link_header)
		text_str(p, "ip: ");
	ip_any_print(p, c);
}

void
raw4_print(struct printer *p, struct cursor c)
{
	if (p->opts.link_header)
		text_str(p, "IP ");
	ip_print(p, c);
}

void
raw6_print(struct printer *p, struct cursor c)
{
	if (p->opts.link_header)
		text_str(p, "IP6 ");
	ip6_print(p, c);
}
