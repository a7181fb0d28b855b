/* wish.c: link types in, out what a packet that is shown should look like beside showing
 * something: so that it is one that a reader knows.  What cannot be is left out. */
#include "prove.h"

static const struct link {
	uint16_t linktype;
	int8_t type; /* where 16 bits of EtherType are, or -1 */
	uint8_t net;
} links[] = {
	{ FILTER_LINK_EN10MB, 12, 14 },    /* IEEE 802.3 */
	{ FILTER_LINK_RAW, -1, 0 },        /* tcpdump.org/linktypes, as all of these */
	{ FILTER_LINK_LINUX_SLL, 14, 16 }, /* LINKTYPE_LINUX_SLL */
	{ FILTER_LINK_IPV4, -1, 0 },       /* LINKTYPE_IPV4 */
	{ FILTER_LINK_IPV6, -1, 0 },       /* LINKTYPE_IPV6 */
	{ FILTER_LINK_LINUX_SLL2, 0, 20 }, /* LINKTYPE_LINUX_SLL2 */
};

enum { TAG_FROM = 14 }; /* bytes without which no tag is taken off */

static Z3_ast
field(struct prover *p, uint32_t at, unsigned size)
{
	Z3_ast ok;
	return packet_load(p, ENDLESS, NULL, at, size, &ok);
}

static Z3_ast
implies(struct prover *p, Z3_ast a, Z3_ast b)
{
	return term_or(p, term_not(p, a), b);
}

unsigned
wishes(struct prover *p, const struct filter_opts *opts, Z3_ast wish[WISHES_MAX])
{
	const struct link *link = NULL;
	unsigned n = 0;
	Z3_ast tagged = term_same(p, p->meta[META_VLAN_PRESENT], term_number(p, 1));
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		if (links[i].linktype == opts->linktype)
			link = &links[i];
	if (opts->input == FILTER_INPUT_SKB)
		wish[n++] = implies(
			p, tagged, term_at_most(p, term_number(p, TAG_FROM), p->caplen));
	if (link == NULL || opts->input == FILTER_INPUT_COOKED)
		return n;
	Z3_ast first = field(p, link->net, 1), is4, is6;
	if (link->type >= 0) {
		Z3_ast type = field(p, (uint32_t)link->type, 2);
		is4 = scale_equal(p, type, 0x0800);
		is6 = scale_equal(p, type, 0x86dd);
	} else {
		is6 = term_same(p, scale_at_most(p, first, 0x6f),
			term_not(p, scale_at_most(p, first, 0x5f)));
		is4 = term_not(p, is6);
	}
	wish[n++] = implies(p, is4, scale_equal(p, first, 0x45)); /* RFC 791 §3.1 */
	wish[n++] = implies(p, is6, scale_equal(p, first, 0x60)); /* RFC 8200 §3 */
	return n;
}
