/* peel.h: takes tunnels off packets: the packet inside stands for itself then, so that
 * what an expression means behind a tunnel can be asked of the packet taken out. */
#ifndef BPFCAP_TESTS_PEEL_H
#define BPFCAP_TESTS_PEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "../gen/packets.h"

#define PEELS_MAX 4

struct peel_kind; /* a tunnel */

/* Tunnels to take off, outermost first. */
struct peel {
	unsigned count;
	struct {
		const struct peel_kind *kind;
		bool any; /* number does not matter */
		uint32_t number;
	} step[PEELS_MAX];
};

/* Reads `vlan 7, vxlan`; false: not like that. */
bool peel_read(const char *text, struct peel *out);

#define PEEL_UNKNOWN 0xffff /* a link type: nothing is told of the packet */

/* A packet that was inside another one. */
struct peeled {
	uint16_t linktype;
	struct gen_packet packet;
};

/* Takes off all the steps; false: the packet has not got them, or has them cut short. */
bool peel_packet(const struct peel *, uint16_t linktype, const struct gen_packet *,
	struct peeled *out);

/* The link type of what comes out, as far as the kinds decide it; 0: it depends on the
 * packet. */
uint16_t peel_linktype(const struct peel *);

#endif
