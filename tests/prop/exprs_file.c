/* exprs_file.c: a list of `link type | expression` lines comes in, one row at a time
 * goes out. */
#include "exprs.h"

#include <netdb.h>
#include <string.h>

static const struct {
	const char *name;
	uint16_t linktype;
} linktypes[] = {
	{ "EN10MB", 1 },
	{ "RAW", 101 },
	{ "LINUX_SLL", 113 },
	{ "LINUX_SLL2", 276 },
};

static bool
find_linktype(const char *name, size_t len, uint16_t *out)
{
	for (size_t i = 0; i < sizeof linktypes / sizeof linktypes[0]; i++)
		if (strlen(linktypes[i].name) == len &&
			!memcmp(linktypes[i].name, name, len)) {
			*out = linktypes[i].linktype;
			return true;
		}
	return false;
}

static bool
find_protocol(void *ctx, const char *name, uint8_t *out)
{
	const struct protoent *found = getprotobyname(name);

	(void)ctx;
	if (!found)
		return false;
	*out = (uint8_t)found->p_proto;
	return true;
}

const struct filter_names expr_names = { .protocol = find_protocol };

bool
expr_read(struct expr_file *in, uint16_t *linktype, struct expr *e)
{
	char line[EXPR_MAX];

	while (fgets(line, sizeof line, in->f)) {
		const char *bar = strchr(line, '|');

		in->line++;
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '#' || line[0] == '\0')
			continue;
		if (!bar || bar == line || bar[-1] != ' ' ||
			!find_linktype(line, (size_t)(bar - line) - 1, linktype)) {
			in->bad = in->line;
			return false;
		}
		bar += bar[1] == ' ' ? 2 : 1;
		e->len = 0;
		expr_add(e, "%s", bar);
		return true;
	}
	return false;
}
