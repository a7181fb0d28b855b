/* pool.h: the few addresses, ports and numbers that generated packets are made of and
 * generated expressions ask for, so that they meet often. */
#ifndef BPFCAP_TESTS_POOL_H
#define BPFCAP_TESTS_POOL_H

#include <stdint.h>

#include "rng.h"

uint32_t pool_ip4(struct rng *);       /* host order */
const uint8_t *pool_ip6(struct rng *); /* 16 bytes, network order */
const uint8_t *pool_mac(struct rng *); /* 6 bytes; any kind */
const uint8_t *pool_mac_unicast(struct rng *);
uint16_t pool_port(struct rng *);
uint8_t pool_protocol(struct rng *);   /* an IP protocol number */
uint16_t pool_ethertype(struct rng *); /* above 1500 */
uint8_t pool_sap(struct rng *);        /* LLC service access point */

/* What the four above have and more: for the packets of packet_build_rich. */
uint8_t pool_protocol_rich(struct rng *);   /* extension headers and tunnels too */
uint16_t pool_ethertype_rich(struct rng *); /* every one that a keyword stands for */
uint8_t pool_chain(struct rng *);           /* an IPv6 extension header or AH */
uint16_t pool_tunnel_port(struct rng *);    /* UDP: Geneve, VXLAN, GTP, and near them */

/* Between link and network layer. */
uint16_t pool_vlan(struct rng *); /* 12 bits */
uint16_t pool_vlan_ethertype(struct rng *);
uint32_t pool_label(struct rng *);   /* MPLS, 20 bits */
uint16_t pool_session(struct rng *); /* PPPoE */
uint32_t pool_vni(struct rng *);     /* Geneve and VXLAN, 24 bits */
uint32_t pool_teid(struct rng *);    /* GTP tunnel */
uint16_t pool_ppp(struct rng *);     /* PPP protocol */

/* ISO, DECnet, LLC. */
uint8_t pool_nlpid(struct rng *);       /* first byte of an ISO payload */
uint8_t pool_isis_pdu(struct rng *);    /* 5 bits */
uint8_t pool_llc_control(struct rng *); /* first byte of the control field */
uint16_t pool_decnet(struct rng *);     /* area << 10 | node, host order */

/* Of single link types. */
uint8_t pool_mac8(struct rng *); /* ARCnet, MS/TP */
uint32_t pool_ifindex(struct rng *);
uint8_t pool_wlan_frame(struct rng *); /* type | subtype: frame control, byte 0 */
uint8_t pool_vpi(struct rng *);
uint16_t pool_vci(struct rng *);
uint8_t pool_sio(struct rng *);
uint16_t pool_point(struct rng *); /* opc and dpc, 14 bits */
uint8_t pool_sls(struct rng *);    /* 4 bits */
uint32_t pool_rule(struct rng *);  /* PF log: rule and subrule numbers */
const char *pool_pf_interface(struct rng *);
const char *pool_pf_ruleset(struct rng *);
uint8_t pool_pf_reason(struct rng *);
uint8_t pool_pf_action(struct rng *);

#endif
