/* exempt.c: a failure comes in; the reason why it is none goes out, or NULL.
 *
 * The oracle is the installed libpcap, the language is that of a later one: a row says
 * where the two differ.  Rows name what they match as narrowly as they can. */
#include "exempt.h"

#include <stddef.h>
#include <string.h>

static const struct exemption {
	enum claim claim;
	uint16_t linktype; /* 0: any */
	const char *has;   /* the expression contains this */
	const char *reason;
} exemptions[] = {
	{ CLAIMS, 0, "", "no row is no table" },
};

const char *
exempt_reason(const struct failure *f, const char *text, uint16_t linktype)
{
	for (size_t i = 0; i < sizeof exemptions / sizeof exemptions[0]; i++) {
		const struct exemption *e = &exemptions[i];

		if (e->claim == f->claim && (!e->linktype || e->linktype == linktype) &&
			strstr(text, e->has))
			return e->reason;
	}
	return NULL;
}
