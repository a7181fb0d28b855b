/* text.c: appending to the text of a packet.
 *
 * In: pieces and formats.  Out: bytes in p->out, which grows and is kept from
 * packet to packet, so that a running capture allocates nothing. */
#include "printer.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "dispatch.h"

/* Room for n more bytes; aborts when the system has no memory. */
static char *
reserve(struct text *t, size_t n)
{
	if (n > t->cap - t->len) {
		size_t cap = t->cap ? t->cap : 4096;
		while (cap - t->len < n)
			cap *= 2;
		char *at = realloc(t->at, cap);
		if (!at)
			abort();
		t->at = at;
		t->cap = cap;
	}
	return t->at + t->len;
}

void
text_bytes(struct printer *p, const char *s, size_t n)
{
	if (p->out.closed || n == 0)
		return;
	memcpy(reserve(&p->out, n), s, n);
	p->out.len += n;
}

void
text_str(struct printer *p, const char *s)
{
	text_bytes(p, s, strlen(s));
}

void
text_chr(struct printer *p, char c)
{
	text_bytes(p, &c, 1);
}

void
text_end(struct printer *p)
{
	text_str(p, " [|");
	text_str(p, p->proto);
	text_chr(p, ']');
	p->out.closed = true;
}

void
text_after(struct printer *p, const char *s)
{
	p->out.closed = false;
	text_str(p, s);
	p->out.closed = true;
}

void
text_cut(struct printer *p)
{
	bool closed = p->out.closed;
	text_end(p);
	p->out.closed = closed;
}

void
text_retract(struct printer *p, size_t mark)
{
	p->out.len = mark;
	p->out.closed = false;
	text_end(p);
}

struct spec {
	unsigned base, width;
	bool zero, negative;
	const char *digits;
};

static void
number(struct printer *p, uint64_t v, const struct spec *s)
{
	char buf[72];
	size_t at = sizeof(buf);
	do
		buf[--at] = s->digits[v % s->base];
	while ((v /= s->base) != 0);
	if (s->negative && !s->zero)
		buf[--at] = '-';
	const size_t sign = s->negative && s->zero;
	while (sizeof(buf) - at + sign < s->width && at > 1)
		buf[--at] = s->zero ? '0' : ' ';
	if (sign)
		buf[--at] = '-';
	text_bytes(p, buf + at, sizeof(buf) - at);
}

static void
string(struct printer *p, const char *s, unsigned width, bool left)
{
	size_t n = strlen(s);
	size_t pad = width > n ? width - n : 0;
	for (size_t i = 0; !left && i < pad; i++)
		text_chr(p, ' ');
	text_bytes(p, s, n);
	for (size_t i = 0; left && i < pad; i++)
		text_chr(p, ' ');
}

static void
integer(struct printer *p, struct spec s, char conv, unsigned longs, va_list *ap)
{
	uint64_t v;
	if (conv == 'd') {
		int64_t i = longs ? va_arg(*ap, long) : va_arg(*ap, int);
		s.negative = i < 0;
		v = i < 0 ? -(uint64_t)i : (uint64_t)i;
	} else
		v = longs ? va_arg(*ap, unsigned long) : va_arg(*ap, unsigned);
	number(p, v, &s);
}

/* One conversion; `f` stands behind the %.  Gives what is behind it. */
static const char *
convert(struct printer *p, const char *f, va_list *ap)
{
	struct spec s = { .base = 10, .digits = "0123456789abcdef" };
	bool left = *f == '-';
	f += left;
	s.zero = *f == '0';
	for (; *f >= '0' && *f <= '9'; f++)
		s.width = s.width * 10 + (unsigned)(*f - '0');
	unsigned longs = 0;
	for (; *f == 'l'; f++)
		longs++;
	switch (*f) {
	case '%': text_chr(p, '%'); break;
	case 'c': text_chr(p, (char)va_arg(*ap, int)); break;
	case 's': string(p, va_arg(*ap, const char *), s.width, left); break;
	case 'x': s.base = 16; /* fall through */
	case 'u':
	case 'd': integer(p, s, *f, longs, ap); break;
	}
	return f + 1;
}

void
text_put(struct printer *p, const char *fmt, ...)
{
	if (p->out.closed)
		return;
	va_list ap;
	va_start(ap, fmt);
	while (*fmt) {
		size_t n = strcspn(fmt, "%");
		text_bytes(p, fmt, n);
		fmt += n;
		if (*fmt)
			fmt = convert(p, fmt + 1, &ap);
	}
	va_end(ap);
}

void
text_bits(struct printer *p, const struct name_row *rows, size_t n, uint32_t bits,
	const char *sep)
{
	bool some = false;
	for (size_t i = 0; i < n; i++) {
		if (!(bits & rows[i].value))
			continue;
		if (some)
			text_str(p, sep);
		text_str(p, rows[i].name);
		some = true;
	}
	if (!some)
		text_str(p, "none");
}

void
text_name(struct printer *p, const struct name_row *rows, size_t n, uint32_t value,
	const char *fmt)
{
	const char *name = dispatch_name(rows, n, value);
	if (name) {
		text_str(p, name);
		return;
	}
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	text_put(p, fmt, value);
#pragma GCC diagnostic pop
}

/* Bytes of a text field: what does not print is shown as ^X, and M- before the
 * upper half. */
void
text_escaped(struct printer *p, struct cursor c, uint32_t off, uint32_t n)
{
	for (uint32_t i = 0; i < n && text_open(p); i++) {
		uint8_t b = cursor_u8(p, c, off + i);
		if (b >= 0x80) {
			text_str(p, "M-");
			b &= 0x7f;
		}
		if (b < 0x20 || b == 0x7f) {
			text_chr(p, '^');
			b ^= 0x40;
		}
		text_chr(p, (char)b);
	}
}
