/* gen_pcaps.c: a directory comes in, the captures of pcaps/ are written into it, the
 * same bytes on every machine: `gen_pcaps DIR`.  pcaps/README.md says what is in each.
 * The file format is that of tcpdump.org/manpages/pcap-savefile.5. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "packets.h"

enum order { LITTLE, BIG };

struct capture {
	const char *name;
	uint16_t linktype; /* in the header */
	uint16_t build;    /* link type of the packets in it */
	uint32_t magic;
	enum order order;
	uint32_t snaplen; /* bytes */
	uint32_t packets;
	uint64_t seed;
	void (*damage)(FILE *, const struct capture *); /* or NULL; after all packets */
};

/* 2024-02-29 12:00:00 UTC, in seconds since 1970. */
#define START 1709208000u

enum { MICRO = 0xa1b2c3d4, NANO = 0xa1b23c4d, MODIFIED = 0xa1b2cd34 };

static void
write32(FILE *f, enum order order, uint32_t v)
{
	for (int i = 0; i < 4; i++)
		putc((int)(v >> (order == BIG ? 24 - 8 * i : 8 * i) & 0xff), f);
}

static void
write16(FILE *f, enum order order, uint32_t v)
{
	putc((int)(order == BIG ? v >> 8 : v) & 0xff, f);
	putc((int)(order == BIG ? v : v >> 8) & 0xff, f);
}

static void
write_file_header(FILE *f, const struct capture *c)
{
	write32(f, c->order, c->magic);
	write16(f, c->order, 2);
	write16(f, c->order, 4);
	write32(f, c->order, 0);
	write32(f, c->order, 0);
	write32(f, c->order, c->snaplen);
	write32(f, c->order, c->linktype);
}

static void
write_record(FILE *f, const struct capture *c, const struct gen_packet *p, uint64_t ts_ns)
{
	const uint32_t caplen = p->len < c->snaplen ? p->len : c->snaplen;
	const uint32_t fraction = (uint32_t)(ts_ns % 1000000000u);

	write32(f, c->order, START + (uint32_t)(ts_ns / 1000000000u));
	write32(f, c->order, c->magic == NANO ? fraction : fraction / 1000);
	write32(f, c->order, caplen);
	write32(f, c->order, p->len);
	if (c->magic == MODIFIED) { /* ifindex, protocol, packet type, padding */
		write32(f, c->order, 2);
		write16(f, c->order, 0x0800);
		write16(f, c->order, 0);
	}
	fwrite(p->data, 1, caplen, f);
}

/* A record whose last bytes are missing, as after a full disk. */
static void
damage_cut(FILE *f, const struct capture *c)
{
	write32(f, c->order, START + 3600);
	write32(f, c->order, 0);
	write32(f, c->order, 100);
	write32(f, c->order, 100);
	for (int i = 0; i < 37; i++)
		putc(i, f);
}

/* Only half of a record's header. */
static void
damage_header(FILE *f, const struct capture *c)
{
	write32(f, c->order, START + 3600);
	write32(f, c->order, 0);
}

/* A captured length that no file has, and enough bytes to begin with. */
static void
damage_length(FILE *f, const struct capture *c)
{
	write32(f, c->order, START + 3600);
	write32(f, c->order, 0);
	write32(f, c->order, 0x7ffffff0);
	write32(f, c->order, 0x7ffffff0);
	for (int i = 0; i < 64; i++)
		putc(i, f);
}

static const struct capture captures[] = {
	{ "en10mb.pcap", 1, 1, MICRO, LITTLE, 262144, 300, 1, NULL },
	{ "raw.pcap", 101, 101, MICRO, LITTLE, 262144, 300, 2, NULL },
	{ "sll.pcap", 113, 113, MICRO, LITTLE, 262144, 300, 3, NULL },
	{ "sll2.pcap", 276, 276, MICRO, LITTLE, 262144, 300, 4, NULL },
	{ "en10mb-be.pcap", 1, 1, MICRO, BIG, 262144, 40, 5, NULL },
	{ "en10mb-ns.pcap", 1, 1, NANO, LITTLE, 262144, 40, 5, NULL },
	{ "en10mb-ns-be.pcap", 1, 1, NANO, BIG, 262144, 40, 5, NULL },
	{ "en10mb-modified.pcap", 1, 1, MODIFIED, LITTLE, 262144, 40, 5, NULL },
	{ "en10mb-snap34.pcap", 1, 1, MICRO, LITTLE, 34, 200, 6, NULL },
	{ "en10mb-snap60.pcap", 1, 1, MICRO, LITTLE, 60, 200, 6, NULL },
	{ "sll2-snap40.pcap", 276, 276, MICRO, LITTLE, 40, 100, 7, NULL },
	{ "no-packets.pcap", 1, 1, MICRO, LITTLE, 1500, 0, 8, NULL },
	{ "damaged-cut.pcap", 1, 1, MICRO, LITTLE, 262144, 20, 9, damage_cut },
	{ "damaged-header.pcap", 1, 1, MICRO, LITTLE, 262144, 20, 9, damage_header },
	{ "damaged-length.pcap", 1, 1, MICRO, LITTLE, 262144, 20, 9, damage_length },
};

static void
write_capture(FILE *f, const struct capture *c)
{
	struct rng r = { c->seed };
	struct gen_packet p;
	uint64_t ts_ns = 0;

	write_file_header(f, c);
	for (uint32_t i = 0; i < c->packets; i++) {
		packet_build(&r, c->build, &p);
		ts_ns += 1000003u * (1 + rng_below(&r, 200));
		write_record(f, c, &p, ts_ns);
	}
	if (c->damage)
		c->damage(f, c);
}

static int
fail(const char *what)
{
	fprintf(stderr, "gen_pcaps: %s: %s\n", what, strerror(errno));
	return 1;
}

int
main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: gen_pcaps DIR\n");
		return 2;
	}
	for (size_t i = 0; i < sizeof captures / sizeof captures[0]; i++) {
		char path[4096];
		FILE *f;

		if (snprintf(path, sizeof path, "%s/%s", argv[1], captures[i].name) >=
			(int)sizeof path) {
			errno = ENAMETOOLONG;
			return fail(argv[1]);
		}
		f = fopen(path, "wb");
		if (!f)
			return fail(path);
		write_capture(f, &captures[i]);
		if (ferror(f) | fclose(f))
			return fail(path);
	}
	return 0;
}
