/* dlt.c: LINKTYPE_ ↔ DLT_ of Linux, a number each way. */
#include "dlt.h"

/* All that differ (pcap/dlt.h; tcpdump.org/linktypes), by LINKTYPE_.  What libpcap
 * writes into files is held against it in tests/unit/file_names.c. */
static const struct {
	uint16_t linktype, dlt;
} differing[] = {
	{ 100, 11 }, /* ATM_RFC1483 */
	{ 101, 12 }, /* RAW */
	{ 102, 15 }, /* SLIP_BSDOS */
	{ 103, 16 }, /* PPP_BSDOS */
	{ 106, 19 }, /* ATM_CLIP */
};
#define DIFFERING (sizeof(differing) / sizeof(differing[0]))

uint16_t
dlt_to_link(int dlt)
{
	for (unsigned i = 0; i < DIFFERING; i++)
		if (differing[i].dlt == dlt)
			return differing[i].linktype;
	return (uint16_t)dlt;
}

int
dlt_of_link(uint16_t linktype)
{
	for (unsigned i = 0; i < DIFFERING; i++)
		if (differing[i].linktype == linktype)
			return differing[i].dlt;
	return linktype;
}

uint16_t
dlt_file_link(uint16_t number)
{
	return dlt_to_link(dlt_of_link(number));
}
