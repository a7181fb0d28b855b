/* addr.h: the written forms of addresses.  `match` says how many bytes at a place have
 * the form (0: none); `parse` gives the value of exactly `len` bytes of that form. */
#ifndef BPFCAP_FILTER_ADDR_H
#define BPFCAP_FILTER_ADDR_H

#include <stdbool.h>
#include <stdint.h>

int addr_hex(char); /* value of a hex digit, -1 when it is none */

/* Decimal parts 0-255; 2 or 3 parts are a network's: `out` is left-aligned host order. */
bool addr_parse_ipv4(const char *, uint32_t len, uint32_t *out, uint8_t *parts);

/* Six groups of one or two digits joined by one of : - . ; xxxx.xxxx.xxxx; 12 digits. */
uint32_t addr_match_mac(const char *);
void addr_parse_mac(const char *, uint32_t len, uint8_t out[6]);

/* RFC 4291 §2.2, all forms; a match may still be refused (a dotted tail out of range). */
uint32_t addr_match_ipv6(const char *);
bool addr_parse_ipv6(const char *, uint32_t len, uint8_t out[16]);

#endif
