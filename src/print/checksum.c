/* checksum.c: the Internet checksum (RFC 1071) over captured bytes.
 *
 * In: a cursor that holds the bytes.  Out: 0 when the sum with the field in
 * place is right, else the complement of the sum. */
#include "printer.h"

#include <assert.h>

static uint32_t
fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint32_t)sum;
}

static uint64_t
add(uint64_t sum, const uint8_t *b, uint32_t n)
{
	for (uint32_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)b[i] << 8 | b[i + 1];
	if (n & 1)
		sum += (uint32_t)b[n - 1] << 8;
	return sum;
}

uint16_t
checksum(struct cursor c, uint32_t n, uint32_t start)
{
	assert(n <= c.cap && "the caller has seen that the bytes are captured");
	return (uint16_t)~fold(add(start, c.at, n));
}

/* RFC 9293 §3.1 and RFC 8200 §8.1. */
uint32_t
checksum_pseudo(const struct net *net, unsigned proto, uint32_t len)
{
	uint64_t sum = proto + (uint64_t)(len >> 16) + (len & 0xffff);
	sum = add(sum, net->src.at, net->src.cap);
	sum = add(sum, net->sum_dst.at, net->sum_dst.cap);
	return fold(sum);
}

/* The sum over all is ~sum, so without the field ~sum - field; its complement
 * is what should stand there. */
uint16_t
checksum_wanted(uint16_t field, uint16_t sum)
{
	return (uint16_t)fold((uint32_t)field + sum);
}
