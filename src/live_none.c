/* live_none.c: in place of live_sock.c and its company in a build --without-bpf: a
 * refusal that leads the caller to the classic socket. */
#include "live.h"

static struct source *
refuse(struct diags *ds)
{
	diags_error(
		ds, DIAG_KERNEL, (struct span){ 0 }, "this build has no eBPF capture");
	diags_hint(ds,
		"configure without --without-bpf, and with clang, bpftool and libbpf");
	return NULL;
}

struct source *
live_sock_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}

struct source *
live_tc_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}

struct source *
live_tc_clsact_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}

struct source *
live_xdp_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}

struct source *
live_xdp_generic_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}

struct source *
live_drop_open(const struct live_opts *opts, const struct iface *iface,
	const struct filter *filter, struct diags *ds)
{
	(void)opts;
	(void)iface;
	(void)filter;
	return refuse(ds);
}
