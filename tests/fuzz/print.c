/* print.c: any bytes as a packet: no fault, and exactly the lines that are due.
 *
 * The first four bytes choose link type, options, and what is not captured.  With
 * clang: -fsanitize=fuzzer -DLIBFUZZER.  Else a program that replays the files
 * named, or, when none is, mutates small packets FUZZ_ROUNDS times (FUZZ_SEED). */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../src/print/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { CHOICES = 4 };

static struct print_opts
options(const uint8_t *b)
{
	return (struct print_opts){
		.time = b[1] % (PRINT_TIME_FIRST + 1),
		.numeric = 1, /* no resolver here */
		.verbose = b[2] & 3,
		.link_header = b[2] & 4,
		.quiet = b[2] & 8,
		.number = b[2] & 16,
		.absolute_seq = b[2] & 32,
		.nano = b[2] & 64,
		.hex = b[3] % 7 == 1 ? 1 + (b[3] & 1) : 0,
		.hex_ascii = b[3] % 7 == 2 ? 1 + (b[3] & 1) : 0,
		.ascii = b[3] % 7 == 3 ? 1 + (b[3] & 1) : 0,
	};
}

/* The packet twice, at its own allocation so that a read beyond it is seen: the
 * second time the tables of the sink know it. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t types[] = { 1, 1, 1, 101, 113, 228, 229, 276, 0, 108,
		9999 };
	if (size < CHOICES)
		return 0;
	const struct print_opts opts = options(data);
	const size_t n = size - CHOICES;
	uint8_t *copy = malloc(n ? n : 1);
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);
	if (!copy || !out)
		abort();
	memcpy(copy, data + CHOICES, n);
	const struct packet p = {
		.ts_ns = (int64_t)n * 1000003,
		.data = copy,
		.caplen = (uint32_t)n,
		.len = (uint32_t)n + (data[1] & 0x80 ? data[1] : 0),
		.linktype = types[data[0] % (sizeof(types) / sizeof(*types))],
	};
	struct diags ds = { 0 };
	struct sink *s = sink_print_open(&opts, out);
	if (!s->ops->write(s, &p, &ds) || !s->ops->write(s, &p, &ds) ||
		!s->ops->close(s, &ds))
		abort();
	fclose(out);
	if (text_len == 0 || text[text_len - 1] != '\n' || strlen(text) != text_len)
		abort();
	free(text);
	free(copy);
	return 0;
}

#ifndef LIBFUZZER
static uint32_t
draw(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*state >> 33);
}

/* Ethernet, IPv4 with an option, TCP with options; IPv6 and more by mutation. */
static const uint8_t seed4[] = { 0, 0, 3, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 8, 0,
	0x46, 0, 0, 64, 0, 1, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 0x94, 4, 0, 0,
	4, 0, 4, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0xa0, 0x18, 1, 0, 0, 0, 0, 0, 2, 4, 5, 0xb4,
	4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7 };
static const uint8_t seed6[] = { 0, 0, 3, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0x86,
	0xdd, 0x60, 0, 0, 0, 0, 48, 0, 255, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0, 0, 1, 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 58, 0, 5, 2, 0, 0, 1,
	0, 134, 0, 0, 0, 64, 0, 7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5,
	1, 0, 0, 0, 0, 5, 0xdc, 25, 1, 0, 0, 0, 0, 0, 7 };
/* What the numbers that lead somewhere are drawn from. */
static const uint8_t likely[] = { 0, 1, 2, 3, 4, 5, 6, 8, 11, 12, 17, 30, 41, 43, 44, 58,
	60, 130, 132, 134, 135, 136, 137, 138, 139, 140, 143, 155, 160, 254, 255 };

static void
mutate(uint64_t *state)
{
	uint8_t b[512] = { 0 };
	const bool six = draw(state) & 1;
	size_t n = six ? sizeof(seed6) : sizeof(seed4);
	memcpy(b, six ? seed6 : seed4, n);
	n += draw(state) % (sizeof(b) - n);
	for (uint32_t i = 0; i < CHOICES; i++)
		if (draw(state) % 2)
			b[i] = (uint8_t)draw(state);
	for (uint32_t i = draw(state) % 16; i > 0; i--) {
		const size_t at = 16 + draw(state) % (n - 16);
		b[at] = draw(state) % 3 ? likely[draw(state) % sizeof(likely)]
					: (uint8_t)draw(state);
	}
	if (draw(state) % 3 == 0)
		n = draw(state) % n;
	LLVMFuzzerTestOneInput(b, n);
}

static bool
replay(const char *path)
{
	static uint8_t data[1 << 18];
	FILE *f = fopen(path, "rb");
	if (!f)
		return false;
	const size_t n = fread(data, 1, sizeof(data), f);
	fclose(f);
	LLVMFuzzerTestOneInput(data, n);
	return true;
}

int
main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		if (!replay(argv[i])) {
			fprintf(stderr, "print: %s: cannot be read\n", argv[i]);
			return 1;
		}
	if (argc > 1)
		return 0;
	const char *seed = getenv("FUZZ_SEED"), *rounds = getenv("FUZZ_ROUNDS");
	uint64_t state = seed ? strtoull(seed, NULL, 0) : 1;
	uint64_t count = rounds ? strtoull(rounds, NULL, 0) : 4000;
	for (uint64_t i = 0; i < count; i++)
		mutate(&state);
	printf("%" PRIu64 " packets\n", count);
	return 0;
}
#endif
