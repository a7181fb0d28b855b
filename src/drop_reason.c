/* drop_reason.c: in: the running kernel's BTF; out: names of enum skb_drop_reason. */
#include "drop_reason.h"

#include <bpf/btf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bpf/event.h"

#define ENUM "skb_drop_reason"
#define PREFIX "SKB_DROP_REASON_"
#define NUMBERS (1U << EVENT_SUBSYS_SHIFT) /* what lies above are masks */

static bool
refuse(struct diags *ds, const char *what, int err)
{
	struct diag *d = diags_add(ds, DIAG_KERNEL, SEV_ERROR, "%s%s%s", what,
		err != 0 ? ": " : "", err != 0 ? strerror(err) : "");
	d->err = err;
	diags_hint(ds,
		"the drop hook needs kernel 5.17 or later with CONFIG_DEBUG_INFO_BTF");
	return false;
}

/* Keeps a copy of each name: the BTF has several megabytes. */
static bool
take(struct drop_reasons *r, const struct btf *btf, const struct btf_type *type)
{
	const struct btf_enum *e = btf_enum(type);
	r->name = calloc(NUMBERS, sizeof(*r->name));
	if (!r->name)
		return false;
	r->count = NUMBERS;
	for (unsigned i = 0; i < btf_vlen(type); i++) {
		const char *name = btf__name_by_offset(btf, e[i].name_off);
		const uint32_t at = (uint32_t)e[i].val;
		if (!name || at >= NUMBERS || r->name[at])
			continue;
		if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
			name += strlen(PREFIX);
		r->name[at] = strdup(name);
		if (!r->name[at])
			return false;
	}
	return true;
}

bool
drop_reasons_open(struct drop_reasons *r, struct diags *ds)
{
	*r = (struct drop_reasons){ 0 };
	struct btf *btf = btf__load_vmlinux_btf();
	if (!btf)
		return refuse(ds, "reading the kernel's BTF", errno);
	const int id = btf__find_by_name_kind(btf, ENUM, BTF_KIND_ENUM);
	const bool there = id > 0;
	const bool ok = there && take(r, btf, btf__type_by_id(btf, (uint32_t)id));
	btf__free(btf);
	if (!there)
		return refuse(ds, "this kernel gives no reasons for its drops", 0);
	return ok || refuse(ds, "reading the kernel's BTF", ENOMEM);
}

void
drop_reasons_print(const struct drop_reasons *r, uint16_t reason, char *to, size_t size)
{
	const unsigned subsys = reason >> EVENT_SUBSYS_SHIFT;
	if (subsys != 0) /* a module's own: its names are not in the kernel's BTF */
		snprintf(to, size, "reason %u of subsystem %u", reason & (NUMBERS - 1),
			subsys);
	else if (reason < r->count && r->name[reason])
		snprintf(to, size, "%s", r->name[reason]);
	else
		snprintf(to, size, "reason %u", reason);
}

void
drop_reasons_close(struct drop_reasons *r)
{
	for (unsigned i = 0; i < r->count; i++)
		free(r->name[i]);
	free(r->name);
	*r = (struct drop_reasons){ 0 };
}
