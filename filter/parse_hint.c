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
	if (t->kind == TOK_NAME && parse_suggest(p, t) != NULL)
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
		diags_hint(p->diags, "write '%.*s %.*s'", parse_shown(before->span),
			text + before->span.at, parse_shown(t[1].span),
			text + t[1].span.at);
		return false;
	}
	parse_unexpected(p, "an address, a name or a number");
	if (t->kind == TOK_WORD && t->word == WORD_PROTO)
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
