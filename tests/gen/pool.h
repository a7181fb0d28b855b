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

#endif
