/* probe.c: in: an interface or none; out: what can be had here, and which hook would be
 * taken and why: as a table of words, or as JSON.
 *
 *     {"kernel": TEXT, "machine": TEXT, "interface": TEXT or null,
 *      "features": [{"group", "name", "state": "yes", "no" or "unknown", "detail"}],
 *      "hooks": [{"name", "sees", "state", "detail"}],
 *      "auto": {"way": TEXT or null, "detail": TEXT}} */
#include "probe.h"

#include <string.h>
#include <sys/utsname.h>

#include "probe_rows.h"

#define COLUMN 36 /* width of names */

struct survey {
	struct utsname system;
	struct probe_site site;
	unsigned asked; /* rows that have an answer */
	struct probe_answer answer[FEATURES], hook[PROBE_HOOKS];
	const char *way; /* what `auto` takes; NULL: nothing works */
	char why[160];
};

static const char *
state_name(enum probe_state state)
{
	static const char *const names[] = {
		[PROBE_NO] = "no", [PROBE_YES] = "yes", [PROBE_UNKNOWN] = "unknown"
	};
	return names[state];
}

/* Which way is taken, and why; where none works, the first of them is what is missing. */
static void
judge_ways(const struct survey *s, const struct probe_hook *h, struct probe_answer *out)
{
	enum probe_state before = PROBE_NO;
	const struct probe_way *w = h->way;
	while (w->text != NULL && s->answer[w->need].state != PROBE_YES) {
		if (s->answer[w->need].state == PROBE_UNKNOWN)
			before = PROBE_UNKNOWN;
		w++;
	}
	if (w->text != NULL)
		probe_say(out, PROBE_YES, "%s", before == PROBE_NO ? w->text : "");
	else if (w != h->way)
		probe_say(out, before, "needs %s or %s", probe_rows[h->way[0].need].name,
			probe_rows[w[-1].need].name);
	else
		probe_say(out, PROBE_YES, "%s", "");
}

/* By the first need that is known to be missing, else by the first that is not known. */
static void
judge(const struct survey *s, const struct probe_hook *h, struct probe_answer *out)
{
	enum probe_feature missing = FEATURES;
	for (unsigned i = 0; h->need[i] != FEATURES; i++) {
		const enum probe_feature f = h->need[i];
		if (s->answer[f].state == PROBE_YES)
			continue;
		if (missing == FEATURES || (s->answer[missing].state == PROBE_UNKNOWN &&
						   s->answer[f].state == PROBE_NO))
			missing = f;
	}
	if (missing == FEATURES) {
		judge_ways(s, h, out);
		return;
	}
	const struct probe_answer *a = &s->answer[missing];
	probe_say(out, a->state, "needs %s%s%.60s", probe_rows[missing].name,
		a->text[0] != '\0' ? ": " : "", a->text);
}

/* How xdp would be attached, where it can. */
static void
judge_mode(struct survey *s)
{
	const enum probe_state native = s->answer[F_NATIVE].state;
	if (s->asked < FEATURES)
		return;
	for (unsigned i = 0; i < PROBE_HOOKS; i++)
		if (s->hook[i].state == PROBE_YES &&
			strcmp(probe_hooks[i].name, "xdp") == 0)
			probe_say(&s->hook[i], PROBE_YES, "%s",
				native == PROBE_YES  ? "native"
				: native == PROBE_NO ? "generic: the driver has no xdp"
						     : "native, else generic");
}

/* What plan.c does for `auto`. */
static void
choose(struct survey *s)
{
	const struct probe_answer *socket = &s->hook[0], *raw = &s->answer[F_PACKET];
	if (socket->state == PROBE_YES) {
		s->way = "socket";
		snprintf(s->why, sizeof(s->why),
			"sees all packets and needs the fewest rights");
	} else if (raw->state == PROBE_YES) {
		s->way = "classic BPF on a packet socket";
		snprintf(s->why, sizeof(s->why), "the socket hook %s", socket->text);
	} else
		snprintf(s->why, sizeof(s->why), "capturing needs packet sockets%s%.80s",
			raw->text[0] != '\0' ? ": " : "", raw->text);
}

static void
survey(struct survey *s, const struct iface *iface)
{
	const bool net = iface && iface->kind == IFACE_NET && iface->index != 0;
	*s = (struct survey){ .site.iface = iface,
		.asked = net ? FEATURES : PROBE_FIRST_OF_INTERFACE };
	uname(&s->system);
	probe_begin();
	for (unsigned i = 0; i < s->asked; i++)
		probe_rows[i].ask(&s->site, &probe_rows[i], &s->answer[i]);
	for (unsigned i = 0; i < PROBE_HOOKS; i++)
		judge(s, &probe_hooks[i], &s->hook[i]);
	judge_mode(s);
	choose(s);
}

static void
print_line(const char *name, const char *state, const char *detail, FILE *to)
{
	fprintf(to, "  %-*s %-*s%s%s\n", COLUMN, name, detail[0] != '\0' ? 7 : 0, state,
		detail[0] != '\0' ? "  " : "", detail);
}

static void
print_words(const struct survey *s, FILE *to)
{
	const char *group = "";
	fprintf(to, "Linux %s, %s%s%s\n", s->system.release, s->system.machine,
		s->site.iface ? ", interface " : "",
		s->site.iface ? s->site.iface->name : "");
	for (unsigned i = 0; i < s->asked; i++) {
		const struct probe_row *r = &probe_rows[i];
		if (r->group != group)
			fprintf(to, "\n%s:\n", r->group);
		group = r->group;
		print_line(
			r->name, state_name(s->answer[i].state), s->answer[i].text, to);
	}
	fprintf(to, "\nhooks:\n");
	for (unsigned i = 0; i < PROBE_HOOKS; i++) {
		print_line(probe_hooks[i].name, state_name(s->hook[i].state),
			s->hook[i].text, to);
		fprintf(to, "    %s\n", probe_hooks[i].sees);
	}
	fprintf(to, "\n--hook auto takes: %s; %s\n",
		s->way ? s->way : "nothing works here", s->why);
}

/* RFC 8259 §7.  Bytes that are not ASCII come from no table of ours: as U+00XX. */
static void
json_text(const char *text, FILE *to)
{
	fputc('"', to);
	for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++)
		if (*c == '"' || *c == '\\')
			fprintf(to, "\\%c", *c);
		else if (*c < ' ' || *c >= 0x7f)
			fprintf(to, "\\u%04x", *c);
		else
			fputc(*c, to);
	fputc('"', to);
}

static void
json_member(const char *name, const char *text, const char *behind, FILE *to)
{
	fprintf(to, "\"%s\": ", name);
	if (text)
		json_text(text, to);
	else
		fputs("null", to);
	fputs(behind, to);
}

static void
json_answer(const struct probe_answer *a, const char *behind, FILE *to)
{
	json_member("state", state_name(a->state), ", ", to);
	json_member("detail", a->text, "}", to);
	fputs(behind, to);
}

static void
print_json(const struct survey *s, FILE *to)
{
	fputs("{", to);
	json_member("kernel", s->system.release, ",\n ", to);
	json_member("machine", s->system.machine, ",\n ", to);
	json_member("interface", s->site.iface ? s->site.iface->name : NULL, ",\n ", to);
	fputs("\"features\": [\n", to);
	for (unsigned i = 0; i < s->asked; i++) {
		fputs("  {", to);
		json_member("group", probe_rows[i].group, ", ", to);
		json_member("name", probe_rows[i].name, ", ", to);
		json_answer(&s->answer[i], i + 1 < s->asked ? ",\n" : "],\n ", to);
	}
	fputs("\"hooks\": [\n", to);
	for (unsigned i = 0; i < PROBE_HOOKS; i++) {
		fputs("  {", to);
		json_member("name", probe_hooks[i].name, ", ", to);
		json_member("sees", probe_hooks[i].sees, ", ", to);
		json_answer(&s->hook[i], i + 1 < PROBE_HOOKS ? ",\n" : "],\n ", to);
	}
	fputs("\"auto\": {", to);
	json_member("way", s->way, ", ", to);
	json_member("detail", s->why, "}}\n", to);
}

bool
probe_print(const char *device, bool json, FILE *to, struct diags *ds)
{
	struct iface iface;
	struct survey s;
	if (device && !iface_find(device, &iface, ds))
		return false;
	survey(&s, device ? &iface : NULL);
	if (json)
		print_json(&s, to);
	else
		print_words(&s, to);
	return true;
}
