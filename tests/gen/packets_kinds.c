/* packets_kinds.c: what each sort of type field can announce, and how often: the words
 * of the language first, then what only looks like them. */
#include <assert.h>
#include <stddef.h>

#include "parts.h"
#include "pool.h"

/* IEEE 802.3 §3.2.6; the numbers are those of the IEEE's list of EtherTypes. */
const struct packet_kind packet_ethernet_kinds[] = {
	{ 26, 0x0800, packet_put_ip4_rich },
	{ 16, 0x86dd, packet_put_ip6_rich },
	{ 5, 0x0806, packet_put_arp },
	{ 3, 0x8035, packet_put_arp },
	{ 14, VALUE_LLC, packet_put_llc },
	{ 2, VALUE_RAW, packet_put_raw_ipx },
	{ 7, 0x8100, packet_put_vlan },
	{ 3, 0x88a8, packet_put_vlan },
	{ 3, 0x9100, packet_put_vlan },
	{ 7, 0x8847, packet_put_mpls },
	{ 2, 0x8848, packet_put_mpls },
	{ 2, 0x8863, packet_put_pppoed },
	{ 6, 0x8864, packet_put_pppoes },
	{ 2, 0x809b, packet_put_atalk },
	{ 2, 0x80f3, packet_put_aarp },
	{ 2, 0x8137, packet_put_ipx },
	{ 4, 0x6003, packet_put_decnet },
	{ 1, 0x6004, packet_put_lat },
	{ 1, 0x6007, packet_put_lat },
	{ 1, 0x6001, packet_put_mop },
	{ 1, 0x6002, packet_put_mop },
	{ 1, 0x88cc, packet_put_dregs },
	{ 1, 0x8809, packet_put_dregs },
	{ 1, 0x9000, packet_put_dregs },
	{ 3, VALUE_POOL, packet_put_ip_any },
	{ 2, VALUE_POOL, packet_put_dregs },
	{ 0, 0, NULL },
};

/* Of Ethernet's, those that are a header of their own, and IP: for frames in tunnels. */
const struct packet_kind packet_shim_kinds[] = {
	{ 20, 0x8100, packet_put_vlan },
	{ 20, 0x8864, packet_put_pppoes },
	{ 15, 0x8847, packet_put_mpls },
	{ 10, 0x0806, packet_put_arp },
	{ 20, 0x0800, packet_put_ip4_rich },
	{ 15, 0x86dd, packet_put_ip6_rich },
	{ 0, 0, NULL },
};

/* RFC 1661 §2; the numbers are IANA's PPP DLL protocol numbers. */
const struct packet_kind packet_ppp_kinds[] = {
	{ 30, 0x0021, packet_put_ip4_rich },
	{ 18, 0x0057, packet_put_ip6_rich },
	{ 10, 0x0281, packet_put_mpls },
	{ 3, 0x0283, packet_put_mpls },
	{ 5, 0x0027, packet_put_decnet },
	{ 4, 0x0029, packet_put_atalk },
	{ 5, 0x0023, packet_put_iso },
	{ 3, 0x002b, packet_put_ipx },
	{ 3, 0x0031, packet_put_stp },
	{ 2, 0x0025, packet_put_dregs },
	{ 2, 0x002d, packet_put_ip4_rich }, /* Van Jacobson's: compressed, or not */
	{ 2, 0x002f, packet_put_ip4_rich },
	{ 3, 0xc021, packet_put_dregs },
	{ 3, 0x8021, packet_put_dregs },
	{ 2, 0x0806, packet_put_arp }, /* EtherTypes that have no number of PPP */
	{ 1, 0x8035, packet_put_arp },
	{ 2, 0x0800, packet_put_ip4_rich },
	{ 1, 0x6004, packet_put_lat },
	{ 3, VALUE_POOL, packet_put_dregs },
	{ 0, 0, NULL },
};

/* Cisco HDLC: EtherTypes, 0xfefe for ISO with a byte of padding. */
const struct packet_kind packet_hdlc_kinds[] = {
	{ 30, 0x0800, packet_put_ip4_rich },
	{ 18, 0x86dd, packet_put_ip6_rich },
	{ 10, 0x8847, packet_put_mpls },
	{ 3, 0x8848, packet_put_mpls },
	{ 12, 0xfefe, packet_put_iso_padded },
	{ 3, 0x0806, packet_put_arp },
	{ 3, 0x6003, packet_put_decnet },
	{ 2, 0x809b, packet_put_atalk },
	{ 2, 0x80f3, packet_put_aarp },
	{ 2, 0x8035, packet_put_dregs }, /* here: keep-alive */
	{ 1, 0x0042, packet_put_stp },
	{ 1, 0x00e0, packet_put_ipx },
	{ 1, 0x0006, packet_put_dregs },
	{ 4, VALUE_POOL, packet_put_ip_any },
	{ 0, 0, NULL },
};

/* AF_INET and the AF_INET6 of the BSDs, macOS, Linux and Solaris, in both byte orders
 * (tcpdump.org/linktypes, LINKTYPE_NULL). */
const struct packet_kind packet_family_kinds[] = {
	{ 20, 2, packet_put_ip4_rich },
	{ 20, 0x02000000, packet_put_ip4_rich },
	{ 6, 24, packet_put_ip6_rich },
	{ 6, 0x18000000, packet_put_ip6_rich },
	{ 6, 28, packet_put_ip6_rich },
	{ 6, 0x1c000000, packet_put_ip6_rich },
	{ 6, 30, packet_put_ip6_rich },
	{ 6, 0x1e000000, packet_put_ip6_rich },
	{ 5, 10, packet_put_ip6_rich },
	{ 5, 0x0a000000, packet_put_ip6_rich },
	{ 2, 26, packet_put_ip6_rich },
	{ 2, 0x00020000, packet_put_ip4_rich },
	{ 2, 7, packet_put_iso },
	{ 2, 16, packet_put_atalk },
	{ 2, 23, packet_put_ipx },
	{ 2, 0, packet_put_ip_any },
	{ 2, 1, packet_put_ip_any },
	{ 0, 0, NULL },
};

const struct packet_kind packet_family8_kinds[] = {
	{ 40, 2, packet_put_ip4_rich },
	{ 12, 24, packet_put_ip6_rich },
	{ 8, 28, packet_put_ip6_rich },
	{ 8, 30, packet_put_ip6_rich },
	{ 8, 10, packet_put_ip6_rich },
	{ 2, 26, packet_put_ip6_rich },
	{ 4, 0, packet_put_ip_any },
	{ 0, 0, NULL },
};

/* Solaris: AF_INET and AF_INET6. */
const struct packet_kind packet_ipnet_kinds[] = {
	{ 40, 2, packet_put_ip4_rich },
	{ 30, 26, packet_put_ip6_rich },
	{ 6, 24, packet_put_ip6_rich },
	{ 6, 10, packet_put_ip6_rich },
	{ 4, 0, packet_put_ip_any },
	{ 0, 0, NULL },
};

/* RFC 1201 §6, RFC 2497 §2. */
const struct packet_kind packet_arcnet_kinds[] = {
	{ 36, 212, packet_put_ip4_rich },
	{ 20, 0xc4, packet_put_ip6_rich },
	{ 10, 213, packet_put_arp },
	{ 8, 214, packet_put_arp },
	{ 8, 221, packet_put_atalk },
	{ 4, 240, packet_put_ip4_rich }, /* RFC 1051's numbers */
	{ 3, 241, packet_put_arp },
	{ 3, 250, packet_put_ipx },
	{ 0, 0, NULL },
};

/* RFC 2427 §3: unnumbered information, then the NLPID. */
const struct packet_kind packet_nlpid_kinds[] = {
	{ 30, 0x03cc, packet_put_ip4_rich },
	{ 20, 0x038e, packet_put_ip6_rich },
	{ 6, 0x0381, packet_put_dregs },
	{ 6, 0x0382, packet_put_dregs },
	{ 12, 0x0383, packet_put_isis_tail },
	{ 4, 0x0380, packet_put_llc }, /* SNAP */
	{ 3, 0x0800, packet_put_ip4_rich },
	{ 3, 0x0384, packet_put_dregs },
	{ 3, 0x03b1, packet_put_ip_any },
	{ 0, 0, NULL },
};

const struct packet_kind packet_bare_kinds[] = {
	{ 58, 0, packet_put_ip4_rich },
	{ 36, 0, packet_put_ip6_rich },
	{ 6, 0, packet_put_dregs },
	{ 0, 0, NULL },
};

const struct packet_kind packet_ip4_kinds[] = {
	{ 90, 0, packet_put_ip4_rich },
	{ 5, 0, packet_put_ip6_rich },
	{ 5, 0, packet_put_dregs },
	{ 0, 0, NULL },
};

const struct packet_kind packet_ip6_kinds[] = {
	{ 90, 0, packet_put_ip6_rich },
	{ 5, 0, packet_put_ip4_rich },
	{ 5, 0, packet_put_dregs },
	{ 0, 0, NULL },
};

const struct packet_kind packet_llc_kinds[] = {
	{ 92, 0, packet_put_llc },
	{ 4, 0, packet_put_ip_any },
	{ 4, 0, packet_put_dregs },
	{ 0, 0, NULL },
};

/* Link types of which the language knows no more than the bytes. */
const struct packet_kind packet_opaque_kinds[] = {
	{ 40, 0, packet_put_ip4_rich },
	{ 20, 0, packet_put_ip6_rich },
	{ 20, 0, packet_put_dregs },
	{ 6, 0, packet_put_arp },
	{ 10, 0, packet_put_iso },
	{ 8, 0, packet_put_ethernet },
	{ 6, 0, packet_put_llc },
	{ 0, 0, NULL },
};

/* Numbers of Ethernet and LLC where a type field has no place for them, but is compared
 * with them all the same. */
const struct packet_kind packet_number_kinds[] = {
	{ 8, 0x00fe, packet_put_iso },
	{ 2, 0x0042, packet_put_stp },
	{ 2, 0x00e0, packet_put_ipx },
	{ 2, 0x0006, packet_put_ip_any },
	{ 2, 0x00aa, packet_put_llc },
	{ 2, 0x00f0, packet_put_dregs },
	{ 6, 0x8864, packet_put_pppoes },
	{ 2, 0x8863, packet_put_pppoed },
	{ 3, 0x6003, packet_put_decnet },
	{ 2, 0x6004, packet_put_lat },
	{ 2, 0x6007, packet_put_lat },
	{ 2, 0x6001, packet_put_mop },
	{ 2, 0x6002, packet_put_mop },
	{ 2, 0x80f3, packet_put_aarp },
	{ 2, 0x8035, packet_put_arp },
	{ 1, 0x88cc, packet_put_dregs },
	{ 1, 0x8809, packet_put_dregs },
	{ 1, 0x9000, packet_put_dregs },
	{ 0, 0, NULL },
};

/* LocalTalk: all of it is taken to be AppleTalk. */
const struct packet_kind packet_ltalk_kinds[] = {
	{ 60, 0, packet_put_atalk },
	{ 20, 0, packet_put_dregs },
	{ 20, 0, packet_put_ip_any },
	{ 0, 0, NULL },
};

/* Juniper's, where a cookie decides for all words, and so anything may follow. */
const struct packet_kind packet_any_kinds[] = {
	{ 26, 0, packet_put_ip4_rich },
	{ 16, 0, packet_put_ip6_rich },
	{ 8, 0, packet_put_arp },
	{ 14, 0, packet_put_iso },
	{ 8, 0, packet_put_decnet },
	{ 10, 0, packet_put_pppoes },
	{ 4, 0, packet_put_llc },
	{ 2, 0, packet_put_atalk },
	{ 2, 0, packet_put_lat },
	{ 2, 0, packet_put_mop },
	{ 4, 0, packet_put_ethernet },
	{ 4, 0, packet_put_dregs },
	{ 0, 0, NULL },
};

static const struct packet_kind *
draw_row(struct rng *r, const struct packet_kind *table)
{
	uint32_t total = 0;

	for (const struct packet_kind *k = table; k->weight != 0; k++)
		total += k->weight;
	assert(total > 0 && "a table has rows");
	uint32_t at = rng_below(r, total);
	while (at >= table->weight)
		at -= table++->weight;
	return table;
}

struct packet_kind
packet_draw(struct rng *r, const struct packet_kind *table)
{
	struct packet_kind k = *draw_row(r, table);

	if (rng_chance(r, 5))
		k.put = draw_row(r, table)->put;
	if (k.value == VALUE_POOL)
		k.value = pool_ethertype_rich(r);
	return k;
}
