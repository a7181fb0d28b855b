/* target.h: what all targets over text share: the layout of an input, and what is done
 * when something does not hold.  The names are libFuzzer's; drive.c calls them where
 * there is no libFuzzer. */
#ifndef BPFCAP_TESTS_FUZZ_TARGET_H
#define BPFCAP_TESTS_FUZZ_TARGET_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An input is a head, then the text up to its end or a NUL. */
enum {
	HEAD_LINK,  /* index of a link type, packet_rich_linktype() */
	HEAD_FLAGS, /* FLAG_ */
	HEAD_SEED,  /* of packets */
	HEAD_CUT,   /* bytes of them that are captured */
	HEAD
};

enum {
	FLAG_SKB = 1,    /* input kind: neither: file */
	FLAG_COOKED = 2, /* LINUX_SLL2, whatever the head says */
	FLAG_NAMES = 4,
	FLAG_NETMASK = 8,
	FLAG_CONTEXT = 16, /* eBPF that reads computed offsets from the context */
	FLAG_SNAPLEN = 32, /* a short one */
	FLAG_PROGRAM = 64, /* as of -F: named filters, comments, includes */
	FLAG_FILES = 128,  /* that can be read */
};

/* Stays in all builds, and says what did not hold. */
#define REQUIRE(holds)                                                              \
	do {                                                                        \
		if (!(holds)) {                                                     \
			fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #holds); \
			abort();                                                    \
		}                                                                   \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t room, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t room);

/* The text of an input, malloc'd; NULL when there is no head before it. */
static inline char *
target_text(const uint8_t *data, size_t size)
{
	if (size < HEAD)
		return NULL;
	char *text = malloc(size - HEAD + 1);
	if (text == NULL)
		abort();
	memcpy(text, data + HEAD, size - HEAD);
	text[size - HEAD] = '\0';
	return text;
}

#endif
