/* privilege.c: in: the process's capabilities and a user's name; out: fewer of them. */
#include "privilege.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static bool
has(unsigned cap)
{
	return capng_have_capability(CAPNG_EFFECTIVE, cap) == 1;
}

bool
privilege_has(enum privilege p)
{
	if (capng_get_caps_process() != 0)
		return false;
	switch (p) {
	case PRIVILEGE_BPF: return has(CAP_BPF) || has(CAP_SYS_ADMIN);
	case PRIVILEGE_POINTERS: return has(CAP_PERFMON) || has(CAP_SYS_ADMIN);
	case PRIVILEGE_NET_RAW: return has(CAP_NET_RAW);
	case PRIVILEGE_NET_ADMIN: return has(CAP_NET_ADMIN);
	}
	return false;
}

static bool
refuse(struct diags *ds, const char *what, const char *user, int err)
{
	struct diag *d = diags_add(
		ds, DIAG_PERMISSION, SEV_ERROR, "%s %s: %s", what, user, strerror(err));
	d->err = err;
	diags_hint(ds, "start as root, or leave -Z out");
	return false;
}

bool
privilege_become(const char *user, struct diags *ds)
{
	errno = 0;
	const struct passwd *pw = getpwnam(user);
	if (!pw) {
		struct diag *d = diags_add(
			ds, DIAG_PERMISSION, SEV_ERROR, "there is no user %s", user);
		d->err = errno;
		diags_hint(ds, "name a user of getent passwd with -Z");
		return false;
	}
	const uid_t uid = pw->pw_uid;
	if (initgroups(user, pw->pw_gid) != 0)
		return refuse(ds, "cannot take the groups of", user, errno);
	if (setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) != 0)
		return refuse(ds, "cannot take the group of", user, errno);
	if (setresuid(uid, uid, uid) != 0)
		return refuse(ds, "cannot become", user, errno);
	/* Leaving uid 0 clears the sets; someone who started with file capabilities, or
	 * stays root, still has his. */
	capng_clear(CAPNG_SELECT_CAPS);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return refuse(ds, "cannot give up capabilities as", user, errno);
	return true;
}

#define KEPT_MAX 2

/* Of what the process has, these are left. */
static bool
limit(const unsigned *kept, size_t count, struct diags *ds)
{
	bool had[KEPT_MAX];
	if (capng_get_caps_process() != 0)
		return refuse(
			ds, "cannot read the capabilities of", "this process", errno);
	for (size_t i = 0; i < count; i++)
		had[i] = has(kept[i]);
	capng_clear(CAPNG_SELECT_CAPS);
	for (size_t i = 0; i < count; i++)
		if (had[i])
			capng_update(
				CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED, kept[i]);
	if (capng_apply(CAPNG_SELECT_CAPS) != 0)
		return refuse(
			ds, "cannot limit the capabilities of", "this process", errno);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return refuse(ds, "cannot bar new privileges of", "this process", errno);
	return true;
}

bool
privilege_limit(struct diags *ds)
{
	static const unsigned kept[KEPT_MAX] = { CAP_DAC_OVERRIDE, CAP_FOWNER };
	return limit(kept, KEPT_MAX, ds);
}

bool
privilege_limit_to_net_admin(struct diags *ds)
{
	static const unsigned kept[] = { CAP_NET_ADMIN };
	return limit(kept, 1, ds);
}
