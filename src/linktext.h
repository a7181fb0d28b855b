/* linktext.h: link types as people name them, from libpcap's list. */
#ifndef BPFCAP_LINKTEXT_H
#define BPFCAP_LINKTEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../filter/diag.h"

#define LINKTEXT_MAX 128 /* bytes of a name with its description */

/* "EN10MB (Ethernet)", or the number where there is no name. */
void linktext(uint16_t linktype, char *to, size_t size);
/* "EN10MB", or the number. */
void linktext_name(uint16_t linktype, char *to, size_t size);

/* A name in upper or lower case (EN10MB, DLT_EN10MB), or a LINKTYPE_ number. */
bool linktext_parse(const char *text, uint16_t *linktype);

/* Sets the hint of the last message: names that are near to the one that is unknown. */
void linktext_hint(const char *text, struct diags *);

#endif
