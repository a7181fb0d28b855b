/* emit.c: the forms of --emit and the hooks they are for; a filter in, a file out. */
#include "emit.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHOWN_PATH 80U /* bytes of a path in a message: its end tells more */

static const struct emit_hook hooks[] = {
	{ "socket", FILTER_READS_CONTEXT, FILTER_INPUT_SKB, 0, false, "socket" },
	{ "tc", FILTER_READS_SKB, FILTER_INPUT_SKB, 0, true, "tc" },
	{ "xdp", FILTER_READS_XDP, FILTER_INPUT_XDP, 0, true, "xdp" },
	{ "drop", FILTER_READS_MEMORY, FILTER_INPUT_COOKED, FILTER_LINK_LINUX_SLL2, false,
		NULL },
	{ "user", FILTER_READS_BUFFER, FILTER_INPUT_FILE, 0, false, NULL },
};
#define HOOKS (sizeof(hooks) / sizeof(hooks[0]))

static const struct emit_object objects[] = {
	{ "elf", emit_elf, true },
	{ "xlated", emit_xlated, false },
	{ "jited", emit_jited, false },
};
#define OBJECTS (sizeof(objects) / sizeof(objects[0]))

static bool
usage(struct diags *ds, const char *what, const char *hint)
{
	diags_add(ds, DIAG_USAGE, SEV_ERROR, "%s", what);
	if (hint != NULL)
		diags_hint(ds, "%s", hint);
	return false;
}

bool
emit_form_find(const char *name, struct emit *e, struct diags *ds)
{
	e->object = NULL;
	for (size_t i = 0; i < OBJECTS; i++)
		if (strcmp(objects[i].name, name) == 0)
			e->object = &objects[i];
	if (e->object != NULL)
		return true;
	if (filter_format_by_name(name, &e->format, ds))
		return true;
	for (size_t i = 0; i < OBJECTS; i++) {
		char known[sizeof(ds->diag[0].hint)];
		snprintf(known, sizeof(known), "%s", ds->diag[ds->count - 1].hint);
		diags_hint(ds, "%s, %s", known, objects[i].name);
	}
	return false;
}

/* Forms that differ from hook to hook. */
static bool
for_hook(const struct emit *e)
{
	return e->object != NULL || e->format >= FILTER_FORMAT_EBPF;
}

/* Forms that do something with packets. */
static bool
acts(const struct emit *e)
{
	return e->object != NULL || e->format == FILTER_FORMAT_SOURCE;
}

static bool
refuse_hook(const char *name, struct diags *ds)
{
	char all[80] = "";
	size_t at = 0;
	for (size_t i = 0; i < HOOKS; i++)
		at += (size_t)snprintf(all + at, sizeof(all) - at, "%s%s",
			i > 0 ? ", " : "", hooks[i].name);
	diags_add(
		ds, DIAG_USAGE, SEV_ERROR, "nothing is emitted for a hook '%.40s'", name);
	diags_hint(ds, "one of %s", all);
	return false;
}

bool
emit_settle(struct emit *e, const char *hook, struct diags *ds)
{
	if (e->action != EMIT_DEFAULT && !acts(e))
		return usage(ds, "--action is for programs that see packets",
			"with --emit c, elf, xlated or jited");
	if (!for_hook(e))
		return true;
	if (hook == NULL || strcmp(hook, "auto") == 0)
		hook = hooks[0].name;
	for (size_t i = 0; i < HOOKS; i++)
		if (strcmp(hooks[i].name, hook) == 0)
			e->hook = &hooks[i];
	if (e->hook == NULL)
		return refuse_hook(hook, ds);
	const bool here = e->hook->section != NULL ||
			  (e->object == NULL && e->hook->reads == FILTER_READS_BUFFER);
	if (here || !acts(e))
		return true;
	diags_add(ds, DIAG_HOOK, SEV_ERROR,
		"%s: at the %s hook a program can neither drop nor pass a packet",
		e->object != NULL ? e->object->name : "c", e->hook->name);
	diags_hint(ds, "--hook socket, tc or xdp; --emit ebpf gives the function alone");
	return false;
}

void
emit_input(const struct emit *e, bool assumed, uint16_t *linktype, enum filter_input *in)
{
	uint16_t wanted = 0;
	if (e->object == NULL && e->format == FILTER_FORMAT_IPTABLES) {
		wanted = FILTER_LINK_RAW;
		*in = FILTER_INPUT_SKB;
	} else if (e->hook != NULL) {
		wanted = e->hook->linktype;
		if (*in != FILTER_INPUT_COOKED || e->hook->input == FILTER_INPUT_FILE)
			*in = e->hook->input;
	}
	if (assumed && wanted != 0)
		*linktype = wanted;
}

bool
emit_fits(const struct emit *e, uint16_t linktype, enum filter_input in, struct diags *ds)
{
	if (e->object == NULL && e->format == FILTER_FORMAT_IPTABLES &&
		linktype != FILTER_LINK_RAW && linktype != FILTER_LINK_IPV4 &&
		linktype != FILTER_LINK_IPV6) {
		const char *name = filter_linktype_name(linktype);
		diags_add(ds, DIAG_LINKTYPE, SEV_ERROR,
			"iptables looks at IP packets: their link type is RAW, not %s",
			name != NULL ? name : "that");
		diags_hint(ds, "leave -y out");
		return false;
	}
	if (in == FILTER_INPUT_COOKED && acts(e)) {
		diags_add(ds, DIAG_LINKTYPE, SEV_ERROR,
			"a program of its own sees no LINUX_SLL2 header");
		diags_hint(ds, "name an interface that has its own link type, or -y");
		return false;
	}
	if (in == FILTER_INPUT_COOKED && linktype != FILTER_LINK_LINUX_SLL2) {
		diags_add(ds, DIAG_LINKTYPE, SEV_ERROR,
			"packets at the %s hook have the link type LINUX_SLL2",
			e->hook != NULL ? e->hook->name : "drop");
		diags_hint(ds, "leave -y out");
		return false;
	}
	return true;
}

bool
emit_drops(const struct emit *e)
{
	return e->action == EMIT_DEFAULT ? e->hook != NULL && e->hook->drop
					 : e->action == EMIT_DROP;
}

/* --- files ------------------------------------------------------------------------ */

static bool
fail(const struct emit *e, int err, struct diags *ds)
{
	const bool standard = e->output == NULL || strcmp(e->output, "-") == 0;
	const char *name = standard ? "standard output" : e->output;
	const size_t size = strlen(name);
	const bool cut = size > SHOWN_PATH;
	struct diag *d = diags_add(ds, DIAG_WRITE, SEV_ERROR, "%s%s: %s%s",
		cut ? "..." : "", cut ? name + size - SHOWN_PATH : name,
		standard ? "" : "cannot write: ", strerror(err));
	d->err = err;
	if (!standard)
		diags_hint(ds, "name another file with -o");
	return false;
}

static bool
make(const struct emit *e, const struct filter *f, FILE *to, struct diags *ds)
{
	const struct filter_target target = {
		e->hook != NULL ? e->hook->reads : FILTER_READS_CONTEXT, emit_drops(e)
	};
	if (e->object != NULL)
		return e->object->make(e, f, to, ds);
	return filter_print_for(f, e->format, &target, to, ds);
}

/* Nothing is written of what could not be made whole. */
static bool
save(const struct emit *e, const char *bytes, size_t size, struct diags *ds)
{
	const bool standard = e->output == NULL || strcmp(e->output, "-") == 0;
	FILE *to = standard ? stdout : fopen(e->output, "we");
	if (to == NULL)
		return fail(e, errno, ds);
	bool ok = fwrite(bytes, 1, size, to) == size && fflush(to) == 0;
	int err = errno;
	if (!standard && fclose(to) != 0 && ok) {
		ok = false;
		err = errno;
	}
	return ok || fail(e, err, ds);
}

bool
emit_write(const struct emit *e, const struct filter *f, struct diags *ds)
{
	const bool standard = e->output == NULL || strcmp(e->output, "-") == 0;
	char *bytes = NULL;
	size_t size = 0;
	if (e->object != NULL && e->object->binary && standard && isatty(STDOUT_FILENO))
		return usage(ds, "an object file is not for a terminal",
			"-o FILE names a file");
	FILE *to = open_memstream(&bytes, &size);
	if (to == NULL)
		abort(); /* no memory: nothing useful is left to do */
	bool ok = make(e, f, to, ds);
	if (fclose(to) != 0)
		abort(); /* as above */
	ok = ok && save(e, bytes, size, ds);
	free(bytes);
	return ok;
}
