/* linktext.h: link types as people name them, from libpcap's list. */
#ifndef BPFCAP_LINKTEXT_H
#define BPFCAP_LINKTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "EN10MB (Ethernet)", or the number where there is no name. */
void linktext(uint16_t linktype, char *to, size_t size);

/* A name (EN10MB, DLT_EN10MB) or a LINKTYPE_ number. */
bool linktext_parse(const char *text, uint16_t *linktype);

#endif
