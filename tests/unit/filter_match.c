/* filter_match.c: long lists, and matching by table look-up.  In: random lists of hosts,
 * nets and ports, and packets with numbers from them, near them, and others.  Out: the
 * verdict of filter_match is filter_eval's on every packet, whole and cut behind each
 * byte; on whole packets it is that of the list as it was built, one id after the other;
 * and what that accepts of a cut packet is accepted (DESIGN: truncated packets).  And the
 * program of a filter is made once, whoever asks for it. */
#include "filter_try.h"

#include <pthread.h>

#include "../gen/rng.h"

#define LISTS 400
#define IDS 60     /* of a list; enough for a tree, a table, and arms in the same part */
#define PACKETS 24 /* a list */
#define BYTES 62   /* Ethernet, IPv6, ports and a little more */

enum kind { HOST, HOST6, BOTH, NET, NET_24, NET6, PORT, RANGE, KINDS };

struct id {
	uint8_t bytes[16];
	unsigned size; /* 2: a port */
};

struct list {
	enum kind kind;
	unsigned ids;
	struct id id[IDS];
	char text[IDS * 80];
};

/* Numbers of few clusters, so that they are near one another, and others. */
static uint8_t
byte_at(struct rng *r, unsigned i)
{
	static const uint8_t some[] = { 0, 1, 10, 127, 192, 255 };
	return rng_below(r, 3) != 0 || i == 1 ? some[rng_below(r, i < 3 ? 6 : 2)]
					      : (uint8_t)rng_below(r, 256);
}

static void
clear_behind(uint8_t *b, unsigned size, unsigned bits)
{
	for (unsigned i = 0; i < size; i++) {
		const unsigned kept = bits > 8 * i ? bits - 8 * i : 0;
		if (kept < 8)
			b[i] &= (uint8_t) ~(0xff >> kept);
	}
}

static int
put_ip6(char *to, const uint8_t *b)
{
	int n = 0;
	for (unsigned i = 0; i < 16; i += 2)
		n += sprintf(
			to + n, "%s%x", i ? ":" : "", (unsigned)b[i] << 8 | b[i + 1]);
	return n;
}

/* One id as text; its bytes go into the list. */
static int
put_id(struct rng *r, struct list *l, char *to)
{
	struct id *id = &l->id[l->ids++];
	const enum kind k = l->kind == BOTH ? (rng_below(r, 2) ? HOST : HOST6) : l->kind;
	const bool six = k == HOST6 || k == NET6;
	id->size = k >= PORT ? 2 : six ? 16 : 4;
	for (unsigned i = 0; i < id->size; i++)
		id->bytes[i] = byte_at(r, i);
	const unsigned width = 8 * id->size;
	const unsigned bits = k == NET_24             ? 24
			      : k == NET || k == NET6 ? 1 + rng_below(r, width)
						      : width;
	const unsigned port = (unsigned)id->bytes[0] << 8 | id->bytes[1];
	clear_behind(id->bytes, id->size, bits);
	const uint8_t *b = id->bytes;
	if (k == RANGE && port < 65000)
		return sprintf(to, "portrange %u-%u", port, port + rng_below(r, 300));
	if (k >= PORT)
		return sprintf(to, "port %u", port);
	int n = sprintf(to, k == NET || k == NET_24 || k == NET6 ? "net " : "host ");
	n += six ? put_ip6(to + n, b)
		 : sprintf(to + n, "%u.%u.%u.%u", b[0], b[1], b[2], b[3]);
	if (k == NET || k == NET_24 || k == NET6)
		n += sprintf(to + n, "/%u", bits);
	return n;
}

static void
make_list(struct rng *r, struct list *l)
{
	static const char *const dirs[] = { "", "src ", "dst ", "src or dst ",
		"src and dst " };
	static const char *const forms[][3] = { { "", " or ", "" }, { "", " or ", "" },
		{ "not ", " and not ", "" }, { "tcp and (", " or ", ")" },
		{ "len > 60 or (", " or ", ") and not port 1" },
		{ "vlan and (", " or ", ")" } };
	const char *dir = dirs[rng_below(r, 5)];
	const char *const *form = forms[rng_below(r, 6)];
	const unsigned ids = rng_below(r, 2) ? IDS : 10 + rng_below(r, IDS - 10);
	l->kind = (enum kind)rng_below(r, KINDS);
	l->ids = 0;
	char *to = stpcpy(l->text, form[0]);
	while (l->ids < ids) {
		to = stpcpy(to, l->ids > 0 ? form[1] : "");
		to = stpcpy(to, dir);
		to += put_id(r, l, to);
	}
	strcpy(to, form[2]);
}

/* At `at`, an id of the list, perhaps one beside it, or anything. */
static void
put_field(struct rng *r, const struct list *l, uint8_t *at, unsigned size)
{
	for (unsigned i = 0; i < size; i++)
		at[i] = byte_at(r, i);
	const struct id *id = &l->id[rng_below(r, l->ids)];
	if (id->size != size || rng_below(r, 3) == 0)
		return;
	memcpy(at, id->bytes, size);
	if (rng_below(r, 3) == 0)
		at[rng_below(r, size)] ^= (uint8_t)(1u << rng_below(r, 8));
}

static void
make_packet(struct rng *r, const struct list *l, uint8_t b[BYTES])
{
	static const uint16_t types[] = { 0x0800, 0x0800, 0x86dd, 0x86dd, 0x0806,
		0x8035 };
	static const uint8_t protocols[] = { 6, 17, 132, 1 };
	const uint16_t type = types[rng_below(r, 6)];
	const bool six = type == 0x86dd, arp = type == 0x0806 || type == 0x8035;
	uint8_t *at = b + 12;
	memset(b, 0, BYTES);
	if (rng_below(r, 8) == 0) {
		at[0] = 0x81;
		at += 4;
	}
	at[0] = (uint8_t)(type >> 8);
	at[1] = (uint8_t)type;
	at += 2;
	at[0] = six ? 0x60 : 0x45;
	at[six ? 6 : 9] = protocols[rng_below(r, 4)];
	put_field(r, l, at + (six ? 8 : arp ? 14 : 12), six ? 16 : 4);
	put_field(r, l, at + (six ? 24 : arp ? 24 : 16), six ? 16 : 4);
	if (!arp) {
		put_field(r, l, at + (six ? 40 : 20), 2);
		put_field(r, l, at + (six ? 42 : 22), 2);
	}
}

static struct filter *
compile(const char *text, const char *passes)
{
	struct filter_opts o = try_opts(text);
	o.passes = passes;
	struct try t = try_compile(&o);
	return t.filter;
}

static void
check(const char *text, const struct filter *f, const struct filter *built,
	const uint8_t *bytes, uint32_t caplen)
{
	uint8_t *exact = malloc(caplen + 1); /* so that ASan sees reads past it */
	assert_non_null(exact);
	memcpy(exact, bytes, caplen);
	const struct filter_packet p = { .data = exact, .caplen = caplen, .len = BYTES };
	const uint32_t match = filter_match(f, &p), eval = filter_eval(f, &p);
	if (match != eval)
		fail_msg("%u bytes: match %u, eval %u: %s", caplen, match, eval, text);
	const uint32_t as_built = filter_eval(built, &p);
	if (caplen == BYTES ? eval != as_built : eval < as_built)
		fail_msg("%u bytes: %u, as built %u: %s", caplen, eval, as_built, text);
	if (filter_match(built, &p) != as_built)
		fail_msg("%u bytes: as built, match and eval differ: %s", caplen, text);
	free(exact);
}

static void
test_lists(void **state)
{
	struct rng r = { 20 };
	struct list *l = malloc(sizeof(*l));
	unsigned tried = 0;
	(void)state;
	assert_non_null(l);
	for (unsigned i = 0; i < LISTS; i++) {
		uint8_t bytes[BYTES];
		make_list(&r, l);
		struct filter *f = compile(l->text, NULL), *g = compile(l->text, "none");
		for (unsigned j = 0; j < PACKETS && f != NULL && g != NULL; j++) {
			make_packet(&r, l, bytes);
			for (uint32_t caplen = 0; caplen <= BYTES; caplen++)
				check(l->text, f, g, bytes, caplen);
		}
		tried += f != NULL && g != NULL;
		filter_free(f);
		filter_free(g);
	}
	free(l);
	assert_true(tried > LISTS * 9 / 10);
}

/* What back ends make of a filter is made when it is asked for, and once. */
static void
test_code(void **state)
{
	char text[4000], *to = text;
	size_t count, again;
	struct diags ds = { 0 };
	(void)state;
	for (unsigned i = 0; i < 100; i++)
		to += sprintf(to, "%shost 10.0.%u.1", i ? " or " : "", i * 7 % 256);
	struct filter *f = compile(text, NULL);
	const struct sock_filter *code = filter_cbpf(f, &count, &ds);
	assert_non_null(code);
	assert_true(count > 200);
	assert_ptr_equal(filter_cbpf(f, &again, &ds), code);
	assert_int_equal(again, count);
	filter_free(f);
}

static void *
ask_for_code(void *ctx)
{
	size_t count;
	struct diags ds = { 0 };
	return (void *)(uintptr_t)filter_cbpf(ctx, &count, &ds);
}

/* A filter may be shared between threads: whoever asks first, all get one program. */
static void
test_threads(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		pthread_t thread[4];
		void *code[4];
		struct filter *f = compile("host 10.0.0.1 or tcp port 80", NULL);
		for (unsigned j = 0; j < 4; j++)
			assert_int_equal(
				pthread_create(&thread[j], NULL, ask_for_code, f), 0);
		for (unsigned j = 0; j < 4; j++)
			assert_int_equal(pthread_join(thread[j], &code[j]), 0);
		assert_non_null(code[0]);
		for (unsigned j = 1; j < 4; j++)
			assert_ptr_equal(code[j], code[0]);
		filter_free(f);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_lists),
		cmocka_unit_test(test_threads), cmocka_unit_test(test_code) };
	return cmocka_run_group_tests(tests, NULL, NULL);
}
