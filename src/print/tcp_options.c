/* tcp_options.c: the options of a TCP header (TCP Option Kind Numbers, IANA).
 *
 * In: a cursor over the options.  Out: `, options […]`. */
#include "dispatch.h"

enum {
	EOL = 0,
	NOP = 1,
	MSS = 2,
	WSCALE = 3,
	SACK_OK = 4,
	SACK = 5,
	ECHO = 6,
	ECHO_REPLY = 7,
	TIMES = 8,
	CC = 11,
	CC_NEW = 12,
	CC_ECHO = 13,
	MD5 = 19,
	SCPS = 20,
	UTO = 28,
	AUTH = 29,
	MPTCP = 30,
	FAST_OPEN = 34,
	ACC_ECN0 = 172,
	ACC_ECN1 = 174,
	EXPERIMENT = 254
};

static const struct name_row names[] = {
	{ EOL, "eol" },
	{ NOP, "nop" },
	{ MSS, "mss" },
	{ WSCALE, "wscale" },
	{ SACK_OK, "sackOK" },
	{ SACK, "sack" },
	{ ECHO, "echo" },
	{ ECHO_REPLY, "echoreply" },
	{ TIMES, "TS" },
	{ CC, "cc" },
	{ CC_NEW, "ccnew" },
	{ CC_ECHO, "" },
	{ MD5, "md5" },
	{ SCPS, "scps" },
	{ UTO, "uto" },
	{ AUTH, "tcp-ao" },
	{ MPTCP, "mptcp" },
	{ FAST_OPEN, "tfo" },
	{ EXPERIMENT, "exp" },
};

/* The value of one option, `o` without kind and length. */
struct option {
	struct cursor o;
	unsigned kind, flags;
	uint32_t base;
};

static void
hex_print(struct printer *p, struct cursor c, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to && text_open(p); i++)
		text_put(p, "%02x", cursor_u8(p, c, i));
}

static bool
sack_print(struct printer *p, const struct option *v)
{
	if (v->o.len % 8) {
		text_str(p, " invalid sack");
		return true;
	}
	text_put(p, " %u ", v->o.len / 8);
	for (uint32_t at = 0; at < v->o.len && text_open(p); at += 8)
		text_put(p, "{%u:%u}", cursor_u32(p, v->o, at) - v->base,
			cursor_u32(p, v->o, at + 4) - v->base);
	return true;
}

static bool
fast_open_print(struct printer *p, const struct option *v)
{
	uint32_t n = v->o.len;
	if (n == 0) {
		text_str(p, "  cookiereq");
		return true;
	}
	/* RFC 7413 §4.1.1 */
	if (n % 2 || n < 4 || n > 16) {
		text_str(p, "  (invalid)");
		return true;
	}
	text_str(p, "  cookie ");
	hex_print(p, v->o, 0, n);
	return true;
}

static bool
experiment_print(struct printer *p, const struct option *v)
{
	if (v->o.len < 2)
		return false;
	unsigned magic = cursor_u16(p, v->o, 0);
	if (magic == 0xf989) { /* RFC 7413 §4.1 */
		struct option inner = *v;
		text_str(p, "-tfo");
		inner.o = cursor_limit(cursor_skip(v->o, 2), v->o.len - 2);
		return fast_open_print(p, &inner);
	}
	text_chr(p, '-');
	hex_print(p, v->o, 0, 2);
	return true;
}

static bool
auth_print(struct printer *p, const struct option *v)
{
	if (v->o.len < 2) {
		text_str(p, " (invalid)");
		return true;
	}
	text_put(p, " keyid %u rnextkeyid %u", cursor_u8(p, v->o, 0),
		cursor_u8(p, v->o, 1));
	if (v->o.len > 2) {
		text_str(p, " mac 0x");
		hex_print(p, v->o, 2, v->o.len);
	}
	return true;
}

static bool
times_print(struct printer *p, const struct option *v)
{
	text_put(p, " val %u ecr %u", cursor_u32(p, v->o, 0), cursor_u32(p, v->o, 4));
	return true;
}

static bool
number_print(struct printer *p, const struct option *v)
{
	text_put(p, " %u",
		v->o.len == 1   ? cursor_u8(p, v->o, 0)
		: v->o.len == 2 ? cursor_u16(p, v->o, 0)
				: cursor_u32(p, v->o, 0));
	return true;
}

/* RFC 5482 §3, with the granularity bit taken from the low end, as tcpdump does. */
static bool
timeout_print(struct printer *p, const struct option *v)
{
	unsigned t = cursor_u16(p, v->o, 0);
	text_put(p, " 0x%x %u", t, t & 1 ? (t >> 1) * 60 : t >> 1);
	return true;
}

static bool
md5_print(struct printer *p, const struct option *v)
{
	text_str(p, " shared secret not supplied with -M, can't check - ");
	hex_print(p, v->o, 0, v->o.len);
	return true;
}

static bool
scps_print(struct printer *p, const struct option *v)
{
	text_put(p, " cap %02x id %u", cursor_u8(p, v->o, 0), cursor_u8(p, v->o, 1));
	return true;
}

static bool
unknown_print(struct printer *p, const struct option *v)
{
	if (v->o.len)
		text_str(p, " 0x");
	hex_print(p, v->o, 0, v->o.len);
	return true;
}

static bool
multipath_print(struct printer *p, const struct option *v)
{
	if (v->o.len < 1)
		return false;
	text_put(p, " %u", v->o.len + 2);
	return mptcp_print(p, v->o, v->flags);
}

/* `size`: bytes of the value, or ANY.  print gives false for a bad value. */
enum { ANY = 0xff };

static const struct {
	uint8_t kind, size;
	bool (*print)(struct printer *, const struct option *);
	bool piecewise; /* printed as far as it is captured */
} forms[] = {
	{ EOL, 0, NULL, false },
	{ NOP, 0, NULL, false },
	{ MSS, 2, number_print, false },
	{ WSCALE, 1, number_print, false },
	{ SACK_OK, 0, NULL, false },
	{ SACK, ANY, sack_print, true },
	{ ECHO, 4, number_print, false },
	{ ECHO_REPLY, 4, number_print, false },
	{ TIMES, 8, times_print, false },
	{ CC, 4, number_print, false },
	{ CC_NEW, 4, number_print, false },
	{ CC_ECHO, 4, number_print, false },
	{ MD5, 16, md5_print, false },
	{ SCPS, 2, scps_print, false },
	{ UTO, 2, timeout_print, false },
	{ AUTH, ANY, auth_print, true },
	{ MPTCP, ANY, multipath_print, false },
	{ FAST_OPEN, ANY, fast_open_print, false },
	{ EXPERIMENT, ANY, experiment_print, false },
};

/* Prints the value of a kind in `v->o`, which holds the rest of the options, of
 * which `given` bytes are the value by its length byte.  Gives the bytes that the
 * kind takes, which may be others: then the next option is read behind these. */
static bool
value_print(struct printer *p, struct option *v, uint32_t *given)
{
	size_t i = 0;
	while (i < ROWS(forms) && forms[i].kind != v->kind)
		i++;
	uint32_t take = i < ROWS(forms) && forms[i].size != ANY ? forms[i].size : *given;
	if (take > v->o.len)
		return false;
	v->o = cursor_limit(v->o, take);
	if (i == ROWS(forms))
		unknown_print(p, v);
	else if (!forms[i].piecewise && !cursor_need(p, v->o, 0, take))
		return true;
	else if (forms[i].print && !forms[i].print(p, v))
		return false;
	if (take != *given)
		text_put(p, "[len %u]", *given + 2);
	*given = take;
	return true;
}

bool
tcp_options_print(struct printer *p, struct cursor c, unsigned flags, uint32_t base)
{
	text_str(p, ", options [");
	uint32_t at = 0;
	while (at < c.len && text_open(p)) {
		if (at > 0)
			text_chr(p, ',');
		struct option v = {
			.kind = cursor_u8(p, c, at), .flags = flags, .base = base
		};
		uint32_t len = 1, value = 0;
		if (v.kind != EOL && v.kind != NOP) {
			len = cursor_u8(p, c, at + 1);
			if (text_open(p) && (len < 2 || len > c.len - at))
				goto bad;
			value = len - 2;
		}
		text_name(p, names, ROWS(names), v.kind, "unknown-%u");
		if (v.kind == EOL)
			break;
		if (v.kind == NOP) {
			at++;
			continue;
		}
		v.o = cursor_skip(c, at + 2);
		const bool whole = text_open(p);
		if (!value_print(p, &v, &value))
			goto bad;
		if (whole && !text_open(p) && at > 0 && v.kind != AUTH)
			text_after(p, ">"); /* as tcpdump has it from an older form */
		at += 2 + value;
	}
	text_chr(p, ']');
	return true;
bad:
	text_str(p, at > 0 ? "[bad opt]]" : "[bad opt]");
	return false;
}
