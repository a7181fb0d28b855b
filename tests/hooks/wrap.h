/* wrap.h: a compiled body as a whole program of the kernel: alone where its hook gives it
 * the context, else behind a few instructions that fill its scratch. */
#ifndef BPFCAP_TESTS_HOOKS_WRAP_H
#define BPFCAP_TESTS_HOOKS_WRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../filter/filter.h"

struct wrap {
	int fd;   /* of the program; -1: none */
	int map;  /* FILTER_READS_MEMORY: the packet's place, else -1 */
	int sets; /* of the body, or -1 */
	enum filter_reads reads;
	uint32_t reach;
	char why[256]; /* the verifier's last words, when it refused */
};

#define WRAP_PACKET_MAX 2048 /* bytes, of FILTER_READS_MEMORY */

/* False when the kernel refuses it; errno and `why` say why. */
bool wrap_load(struct wrap *, const struct filter_ebpf *, enum filter_reads);
/* The verdict for a packet of `len` bytes, captured whole.  False: the kernel does not
 * run it on such a packet (it wants 14 bytes, and no more than a page has room for). */
bool wrap_run(struct wrap *, const uint8_t *data, uint32_t len, uint32_t *verdict);
void wrap_unload(struct wrap *);

#endif
