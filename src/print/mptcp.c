/* mptcp.c: the Multipath TCP option (RFC 8684; version 0: RFC 6824).
 *
 * In: the value of the option, without kind and length.  Out: its subtype and
 * fields; false when the length does not fit the subtype. */
#include "dispatch.h"

enum { SYN = 2, ACK = 16, KEY = 8, IP4 = 4, IP6 = 16 };

static const struct name_row flag_names[] = {
	{ 0x80, "A" },
	{ 0x40, "B" },
	{ 0x20, "C" },
	{ 0x10, "D" },
	{ 0x08, "E" },
	{ 0x04, "F" },
	{ 0x02, "G" },
	{ 0x01, "H" },
};

static void
hex_print(struct printer *p, struct cursor c, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && text_open(p); i++)
		text_put(p, "%02x", cursor_u8(p, c, i));
}

static uint64_t
u64(struct printer *p, struct cursor c, uint32_t off)
{
	return (uint64_t)cursor_u32(p, c, off) << 32 | cursor_u32(p, c, off + 4);
}

/* §3.1: flags, then the keys that this step of the handshake carries. */
static bool
capable_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	bool syn = tcp_flags & SYN, ack = tcp_flags & ACK;
	bool fits = syn ? c.len == 2 || c.len == 10 : ack && (c.len == 18 || c.len == 20);
	if (!fits)
		return false;
	unsigned version = cursor_u8(p, c, 0) & 15, flags = cursor_u8(p, c, 1);
	if (version > 1) {
		text_put(p, " Unknown Version (%u)", version);
		return true;
	}
	text_put(p, " v%u flags [", version);
	text_bits(p, flag_names, ROWS(flag_names), flags, "");
	text_str(p, flags & 0x80 ? "] csum" : "]");
	if (c.len >= 10)
		text_put(p, " {0x%lx", (unsigned long)u64(p, c, 2));
	if (c.len >= 18)
		text_put(p, ",0x%lx", (unsigned long)u64(p, c, 2 + KEY));
	if (c.len >= 20)
		text_put(p, ",data_len=%u", cursor_u16(p, c, 2 + 2 * KEY));
	text_str(p, c.len >= 10 ? "}" : "");
	return true;
}

/* §3.2: three lengths for the three steps. */
static bool
join_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	bool syn = tcp_flags & SYN, ack = tcp_flags & ACK;
	if (!((syn && c.len == 10) || (syn && ack && c.len == 14) ||
		    (ack && c.len == 22)))
		return false;
	if (c.len != 22) {
		if (cursor_u8(p, c, 0) & 1)
			text_str(p, " backup");
		text_put(p, " id %u", cursor_u8(p, c, 1));
	}
	if (c.len == 10)
		text_put(p, " token 0x%x nonce 0x%x", cursor_u32(p, c, 2),
			cursor_u32(p, c, 6));
	else if (c.len == 14)
		text_put(p, " hmac 0x%lx nonce 0x%x", (unsigned long)u64(p, c, 2),
			cursor_u32(p, c, 10));
	else {
		text_str(p, " hmac 0x");
		hex_print(p, c, 2, 22);
	}
	return true;
}

/* A number of four or eight bytes; gives the offset behind it. */
static uint32_t
wide_print(struct printer *p, struct cursor c, uint32_t at, bool eight)
{
	if (eight)
		text_put(p, "%lu", (unsigned long)u64(p, c, at));
	else
		text_put(p, "%u", cursor_u32(p, c, at));
	return at + (eight ? 8 : 4);
}

/* §3.3: acknowledgement and mapping, each if its flag is set. */
static bool
dss_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	if (c.len < 2 || (tcp_flags & SYN))
		return false;
	unsigned flags = cursor_u8(p, c, 1);
	uint32_t at = 2;
	if (flags & 0x10)
		text_str(p, " fin");
	if (flags & 0x01) {
		text_str(p, " ack ");
		if (c.len < at + (flags & 0x02 ? 8 : 4))
			return false;
		at = wide_print(p, c, at, flags & 0x02);
	}
	if (flags & 0x04) {
		text_str(p, " seq ");
		if (c.len < at + (flags & 0x08 ? 8 : 4))
			return false;
		at = wide_print(p, c, at, flags & 0x08);
		if (c.len < at + 4)
			return false;
		text_put(p, " subseq %u", cursor_u32(p, c, at));
		at += 4;
		if (c.len < at + 2)
			return false;
		text_put(p, " len %u", cursor_u16(p, c, at));
		at += 2;
		if (c.len >= at + 2) {
			text_put(p, " csum 0x%x", cursor_u16(p, c, at));
			at += 2;
		}
	}
	return at == c.len;
}

/* §3.4.1; in version 0 the nibble is the IP version, in 1 it holds the echo flag. */
static bool
add_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	(void)tcp_flags;
	unsigned how = cursor_u8(p, c, 0) & 15;
	/* Without the hash of eight bytes: id and address, and a port perhaps. */
	uint32_t n = c.len, hash = how == 0 ? 8 : 0;
	if (n < hash + 2 + IP4)
		return false;
	n -= hash + 2;
	bool port = n == IP4 + 2 || n == IP6 + 2;
	uint32_t bytes = port ? n - 2 : n;
	if ((bytes != IP4 && bytes != IP6) || (how == 4 && bytes != IP4) ||
		(how == 6 && bytes != IP6))
		return false;
	static const struct name_row names[] = { { 0, "v1" }, { 1, "v1-echo" },
		{ 4, "v0-ip4" }, { 6, "v0-ip6" } };
	text_chr(p, ' ');
	text_name(p, names, ROWS(names), how, "[bad version/echo]");
	text_put(p, " id %u ", cursor_u8(p, c, 1));
	if (bytes == IP4)
		address_ip4(p, "", c, 2);
	else
		address_ip6(p, "", c, 2);
	if (port)
		text_put(p, ":%u", cursor_u16(p, c, 2 + bytes));
	if (hash)
		text_put(p, " hmac 0x%lx", (unsigned long)u64(p, c, 2 + n));
	return true;
}

static bool
remove_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	(void)tcp_flags;
	if (c.len < 2)
		return false;
	text_str(p, " id");
	for (uint32_t i = 1; i < c.len && text_open(p); i++)
		text_put(p, " %u", cursor_u8(p, c, i));
	return true;
}

static bool
priority_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	(void)tcp_flags;
	if (c.len != 1 && c.len != 2)
		return false;
	text_str(p, cursor_u8(p, c, 0) & 1 ? " backup" : " non-backup");
	if (c.len == 2)
		text_put(p, " id %u", cursor_u8(p, c, 1));
	return true;
}

static bool
fail_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	(void)tcp_flags;
	if (c.len != 10)
		return false;
	text_put(p, " seq %lu", (unsigned long)u64(p, c, 2));
	return true;
}

static bool
close_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	(void)tcp_flags;
	if (c.len != 10)
		return false;
	text_put(p, " key 0x%lx", (unsigned long)u64(p, c, 2));
	return true;
}

/* §3.6 */
static bool
reset_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	static const struct name_row bits[] = { { 0x08, "U" }, { 0x04, "V" },
		{ 0x02, "W" }, { 0x01, "T" } };
	static const struct name_row reasons[] = {
		{ 0, "Unspecified error" },
		{ 1, "MPTCP-specific error" },
		{ 2, "Lack of resources" },
		{ 3, "Administratively prohibited" },
		{ 4, "Too much outstanding data" },
		{ 5, "Unacceptable performance" },
		{ 6, "Middlebox interference" },
	};
	(void)tcp_flags;
	if (c.len != 2)
		return false;
	text_str(p, " flags [");
	text_bits(p, bits, ROWS(bits), cursor_u8(p, c, 0) & 15, "");
	text_str(p, "] reason ");
	text_name(p, reasons, ROWS(reasons), cursor_u8(p, c, 1), "unknown reason (%u)");
	return true;
}

static const struct {
	const char *name;
	bool (*print)(struct printer *, struct cursor, unsigned tcp_flags);
} subtypes[] = {
	{ "capable", capable_print },
	{ "join", join_print },
	{ "dss", dss_print },
	{ "add-addr", add_print },
	{ "rem-addr", remove_print },
	{ "prio", priority_print },
	{ "fail", fail_print },
	{ "fast-close", close_print },
	{ "tcprst", reset_print },
};

bool
mptcp_print(struct printer *p, struct cursor c, unsigned tcp_flags)
{
	if (c.len < 1)
		return false;
	p->proto = "mptcp";
	unsigned subtype = cursor_u8(p, c, 0) >> 4;
	if (subtype >= ROWS(subtypes)) {
		text_put(p, " unknown");
		return true;
	}
	text_put(p, " %s", subtypes[subtype].name);
	return subtypes[subtype].print(p, c, tcp_flags);
}
