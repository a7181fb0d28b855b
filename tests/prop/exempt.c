/* exempt.c: a failure comes in; the reason why it is none goes out, or NULL.
 *
 * The oracle is the installed libpcap, the language is that of a later one: a row says
 * where the two differ.  Rows name what they match as narrowly as they can. */
#include "exempt.h"

#include <stddef.h>
#include <string.h>

static const char first_statement[] =
	"libpcap takes the first statement of a right operand for a literal (gencode.c, "
	"gen_arth): `12 / arp[0]` is called a division by zero";
static const char right_guard[] =
	"libpcap forgets the protocol of a right operand (gencode.c, gen_arth)";

static const char head_only[] =
	"libpcap 1.10.3 compiles numbers that no packet has; head refuses them";
static const char decnet_address[] =
	"libpcap 1.10.3 takes any number after decnet; head takes area.node";

static const char ppi[] = "libpcap 1.10.3 has no type, subtype and dir on PPI: radiotap "
			  "stands in, with vlan";

static const char later_name[] =
	"the name is new in head, and stands as a number in what 1.10.3 is told";
static const char bacnet[] =
	"libpcap 1.10.3 has no addresses on MS/TP: ARCnet stands in, with types";

static const char dsa[] = "libpcap 1.10.3 has no direction on DSA: a relation stands in, "
			  "in tunnels as well";

static const char pflog_cell[] =
	"libpcap 1.10.3 keeps where pflog's payload begins in one cell and reads it, in "
	"pppoes "
	"and geneve, from another, which a relation before may have written";

static const char dsa_before[] = "libpcap 1.10.3 has no DSA: Ethernet without the tag "
				 "stands in, and what is read before "
				 "the network header is not the tag's";

static const char no_header[] =
	"what stands before the network header is not in a cooked packet's bytes";

static const struct exemption {
	enum claim claim;
	const char *has;    /* the expression contains this, */
	const char *detail; /* and the message this */
	const char *reason;
	uint16_t linktype; /* on this one only; 0: all */
} exemptions[] = {
	{ CLAIM_COMPILES, "", "shift by more than 31 bits", first_statement, 0 },
	{ CLAIM_COMPILES, "/", "division by zero", first_statement, 0 },
	{ CLAIM_COMPILES, "%", "modulus by zero", first_statement, 0 },
	{ CLAIM_MATCHES, "0 - ip[9] < 10", "", right_guard, 0 },
	{ CLAIM_MATCHES,
		"(ip[2:2] - ((ip[0] & 0xf) << 2)) - ((tcp[12] & 0xf0) >> 2) != 0", "",
		right_guard, 0 },
	{ CLAIM_MATCHES, "1 << (ip[9] & 7) = 64", "", right_guard, 0 },
	{ CLAIM_MATCHES, "- ( ( tcp [ 12 ] & 0xf0 ) >> 2 ) != 0", "", right_guard, 0 },
	{ CLAIM_REJECTS, "- ( ( tcp [ 12 ] & 0xf0 ) >> 2 ) != 0", "", right_guard, 0 },
	{ CLAIM_COMPILES, "proto", "greater than maximum", head_only, 0 },
	{ CLAIM_COMPILES, "byte", "greater than maximum", head_only, 0 },
	{ CLAIM_COMPILES, "pppoes", "not a live capture", dsa, 0 },
	{ CLAIM_COMPILES, "geneve", "not a live capture", dsa, 0 },
	{ CLAIM_COMPILES, "lldp", "unknown ", later_name, 0 },
	{ CLAIM_COMPILES, "slow", "unknown ", later_name, 0 },
	{ CLAIM_COMPILES, "$", "not implemented for BACNET_MS_TP", bacnet, 0 },
	{ CLAIM_COMPILES, "cast", "not implemented for BACNET_MS_TP", bacnet, 0 },
	{ CLAIM_COMPILES, "portrange", "more than one hyphen", head_only, 0 },
	{ CLAIM_COMPILES, "dir", "invalid 802.11 direction value", head_only, 0 },
	{ CLAIM_COMPILES, "vlan", "'vlan' not supported on PPI", ppi, 0 },
	{ CLAIM_COMPILES, "vpi", "greater than maximum", head_only, 0 },
	{ CLAIM_COMPILES, "vci", "greater than maximum", head_only, 0 },
	{ CLAIM_COMPILES, "decnet", "'decnet' is not a valid qualifier", decnet_address,
		0 },
	{ CLAIM_COMPILES, "decnet", "DECnet address", decnet_address, 0 },
	{ CLAIM_COOKED, "[ - ", "", no_header, 0 },
	{ CLAIM_MATCHES, "geneve", "", pflog_cell, 117 },
	{ CLAIM_REJECTS, "geneve", "", pflog_cell, 117 },
	{ CLAIM_DETERMINED, "geneve", "", pflog_cell, 117 },
	{ CLAIM_MATCHES, "pppoes", "", pflog_cell, 117 },
	{ CLAIM_REJECTS, "pppoes", "", pflog_cell, 117 },
	{ CLAIM_DETERMINED, "pppoes", "", pflog_cell, 117 },
	{ CLAIM_MATCHES, "[ - ", "", dsa_before, 281 },
	{ CLAIM_REJECTS, "[ - ", "", dsa_before, 281 },
	{ CLAIM_MATCHES, "[ - ", "", dsa_before, 284 },
	{ CLAIM_REJECTS, "[ - ", "", dsa_before, 284 },
};

const char *
exempt_reason(const struct failure *f, const char *text)
{
	for (size_t i = 0; i < sizeof exemptions / sizeof exemptions[0]; i++) {
		const struct exemption *e = &exemptions[i];

		if (e->claim == f->claim && strstr(text, e->has) &&
			(e->linktype == 0 || e->linktype == f->linktype) &&
			strstr(f->detail, e->detail))
			return e->reason;
	}
	return NULL;
}
