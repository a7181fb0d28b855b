/* wrap.h: a compiled body as a whole program of the kernel: alone where its hook gives it
 * the context, else behind a few instructions that fill its scratch. */
#ifndef BPFCAP_TESTS_HOOKS_WRAP_H
#define BPFCAP_TESTS_HOOKS_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../filter/filter.h"

enum wrap_at {
	WRAP_SOCKET,
	WRAP_TC,
	WRAP_TC_TAG, /* behind instructions that give it a tag and a type */
	WRAP_XDP,
	WRAP_TRACING,
};

struct wrap {
	int fd;   /* of the program; -1: none */
	int map;  /* the scratch's place, else -1 */
	int sets; /* of the body, or -1 */
	enum wrap_at at;
	enum filter_reads reads;
	uint32_t reach;
	int err;       /* of the load, */
	char why[256]; /* and the verifier's last words, when it refused */
};

#define WRAP_PACKET_MAX 2048  /* bytes, of WRAP_TRACING */
#define WRAP_FRAGS_MAX 0xf000 /* bytes, of WRAP_XDP: what a test run takes is below */

/* False when the kernel refuses it; err and `why` say why. */
bool wrap_load_at(
	struct wrap *, const struct filter_ebpf *, enum filter_reads, enum wrap_at);
/* ... where such a body usually is: skbs at tc. */
bool wrap_load(struct wrap *, const struct filter_ebpf *, enum filter_reads);

/* What the program is to know of the packet; false where its hook cannot be told so.
 * With a scratch all of it; at WRAP_TC_TAG a tag, and the packet's type up to 3. */
bool wrap_can(const struct wrap *, const struct filter_packet *);

/* The verdict.  False: the kernel does not run it on such a packet (it wants 14 bytes in
 * most places, and no more than a page has room for). */
bool wrap_run(struct wrap *, const struct filter_packet *, uint32_t *verdict);
void wrap_unload(struct wrap *);

#endif
