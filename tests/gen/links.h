/* links.h: link headers of rich packets that no row of packets_rich.c can say, and what
 * regular ones have beside addresses and type. */
#ifndef BPFCAP_TESTS_LINKS_H
#define BPFCAP_TESTS_LINKS_H

#include "parts.h"

/* Whole packets. */
packet_part packet_put_wlan, packet_put_radiotap, packet_put_prism, packet_put_avs;
packet_part packet_put_ppi;
packet_part packet_put_sunatm;
packet_part packet_put_pflog;
packet_part packet_put_frelay;
packet_part packet_put_juniper_es;
packet_part packet_put_bacnet;
packet_part packet_put_mtp2, packet_put_mtp2_phdr, packet_put_erf;

/* Contents that the types of Juniper have in other places than the rest. */
extern const struct packet_kind packet_juniper_atm_kinds[];
extern const struct packet_kind packet_juniper_ether_kinds[];

/* Fields of a header that is there already, at the start of the packet. */
typedef void packet_dress(struct gen_packet *, struct rng *);
packet_dress packet_dress_juniper;

#define LINK_NONE 0xff /* no such field */

/* Of what shape the packets of a link type are.  Offsets and lengths are bytes. */
struct packet_link {
	uint16_t linktype;
	uint8_t length;              /* where filters take the link payload to begin */
	uint8_t destination, source; /* addresses of six bytes, or LINK_NONE */
	uint8_t type_at, type_width; /* LINK_NONE, 0: no type */
	const struct packet_kind *kinds;
	const struct packet_kind *more; /* drawn from now and then; may be NULL */
	packet_dress *dress;            /* may be NULL */
	bool cooked; /* the type of an LLC frame is 4, not its length */
	packet_part
		*build; /* not NULL: makes the whole packet, the rest does not count */
};

/* Ascending by linktype. */
extern const struct packet_link packet_links[];
extern const unsigned packet_links_count;

#endif
