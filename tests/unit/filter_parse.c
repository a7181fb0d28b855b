/* filter_parse.c: an expression in, its tree out, as text in prefix form: what groups
 * with what, and which qualifiers an id without its own has. */
#include "filter_try.h"

#include "../../filter/parse.h"
#include "../../filter/proto.h"

/* --- the tree as text ------------------------------------------------------------ */

static void
put_arith(FILE *f, const struct arith *a)
{
	static const char *const ops[] = { [OP_ADD] = "+",
		[OP_SUB] = "-",
		[OP_MUL] = "*",
		[OP_DIV] = "/",
		[OP_MOD] = "%",
		[OP_AND] = "&",
		[OP_OR] = "|",
		[OP_XOR] = "^",
		[OP_SHL] = "<<",
		[OP_SHR] = ">>" };
	switch (a->kind) {
	case ARITH_NUMBER: fprintf(f, "%u", a->number); break;
	case ARITH_LEN: fputs("len", f); break;
	case ARITH_INDEX:
		fprintf(f, "%s[", proto_find(a->proto)->name);
		put_arith(f, a->a);
		fprintf(f, ":%u]", a->number);
		break;
	case ARITH_OP:
		fprintf(f, "(%s ", ops[a->op]);
		put_arith(f, a->a);
		fputc(' ', f);
		put_arith(f, a->b);
		fputc(')', f);
		break;
	case ARITH_NEGATE:
		fputs("(neg ", f);
		put_arith(f, a->a);
		fputc(')', f);
		break;
	}
}

static void
put_quals(FILE *f, const struct quals *q)
{
	static const char *const dirs[] = { [DIR_NONE] = "",
		[DIR_SRC] = "src.",
		[DIR_DST] = "dst.",
		[DIR_SRC_OR_DST] = "either.",
		[DIR_SRC_AND_DST] = "both." };
	static const char *const types[] = { [TYPE_NONE] = "-",
		[TYPE_HOST] = "host",
		[TYPE_NET] = "net",
		[TYPE_PORT] = "port",
		[TYPE_PORTRANGE] = "range",
		[TYPE_PROTO] = "proto" };
	if (q->proto != PROTO_NONE)
		fprintf(f, "%s.", proto_find(q->proto)->name);
	fprintf(f, "%s%s", dirs[q->dir], types[q->type]);
}

static void
put_ast(FILE *f, const char *text, const struct ast *a)
{
	static const char *const relops[] = { [REL_EQ] = "=",
		[REL_NE] = "!=",
		[REL_GT] = ">",
		[REL_GE] = ">=",
		[REL_LT] = "<",
		[REL_LE] = "<=" };
	switch (a->kind) {
	case AST_AND:
	case AST_OR:
	case AST_NOT:
		fputs(a->kind == AST_AND    ? "(and"
			: a->kind == AST_OR ? "(or"
					    : "(not",
			f);
		for (const struct ast *b = a->first; b != NULL; b = b->next) {
			fputc(' ', f);
			put_ast(f, text, b);
			if (b == a->last)
				break;
		}
		fputc(')', f);
		break;
	case AST_ID:
		put_quals(f, &a->quals);
		fprintf(f, ":%.*s", (int)a->span.len, text + a->span.at);
		break;
	case AST_PROTO: fputs(proto_find(a->quals.proto)->name, f); break;
	case AST_RELATION:
		fprintf(f, "(%s ", relops[a->relop]);
		put_arith(f, a->left);
		fputc(' ', f);
		put_arith(f, a->right);
		fputc(')', f);
		break;
	case AST_CAST:
		fprintf(f, "%s%s", a->quals.proto ? proto_find(a->quals.proto)->name : "",
			a->cast == CAST_BROADCAST ? "*" : "%");
		break;
	case AST_LESS: fprintf(f, "less:%u", a->number); break;
	case AST_GREATER: fprintf(f, "greater:%u", a->number); break;
	case AST_PRIM:
	case AST_SCOPE_BEGIN:
	case AST_SCOPE_END:
	case AST_INNER: fprintf(f, "<%.*s>", (int)a->span.len, text + a->span.at); break;
	}
}

struct row {
	const char *text, *tree; /* or "!code at" */
};

static void
check(const char *text, const char *want)
{
	struct arena arena = { 0 };
	struct tokens ts;
	struct syntax syntax;
	struct diags ds = { 0 };
	char got[4096] = "";
	FILE *f = fmemopen(got, sizeof(got), "w");
	assert_non_null(f);
	assert_true(lex(text, &arena, &ts, &ds));
	if (!parse(&ts, &arena, &syntax, &ds))
		fprintf(f, "!%s %u", diag_code_name(ds.diag[0].code),
			ds.diag[0].span[0].at);
	else if (syntax.root != NULL)
		put_ast(f, text, syntax.root);
	fclose(f);
	if (strcmp(got, want) != 0)
		fail_msg("'%s' is '%s', not '%s'", text, got, want);
	arena_free(&arena);
}

static void
check_all(const struct row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		check(row[i].text, row[i].tree);
}
#define CHECK(rows) check_all(rows, sizeof(rows) / sizeof((rows)[0]))

/* --- the rows -------------------------------------------------------------------- */

static void
logic(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "", "" },
		{ " \n", "" },
		{ "ip", "ip" },
		{ "ip or arp and tcp", "(and (or ip arp) tcp)" },
		{ "ip and arp or tcp", "(or (and ip arp) tcp)" },
		{ "ip or (arp and tcp)", "(or ip (and arp tcp))" },
		{ "ip or arp or tcp or udp", "(or ip arp tcp udp)" },
		{ "ip || arp && tcp", "(and (or ip arp) tcp)" },
		{ "not ip and tcp", "(and (not ip) tcp)" },
		{ "not (ip and tcp)", "(not (and ip tcp))" },
		{ "! ! ip", "ip" },
		{ "not not not ip", "(not ip)" },
		{ "not (not ip)", "ip" },
		{ "((ip))", "ip" },
		{ "(ip) and (tcp)", "(and ip tcp)" },
		{ "ip and not tcp or udp", "(or (and ip (not tcp)) udp)" },
		{ "ip and (tcp or udp) and arp", "(and ip (or tcp udp) arp)" },
		{ "ip broadcast or multicast", "(or ip* %)" },
		{ "ether multicast", "link%" },
		{ "less 5 and greater icmp-echo", "(and less:5 greater:8)" },
		{ "wlan or fddi or tr or ppp or slip or link",
			"(or link link link link link link)" },
	};
	CHECK(rows);
}

static void
heads(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "host a", "host:a" },
		{ "src a", "src.-:a" },
		{ "src host a", "src.host:a" },
		{ "ip src host a", "ip.src.host:a" },
		{ "tcp dst port http", "tcp.dst.port:http" },
		{ "src or dst port 80", "either.port:80" },
		{ "dst or src 1.2.3.4", "either.-:1.2.3.4" },
		{ "src and dst net 10", "both.net:10" },
		{ "dst and src net 10", "both.net:10" },
		{ "src || dst port 80", "either.port:80" },
		{ "src && dst port 80", "both.port:80" },
		{ "ip proto \\tcp", "ip.proto:tcp" },
		{ "proto 6", "proto:6" },
		{ "ether proto 0x88cc", "link.proto:0x88cc" },
		{ "portrange 1-5", "range:1-5" },
		{ "net 10.0.0.0/8", "net:10.0.0.0/8" },
		{ "net 10.0.0.0 mask 255.0.0.0", "net:10.0.0.0 mask 255.0.0.0" },
		{ "net 2001:db8::/32", "net:2001:db8::/32" },
		{ "ether host 1:2:3:4:5:6", "link.host:1:2:3:4:5:6" },
		{ "ether src $5", "link.src.-:$5" },
		{ "host 1", "host:1" },
		{ "src proto 6", "!syntax 4" },
		{ "src src a", "!syntax 4" },
		{ "src or src a", "!syntax 4" },
		{ "host host a", "!syntax 5" },
		{ "host src a", "!syntax 5" },
		{ "ip tcp port 80", "!syntax 3" },
		{ "host tcp", "!syntax 5" },
		{ "host", "!syntax 4" },
		{ "port and 80", "!syntax 5" },
		{ "net 10/8", "!syntax 6" },
		{ "net ::/0 mask ::", "!syntax 9" },
		{ "host a/8", "!syntax 6" },
	};
	CHECK(rows);
}

/* What an id without a head takes from the text before it. */
static void
inheritance(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "host a or b", "(or host:a host:b)" },
		{ "tcp dst port ftp or ftp-data or domain",
			"(or tcp.dst.port:ftp tcp.dst.port:ftp-data "
			"tcp.dst.port:domain)" },
		{ "ip src 1.2.3.4 or dst 5.6.7.8",
			"(or ip.src.-:1.2.3.4 dst.-:5.6.7.8)" },
		{ "host a and not b", "(and host:a (not host:b))" },
		{ "not host a and b", "(and (not host:a) host:b)" },
		{ "host a or not not b", "(or host:a host:b)" },
		{ "host not a", "(not host:a)" },
		{ "port 80 or 81 and 82", "(and (or port:80 port:81) port:82)" },
		/* the list form */
		{ "host (a and b)", "(and host:a host:b)" },
		{ "tcp port (80 or 443)", "(or tcp.port:80 tcp.port:443)" },
		{ "host (a or b and c)", "(and (or host:a host:b) host:c)" },
		{ "host ((a) or not (b))", "(or host:a (not host:b))" },
		{ "host a and (b or c)", "(and host:a (or host:b host:c))" },
		{ "host a and (port 80 or b)", "(and host:a (or port:80 port:b))" },
		{ "host a or (b and c) or d", "(or host:a (and host:b host:c) host:d)" },
		/* behind ')' those before '(' */
		{ "host 1.2.3.4 and (port 5 or 6) or not 7",
			"(or (and host:1.2.3.4 (or port:5 port:6)) (not host:7))" },
		{ "port 1 or (host a) or 2", "(or port:1 host:a port:2)" },
		{ "port 1 or (udp) or 2", "(or port:1 udp port:2)" },
		/* a number that goes on is arithmetic */
		{ "port 80 and 5 + len > 7", "(and port:80 (> (+ 5 len) 7))" },
		{ "port 80 and (5) + len > 7", "(and port:80 (> (+ 5 len) 7))" },
		{ "port 80 and ((5 + len) > 7)", "(and port:80 (> (+ 5 len) 7))" },
		{ "port 80 and (len > 7)", "(and port:80 (> len 7))" },
		{ "port 80 or not (81)", "(or port:80 (not port:81))" },
		/* nothing in force */
		{ "1.2.3.4", "!syntax 0" },
		{ "80", "!syntax 0" },
		{ "not 80", "!syntax 4" },
		{ "(80)", "!syntax 1" },
		{ "ip and 80", "!syntax 7" },
		{ "ip and a", "!word 7" },
		{ "host a and ip or b", "!word 17" },
		{ "host a and len > 5 or b", "!word 22" },
		{ "host a and broadcast or 7", "!syntax 24" },
		{ "host a and less 5 or 7", "!syntax 21" },
		{ "(port 80 or 81) and 82", "!syntax 20" },
		{ "(host a) and b", "!word 13" },
		{ "ether 1:2:3:4:5:6", "!syntax 6" },
		{ "ip 1.2.3.4", "!syntax 3" },
		{ "lat 5", "!syntax 4" },
		/* ids only */
		{ "host a and (b or port 80)", "!syntax 17" },
		{ "host (a or host b)", "!syntax 11" },
		{ "host (a or ip)", "!syntax 11" },
		{ "host (ip)", "!syntax 6" },
		{ "host ()", "!paren 5" },
		{ "host (a or len > 5)", "!syntax 11" },
		{ "(tcp or udp) port 53", "!syntax 13" },
		{ "tcp or udp port 53", "(or tcp udp.port:53)" },
	};
	CHECK(rows);
}

static void
arithmetic(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "1 = 1", "(= 1 1)" },
		{ "len == 1", "(= len 1)" },
		{ "length != 1", "(!= len 1)" },
		{ "ip[0] >= 5", "(>= ip[0:1] 5)" },
		{ "ip[6:2] & 0x1fff != 0", "(!= (& ip[6:2] 8191) 0)" },
		{ "tcp[13] | 2 = 18", "(= (| tcp[13:1] 2) 18)" },
		{ "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
			"(!= (& tcp[13:1] (| 2 1)) 0)" },
		{ "1 + 2 * 3 = 7", "(= (+ 1 (* 2 3)) 7)" },
		{ "1 - 2 - 3 = 7", "(= (- (- 1 2) 3) 7)" },
		{ "8 / 4 / 2 = 1", "(= (/ (/ 8 4) 2) 1)" },
		{ "1 | 2 & 3 << 4 + 5 * 6 = 0",
			"(= (| 1 (& 2 (<< 3 (+ 4 (* 5 6))))) 0)" },
		{ "1 * 2 + 3 << 4 & 5 | 6 = 0",
			"(= (| (& (<< (+ (* 1 2) 3) 4) 5) 6) 0)" },
		{ "1 << 2 >> 3 = 0", "(= (>> (<< 1 2) 3) 0)" },
		{ "-1 + 2 = 1", "(= (+ (neg 1) 2) 1)" },
		{ "- - 1 = 1", "(= (neg (neg 1)) 1)" },
		{ "2 * -3 = 1", "(= (* 2 (neg 3)) 1)" },
		{ "-(1 + 2) = 1", "(= (neg (+ 1 2)) 1)" },
		{ "-ip[0] = 1", "(= (neg ip[0:1]) 1)" },
		/* % and ^: nothing reduces over them */
		{ "2 * 3 ^ 1 = 4", "(= (* 2 (^ 3 1)) 4)" },
		{ "4 + 10 % 3 = 5", "(= (+ 4 (% 10 3)) 5)" },
		{ "10 % 3 + 4 = 3", "(= (% 10 (+ 3 4)) 3)" },
		{ "100 % 30 % 7 = 0", "(= (% 100 (% 30 7)) 0)" },
		{ "(10 % 3) + 4 = 5", "(= (+ (% 10 3) 4) 5)" },
		{ "1 ^ 2 | 3 = 0", "(= (^ 1 (| 2 3)) 0)" },
		{ "-2 % 3 = 1", "(= (neg (% 2 3)) 1)" },
		/* parentheses and indexes */
		{ "(((1))) = ((1))", "(= 1 1)" },
		{ "(len) > 5", "(> len 5)" },
		{ "ip[ip[0] & 0xf] = 1", "(= ip[(& ip[0:1] 15):1] 1)" },
		{ "ip[(0):2] = 1", "(= ip[0:2] 1)" },
		{ "(ip[0]) + (ip[1]) > (len)", "(> (+ ip[0:1] ip[1:1]) len)" },
		{ "5 < len", "(< 5 len)" },
		{ "1 = 1 and ip", "(and (= 1 1) ip)" },
		{ "not len > 5", "(not (> len 5))" },
		{ "(1 = 1)", "(= 1 1)" },
		/* refused */
		{ "len", "!syntax 3" },
		{ "1 + 1", "!syntax 5" },
		{ "(1 + 1)", "!syntax 6" },
		{ "1 = 1 = 1", "!syntax 6" },
		{ "len > 10-2", "!syntax 6" },
		{ "ip[0:3] = 1", "!size 5" },
		{ "ip[0:1 + 1] = 1", "!syntax 7" },
		{ "ip[] = 1", "!syntax 3" },
		{ "ip[0 = 1", "!syntax 5" },
		{ "ip[tcp] = 1", "!syntax 3" },
		{ "len > tcp", "!syntax 6" },
		{ "len > host a", "!syntax 6" },
		{ "less len", "!syntax 5" },
		{ "less (5)", "!syntax 5" },
		{ "! = 5", "!syntax 2" },
	};
	CHECK(rows);
}

static void
parentheses(void **state)
{
	(void)state;
	static const struct row rows[] = {
		{ "(", "!paren 0" },
		{ ")", "!paren 0" },
		{ "()", "!paren 0" },
		{ "(ip", "!paren 0" },
		{ "((ip)", "!paren 0" },
		{ "ip)", "!paren 2" },
		{ "(ip))", "!paren 4" },
		{ "ip and (tcp or (udp)", "!paren 7" },
		{ "(ip) tcp", "!syntax 5" },
		{ "(ip)(tcp)", "!syntax 4" },
		{ "ip and ()", "!paren 7" },
		{ "not ()", "!paren 4" },
		{ "(not)", "!syntax 4" },
		{ "(ip and)", "!syntax 7" },
	};
	CHECK(rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(logic),
		cmocka_unit_test(heads),
		cmocka_unit_test(inheritance),
		cmocka_unit_test(arithmetic),
		cmocka_unit_test(parentheses),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
