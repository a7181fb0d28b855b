/* corpus.h: the packets that expressions are tried on, some of each link type. */
#ifndef BPFCAP_TESTS_CORPUS_H
#define BPFCAP_TESTS_CORPUS_H

#include <stdint.h>

#include "../gen/packets.h"

#define CORPORA_MAX 128 /* link types */

struct corpus {
	uint16_t linktype;
	uint32_t count; /* 0: no packets of that type can be built */
	struct gen_packet *packet;
};

struct corpora {
	uint64_t seed;
	uint32_t packets; /* of each link type */
	uint32_t count;
	struct corpus corpus[CORPORA_MAX];
};

/* Builds it when it is first asked for. */
const struct corpus *corpora_find(struct corpora *, uint16_t linktype);
void corpora_free(struct corpora *);

#endif
