/* pcap_read.c: any bytes as a capture file: no fault, an orderly end.
 *
 * With clang: -fsanitize=fuzzer -DLIBFUZZER.  Else a program that replays the files
 * named, or, when none is, mutates a small capture FUZZ_ROUNDS times (FUZZ_SEED). */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* memfd_create */
#endif
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../filter/filter.h"
#include "../../src/source_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What the reader promises of each packet, whatever the file. */
static void
look_at(const struct packet *p, size_t file_bytes)
{
	if (p->caplen > FILTER_SNAPLEN_MAX || p->caplen > file_bytes || p->ts_ns < 0)
		abort();
	uint64_t sum = 0;
	for (uint32_t i = 0; i < p->caplen; i++)
		sum += p->data[i];
	__asm__ volatile("" : : "r"(sum)); /* the reads are not optimised away */
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const int fd = memfd_create("capture", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	char path[32];
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	struct diags ds = { 0 };
	struct source *s = source_file_open(path, &ds);
	close(fd);
	if (!s && !diags_failed(&ds))
		abort();
	if (!s)
		return 0;
	struct packet p;
	enum source_status got;
	while ((got = source_next(s, &p, &ds)) == SOURCE_PACKET)
		look_at(&p, size);
	if (got == SOURCE_IDLE || (got == SOURCE_FAILED) != diags_failed(&ds))
		abort();
	s->ops->close(s);
	return 0;
}

#ifndef LIBFUZZER
static uint32_t
draw(uint64_t *state)
{
	*state = *state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)(*state >> 33);
}

/* A capture of four packets, in one of the formats, then some bytes of it changed. */
static size_t
mutate(uint8_t *out, uint64_t *state)
{
	static const uint32_t magics[] = { 0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34,
		0xd4c3b2a1 };
	const uint32_t header[6] = { magics[draw(state) % 4], 0x00040002, 0, 0, 65535,
		1 };
	memcpy(out, header, sizeof(header));
	size_t size = sizeof(header);
	for (int i = 0; i < 4; i++) {
		const uint32_t bytes = draw(state) % 60;
		const uint32_t record[6] = { draw(state), 1, bytes, bytes + 4, 0, 0 };
		const size_t head = header[0] == magics[2] ? 24 : 16;
		memcpy(out + size, record, head);
		memset(out + size + head, i, bytes);
		size += head + bytes;
	}
	for (uint32_t n = draw(state) % 6; n > 0; n--)
		out[draw(state) % size] = (uint8_t)draw(state);
	return draw(state) % 4 == 0 ? draw(state) % (size + 1) : size;
}

static int
replay(const char *path)
{
	static uint8_t bytes[1 << 20];
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		return 1;
	}
	const size_t size = fread(bytes, 1, sizeof(bytes), f);
	fclose(f);
	return LLVMFuzzerTestOneInput(bytes, size);
}

int
main(int argc, char **argv)
{
	int bad = 0;
	for (int i = 1; i < argc; i++)
		bad |= replay(argv[i]);
	if (argc > 1)
		return bad;
	const char *rounds_text = getenv("FUZZ_ROUNDS"), *seed_text = getenv("FUZZ_SEED");
	const uint64_t rounds = rounds_text ? strtoull(rounds_text, NULL, 0) : 20000;
	uint64_t state = seed_text ? strtoull(seed_text, NULL, 0) : 1;
	printf("1..1\n# seed %" PRIu64 ", %" PRIu64 " rounds\n", state, rounds);
	uint8_t bytes[1024];
	for (uint64_t i = 0; i < rounds; i++)
		LLVMFuzzerTestOneInput(bytes, mutate(bytes, &state));
	printf("ok 1 - mutated captures end orderly\n");
	return 0;
}
#endif
