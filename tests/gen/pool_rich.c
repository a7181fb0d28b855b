/* pool_rich.c: as pool.c, for what packet_build_rich adds.  The members of a pool are
 * few and lie side by side in value or in bits, so that a test that nearly holds is
 * drawn as often as one that holds. */
#include "pool.h"

#include <stddef.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static const uint8_t protocols[] = { 6, 17, 1, 132, 58, 47, 4, 41, 51, 50, 2, 9, 103, 112,
	0, 43, 60, 44, 59, 88, 89, 137, 255 };

static const uint16_t ethertypes[] = { 0x0800, 0x86dd, 0x0806,
	0x8035,                                 /* IPv4, IPv6, ARP, RARP */
	0x809b, 0x80f3, 0x8137,                 /* AppleTalk, AARP, IPX */
	0x6003, 0x6004, 0x6001, 0x6002, 0x6007, /* DECnet, LAT, MOP DL and RC, SCA */
	0x8100, 0x88a8, 0x9100, 0x8847, 0x8848, 0x8863, 0x8864, /* tags, MPLS, PPPoE */
	0x88cc, 0x8809, 0x9000, 0x6000, 0x6005, 0x6006, 0x0600, 0x05dd, 0xffff, 0xfefe };

static const uint8_t chain[] = { 0, 60, 43, 51, 44 };

static const uint16_t tunnel_ports[] = { 6081, 4789, 2152, 6080, 4790, 2123, 53 };

static const uint16_t vlans[] = { 1, 7, 42, 0, 100, 3, 4095, 2048 };
static const uint16_t vlan_ethertypes[] = { 0x8100, 0x88a8, 0x9100, 0x8101, 0x9200 };
static const uint32_t labels[] = { 100, 16, 0, 3, 1024, 1048575, 101, 0x80000 };
static const uint16_t sessions[] = { 1, 0x11, 0, 0x1100, 65535, 2 };
static const uint32_t vnis[] = { 42, 7, 0, 0xffffff, 0x2a00, 43, 0x10000 };
static const uint32_t teids[] = { 1, 0x100, 0, 0xffffffff, 2, 0x80000001 };

static const uint16_t ppps[] = { 0x0021, 0x0057, 0x0281, 0x0027, 0x0029, 0x0023, 0x002b,
	0x0031, 0x0025, 0x0283, 0xc021, 0xc023, 0x8021, 0x002d, 0x002f, 0x0800, 0x0022 };

static const uint8_t nlpids[] = { 0x83, 0x82, 0x81, 0xcc, 0x80, 0x8e, 0x84, 0, 3 };

/* ISO 10589 §9: the types there are, and a few that there are not. */
static const uint8_t isis_pdus[] = { 15, 16, 17, 18, 20, 24, 25, 26, 27, 19, 14, 28, 0,
	31 };

/* IEEE 802.2 §5.4: unnumbered, supervisory, information; with and without poll. */
static const uint8_t llc_controls[] = { 0x03, 0x13, 0x01, 0x00, 0x63, 0x43, 0x0f, 0x6f,
	0xe3, 0xaf, 0x87, 0x05, 0x09, 0x73, 0x53, 0x1f, 0x7f, 0xf3, 0xbf, 0x97, 0x11,
	0x15, 0x19, 0x02, 0xfe, 0x0d, 0xff, 0x67 };

static const uint16_t decnets[] = { 1 << 10 | 1, 1 << 10 | 2, 2 << 10 | 1,
	63 << 10 | 1023, 0, 4 << 10 | 257, 1, 257 };

/* The last two are what libpcap 1.10.3 takes $1 and $2 for. */
static const uint8_t mac8s[] = { 1, 2, 0, 0xff, 5, 0x80, 0xd1, 0xd2 };
static const uint32_t ifindexes[] = { 1, 2, 3, 0, 0x01000000, 4 };

/* IEEE 802.11-2020 §9.2.4.1.3: data, management, control, and the type 3 besides. */
static const uint8_t wlan_frames[] = { 0x08, 0x88, 0x80, 0xd4, 0x48, 0xb4, 0xc4, 0x40,
	0x50, 0xb0, 0xc0, 0xa0, 0x00, 0x10, 0x20, 0x30, 0x90, 0xc8, 0x84, 0x94, 0xa4,
	0xe4, 0xf4, 0x18, 0x28, 0x38, 0x58, 0x68, 0x78, 0x98, 0xa8, 0xb8, 0xe8, 0xf8,
	0xd8, 0xd0, 0x60, 0xe0, 0x74, 0x0c, 0x8c };

static const uint8_t vpis[] = { 0, 1, 255, 2, 128 };
static const uint16_t vcis[] = { 5, 0, 1, 2, 3, 4, 16, 33, 6, 65535, 256, 15 };
static const uint8_t sios[] = { 0x83, 0x03, 0x85, 0, 0xff, 1 };
static const uint16_t points[] = { 1, 2, 256, 0x2345, 16383, 0, 8192, 64, 0x0101 };
static const uint8_t slss[] = { 1, 0, 15, 8, 2 };
static const uint32_t rules[] = { 1, 0, 7, 10, 0xffffffff, 0x01000000, 256 };
static const char *const pf_interfaces[] = { "em0", "lo0", "em1", "em", "em01", "pflog0",
	"abcdefghijklmno" };
static const char *const pf_rulesets[] = { "ftp", "authpf", "ft", "ftp-proxy",
	"abcdefghijklmno" };

/* The smaller of two draws: the front half of a table gets three quarters of them. */
static size_t
draw(struct rng *r, size_t count)
{
	const size_t a = rng_below(r, (uint32_t)count);
	const size_t b = rng_below(r, (uint32_t)count);

	return a < b ? a : b;
}

uint8_t
pool_protocol_rich(struct rng *r)
{
	return protocols[draw(r, COUNT(protocols))];
}

uint16_t
pool_ethertype_rich(struct rng *r)
{
	return ethertypes[draw(r, COUNT(ethertypes))];
}

uint8_t
pool_chain(struct rng *r)
{
	return chain[rng_below(r, COUNT(chain))];
}

uint16_t
pool_tunnel_port(struct rng *r)
{
	return tunnel_ports[draw(r, COUNT(tunnel_ports))];
}

uint16_t
pool_vlan(struct rng *r)
{
	return vlans[draw(r, COUNT(vlans))];
}

uint16_t
pool_vlan_ethertype(struct rng *r)
{
	return vlan_ethertypes[draw(r, COUNT(vlan_ethertypes))];
}

uint32_t
pool_label(struct rng *r)
{
	return labels[draw(r, COUNT(labels))];
}

uint16_t
pool_session(struct rng *r)
{
	return sessions[draw(r, COUNT(sessions))];
}

uint32_t
pool_vni(struct rng *r)
{
	return vnis[draw(r, COUNT(vnis))];
}

uint32_t
pool_teid(struct rng *r)
{
	return teids[draw(r, COUNT(teids))];
}

uint16_t
pool_ppp(struct rng *r)
{
	return ppps[draw(r, COUNT(ppps))];
}

uint8_t
pool_nlpid(struct rng *r)
{
	return nlpids[draw(r, COUNT(nlpids))];
}

uint8_t
pool_isis_pdu(struct rng *r)
{
	return isis_pdus[rng_below(r, COUNT(isis_pdus))];
}

uint8_t
pool_llc_control(struct rng *r)
{
	return llc_controls[draw(r, COUNT(llc_controls))];
}

uint16_t
pool_decnet(struct rng *r)
{
	return decnets[draw(r, COUNT(decnets))];
}

uint8_t
pool_mac8(struct rng *r)
{
	return mac8s[draw(r, COUNT(mac8s))];
}

uint32_t
pool_ifindex(struct rng *r)
{
	return ifindexes[draw(r, COUNT(ifindexes))];
}

uint8_t
pool_wlan_frame(struct rng *r)
{
	return wlan_frames[draw(r, COUNT(wlan_frames))];
}

uint8_t
pool_vpi(struct rng *r)
{
	return vpis[draw(r, COUNT(vpis))];
}

uint16_t
pool_vci(struct rng *r)
{
	return vcis[draw(r, COUNT(vcis))];
}

uint8_t
pool_sio(struct rng *r)
{
	return sios[draw(r, COUNT(sios))];
}

uint16_t
pool_point(struct rng *r)
{
	return points[draw(r, COUNT(points))];
}

uint8_t
pool_sls(struct rng *r)
{
	return slss[draw(r, COUNT(slss))];
}

uint32_t
pool_rule(struct rng *r)
{
	return rules[draw(r, COUNT(rules))];
}

const char *
pool_pf_interface(struct rng *r)
{
	return pf_interfaces[draw(r, COUNT(pf_interfaces))];
}

const char *
pool_pf_ruleset(struct rng *r)
{
	return pf_rulesets[draw(r, COUNT(pf_rulesets))];
}

uint8_t
pool_pf_reason(struct rng *r)
{
	return (uint8_t)rng_below(r, 16); /* 15 is beyond the last that has a name */
}

uint8_t
pool_pf_action(struct rng *r)
{
	return (uint8_t)rng_below(r, 12); /* 11 likewise */
}
