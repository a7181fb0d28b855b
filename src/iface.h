/* iface.h: a capture device: its name, and what its packets begin with. */
#ifndef BPFCAP_IFACE_H
#define BPFCAP_IFACE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "../filter/diag.h"

#define IFACE_NAME 64 /* bytes; libpcap's devices have longer names than interfaces */
#define IFACE_ANY "any"

enum iface_kind {
	IFACE_NET,  /* a network interface, or all of them: packet socket */
	IFACE_PCAP, /* a device of libpcap's: live_pcap_open; linktype is not known yet */
};

struct iface {
	char name[IFACE_NAME];
	enum iface_kind kind;
	int index;         /* 0: any */
	uint16_t hatype;   /* ARPHRD_ */
	uint16_t linktype; /* LINKTYPE_ of the packets as delivered */
	bool cooked;       /* link headers are replaced by LINUX_SLL2 (SOCK_DGRAM) */
	bool loopback;     /* each packet is seen out and in: the former are skipped */
	bool up;
};

/* Finds `name`: an interface, "any", a libpcap device, or a number of iface_list.
 * NULL: the first of the list that is up, as tcpdump does without -i. */
bool iface_find(const char *name, struct iface *, struct diags *);

/* Whether the packets that come in there say by which receive queue. */
bool iface_tells_queue(int ifindex);

/* The list of -D in tcpdump's format, a line each. */
bool iface_list(FILE *, struct diags *);

/* What a link has to say about its type; a row of the table in iface.c. */
struct iface_type {
	uint16_t hatype;   /* ARPHRD_ */
	uint16_t linktype; /* LINKTYPE_, or LINUX_SLL2 with `cooked` */
	bool cooked;
	uint8_t addr_at;  /* source address: offset from the MAC header */
	uint8_t addr_len; /* 0: none */
};
const struct iface_type *iface_type(uint16_t hatype);
/* The ARPHRD_ of an interface; false when there is none of that name. */
bool iface_hatype(const char *name, uint16_t *out);

#endif
