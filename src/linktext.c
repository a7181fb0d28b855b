/* linktext.c: LINKTYPE_ values and names.  In a file a link type has one number; this
 * host's DLT_ number differs for a few old ones (tcpdump.org/linktypes). */
#include "linktext.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

static const struct {
	uint16_t linktype, dlt;
} differing[] = {
	{ 100, DLT_ATM_RFC1483 },
	{ 101, DLT_RAW },
	{ 102, DLT_SLIP_BSDOS },
	{ 103, DLT_PPP_BSDOS },
	{ 106, DLT_ATM_CLIP },
};
#define DIFFERING (sizeof(differing) / sizeof(differing[0]))

static int
to_dlt(uint16_t linktype)
{
	for (unsigned i = 0; i < DIFFERING; i++)
		if (differing[i].linktype == linktype)
			return differing[i].dlt;
	return linktype;
}

void
linktext(uint16_t linktype, char *to, size_t size)
{
	int dlt = to_dlt(linktype);
	const char *name = pcap_datalink_val_to_name(dlt);
	const char *what = pcap_datalink_val_to_description(dlt);
	if (name == NULL)
		snprintf(to, size, "%u", linktype);
	else
		snprintf(to, size, "%s (%s)", name, what != NULL ? what : "");
}

bool
linktext_parse(const char *text, uint16_t *linktype)
{
	char *end;
	unsigned long n = strtoul(text, &end, 10);
	int dlt = pcap_datalink_name_to_val(text);
	if (text[0] >= '0' && text[0] <= '9' && *end == '\0' && n <= UINT16_MAX) {
		*linktype = (uint16_t)n;
		return true;
	}
	if (dlt < 0)
		return false;
	*linktype = (uint16_t)dlt;
	for (unsigned i = 0; i < DIFFERING; i++)
		if (differing[i].dlt == dlt)
			*linktype = differing[i].linktype;
	return true;
}
