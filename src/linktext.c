/* linktext.c: LINKTYPE_ values ↔ names, those that the libpcap here knows. */
#include "linktext.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "dlt.h"
#include "near.h"

#define DLTS 1024    /* where the search for near names ends; libpcap has some 300 */
#define NEAR_SHOWN 4 /* names in a hint */

void
linktext(uint16_t linktype, char *to, size_t size)
{
	const int dlt = dlt_of_link(linktype);
	const char *name = pcap_datalink_val_to_name(dlt);
	const char *what = pcap_datalink_val_to_description(dlt);
	if (name == NULL)
		snprintf(to, size, "%u", linktype);
	else
		snprintf(to, size, "%s (%s)", name, what != NULL ? what : "");
}

void
linktext_name(uint16_t linktype, char *to, size_t size)
{
	const char *name = pcap_datalink_val_to_name(dlt_of_link(linktype));
	if (name == NULL)
		snprintf(to, size, "%u", linktype);
	else
		snprintf(to, size, "%s", name);
}

bool
linktext_parse(const char *text, uint16_t *linktype)
{
	if (text[0] >= '0' && text[0] <= '9') {
		char *end;
		const unsigned long n = strtoul(text, &end, 10);
		if (*end != '\0' || n > UINT16_MAX)
			return false;
		*linktype = dlt_file_link((uint16_t)n);
		return true;
	}
	const bool prefixed = strncasecmp(text, "DLT_", 4) == 0;
	const int dlt = pcap_datalink_name_to_val(prefixed ? text + 4 : text);
	if (dlt < 0)
		return false;
	*linktype = dlt_to_link(dlt);
	return true;
}

/* How unlike: letters that differ, one in three at most, up to 2; 3: it is what the name
 * stands for (`ethernet`: EN10MB); 4: part of the name, 5: of what it stands for. */
#define UNLIKE 6
static unsigned
unlikeness(const char *text, int dlt)
{
	const char *name = pcap_datalink_val_to_name(dlt);
	const char *what = pcap_datalink_val_to_description(dlt);
	if (name == NULL)
		return UNLIKE;
	const unsigned distance = near_distance(text, name);
	const size_t len = strlen(text);
	if (distance <= 2 && distance <= len / 3)
		return distance;
	if (what != NULL && strcasecmp(what, text) == 0)
		return 3;
	if (len >= 3 && strcasestr(name, text) != NULL)
		return 4;
	return len >= 3 && what != NULL && strcasestr(what, text) != NULL ? 5 : UNLIKE;
}

void
linktext_hint(const char *text, struct diags *ds)
{
	char list[sizeof(((struct diag *)0)->hint) - 40] = "";
	size_t used = 0;
	unsigned shown = 0;
	for (unsigned far = 0; far < UNLIKE; far++)
		for (int dlt = 0; dlt < DLTS && shown < NEAR_SHOWN; dlt++) {
			if (unlikeness(text, dlt) != far)
				continue;
			const char *name = pcap_datalink_val_to_name(dlt);
			if (used + strlen(name) + 3 > sizeof(list))
				continue;
			used += (size_t)snprintf(list + used, sizeof(list) - used, "%s%s",
				shown++ > 0 ? ", " : "", name);
		}
	if (shown > 0)
		diags_hint(ds, "near that name: %s; -L lists an interface's", list);
	else
		diags_hint(ds, "give a name such as EN10MB, or a LINKTYPE_ number; -L "
			       "lists an interface's");
}
