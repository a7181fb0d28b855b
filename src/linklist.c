/* linklist.c: in: a device; out: its link types as text, a line each. */
#include "linklist.h"

#include "iface.h"
#include "linktext.h"
#include "live.h"
#include "print/dispatch.h"

bool
linklist_print(const char *device, FILE *to, struct diags *ds)
{
	struct iface iface;
	uint16_t types[LIVE_LINKS_MAX];
	if (!iface_find(device, &iface, ds))
		return false;
	const unsigned count = live_pcap_links(&iface, types, ds);
	if (count == 0)
		return false;
	fprintf(to, "Data link types for %s (use option -y to set):\n", iface.name);
	for (unsigned i = 0; i < count; i++) {
		char text[LINKTEXT_MAX];
		linktext(types[i], text, sizeof(text));
		const bool named = text[0] < '0' || text[0] > '9';
		fprintf(to, "  %s%s%s\n", named ? "" : "DLT ", text,
			dispatch_link(types[i]) ? "" : " (printing not supported)");
	}
	return true;
}
