/* parse_hint.c: what was probably meant.  In: a word or a place that does not fit; out: a
 * message that names the fault and, where one is likely, the correction. */
#include <stdio.h>
#include <string.h>

#include "parse.h"

/* Words of other tools, and of other languages for the same thing. */
static const struct {
	const char *word, *meant;
} aliases[] = {
	{ "dport", "dst port" },
	{ "sport", "src port" },
	{ "ports", "port" },
	{ "address", "host" },
	{ "addr", "host" },
	{ "from", "src" },
	{ "to", "dst" },
	{ "ipv4", "ip" },
	{ "ip4", "ip" },
	{ "ipv6", "ip6" },
	{ "icmpv6", "icmp6" },
	{ "icmp4", "icmp" },
	{ "ethernet", "ether" },
	{ "mac", "ether host" },
	{ "ping", "icmp" },
	{ "http", "tcp port 80" },
	{ "https", "tcp port 443" },
	{ "dns", "port 53" },
	{ "ssh", "tcp port 22" },
	{ "ntp", "udp port 123" },
	{ "dhcp", "udp port 67 or udp port 68" },
	{ "lldp", "ether proto 0x88cc" },
	{ "xor", "^" },
	{ "syn", "tcp-syn" },
	{ "ack", "tcp-ack" },
	{ "fin", "tcp-fin" },
	{ "rst", "tcp-rst" },
	{ "psh", "tcp-push" },
	{ "push", "tcp-push" },
	{ "urg", "tcp-urg" },
	{ "flags", "tcpflags" },
	{ "gre", "gre (…)" },
	{ "ipip", "ipip (…)" },
	{ "6in4", "6in4 (…)" },
	{ "gtp", "gtp (…)" },
	{ "inner", "inner (…)" },
	/* Wireshark's display filters */
	{ "tcp.port", "tcp port" },
	{ "tcp.srcport", "tcp src port" },
	{ "tcp.dstport", "tcp dst port" },
	{ "tcp.flags", "tcp[tcpflags]" },
	{ "udp.port", "udp port" },
	{ "udp.srcport", "udp src port" },
	{ "udp.dstport", "udp dst port" },
	{ "ip.addr", "host" },
	{ "ip.src", "src host" },
	{ "ip.dst", "dst host" },
	{ "ip.proto", "ip proto" },
	{ "ipv6.addr", "ip6 host" },
	{ "eth.addr", "ether host" },
	{ "eth.src", "ether src" },
	{ "eth.dst", "ether dst" },
	{ "eth.type", "ether proto" },
	{ "frame.len", "len" },
	{ "vlan.id", "vlan" },
};

static bool
same_word(const char *text, uint32_t len, const char *word)
{
	if (strlen(word) != len)
		return false;
	for (uint32_t i = 0; i < len; i++) {
		char c = text[i];
		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != word[i])
			return false;
	}
	return true;
}

const char *
parse_suggest(const struct parser *p, const struct token *t)
{
	const char *text = p->tokens->text + t->span.at;
	if (t->kind != TOK_NAME || t->named)
		return NULL;
	for (unsigned i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (same_word(text, t->span.len, aliases[i].word))
			return aliases[i].meant;
	return lex_nearest(text, t->span.len);
}

static bool
suggest(struct parser *p, const struct token *t)
{
	const char *meant = parse_suggest(p, t);
	if (meant != NULL)
		diags_hint(p->diags, "did you mean '%s'?", meant);
	return meant != NULL;
}

bool
parse_stray_word(struct parser *p, const struct token *t)
{
	const char *text = p->tokens->text + t->span.at;
	int len = parse_shown(t->span);
	if (t->kind != TOK_NAME) {
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: nothing says what '%.*s' is", len, text);
		if (t->kind == TOK_NUMBER)
			diags_hint(p->diags, "write 'port %.*s' or 'host %.*s'", len,
				text, len, text);
		else if (t[1].kind == '/')
			diags_hint(p->diags, "write 'net %.*s/%.*s'", len, text,
				parse_shown(t[2].span), p->tokens->text + t[2].span.at);
		else
			diags_hint(p->diags, "write '%s %.*s'",
				t->kind == TOK_MAC ? "ether host" : "host", len, text);
		return false;
	}
	diags_error(p->diags, DIAG_WORD, t->span,
		"'%.*s' is not a keyword, a protocol or a host name", len, text);
	if (!suggest(p, t))
		diags_hint(p->diags, "a host is written 'host %.*s'", len, text);
	return false;
}

static bool
is_id_token(const struct token *t)
{
	return t->kind == TOK_NUMBER || t->kind == TOK_IPV4 || t->kind == TOK_IPV6 ||
	       t->kind == TOK_MAC || t->kind == TOK_MAC8 || t->kind == TOK_NAME;
}

static bool
is_comparison(const struct token *t)
{
	enum relop op;
	return parse_is_relop(t->kind, &op);
}

/* `1 < 2 < 3`, `tcp = 80`, `tcp & 2 != 0` */
static bool
fault_operator(struct parser *p, bool after_relation)
{
	const struct token *t = &p->tokens->token[p->at], *before = t - 1;
	const char *text = p->tokens->text;
	if (after_relation) {
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: comparisons cannot be chained");
		diags_hint(p->diags, "join two of them with 'and'");
		return false;
	}
	int len = parse_shown(before->span);
	const char *word = text + before->span.at;
	bool protocol = before->kind == TOK_WORD && before->word == WORD_PROTO;
	if (protocol)
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: '%.*s' is a protocol, not a number", len, word);
	else
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: '%.*s' cannot be compared", len, word);
	if (protocol)
		diags_hint(p->diags,
			"a byte of it is '%.*s[offset]', a port '%.*s port 80'", len,
			word, len, word);
	else
		diags_hint(p->diags,
			"numbers, 'len' and bytes such as 'tcp[13]' can be; an id stands "
			"without '='");
	return false;
}

/* `host a port 80`, `port 80 443`, `port http,https`, `host 1.2.3.4:80` */
static bool
fault_missing(struct parser *p)
{
	const struct token *t = &p->tokens->token[p->at], *before = t - 1;
	const char *text = p->tokens->text;
	const char *a = text + before->span.at, *b = text + t->span.at;
	int la = parse_shown(before->span), lb = parse_shown(t->span);
	if (t->kind == ',') {
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: unexpected ',': ids are joined with 'or'");
		diags_hint(p->diags,
			"write '%.*s or …', or a set: 'port in {http, https}'", la, a);
		return false;
	}
	if (t->kind == ':' && t[1].kind == TOK_NUMBER) {
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: unexpected ':' behind an id");
		const char *number = text + t[1].span.at;
		int len = parse_shown(t[1].span);
		if (before->kind == TOK_NUMBER)
			diags_hint(p->diags, "a range is written 'portrange %.*s-%.*s'",
				la, a, len, number);
		else
			diags_hint(p->diags, "write '%.*s and port %.*s'", la, a, len,
				number);
		return false;
	}
	diags_error(p->diags, DIAG_SYNTAX, t->span,
		"syntax error: 'and' or 'or' is missing before '%.*s'", lb, b);
	if (parse_is_text(p, before, "in") && is_id_token(t))
		diags_hint(p->diags, "a set is written 'in {%.*s}'", lb, b);
	else if (t->kind == TOK_NAME && parse_suggest(p, t) != NULL)
		suggest(p, t);
	else if (is_id_token(t) && is_id_token(before))
		diags_hint(p->diags, "write '%.*s or %.*s'", la, a, lb, b);
	else
		diags_hint(p->diags, "write '%.*s and %.*s …'", la, a, lb, b);
	return false;
}

bool
parse_after_operand(struct parser *p, bool after_relation)
{
	const struct token *t = &p->tokens->token[p->at];
	enum arith_op op;
	if (is_comparison(t) || (!after_relation && parse_is_arith_op(t->kind, &op)))
		return fault_operator(p, after_relation);
	bool term = t->kind == '(' || t->kind == TOK_WORD;
	if (term || is_id_token(t) || t->kind == ',' || t->kind == ':')
		return fault_missing(p);
	return parse_unexpected(p, "'and', 'or' or the end");
}

/* `port > 1024` */
static bool
hint_ports(struct parser *p, const struct token *t)
{
	uint32_t n = t[1].number;
	if (t[1].kind != TOK_NUMBER || n == 0 || n >= 65535)
		return false;
	if (t->kind == TOK_NE)
		diags_hint(p->diags, "write 'not port %u'", n);
	else if (t->kind == '>' || t->kind == TOK_GE)
		diags_hint(p->diags, "write 'portrange %u-65535'", n + (t->kind == '>'));
	else
		diags_hint(p->diags, "write 'portrange 0-%u'", n - (t->kind == '<'));
	return false;
}

bool
parse_wants_id(struct parser *p)
{
	const struct token *t = &p->tokens->token[p->at], *before = t - 1;
	const char *text = p->tokens->text;
	if (t->kind == ')' && before->kind == '(')
		return parse_empty(p);
	if (is_comparison(t)) {
		diags_error(p->diags, DIAG_SYNTAX, t->span,
			"syntax error: '%.*s' takes what follows without '%.*s'",
			parse_shown(before->span), text + before->span.at,
			parse_shown(t->span), text + t->span.at);
		if (before->kind == TOK_WORD && before->word == WORD_TYPE &&
			before->number == TYPE_PORT && t->kind != '=' &&
			t->kind != TOK_EQ)
			return hint_ports(p, t);
		diags_hint(p->diags, "write '%.*s %.*s'", parse_shown(before->span),
			text + before->span.at, parse_shown(t[1].span),
			text + t[1].span.at);
		return false;
	}
	parse_unexpected(p, "an address, a name or a number");
	bool head = t[1].kind == TOK_WORD && t[1].word == WORD_TYPE;
	if (t->kind == '{')
		diags_hint(p->diags, "a set is written 'in {…}'");
	else if (t->kind == TOK_WORD && t->word == WORD_PROTO && head)
		diags_hint(p->diags, "the protocol comes first: '%.*s %.*s %.*s'",
			parse_shown(t->span), text + t->span.at,
			parse_shown(before->span), text + before->span.at,
			parse_shown(t[1].span), text + t[1].span.at);
	else if (t->kind == TOK_WORD && t->word == WORD_PROTO)
		diags_hint(p->diags, "as a name it is written '\\%.*s'",
			parse_shown(t->span), text + t->span.at);
	return false;
}

bool
parse_empty(struct parser *p)
{
	const struct token *t = &p->tokens->token[p->at];
	diags_error(p->diags, DIAG_PAREN, parse_join(t[-1].span, t->span),
		"syntax error: empty parentheses");
	diags_hint(p->diags, "put something in, or take them out");
	return false;
}

bool
parse_bare_protocol(struct parser *p)
{
	const struct token *t = &p->tokens->token[p->at], *proto = t - 1;
	const char *text = p->tokens->text;
	bool transport = proto->number == PROTO_TCP || proto->number == PROTO_UDP ||
			 proto->number == PROTO_SCTP;
	parse_unexpected(p, "'src', 'dst', 'host', 'net', 'port' or 'proto'");
	if (parse_suggest(p, t) != NULL)
		return false; /* that has been proposed */
	const char *word = t->kind == TOK_MAC                   ? "ether host"
			   : t->kind == TOK_IPV6                ? "ip6 host"
			   : t->kind == TOK_NUMBER && transport ? "port"
			   : transport || t->kind == TOK_MAC8   ? "host"
								: NULL;
	bool keep = word == NULL || (t->kind == TOK_NUMBER && transport);
	diags_hint(p->diags, "write '%.*s%s%s %.*s'?",
		keep ? parse_shown(proto->span) : 0, text + proto->span.at,
		keep ? " " : "", word != NULL ? word : "host", parse_shown(t->span),
		text + t->span.at);
	return false;
}
