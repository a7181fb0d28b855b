/* linktype.c: the table of link types (tcpdump.org/linktypes). */
#include "linktype.h"

#include <stdlib.h>
#include <string.h>

#include "filter.h"

static const struct linktype linktypes[] = {
	/* value name        header type@ MAC dst, src   key */
	{ 1, "EN10MB", 14, 12, 0, 6, KEY_ETHERTYPE },           /* IEEE 802.3 §3.2 */
	{ 101, "RAW", 0, 0, NO_MAC, NO_MAC, KEY_NIBBLE },       /* LINKTYPE_RAW */
	{ 113, "LINUX_SLL", 16, 14, NO_MAC, NO_MAC, KEY_SLL },  /* LINKTYPE_LINUX_SLL */
	{ 228, "IPV4", 0, 0, NO_MAC, NO_MAC, KEY_IPV4 },        /* LINKTYPE_IPV4 */
	{ 229, "IPV6", 0, 0, NO_MAC, NO_MAC, KEY_IPV6 },        /* LINKTYPE_IPV6 */
	{ 276, "LINUX_SLL2", 20, 0, NO_MAC, NO_MAC, KEY_SLL2 }, /* LINKTYPE_LINUX_SLL2 */
};
#define LINKTYPES (sizeof(linktypes) / sizeof(linktypes[0]))

static const struct linktype unknown = { 0, NULL, 0, 0, NO_MAC, NO_MAC, KEY_NONE };

static int
by_value(const void *key, const void *row)
{
	return (int)*(const uint16_t *)key - (int)((const struct linktype *)row)->value;
}

const struct linktype *
linktype_find(uint16_t value)
{
	const struct linktype *l =
		bsearch(&value, linktypes, LINKTYPES, sizeof(linktypes[0]), by_value);
	return l != NULL ? l : &unknown;
}

const char *
filter_linktype_name(uint16_t value)
{
	return linktype_find(value)->name;
}

bool
filter_linktype_by_name(const char *name, uint16_t *out)
{
	for (unsigned i = 0; i < LINKTYPES; i++)
		if (strcasecmp(linktypes[i].name, name) == 0) {
			*out = linktypes[i].value;
			return true;
		}
	return false;
}
