/* cursor.c: reads of packet bytes that cannot leave the capture.
 *
 * In: a cursor and an offset.  Out: the value in host order; or, beyond the
 * capture, 0 with the text closed by its truncation mark. */
#include "printer.h"

bool
cursor_need(struct printer *p, struct cursor c, uint32_t off, uint32_t n)
{
	if (cursor_has(c, off, n))
		return true;
	text_end(p);
	return false;
}

uint8_t
cursor_u8(struct printer *p, struct cursor c, uint32_t off)
{
	return cursor_need(p, c, off, 1) ? c.at[off] : 0;
}

uint16_t
cursor_u16(struct printer *p, struct cursor c, uint32_t off)
{
	if (!cursor_need(p, c, off, 2))
		return 0;
	return (uint16_t)(c.at[off] << 8 | c.at[off + 1]);
}

uint32_t
cursor_u32(struct printer *p, struct cursor c, uint32_t off)
{
	if (!cursor_need(p, c, off, 4))
		return 0;
	const uint8_t *b = c.at + off;
	return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

struct cursor
cursor_skip(struct cursor c, uint32_t n)
{
	uint32_t here = n < c.cap ? n : c.cap;
	c.at += here;
	c.cap -= here;
	c.len -= n < c.len ? n : c.len;
	return c;
}

struct cursor
cursor_limit(struct cursor c, uint32_t n)
{
	if (c.cap > n)
		c.cap = n;
	if (c.len > n)
		c.len = n;
	return c;
}
