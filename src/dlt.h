/* dlt.h: the two numbers of a link type: LINKTYPE_ in files, which the tool and the
 * compiler know alone, and DLT_ in libpcap's calls on this system. */
#ifndef BPFCAP_DLT_H
#define BPFCAP_DLT_H

#include <stdint.h>

uint16_t dlt_to_link(int dlt);
int dlt_of_link(uint16_t linktype);

/* The LINKTYPE_ that the number in a file means: some writers put a DLT_ there, and no
 * other link type has got these numbers, so libpcap takes them for what they are. */
uint16_t dlt_file_link(uint16_t number);

#endif
