/* words.c: the state of a generator comes in, a piece of an expression goes out.  All
 * words are those of filter/keyword.def; a new form is a row of `forms`. */
#include "words.h"

#include <stdio.h>
#include <string.h>

#define COUNT(table) (sizeof(table) / sizeof((table)[0]))
#define DEPTH 4 /* of forms in forms */

enum word_class {
	PROTO,
	DIR,
	TYPE,
	AND,
	OR,
	NOT,
	MASK,
	CAST,
	LESS,
	GREATER,
	LEN,
	NUMBER,
	PRIM
};

static const struct {
	const char *text;
	enum word_class class;
} words[] = {
#define X(text, class, value) { text, class },
#include "../../filter/keyword.def"
#undef X
};

/* What a form stands for: literal text, but for
 *   %k keyword  %p protocol  %d direction  %t type  %u primitive  %c cast
 *   %i id  %n number  %z size of a load  %r relation  %o operator  %g glue
 *   %a arithmetic  %e expression  %f name of a file or a filter */
static const char *const forms[] = {
	"%k",
	"%p",
	"%i",
	"%u",
	"%p %c",
	"%p %d %t %i",
	"%d %t %i",
	"%t %i",
	"%p %t %i",
	"%p %i",
	"%d %i",
	"%p %d %i",
	"%t (%i or %i)",
	"%t %i or %i",
	"%p %t (%i and not %i)",
	"%a %r %a",
	"%p[%a] %r %a",
	"%p[%a:%z] %r %n",
	"%p[%n] & %n %r %n",
	"len %r %n",
	"%u %n",
	"%u %n and %e",
	"%u and %e",
	"%u %n (%e)",
	"%u (%e)",
	"%u %i",
	"%u (%i or %i)",
	"%u %o %n",
	"%u (%o %n or %n)",
	"not %e",
	"(%e)",
	"%e %g %e",
	"not (%e)",
	"%e or %e",
	"%e and %e",
	"less %n",
	"greater %n",
	"%p proto %i",
	"%p protochain %n",
	"%p proto \\%p",
	"portrange %n-%n",
	"%d portrange %n-%n",
	"net %i/%n",
	"net %i mask %i",
	"host %i",
	"ether host %i",
	"ether proto \\%k",
	"type %i subtype %i",
	"dir %n",
	"byte %n %r %n",
	"byte %n & %n",
	"host %i and port %n",
	"%t in {%i, %i}",
	"%t in {%n, %n-%n}",
	"%t in @%i",
	"%p[%n] in {%n, %n}",
	"gre (%e)",
	"gre %n (%e)",
	"ipip (%e)",
	"6in4 (%e)",
	"gtp %n (%e)",
	"gtp (%e)",
	"inner (%e)",
	"gateway %i",
	"%p gateway %i",
	"%t in @%f",
	"%d %t in @%f",
	"%p[%n] in @%f",
	"\nlet %f = %e\n%e",
	"let %f = %e\nlet %f = %f %g %f\n%f",
	"%f",
	"\ninclude %f\n%e",
	"any.%p[%a] %r %a",
	"any.%p",
	"%a in {%n, %n-%n}",
};

static const char *const arithmetic[] = {
	"%n",
	"len",
	"%p[%a]",
	"%p[%a:%z]",
	"%a %o %a",
	"(%a)",
	"-%a",
	"%a & %n",
	"%p[%n:%z]",
	"%p[%a %o %a]",
	"%k",
};

static const char *const ids[] = {
	"10.0.0.1",
	"10",
	"10.1",
	"10.0.0",
	"0.0.0.0",
	"255.255.255.255",
	"10.0.0.0/8",
	"192.168.0.0/16",
	"1.2.3.4/32",
	"0/0",
	"10.0.0.0 mask 255.0.0.0",
	"256.1.1.1",
	"::",
	"::1",
	"2001:db8::1",
	"2001:db8::/32",
	"::/0",
	"::1/128",
	"fe80::1/129",
	"::ffff:1.2.3.4",
	"1:2:3:4:5:6:7:8",
	"1:2:3:4:5:6:7:8:9",
	"02:00:00:00:00:01",
	"ff:ff:ff:ff:ff:ff",
	"2-0-0-0-0-1",
	"0200.0000.0001",
	"020000000001",
	"$1f",
	"$ff",
	"80",
	"65535",
	"65536",
	"http",
	"domain",
	"nohost",
	"a-b",
	"a.b.c",
	"\\tcp",
	"\\ip6",
	"\\host",
	"icmp-echo",
	"tcp-syn",
	"tcpflags",
	"mgt",
	"data",
	"beacon",
	"qos-data",
	"tods",
	"pass",
	"match",
	"s",
	"supervisory",
	"frmr",
	"em0",
	"1.10",
	"63.1023",
	"0x86dd",
	"arp",
	"loopback",
	"1-2",
	"80-8000",
	"http-domain",
	"x",
	"_",
	"80/tcp",
};

/* Where a width ends, or a meaning: of a byte, of a port, of an EtherType, of a VLAN. */
static const uint64_t limits[] = {
	0,
	1,
	2,
	3,
	4,
	6,
	7,
	8,
	15,
	16,
	17,
	31,
	32,
	33,
	63,
	64,
	94,
	127,
	128,
	129,
	255,
	256,
	1023,
	1500,
	1501,
	1536,
	4094,
	4095,
	4096,
	16383,
	16384,
	32767,
	32768,
	65535,
	65536,
	1048575,
	1048576,
	16777215,
	16777216,
	0x7ffffffe,
	0x7fffffff,
	0x80000000,
	0xffdfffff,
	0xffe00000,
	0xfff00000,
	0xfffff000,
	0xfffffff0,
	0xfffffffe,
	0xffffffff,
	0x100000000,
	0xffffffffffffffff,
};

static const char *const relations[] = { "=", "==", "!=", "<", "<=", ">", ">=", "!" };
static const char *const operators[] = { "+", "-", "*", "/", "%", "&", "|", "^", "<<",
	">>" };
static const char *const glue[] = { "and", "or", "&&", "||", "and not", "or not", "not",
	"" };
static const char *const marks[] = { "(", ")", "[", "]", ":", "!", "\\", "{", "}", ",",
	"@", "/", "-", "$", ".", "*", " ", "\t", "\n", "#" };
static const char *const sizes[] = { "1", "2", "4", "0", "3", "8", "02", "0x4" };

#define PICK(rng, table) ((table)[rng_below((rng), COUNT(table))])

static void
put(struct phrase *p, const char *text)
{
	const size_t len = strlen(text);
	if (len >= PHRASE_MAX - p->len)
		return;
	memcpy(p->text + p->len, text, len + 1);
	p->len += len;
}

static void
put_number(struct rng *r, struct phrase *p)
{
	char text[40];
	unsigned long long n = PICK(r, limits);
	if (rng_chance(r, 10))
		n = rng_next(r) >> rng_below(r, 32);
	switch (rng_below(r, 5)) {
	case 0: snprintf(text, sizeof(text), "0x%llx", n); break;
	case 1: snprintf(text, sizeof(text), "0%llo", n); break;
	default: snprintf(text, sizeof(text), "%llu", n);
	}
	put(p, text);
}

/* Of a class, or of any. */
static void
put_word(struct rng *r, int class, struct phrase *p)
{
	size_t i = rng_below(r, COUNT(words));
	while (class >= 0 && words[i].class != (enum word_class) class)
		i = (i + 1 + rng_below(r, 7)) % COUNT(words);
	put(p, words[i].text);
}

static void put_form(struct rng *, unsigned depth, const char *form, struct phrase *);

static void
put_piece(struct rng *r, unsigned depth, char piece, struct phrase *p)
{
	switch (piece) {
	case 'k': put_word(r, -1, p); break;
	case 'p': put_word(r, PROTO, p); break;
	case 'd': put_word(r, DIR, p); break;
	case 't': put_word(r, TYPE, p); break;
	case 'u': put_word(r, PRIM, p); break;
	case 'c': put_word(r, CAST, p); break;
	case 'i': put(p, PICK(r, ids)); break;
	case 'f': put(p, (const char[2]){ (char)('a' + rng_below(r, 26)), '\0' }); break;
	case 'n': put_number(r, p); break;
	case 'z': put(p, PICK(r, sizes)); break;
	case 'r': put(p, PICK(r, relations)); break;
	case 'o': put(p, PICK(r, operators)); break;
	case 'g': put(p, PICK(r, glue)); break;
	case 'a':
		put_form(r, depth + 1, depth < DEPTH ? PICK(r, arithmetic) : "%n", p);
		break;
	case 'e': put_form(r, depth + 1, depth < DEPTH ? PICK(r, forms) : "%p", p); break;
	}
}

static void
put_form(struct rng *r, unsigned depth, const char *form, struct phrase *p)
{
	for (; *form != '\0'; form++)
		if (*form == '%')
			put_piece(r, depth, *++form, p);
		else
			put(p, (const char[2]){ *form, '\0' });
}

void
words_phrase(struct rng *r, struct phrase *p)
{
	p->len = 0;
	p->text[0] = '\0';
	put_form(r, 0, "%e", p);
}

void
words_token(struct rng *r, const char *like, size_t len, struct phrase *p)
{
	static const char kinds[] = "kkpdtucinrogf";
	p->len = 0;
	p->text[0] = '\0';
	for (size_t i = 0; len > 0 && rng_chance(r, 50) && i < COUNT(words); i++)
		if (strlen(words[i].text) == len &&
			memcmp(words[i].text, like, len) == 0) {
			put_word(r, (int)words[i].class, p);
			return;
		}
	if (len > 0 && like[0] >= '0' && like[0] <= '9' && rng_chance(r, 70))
		put_form(r, DEPTH, rng_chance(r, 60) ? "%n" : "%i", p);
	else if (rng_chance(r, 15))
		put(p, PICK(r, marks));
	else
		put_piece(r, DEPTH, kinds[rng_below(r, sizeof(kinds) - 1)], p);
}
