/* live_attach.c: in: a hook and an errno; out: words. */
#include "live_attach.h"

#include <errno.h>
#include <string.h>

#include "privilege.h"

bool
live_attach_may(const char *hook, const struct iface *iface, struct diags *ds)
{
	if (privilege_has(PRIVILEGE_NET_ADMIN))
		return true;
	diags_add(ds, DIAG_PERMISSION, SEV_ERROR,
		"%s: the %s hook needs CAP_NET_ADMIN, which this process does not have",
		iface->name, hook);
	diags_hint(ds, "run as root, or setcap cap_net_admin+ep; or take --hook socket");
	return false;
}

bool
live_attach_refuse(const char *hook, const char *since, const struct iface *iface,
	int err, struct diags *ds)
{
	const bool right = err == EPERM || err == EACCES, old = since && err == EINVAL;
	struct diag *d = diags_add(ds,
		right ? DIAG_PERMISSION
		: old ? DIAG_KERNEL
		      : DIAG_DEVICE,
		SEV_ERROR, "%s: attaching at the %s hook: %s", iface->name, hook,
		strerror(err));
	d->err = err;
	if (right)
		diags_hint(ds,
			"run as root, or setcap cap_net_admin+ep; or take --hook socket");
	else if (old)
		diags_hint(
			ds, "that needs kernel %s or later; take --hook socket", since);
	else
		diags_hint(
			ds, "take --hook socket, or -D to see what interfaces there are");
	return false;
}
