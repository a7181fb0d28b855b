/* corpus.c: a seed and a link type come in, packets go out, the same each time. */
#include "corpus.h"

#include <assert.h>
#include <stdlib.h>

static bool
is_plain(uint16_t linktype)
{
	for (const uint16_t *l = packet_linktypes; *l; l++)
		if (*l == linktype)
			return true;
	return false;
}

/* Every fourth packet of a link type that has plain ones is plain. */
static void
fill(struct corpus *c, uint64_t seed)
{
	struct rng r = { seed + 1000u * c->linktype };
	const bool plain = is_plain(c->linktype);

	c->packet = calloc(c->count, sizeof *c->packet);
	if (!c->packet)
		abort();
	for (uint32_t n = 0; n < c->count; n++)
		(plain && n % 4 == 0 ? packet_build : packet_build_rich)(
			&r, c->linktype, &c->packet[n]);
}

const struct corpus *
corpora_find(struct corpora *cs, uint16_t linktype)
{
	struct corpus *c = cs->corpus;

	for (; c < cs->corpus + cs->count; c++)
		if (c->linktype == linktype)
			return c;
	assert(cs->count < CORPORA_MAX && "there are fewer link types");
	cs->count++;
	c->linktype = linktype;
	c->count = packet_rich_knows(linktype) ? cs->packets : 0;
	if (c->count)
		fill(c, cs->seed);
	return c;
}

void
corpora_free(struct corpora *cs)
{
	for (uint32_t i = 0; i < cs->count; i++)
		free(cs->corpus[i].packet);
	cs->count = 0;
}
