/* resolve_port.c: ports and port ranges over TCP, UDP and SCTP. */
#include "resolve.h"

#include <stdlib.h>
#include <string.h>

#include "ids.h"

enum { IP_PROTO = 9, IP6_NEXT = 6, IP6_HEADER = 40 }; /* RFC 791 §3.1, RFC 8200 §3 */
enum { SRC_PORT = 0, DST_PORT = 2 };                  /* RFC 9293, 768, 9260: all alike */

static const enum qual_proto transports[] = { PROTO_SCTP, PROTO_TCP, PROTO_UDP };

struct ports {
	uint16_t lo, hi;
	enum qual_proto proto;  /* PROTO_NONE: any of the three */
	const struct ids *many; /* instead of one range, or NULL */
};

static bool
is_transport(enum qual_proto p)
{
	return p == PROTO_TCP || p == PROTO_UDP || p == PROTO_SCTP;
}

static struct test *
within(struct resolver *r, const struct value *v, const struct ports *p)
{
	if (p->many != NULL)
		return test_arms(r->arena, v, p->many->port, p->many->ports, NULL);
	if (p->lo == p->hi)
		return test_equal(r->arena, v, p->lo);
	return test_leaf(r->arena, v, p->lo, p->hi);
}

/* Both ends as the direction says; `load` reads 16 bits behind the network header. */
static struct test *
ends(struct resolver *r, enum qual_dir dir, const struct ports *p,
	const struct value *(*load)(struct resolver *, uint32_t off))
{
	return resolve_ends(r, dir,
		dir != DIR_DST ? within(r, load(r, SRC_PORT), p) : NULL,
		dir != DIR_SRC ? within(r, load(r, DST_PORT), p) : NULL);
}

static const struct value *
load_ip(struct resolver *r, uint32_t off)
{
	return resolve_transport(r, NULL, off, 2);
}

static const struct value *
load_ip6(struct resolver *r, uint32_t off)
{
	return resolve_net(r, IP6_HEADER + off, 2);
}

static struct test *
ports_test(struct resolver *r, enum qual_dir dir, const struct ports *p)
{
	struct arena *m = r->arena;
	struct test *ip6 = resolve_link_type(r, proto_find(PROTO_IP6)->key);
	struct test *ip = ip6 ? resolve_link_type(r, proto_find(PROTO_IP)->key) : NULL;
	if (ip == NULL)
		return NULL;
	/* A copy a protocol: what follows in the expression may decide them one by one;
	 * where it does not, the copies become one again in the graph. */
	struct test *over6 = NULL, *over4 = NULL;
	for (unsigned i = 0; i < sizeof(transports) / sizeof(transports[0]); i++) {
		if (p->proto != PROTO_NONE && p->proto != transports[i])
			continue;
		uint32_t key = proto_find(transports[i])->key;
		struct test *is6 = test_equal(m, resolve_net(r, IP6_NEXT, 1), key);
		over6 = test_or(m, over6, test_and(m, is6, ends(r, dir, p, load_ip6)));
		struct test *is4 = test_equal(m, resolve_net(r, IP_PROTO, 1), key);
		is4 = test_and(m, is4, resolve_first_fragment(r));
		over4 = test_or(m, over4, test_and(m, is4, ends(r, dir, p, load_ip)));
	}
	return test_or(m, test_and(m, ip6, over6), test_and(m, ip, over4));
}

/* One port by number or service name; *proto: what the name restricts it to. */
static bool
port_of(struct resolver *r, const char *text, uint16_t *port, enum qual_proto *proto)
{
	const struct filter_names *names = r->opts->names;
	char *end;
	*proto = PROTO_NONE;
	if (text[0] >= '0' && text[0] <= '9') {
		unsigned long n = strtoul(text, &end, 10);
		*port = (uint16_t)n;
		if (*end == '\0')
			return n <= 65535;
	}
	if (names == NULL || names->port == NULL)
		return false;
	uint16_t tcp, udp;
	bool has_tcp = names->port(names->ctx, text, FILTER_TCP, &tcp);
	bool has_udp = names->port(names->ctx, text, FILTER_UDP, &udp);
	if (!has_tcp && !has_udp)
		return false;
	*port = has_tcp ? tcp : udp;
	if (!has_tcp || !has_udp || tcp != udp)
		*proto = has_tcp ? PROTO_TCP : PROTO_UDP;
	return true;
}

/* A service that is known for one protocol goes with that, or with none given. */
static bool
agree(struct resolver *r, const struct ast *a, const char *name, struct ports *p,
	enum qual_proto of_name)
{
	if (of_name == PROTO_NONE)
		return true;
	if (p->proto == PROTO_NONE || p->proto == of_name) {
		p->proto = of_name;
		return true;
	}
	return diags_error(r->diags, DIAG_NAME, a->span, "port '%.80s' is %s", name,
		proto_find(of_name)->name);
}

static bool
range_of(struct resolver *r, const struct ast *a, char *text, struct ports *p)
{
	char *hyphen = strchr(text, '-');
	const char *fault = hyphen == NULL            ? "contains no hyphen"
			    : hyphen == text          ? "has no starting port"
			    : hyphen[1] == '\0'       ? "has no ending port"
			    : strchr(hyphen + 1, '-') ? "contains more than one hyphen"
						      : NULL;
	enum qual_proto first, second;
	if (fault != NULL) {
		diags_error(r->diags, DIAG_RANGE, a->span, "port range '%.80s' %s", text,
			fault);
		diags_hint(r->diags, "write 'portrange 6000-6008'");
		return false;
	}
	*hyphen = '\0';
	if (!port_of(r, text, &p->lo, &first))
		return diags_error(r->diags, DIAG_NAME, a->span,
			"'%.80s' is not a valid port", text);
	if (!port_of(r, hyphen + 1, &p->hi, &second))
		return diags_error(r->diags, DIAG_NAME, a->span,
			"'%.80s' is not a valid port", hyphen + 1);
	if (p->lo > p->hi) {
		uint16_t t = p->lo;
		p->lo = p->hi;
		p->hi = t;
		diags_add(r->diags, DIAG_RANGE, SEV_WARNING,
			"the range is reversed: read as %u-%u", p->lo, p->hi)
			->span[0] = a->span;
	}
	return first != second || agree(r, a, text, p, first);
}

static bool
ports_of(struct resolver *r, const struct ast *a, struct ports *p)
{
	bool range = a->quals.type == TYPE_PORTRANGE;
	if (a->id.kind == ID_NUMBER) {
		uint32_t n = a->id.first->number;
		p->lo = p->hi = (uint16_t)n;
		return n <= 65535 ||
		       diags_error(r->diags, DIAG_RANGE, a->span,
			       "port number %u greater than maximum 65535", n);
	}
	char *text = (char *)resolve_text(r, a->id.first);
	if (range)
		return range_of(r, a, text, p);
	enum qual_proto of_name;
	if (!port_of(r, text, &p->lo, &of_name)) {
		diags_error(r->diags, DIAG_NAME, a->span, "unknown port '%.100s'", text);
		if (text[0] >= '0' && text[0] <= '9' && strchr(text, '-') != NULL)
			diags_hint(
				r->diags, "a range is written 'portrange %.40s'", text);
		return false;
	}
	p->hi = p->lo;
	return agree(r, a, text, p, of_name);
}

struct test *
resolve_port(struct resolver *r, const struct ast *a)
{
	const char *type = a->quals.type == TYPE_PORT ? "port" : "portrange";
	struct ports p = { .proto = a->quals.proto, .many = a->ids };
	if (a->ids != NULL)
		return ports_test(r, a->quals.dir, &p);
	if (a->id.kind != ID_NUMBER && a->id.kind != ID_NAME) {
		resolve_fault(r, DIAG_QUALIFIER, a->span,
			"'%s' qualifier applied to an address", type);
		diags_hint(r->diags, "an address goes with 'host' or 'net'");
		return NULL;
	}
	if (p.proto != PROTO_NONE && !is_transport(p.proto))
		return resolve_bad_qualifier(r, a, type);
	if (a->quals.dir >= DIR_ADDR1)
		return resolve_wlan_only(r);
	return ports_of(r, a, &p) ? ports_test(r, a->quals.dir, &p) : NULL;
}
