/* broken.c: are faults in the compiler found?  A build of it with one-line faults
 * (filter/broken.h) comes in, of which one at a time is on; each must be refuted on one
 * of a few expressions, with a packet of which the faulty program says one thing, and
 * the graph of the compiler without the fault another.  Out: TAP, and the packets. */
#include <inttypes.h>
#include <stdio.h>

#include "../../filter/broken.h"
#include "../../filter/prove/engine.h"
#include "trial.h"

enum broken filter_broken;

#define X(name) [BROKEN_##name] = #name
static const char *const faults[BROKEN_FAULTS] = { X(NOTHING), X(GRAPH), X(BUILD),
	X(GATHER), X(THREAD), X(RESTRICT), X(PREFIX), X(REGROUP), X(SWITCH), X(SPLIT),
	X(PLACES), X(MERGE), X(SHARE), X(ORDER), X(EMIT), X(NUMBER), X(ENTRY), X(DEAD),
	X(TAILS), X(ENCODE), X(CHECK), X(FILLED), X(BASE), X(SWAP), X(SIGNED),
	X(OPPOSITE), X(BEYOND), X(STATE), X(MOVE), X(CALL), X(TABLE), X(STEP), X(PART),
	X(LENGTH) };
#undef X

#define HOSTS_8                                                                \
	"host 10.0.0.1 or host 10.0.3.7 or host 10.1.0.9 or host 10.9.0.1 or " \
	"host 11.0.3.7 or host 12.1.0.9 or host 13.9.0.1 or host 14.2.0.3"
#define PORTS_8                                                                \
	"port 17 or port 22 or port 53 or port 80 or port 123 or port 443 or " \
	"port 993 or port 5060"
/* Lists of which the targets are further than a conditional jump reaches. */
#define PORTS_10(n)                                                                   \
	"dst port " #n "01 or dst port " #n "13 or dst port " #n "25 or dst port " #n \
	"37 or dst port " #n "49 or dst port " #n "52 or dst port " #n                \
	"64 or dst port " #n "76 or dst port " #n "88 or dst port " #n "90"
#define PORTS_100(n)                                                 \
	PORTS_10(n##0)                                               \
	" or " PORTS_10(n##1) " or " PORTS_10(n##2) " or " PORTS_10( \
		n##3) " or " PORTS_10(n##4) " or " PORTS_10(n##5) " or " PORTS_10(n##6)

#define HOSTS(n)                                                                 \
#n ".0.0.1, " #n ".0.0.9, " #n ".0.3.7, " #n ".1.0.9, " #n ".2.0.3, " #n \
	   ".9.0.1, " #n ".9.0.2"

/* Words that are looked up one after the other. */
#define MACS(n)                                                                       \
	"02:" #n ":00:00:00:01, 02:" #n ":00:00:01:02, 02:" #n ":00:00:07:03, 02:" #n \
	":00:01:00:04, 02:" #n ":00:01:02:05, 02:" #n ":00:09:00:06"
#define NETS(n)                                                      \
	"2001:db8:" #n "::/48, 2001:db9:" #n ":0::/64, 2001:db9:" #n \
	":3::/64, 2001:dba:" #n "0::/46, 2001:dbb:" #n ":2::/63, 2001:dbb:" #n ":8::/61"

#define OF(linktype, input, text)                          \
	{                                                  \
		linktype, FILTER_INPUT_##input, text, NULL \
	}
static const struct expression {
	uint16_t linktype;
	enum filter_input input;
	const char *text;
	const char *passes; /* NULL: all */
} expressions[] = {
	OF(1, FILE, "tcp port 80 and not host 10.0.0.1"),
	OF(1, FILE, "tcp portrange 80-90 or ip[8] < 5"),
	OF(1, FILE, "net 10.0.0.0/8 or net 192.168.4.0/22 or host 10.1.2.3"),
	OF(1, FILE, "(src port 82 or tcp) and (port 80 or tcp)"),
	OF(1, FILE, "vlan and (host 10.0.0.1 or vlan 7)"),
	OF(1, SKB, "vlan 5 and tcp port 80 or vlan and ip"),
	OF(1, FILE, "ip protochain 6"),
	OF(1, FILE, "geneve (tcp port 80) or geneve (udp port 53)"),
	OF(1, FILE, "geneve and geneve and host 10.0.0.1"),
	OF(1, FILE,
		"ether host 02:00:00:00:00:01 and ip or ether host 02:00:00:00:00:02 "
		"and arp or ether src 02:00:00:00:00:03"),
	OF(164, FILE,
		"src host (192.168.1.1 or 10.0.1.1 and 192.168.1.255 or 192.0.2.99) "
		"and aarp"),
	OF(133, FILE,
		"decnet and not (dst host 10.0.0.2 and 10.1.2.3 or 224.0.0.1 or "
		"192.168.1.1)"),
	OF(1, FILE, HOSTS_8),
	OF(1, FILE, PORTS_8),
	OF(1, FILE, "(" HOSTS_8 ") and (" PORTS_8 ")"),
	OF(1, FILE, "ip[6:2] & 0x1fff != 0 and ip[2:2] - (ip[0] & 15) * 4 > len"),
	OF(1, FILE,
		"tcp port 80 and ip[2:2] - ((ip[0] & 0xf) << 2) - "
		"((tcp[12] & 0xf0) >> 2) != 0"),
	OF(1, FILE,
		"(" PORTS_100(1) " or " PORTS_100(2) " or " PORTS_100(3) " or " PORTS_100(
			4) ") and ip[8] = 7"),
	/* a graph with bindings that meet in one place */
	{ 1, FILTER_INPUT_SKB, "geneve and pppoes or ip6",
		"thread,prefix,regroup,switch,join,restrict,share,values,dead,tails" },
	OF(276, COOKED, "inbound and tcp port 80 or arp"),
	OF(1, XDP, "ip[200] = 7 or (ip6 and ip6[40] > 0x81)"),
	OF(1, FILE, "(ether[0] & 1 != 0 or ether[1] = 2) and ether[0] & 2 != 0"),
	OF(1, FILE, "ether[20:4] > 0x81000000"),
	OF(1, FILE, "dst host in {" HOSTS(10) ", " HOSTS(11) ", " HOSTS(12) "}"),
	OF(1, FILE, "ether src in {" MACS(01) ", " MACS(02) ", " MACS(03) "}"),
	OF(1, FILE, "src net in {" NETS(1) ", " NETS(2) ", " NETS(3) "}"),
};

/* *stray: of eBPF, it does what it must not. */
static uint32_t
verdict(const struct filter_opts *opts, enum broken fault, const struct filter_proof *p,
	bool *stray)
{
	struct filter *f;
	struct diags ds = { 0 };
	uint32_t v = 0;
	*stray = false;
	filter_broken = fault;
	if (!filter_compile(opts, &f, &ds))
		return 0;
	if (fault == BROKEN_NOTHING)
		v = filter_eval(f, &p->witness.packet);
	else
		v = trial_run(f, p->which, &p->witness, stray);
	filter_free(f);
	return v;
}

/* Is it refuted on this expression, with a packet that shows it? */
static bool
caught(enum broken fault, const struct expression *e)
{
	const struct filter_proof_opts limits = { .limit_ms = 6000 };
	const struct filter_opts opts = { .text = e->text,
		.linktype = e->linktype,
		.input = e->input,
		.snaplen = FILTER_SNAPLEN_MAX,
		.netmask = 0xffffff00,
		.passes = e->passes };
	struct filter_proof p;
	struct diags ds = { 0 };
	bool found = false;
	filter_broken = fault;
	if (engine_prove(&opts, &limits, &p, &ds) && p.verdict == FILTER_REFUTED &&
		p.witness.found) {
		bool stray, unused;
		uint32_t bad = verdict(&opts, fault, &p, &stray);
		uint32_t good = verdict(&opts, BROKEN_NOTHING, &p, &unused);
		found = bad != good && bad == p.program && good == p.expression;
		if (p.claim == FILTER_CLAIM_MACHINE && p.which != FILTER_PROGRAM_CBPF)
			found = stray;
		printf("# %s, %s: %.120s\n#   program %" PRIu32 ", expression %" PRIu32
		       "%s%s; %.1f ms\n",
			faults[fault], filter_program_name(p.which), e->text, p.program,
			p.expression, stray ? ", reads what it must not" : "",
			found ? "" : ", BUT NOT WHEN THEY ARE RUN", (double)p.ns / 1e6);
		trial_print_packet(&p.witness);
	}
	filter_broken = BROKEN_NOTHING;
	filter_proof_free(&p);
	return found;
}

int
main(void)
{
	const size_t count = sizeof(expressions) / sizeof(expressions[0]);
	int failed = 0;
	setvbuf(stdout, NULL, _IOLBF, 0);
	printf("1..%d\n", BROKEN_FAULTS);
	for (int fault = BROKEN_NOTHING; fault < BROKEN_FAULTS; fault++) {
		bool found = false;
		for (size_t i = 0; i < count && !found; i++)
			found = caught((enum broken)fault, &expressions[i]);
		bool good = found == (fault != BROKEN_NOTHING);
		printf("%sok %d - %s: %s\n", good ? "" : "not ", fault + 1, faults[fault],
			found ? "refuted" : "not refuted");
		failed |= !good;
	}
	return failed;
}
