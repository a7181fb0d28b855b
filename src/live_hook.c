/* live_hook.c: the table of hooks: in: a name of --hook; out: what sees packets there,
 * and what it needs. */
#include "live_hook.h"

#include <stdio.h>
#include <string.h>

/* The first one is what is taken without --hook. */
static const struct live_hook hooks[] = {
	{ "auto", "capturing with the filter as eBPF, on a packet socket",
		FILTER_INPUT_SKB, .cooks = true, .classic = true, .pcap = true,
		.open = live_sock_open },
	{ "socket", "capturing with the filter as eBPF, on a packet socket",
		FILTER_INPUT_SKB, .cooks = true, .classic = true,
		.open = live_sock_open },
	{ "tc", "capturing with the filter as eBPF, at tc", FILTER_INPUT_SKB,
		.open = live_tc_open },
	{ "tc-clsact", "capturing with the filter as eBPF, at tc", FILTER_INPUT_SKB,
		.open = live_tc_clsact_open },
	{ "xdp", "capturing with the filter as eBPF, at XDP", FILTER_INPUT_XDP,
		.received = true, .open = live_xdp_open },
	{ "xdp-generic", "capturing with the filter as eBPF, at XDP", FILTER_INPUT_XDP,
		.received = true, .open = live_xdp_generic_open },
	{ "drop", "capturing with the filter as eBPF, where the kernel drops packets",
		FILTER_INPUT_COOKED, .undirected = true, .everywhere = true,
		.open = live_drop_open },
};
#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

/* The names of those that `wanted` takes, as "a, b, c". */
static void
names(char *to, size_t size, bool (*wanted)(const struct live_hook *))
{
	size_t at = 0;
	to[0] = '\0';
	for (size_t i = 0; i < HOOKS && at < size; i++)
		if (wanted(&hooks[i]))
			at += (size_t)snprintf(to + at, size - at, "%s%s",
				at > 0 ? ", " : "", hooks[i].name);
}

static bool
any_hook(const struct live_hook *h)
{
	return h->name != NULL;
}

static bool
sees_sent(const struct live_hook *h)
{
	return !h->received && !h->undirected && !h->pcap;
}

static bool
tells_sides(const struct live_hook *h)
{
	return !h->undirected && !h->pcap;
}

static bool
cooks(const struct live_hook *h)
{
	return h->cooks && !h->pcap;
}

const struct live_hook *
live_hook_find(const char *name, struct diags *ds)
{
	char all[80];
	for (size_t i = 0; i < HOOKS; i++)
		if (strcmp(hooks[i].name, name) == 0)
			return &hooks[i];
	diags_add(ds, DIAG_USAGE, SEV_ERROR, "there is no hook '%s'", name);
	names(all, sizeof(all), any_hook);
	diags_hint(ds, "one of %s", all);
	return NULL;
}

static bool
refuse_cooked(const struct live_hook *h, const struct iface *iface, struct diags *ds)
{
	char others[64];
	names(others, sizeof(others), cooks);
	diags_add(ds, DIAG_HOOK, SEV_ERROR,
		iface->index == 0 ? "%s: the %s hook is of one interface"
				  : "%s: its link header is unknown at the %s hook",
		iface->name, h->name);
	diags_hint(ds,
		iface->index == 0 ? "name it with -i, or take --hook %s"
				  : "take --hook %s",
		others);
	return false;
}

bool
live_hook_fit(const struct live_hook *h, struct iface *iface, enum live_direction d,
	enum filter_input *out, struct diags *ds)
{
	if (h->received && d == LIVE_OUT) {
		char others[64];
		diags_add(ds, DIAG_HOOK, SEV_ERROR,
			"%s: the %s hook sees received packets only, not those of -Q out",
			iface->name, h->name);
		names(others, sizeof(others), sees_sent);
		diags_hint(ds, "hooks that see them: %s", others);
		return false;
	}
	if (h->undirected && d != LIVE_INOUT) {
		char others[64];
		diags_add(ds, DIAG_HOOK, SEV_ERROR,
			"%s: at the %s hook it is not known which way a packet goes: no "
			"-Q",
			iface->name, h->name);
		names(others, sizeof(others), tells_sides);
		diags_hint(ds, "hooks that know: %s", others);
		return false;
	}
	if (iface->cooked && !h->cooks && h->input != FILTER_INPUT_COOKED)
		return refuse_cooked(h, iface, ds);
	if (h->input == FILTER_INPUT_COOKED) {
		iface->cooked = true;
		iface->linktype = FILTER_LINK_LINUX_SLL2;
	}
	*out = iface->cooked ? FILTER_INPUT_COOKED : h->input;
	return true;
}

bool
live_hook_fit_pcap(const struct live_hook *h, const struct iface *iface, struct diags *ds)
{
	if (h->pcap)
		return true;
	diags_add(ds, DIAG_HOOK, SEV_ERROR,
		iface->kind == IFACE_PCAP ? "%s: no network interface: it has no %s hook"
					  : "%s: that link type comes through libpcap, "
					    "which has no %s hook",
		iface->name, h->name);
	diags_hint(ds, iface->kind == IFACE_PCAP ? "leave --hook out"
						 : "leave --hook or -y out");
	return false;
}
