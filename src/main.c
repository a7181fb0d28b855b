/* main.c: bpfcap: captures packets, compiles capture filters, replays capture files.
 *
 * The rooms, in the order of flow:
 *   options.c   argv → struct options
 *   plan.c      options → plan: source, filter, sink, all opened
 *   live_hook.c the table of hooks (--hook): which source opens there
 *   source_file.c, live_{sock,tc,xdp,drop,packet,pcap}.c   sources of packets
 *   ../filter/  the compiler: expression → classic BPF, eBPF (through filter.h only)
 *   ../bpf/     what runs in the kernel; splice.c puts the compiled filter into it
 *   run.c       source → match → sink, the only loop
 *   stop.c      signals
 *   emit.c      --emit: forms of the compiled filter, to a file
 *   probe.c     --hooks: what the kernel and the rights allow
 *   prove.c     --prove and --diff: what the prover (../filter/proof.h) finds, in words
 *   sink_pcap.c, print/   where packets go
 *
 * Only this file prints messages and picks the exit status: 0 done, 1 failure or bad
 * expression, 2 wrong usage. */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "iface.h"
#include "linklist.h"
#include "options.h"
#include "plan.h"
#include "probe.h"
#include "report.h"
#include "run.h"
#include "stop.h"

enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

static int
print_version(void)
{
	printf("bpfcap %s, %s\n%s\n", PACKAGE_VERSION, WITH_BPF_TEXT, pcap_lib_version());
	return fflush(stdout) == 0 ? EXIT_DONE : EXIT_FAILED;
}

/* Prints what has been said so far, so that notes come before packets. */
static void
tell(struct diags *ds, const char *text, const struct options *o)
{
	report(ds, text, o->verbose);
	*ds = (struct diags){ 0 };
}

static int
packets(const struct options *o)
{
	struct diags ds = { 0 };
	struct plan p;
	bool ok = plan_make(o, &p, &ds);
	tell(&ds, p.text, o);
	if (ok) {
		ok = run(o, &p, &ds);
		tell(&ds, NULL, o);
	}
	ok = plan_close(&p, &ds) && ok;
	tell(&ds, NULL, o);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int
dump(const struct options *o)
{
	struct diags ds = { 0 };
	struct plan p;
	bool ok = plan_dump(o, &p, &ds);
	tell(&ds, p.text, o);
	ok = plan_close(&p, &ds) && ok;
	if (fflush(stdout) != 0) {
		perror("bpfcap: standard output");
		ok = false;
	}
	return ok ? EXIT_DONE : EXIT_FAILED;
}

/* --prove, --diff. */
static int
prove(const struct options *o)
{
	struct diags ds[2] = { 0 };
	struct plan p;
	bool ok =
		o->mode == MODE_PROVE ? plan_prove(o, &p, &ds[0]) : plan_diff(o, &p, ds);
	if (fflush(stdout) != 0) {
		perror("bpfcap: standard output");
		ok = false;
	}
	tell(&ds[0], p.text, o);
	tell(&ds[1], o->second, o);
	ok = plan_close(&p, &ds[0]) && ok;
	tell(&ds[0], NULL, o);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int
list(const struct options *o)
{
	struct diags ds = { 0 };
	bool ok = iface_list(stdout, &ds);
	tell(&ds, NULL, o);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

static int
list_links(const struct options *o)
{
	struct diags ds = { 0 };
	bool ok = linklist_print(o->device, stdout, &ds);
	tell(&ds, NULL, o);
	return ok ? EXIT_DONE : EXIT_FAILED;
}

/* --hooks. */
static int
list_hooks(const struct options *o)
{
	struct diags ds = { 0 };
	bool ok = probe_print(o->device, o->json, stdout, &ds);
	tell(&ds, NULL, o);
	if (fflush(stdout) != 0) {
		perror("bpfcap: standard output");
		ok = false;
	}
	return ok ? EXIT_DONE : EXIT_FAILED;
}

int
main(int argc, char **argv)
{
	struct options o;
	struct diags ds = { 0 };
	int status = EXIT_USAGE;
	if (!options_parse(argc, argv, &o, &ds)) {
		report(&ds, NULL, 1);
		options_free(&o);
		return EXIT_USAGE;
	}
	if (o.line_buffered)
		setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	stop_prepare();
	switch (o.mode) {
	case MODE_PACKETS: status = packets(&o); break;
	case MODE_DUMP:
	case MODE_EXPLAIN: status = dump(&o); break;
	case MODE_PROVE:
	case MODE_DIFF: status = prove(&o); break;
	case MODE_LIST: status = list(&o); break;
	case MODE_LINKS: status = list_links(&o); break;
	case MODE_HOOKS: status = list_hooks(&o); break;
	case MODE_HELP:
		options_help(stdout);
		status = EXIT_DONE;
		break;
	case MODE_VERSION: status = print_version(); break;
	}
	options_free(&o);
	return status;
}
