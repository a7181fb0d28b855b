/* pool.c: a generator comes in, one member of a small table goes out.  Members that
 * come first in a table are drawn more often: a test is worth most when it is true
 * about half of the time. */
#include "pool.h"

#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint32_t ip4[] = {
	0x0a000001, /* 10.0.0.1 */
	0x0a000002, 0x0a000101, 0xc0a80101, 0xc0a801ff, 0x0a010203, 0x7f000001,
	0xc0000263,             /* 192.0.2.99 */
	0xe0000001, 0xefffffff, /* multicast */
	0xffffffff, 0x00000000, /* both kinds of broadcast with an unknown net mask */
};

static const uint8_t ip6[][16] = {
	{ 0xfe, 0x80, [15] = 1 }, { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	{ 0xfe, 0x80, [15] = 2 }, { 0x20, 0x01, 0x0d, 0xb8, [7] = 1, [15] = 1 },
	{ 0x20, 0x01, 0x0d, 0xb8, [4] = 0x80, [15] = 0x63 }, { 0xff, 0x02, [15] = 1 },
	{ 0xff, 0x02, [15] = 0xfb }, { [15] = 1 }, { [15] = 0 },
	{ [10] = 0xff, 0xff, 10, 0, 0, 1 }, /* ::ffff:10.0.0.1 */
};

#define MAC_GROUP 3 /* rows from here on have the group bit */
static const uint8_t mac[][6] = {
	{ 2, 0, 0, 0, 0, 1 },
	{ 2, 0, 0, 0, 0, 2 },
	{ 0x00, 0x0c, 0x29, 0x12, 0x34, 0x56 },
	{ 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
	{ 0x01, 0x00, 0x5e, 0x00, 0x00, 0x01 },
	{ 0x33, 0x33, 0x00, 0x00, 0x00, 0x01 },
	{ 0x01, 0x80, 0xc2, 0x00, 0x00, 0x00 },
};

static const uint16_t port[] = { 80, 53, 443, 22, 81, 8080, 67, 68, 1024, 6081, 0,
	65535 };

static const uint8_t protocol[] = { 6, 17, 132, 1, 58, 2, 50, 51, 41, 47, 44, 0, 112, 103,
	255 };

static const uint16_t ethertype[] = { 0x0800, 0x86dd, 0x0806, 0x8035, 0x8100, 0x88cc,
	0x8863, 0x809b, 0x80f3, 0x8137, 0x05dd, 0x0600, 0xffff };

static const uint8_t sap[] = { 0x42, 0xe0, 0xf0, 0xfe, 0xaa, 0x06, 0x04, 0xff, 0 };

/* The smaller of two draws: the front half of a table gets three quarters of them. */
static size_t
draw(struct rng *r, size_t count)
{
	const size_t a = rng_below(r, (uint32_t)count);
	const size_t b = rng_below(r, (uint32_t)count);

	return a < b ? a : b;
}

uint32_t
pool_ip4(struct rng *r)
{
	return ip4[draw(r, COUNT(ip4))];
}

const uint8_t *
pool_ip6(struct rng *r)
{
	return ip6[draw(r, COUNT(ip6))];
}

const uint8_t *
pool_mac(struct rng *r)
{
	return mac[draw(r, COUNT(mac))];
}

const uint8_t *
pool_mac_unicast(struct rng *r)
{
	return mac[draw(r, MAC_GROUP)];
}

uint16_t
pool_port(struct rng *r)
{
	return port[draw(r, COUNT(port))];
}

uint8_t
pool_protocol(struct rng *r)
{
	if (rng_chance(r, 40)) /* TCP and UDP, as on any network */
		return protocol[rng_below(r, 2)];
	return protocol[draw(r, COUNT(protocol))];
}

uint16_t
pool_ethertype(struct rng *r)
{
	return ethertype[draw(r, COUNT(ethertype))];
}

uint8_t
pool_sap(struct rng *r)
{
	return sap[draw(r, COUNT(sap))];
}
