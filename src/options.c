/* options.c: argv in, struct options out.  One row an option: its names, its argument
 * in the help text, what it sets. */
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "linktext.h"

#define PROVE_SECONDS 60 /* a proof may take, unless --prove-limit says else */
#define PROVE_SECONDS_MAX 86400
#define LONG_ONLY 256 /* values of options without a letter begin here */

struct parsing {
	struct options *o;
	struct diags *ds;
	unsigned dumps;   /* how often -d stood */
	bool emit;        /* --emit */
	const char *hook; /* --hook; or NULL */
	bool prove, diff;
	unsigned times; /* -t */
};

struct option_row {
	int letter;           /* or LONG_ONLY + n */
	const char *name;     /* --name, or NULL */
	const char *argument; /* as the help has it; NULL: none */
	const char *help;
	bool (*set)(struct parsing *, const char *argument);
};

static bool
usage(struct parsing *p, const char *fmt, const char *argument)
{
	struct diag *d = diags_add(p->ds, DIAG_USAGE, SEV_ERROR, "%s", "");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	snprintf(d->text, sizeof(d->text), fmt, argument);
#pragma GCC diagnostic pop
	return false;
}

static bool
number(const char *s, uint64_t max, uint64_t *out)
{
	char *end;
	errno = 0;
	unsigned long long n = strtoull(s, &end, 10);
	if (errno != 0 || end == s || *end != '\0' || s[0] < '0' || s[0] > '9' || n > max)
		return false;
	*out = n;
	return true;
}

static bool
set_count(struct parsing *p, const char *s)
{
	return (number(s, INT_MAX, &p->o->count) && p->o->count > 0) ||
	       usage(p, "invalid packet count %s (must be >= 1 and <= 2147483647)", s);
}

static bool
set_snaplen(struct parsing *p, const char *s)
{
	uint64_t n;
	if (!number(s, FILTER_SNAPLEN_MAX, &n))
		return usage(p, "invalid snaplen %s (must be >= 0 and <= 262144)", s);
	p->o->snaplen = n == 0 ? FILTER_SNAPLEN_MAX : (uint32_t)n;
	return true;
}

static bool
set_buffer(struct parsing *p, const char *s)
{
	uint64_t n;
	if (!number(s, LIVE_BUFFER_MAX, &n) || n == 0)
		return usage(p,
			"invalid buffer size %s (KiB, must be >= 1 and <= 1048576)", s);
	p->o->buffer_kib = (uint32_t)n;
	return true;
}

static bool
set_direction(struct parsing *p, const char *s)
{
	static const char *const names[] = {
		[LIVE_INOUT] = "inout", [LIVE_IN] = "in", [LIVE_OUT] = "out"
	};
	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(names[i], s) == 0) {
			p->o->direction = (enum live_direction)i;
			return true;
		}
	return usage(p, "unknown capture direction '%s' (must be in, out or inout)", s);
}

static bool
set_hook(struct parsing *p, const char *s)
{
	p->hook = s;
	return true;
}

static bool
set_precision(struct parsing *p, const char *s)
{
	bool nano = strncmp(s, "nano", 4) == 0, micro = strncmp(s, "micro", 5) == 0;
	if (!nano && !micro)
		return usage(
			p, "unsupported time stamp precision '%s' (micro or nano)", s);
	p->o->print.nano = nano;
	p->o->micro = micro;
	return true;
}

static bool
set_linktype(struct parsing *p, const char *s)
{
	p->o->has_linktype = true;
	if (linktext_parse(s, &p->o->linktype))
		return true;
	usage(p, "invalid data link type %s", s);
	linktext_hint(s, p->ds);
	return false;
}

static bool
set_prove_limit(struct parsing *p, const char *s)
{
	uint64_t n;
	if (!number(s, PROVE_SECONDS_MAX, &n) || n == 0)
		return usage(
			p, "invalid limit %s (seconds, must be >= 1 and <= 86400)", s);
	p->o->prove_ms = (uint32_t)n * 1000;
	return true;
}

static bool
set_emit(struct parsing *p, const char *s)
{
	p->emit = true;
	return emit_form_find(s, &p->o->emit, p->ds);
}

static bool
set_action(struct parsing *p, const char *s)
{
	const bool drop = strcmp(s, "drop") == 0;
	p->o->emit.action = drop ? EMIT_DROP : EMIT_PASS;
	return drop || strcmp(s, "pass") == 0 ||
	       usage(p, "unknown action '%s' (must be drop or pass)", s);
}

/* Options without a number or a word to check: a member each. */
#define SET(name, member, value)                                 \
	static bool set_##name(struct parsing *p, const char *s) \
	{                                                        \
		(void)s;                                         \
		p->member = (value);                             \
		return true;                                     \
	}
SET(nothing, times, p->times)
SET(device, o->device, s)
SET(read, o->read_file, s)
SET(write, o->write_file, s)
SET(output, o->emit.output, s)
SET(filter_file, o->filter_file, s)
SET(user, o->user, s)
SET(no_promisc, o->no_promisc, true)
SET(no_optimise, o->no_optimise, true)
SET(passes, o->passes, s)
SET(packet_buffered, o->packet_buffered, true)
SET(line_buffered, o->line_buffered, true)
SET(immediate, o->immediate, true)
SET(list, o->mode, MODE_LIST)
SET(list_links, o->list_links, true)
SET(hooks, o->mode, MODE_HOOKS)
SET(json, o->json, true)
SET(help, o->mode, MODE_HELP)
SET(version, o->mode, MODE_VERSION)
SET(explain, o->mode, MODE_EXPLAIN)
SET(dump, dumps, p->dumps + 1)
SET(prove, prove, true)
SET(diff, diff, true)
SET(witness, o->witness, s)
SET(time, times, p->times + 1)
SET(verbose, o->verbose, p->o->verbose + 1)
SET(numeric, o->print.numeric, p->o->print.numeric + 1)
SET(quiet, o->print.quiet, true)
SET(link_header, o->print.link_header, true)
SET(number, o->print.number, true)
SET(absolute, o->print.absolute_seq, true)
SET(hex, o->print.hex, p->o->print.hex + 1)
SET(hex_ascii, o->print.hex_ascii, p->o->print.hex_ascii + 1)
SET(ascii, o->print.ascii, p->o->print.ascii + 1)

static bool
set_nano(struct parsing *p, const char *s)
{
	(void)s;
	return set_precision(p, "nano");
}

static bool
set_micro(struct parsing *p, const char *s)
{
	(void)s;
	return set_precision(p, "micro");
}

static const struct option_row rows[] = {
	{ 'i', "interface", "IFACE", "capture on IFACE: a name, a number of -D, or 'any'",
		set_device },
	{ 'r', NULL, "FILE", "read packets from FILE ('-': standard input)", set_read },
	{ 'w', NULL, "FILE", "write packets to FILE ('-': standard output)", set_write },
	{ 'c', NULL, "N", "stop after N packets that matched", set_count },
	{ 's', "snapshot-length", "N", "keep N bytes of each packet; 0: 262144 (default)",
		set_snaplen },
	{ 'F', NULL, "FILE", "take the expression from FILE", set_filter_file },
	{ 'd', NULL, NULL, "print the compiled filter; -dd: as C, -ddd: as numbers",
		set_dump },
	{ LONG_ONLY + 5, "explain", NULL, "say in English what the filter tests",
		set_explain },
	{ LONG_ONLY + 16, "prove", NULL,
		"prove that the program is what the expression means", set_prove },
	{ LONG_ONLY + 17, "diff", NULL,
		"compare two expressions: which packets does one accept only", set_diff },
	{ LONG_ONLY + 18, "witness", "FILE",
		"write the packets that --prove and --diff show to FILE", set_witness },
	{ LONG_ONLY + 19, "prove-limit", "SECONDS",
		"give up a proof that takes longer (default 60)", set_prove_limit },
	{ 'O', "no-optimize", NULL, "do not optimise the filter", set_no_optimise },
	{ LONG_ONLY + 7, "emit", "FORMAT",
		"print the filter as cbpf (-d), cbpf-c, cbpf-dec, ir, dot, json, "
		"iptables, ebpf, ebpf-bytes, c, elf, xlated or jited",
		set_emit },
	{ 'o', "output", "FILE", "write what --emit gives to FILE", set_output },
	{ LONG_ONLY + 21, "action", "WHAT",
		"--emit c, elf: drop or pass the packets that match", set_action },
	{ LONG_ONLY + 6, "opt-passes", "LIST",
		"run these optimisations only (names between commas, or none)",
		set_passes },
	{ 'y', "linktype", "TYPE", "link type to capture with, or that -d compiles for",
		set_linktype },
	{ 'L', "list-data-link-types", NULL, "list the link types of the interface",
		set_list_links },
	{ 'D', "list-interfaces", NULL, "list the devices to capture on", set_list },
	{ LONG_ONLY + 30, "hooks", NULL,
		"say which hooks this kernel and these rights allow", set_hooks },
	{ LONG_ONLY + 31, "probe", NULL, "the same", set_hooks },
	{ LONG_ONLY + 32, "json", NULL, "print what --hooks finds as JSON", set_json },
	{ 'p', "no-promiscuous-mode", NULL, "leave promiscuous mode alone",
		set_no_promisc },
	{ 'Q', "direction", "DIR", "capture only packets that go in, out, or inout",
		set_direction },
	{ LONG_ONLY + 20, "hook", "NAME",
		"look at packets at auto (the default), socket, tc, tc-clsact, xdp, "
		"xdp-generic or drop",
		set_hook },
	{ 'B', "buffer-size", "KIB", "size of the kernel's buffer", set_buffer },
	{ LONG_ONLY, "immediate-mode", NULL, "deliver each packet at once",
		set_immediate },
	{ 'Z', "relinquish-privileges", "USER",
		"become USER when the source is open, before -w's file is", set_user },
	{ 'U', "packet-buffered", NULL, "write out each packet as it comes",
		set_packet_buffered },
	{ 'l', NULL, NULL, "make standard output line-buffered", set_line_buffered },
	{ 'e', NULL, NULL, "print the link header", set_link_header },
	{ 'n', NULL, NULL, "print numbers, not names, of hosts and ports", set_numeric },
	{ 'q', NULL, NULL, "print less of each protocol", set_quiet },
	{ 'v', NULL, NULL, "print more; says also how the capture is done", set_verbose },
	{ 't', NULL, NULL,
		"no time; -tt seconds, -tttt date, -ttt and -ttttt differences",
		set_time },
	{ '#', "number", NULL, "print the packet's number", set_number },
	{ 'x', NULL, NULL, "print in hex; -xx: with the link header", set_hex },
	{ 'X', NULL, NULL, "print in hex and ASCII; -XX: with the link header",
		set_hex_ascii },
	{ 'A', NULL, NULL, "print in ASCII; -AA: with the link header", set_ascii },
	{ 'S', "absolute-tcp-sequence-numbers", NULL, "print TCP's numbers as they are",
		set_absolute },
	{ LONG_ONLY + 1, "time-stamp-precision", "P", "micro (default) or nano",
		set_precision },
	{ LONG_ONLY + 2, "nano", NULL, "time stamps in nanoseconds", set_nano },
	{ LONG_ONLY + 3, "micro", NULL, "time stamps in microseconds", set_micro },
	{ 'a', NULL, NULL, "accepted, without effect", set_nothing }, /* as tcpdump's */
	{ 'h', "help", NULL, "print this and exit", set_help },
	{ LONG_ONLY + 4, "version", NULL, "print versions and exit", set_version },
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

void
options_help(FILE *to)
{
	fprintf(to, "Usage: bpfcap [options] [-i IFACE | -r FILE] [-w FILE] "
		    "[expression]\n\n");
	for (unsigned i = 0; i < ROWS; i++) {
		const struct option_row *r = &rows[i];
		char names[64] = "";
		int n = r->letter < LONG_ONLY ? snprintf(names, sizeof(names), "-%c%s",
							r->letter, r->name ? ", " : "")
					      : 0;
		if (r->name != NULL)
			n += snprintf(
				names + n, sizeof(names) - (size_t)n, "--%s", r->name);
		if (r->argument != NULL)
			snprintf(
				names + n, sizeof(names) - (size_t)n, " %s", r->argument);
		fprintf(to, strlen(names) < 28 ? "  %-28s %s\n" : "  %s\n%31s%s\n", names,
			strlen(names) < 28 ? r->help : "", r->help);
	}
	fprintf(to, "\nThe language of expressions is described in bpfcap-filter(7).\n");
}

/* What is left of argv is the expression, joined by single blanks. */
static char *
join(char **words, int n)
{
	size_t len = 1;
	for (int i = 0; i < n; i++)
		len += strlen(words[i]) + 1;
	char *all = malloc(len), *to = all;
	if (all == NULL)
		abort();
	for (int i = 0; i < n; i++)
		to += sprintf(to, "%s%s", i > 0 ? " " : "", words[i]);
	*to = '\0';
	return all;
}

/* What is left of argv: an expression, or the two of --diff, of which -F may be the
 * first.
 */
static void
take_words(struct parsing *p, char **words, int n)
{
	const int first = p->o->filter_file != NULL ? 0 : 1;
	const bool two = p->diff && n == first + 1;
	p->o->expression = join(words, two ? first : n);
	p->o->second = two ? join(words + first, 1) : NULL;
}

/* The option that asks for the filter's text, or NULL. */
static const char *
listing(const struct parsing *p)
{
	return p->emit ? "--emit" : p->dumps > 0 ? "-d" : NULL;
}

/* --prove and --diff against the options that other modes have. */
static bool
settle_proof(struct parsing *p)
{
	struct options *o = p->o;
	const char *const which = p->diff ? "--diff" : "--prove";
	const char *const other = p->prove && p->diff             ? "--prove"
				  : o->mode == MODE_EXPLAIN       ? "--explain"
				  : listing(p) != NULL && p->diff ? listing(p)
				  : o->write_file != NULL         ? "-w"
								  : NULL;
	char both[64];
	if (!p->prove && !p->diff)
		return o->witness == NULL ||
		       usage(p, "--witness needs --prove or --diff%s", "");
	snprintf(both, sizeof(both), "%s and %s", which, other != NULL ? other : "");
	if (other != NULL)
		return usage(p, "%s are mutually exclusive", both);
	if (o->mode != MODE_PACKETS) /* help and the like */
		return true;
	o->mode = p->diff ? MODE_DIFF : MODE_PROVE;
	o->listing = listing(p) != NULL;
	if (p->diff && o->second == NULL) {
		usage(p, "--diff takes two expressions%s",
			o->filter_file != NULL ? ", the one of -F and one more" : "");
		diags_hint(p->ds, "put each in quotes");
		return false;
	}
	return true;
}

/* `user`, and what else only --emit knows, is no place to capture. */
static bool
settle_hook(struct parsing *p)
{
	struct diags unsaid = { 0 };
	const struct live_hook *h = live_hook_find(p->hook, p->emit ? &unsaid : p->ds);
	if (h != NULL)
		p->o->hook = h;
	p->o->print.hook = h != NULL && !h->pcap;
	return h != NULL || p->emit;
}

/* Options that exclude one another, and values that depend on each other. */
static bool
settle(struct parsing *p)
{
	struct options *o = p->o;
	static const enum print_time times[] = { PRINT_TIME_OF_DAY, PRINT_TIME_NONE,
		PRINT_TIME_EPOCH, PRINT_TIME_DELTA, PRINT_TIME_DATE, PRINT_TIME_FIRST };
	if (p->times >= sizeof(times) / sizeof(times[0]))
		return usage(
			p, "only -t, -tt, -ttt, -tttt and -ttttt are supported%s", "");
	o->print.time = times[p->times];
	o->print.verbose = o->verbose;
	if (o->print.ascii && o->print.hex)
		return usage(p, "-A and -x[x] are mutually exclusive%s", "");
	if (o->print.ascii && o->print.hex_ascii)
		return usage(p, "-A and -X[X] are mutually exclusive%s", "");
	if (o->print.hex && o->print.hex_ascii)
		return usage(p, "-x[x] and -X[X] are mutually exclusive%s", "");
	if (o->device != NULL && o->read_file != NULL)
		return usage(p, "-i and -r are mutually exclusive%s", "");
	if (p->hook != NULL && !settle_hook(p))
		return false;
	if (!o->hook->pcap && o->read_file != NULL) /* a file has been captured */
		return usage(p, "--hook and -r are mutually exclusive%s", "");
	if (o->json && o->mode != MODE_HOOKS)
		return usage(p, "--json needs --hooks%s", "");
	if (!filter_passes_known(o->passes, p->ds))
		return false;
	if (p->dumps > 3)
		return usage(p, "only -d, -dd and -ddd are supported%s", "");
	const char *const list = listing(p);
	if (p->emit && p->dumps > 0)
		return usage(p, "-d and --emit are mutually exclusive%s", "");
	if (list != NULL && o->write_file != NULL)
		return usage(p, "%s and -w are mutually exclusive", list);
	if (o->mode == MODE_EXPLAIN && (list != NULL || o->write_file != NULL))
		return usage(p, "--explain and %s are mutually exclusive",
			list != NULL ? list : "-w");
	if (o->emit.output != NULL && !p->emit)
		return usage(p, "-o needs --emit%s", "");
	if (!emit_settle(&o->emit, p->hook, p->ds))
		return false;
	if (!settle_proof(p))
		return false;
	static const enum filter_format formats[] = { FILTER_FORMAT_LISTING,
		FILTER_FORMAT_C, FILTER_FORMAT_DECIMAL };
	/* As tcpdump has it: -L asks a device, and -d without one needs none. */
	if (o->list_links && o->mode == MODE_PACKETS && o->read_file == NULL &&
		(list == NULL || o->device != NULL))
		o->mode = MODE_LINKS;
	if (p->dumps > 0)
		o->emit.format = formats[p->dumps - 1];
	if (list != NULL && o->mode == MODE_PACKETS)
		o->mode = MODE_DUMP;
	return true;
}

static const struct option_row *
row_of(int letter)
{
	for (unsigned i = 0; i < ROWS; i++)
		if (rows[i].letter == letter)
			return &rows[i];
	return NULL;
}

static bool
unknown(struct parsing *p, int argc, char **argv)
{
	const struct option_row *r = row_of(optopt);
	char word[64];
	if (optopt > 0 && optopt < LONG_ONLY)
		snprintf(word, sizeof(word), "-%c", optopt);
	else
		snprintf(word, sizeof(word), "%s",
			optind > 0 && optind <= argc ? argv[optind - 1] : "?");
	usage(p,
		r != NULL && r->argument != NULL ? "option %s needs an argument"
						 : "unknown option %s",
		word);
	diags_hint(p->ds, "bpfcap --help lists them");
	return false;
}

bool
options_parse(int argc, char **argv, struct options *o, struct diags *ds)
{
	char letters[2 * ROWS + 1], *l = letters;
	struct option longs[ROWS + 1];
	unsigned n = 0;
	struct parsing p = { .o = o, .ds = ds };
	*o = (struct options){ .snaplen = FILTER_SNAPLEN_MAX,
		.prove_ms = PROVE_SECONDS * 1000,
		.hook = live_hook_find("auto", ds) };
	for (unsigned i = 0; i < ROWS; i++) {
		if (rows[i].letter < LONG_ONLY) {
			*l++ = (char)rows[i].letter;
			if (rows[i].argument != NULL)
				*l++ = ':';
		}
		if (rows[i].name != NULL)
			longs[n++] = (struct option){ rows[i].name,
				rows[i].argument != NULL, NULL, rows[i].letter };
	}
	*l = '\0';
	longs[n] = (struct option){ 0 };
	opterr = 0;
	for (int c; (c = getopt_long(argc, argv, letters, longs, NULL)) != -1;) {
		const struct option_row *r = row_of(c);
		if (c == '?' || r == NULL)
			return unknown(&p, argc, argv);
		if (!r->set(&p, optarg))
			return false;
	}
	take_words(&p, argv + optind, argc - optind);
	return settle(&p);
}

void
options_free(struct options *o)
{
	free(o->expression);
	free(o->second);
	o->expression = o->second = NULL;
}
