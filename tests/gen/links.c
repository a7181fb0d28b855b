/* links.c: the link types, and in a row of each where its header has addresses and type
 * field; irregular headers have builders of their own.  Offsets are those that filters go
 * by: DLT_ values, lengths and fields as at tcpdump.org/linktypes and in pcap/dlt.h. */
#include "links.h"

#include <stddef.h>

#include "pool.h"

#define NONE LINK_NONE
/* Nothing in it has a word of its own but link[], len, less, greater and byte. */
#define OPAQUE 0, NONE, NONE, NONE, 0, .kinds = packet_opaque_kinds

static void
dress_arcnet(struct gen_packet *p, struct rng *r)
{
	p->data[0] = pool_mac8(r);
	p->data[1] = pool_mac8(r);
}

/* Where the direction would be, there is also what filters take for the IP version. */
static void
dress_slip(struct gen_packet *p, struct rng *r)
{
	static const uint8_t first[] = { 0, 1, 0x45, 0x60, 0x40, 2 };

	p->data[0] = first[rng_below(r, sizeof first)];
}

/* RFC 1662 §3.1: all stations, unnumbered information. */
static void
dress_ppp(struct gen_packet *p, struct rng *r)
{
	packet_set16(p, 0, rng_chance(r, 90) ? 0xff03 : rng_next(r));
}

static void
dress_pppd(struct gen_packet *p, struct rng *r)
{
	p->data[0] = (uint8_t)rng_below(r, 3);
	p->data[1] = rng_chance(r, 80) ? 3 : (uint8_t)rng_next(r);
}

static void
dress_pppoe(struct gen_packet *p, struct rng *r)
{
	packet_set16(p, 0, 0x1100);
	packet_set16(p, 2, pool_session(r));
}

static void
dress_hdlc(struct gen_packet *p, struct rng *r)
{
	packet_set16(p, 0, rng_chance(r, 80) ? 0x0f00 : 0x8f00);
}

static void
dress_sll(struct gen_packet *p, struct rng *r)
{
	packet_set16(p, 0, rng_below(r, 6)); /* 4: outgoing */
	packet_set16(p, 2, rng_chance(r, 80) ? 1 : 772);
	packet_set16(p, 4, 6);
}

static void
dress_sll2(struct gen_packet *p, struct rng *r)
{
	const uint32_t ifindex = pool_ifindex(r);

	packet_set16(p, 4, ifindex >> 16);
	packet_set16(p, 6, ifindex);
	packet_set16(p, 8, rng_chance(r, 80) ? 1 : 772);
	p->data[10] = (uint8_t)rng_below(r, 6);
	p->data[11] = 6;
}

/* Version, family, hook: 2 inbound, 1 outbound. */
static void
dress_ipnet(struct gen_packet *p, struct rng *r)
{
	p->data[0] = 1;
	packet_set16(p, 2, rng_below(r, 4));
}

/* Broadcom: opcode in the three high bits, 1 is outbound. */
static void
dress_brcm(struct gen_packet *p, struct rng *r)
{
	const uint32_t opcode = rng_below(r, rng_chance(r, 80) ? 3 : 8);

	p->data[12] = (uint8_t)(opcode << 5 | rng_below(r, 32));
}

/* Marvell: mode in the two high bits, 1 is outbound. */
static void
dress_dsa(struct gen_packet *p, struct rng *r)
{
	p->data[12] = (uint8_t)rng_next(r);
}

const struct packet_link packet_links[] = {
	/* value, length, dst, src, type at, its width, kinds; all in bytes */
	{ 0, 4, NONE, NONE, 0, 4, .kinds = packet_family_kinds }, /* NULL */
	{ 1, 14, 0, 6, 12, 2, .kinds = packet_ethernet_kinds },   /* EN10MB */
	{ 2, OPAQUE },                                            /* EN3MB */
	{ 3, OPAQUE },                                            /* AX25 */
	{ 4, OPAQUE },                                            /* PRONET */
	{ 5, OPAQUE },                                            /* CHAOS */
	{ 6, 14, 2, 8, NONE, 0, .kinds = packet_llc_kinds },      /* IEEE802 */
	{ 7, 6, NONE, NONE, 2, 1, .kinds = packet_arcnet_kinds,
		.dress = dress_arcnet }, /* ARCNET */
	{ 8, 16, NONE, NONE, NONE, 0, .kinds = packet_bare_kinds,
		.dress = dress_slip }, /* SLIP */
	{ 9, 4, NONE, NONE, 2, 2, .kinds = packet_ppp_kinds, .more = packet_number_kinds,
		.dress = dress_ppp },                         /* PPP */
	{ 10, 13, 1, 7, NONE, 0, .kinds = packet_llc_kinds }, /* FDDI */
	{ 32, OPAQUE },                                       /* REDBACK_SMARTEDGE */
	{ 50, 4, NONE, NONE, 2, 2, .kinds = packet_ppp_kinds, .more = packet_number_kinds,
		.dress = dress_ppp }, /* PPP_SERIAL */
	{ 51, 8, NONE, NONE, 6, 2, .kinds = packet_ppp_kinds, .more = packet_number_kinds,
		.dress = dress_pppoe }, /* PPP_ETHER */
	{ 99, 44, NONE, NONE, 6, 2, .kinds = packet_ethernet_kinds,
		.more = packet_number_kinds }, /* SYMANTEC_FIREWALL */
	{ 100, 0, NONE, NONE, NONE, 0, .kinds = packet_llc_kinds },  /* ATM_RFC1483 */
	{ 101, 0, NONE, NONE, NONE, 0, .kinds = packet_bare_kinds }, /* RAW */
	{ 102, 24, NONE, NONE, NONE, 0, .kinds = packet_bare_kinds,
		.dress = dress_slip }, /* SLIP_BSDOS */
	{ 103, 24, NONE, NONE, 5, 2, .kinds = packet_ppp_kinds,
		.more = packet_number_kinds }, /* PPP_BSDOS */
	{ 104, 4, NONE, NONE, 2, 2, .kinds = packet_hdlc_kinds,
		.more = packet_number_kinds, .dress = dress_hdlc },  /* C_HDLC */
	{ .linktype = 105, .build = packet_put_wlan },               /* IEEE802_11 */
	{ 106, 0, NONE, NONE, NONE, 0, .kinds = packet_llc_kinds },  /* ATM_CLIP */
	{ .linktype = 107, .build = packet_put_frelay },             /* FRELAY */
	{ 108, 4, NONE, NONE, 0, 4, .kinds = packet_family_kinds },  /* LOOP */
	{ 109, 12, NONE, NONE, 0, 4, .kinds = packet_family_kinds }, /* ENC */
	{ 112, 4, NONE, NONE, 2, 2, .kinds = packet_hdlc_kinds,
		.more = packet_number_kinds, .dress = dress_hdlc }, /* NETBSD_HDLC */
	{ 113, 16, NONE, NONE, 14, 2, .kinds = packet_ethernet_kinds, .dress = dress_sll,
		.cooked = true },                                     /* LINUX_SLL */
	{ 114, 0, NONE, NONE, NONE, 0, .kinds = packet_ltalk_kinds }, /* LTALK */
	{ .linktype = 117, .build = packet_put_pflog },               /* PFLOG */
	{ .linktype = 119, .build = packet_put_prism },               /* PRISM_HEADER */
	{ 122, 16, 2, 10, NONE, 0, .kinds = packet_llc_kinds },       /* IP_OVER_FC */
	{ .linktype = 123, .build = packet_put_sunatm },              /* SUNATM */
	{ .linktype = 127, .build = packet_put_radiotap }, /* IEEE802_11_RADIO */
	{ 129, 8, NONE, NONE, 4, 1, .kinds = packet_arcnet_kinds,
		.dress = dress_arcnet }, /* ARCNET_LINUX */
	{ 130, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_MLPPP */
	{ 131, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper },             /* JUNIPER_MLFR */
	{ .linktype = 132, .build = packet_put_juniper_es }, /* JUNIPER_ES */
	{ 133, 12, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_GGSN */
	{ 134, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_MFR */
	{ 135, 8, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.more = packet_juniper_atm_kinds,
		.dress = packet_dress_juniper },             /* JUNIPER_ATM2 */
	{ .linktype = 136, .build = packet_put_juniper_es }, /* JUNIPER_SERVICES */
	{ 137, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.more = packet_juniper_atm_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_ATM1 */
	{ 138, 18, NONE, NONE, 16, 2, .kinds = packet_ethernet_kinds,
		.more = packet_number_kinds },              /* APPLE_IP_OVER_IEEE1394 */
	{ .linktype = 139, .build = packet_put_mtp2_phdr }, /* MTP2_WITH_PHDR */
	{ .linktype = 140, .build = packet_put_mtp2 },      /* MTP2 */
	{ 141, OPAQUE },                                    /* MTP3 */
	{ 142, OPAQUE },                                    /* SCCP */
	{ 143, OPAQUE },                                    /* DOCSIS */
	{ 144, OPAQUE },                                    /* LINUX_IRDA */
	{ 147, OPAQUE },                                    /* USER0 */
	{ 148, OPAQUE },                                    /* USER1 */
	{ 149, OPAQUE },                                    /* USER2 */
	{ 150, OPAQUE },                                    /* USER3 */
	{ 151, OPAQUE },                                    /* USER4 */
	{ 152, OPAQUE },                                    /* USER5 */
	{ 153, OPAQUE },                                    /* USER6 */
	{ 154, OPAQUE },                                    /* USER7 */
	{ 155, OPAQUE },                                    /* USER8 */
	{ 156, OPAQUE },                                    /* USER9 */
	{ 157, OPAQUE },                                    /* USER10 */
	{ 158, OPAQUE },                                    /* USER11 */
	{ 159, OPAQUE },                                    /* USER12 */
	{ 160, OPAQUE },                                    /* USER13 */
	{ 161, OPAQUE },                                    /* USER14 */
	{ 162, OPAQUE },                                    /* USER15 */
	{ .linktype = 163, .build = packet_put_avs },       /* IEEE802_11_RADIO_AVS */
	{ 164, 12, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper },         /* JUNIPER_MONITOR */
	{ .linktype = 165, .build = packet_put_bacnet }, /* BACNET_MS_TP */
	{ 166, 4, NONE, NONE, 2, 2, .kinds = packet_ppp_kinds,
		.more = packet_number_kinds, .dress = dress_pppd }, /* PPP_PPPD */
	{ 167, 32, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.more = packet_juniper_ether_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_PPPOE */
	{ 168, 6, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_PPPOE_ATM */
	{ 169, OPAQUE },                         /* GPRS_LLC */
	{ 170, OPAQUE },                         /* GPF_T */
	{ 171, OPAQUE },                         /* GPF_F */
	{ 174, OPAQUE },                         /* JUNIPER_PIC_PEER */
	{ 175, OPAQUE },                         /* ERF_ETH */
	{ 176, OPAQUE },                         /* ERF_POS */
	{ 177, OPAQUE },                         /* LINUX_LAPD */
	{ 178, 32, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.more = packet_juniper_ether_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_ETHER */
	{ 179, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_PPP */
	{ 180, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper }, /* JUNIPER_FRELAY */
	{ 181, 4, NONE, NONE, NONE, 0, .kinds = packet_any_kinds,
		.dress = packet_dress_juniper },                   /* JUNIPER_CHDLC */
	{ 182, 4, NONE, NONE, 2, 2, .kinds = packet_nlpid_kinds }, /* MFR */
	{ .linktype = 183, .build = packet_put_juniper_es },       /* JUNIPER_VP */
	{ 184, OPAQUE },                                           /* A429 */
	{ 185, OPAQUE },                                           /* A653_ICM */
	{ 186, OPAQUE },                                           /* USB_FREEBSD */
	{ 187, OPAQUE },                                           /* BLUETOOTH_HCI_H4 */
	{ 188, OPAQUE },                              /* IEEE802_16_MAC_CPS */
	{ 189, OPAQUE },                              /* USB_LINUX */
	{ 190, OPAQUE },                              /* CAN20B */
	{ 191, OPAQUE },                              /* IEEE802_15_4_LINUX */
	{ .linktype = 192, .build = packet_put_ppi }, /* PPI */
	{ 193, OPAQUE },                              /* IEEE802_16_MAC_CPS_RADIO */
	{ .linktype = 194, .build = packet_put_juniper_es }, /* JUNIPER_ISM */
	{ 195, OPAQUE },                                     /* IEEE802_15_4 */
	{ 196, OPAQUE },                                     /* SITA */
	{ .linktype = 197, .build = packet_put_erf },        /* ERF */
	{ 198, OPAQUE },                                     /* RAIF1 */
	{ 199, OPAQUE },                                     /* IPMB_KONTRON */
	{ .linktype = 200, .build = packet_put_juniper_es }, /* JUNIPER_ST */
	{ 201, OPAQUE }, /* BLUETOOTH_HCI_H4_WITH_PHDR */
	{ 202, OPAQUE }, /* AX25_KISS */
	{ 209, OPAQUE }, /* I2C_LINUX */
	{ 215, OPAQUE }, /* IEEE802_15_4_NONASK_PHY */
	{ 216, OPAQUE }, /* LINUX_EVDEV */
	{ 219, OPAQUE }, /* MPLS */
	{ 220, OPAQUE }, /* USB_LINUX_MMAPPED */
	{ 221, OPAQUE }, /* DECT */
	{ 222, OPAQUE }, /* AOS */
	{ 223, OPAQUE }, /* WIHART */
	{ 224, OPAQUE }, /* FC_2 */
	{ 225, OPAQUE }, /* FC_2_WITH_FRAME_DELIMS */
	{ 226, 24, NONE, NONE, 1, 1, .kinds = packet_ipnet_kinds,
		.dress = dress_ipnet },                             /* IPNET */
	{ 227, OPAQUE },                                            /* CAN_SOCKETCAN */
	{ 228, 0, NONE, NONE, NONE, 0, .kinds = packet_ip4_kinds }, /* IPV4 */
	{ 229, 0, NONE, NONE, NONE, 0, .kinds = packet_ip6_kinds }, /* IPV6 */
	{ 230, OPAQUE },                                     /* IEEE802_15_4_NOFCS */
	{ 231, OPAQUE },                                     /* DBUS */
	{ .linktype = 232, .build = packet_put_juniper_es }, /* JUNIPER_VS */
	{ .linktype = 233, .build = packet_put_juniper_es }, /* JUNIPER_SRX_E2E */
	{ .linktype = 234, .build = packet_put_juniper_es }, /* JUNIPER_FIBRECHANNEL */
	{ 235, OPAQUE },                                     /* DVB_CI */
	{ 236, OPAQUE },                                     /* MUX27010 */
	{ 237, OPAQUE },                                     /* STANAG_5066_D_PDU */
	{ .linktype = 238, .build = packet_put_juniper_es }, /* JUNIPER_ATM_CEMIC */
	{ 239, 0, NONE, NONE, NONE, 0, .kinds = packet_opaque_kinds }, /* NFLOG */
	{ 240, 18, 4, 10, 16, 2, .kinds = packet_ethernet_kinds },     /* NETANALYZER */
	{ 241, 26, 12, 18, 24, 2,
		.kinds = packet_ethernet_kinds }, /* NETANALYZER_TRANSPARENT */
	{ 242, OPAQUE },                          /* IPOIB */
	{ 243, OPAQUE },                          /* MPEG_2_TS */
	{ 244, OPAQUE },                          /* NG40 */
	{ 245, OPAQUE },                          /* NFC_LLCP */
	{ 246, 4, NONE, NONE, NONE, 0, .kinds = packet_opaque_kinds }, /* PFSYNC */
	{ 247, OPAQUE },                                               /* INFINIBAND */
	{ 248, OPAQUE },                                               /* SCTP */
	{ 249, OPAQUE },                                               /* USBPCAP */
	{ 250, OPAQUE },                                               /* RTAC_SERIAL */
	{ 251, OPAQUE }, /* BLUETOOTH_LE_LL */
	{ 253, OPAQUE }, /* NETLINK */
	{ 254, OPAQUE }, /* BLUETOOTH_LINUX_MONITOR */
	{ 255, OPAQUE }, /* BLUETOOTH_BREDR_BB */
	{ 256, OPAQUE }, /* BLUETOOTH_LE_LL_WITH_PHDR */
	{ 257, OPAQUE }, /* PROFIBUS_DL */
	{ 258, OPAQUE }, /* PKTAP */
	{ 259, OPAQUE }, /* EPON */
	{ 260, OPAQUE }, /* IPMI_HPM_2 */
	{ 261, OPAQUE }, /* ZWAVE_R1_R2 */
	{ 262, OPAQUE }, /* ZWAVE_R3 */
	{ 263, OPAQUE }, /* WATTSTOPPER_DLM */
	{ 264, OPAQUE }, /* ISO_14443 */
	{ 265, OPAQUE }, /* RDS */
	{ 266, OPAQUE }, /* USB_DARWIN */
	{ 267, OPAQUE }, /* OPENFLOW */
	{ 268, OPAQUE }, /* SDLC */
	{ 269, OPAQUE }, /* TI_LLN_SNIFFER */
	{ 271, OPAQUE }, /* VSOCK */
	{ 272, OPAQUE }, /* NORDIC_BLE */
	{ 273, OPAQUE }, /* DOCSIS31_XRA31 */
	{ 274, 22, 8, 14, 20, 2, .kinds = packet_ethernet_kinds }, /* ETHERNET_MPACKET */
	{ 275, OPAQUE },                                           /* DISPLAYPORT_AUX */
	{ 276, 20, NONE, NONE, 0, 2, .kinds = packet_ethernet_kinds,
		.more = packet_number_kinds, .dress = dress_sll2,
		.cooked = true }, /* LINUX_SLL2 */
	{ 278, OPAQUE },          /* OPENVIZSLA */
	{ 279, OPAQUE },          /* EBHSCR */
	{ 280, OPAQUE },          /* VPP_DISPATCH */
	{ 281, 18, 0, 6, 16, 2, .kinds = packet_ethernet_kinds,
		.dress = dress_brcm }, /* DSA_TAG_BRCM */
	{ 282, OPAQUE },               /* DSA_TAG_BRCM_PREPEND */
	{ 283, OPAQUE },               /* IEEE802_15_4_TAP */
	{ 284, 18, 0, 6, 16, 2, .kinds = packet_ethernet_kinds,
		.dress = dress_dsa }, /* DSA_TAG_DSA */
	{ 285, OPAQUE },              /* DSA_TAG_EDSA */
	{ 286, OPAQUE },              /* ELEE */
	{ 287, OPAQUE },              /* Z_WAVE_SERIAL */
	{ 288, OPAQUE },              /* USB_2_0 */
	{ 289, OPAQUE },              /* ATSC_ALP */
	{ 290, OPAQUE },              /* ETW */
	{ 291, OPAQUE },              /* NETANALYZER_NG */
	{ 292, OPAQUE },              /* ZBOSS_NCP */
	{ 293, OPAQUE },              /* USB_2_0_LOW_SPEED */
	{ 294, OPAQUE },              /* USB_2_0_FULL_SPEED */
	{ 295, OPAQUE },              /* USB_2_0_HIGH_SPEED */
	{ 296, OPAQUE },              /* AUERSWALD_LOG */
	{ 297, OPAQUE },              /* ZWAVE_TAP */
	{ 298, OPAQUE },              /* SILABS_DEBUG_CHANNEL */
	{ 299, OPAQUE },              /* FIRA_UCI */
	{ 300, OPAQUE },              /* MDB */
	{ 301, OPAQUE },              /* DECT_NR */
	{ 302, OPAQUE },              /* EDK2_MM */
	{ 303, OPAQUE },              /* DEBUG_ONLY */
	{ 304, OPAQUE },              /* DECT_NR_TAP */
};

const unsigned packet_links_count = sizeof packet_links / sizeof packet_links[0];
