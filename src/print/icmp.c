/* icmp.c: ICMP (RFC 792, RFC 950, RFC 1191, RFC 1256, RFC 1812, RFC 8335).
 *
 * In: the message and its network header.  Out: what it says, under -v also the
 * checksum and the packet that it quotes. */
#include "dispatch.h"

enum {
	ECHO_REPLY = 0,
	UNREACHABLE = 3,
	QUENCH = 4,
	REDIRECT = 5,
	ECHO = 8,
	ROUTER_ADVERT = 9,
	EXCEEDED = 11,
	PARAMETER = 12,
	TIME_QUERY = 13,
	TIME_REPLY = 14,
	MASK_REPLY = 18,
	EXTENDED_ECHO = 42,
	EXTENDED_REPLY = 43,
	QUOTE = 8 /* where the quoted packet begins */
};

static const struct name_row names[] = {
	/* ICMP Type Numbers, IANA */
	{ ECHO_REPLY, "echo reply" },
	{ UNREACHABLE, "unreachable" },
	{ REDIRECT, "redirect" },
	{ ECHO, "echo request" },
	{ ROUTER_ADVERT, "router advertisement" },
	{ 10, "router solicitation" },
	{ EXCEEDED, "time exceeded" },
	{ PARAMETER, "parameter problem" },
	{ TIME_QUERY, "time stamp request" },
	{ TIME_REPLY, "time stamp reply" },
	{ 15, "information request" },
	{ 16, "information reply" },
	{ 17, "address mask request" },
};

/* RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1.  D: the quoted destination. */
static const char *const unreachable[] = {
	"net D unreachable",
	"host D unreachable",
	NULL, /* protocol */
	NULL, /* port */
	NULL, /* fragmentation needed */
	"D unreachable - source route failed",
	"net D unreachable - unknown",
	"host D unreachable - unknown",
	"D unreachable - source host isolated",
	"net D unreachable - admin prohibited",
	"host D unreachable - admin prohibited",
	"net D unreachable - tos prohibited",
	"host D unreachable - tos prohibited",
	"host D unreachable - admin prohibited filter",
	"host D unreachable - host precedence violation",
	"host D unreachable - precedence cutoff",
};

static void
destination_print(struct printer *p, struct cursor c)
{
	address_ip4(p, "", c, QUOTE + 16);
}

static void
port_print(struct printer *p, struct cursor c)
{
	uint32_t at = QUOTE + (cursor_u8(p, c, QUOTE) & 15) * 4u + 2;
	unsigned port = cursor_u16(p, c, at), proto = cursor_u8(p, c, QUOTE + 9);
	destination_print(p, c);
	if (proto == 6 || proto == 17) {
		text_put(p, " %s port ", proto == 6 ? "tcp" : "udp");
		address_port(p, proto, port);
		text_str(p, " unreachable");
	} else
		text_put(p, " protocol %u port %u unreachable", proto, port);
}

static void
unreachable_print(struct printer *p, struct cursor c, unsigned code)
{
	if (code == 2) {
		unsigned proto = cursor_u8(p, c, QUOTE + 9);
		destination_print(p, c);
		text_put(p, " protocol %u unreachable", proto);
	} else if (code == 3)
		port_print(p, c);
	else if (code == 4) {
		destination_print(p, c);
		text_str(p, " unreachable - need to frag");
		unsigned mtu = cursor_u16(p, c, 6);
		if (mtu)
			text_put(p, " (mtu %u)", mtu);
	} else if (code >= ROWS(unreachable)) {
		destination_print(p, c);
		text_put(p, " unreachable - #%u", code);
	} else
		for (const char *s = unreachable[code]; *s; s++) {
			if (*s == 'D')
				destination_print(p, c);
			else
				text_chr(p, *s);
		}
}

static void
quench_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)c;
	(void)code;
	text_str(p, "source quench");
}

static void
redirect_print(struct printer *p, struct cursor c, unsigned code)
{
	static const char *const kinds[] = { "net", "host", "net", "host" };
	if (code < ROWS(kinds))
		text_str(p, code < 2 ? "redirect " : "redirect-tos ");
	else
		text_put(p, "redirect-#%u ", code);
	destination_print(p, c);
	text_str(p, " to ");
	if (code < ROWS(kinds))
		text_put(p, "%s ", kinds[code]);
	address_ip4(p, "", c, 4);
}

/* RFC 1256 §3 */
static void
routers_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	text_str(p, "router advertisement lifetime ");
	unsigned count = cursor_u8(p, c, 4), size = cursor_u8(p, c, 5);
	unsigned t = cursor_u16(p, c, 6);
	if (t < 60)
		text_put(p, "%u", t);
	else if (t < 3600)
		text_put(p, "%u:%02u", t / 60, t % 60);
	else
		text_put(p, "%u:%02u:%02u", t / 3600, t / 60 % 60, t % 60);
	text_put(p, " %u:", count);
	if (size != 2) {
		text_put(p, " [size %u]", size);
		return;
	}
	for (uint32_t at = 8; count-- > 0 && text_open(p); at += 8) {
		address_ip4(p, " {", c, at);
		text_put(p, " %u}", cursor_u32(p, c, at + 4));
	}
}

static void
exceeded_print(struct printer *p, struct cursor c, unsigned code)
{
	if (!cursor_need(p, c, QUOTE + 16, 4))
		return;
	if (code > 1)
		text_put(p, "time exceeded-#%u", code);
	else
		text_str(p, code ? "ip reassembly time exceeded"
				 : "time exceeded in-transit");
}

static void
parameter_print(struct printer *p, struct cursor c, unsigned code)
{
	if (code)
		text_put(p, "parameter problem - code %u", code);
	else
		text_put(p, "parameter problem - octet %u", cursor_u8(p, c, 4));
}

static void
mask_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	text_put(p, "address mask is 0x%08x", cursor_u32(p, c, 8));
}

static void
query_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	text_put(p, "time stamp query id %u seq %u", cursor_u16(p, c, 4),
		cursor_u16(p, c, 6));
}

/* Milliseconds since midnight UT. */
static void
time_print(struct printer *p, uint32_t ms)
{
	uint32_t s = ms / 1000;
	text_put(p, "%02u:%02u:%02u.%03u", s / 3600, s / 60 % 60, s % 60, ms % 1000);
}

static void
reply_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	if (!cursor_need(p, c, 0, 20))
		return;
	text_put(p, "time stamp reply id %u seq %u: org ", cursor_u16(p, c, 4),
		cursor_u16(p, c, 6));
	time_print(p, cursor_u32(p, c, 8));
	text_str(p, ", recv ");
	time_print(p, cursor_u32(p, c, 12));
	text_str(p, ", xmit ");
	time_print(p, cursor_u32(p, c, 16));
}

static void
echo_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	text_put(p, "echo %s, id %u, seq %u",
		cursor_u8(p, c, 0) == ECHO ? "request" : "reply", cursor_u16(p, c, 4),
		cursor_u16(p, c, 6));
}

static void
extended_print(struct printer *p, struct cursor c, unsigned code)
{
	(void)code;
	text_put(p, "extended echo %s, id %u, seq %u",
		cursor_u8(p, c, 0) == EXTENDED_ECHO ? "request" : "reply",
		cursor_u16(p, c, 4), cursor_u8(p, c, 6));
}

static const struct {
	uint8_t type;
	bool quotes; /* carries the start of the packet that it is about */
	void (*print)(struct printer *, struct cursor, unsigned code);
} forms[] = {
	{ ECHO_REPLY, false, echo_print },
	{ UNREACHABLE, true, unreachable_print },
	{ QUENCH, true, quench_print },
	{ REDIRECT, true, redirect_print },
	{ ECHO, false, echo_print },
	{ ROUTER_ADVERT, false, routers_print },
	{ EXCEEDED, true, exceeded_print },
	{ PARAMETER, true, parameter_print },
	{ TIME_QUERY, false, query_print },
	{ TIME_REPLY, false, reply_print },
	{ MASK_REPLY, false, mask_print },
	{ EXTENDED_ECHO, false, extended_print },
	{ EXTENDED_REPLY, false, extended_print },
};

static void
checksum_print(struct printer *p, struct cursor c)
{
	if (!cursor_has(c, 0, c.len))
		return;
	uint16_t sum = checksum(c, c.len, 0);
	uint16_t field = cursor_u16(p, c, 2);
	if (sum)
		text_put(p, " (wrong icmp cksum %x (->%x)!)", field,
			checksum_wanted(field, sum));
}

static void
quote_print(struct printer *p, struct cursor c)
{
	text_str(p, "\n\t");
	struct cursor quote = cursor_skip(c, QUOTE);
	quote.len =
		cursor_u16(p, c, QUOTE + 2); /* the packet was longer than the quote */
	if (p->depth++ < PRINT_DEPTH)
		ip_print(p, quote);
	p->depth--;
	p->proto = "icmp";
}

void
icmp_print(struct printer *p, struct cursor c, const struct net *net)
{
	p->proto = "icmp";
	if (net->version != 4) {
		text_str(p, "[ICMP requires IPv4] (invalid)");
		return;
	}
	unsigned type = cursor_u8(p, c, 0), code = cursor_u8(p, c, 1);
	const size_t mark = p->out.len;
	if (!text_open(p))
		return;
	text_str(p, "ICMP ");
	bool quotes = false;
	size_t i = 0;
	while (i < ROWS(forms) && forms[i].type != type)
		i++;
	if (i < ROWS(forms)) {
		quotes = forms[i].quotes;
		forms[i].print(p, c, code);
	} else
		text_name(p, names, ROWS(names), type, "type-#%u");
	if (!text_open(p)) { /* nothing of a message that is cut short */
		text_retract(p, mark);
		return;
	}
	text_put(p, ", length %u", c.len);
	if (!p->opts.verbose)
		return;
	if (!net->fragment)
		checksum_print(p, c);
	if (quotes && code != 255)
		quote_print(p, c);
	if (type == UNREACHABLE || type == EXCEEDED || type == PARAMETER)
		icmp_extension_print(p, c);
	else if (type == EXTENDED_ECHO)
		icmp_extended_echo_print(p, c);
	else if (type == EXTENDED_REPLY)
		icmp_extended_reply_print(p, c);
}
