/* words.h: pieces of the language, drawn: words, ids, numbers at limits, phrases. */
#ifndef BPFCAP_TESTS_FUZZ_WORDS_H
#define BPFCAP_TESTS_FUZZ_WORDS_H

#include <stddef.h>

#include "../gen/rng.h"

#define PHRASE_MAX 512 /* bytes */

struct phrase {
	char text[PHRASE_MAX];
	size_t len;
};

/* One token: of any kind, or like `like` (a number for a number, a word for a word). */
void words_token(struct rng *, const char *like, size_t len, struct phrase *);

/* A primitive, a relation, or several of them: what could stand at most places. */
void words_phrase(struct rng *, struct phrase *);

#endif
